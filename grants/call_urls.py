"""Addresses of the officers' pages about calls, all under `omgangar/`."""

from __future__ import annotations

from django.urls import path

from grants import converters  # noqa: F401 - registers `section`
from grants.views import call_preview, call_questions, call_rows, calls, contacts, payment_rules, programmes

urlpatterns = [
    path("omgangar/", calls.calls, name="calls"),
    path("omgangar/ny/", calls.new, name="new-call"),
    path("omgangar/kontakter/", contacts.contacts, name="contacts"),
    path("omgangar/aterkommande/", programmes.programmes, name="programmes"),
    path("omgangar/aterkommande/ny/", programmes.new_programme, name="new-programme"),
    path("omgangar/aterkommande/<int:programme_id>/", programmes.programme, name="programme"),
    path("omgangar/utbetalning/", payment_rules.payment_rules, name="payment-rules"),
    path("omgangar/utbetalning/ny/", payment_rules.new_payment_rule, name="new-payment-rule"),
    path("omgangar/utbetalning/<int:rule_id>/", payment_rules.payment_rule, name="payment-rule"),
    path("omgangar/<int:call_id>/redigera/", calls.edit, name="call-edit"),
    path("omgangar/<int:call_id>/redigera/uppgifter/", calls.facts, name="call-facts"),
    path("omgangar/<int:call_id>/redigera/kopiera/", calls.copy, name="call-copy"),
    path("omgangar/<int:call_id>/redigera/forlang/", calls.prolong, name="call-prolong"),
    path("omgangar/<int:call_id>/redigera/publicera/", calls.publish, name="call-publish"),
    path("omgangar/<int:call_id>/redigera/slang/", calls.discard, name="call-discard"),
    path("omgangar/<int:call_id>/redigera/fragor/", call_questions.questions, name="call-questions"),
    path("omgangar/<int:call_id>/redigera/fragor/ny/", call_questions.new_question, name="new-question"),
    path("omgangar/<int:call_id>/redigera/fragor/<slug:key>/", call_questions.question, name="call-question"),
    path(
        "omgangar/<int:call_id>/redigera/fragor/<slug:key>/svar/",
        call_questions.options,
        name="call-options",
    ),
    path(
        "omgangar/<int:call_id>/redigera/fragor/<slug:key>/kolumner/",
        call_questions.columns,
        name="call-columns",
    ),
    path(
        "omgangar/<int:call_id>/redigera/fragor/<slug:key>/kolumner/<slug:column>/",
        call_questions.options,
        name="call-column-options",
    ),
    path("omgangar/<int:call_id>/redigera/budget/", call_rows.headings, name="call-headings"),
    path("omgangar/<int:call_id>/redigera/papper/", call_rows.asked_papers, name="call-papers"),
    path(
        "omgangar/<int:call_id>/redigera/forhandsgranska/<section:section>/",
        call_preview.preview,
        name="call-preview",
    ),
    path("omgangar/<int:call_id>/redigera/villkor/", call_rows.conditions, name="call-conditions"),
    path("omgangar/<int:call_id>/redigera/redovisning/", call_rows.report_dates, name="call-report-dates"),
    path("omgangar/<int:call_id>/redigera/historik/", calls.call_history, name="call-history"),
]

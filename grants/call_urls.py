"""Addresses of the officers' pages about calls, all under `omgangar/`."""

from __future__ import annotations

from django.urls import path

from grants.views import call_rows, calls, contacts, programmes

urlpatterns = [
    path("omgangar/", calls.calls, name="calls"),
    path("omgangar/ny/", calls.new, name="new-call"),
    path("omgangar/kontakter/", contacts.contacts, name="contacts"),
    path("omgangar/aterkommande/", programmes.programmes, name="programmes"),
    path("omgangar/aterkommande/ny/", programmes.new_programme, name="new-programme"),
    path("omgangar/aterkommande/<int:programme_id>/", programmes.programme, name="programme"),
    path("omgangar/<int:call_id>/redigera/", calls.edit, name="call-edit"),
    path("omgangar/<int:call_id>/redigera/uppgifter/", calls.facts, name="call-facts"),
    path("omgangar/<int:call_id>/redigera/kopiera/", calls.copy, name="call-copy"),
    path("omgangar/<int:call_id>/redigera/forlang/", calls.prolong, name="call-prolong"),
    path("omgangar/<int:call_id>/redigera/publicera/", calls.publish, name="call-publish"),
    path("omgangar/<int:call_id>/redigera/villkor/", call_rows.conditions, name="call-conditions"),
    path("omgangar/<int:call_id>/redigera/redovisning/", call_rows.report_dates, name="call-report-dates"),
    path("omgangar/<int:call_id>/redigera/historik/", calls.call_history, name="call-history"),
]

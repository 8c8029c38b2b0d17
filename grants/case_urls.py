"""Addresses of what passes between an association and its officers, and of a person's own dates.

Officers' pages stand under `handlaggning/`, beside those of `assessments`.
"""

from __future__ import annotations

from django.urls import URLPattern, path

from grants import converters  # noqa: F401 - registers `section`
from grants.views import asking, completing, dialogue, lateness, printing, reminders, withdrawal

patterns: list[URLPattern] = [
    path("ansokningar/<int:application_id>/meddelanden/", dialogue.of_association, name="messages"),
    path("meddelanden/filer/<int:file_id>/", dialogue.unsent_file, name="unsent-file"),
    path("ansokningar/<int:application_id>/aterkalla/", withdrawal.withdraw_application, name="withdraw"),
    path("ansokningar/<int:application_id>/kasta/", withdrawal.discard_draft, name="discard"),
    path("ansokningar/kastade/", withdrawal.discarded, name="discarded"),
    path("handlaggning/<int:application_id>/meddelanden/", dialogue.of_officer, name="officer-messages"),
    path("ansokningar/<int:application_id>/utskrift/", printing.print_application, name="print"),
    path("ansokningar/<int:application_id>/utskrift/lage/", printing.print_state, name="print-state"),
    path("utskrifter/<int:print_id>/pdf/", printing.print_file, name="print-file"),
    path("paminnelser/", reminders.settings, name="reminders"),
    path("paminnelser/ny-adress/", reminders.renew_address, name="renew-calendar"),
    path("kalender/<str:token>.ics", reminders.calendar_feed, name="calendar-feed"),
    path("handlaggning/nytt/", dialogue.news, name="news"),
    path("handlaggning/<int:application_id>/sen/", lateness.rule, name="late"),
    path("ansokningar/<int:application_id>/komplettering/", completing.complete, name="complete"),
    path(
        "ansokningar/<int:application_id>/komplettering/<section:section>/",
        completing.complete_section,
        name="complete-section",
    ),
    path("ansokningar/<int:application_id>/komplettering/lamna-in/", completing.hand_in, name="hand-in"),
    path("komplettering/filer/<int:paper_id>/", completing.reply_paper, name="reply-paper"),
    path("handlaggning/<int:application_id>/komplettering/", asking.ask, name="ask"),
    path("handlaggning/<int:application_id>/komplettering/granska/", asking.preview, name="ask-preview"),
    path("handlaggning/<int:application_id>/komplettering/<int:request_id>/", asking.compare, name="compare"),
]

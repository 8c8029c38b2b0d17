"""Addresses of associations and of everyone who reads about the calls."""

from __future__ import annotations

from django.urls import path, register_converter

from grants.models import Section
from grants.views import association, drafts, public, sent


class SectionConverter:
    """A section of the form by its Swedish word, since people see and share addresses."""

    words = {
        Section.GRANT: "bidrag",
        Section.NEED: "behov",
        Section.TARGET: "malgrupp",
        Section.ACTIVITIES: "verksamhet",
        Section.COOPERATION: "samverkan",
        Section.ECONOMY: "ekonomi",
        Section.DEMOCRACY: "demokrati",
        Section.RESULTS: "resultat",
        Section.PAPERS: "papper",
    }
    regex = "|".join(words.values())

    def to_python(self, value: str) -> Section:
        return next(section for section, word in self.words.items() if word == value)

    def to_url(self, value: str) -> str:
        return self.words[Section(value)]


register_converter(SectionConverter, "section")

app_name = "grants"
urlpatterns = [
    path("omgangar/<int:call_id>/", public.call, name="call"),
    path("omgangar/<int:call_id>/ansok/", association.start, name="start"),
    path("foreningar/ny/", association.register, name="register-association"),
    path("ansokningar/", association.applications, name="applications"),
    path("ansokningar/<int:application_id>/", drafts.application, name="application"),
    path("ansokningar/<int:application_id>/<section:section>/", drafts.section, name="section"),
    path(
        "ansokningar/<int:application_id>/bilagor/<int:attachment_id>/", drafts.attachment, name="attachment"
    ),
    path("ansokningar/<int:application_id>/kontrollera/", drafts.check, name="check"),
    path("ansokningar/<int:application_id>/kvittens/", sent.receipt, name="receipt"),
    path("ansokningar/<int:application_id>/kvittens/pdf/", sent.receipt_document, name="receipt-document"),
    path("ansokningar/<int:application_id>/svar/", sent.answers, name="answers"),
]

"""Parts of addresses in Swedish words, since people see and share them."""

from __future__ import annotations

from django.urls import register_converter

from grants.models import Section


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

"""What a call asks for in papers against what an application has: picked, promised, or missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.models import Application, AskedPaper, Attachment, Paper, PaperType, PromisedPaper
from grants.received.following import Status
from portal.documents.models import StoredFile
from portal.documents.templatetags.swedish_text import swedish_date


def prefetches(prefix: str = "") -> list[Prefetch[Any, Any, Any]]:
    """What `wanted_of_loaded` reads: three queries."""
    return [
        Prefetch(
            f"{prefix}call__asked_papers", queryset=AskedPaper.objects.select_related("type", "instead")
        ),
        Prefetch(
            f"{prefix}attachments",
            queryset=Attachment.objects.select_related("paper__type", "paper__stored_file"),
        ),
        Prefetch(f"{prefix}promised_papers", queryset=PromisedPaper.objects.select_related("type")),
    ]


@dataclass(frozen=True)
class WantedPaper:
    """One paper that the call asks for, with what the application has of it."""

    asked: AskedPaper
    attachments: list[Attachment]
    promise: PromisedPaper | None

    @property
    def name(self) -> str:
        year = self.asked.year
        return f"{self.asked.type.name} {year}" if year else self.asked.type.name

    @property
    def is_there(self) -> bool:
        """Whether a valid one is picked."""
        return any(attachment.paper.is_valid for attachment in self.attachments)

    @property
    def is_promised(self) -> bool:
        return self.promise is not None and self.asked.may_come_later

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do before sending."""
        return self.is_there or self.is_promised or not self.asked.required

    @property
    def is_begun(self) -> bool:
        return bool(self.attachments) or self.promise is not None

    @property
    def other_year(self) -> int | None:
        """The year of the picked paper when another year's was asked for: an officer judges it."""
        for attachment in self.attachments:
            paper = attachment.paper
            if self.asked.year and paper.type_id == self.asked.type_id and paper.year != self.asked.year:
                return paper.year
        return None

    @property
    def hint(self) -> str:
        """What is chosen, and what to look at in it."""
        names = ", ".join(attachment.paper.filename for attachment in self.attachments)
        if self.other_year:
            return _("%(files)s, for %(year)s. We asked for another year; we look at it.") % {
                "files": names,
                "year": self.other_year,
            }
        return names

    @property
    def status(self) -> Status:
        """Where it stands, in words for the association."""
        if self.is_there:
            return Status(_("Chosen"), "")
        if self.promise is not None and self.asked.may_come_later:
            day = swedish_date(self.promise.due_on)
            return Status(_("You hand it in later, no later than %(day)s") % {"day": day}, "info")
        if self.attachments:
            return Status(_("The chosen one is no longer valid"), "warning")
        if not self.asked.required:
            return Status(_("Not chosen, may be left out"), "neutral")
        return Status(_("Missing"), "warning")


def wanted_papers(application: Application) -> list[WantedPaper]:
    """What the call asks for, in its order; a constant number of queries, none with `prefetches`."""
    prefetch_related_objects([application], *prefetches())
    return wanted_of_loaded(application)


def wanted_of_loaded(application: Application) -> list[WantedPaper]:
    """The same for one of many applications that were loaded with `prefetches`."""
    promises = {promise.type_id: promise for promise in application.promised_papers.all()}
    return [
        WantedPaper(
            asked,
            [attachment for attachment in application.attachments.all() if answers(attachment.paper, asked)],
            promises.get(asked.type_id),
        )
        for asked in application.call.asked_papers.all()
    ]


def other_attachments(application: Application) -> list[Attachment]:
    """What the association added of its own accord."""
    asked_for = list(application.call.asked_papers.all())
    return [
        attachment
        for attachment in application.attachments.all()
        if not any(answers(attachment.paper, asked) for asked in asked_for)
    ]


def answers(paper: Paper, asked: AskedPaper) -> bool:
    """Whether the paper is of the kind asked for, or of the kind that a new association has instead."""
    return paper.type_id in {asked.type_id, asked.instead_id}


def last_day_to_promise(asked: AskedPaper, today: date | None = None) -> date:
    """The latest day that an association may name when it hands in a paper later."""
    today = today or timezone.localdate()
    start = asked.call.last_day or today
    return max(start, today) + timedelta(days=asked.later_days)


def attached_files(application: Application) -> list[tuple[StoredFile, str]]:
    """The files to register when the application is sent, in the order they were added."""
    found = Attachment.objects.filter(application=application).select_related("paper__stored_file")
    return [(attachment.paper.stored_file, attachment.paper.filename) for attachment in found]


def freeze_papers(application: Application) -> dict[str, Any]:
    """The papers as they stand, for the record: what they are called goes with them."""
    attached = application.attachments.select_related("paper__stored_file", "paper__type")
    return {
        "attachments": [
            _named(attachment.paper.type, attachment.paper.year)
            | {
                "version": attachment.paper.version,
                "filename": attachment.paper.filename,
                "sha256": attachment.paper.stored_file.sha256,
            }
            for attachment in attached
        ],
        "promised_papers": [
            _named(promise.type, promise.year) | {"due_on": promise.due_on}
            for promise in application.promised_papers.select_related("type")
        ],
    }


def _named(paper_type: PaperType, year: int | None) -> dict[str, Any]:
    return {
        "kind": paper_type.code,
        "name_sv": paper_type.name_sv,
        "name_en": paper_type.name_en,
        "year": year,
    }

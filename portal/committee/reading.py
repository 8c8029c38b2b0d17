"""What one person may read of a meeting: the agenda as it stands for them, and the parts of its pack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q

from portal.committee.models import AgendaItem, Decision, Matter, Meeting, Pack, PackPart, PackState
from portal.documents.models import DocumentState
from portal.registry.models import ConflictOfInterest


@dataclass(frozen=True)
class Entry:
    """An item of the agenda, and how much of its matter the person may read.

    With a conflict of interest in the matter itself only number and title are left; with one in a line
    of it (`is_readable`, not `is_whole`) the parts that do not speak of that line.
    """

    number: int
    item: AgendaItem
    is_readable: bool
    has_conflict: bool

    @property
    def matter(self) -> Matter:
        return self.item.matter

    @property
    def is_whole(self) -> bool:
        return self.is_readable and not self.has_conflict

    @property
    def decision(self) -> Decision | None:
        """What was decided at this meeting, for who may read the whole matter."""
        return getattr(self.item, "decision", None) if self.is_whole else None


def agenda_for(meeting: Meeting, user: Any) -> list[Entry]:
    """The meeting's items in order, numbered from 1, in a constant number of queries."""
    items = (
        AgendaItem.objects.visible_to(user)
        .filter(meeting=meeting)
        .select_related(
            "matter__case",
            "matter__chairs_proposal",
            "decision__extract__file",
            "decision__paragraph_text__minutes",
        )
    )
    on_agenda = Matter.objects.filter(agenda_items__meeting=meeting)
    readable = set(
        Matter.objects.visible_to(user).filter(agenda_items__meeting=meeting).values_list("pk", flat=True)
    )
    cases = ConflictOfInterest.objects.declared_by(user).values("case")
    conflicted = set(
        on_agenda.filter(Q(case__in=cases) | Q(lines__case__in=cases)).values_list("pk", flat=True)
    )
    return [
        Entry(number, item, item.matter_id in readable, item.matter_id in conflicted)
        for number, item in enumerate(items, start=1)
    ]


def whole_pack(meeting: Meeting, user: Any) -> Pack | None:
    """The newest finished pack that the person may read as one document."""
    ready = Pack.objects.visible_to(user).filter(meeting=meeting, state=PackState.READY)
    return ready.select_related("file", "meeting").order_by("-version").first()


def readable_parts(meeting: Meeting, matter: Matter, user: Any) -> Sequence[PackPart]:
    """The parts about a matter in the newest finished pack of the meeting, as far as the person may read."""
    parts = PackPart.objects.visible_to(user).filter(
        pack__meeting=meeting, pack__state=PackState.READY, matter=matter, document__state=DocumentState.READY
    )
    newest = parts.aggregate(version=Max("pack__version"))["version"]
    return list(parts.filter(pack__version=newest).select_related("document__file"))

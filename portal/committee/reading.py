"""What one person may read of a meeting: the agenda as it stands for them, and the parts of its pack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q, QuerySet

from portal.committee.changes import readable
from portal.committee.copies import copy_for, hidden_cases, partial_packs
from portal.committee.models import (
    AgendaItem,
    Decision,
    Matter,
    Meeting,
    Pack,
    PackCopy,
    PackPart,
    PackState,
)
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
    def title(self) -> str:
        """What the person may know it as; of a secret matter who does not read it knows the public title."""
        return self.matter.title if self.is_readable else self.item.public_title

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


@dataclass(frozen=True)
class Agenda:
    """An agenda as it is read: the public matters, and apart from them those that are secret."""

    public: list[Entry]
    secret: list[Entry]

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> Agenda:
        return cls(
            [entry for entry in entries if not entry.item.is_secret],
            [entry for entry in entries if entry.item.is_secret],
        )


def whole_pack(meeting: Meeting, user: Any) -> Pack | None:
    """The newest finished pack that the person may read as one document; supplements lie beside it."""
    ready = Pack.objects.visible_to(user).filter(meeting=meeting, state=PackState.READY, supplement=0)
    return ready.select_related("file", "meeting").order_by("-version").first()


@dataclass(frozen=True)
class ReadablePack:
    """A pack as one person gets it: whole, or as a `copy` that hides what they must not read."""

    pack: Pack
    is_whole: bool
    copy: PackCopy | None
    changes: list[str]


def packs_for(meeting: Meeting, user: Any) -> list[ReadablePack]:
    """The newest pack, and the newest of each supplement, as far as the person may read them."""
    ready = Pack.objects.visible_to(user).filter(meeting=meeting, state=PackState.READY)
    whole = {pack.supplement: pack for pack in _with_file(ready).order_by("version")}
    partial = {pack.supplement: pack for pack in _with_file(partial_packs(meeting, user))}
    found = []
    for supplement in sorted(whole.keys() | partial.keys()):
        candidates = [pack for pack in (whole.get(supplement), partial.get(supplement)) if pack]
        newest = max(candidates, key=lambda pack: pack.version)
        hidden = hidden_cases(newest, user)
        copy = copy_for(newest, user) if hidden else None
        found.append(ReadablePack(newest, not hidden, copy, readable(newest.changes, hidden)))
    return found


def _with_file(packs: QuerySet[Pack]) -> QuerySet[Pack]:
    return packs.select_related("file", "meeting", "compared_with")


def readable_parts(meeting: Meeting, matter: Matter, user: Any) -> Sequence[PackPart]:
    """The parts about a matter in the newest finished pack of the meeting, as far as the person may read."""
    parts = PackPart.objects.visible_to(user).filter(
        pack__meeting=meeting, pack__state=PackState.READY, matter=matter, document__state=DocumentState.READY
    )
    newest = parts.aggregate(pack=Max("pack"))["pack"]
    return list(parts.filter(pack=newest).select_related("document__file"))

"""The public register (offentligt diarium): what anyone may read of cases and records.

Offentlighets- och sekretesslagen 5:2: the register can be shown to anyone when sender, receiver and brief
content are left out where they may be secret. So nothing here shows a protected title, a record's own
title or its content; a mark of secrecy leaves out both fields, and nothing is found by what is left out.
Who asks does not matter: the same rows for all, whether signed in or not, and whatever conflicts of
interest they have.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from portal.registry import parties
from portal.registry.models import Case, Record, SecrecyMark
from portal.registry.parties import Direction


@dataclass(frozen=True)
class Entry:
    """One line of the register. `counterpart` and `brief` are empty where they are left out."""

    case_id: int
    registry_number: str
    case_title: str
    date: datetime
    direction: Direction
    counterpart: str
    brief: str
    is_withheld: bool
    is_destroyed: bool


def _marked() -> Exists:
    """Whether a record, or its whole case, has a standing mark of secrecy."""
    marks = SecrecyMark.objects.standing().filter(
        Q(record=None) | Q(record=OuterRef("pk")), case=OuterRef("case")
    )
    return Exists(marks)


def records(words: str = "", year: int | None = None, kind: str = "") -> QuerySet[Record]:
    """The records to list, the newest first; every word must stand in what the list shows."""
    found = Record.objects.annotate(withheld=_marked()).order_by("-created_at", "-pk")
    if year:
        found = found.filter(case__year=year)
    if kind:
        found = found.filter(kind=kind, withheld=False)
    for word in words.split():
        found = found.filter(
            Q(case__registry_number__icontains=word)
            | Q(case__public_title__icontains=word)
            | Q(withheld=False, kind__in=_kinds_named(word))
            | Q(withheld=False, register_entry__brief__icontains=word)
            | Q(withheld=False, register_entry__counterpart__icontains=word)
        )
    return found


def _kinds_named(word: str) -> list[str]:
    return [kind.value for kind in Record.Kind if word.lower() in str(kind.label).lower()]


def entries(page: Iterable[Record]) -> list[Entry]:
    """The lines of records that came from `records`; as many queries however many they are."""
    rows = list(page)
    names = parties.names({row.case_id for row in rows if not row.withheld})  # type: ignore[attr-defined]
    return [_entry(row, names) for row in rows]


def with_what_is_shown(found: QuerySet[Record]) -> QuerySet[Record]:
    """With what `entries` reads, and without the contents of the records."""
    return found.select_related("case", "register_entry", "destruction").only(
        "case__registry_number", "case__public_title", "case__year", "case__number",
        "kind", "title", "created_at", "created_by",
        "register_entry__brief", "register_entry__counterpart", "destruction__state",
    )  # fmt: skip


def _entry(record: Record, names: dict[int, str]) -> Entry:
    withheld: bool = record.withheld  # type: ignore[attr-defined]
    written = getattr(record, "register_entry", None)
    destroyed = getattr(record, "destruction", None)
    way = parties.direction(record)
    counterpart = names.get(record.case_id, "") if way != Direction.OWN else ""
    if written and written.counterpart:
        counterpart = written.counterpart
    return Entry(
        case_id=record.case_id,
        registry_number=record.case.registry_number,
        case_title=record.case.public_title,
        date=record.created_at,
        direction=way,
        counterpart="" if withheld else counterpart,
        brief="" if withheld else ((written and written.brief) or str(record.get_kind_display())),
        is_withheld=withheld,
        is_destroyed=destroyed is not None and destroyed.state == "done",
    )


def cases(words: str = "", year: int | None = None) -> QuerySet[Case]:
    """The cases to list, the newest first, found by number and public title alone."""
    found = Case.objects.annotate(record_count=Count("records")).defer("protected_title")
    if year:
        found = found.filter(year=year)
    for word in words.split():
        found = found.filter(Q(registry_number__icontains=word) | Q(public_title__icontains=word))
    return found.order_by("-year", "-number", "-pk")


def years() -> Collection[int]:
    """The years that have cases, the latest first."""
    return list(Case.objects.order_by("-year").values_list("year", flat=True).distinct())

"""Which matters a pack is about: the whole agenda, or what came late with one supplement.

The numbers are the agenda's own, so that a matter is called the same in summons, pack, page and room.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch

from portal.committee.models import AgendaItem, Matter, Meeting, ReportReview


@dataclass(frozen=True)
class NumberedItem:
    """An item with its number on the agenda, from 1."""

    number: int
    item: AgendaItem

    @property
    def matter(self) -> Matter:
        return self.item.matter


def numbered_items(meeting: Meeting, supplement: int = 0) -> list[NumberedItem]:
    """The items of the whole agenda, or of one supplement, with all that their papers are written from."""
    items = meeting.agenda.select_related(
        "matter__case", "matter__committee__authority", "matter__created_by"
    ).prefetch_related(
        "matter__appendices__case",
        "matter__chairs_proposal",
        "matter__decision_points",
        "matter__sections",
        "matter__decisions",
        Prefetch("matter__report_reviews", ReportReview.objects.told()),
        "matter__lines",
    )
    return [
        NumberedItem(number, item)
        for number, item in enumerate(items, start=1)
        if supplement in (0, item.supplement)
    ]


def supplements_of(meeting: Meeting) -> list[int]:
    """The numbers of the supplements that something on the agenda came with, the first first."""
    late = meeting.agenda.filter(supplement__gt=0).order_by("supplement")
    return list(late.values_list("supplement", flat=True).distinct())


def matters_of(meeting: Meeting, supplement: int) -> set[int]:
    """The ids of the matters that a pack of this kind must hold today."""
    items = meeting.agenda.filter(supplement=supplement) if supplement else meeting.agenda.all()
    return set(items.values_list("matter", flat=True))

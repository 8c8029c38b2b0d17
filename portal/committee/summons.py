"""The summons with the agenda (kallelse och föredragningslista): the first part of every pack.

Number and title of a matter are public. For whoever has a conflict of interest nothing else of it is printed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.template.loader import render_to_string
from django.utils import translation

from portal.committee.hiding import ALL_HIDDEN, note_on
from portal.committee.matter_text import in_running_text
from portal.committee.models import DelegationDecision, Meeting
from portal.committee.supplement import NumberedItem
from portal.documents.templatetags.swedish_text import swedish_date, swedish_time
from portal.documents.work import Source


@dataclass(frozen=True)
class Row:
    """One matter as the agenda prints it; without `facts` for whoever may not read about it."""

    number: int
    title: str
    facts: str
    presenter: str
    time: str
    note: str


def summons(
    meeting: Meeting,
    items: Sequence[NumberedItem],
    supplement: int = 0,
    hidden: Collection[int] = (),
) -> Source:
    """The summons to a meeting, or the list that comes with a supplement; `hidden` are ids of cases."""
    committee = meeting.committee.name
    heading = f"Kallelse till {in_running_text(committee)}"
    kind = "Kallelse och föredragningslista"
    if supplement:
        heading, kind = f"Tillägg {supplement} till föredragningslistan", "Tillägg till föredragningslistan"
    with translation.override("sv"):
        context = {
            "committee": committee,
            "kind": kind,
            "date": swedish_date(meeting.date),
            "heading": heading,
            "meeting": meeting,
            "time": swedish_time(meeting.starts_at),
            "standing_items": [] if supplement else [row.title for row in meeting.standing_items.all()],
            "matters": [_row(numbered, hidden) for numbered in items if not numbered.item.is_secret],
            "secret_matters": [_row(numbered, hidden) for numbered in items if numbered.item.is_secret],
            "delegated": [] if supplement else _delegated(meeting, hidden),
        }
        html = render_to_string("pdf/kallelse.html", context)
    return Source("kallelse", heading, html, numbered=False)


def delegation_cases(meeting: Meeting) -> set[int]:
    """The cases of the decisions by delegation that the summons reports."""
    return set(meeting.delegation_decisions.values_list("case", flat=True))


def _row(numbered: NumberedItem, hidden: Collection[int]) -> Row:
    item, matter = numbered.item, numbered.matter
    note = note_on(matter, hidden)
    if note == ALL_HIDDEN:
        return Row(numbered.number, item.public_title, "", "", "", note)
    return Row(
        number=numbered.number,
        title=matter.title,
        facts=f"Dnr {matter.case.registry_number}, handläggare: {matter.created_by}",
        presenter=item.presenter,
        time=f"{item.due_at:%H.%M}" if item.due_at else "",
        note=note,
    )


def _delegated(meeting: Meeting, hidden: Collection[int]) -> list[DelegationDecision]:
    reported = meeting.delegation_decisions.select_related("rule", "case")
    return [decision for decision in reported if decision.case_id not in hidden]

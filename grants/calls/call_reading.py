"""A call as everybody reads it: its questions by section, its budget lines by side, what it asks besides."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from django.db.models import prefetch_related_objects

from grants.applying.completeness import sections_of
from grants.calls.judged_by import Judged, judged_by
from grants.models import (
    AskedPaper,
    BudgetHeading,
    BudgetSide,
    Call,
    CallCondition,
    CallEvent,
    Contact,
    Question,
    ReportDate,
    Section,
)

#: What `reading` follows; given to `prefetch_related` it costs no further query.
PREFETCH = (
    "questions",
    "budget_headings",
    "asked_papers__type",
    "asked_papers__instead",
    "conditions",
    "report_dates",
    "authority__contacts",
)


@dataclass(frozen=True)
class Reading:
    """All that a call tells before anybody signs in."""

    sections: list[tuple[Section, list[tuple[Question, str]]]]
    budget: list[tuple[str, list[BudgetHeading]]]
    papers: list[AskedPaper]
    conditions: list[CallCondition]
    report_dates: list[ReportDate]
    judged_by: list[Judged]
    contacts: list[Contact]
    prolonged: CallEvent | None


def in_form_order(call: Call) -> list[tuple[Section, list[Question]]]:
    """The call's questions by section, as they are asked; uses prefetched rows."""
    order = {section: n for n, section in enumerate(Section.values)}
    asked = sorted(call.questions.all(), key=lambda row: (order[row.section], row.position))
    return [(Section(section), list(rows)) for section, rows in groupby(asked, key=lambda row: row.section)]


def reading(call: Call) -> Reading:
    """A constant number of queries, two with `PREFETCH`."""
    prefetch_related_objects([call], *PREFETCH)
    asked = dict(in_form_order(call))
    labels = {question.key: question.label for question in call.questions.all()}
    return Reading(
        sections=[
            (
                section,
                [(question, labels.get(question.depends_on, "")) for question in asked.get(section, [])],
            )
            for section in sections_of(call)
        ],
        budget=[
            (str(side.label), rows)
            for side in BudgetSide
            if (rows := [heading for heading in call.budget_headings.all() if heading.side == side])
        ],
        papers=list(call.asked_papers.all()),
        conditions=list(call.conditions.all()),
        report_dates=list(call.report_dates.all()),
        judged_by=judged_by(call),
        contacts=list(call.authority.contacts.all()),
        prolonged=call.events.filter(kind=CallEvent.Kind.PROLONGED).first() if call.published else None,
    )

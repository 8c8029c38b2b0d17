"""The yearly report of how the city works with associations: the county board's six questions, per area.

Länsstyrelsen i Skåne, rapport 2009:46, asked them with yes or no and a comment, for the whole city and for
three areas of care. What Samspel has registered stands beside each question as evidence; the answer itself
is somebody's to give, and where nobody has, the report says that nothing is registered.

The numbers are the city's and the same for everyone; no association and no person is named in them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, Min
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iop.models import (
    Agreement,
    Area,
    CooperationEntry,
    Level,
    Need,
    SurveyAnswer,
    SurveyPrint,
    SurveyQuestion,
)
from iop.states import State
from portal.documents.models import Document
from portal.documents.spreadsheets import Cell, Column
from portal.documents.work import Source, order, try_again
from portal.registry.models import Authority

#: Agreements in these states were in force on the days between their first and last.
_CAME_INTO_FORCE = (State.RUNNING, State.PAUSED, State.ENDED)


@dataclass(frozen=True)
class AreaAnswer:
    """One area's answer to one question: yes, no or not registered, and what is registered in Samspel."""

    area: Area
    answer: SurveyAnswer | None
    evidence: tuple[str, ...]

    @property
    def word(self) -> str:
        if self.answer is None:
            return _("Not registered")
        return _("Yes") if self.answer.is_yes else _("No")


@dataclass(frozen=True)
class Asked:
    """A question as it is worded that year, with the answers of all areas."""

    question: SurveyQuestion
    text: str
    answers: list[AreaAnswer]


@dataclass(frozen=True)
class Report:
    year: int
    asked: list[Asked]

    @property
    def missing(self) -> int:
        """How many answers nobody has registered."""
        return sum(row.answer is None for asked in self.asked for row in asked.answers)


def questions_of(year: int) -> list[SurveyQuestion]:
    """The questions with the wording of a year, by number; one taken out of use is left out."""
    latest: dict[int, SurveyQuestion] = {}
    for row in SurveyQuestion.objects.filter(valid_from__lte=year).order_by("number", "valid_from"):
        latest[row.number] = row
    return [row for row in latest.values() if row.is_active]


def report(year: int) -> Report:
    """All questions and areas of a year; a constant number of queries."""
    questions, areas = questions_of(year), list(Area.objects.active())
    answers = {
        (row.question_id, row.area_id): row
        for row in SurveyAnswer.objects.filter(year=year, question__in=questions)
    }
    counted = {slug: count(year) for slug, count in _EVIDENCE.items()}
    return Report(
        year,
        [
            Asked(
                question,
                question.text,
                [
                    AreaAnswer(area, answers.get((question.pk, area.pk)), _evidence(question, area, counted))
                    for area in areas
                ],
            )
            for question in questions
        ],
    )


def _evidence(question: SurveyQuestion, area: Area, counted: dict[str, list[Figure]]) -> tuple[str, ...]:
    """What is registered about the question in the area, in words; nothing where nothing is."""
    figures = counted.get(question.evidence, [])
    return tuple(words(counts[area.pk]) for counts, words in figures if counts[area.pk])


#: How many of something by the area's key, and how that is said.
Figure = tuple[Counter[int], Callable[[int], str]]


def _by_area(rows: Any, path: str) -> Counter[int]:
    return Counter(dict(rows.order_by().values_list(path).annotate(number=Count("pk", distinct=True))))


def _agreements(year: int) -> list[Figure]:
    in_force = Agreement.objects.filter(
        state__in=_CAME_INTO_FORCE, starts_on__lte=date(year, 12, 31), ends_on__gte=date(year, 1, 1)
    )
    return [(_by_area(in_force, "area"), _say_agreements)]


def _say_agreements(number: int) -> str:
    return ngettext(
        "%(number)s partnership agreement was in force",
        "%(number)s partnership agreements were in force",
        number,
    ) % {"number": number}


def _entries(year: int) -> Any:
    return CooperationEntry.objects.filter(on__year=year, cooperation__unit__profile__isnull=False)


_AREA_OF_ENTRY = "cooperation__unit__profile__area"


def _taking_part(year: int) -> list[Figure]:
    above = _entries(year).filter(level__counts_as=Level.CountsAs.TAKING_PART)
    return [(_by_area(above, _AREA_OF_ENTRY), _say_taking_part)]


def _say_taking_part(number: int) -> str:
    return ngettext(
        "%(number)s entry in logs where associations took part",
        "%(number)s entries in logs where associations took part",
        number,
    ) % {"number": number}


def _information(year: int) -> list[Figure]:
    needs = Need.objects.filter(published_at__year=year)
    informed = _entries(year).filter(level__counts_as=Level.CountsAs.INFORMATION)
    return [
        (_by_area(needs, "area"), _say_needs),
        (_by_area(informed, _AREA_OF_ENTRY), _say_informed),
    ]


def _say_needs(number: int) -> str:
    return ngettext("%(number)s need was published", "%(number)s needs were published", number) % {
        "number": number
    }


def _say_informed(number: int) -> str:
    return ngettext(
        "%(number)s entry in logs about information to associations",
        "%(number)s entries in logs about information to associations",
        number,
    ) % {"number": number}


def _activities(year: int) -> list[Figure]:
    together = _entries(year).filter(kind=CooperationEntry.Kind.ACTIVITY)
    return [(_by_area(together, _AREA_OF_ENTRY), _say_activities)]


def _say_activities(number: int) -> str:
    return ngettext("%(number)s thing was done together", "%(number)s things were done together", number) % {
        "number": number
    }


#: What a question's `evidence` may name.
_EVIDENCE: dict[str, Callable[[int], list[Figure]]] = {
    "agreements": _agreements,
    "cooperation": _taking_part,
    "information": _information,
    "activities": _activities,
}
EVIDENCE = tuple(_EVIDENCE)


def years() -> list[int]:
    """The years there is something to report on: from the first entry, need or answer until this year."""
    this_year = timezone.localdate().year
    firsts = [
        CooperationEntry.objects.aggregate(first=Min("on__year"))["first"],
        SurveyAnswer.objects.aggregate(first=Min("year"))["first"],
        Need.objects.aggregate(first=Min("published_at__year"))["first"],
    ]
    first = min([year for year in firsts if year] + [this_year])
    return list(range(this_year, first - 1, -1))


def answer(area: Area, year: int, said: Mapping[int, tuple[bool | None, str]], by: Any) -> None:
    """Register an area's answers of a year: question's key → (yes, no or nothing, comment).

    Where nothing is said any more, the row is taken away: then the report says "not registered".
    """
    with transaction.atomic():
        for question_id, (is_yes, comment) in said.items():
            row = SurveyAnswer.objects.filter(question=question_id, area=area, year=year)
            if is_yes is None:
                row.delete()
                continue
            SurveyAnswer.objects.update_or_create(
                question_id=question_id,
                area=area,
                year=year,
                defaults={
                    "is_yes": is_yes,
                    "comment": comment,
                    "answered_by": by,
                    "answered_at": timezone.now(),
                },
            )


# --- Sheet and document ------------------------------------------------------------------------


def columns() -> list[Column]:
    return [
        Column(_("Year"), 8),
        Column(_("Number"), 8),
        Column(_("Question"), 60),
        Column(_("Law or regulation"), 24),
        Column(_("Area"), 32),
        Column(_("Answer"), 16),
        Column(_("Comment"), 50),
        Column(_("Registered in Samspel"), 50),
    ]


def sheet_rows(year: int) -> Iterator[list[list[Cell]]]:
    for asked in report(year).asked:
        yield [
            [
                year,
                asked.question.number,
                asked.text,
                asked.question.reference,
                row.area.name,
                row.word,
                row.answer.comment if row.answer else "",
                "; ".join(row.evidence),
            ]
            for row in asked.answers
        ]


def order_print(year: int, by: Any) -> SurveyPrint:
    """Order the report as a PDF as it stands; the same content again is the same document."""
    with transaction.atomic():
        document = order(_source(year))
        printed, is_new = SurveyPrint.objects.get_or_create(
            year=year, document=document, defaults={"ordered_by": by}
        )
        if not is_new:
            printed.ordered_at = timezone.now()
            printed.save(update_fields=["ordered_at"])
        if document.has_failed:
            try_again(Document.objects.filter(pk=document.pk))
    return printed


def _source(year: int) -> Source:
    with translation.override("sv"):
        heading = f"Samverkan med ideella organisationer {year}"
        authority = Authority.objects.order_by("pk").first()
        html = render_to_string(
            "pdf/iop_samverkansrapport.html",
            {
                "committee": authority.name if authority else "",
                "kind": "Samverkansrapport",
                "heading": heading,
                "report": report(year),
            },
        )
    return Source("samverkansrapport", heading, html)

"""An application as people read it: before it is sent, and as it was sent, from the same frozen shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from grants.applying.completeness import budget_years, sections_of
from grants.associations.shipped_papers import name_of
from grants.models import (
    Application,
    BudgetSide,
    Call,
    GrantType,
    Question,
    Section,
    budget_lines_of,
)
from portal.documents.templatetags.swedish_text import kronor, percent, swedish_date


@dataclass(frozen=True)
class Row:
    label: str
    value: str
    change_url: str = ""
    rows: list[list[tuple[str, str]]] = field(default_factory=list)


@dataclass(frozen=True)
class BudgetSideView:
    """Income or costs, whole kronor in the order of the years; lines without money are left out."""

    title: str
    total_title: str
    lines: list[tuple[str, list[int]]]
    totals: list[int]


@dataclass(frozen=True)
class BudgetView:
    """The budget of the years applied for."""

    years: list[int]
    sides: tuple[BudgetSideView, BudgetSideView]

    @property
    def differences(self) -> list[tuple[int, int]]:
        """(year, income minus costs) for each year."""
        income, costs = (side.totals for side in self.sides)
        return [(year, earned - spent) for year, earned, spent in zip(self.years, income, costs, strict=True)]


@dataclass(frozen=True)
class Chapter:
    """One section of the form with its answers in words."""

    section: Section
    rows: list[Row] = field(default_factory=list)
    budget: BudgetView | None = None


def chapters(content: Mapping[str, Any], call: Call) -> list[Chapter]:
    """The sections of an application as `submission.freeze` gives it, in the reader's language."""
    asked = list(call.questions.all())
    return [
        Chapter(
            section,
            rows=[*_own_rows(content, section), *_answers(content, section, asked)],
            budget=(
                _budget(_by_year(content), content["budget"], call) if section == Section.ECONOMY else None
            ),
        )
        for section in sections_of(call)
    ]


def _answers(content: Mapping[str, Any], section: Section, questions: list[Question]) -> list[Row]:
    answers = content["answers"]
    return [
        Row(
            question.label,
            question.in_words(answers.get(question.key)),
            rows=question.rows_in_words(answers.get(question.key)),
        )
        for question in questions
        if question.section == section and question.is_asked(answers)
    ]


def _own_rows(content: Mapping[str, Any], section: Section) -> list[Row]:
    if section == Section.GRANT:
        return [
            Row(_("Grant"), str(GrantType(content["grant_type"]).label)),
            Row(_("What is the application for?"), content["title"]),
            *(
                Row(_("Sum for %(year)s") % {"year": year}, kronor(amount))
                for year, amount in sorted(_by_year(content).items())
            ),
        ]
    if section == Section.TARGET:
        return [Row(_("Share for children and young people"), percent(content["child_share"]))]
    if section == Section.PAPERS:
        return [
            *(Row(name_of(paper), paper["filename"]) for paper in content["attachments"]),
            *(
                Row(
                    name_of(paper),
                    _("Is handed in later, no later than %(day)s") % {"day": _day(paper["due_on"])},
                )
                for paper in content.get("promised_papers", ())
            ),
        ]
    return []


def _day(due_on: date | str) -> str:
    """JSON has only text for dates."""
    return swedish_date(date.fromisoformat(due_on) if isinstance(due_on, str) else due_on)


def _by_year(content: Mapping[str, Any]) -> dict[int, int]:
    """JSON has only text for keys."""
    return _with_years(content["amounts"])


def _with_years(amounts: Mapping[Any, int]) -> dict[int, int]:
    return {int(year): amount for year, amount in amounts.items()}


def budget_lines(application: Application) -> list[dict[str, Any]]:
    """The budget of the years applied for as it is kept: heading, side, and kronor by year."""
    years = budget_years(application)
    kept: dict[str, dict[str, Any]] = {}
    for heading, line in budget_lines_of(application):
        if line.year in years:
            new = {"key": heading.key, "side": heading.side, "label": heading.label_sv, "amounts": {}}
            kept.setdefault(heading.key, new)["amounts"][line.year] = line.amount
    return list(kept.values())


def budget_view(application: Application) -> BudgetView:
    """The budget as it stands in the database."""
    sought = application.applied.amounts if application.applied else {}
    return _budget(sought, budget_lines(application), application.call)


def _budget(sought: dict[int, int], kept: list[dict[str, Any]], call: Call) -> BudgetView:
    headings = {heading.key: heading.label for heading in call.budget_headings.all()}
    lines = [(line, _with_years(line["amounts"])) for line in kept]
    years = sorted({*sought, *(year for _line, amounts in lines for year in amounts)})

    def side(
        code: str, title: str, total_title: str, first: list[tuple[str, dict[int, int]]]
    ) -> BudgetSideView:
        shown = first + [
            (headings.get(line["key"], line["label"]), amounts)
            for line, amounts in lines
            if line["side"] == code and any(amounts.values())
        ]
        rows = [(label, [amounts.get(year, 0) for year in years]) for label, amounts in shown]
        totals = [sum(column) for column in zip(*(row for _label, row in rows), strict=True)]
        return BudgetSideView(title, total_title, rows, totals or [0] * len(years))

    here = [(_("What you apply for here"), sought)] if sought else []
    return BudgetView(
        years,
        (
            side(BudgetSide.INCOME, _("Income"), _("Income in all"), here),
            side(BudgetSide.COST, _("Costs"), _("Costs in all"), []),
        ),
    )

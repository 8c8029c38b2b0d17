"""An application as people read it: before it is sent, and as it was sent, from the same frozen shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from grants.models import (
    COST_ITEMS,
    INCOME_ITEMS,
    AttachmentKind,
    BudgetItem,
    GrantType,
    Question,
    Section,
)
from portal.documents.templatetags.swedish_text import kronor, percent


@dataclass(frozen=True)
class Row:
    label: str
    value: str
    change_url: str = ""


@dataclass(frozen=True)
class BudgetSideView:
    """Income or costs, whole kronor; empty lines are left out."""

    title: str
    total_title: str
    lines: list[tuple[str, int]]

    @property
    def total(self) -> int:
        return sum(amount for _label, amount in self.lines)


@dataclass(frozen=True)
class BudgetView:
    """The first year's budget."""

    sides: tuple[BudgetSideView, BudgetSideView]


@dataclass(frozen=True)
class Chapter:
    """One section of the form with its answers in words."""

    section: Section
    rows: list[Row] = field(default_factory=list)
    budget: BudgetView | None = None


def chapters(content: Mapping[str, Any], questions: Iterable[Question]) -> list[Chapter]:
    """The sections of an application as `grants.submission.freeze` gives it, in the reader's language."""
    asked = list(questions)
    return [
        Chapter(
            section,
            rows=[*_own_rows(content, section), *_answers(content, section, asked)],
            budget=_budget(content) if section == Section.ECONOMY else None,
        )
        for section in Section
    ]


def _answers(content: Mapping[str, Any], section: Section, questions: list[Question]) -> list[Row]:
    answers = content["answers"]
    return [
        Row(question.label, question.in_words(answers.get(question.key)))
        for question in questions
        if question.section == section
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
            Row(str(AttachmentKind(paper["kind"]).label), paper["filename"])
            for paper in content["attachments"]
        ]
    return []


def _by_year(content: Mapping[str, Any]) -> dict[int, int]:
    """JSON has only text for keys."""
    return {int(year): amount for year, amount in content["amounts"].items()}


def _budget(content: Mapping[str, Any]) -> BudgetView:
    lines = content["budget"]
    amounts = _by_year(content)
    sought = [(_("What you apply for here"), amounts[min(amounts)])] if amounts else []
    return BudgetView(
        sides=(
            BudgetSideView(_("Income"), _("Income in all"), lines=[*sought, *_lines(lines, INCOME_ITEMS)]),
            BudgetSideView(_("Costs"), _("Costs in all"), lines=_lines(lines, COST_ITEMS)),
        )
    )


def _lines(lines: Mapping[str, int], items: Iterable[BudgetItem]) -> list[tuple[str, int]]:
    return [(str(item.label), lines[item.value]) for item in items if lines.get(item.value)]

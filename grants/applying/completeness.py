"""What is left to do in a draft: the tasks of the form and whether each is done."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from grants.applying.asked_papers import wanted_papers
from grants.models import (
    Application,
    BudgetSide,
    Call,
    CopiedAnswer,
    Question,
    Section,
    budget_lines_of,
    is_answer,
)

#: The answer that keeps how many years the association wants, before it has written every sum.
YEARS_KEY = "sought_years"


@dataclass(frozen=True)
class Task:
    """One section of the form and whether it is done."""

    section: Section
    is_done: bool
    is_begun: bool


@dataclass(frozen=True)
class Budget:
    """One year's budget, whole kronor; what is applied for counts as income."""

    year: int
    sought: int
    other_income: int
    costs: int

    @property
    def income(self) -> int:
        return self.sought + self.other_income

    @property
    def missing(self) -> int:
        """By how much the costs are larger than the income; negative when the income is larger."""
        return self.costs - self.income

    @property
    def surplus(self) -> int:
        return -self.missing

    @property
    def balances(self) -> bool:
        return self.costs > 0 and self.missing == 0


def budget_years(application: Application) -> list[int]:
    """The years that need a budget: those applied for, or the first until something is applied for."""
    applied = application.applied
    return (applied.years if applied else []) or [application.call.first_year]


def budgets_of(application: Application, years: list[int] | None = None) -> list[Budget]:
    """The budgets as they are saved, one for each year applied for unless told otherwise; uses prefetched
    rows and headings."""
    sought = application.applied.amounts if application.applied else {}
    sums: dict[tuple[int, str], int] = defaultdict(int)
    for heading, line in budget_lines_of(application):
        sums[line.year, heading.side] += line.amount
    return [
        Budget(year, sought.get(year, 0), sums[year, BudgetSide.INCOME], sums[year, BudgetSide.COST])
        for year in years or budget_years(application)
    ]


def tasks(application: Application) -> list[Task]:
    """The tasks in the form's order; a constant number of queries."""
    answers = application.answers_by_key()
    questions = list(application.call.questions.all())
    unread = frozenset(copied.key for copied in unread_copies(application))
    return [
        _task(application, section, questions, answers, unread) for section in sections_of(application.call)
    ]


#: Sections that ask something besides the call's questions.
_OWN_FIELDS = frozenset({Section.GRANT, Section.TARGET, Section.ECONOMY, Section.PAPERS})


def sections_of(call: Call) -> list[Section]:
    """The sections of a call's form: those that ask something; uses prefetched questions."""
    asked = {question.section for question in call.questions.all()}
    return [section for section in Section if section in asked or section in _OWN_FIELDS]


def missing_tasks(application: Application) -> list[Task]:
    """The tasks that keep the application from being sent."""
    return [task for task in tasks(application) if not task.is_done]


def _task(
    application: Application,
    section: Section,
    questions: list[Question],
    answers: dict[str, Any],
    unread: frozenset[str],
) -> Task:
    asked = [question for question in questions if question.section == section and question.is_asked(answers)]
    given = [question for question in asked if is_answer(answers.get(question.key))]
    own_done, own_begun = _own_fields(application, section, answers)
    needed = [question for question in asked if question.required or question in given]
    done = own_done and all(question.is_answered(answers.get(question.key)) for question in needed)
    done = done and not any(question.key in unread for question in given)
    return Task(section, is_done=done, is_begun=bool(given) or own_begun)


def unread_copies(application: Application) -> list[CopiedAnswer]:
    """The answers from an earlier application that nobody has read or changed yet; uses prefetched rows."""
    return [copied for copied in application.copied_answers.all() if copied.read_at is None]


def _own_fields(application: Application, section: Section, answers: dict[str, Any]) -> tuple[bool, bool]:
    """Whether the section's own fields are all filled in, and whether any is."""
    if section == Section.GRANT:
        sought = len(application.applied.amounts) if application.applied else 0
        every_year = sought == answers.get(YEARS_KEY, sought)
        return bool(application.title) and sought > 0 and every_year, bool(application.title) or sought > 0
    if section == Section.TARGET:
        given = application.child_share is not None
        return given, given
    if section == Section.ECONOMY:
        budgets = budgets_of(application)
        begun = any(budget.costs or budget.other_income for budget in budgets)
        return all(budget.balances for budget in budgets), begun
    if section == Section.PAPERS:
        wanted = wanted_papers(application)
        return all(paper.is_settled for paper in wanted), any(paper.is_begun for paper in wanted)
    return True, False

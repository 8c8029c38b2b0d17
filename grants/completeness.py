"""What is left to do in a draft: the tasks of the form and whether each is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grants.models import INCOME_ITEMS, Application, Question, Section

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
    """The first year's budget, whole kronor; what is applied for counts as income."""

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


def budget_of(application: Application) -> Budget:
    """The budget as it is saved; uses prefetched rows."""
    lines = {line.item: line.amount for line in application.budget_lines.all()}
    income = sum(amount for item, amount in lines.items() if item in INCOME_ITEMS)
    return Budget(
        sought=application.applied.first_amount if application.applied else 0,
        other_income=income,
        costs=sum(lines.values()) - income,
    )


def is_answer(value: Any) -> bool:
    """Whether something is answered. Zero is an answer; an empty text and an unticked box are none."""
    return value is not None and value is not False and value not in ("", [])


def tasks(application: Application) -> list[Task]:
    """The tasks in the form's order; a constant number of queries."""
    answers = application.answers_by_key()
    questions = list(application.call.questions.all())
    return [_task(application, section, questions, answers) for section in Section]


def missing_tasks(application: Application) -> list[Task]:
    """The tasks that keep the application from being sent."""
    return [task for task in tasks(application) if not task.is_done]


def _task(
    application: Application, section: Section, questions: list[Question], answers: dict[str, Any]
) -> Task:
    asked = [question for question in questions if question.section == section]
    given = [question for question in asked if is_answer(answers.get(question.key))]
    own_done, own_begun = _own_fields(application, section, answers)
    required = [question for question in asked if question.required]
    done = own_done and all(question in given for question in required)
    return Task(section, is_done=done, is_begun=bool(given) or own_begun)


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
        budget = budget_of(application)
        return budget.balances, budget.costs > 0 or budget.other_income > 0
    if section == Section.PAPERS:
        added = application.attachments.exists()
        return added, added
    return True, False

"""What is left to do in a draft: the tasks of the form and whether each is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grants.models import INCOME_ITEMS, Application, Question, Section

#: Values that count as no answer.
EMPTY: tuple[Any, ...] = (None, "", [], False)


@dataclass(frozen=True)
class Task:
    """One section of the form and whether it is done."""

    section: Section
    is_done: bool
    is_begun: bool


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
    given = [question for question in asked if answers.get(question.key) not in EMPTY]
    own = _own_fields(application, section)
    required = [question for question in asked if question.required]
    done = all(question in given for question in required) and all(own)
    return Task(section, is_done=done, is_begun=bool(given) or any(own))


def _own_fields(application: Application, section: Section) -> list[bool]:
    """Whether each of the section's own fields is filled in."""
    applied = application.applied
    if section == Section.GRANT:
        return [bool(application.title), applied is not None and applied.is_grant]
    if section == Section.TARGET:
        return [application.child_share is not None]
    if section == Section.ECONOMY:
        return [budget_balances(application)]
    if section == Section.PAPERS:
        return [application.attachments.exists()]
    return []


def budget_balances(application: Application) -> bool:
    """Whether there is a budget whose income, with the first year's sought sum, equals its costs."""
    lines = {line.item: line.amount for line in application.budget_lines.all()}
    costs = sum(amount for item, amount in lines.items() if item not in INCOME_ITEMS)
    income = sum(amount for item, amount in lines.items() if item in INCOME_ITEMS)
    sought = application.applied.first_amount if application.applied else 0
    return costs > 0 and income + sought == costs

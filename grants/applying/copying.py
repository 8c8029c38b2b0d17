"""Copying answers from an earlier application: matched on the questions' stable keys, to be read through.

What belongs to its year is never copied: sums, figures, dates, declarations, years applied for, the share
of children, and papers, which come from the library with their own validity.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from grants.applying.drafts import open_draft, touch
from grants.applying.versions import History
from grants.models import (
    Answer,
    Application,
    Call,
    Column,
    CopiedAnswer,
    Question,
    QuestionKind,
    is_answer,
)

#: Kinds of answers that are of their year.
OF_THEIR_YEAR = frozenset(
    {
        QuestionKind.KRONOR,
        QuestionKind.NUMBER,
        QuestionKind.PERCENT,
        QuestionKind.DATE,
        QuestionKind.CONFIRM,
    }
)
#: How many earlier applications are offered.
MOST_OFFERED = 10


def sources(call: Call, user: Any) -> list[Application]:
    """Sent applications of the person's associations that share questions with a call, newest first."""
    keys = call.questions.exclude(kind__in=OF_THEIR_YEAR).values("key")
    sharing = Question.objects.filter(key__in=keys).exclude(kind__in=OF_THEIR_YEAR).values("call")
    own = Application.objects.visible_to(user).sent().filter(call__in=sharing)
    return list(
        own.select_related("call", "association")
        .prefetch_related("terms__year_amounts")
        .order_by("-submitted_at", "-pk")[:MOST_OFFERED]
    )


def copy_answers(draft_id: int, source: Application, by: Any) -> list[CopiedAnswer]:
    """Copy what can be copied to the questions of a draft that have no answer yet.

    Each copied answer keeps its section from being done until somebody has read or changed it. Raises
    DraftClosed, and ValueError unless the source is a sent application of the same association.
    """
    with transaction.atomic():
        draft = open_draft(draft_id)
        if source.is_draft or source.association_id != draft.association_id:
            raise ValueError(f"Application {source.pk} is no source for draft {draft.pk}")
        answered = draft.answers_by_key()
        given = {question.key: (question, value) for question, value in source.answered()}
        found: dict[str, Any] = {}
        copied = []
        for question in draft.call.questions.all():
            before, value = given.get(question.key, (None, None))
            if before is None or is_answer(answered.get(question.key)):
                continue
            carried = carried_over(question, before, value)
            if not is_answer(carried):
                continue
            found[question.key] = carried
            copied.append(
                CopiedAnswer(
                    application=draft, key=question.key, source=source,
                    wording_changed=_wording(question) != _wording(before), left_out=carried != value,
                )
            )  # fmt: skip
        _write(draft, found, copied, by)
    return copied


def _write(draft: Application, found: dict[str, Any], copied: list[CopiedAnswer], by: Any) -> None:
    draft.answers.filter(key__in=found).delete()
    draft.copied_answers.filter(key__in=found).delete()
    Answer.objects.bulk_create(
        Answer(application=draft, key=key, value=value) for key, value in found.items()
    )
    CopiedAnswer.objects.bulk_create(copied)
    touch(draft)
    named = {f"answer_{key}": value for key, value in found.items()}
    History(draft, dict.fromkeys(named)).add(named, by, "", draft.saved_at)


def _wording(question: Question) -> tuple[str, str]:
    return question.label_sv, question.help_sv


def carried_over(question: Question, before: Question, value: Any) -> Any:
    """What of an earlier answer fits the question as it is asked now; nothing when none of it does."""
    if question.kind != before.kind:
        return None
    if question.kind != QuestionKind.ROWS:
        return _that_fits(question, value)
    kinds = {column.key: column.kind for column in before.row_columns}
    columns = [column for column in question.row_columns if kinds.get(column.key) == column.kind]
    rows = [_row(columns, row) for row in value or []]
    return [row for row in rows if row]


def _row(columns: Iterable[Column], row: dict[str, Any]) -> dict[str, Any]:
    cells = {column.key: _that_fits(column, row.get(column.key)) for column in columns}
    return {key: value for key, value in cells.items() if is_answer(value)}


def _that_fits(question: Question | Column, value: Any) -> Any:
    """An answer without choices that are no longer there."""
    if question.kind in OF_THEIR_YEAR or not is_answer(value):
        return None
    codes = [option["code"] for option in question.options]
    match question.kind:
        case QuestionKind.ONE_OF:
            return value if value in codes else None
        case QuestionKind.SOME_OF:
            return [code for code in value if code in codes]
        case _:
            return value

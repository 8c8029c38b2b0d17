"""Changing what a call consists of, row by row: words and order freely, keys never, until it is frozen.

Answers, and next year's copy, are matched on keys. So a key is made once, from the Swedish words, and a
removed one is not given to something else in the same change. When people may have begun to write, rows that
their drafts may hold answers to are not taken away; whether there are drafts is nobody's to know.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import F, Max
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from grants.applying.completeness import YEARS_KEY
from grants.calls.call_editing import CannotChange, editing, log
from grants.models import AskedPaper, Call, CallCondition, CallEvent, Question, ReportDate

#: Keys that an application uses for answers of its own, and one that is an address.
RESERVED = frozenset({YEARS_KEY, "ny"})
#: Room beside the positions in use while rows change places; the database lets no two share one.
_ASIDE = 10_000
#: Rows that nothing in a draft refers to.
FREE_TO_REMOVE: tuple[type[models.Model], ...] = (CallCondition, ReportDate)


def new_key(words: str, taken: Iterable[str]) -> str:
    """A key from Swedish words that is not taken: "Vilka mål?" → "vilka_mal"."""
    used = RESERVED.union(taken)
    stem = slugify(words).replace("-", "_")[:32].strip("_") or "rad"
    key, number = stem, 1
    while key in used:
        number += 1
        key = f"{stem}_{number}"
    return key


def has_opened(call: Call) -> bool:
    """Whether people may have begun to write in the call."""
    return call.published and call.state != Call.State.PLANNED


def save_rows(call_id: int, model: Any, rows: list[dict[str, Any]], *, named_by: str, seen: int) -> Call:
    """Let a call have these rows of a model in this order; a row with a known `key` is the same row.

    `named_by` is the field whose words make the key of a new row. Raises CannotChange, ChangedMeanwhile.
    """
    with editing(call_id, seen=seen) as call:
        current = {row.key: row for row in model.objects.filter(call=call)}
        kept = {values["key"] for values in rows}
        gone = [row for key, row in current.items() if key not in kept]
        if gone and model not in FREE_TO_REMOVE:
            _refuse_removal(call)
        for row in gone:
            row.delete()
        model.objects.filter(call=call).update(position=F("position") + _ASIDE)
        taken = set(current)
        for position, values in enumerate(rows, start=1):
            row = current.get(values["key"])
            if row is None:
                row = model(call=call, key=new_key(values[named_by], taken))
                taken.add(row.key)
            for name, value in values.items():
                if name != "key":
                    setattr(row, name, value)
            row.position = position
            row.save()
    return call


def save_asked_papers(call_id: int, rows: list[dict[str, Any]], *, seen: int) -> Call:
    """Let a call ask for these papers in this order; `key` is the row's id, and its type says which paper.

    Raises CannotChange, also when a paper is asked for twice, and ChangedMeanwhile.
    """
    if len({row["type"].pk for row in rows}) < len(rows):
        raise CannotChange(_("The same paper is asked for twice. Take one of them away."))
    with editing(call_id, seen=seen) as call:
        current = {str(row.pk): row for row in call.asked_papers.all()}
        same = {
            row["key"]: current[row["key"]]
            for row in rows
            if row["key"] in current and current[row["key"]].type_id == row["type"].pk
        }
        for key, asked in current.items():
            if key not in same:
                asked.delete()
        for position, values in enumerate(rows, start=1):
            asked = same.get(values["key"]) or AskedPaper(call=call)
            for name, value in values.items():
                if name != "key":
                    setattr(asked, name, value)
            asked.position = position
            asked.save()
    return call


def _refuse_removal(call: Call) -> None:
    if has_opened(call):
        raise CannotChange(
            _(
                "The call has opened, and people may have begun to write. Nothing they may have answered "
                "is removed."
            )
        )


def add_question(call_id: int, values: dict[str, Any]) -> Question:
    """Ask one more question, last in its section; its key comes from its Swedish words unless given."""
    with editing(call_id) as call:
        taken = set(call.questions.values_list("key", flat=True))
        key = values.pop("key", "")
        if key in taken:
            raise CannotChange(_("The call already asks this question."))
        last = call.questions.aggregate(last=Max("position"))["last"] or 0
        question: Question = Question.objects.create(
            call=call, key=key or new_key(values["label_sv"], taken), position=last + 1, **values
        )
    return question


def change_question(question: Question, values: dict[str, Any], *, seen: int) -> None:
    """Change how a question is worded and asked; its key and kind stay. Raises as `editing` does."""
    with editing(question.call_id, seen=seen) as call:
        row = Question.objects.get(pk=question.pk, call=call)
        for name, value in values.items():
            setattr(row, name, value)
        row.save()


def remove_question(question: Question) -> None:
    """Ask it no more; a question removed meanwhile is no error. Raises CannotChange."""
    with editing(question.call_id) as call:
        _refuse_removal(call)
        found = call.questions.filter(pk=question.pk).first()
        if found is None:
            return
        if call.questions.filter(depends_on=found.key).exists():
            raise CannotChange(
                _(
                    "Another question is asked only where the answer to this one is yes. "
                    "Change that one first."
                )
            )
        found.delete()


def move_question(question: Question, step: int, by: Any) -> None:
    """Move a question one place up (-1) or down (1) within its section; at the end nothing happens."""
    with editing(question.call_id) as call:
        rows = list(call.questions.filter(section=question.section).order_by("position"))
        here = next((n for n, row in enumerate(rows) if row.pk == question.pk), None)
        if here is None or not 0 <= here + step < len(rows):
            return
        one, other = rows[here], rows[here + step]
        first, second = one.position, other.position
        Question.objects.filter(pk=one.pk).update(position=first + _ASIDE)
        Question.objects.filter(pk=other.pk).update(position=first)
        Question.objects.filter(pk=one.pk).update(position=second)
        log(call, CallEvent.Kind.ORDERED, by, question.label_sv)


def changed_options(
    call: Call, before: list[Any], rows: list[dict[str, Any]], *, key: str, words: str
) -> list[Any]:
    """A question's options or columns after a change: known ones keep their key and what else they hold.

    `key` names the field that holds the key ("code" or "key"), `words` the one that a new key is made of.
    Raises CannotChange when something that may have been chosen would be removed.
    """
    known = {one[key]: one for one in before}
    if set(known) - {row[key] for row in rows}:
        _refuse_removal(call)
    taken = set(known)
    after = []
    for row in rows:
        if row[key] in known:
            after.append(known[row[key]] | row)
        else:
            row = row | {key: new_key(row[words], taken)}
            taken.add(row[key])
            after.append(row)
    return after


def change_options(question: Question, rows: list[dict[str, Any]], *, seen: int, column: str = "") -> None:
    """Change what can be chosen as an answer, or in one column of a question answered with rows."""
    with editing(question.call_id, seen=seen) as call:
        row = Question.objects.get(pk=question.pk, call=call)
        if not column:
            row.options = changed_options(call, row.options, rows, key="code", words="sv")
        else:
            row.columns = [
                one | {"options": changed_options(call, one.get("options", []), rows, key="code", words="sv")}
                if one["key"] == column
                else one
                for one in row.columns
            ]
        row.save()


def change_columns(question: Question, rows: list[dict[str, Any]], *, seen: int) -> None:
    """Change the columns of a question answered with rows; their kinds stay."""
    with editing(question.call_id, seen=seen) as call:
        row = Question.objects.get(pk=question.pk, call=call)
        kinds = {one["key"]: one["kind"] for one in row.columns}
        wanted = [one | {"kind": kinds.get(one["key"], one["kind"])} for one in rows]
        row.columns = changed_options(call, row.columns, wanted, key="key", words="sv")
        row.save()

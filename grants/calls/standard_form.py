"""The standard form that a new call starts from: the city's own questions and budget headings.

They stand in `standard_form.toml` and become rows of the call, to change there.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from grants.models import BudgetHeading, Call, Question

_FILE = Path(__file__).with_name("standard_form.toml")


@cache
def _standard() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def library() -> list[dict[str, Any]]:
    """Every standard question as fields of `Question`, in the form's order, whichever calls ask it."""
    return [
        {name: value for name, value in question.items() if name != "calls"}
        for question in _standard()["questions"]
    ]


def options_of(key: str) -> list[dict[str, str]]:
    """The options of a standard question, each with its code and its wording in both languages."""
    return next((row["options"] for row in library() if row["key"] == key), [])


def add_standard_form(call: Call) -> None:
    """Give a new call the questions that its grant asks from the start, and the budget's headings."""
    asked = [question["key"] for question in _standard()["questions"] if call.grant_type in question["calls"]]
    Question.objects.bulk_create(
        Question(call=call, position=position, **fields)
        for position, fields in enumerate((row for row in library() if row["key"] in asked), start=1)
    )
    BudgetHeading.objects.bulk_create(
        BudgetHeading(call=call, position=position, **fields)
        for position, fields in enumerate(_standard()["headings"], start=1)
    )

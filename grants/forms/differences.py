"""When two people wrote in the same form: what differs, and what was chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from grants.forms.fields import KronorField
from portal.documents.templatetags.swedish_text import kronor, swedish_date

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class Difference:
    """One field that both changed, each version in words, and which was chosen so far."""

    name: str
    label: str
    theirs: str
    mine: str
    choice: str


def differences(form: forms.Form, mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[Difference]:
    """The fields in which what is saved differs from what the person wrote, in the form's order."""
    return [
        Difference(
            name,
            str(field.label),
            _in_words(field, theirs[name]),
            _in_words(field, mine[name]),
            form.data.get(f"choose_{name}", ""),
        )
        for name, field in form.fields.items()
        if name in mine and name in theirs and _plain(mine[name]) != _plain(theirs[name])
    ]


def with_choices(posted: QueryDict, theirs: Mapping[str, Any]) -> tuple[QueryDict, bool]:
    """What was posted with the chosen fields taken from `theirs`, and whether every choice was made.

    Each field that was asked about stands in `asked`; its choice in `choose_<field>`.
    """
    merged = posted.copy()
    decided = True
    for name in posted.getlist("asked"):
        choice = posted.get(f"choose_{name}")
        if choice == THEIRS and name in theirs:
            merged[name] = _plain(theirs[name])
        elif choice != MINE:
            decided = False
    return merged, decided


def at_version(posted: Any, version: int) -> QueryDict:
    """The same posted fields, so that the next save starts from what this version holds."""
    renewed: QueryDict = posted.copy()
    renewed["version"] = str(version)
    return renewed


def _plain(value: Any) -> str:
    """The value as a browser posts it; browsers end lines with CR LF."""
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def _in_words(field: forms.Field, value: Any) -> str:
    if isinstance(field, KronorField):
        return kronor(value)
    if isinstance(value, date):
        return swedish_date(value)
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]  # no groups here
    return str(value)

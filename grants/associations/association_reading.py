"""An association's facts and figures as people read them, on its own page and on the officers'."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from grants.associations.facts import Group
from grants.models import (
    AGE_FIELDS,
    BOARD_FIELDS,
    GENDER_FIELDS,
    Association,
    YearlyFigures,
)
from grants.reading import Row
from portal.documents.templatetags.swedish_text import kronor, number, orgnr


def fact_rows(association: Association, group: Group) -> list[Row]:
    """The facts of a group with their labels."""
    return [Row(label_of(Association, name), _fact(association, name)) for name in group.fields]


def label_of(model: type[models.Model], name: str) -> str:
    """What a field is called."""
    return str(_field(model, name).verbose_name)


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


def _fact(association: Association, name: str) -> str:
    value = getattr(association, name)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name == "organisation_number":
        return orgnr(value)
    if value and _field(Association, name).choices:
        return str(getattr(association, f"get_{name}_display")())
    return "" if value is None else str(value)


@dataclass(frozen=True)
class FigureTable:
    """Figures with a column a year, the newest first; rows are (label, values)."""

    years: list[int]
    rows: list[tuple[str, list[str]]]


def figure_table(figures: Iterable[YearlyFigures]) -> FigureTable:
    """A row for each figure that any of the years has."""
    found = list(figures)
    names = ["total", "paying", "resident", *AGE_FIELDS, *GENDER_FIELDS, "annual_fee", *BOARD_FIELDS]
    rows = [
        (
            label_of(YearlyFigures, name),
            [(kronor if name == "annual_fee" else number)(getattr(one, name)) for one in found],
        )
        for name in names
        if any(getattr(one, name) is not None for one in found)
    ]
    return FigureTable([one.year for one in found], rows)

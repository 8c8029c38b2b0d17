"""Copying a call to another year: the same rows under the same keys, its dates and years moved along."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from grants.calls.call_editing import log
from grants.models import (
    AskedPaper,
    BudgetHeading,
    Call,
    CallCondition,
    CallEvent,
    GrantProgramme,
    PaymentRule,
    Question,
    ReportDate,
)
from grants.models.programmes import Window, day_of, local_moment

#: A year in a text, not part of an SFS number (2017:725), a registry number (00086/2020) or a longer number.
_YEAR = re.compile(r"(?<![\d/:])(20\d\d)(?![\d:])")

#: Takes a row's values by field name and the number of years moved; gives what the copy gets.
Mover = Callable[[dict[str, Any], int], dict[str, Any]]

_rows: dict[type[models.Model], Mover] = {}


def copied_with_call(model: type[models.Model], mover: Mover | None = None) -> None:
    """Let rows of a model be copied with their call, which their field `call` refers to.

    `mover` moves dates and years. Rooms above register their own models in their `AppConfig.ready`.
    """
    _rows[model] = mover or (lambda values, years: values)


def models_copied() -> list[type[models.Model]]:
    """The models whose rows belong to a call and nothing else."""
    return list(_rows)


def move_years(text: str, years: int) -> str:
    """Add to the years that stand in a text: "Verksamhetsbidrag 2027" → "Verksamhetsbidrag 2028"."""
    return _YEAR.sub(lambda found: str(int(found[1]) + years), text)


def move_day(day: date | None, years: int) -> date | None:
    """The same day of the year; 29 February is the 28th where there is none."""
    return None if day is None else day_of(day.year + years, day.month, day.day)


def move_moment(moment: datetime | None, years: int) -> datetime | None:
    """The same day and time on the wall in Europe/Stockholm, whatever summer time does."""
    if moment is None:
        return None
    local = timezone.localtime(moment)
    return local_moment(day_of(local.year + years, local.month, local.day), local.time())


def window_for(source: Call, first_year: int) -> Window:
    """When the copy opens and closes: as the grant's recurring window says, else as the source did."""
    programme = GrantProgramme.objects.filter(
        authority=source.authority_id, grant_type=source.grant_type
    ).first()
    if programme is not None:
        return programme.window(first_year)
    years = first_year - source.first_year
    opens_at = move_moment(source.opens_at, years)
    assert opens_at is not None
    return Window(opens_at, move_moment(source.closes_at, years))


def copy_call(source: Call, by: Any, *, first_year: int | None = None) -> Call:
    """Begin a draft from an earlier call, for the year after it unless told otherwise."""
    first_year = first_year or source.first_year + 1
    years = first_year - source.first_year
    window = window_for(source, first_year)
    values = _values(source) | {
        "first_year": first_year,
        "opens_at": window.opens_at,
        "closes_at": window.closes_at,
        "decision_day": move_day(source.decision_day, years),
        "published": False,
        "form_version": 1,
        "frozen_at": None,
        "copied_from": source,
    }
    for name in ("title", "title_en", "intro", "intro_en", "decision_expected", "decision_expected_en"):
        values[name] = move_years(values[name], years)
    with transaction.atomic():
        copy = Call.objects.create(**values)
        for model, mover in _rows.items():
            # What a new call begins with by itself gives way to what the source has.
            model._default_manager.filter(call=copy).delete()
            rows = model._default_manager.filter(call=source).order_by("pk")
            model._default_manager.bulk_create(
                model(**mover(_values(row) | {"call": copy}, years)) for row in rows
            )
        log(copy, CallEvent.Kind.COPIED, by, source.title)
    return copy


def _values(row: models.Model) -> dict[str, Any]:
    return {
        field.name: getattr(row, field.name) for field in row._meta.concrete_fields if not field.primary_key
    }


def _moved_texts(*names: str) -> Mover:
    def mover(values: dict[str, Any], years: int) -> dict[str, Any]:
        return values | {name: move_years(values[name], years) for name in names}

    return mover


def _moved_report(values: dict[str, Any], years: int) -> dict[str, Any]:
    moved = _moved_texts("what_sv", "what_en")(values, years)
    return moved | {"day": move_day(values["day"], years)}


copied_with_call(Question, _moved_texts("label_sv", "label_en", "help_sv", "help_en"))
copied_with_call(AskedPaper)
copied_with_call(BudgetHeading)
copied_with_call(CallCondition, _moved_texts("text_sv", "text_en"))
copied_with_call(ReportDate, _moved_report)
copied_with_call(PaymentRule)

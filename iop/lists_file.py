"""Loads lists of partnerships from a file: another city changes rows, not code.

The file is JSON: one key per list (see `LISTS`), each with the rows' fields. A row that is there by its key
is brought up to date; rows that the file does not name stay as they are.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db import models, transaction

from iop.models import (
    AdviceText,
    Area,
    FollowUpRule,
    HourlyRate,
    IndicatorKind,
    Level,
    StandardClause,
    SuitabilityQuestion,
    SurveyQuestion,
    TargetGroup,
)

#: Key in the file → the model and the fields by which its rows are known.
LISTS: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {
    "areas": (Area, ("code",)),
    "target_groups": (TargetGroup, ("code",)),
    "levels": (Level, ("code",)),
    "hourly_rates": (HourlyRate, ("method", "valid_from")),
    "standard_clauses": (StandardClause, ("number", "valid_from")),
    "suitability_questions": (SuitabilityQuestion, ("key",)),
    "advice_texts": (AdviceText, ("advice",)),
    "indicator_kinds": (IndicatorKind, ("code",)),
    "survey_questions": (SurveyQuestion, ("number", "valid_from")),
    "follow_up_rules": (FollowUpRule, ("valid_from",)),
}
#: What Samspel ships with: Helsingborg's lists.
SHIPPED = Path(__file__).parent / "data"


class UnknownList(ValueError):
    """The file names a list that does not exist; the message says which exist."""


def load(file: Path) -> dict[str, int]:
    """Load a file; returns how many rows of each list it held. Raises UnknownList, all or nothing."""
    content: dict[str, list[dict[str, Any]]] = json.loads(file.read_text(encoding="utf-8"))
    if unknown := set(content) - set(LISTS):
        raise UnknownList(f"{', '.join(sorted(unknown))}: unknown; a file may hold {', '.join(LISTS)}.")
    with transaction.atomic():
        for name, rows in content.items():
            model, keys = LISTS[name]
            for row in rows:
                key = {field: row[field] for field in keys}
                # Of a question of the test, earlier wordings stay beside the one in use.
                rows_in_use = {"is_active": True} if model is SuitabilityQuestion else {}
                model._default_manager.filter(**rows_in_use).update_or_create(**key, defaults=row)
    return {name: len(rows) for name, rows in content.items()}


def install_shipped() -> None:
    """Load all that Samspel ships with."""
    for file in sorted(SHIPPED.glob("*.json")):
        load(file)

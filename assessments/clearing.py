"""What the assessment holds of a record that is destroyed by rule: it goes with the record.

The officer's judgements stay, as they stand in the officers' report, which is kept. What quotes the
application goes with it: the facts, notes of the formal check, and the second reader's working texts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models

from assessments.models import (
    AssessmentVersion,
    Fact,
    ReadersJudgement,
    SecondReading,
    Statement,
)
from assessments.models.checks import CheckOutcome
from portal.registry.models import Record
from portal.registry.signals import record_destroyed


def forget(sender: Any, record: Record, **kwargs: Any) -> None:
    """Take away what the rows hold of a record that is destroyed."""
    if record.kind == Record.Kind.STATEMENT:
        _forget_statement(record)
    elif record.kind == Record.Kind.APPLICATION:
        _forget_application(record.case_id)


def _forget_statement(record: Record) -> None:
    said = record.content or {}
    texts = {name: said.get(name, "") for name in ("question", "komplement", "samverkan")}
    given = Statement.objects.filter(application__case=record.case_id, answered_at__isnull=False)
    given.filter(unit__name=said.get("unit", ""), **texts).update(question="", komplement="", samverkan="")

    def without(content: dict[str, Any]) -> dict[str, Any]:
        kept = [
            row for row in content["statements"] if any(row[name] != text for name, text in texts.items())
        ]
        return content | {"statements": kept}

    _rewrite_versions(record.case_id, without)


def _forget_application(case_id: int) -> None:
    Fact.objects.filter(assessment__application__case=case_id).update(text="")
    CheckOutcome.objects.filter(application__case=case_id).update(note="")
    SecondReading.objects.filter(application__case=case_id).update(comment="")
    ReadersJudgement.objects.filter(reading__application__case=case_id).update(
        text="", officers_text="", difference_reason=""
    )

    def without(content: dict[str, Any]) -> dict[str, Any]:
        return content | {
            "criteria": [row | {"facts": []} for row in content["criteria"]],
            "checks": [row | {"note": ""} for row in content["checks"]],
            "second_reading": None,
        }

    _rewrite_versions(case_id, without)


def _rewrite_versions(case_id: int, without: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """The one door past `WrittenOnce`; the checksum still tells what the version was."""
    for version in AssessmentVersion.objects.filter(assessment__application__case=case_id):
        models.QuerySet(AssessmentVersion).filter(pk=version.pk).update(content=without(version.content))


def register() -> None:
    record_destroyed.connect(forget, dispatch_uid="assessments.record_destroyed")

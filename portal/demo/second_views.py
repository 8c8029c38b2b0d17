"""What others than the officer say in the demo: a controller who reads again, units that are asked."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import cache
from typing import Any

from django.utils import timezone

from assessments import readings, statements
from assessments.models import Criterion, ReadingRule, SecondReading, Statement
from grants.models import Application, Call
from portal.demo.texts import DATA
from portal.people.models import Unit, UnitContact, User
from portal.registry.models import declare

#: What the demo's calls hold: only the largest sum is read twice by rule, the same each time it loads.
LIMIT = 2_000_000


@cache
def oversight() -> dict[str, Any]:
    """Units, second readings, statements and scenarios, as in the data file."""
    data: dict[str, Any] = json.loads((DATA / "oversight_of_round.json").read_text(encoding="utf-8"))
    return data


def install_units(contact: User) -> None:
    """The units that can be asked, with one person who answers for all of them."""
    for name in oversight()["units"]:
        UnitContact.objects.create(unit=Unit.objects.create(name=name), user=contact)


def rule_for_large_sums(*calls: Call) -> None:
    """Let only large sums be read twice by rule in the demo; others are asked for by hand."""
    ReadingRule.objects.filter(call__in=calls).update(amount_limit=LIMIT, first_time=False, sample_percent=0)


def ask_others(application: Application, number: int, staff: dict[str, User], officer: User) -> None:
    """Ask unit and second reader of one association's case; the unit answers at once."""
    for facts in _of("statements", number):
        _answer(_ask(application, facts, officer), facts, staff["verksamhet"])
    if _of("second_readings", number):
        readings.choose_reader(application, staff["medbedomare"], officer)


def wait_for_others(application: Application, staff: dict[str, User], officer: User) -> None:
    """A case that waits for its second reader and for a unit's statement."""
    readings.choose_reader(application, staff["medbedomare"], officer)
    _ask(application, oversight()["waiting"], officer)


def _ask(application: Application, facts: dict[str, str], officer: User) -> Statement:
    unit = Unit.objects.get(name=facts["unit"])
    last_day = timezone.localdate() + timedelta(days=14)
    return statements.ask(application, unit, facts["question"], last_day, officer)


def _answer(statement: Statement, facts: dict[str, str], contact: User) -> None:
    declare(statement.application.received_case, contact, has_conflict=False)
    written = statements.Written(facts["komplement"], facts["samverkan"])
    statements.hand_in(statements.save(statement, written, statement.version, contact), contact)


def read_again(application: Application, number: int, reader: User, officer: User) -> None:
    """The controller reads and finishes; where the two lie two levels apart, the officer says why."""
    for facts in _of("second_readings", number):
        reading = SecondReading.objects.get(application=application)
        declare(application.received_case, reader, has_conflict=False)
        written = readings.Written(
            levels={code: facts["judgements"][code]["level"] for code in Criterion.values},
            texts={code: facts["judgements"][code]["text"] for code in Criterion.values},
            comment=facts["comment"],
        )
        saved = readings.save(reading, written, reading.version, reader)
        readings.finish(saved, reader)
        if "difference_reasons" in facts:
            readings.explain(saved, facts["difference_reasons"], saved.version, officer)


def _of(what: str, number: int) -> list[dict[str, Any]]:
    """The data's entries about one association."""
    return [facts for facts in oversight()[what] if facts["number"] == number]

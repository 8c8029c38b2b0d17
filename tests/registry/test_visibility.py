"""Who sees rows that no page opens by their number: what the route test cannot turn red."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from portal.people.models import Role
from portal.registry import disclosing, entering, obstacles, retention
from portal.registry.models import Destruction as DestructionRow
from portal.registry.models import (
    DisclosedRecord,
    ObstacleReport,
    RegisterEntry,
    RetentionRule,
    declare,
)
from tests.factories import staff
from tests.registry.building import Kept, closed

pytestmark = [pytest.mark.django_db, pytest.mark.rule(7)]


def seen_by(model: Any, *people: Any) -> list[int]:
    return [model.objects.visible_to(person).count() for person in people]


def test_rows_that_hang_on_a_case_are_its_readers(kept: Kept) -> None:
    record = kept.record("ansokan")
    entering.enter(record, kept.registrar, brief="Skyddat boende", counterpart="")
    asked = disclosing.receive(asked_for="Ansökan", case=kept.case)
    disclosing.decide(asked.pk, record, kept.registrar, outcome="given")
    RetentionRule.objects.create(what="kvittens", years=2, valid_from="2000-01-01")
    closed(kept, 2010)
    retention.order(kept.registrar, date(2030, 1, 1))
    conflicted, member = staff(Role.REGISTRAR), staff(Role.MEMBER)
    declare(kept.case, conflicted, has_conflict=True)
    own, nobody = kept.application.created_by, AnonymousUser()
    people = (kept.registrar, kept.officer, conflicted, member, own, nobody)
    assert seen_by(DestructionRow, *people) == [1, 1, 0, 0, 0, 0]
    assert seen_by(DisclosedRecord, *people) == [1, 0, 0, 0, 0, 0]
    # An officer reads an application after having declared; the association its own.
    assert seen_by(RegisterEntry, *people) == [1, 0, 0, 0, 1, 0]


def test_what_people_told_is_for_those_who_answer_and_rules_are_public() -> None:
    obstacles.report(what="Går inte att läsa")
    RetentionRule.objects.create(what="kvittens", years=2, valid_from="2000-01-01")
    people = (staff(Role.REGISTRAR), staff(Role.CASE_OFFICER), staff(Role.AUDITOR), AnonymousUser())
    assert seen_by(ObstacleReport, *people) == [1, 1, 0, 0]
    assert seen_by(RetentionRule, *people) == [1, 1, 1, 1]

"""What of the register's own goes by itself, each by its rule: requests, reports, the audit trail."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from portal.documents.models import Document
from portal.people import trail
from portal.people.models import AuditEvent
from portal.registry import copying, disclosing, obstacles, own_retention, retention, tasks
from portal.registry.models import (
    DisclosedRecord,
    DisclosureRequest,
    Event,
    MaskedCopy,
    ObstacleReport,
    Record,
    RetentionRule,
)
from tests.registry.building import Kept, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.rule(17)]

NOW = timezone.make_aware(datetime(2040, 3, 1, 3))  # noqa: DTZ001  # made aware


def rule(what: str, years: int, *, changed: timedelta = timedelta(days=31), **fields: Any) -> RetentionRule:
    made = RetentionRule.objects.create(what=what, years=years, valid_from=date(2000, 1, 1), **fields)
    RetentionRule.objects.filter(pk=made.pk).update(changed_at=NOW - changed)
    made.refresh_from_db()
    return made


def at(year: int) -> datetime:
    return timezone.make_aware(datetime(year, 6, 1))  # noqa: DTZ001  # made aware


def run() -> dict[str, int]:
    return {code: count for code, count in retention.run_own(NOW).items() if code != "utkast"}


def told() -> list[str]:
    """What the trail's events of destruction say."""
    return list(AuditEvent.objects.filter(kind="destroyed").order_by("pk").values_list("detail", flat=True))


def happened(year: int, **fields: Any) -> AuditEvent:
    return AuditEvent.objects.create(kind="read", at=at(year), route="x", **fields)


def refused_request(kept: Kept, year: int, copied: str = "kvittens") -> DisclosureRequest:
    """A request about the case, answered with a refusal and a masked copy."""
    asked = disclosing.receive(asked_for="Allt om jouren", contact="skriv@example.org", case=kept.case)
    record = kept.record("ansokan")
    disclosing.decide(
        asked.pk, record, kept.registrar, outcome="refused", paragraph="OSL 21:3", reason="Adressen"
    )
    copying.make(kept.case, [kept.record(copied)], kept.registrar, request=asked)
    disclosing.answer(asked.pk, kept.registrar)
    DisclosureRequest.objects.filter(pk=asked.pk).update(closed_at=at(year))
    asked.refresh_from_db()
    return asked


def test_a_request_goes_with_its_copies_and_its_decision_stays_on_the_case(
    kept: Kept, django_capture_on_commit_callbacks: Any
) -> None:
    rule(own_retention.REQUESTS, 2)
    old, young = refused_request(kept, 2037), refused_request(kept, 2038, "ansokan")
    unanswered = disclosing.receive(asked_for="Något annat")
    DisclosureRequest.objects.filter(pk=unanswered.pk).update(received_at=at(2001))
    copy = MaskedCopy.objects.get(request=old).document
    assert copy is not None
    assert old.decision is not None
    with django_capture_on_commit_callbacks(execute=True):
        assert run() == {own_retention.REQUESTS: 1}
    assert run() == {own_retention.REQUESTS: 0}
    assert set(DisclosureRequest.objects.all()) == {young, unanswered}
    assert [row.request for row in DisclosedRecord.objects.all()] == [young]
    assert not Document.objects.filter(pk=copy.pk).exists()
    assert Record.objects.filter(case=kept.case, kind="beslut_om_utlamnande").count() == 2
    assert Document.objects.filter(pk=old.decision.pk).exists()
    assert told() == ["begaran_om_utlamnande: 1, till 2037-12-31"]
    event = Event.objects.get(case=kept.case, kind=Event.Kind.DESTROYED)
    assert event.detail == f"begaran_om_utlamnande {old}: 2 år efter svar"


def test_what_belongs_to_a_case_that_is_held_back_stays(kept: Kept) -> None:
    for what in (own_retention.REQUESTS, own_retention.TRAIL):
        rule(what, 5)
    asked = refused_request(kept, 2020)
    general = disclosing.receive(asked_for="Ett ärende", case=None)
    DisclosedRecord.objects.create(
        request=general, record=kept.record("ansokan"), outcome="given", decided_by=kept.registrar
    )
    DisclosureRequest.objects.filter(pk=general.pk).update(closed_at=at(2020), closed_by=kept.registrar)
    happened(2020, case_id=kept.case.pk)
    held = retention.hold(kept.case, kept.registrar, "Överklagat")
    assert run() == {own_retention.REQUESTS: 0, own_retention.TRAIL: 0}
    assert set(DisclosureRequest.objects.all()) == {asked, general}
    retention.lift(held.pk, kept.registrar)
    assert run() == {own_retention.REQUESTS: 2, own_retention.TRAIL: 1}


def test_an_obstacle_goes_when_it_was_answered_long_ago(kept: Kept) -> None:
    rule(own_retention.OBSTACLES, 2)
    for year in (2037, 2038, None):
        report = obstacles.report(what=f"Knappen {year}", contact="jag@example.org")
        if year:
            obstacles.answer(report.pk, kept.registrar, "Lagat")
            ObstacleReport.objects.filter(pk=report.pk).update(answered_at=at(year))
    assert run() == {own_retention.OBSTACLES: 1}
    assert {row.what for row in ObstacleReport.objects.all()} == {"Knappen 2038", "Knappen None"}
    assert told() == ["tillganglighetsrapport: 1, till 2037-12-31"]


def test_the_trail_goes_after_its_own_term_and_says_how_much_and_till_when() -> None:
    rule(own_retention.TRAIL, 10)
    for year in (2028, 2029, 2030):
        happened(year)
    happened(2029, case_id=10**12)  # a case that is nowhere
    assert run() == {own_retention.TRAIL: 3}
    assert [event.at.year for event in AuditEvent.objects.filter(kind="read")] == [2030]
    assert told() == ["atkomstlogg: 3, till 2029-12-31"]
    assert run() == {own_retention.TRAIL: 0}
    assert len(told()) == 1


def test_what_tells_of_destruction_is_never_destroyed() -> None:
    rule(own_retention.TRAIL, 10)
    with time_machine.travel(at(2010), tick=False):
        trail.note_destroyed("x", 1, at(2009))
    assert run() == {own_retention.TRAIL: 0}
    assert len(told()) == 1


def test_no_rule_lets_the_trail_go_before_five_years(kept: Kept) -> None:
    rule(own_retention.TRAIL, 0)
    happened(2034)
    happened(2035)
    assert run() == {own_retention.TRAIL: 1}
    assert [event.at.year for event in AuditEvent.objects.filter(kind="read")] == [2035]
    written = {"what": own_retention.TRAIL, "years": "4", "valid_from": "2026-01-01"}
    page = signed_in(kept.registrar).post(reverse("registry:new-rule"), written)
    assert set(page.context["form"].errors) == {"years"}


@pytest.mark.parametrize("what", [own_retention.REQUESTS, own_retention.OBSTACLES, own_retention.TRAIL])
def test_a_rule_that_is_new_changed_or_held_back_lets_nothing_go(what: str, kept: Kept) -> None:
    made = rule(what, 5, changed=timedelta(days=29))
    disclosing.receive(asked_for="x")
    DisclosureRequest.objects.update(closed_at=at(2020), closed_by=kept.registrar)
    obstacles.report(what="x")
    ObstacleReport.objects.update(answered_at=at(2020), answered_by=kept.registrar)
    happened(2020)
    assert run() == {what: 0}
    RetentionRule.objects.filter(pk=made.pk).update(changed_at=NOW - timedelta(days=31), is_paused=True)
    assert run() == {}
    RetentionRule.objects.filter(pk=made.pk).update(is_paused=False)
    assert run() == {what: 1}


def test_what_goes_is_shown_before_it_goes_and_a_dry_run_changes_nothing(kept: Kept) -> None:
    rule(own_retention.OBSTACLES, 2, changed=timedelta(days=200))
    for year in (2036, 2037):
        report = obstacles.report(what="x")
        obstacles.answer(report.pk, kept.registrar, "Lagat")
        ObstacleReport.objects.filter(pk=report.pk).update(answered_at=at(year))
    out = StringIO()
    with time_machine.travel(timezone.make_aware(datetime(2039, 12, 10)), tick=False):  # noqa: DTZ001
        [one] = retention.going()
        assert (one.code, one.now, one.soon) == (own_retention.OBSTACLES, 1, 1)
        call_command("retention", "--dry-run", stdout=out)
        client = signed_in(kept.registrar)
        assert client.get(reverse("registry:retention")).context["going"] == [one]
        front = client.get(reverse("home")).context["waiting"]
        assert [row.count for row in front if "30" in str(row.text)] == [1]
    assert "tillganglighetsrapport: 1 go by themselves after 2 years, 1 more within 30 days" in out.getvalue()
    assert ObstacleReport.objects.count() == 2


def test_the_task_runs_them() -> None:
    rule(own_retention.TRAIL, 10)
    happened(2001)
    with time_machine.travel(NOW, tick=False):
        tasks.keep_by_rule()
        tasks.keep_by_rule()
    assert told() == ["atkomstlogg: 1, till 2029-12-31"]


def test_a_paused_rule_also_stops_what_was_ordered(kept: Kept) -> None:
    from tests.registry.building import closed

    closed(kept, 2015)
    made = rule("ansokan", 10)
    retention.order(kept.registrar, date(2040, 1, 1))
    RetentionRule.objects.filter(pk=made.pk).update(is_paused=True)
    assert list(retention.due(date(2040, 1, 1))) == []
    row = kept.record("ansokan").destruction
    tasks.destroy_record(row.pk)
    row.refresh_from_db()
    assert (row.state, kept.record("ansokan").content is not None) == ("held", True)

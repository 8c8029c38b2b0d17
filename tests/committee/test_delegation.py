"""Decisions by delegation: who may, up to how much, numbered without gaps, reported to the next meeting."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.committee.delegation import (
    CannotChangeRule,
    CannotDecide,
    CannotReport,
    decide,
    decision_source,
    report_to,
    rule_digest,
    write_rule,
)
from portal.committee.minutes import record_decision
from portal.committee.minutes_print import minutes_source
from portal.committee.models import DelegationDecision, DelegationRule, Outcome
from portal.documents.rendering import render_pdf
from portal.people.models import Role, User
from portal.registry.models import Authority, Case, ConflictOfInterest, Event, Record, declare
from tests.committee.building import approve_minutes, on_agenda, signed_in
from tests.committee.document_lines import main_lines
from tests.documents.validation import assert_archival_and_accessible
from tests.factories import CommitteeFactory, MeetingFactory, staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings: Any) -> None:
    """Pages and refusals in the language of their msgids."""
    settings.LANGUAGE_CODE = "en"


def make_rule(**fields: Any) -> DelegationRule:
    committee = CommitteeFactory.create()
    return DelegationRule.objects.create(
        **{
            "committee": committee,
            "point": "4.2",
            "text": "Bidrag till förening",
            "role": Role.CASE_OFFICER,
            "amount_limit": 30_000,
            "valid_from": date(2020, 1, 1),
        }
        | fields
    )


def make_case(by: User, title: str = "Fyren") -> Case:
    return CommitteeFactory.create().authority.open_case(public_title=title, by=by)


def made(rule: DelegationRule, officer: User, **fields: Any) -> DelegationDecision:
    case = fields.pop("case", None) or make_case(officer)
    given: dict[str, Any] = {
        "decision": "Bevilja 20 000 kr.",
        "reason": "Behovet är stort.",
        "amount": 20_000,
    } | fields
    return decide(rule, case, officer, **given)


def test_a_decision_is_numbered_registered_and_printed() -> None:
    rule, officer = make_rule(), staff(Role.CASE_OFFICER, display_name="Handläggare 1")
    decision = made(rule, officer)
    assert (decision.number, decision.year) == (1, timezone.localdate().year)
    record = Record.objects.get(case=decision.case, kind=Record.Kind.DELEGATION_DECISION)
    assert record.document == decision.document
    assert decision.case.events.filter(kind=Event.Kind.DELEGATED, actor=officer).count() == 1
    assert ConflictOfInterest.objects.get(case=decision.case, user=officer).has_conflict is False


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("number", "D 1/2026"),
        ("registry number", "00001/2026"),
        ("decision day", "3 mars 2026"),
        ("decider and role", "Handläggare 1, handläggare"),
        ("point", "Punkt 4.2: Bidrag till förening"),
        ("decision", "Bevilja 20 000 kr."),
        ("reason", "Behovet är stort."),
    ],
)
def test_the_document_says(what: str, line: str) -> None:
    officer = staff(Role.CASE_OFFICER, display_name="Handläggare 1")
    case = make_case(officer)
    Case.objects.filter(pk=case.pk).update(registry_number="00001/2026")
    case.refresh_from_db()
    decision = made(make_rule(), officer, case=case, decided_on=date(2026, 3, 3))
    assert line in main_lines(decision_source(decision).html), what


def test_the_document_is_archival_and_accessible() -> None:
    source = decision_source(made(make_rule(), staff(Role.CASE_OFFICER)))
    assert_archival_and_accessible(render_pdf(source.html, title=source.title, numbered=True))


@pytest.mark.parametrize(
    ("rule_fields", "fields", "text"),
    [
        ({"role": Role.CHAIR}, {}, "Only a person with the role"),
        ({}, {"amount": 30_001}, "The point allows at most"),
        ({}, {"amount": None}, "Write the amount that is decided"),
        ({"amount_limit": None}, {}, "No money is decided by this point"),
        ({"valid_until": date(2021, 1, 1)}, {}, "not in force"),
        ({}, {"reason": "  "}, "Write both what is decided and why."),
        ({}, {"decision": " "}, "Write both what is decided and why."),
        ({}, {"decided_on": date(2199, 1, 1)}, "cannot lie ahead"),
    ],
)
def test_what_the_order_does_not_allow_is_refused(
    rule_fields: dict[str, Any], fields: dict[str, Any], text: str
) -> None:
    with pytest.raises(CannotDecide, match=text):
        made(make_rule(**rule_fields), staff(Role.CASE_OFFICER), **fields)
    assert not DelegationDecision.objects.exists()
    assert not Record.objects.filter(kind=Record.Kind.DELEGATION_DECISION).exists()


def test_the_limit_itself_is_allowed() -> None:
    assert made(make_rule(), staff(Role.CASE_OFFICER), amount=30_000).amount == 30_000


@pytest.mark.rule(11)
def test_nobody_decides_with_a_conflict_of_interest() -> None:
    officer = staff(Role.CASE_OFFICER)
    case = make_case(officer)
    declare(case, officer, has_conflict=True)
    with pytest.raises(CannotDecide, match="conflict of interest"):
        made(make_rule(), officer, case=case)
    assert ConflictOfInterest.objects.get(case=case, user=officer).has_conflict


def test_another_committees_case_is_refused() -> None:
    officer = staff(Role.CASE_OFFICER)
    case = Authority.objects.create(name="Vårdnämnden").open_case(public_title="Fyren", by=officer)
    with pytest.raises(CannotDecide, match="another committee"):
        made(make_rule(), officer, case=case)


def test_the_same_decision_sent_twice_is_one() -> None:
    rule, officer = make_rule(), staff(Role.CASE_OFFICER)
    case = make_case(officer)
    first = made(rule, officer, case=case)
    with pytest.raises(CannotDecide, match=f"registered already, as {first}"):
        made(rule, officer, case=case)
    assert made(rule, officer, case=case, amount=10).number == 2


def test_the_database_refuses_a_decision_without_a_reason() -> None:
    decision = made(make_rule(), staff(Role.CASE_OFFICER))
    with pytest.raises(IntegrityError):
        DelegationDecision.objects.filter(pk=decision.pk).update(reason="")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gaps_when_many_decide_at_once_and_some_fail() -> None:
    rule, officer = make_rule(), staff(Role.CASE_OFFICER)
    cases = [make_case(officer, f"Fall {n}") for n in range(8)]

    def run(case: Case, amount: int) -> None:
        try:
            made(rule, officer, case=case, amount=amount)
        except CannotDecide:
            pass
        finally:
            connection.close()

    amounts = [10, 99_000, 10, 10, 99_000, 10, 10, 10]
    threads = [threading.Thread(target=run, args=pair) for pair in zip(cases, amounts, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(DelegationDecision.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]


# --- Reporting -------------------------------------------------------------------------------------
def test_unreported_decisions_go_to_the_meeting_its_pages_and_its_minutes() -> None:
    officer = staff(Role.CASE_OFFICER)
    decision = made(make_rule(), officer)
    meeting = MeetingFactory.create()
    record_decision(on_agenda(meeting, "Fyren"), Outcome.GRANTED, staff(Role.SECRETARY))
    desk = signed_in(staff(Role.SECRETARY))
    page = desk.get(reverse("committee:desk", args=[meeting.pk])).content.decode()
    assert "1 decision by delegation is not reported yet." in " ".join(page.split())
    desk.post(reverse("committee:delegation-report", args=[meeting.pk]))
    decision.refresh_from_db()
    assert decision.reported_to == meeting
    assert report_to(MeetingFactory.create(committee=meeting.committee)) == 0
    for name in ("desk", "meeting"):
        page = desk.get(reverse(f"committee:{name}", args=[meeting.pk])).content.decode()
        assert "Bevilja 20 000 kr." in page
    lines = main_lines(minutes_source(approve_minutes(meeting)).html)
    assert "Anmälda delegationsbeslut" in lines
    assert "Bevilja 20 000 kr." in lines


def test_a_decision_made_after_the_meeting_waits_for_the_next() -> None:
    made(make_rule(), staff(Role.CASE_OFFICER))
    held = MeetingFactory.create(starts_at=timezone.now() - timedelta(days=3))
    assert report_to(held) == 0


def test_nothing_is_reported_to_minutes_that_are_sent() -> None:
    meeting = MeetingFactory.create()
    record_decision(on_agenda(meeting, "Fyren"), Outcome.GRANTED, staff(Role.SECRETARY))
    approve_minutes(meeting)
    made(make_rule(), staff(Role.CASE_OFFICER))
    with pytest.raises(CannotReport):
        report_to(meeting)


@pytest.mark.rule(10)
def test_a_conflict_hides_decision_document_count_and_report() -> None:
    officer = staff(Role.CASE_OFFICER)
    decision = made(make_rule(), officer)
    meeting = MeetingFactory.create()
    secretary = staff(Role.SECRETARY)
    declare(decision.case, secretary, has_conflict=True)
    client = signed_in(secretary)
    for name, args in (("desk", [meeting.pk]), ("delegation", [])):
        page = client.get(reverse(f"committee:{name}", args=args)).content.decode()
        assert "Bevilja 20 000" not in page
        assert "not reported yet." not in page
    assert client.get(reverse("committee:delegation-file", args=[decision.pk])).status_code == 404


# --- Pages -----------------------------------------------------------------------------------------
def fields(case: Case, rule: DelegationRule, **changes: Any) -> dict[str, Any]:
    return {
        "rule": rule.pk,
        "number": case.registry_number,
        "decision": "Bevilja 20 000 kr.",
        "reason": "Behovet är stort.",
        "amount": "20 000",
        "decided_on": timezone.localdate().isoformat(),
        "impartial": "on",
    } | changes


def test_an_officer_decides_on_the_page() -> None:
    rule, officer = make_rule(), staff(Role.CASE_OFFICER)
    case, client = make_case(officer), signed_in(officer)
    answer = client.post(reverse("committee:delegation-decide"), fields(case, rule))
    assert answer.headers["Location"] == reverse("committee:delegation")
    assert DelegationDecision.objects.get().amount == 20_000
    assert "Bevilja 20 000 kr." in client.get(reverse("committee:delegation")).content.decode()


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"impartial": ""}, "Only who has no conflict of interest may decide."),
        ({"number": "99999/1999"}, "There is no case with the number 99999/1999"),
        ({"amount": "99 000"}, "The point allows at most"),
        ({"reason": ""}, "Write why you decide so."),
    ],
)
def test_a_stop_keeps_what_was_typed(changes: dict[str, str], text: str) -> None:
    rule, officer = make_rule(), staff(Role.CASE_OFFICER)
    answer = signed_in(officer).post(
        reverse("committee:delegation-decide"), fields(make_case(officer), rule, **changes)
    )
    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert "Bevilja 20 000 kr." in answer.content.decode()


def test_the_case_of_a_conflict_is_unknown_on_the_page() -> None:
    rule, officer = make_rule(), staff(Role.CASE_OFFICER)
    case = make_case(officer)
    declare(case, officer, has_conflict=True)
    answer = signed_in(officer).post(reverse("committee:delegation-decide"), fields(case, rule))
    assert "There is no case with the number" in answer.content.decode()


def test_the_register_is_filtered() -> None:
    rule, officer = make_rule(), staff(Role.CASE_OFFICER)
    made(rule, officer, decision="Första beslutet")
    second = made(make_rule(point="5.1"), officer, decision="Andra beslutet")
    second.reported_to = MeetingFactory.create()
    second.save()
    client = signed_in(officer)

    def shown(**asked: str) -> set[str]:
        page = client.get(reverse("committee:delegation"), asked).content.decode()
        return {name for name in ("Första", "Andra") if f"{name} beslutet" in page}

    assert shown() == {"Första", "Andra"}
    assert shown(point="5.1") == {"Andra"}
    assert shown(reported="no") == {"Första"}
    assert shown(q="andra") == {"Andra"}
    assert shown(q=second.case.registry_number) == {"Andra"}
    assert shown(year=str(timezone.localdate().year)) == {"Första", "Andra"}
    assert shown(q="finns inte") == set()


def test_the_register_takes_as_many_queries_for_thirty_as_for_three() -> None:
    rule, officer, meeting = make_rule(), staff(Role.CASE_OFFICER), MeetingFactory.create()
    client = signed_in(officer)

    def cost(rows: int) -> int:
        for n in range(rows - DelegationDecision.objects.count()):
            made(rule, officer, case=make_case(officer, f"Fall {n}"))
        DelegationDecision.objects.update(reported_to=meeting)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(reverse("committee:delegation")).status_code == 200
        return len(queries)

    assert cost(3) == cost(30)


# --- The delegation order --------------------------------------------------------------------------
RULE = {
    "point": "4.2",
    "text": "Bidrag",
    "role": "case_officer",
    "amount_limit": "30 000",
    "valid_from": "2026-01-01",
    "valid_until": "",
}


def test_the_secretary_writes_a_point_and_lets_it_end() -> None:
    committee = CommitteeFactory.create()
    client = signed_in(staff(Role.SECRETARY))
    client.post(reverse("committee:delegation-new-rule"), RULE | {"committee": committee.pk})
    rule = DelegationRule.objects.get()
    assert rule.amount_limit == 30_000
    client.post(
        reverse("committee:delegation-rule", args=[rule.pk]),
        RULE | {"valid_until": "2026-06-30", "seen": rule_digest(rule)},
    )
    rule.refresh_from_db()
    assert rule.valid_until == date(2026, 6, 30)
    page = client.get(reverse("committee:delegation-order")).content.decode()
    assert "30 June 2026" in page


def test_who_changes_a_point_second_is_shown_both() -> None:
    rule = make_rule()
    seen = rule_digest(rule)
    DelegationRule.objects.filter(pk=rule.pk).update(text="Annan text")
    answer = signed_in(staff(Role.SECRETARY)).post(
        reverse("committee:delegation-rule", args=[rule.pk]), RULE | {"text": "Min text", "seen": seen}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Annan text" in page
    assert "Min text" in page
    rule.refresh_from_db()
    assert rule.text == "Annan text"


def test_a_point_that_was_used_keeps_what_it_says() -> None:
    rule = make_rule()
    made(rule, staff(Role.CASE_OFFICER))
    seen = rule_digest(rule)
    rule.amount_limit = 1_000_000
    with pytest.raises(CannotChangeRule, match="Somebody has decided by this point"):
        write_rule(rule, seen)
    rule.refresh_from_db()
    rule.valid_until = date(2099, 1, 1)
    write_rule(rule, seen)


def test_the_same_point_begins_once_a_day() -> None:
    rule = make_rule()
    again = DelegationRule(
        committee=rule.committee, point="4.2", text="x", role=Role.CHAIR, valid_from=rule.valid_from
    )
    with pytest.raises(CannotChangeRule, match="already begins"):
        write_rule(again)


def test_a_point_does_not_end_before_it_begins() -> None:
    committee = CommitteeFactory.create()
    answer = signed_in(staff(Role.SECRETARY)).post(
        reverse("committee:delegation-new-rule"),
        RULE | {"committee": committee.pk, "valid_until": "2025-01-01"},
    )
    assert answer.status_code == 422
    assert "The last day comes before the first." in answer.content.decode()

"""By which rule an application gets a second reading: causes, the draw that can be repeated, and the lock."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from assessments import assessing, reading_rules, readings
from assessments.models import ReadingCause, ReadingRule, SecondReading
from grants.calls.call_copying import copy_call
from grants.models import Application, Call
from grants.states import State
from portal.people.models import Role
from portal.registry.models import Event
from tests.assessments.building import officer, opened_by, signed_in
from tests.factories import AssociationFactory, CallFactory, sent_application, staff

pytestmark = pytest.mark.django_db

SEED = "00112233445566778899aabbccddeeff"


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def ruled(**values: Any) -> Call:
    """A call with a rule of its own; every part that is not named is off."""
    call = CallFactory.create()
    ReadingRule.objects.filter(call=call).update(**values)
    return call


def causes(application: Application) -> list[str]:
    return SecondReading.objects.get(application=application).causes


def test_a_new_call_gets_the_standard_rule() -> None:
    source = CallFactory.create()
    call = Call.objects.create(
        authority=source.authority, grant_type=source.grant_type, title="Ny", first_year=2028,
        opens_at=source.opens_at,
    )  # fmt: skip
    rule = ReadingRule.objects.get(call=call)
    assert (rule.amount_limit, rule.first_time, rule.sample_percent) == (500_000, True, 10)
    assert len(rule.seed) == 32


def test_a_copied_call_has_the_same_rule_and_a_draw_of_its_own() -> None:
    source = ruled(amount_limit=70_000, first_time=True, sample_percent=25)
    copy = copy_call(source, officer())
    rule = ReadingRule.objects.get(call=copy)
    assert (rule.amount_limit, rule.first_time, rule.sample_percent) == (70_000, True, 25)
    assert rule.seed != source.reading_rule.seed


@pytest.mark.parametrize(("limit", "asked"), [(99_999, True), (100_000, False), (None, False)])
def test_a_sum_over_the_limit_in_any_year(limit: int | None, asked: bool) -> None:
    person = officer()
    application = opened_by(person, call=ruled(amount_limit=limit))
    assert application.applied is not None
    application.applied.set_amounts({2027: 10_000, 2028: 100_000})
    assessing.begin(Application.objects.get(pk=application.pk), person)
    assert SecondReading.objects.exists() is asked
    if asked:
        assert causes(application) == [ReadingCause.AMOUNT]
        event = Event.objects.get(kind=Event.Kind.READING_ASKED)
        assert (event.case, event.actor, event.detail) == (
            application.case,
            None,
            "The sum is over the limit",
        )


@pytest.mark.parametrize(
    ("state", "first"), [(State.DECIDED, False), (State.WITHDRAWN, True), (State.SUBMITTED, True)]
)
def test_a_first_time_applicant_is_one_that_was_never_tried(state: State, first: bool) -> None:
    person = officer()
    association = AssociationFactory.create()
    earlier = sent_application(association=association)
    Application.objects.filter(pk=earlier.pk).update(state=state)
    application = opened_by(person, association=association, call=ruled(first_time=True))
    assessing.begin(application, person)
    assert SecondReading.objects.filter(application=application).exists() is first


def test_what_another_association_was_granted_does_not_count() -> None:
    person = officer()
    Application.objects.filter(pk=sent_application().pk).update(state=State.DECIDED)
    application = opened_by(person, call=ruled(first_time=True))
    assessing.begin(application, person)
    assert causes(application) == [ReadingCause.FIRST_TIME]


def test_all_causes_stand_and_beginning_again_asks_once() -> None:
    person, colleague = officer(), officer()
    call = ruled(amount_limit=1, first_time=True, sample_percent=100)
    application = opened_by(person, colleague, call=call)
    assessing.begin(application, person)
    assessing.begin(application, colleague)
    assert causes(application) == [ReadingCause.AMOUNT, ReadingCause.FIRST_TIME, ReadingCause.SAMPLE]
    assert Event.objects.filter(kind=Event.Kind.READING_ASKED).count() == 1


def test_a_cause_of_the_rule_joins_what_an_officer_asked_for() -> None:
    person, reader = officer(), staff(Role.SECOND_READER)
    application = opened_by(person, call=ruled(first_time=True))
    readings.choose_reader(application, reader, person)
    assessing.begin(application, person)
    assert causes(application) == [ReadingCause.ASKED, ReadingCause.FIRST_TIME]
    assert SecondReading.objects.get().reader == reader
    assert Event.objects.filter(kind=Event.Kind.READING_ASKED).count() == 2


def test_an_auditor_repeats_the_draw_with_the_shell() -> None:
    for number in range(1, 40):
        registry_number = f"{number:05d}/2026"
        told = subprocess.run(
            ["sha256sum"], input=f"{SEED}{registry_number}".encode(), capture_output=True, check=True
        )
        share = int(told.stdout[:8], 16) / 2**32
        rule = ReadingRule(seed=SEED, sample_percent=10)
        assert reading_rules.is_drawn(rule, registry_number) == (share < 0.1)


def test_the_draw_is_as_large_as_it_says_and_grows_with_the_percentage() -> None:
    numbers = [f"{number:05d}/2026" for number in range(5_000)]

    def drawn(percent: int) -> set[str]:
        rule = ReadingRule(seed=SEED, sample_percent=percent)
        return {number for number in numbers if reading_rules.is_drawn(rule, number)}

    assert drawn(0) == set()
    assert drawn(100) == set(numbers)
    assert 440 <= len(drawn(10)) <= 560
    assert drawn(10) < drawn(20)


# --- The page ----------------------------------------------------------------------------------


def page(call: Call) -> str:
    return reverse("assessments:reading-rule", args=[call.pk])


def test_an_officer_changes_the_rule_and_the_round_leads_to_it() -> None:
    call = ruled()
    client = signed_in(officer())
    assert page(call) in client.get(reverse("assessments:round", args=[call.pk])).content.decode()
    seen = client.get(page(call)).context["form"]["seen"].value()
    answer = client.post(
        page(call), {"amount_limit": "250 000", "first_time": "on", "sample_percent": "5", "seen": seen}
    )
    assert answer["Location"] == page(call)
    rule = ReadingRule.objects.get(call=call)
    assert (rule.amount_limit, rule.first_time, rule.sample_percent) == (250_000, True, 5)


@pytest.mark.parametrize(("field", "value"), [("amount_limit", "mycket"), ("sample_percent", "101")])
def test_nonsense_comes_back_as_it_was_typed(field: str, value: str) -> None:
    call = ruled()
    client = signed_in(officer())
    seen = client.get(page(call)).context["form"]["seen"].value()
    answer = client.post(page(call), {"seen": seen, field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert value in answer.content.decode()


def test_a_colleagues_change_is_told_and_replaced_knowingly() -> None:
    call = ruled(amount_limit=1)
    client = signed_in(officer())
    seen = client.get(page(call)).context["form"]["seen"].value()
    ReadingRule.objects.filter(call=call).update(amount_limit=333)
    mine = {"amount_limit": "7", "sample_percent": "", "seen": seen}
    answer = client.post(page(call), mine)
    assert answer.status_code == 422
    assert "333" in answer.content.decode()
    assert ReadingRule.objects.get(call=call).amount_limit == 333
    mine["seen"] = answer.context["form"]["seen"].value()
    assert client.post(page(call), mine).status_code == 302
    assert ReadingRule.objects.get(call=call).amount_limit == 7


def test_the_first_assessment_locks_the_rule_and_shows_the_seed() -> None:
    person = officer()
    call = ruled(amount_limit=9)
    seed = ReadingRule.objects.get(call=call).seed
    client = signed_in(person)
    before = client.get(page(call))
    assert seed not in before.content.decode()
    seen = before.context["form"]["seen"].value()
    assessing.begin(opened_by(person, call=call), person)
    assert seed in client.get(page(call)).content.decode()
    answer = client.post(page(call), {"amount_limit": "5", "seen": seen})
    assert answer.status_code == 422
    assert ReadingRule.objects.get(call=call).amount_limit == 9


@pytest.mark.parametrize("role", sorted(set(Role.values) - {Role.CASE_OFFICER}))
def test_only_case_officers_see_the_rule(role: str) -> None:
    assert signed_in(staff(role)).get(page(ruled())).status_code == 404

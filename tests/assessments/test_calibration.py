"""How the levels spread: counted by hand, only what is finished, only what the officer may see."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from assessments.calibration import Calibration, calibration
from assessments.models import Criterion, ReadersJudgement, SecondReading
from grants.models import Application, Call
from grants.states import State
from portal.people.models import Role, User
from portal.registry.models import declare
from tests.assessments.building import address, assessed_by, officer, opened_by, signed_in
from tests.factories import CallFactory, staff

pytestmark = pytest.mark.django_db

ALL_WEAK = dict.fromkeys(Criterion.values, "svag")


@pytest.fixture
def call() -> Call:
    return CallFactory.create()


@pytest.fixture
def one() -> User:
    return officer(display_name="Anna-rollen")


@pytest.fixture
def two() -> User:
    return officer(display_name="Bertil-rollen")


def judged(call: Call, person: User, levels: dict[str, str]) -> Application:
    application = opened_by(person, call=call)
    assessed_by(person, application, levels=levels)
    return application


def read_by(person: User, application: Application, *, done: bool) -> SecondReading:
    """A second reading that says very good on everything."""
    reading = SecondReading.objects.create(
        application=application,
        causes=["sample"],
        reader=person,
        done_at=timezone.now() if done else None,
        opened_at=timezone.now() if done else None,
    )
    ReadersJudgement.objects.bulk_create(
        ReadersJudgement(reading=reading, criterion=criterion, level="mycket_god")
        for criterion in Criterion.values
    )
    return reading


def effect(call: Call, person: User) -> dict[str, list[int]]:
    """Assessor → how many weak, sufficient, good, very good and without a level, on effect."""
    return {row.name: row.counts for row in seen(call, person).criteria[0].assessors}


def seen(call: Call, person: User) -> Calibration:
    with translation.override("en"):
        return calibration(call, person)


def test_counted_by_hand(call: Call, one: User, two: User) -> None:
    for level in ("god", "god", "svag"):
        judged(call, one, ALL_WEAK | {"effekt": level})
    judged(call, two, ALL_WEAK | {"effekt": "mycket_god"})
    judged(call, two, ALL_WEAK | {"effekt": ""})
    found = seen(call, one)
    assert (found.assessed, found.read_twice) == (5, 0)
    assert effect(call, one) == {"Anna-rollen": [1, 0, 2, 0, 0], "Bertil-rollen": [0, 0, 0, 1, 1]}
    assert [spread.counts for spread in found.together] == [[1, 0, 2, 1, 1]] + 4 * [[5, 0, 0, 0, 0]]
    assert found.criteria[0].rows[-1].total == 5


def test_only_what_is_ready_and_of_the_call_counts(call: Call, one: User) -> None:
    judged(call, one, ALL_WEAK)
    judged(CallFactory.create(title="Annan"), one, ALL_WEAK)
    gone = judged(call, one, ALL_WEAK)
    Application.objects.filter(pk=gone.pk).update(state=State.WITHDRAWN)
    open_again = judged(call, one, ALL_WEAK)
    signed_in(one).post(address("reopen", open_again))
    assert effect(call, one) == {"Anna-rollen": [1, 0, 0, 0, 0]}


@pytest.mark.rule(10)
def test_a_conflict_of_interest_is_in_no_number_and_no_picture(call: Call, one: User, two: User) -> None:
    judged(call, one, ALL_WEAK)
    hidden = judged(call, two, ALL_WEAK)
    declare(hidden.received_case, one, has_conflict=True)
    assert effect(call, one) == {"Anna-rollen": [1, 0, 0, 0, 0]}
    assert seen(call, one).assessed == 1
    page = signed_in(one).get(reverse("assessments:calibration", args=[call.pk])).content.decode()
    assert "Bertil-rollen" not in page
    assert effect(call, two) == {"Anna-rollen": [1, 0, 0, 0, 0], "Bertil-rollen": [1, 0, 0, 0, 0]}


def test_a_blind_reader_sees_neither_view_in_the_counts(call: Call, one: User, two: User) -> None:
    application = judged(call, one, ALL_WEAK)
    read_by(two, application, done=False)
    assert effect(call, two) == {}
    assert seen(call, two).assessed == 0
    assert effect(call, one) == {"Anna-rollen": [1, 0, 0, 0, 0]}


def test_a_second_reader_is_an_assessor_when_both_views_are_open(call: Call, one: User, two: User) -> None:
    application = judged(call, one, ALL_WEAK)
    read_by(two, application, done=True)
    assert effect(call, one) == {"Anna-rollen": [1, 0, 0, 0, 0], "Bertil-rollen": [0, 0, 0, 1, 0]}
    assert seen(call, one).read_twice == 1


def test_a_reader_of_a_case_that_is_open_again_is_not_counted(call: Call, one: User, two: User) -> None:
    application = judged(call, one, ALL_WEAK)
    read_by(two, application, done=True)
    signed_in(one).post(address("reopen", application))
    assert effect(call, one) == {}


def test_the_picture_says_in_words_what_it_shows(call: Call, one: User) -> None:
    judged(call, one, ALL_WEAK | {"effekt": "god"})
    with translation.override("en"):
        picture = calibration(call, one).picture
    assert "Effect, 1 judgement: 1 good. Value, 1 judgement: 1 weak." in picture


def test_the_page_has_pictures_and_their_tables(call: Call, one: User) -> None:
    page = reverse("assessments:calibration", args=[call.pk])
    client = signed_in(one)
    assert 'class="drawing"' not in client.get(page).content.decode()
    judged(call, one, ALL_WEAK)
    shown = client.get(page).content.decode()
    assert shown.count('class="drawing"') == 6
    assert shown.count("<table") == 6
    assert " style=" not in shown
    assert page in client.get(reverse("assessments:round", args=[call.pk])).content.decode()
    assert signed_in(staff(Role.SECRETARY)).get(page).status_code == 404


def test_as_many_queries_for_one_as_for_many(call: Call, one: User, two: User) -> None:
    judged(call, one, ALL_WEAK)
    few = _queries(call, one)
    for person in (one, two, two):
        read_by(one, judged(call, person, ALL_WEAK), done=True)
    assert _queries(call, one) == few


def _queries(call: Call, person: User) -> int:
    person = User.objects.get(pk=person.pk)
    with CaptureQueriesContext(connection) as asked:
        calibration(call, person)
    return len(asked)

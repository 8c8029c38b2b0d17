"""Turns: any party asks to talk it over, pauses, resumes or ends; dialogue first; the end comes by itself."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse
from post_office.models import Email

from iop import turns
from iop.models import FollowUp, Turn
from iop.states import State
from iop.tasks import keep_partnerships
from iop.writing import Refused
from portal.registry.models import Event
from tests.iop.building_running import LONG, running
from tests.iop.test_check_ins import at, signed_in
from tests.iop.test_follow_up import evaluation, finished

pytestmark = pytest.mark.django_db

TALKED = date(2027, 5, 2)


def test_any_party_asks_to_talk_it_over_and_all_are_told() -> None:
    one = running()
    for person in (one.of_association, one.of_unit):
        url = reverse("iop:ask-renegotiation", args=[one.agreement.pk])
        assert signed_in(person).post(url, {"reason": "Fler kommer än vi tänkt."}).status_code == 302
    assert [turn.party for turn in one.agreement.turns.all()] == [one.association_party, one.unit_party]
    assert one.association.email in {mail.to[0] for mail in Email.objects.all()}
    assert one.agreement.case.events.filter(kind=Event.Kind.PARTNERSHIP_TURN).count() == 2
    one.agreement.refresh_from_db()
    assert one.agreement.state == State.RUNNING


def test_a_pause_and_going_on() -> None:
    one = running()
    client = signed_in(one.of_association)
    with time_machine.travel(at(date(2027, 5, 10)), tick=False):
        client.force_login(one.of_association)
        posted = {"reason": "Lokalen renoveras.", "talked_on": TALKED.isoformat()}
        client.post(reverse("iop:pause", args=[one.agreement.pk]), posted)
        one.agreement.refresh_from_db()
        assert one.agreement.state == State.PAUSED
        with pytest.raises(Refused):
            turns.pause(one.agreement, one.unit_party, "Igen", TALKED, one.of_unit)
        client.post(reverse("iop:resume", args=[one.agreement.pk]), {"reason": ""})
    one.agreement.refresh_from_db()
    assert one.agreement.state == State.RUNNING
    assert [turn.kind for turn in one.agreement.turns.all()] == [Turn.Kind.PAUSE, Turn.Kind.RESUMED]
    with pytest.raises(Refused):
        turns.resume(one.agreement, one.unit_party, "", one.of_unit)


@pytest.mark.parametrize("name", ["pause", "give-notice"])
def test_without_words_or_a_day_of_talk_nothing_happens(name: str) -> None:
    one = running()
    answer = signed_in(one.of_unit).post(reverse(f"iop:{name}", args=[one.agreement.pk]), {"reason": ""})
    assert answer.status_code == 422
    assert {"reason", "talked_on"} <= set(answer.context["form"].errors)
    assert not Turn.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Turn.objects.create(agreement=one.agreement, kind=Turn.Kind.PAUSE, from_day=TALKED, reason="Skäl")


def test_each_party_may_end_early_after_talking_and_the_evaluation_moves_along() -> None:
    one = running(LONG)
    with time_machine.travel(at(date(2027, 5, 10)), tick=False):
        posted = {
            "reason": "Vi går skilda vägar.", "talked_on": TALKED.isoformat(), "last_day": "2027-12-31"
        }  # fmt: skip
        url = reverse("iop:give-notice", args=[one.agreement.pk])
        assert signed_in(one.of_association).post(url, posted).status_code == 302
        with pytest.raises(Refused):
            turns.give_notice(one.agreement, one.unit_party, "Senare", TALKED, date(2029, 1, 1), one.of_unit)
    one.agreement.refresh_from_db()
    assert (one.agreement.state, one.agreement.ends_on) == (State.RUNNING, date(2027, 12, 31))
    assert evaluation(one).due_on == date(2028, 2, 29)


def test_the_end_comes_the_day_after_the_last_and_reminds_of_the_evaluation_once() -> None:
    one = running(LONG)
    for day in (date(2029, 12, 31), date(2030, 1, 1), date(2030, 1, 1)):
        with time_machine.travel(at(day), tick=False):
            keep_partnerships()
            one.agreement.refresh_from_db()
            assert one.agreement.state == (State.RUNNING if day.year == 2029 else State.ENDED)
    [turn] = one.agreement.turns.filter(kind=Turn.Kind.ENDED)
    assert (turn.from_day, turn.party, turn.written_by) == (date(2029, 12, 31), None, None)
    ended = [mail for mail in Email.objects.all() if "slut" in mail.subject]
    assert len(ended) == 3
    # After the end the evaluation is still written, and nothing else begins.
    with pytest.raises(Refused):
        turns.ask_renegotiation(one.agreement, one.unit_party, "Mer", one.of_unit)
    finished(one, evaluation(one), date(2030, 1, 15))


def test_what_is_evaluated_before_its_end_is_not_reminded_of() -> None:
    one = running(LONG)
    finished(one, evaluation(one), date(2029, 12, 15))
    for year in (2027, 2028):
        finished(one, one.agreement.follow_ups.get(kind=FollowUp.Kind.YEARLY, year=year), date(2029, 12, 15))
    assert turns.end_what_is_over(date(2030, 1, 1)) == 1
    assert not [mail for mail in Email.objects.all() if "slut" in mail.subject]


def test_the_task_plans_what_a_new_partnership_lacks() -> None:
    one = running(LONG)
    one.agreement.follow_ups.all().delete()
    with time_machine.travel(at(date(2027, 1, 2)), tick=False):
        keep_partnerships()
        keep_partnerships()
    assert one.agreement.follow_ups.count() == 3

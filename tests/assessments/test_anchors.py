"""What the levels mean: installed, copied, worded by officers, kept from being overwritten, locked."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from assessments import anchors
from assessments.anchors import Anchor, Edit
from assessments.anchors_form import PLACES
from assessments.models import Criterion, Level, LevelAnchor
from grants.calls.call_copying import copy_call
from grants.calls.call_history import history
from grants.models import Application, Call
from grants.states import State
from portal.people.models import User
from tests.assessments.building import officer, signed_in
from tests.factories import CallFactory, sent_application

pytestmark = pytest.mark.django_db

WEAK_EFFECT = (Criterion.EFFEKT.value, Level.SVAG.value)


def page(call: Call) -> str:
    return reverse("assessments:anchors", args=[call.pk])


def posted(call: Call, **changes: str) -> dict[str, str]:
    """The form as a browser posts it with nothing changed, and then `changes`."""
    data: dict[str, str] = {}
    for (criterion, level), row in anchors.of_call(call).items():
        data |= {
            f"sv_{criterion}_{level}": row.text_sv,
            f"en_{criterion}_{level}": row.text_en,
            f"seen_{criterion}_{level}": json.dumps([row.text_sv, row.text_en]),
        }
    return data | changes


def meaning(call: Call) -> str:
    return call.level_anchors.get(criterion="effekt", level="svag").text_sv


@pytest.fixture
def call() -> Call:
    return CallFactory.create()


@pytest.fixture
def person() -> User:
    return officer()


def test_the_shipped_texts_are_whole_short_and_different() -> None:
    assert set(anchors.STANDARD) == set(PLACES)
    for language in ("swedish", "english"):
        texts = [getattr(anchor, language) for anchor in anchors.STANDARD.values()]
        assert len(set(texts)) == 20
        assert all(15 <= len(text.split()) <= 28 and len(text) <= 300 for text in texts)


def test_a_new_call_gets_them_once(call: Call) -> None:
    anchors.install(call)
    assert {place: anchors.said(row) for place, row in anchors.of_call(call).items()} == anchors.STANDARD


def test_the_calls_that_were_there_before_got_them_too(call: Call) -> None:
    LevelAnchor.objects.all().delete()
    import_module("assessments.migrations.0007_standard_anchors").install(apps, None)
    assert {place: anchors.said(row) for place, row in anchors.of_call(call).items()} == anchors.STANDARD


def test_a_copy_gets_what_the_call_had_and_logs_nothing_of_it(call: Call, person: User) -> None:
    anchors.save(call, {WEAK_EFFECT: Edit(Anchor("Ny", "New"), anchors.STANDARD[WEAK_EFFECT])})
    copy = copy_call(call, person)
    assert (meaning(copy), copy.level_anchors.count()) == ("Ny", 20)
    assert len(history(copy)) == 1  # that it was copied


def test_an_officer_words_a_level_and_the_calls_history_tells(call: Call, person: User) -> None:
    answer = signed_in(person).post(page(call), posted(call, sv_effekt_svag="Inget mål\nalls"))
    assert (answer.status_code, meaning(call)) == (302, "Inget mål alls")
    assert call.level_anchors.get(criterion="effekt", level="god").text_sv == (
        anchors.STANDARD["effekt", "god"].swedish
    )
    [entry] = [entry for entry in history(call) if entry.changes]
    assert (entry.who, entry.changes[0].after) == (str(person), "Inget mål alls")


def test_a_level_without_a_meaning_is_refused_and_nothing_is_lost(call: Call, person: User) -> None:
    answer = signed_in(person).post(page(call), posted(call, sv_effekt_svag="", en_varde_god="Kept as typed"))
    assert answer.status_code == 422
    assert "Kept as typed" in answer.content.decode()
    assert meaning(call) == anchors.STANDARD[WEAK_EFFECT].swedish


def test_two_officers_with_different_levels_leave_each_other_alone(call: Call, person: User) -> None:
    early = posted(call, sv_varde_god="Min text")
    signed_in(officer()).post(page(call), posted(call, sv_effekt_svag="Kollegans text"))
    assert signed_in(person).post(page(call), early).status_code == 302
    assert meaning(call) == "Kollegans text"
    assert call.level_anchors.get(criterion="varde", level="god").text_sv == "Min text"


def test_two_officers_with_the_same_level_are_told_and_shown_both(call: Call, person: User) -> None:
    client = signed_in(person)
    early = posted(call, sv_effekt_svag="Min text")
    signed_in(officer()).post(page(call), posted(call, sv_effekt_svag="Kollegans text"))
    answer = client.post(page(call), early)
    assert (answer.status_code, meaning(call)) == (409, "Kollegans text")
    shown = answer.content.decode()
    assert "Kollegans text" in shown
    assert "Min text" in shown
    again = {field.html_name: str(field.value()) for field in answer.context["form"]}
    assert (client.post(page(call), again).status_code, meaning(call)) == (302, "Min text")


def test_the_same_form_sent_twice_is_no_conflict(call: Call, person: User) -> None:
    client, form = signed_in(person), posted(call, sv_effekt_svag="Min text")
    assert [client.post(page(call), form).status_code for _time in range(2)] == [302, 302]


@pytest.mark.parametrize("state", [State.BEFORE_COMMITTEE, State.DECIDED])
def test_what_has_gone_to_the_committee_locks_it(call: Call, person: User, state: str) -> None:
    sent_application(call=call)
    client = signed_in(person)
    form = posted(call, sv_effekt_svag="För sent")
    assert client.get(page(call)).context["locked_text"] == ""
    Application.objects.update(state=state)
    assert client.get(page(call)).context["locked_text"] == anchors.locked_text()
    answer = client.post(page(call), form)
    assert answer.status_code == 422
    assert "För sent" in answer.content.decode()
    assert meaning(call) == anchors.STANDARD[WEAK_EFFECT].swedish
    with pytest.raises(anchors.Locked):
        anchors.save(call, {WEAK_EFFECT: Edit(Anchor("Ny", "New"), anchors.STANDARD[WEAK_EFFECT])})


def test_sending_an_application_does_not_lock_it(call: Call, person: User) -> None:
    sent_application(call=call)
    assert signed_in(person).post(page(call), posted(call, sv_effekt_svag="Ny")).status_code == 302


def test_a_call_without_a_text_gets_it_when_it_is_written(call: Call, person: User) -> None:
    LevelAnchor.objects.filter(call=call, criterion="effekt", level="svag").delete()
    new: dict[str, Any] = {
        "sv_effekt_svag": "Ny", "en_effekt_svag": "New", "seen_effekt_svag": json.dumps(["", ""])
    }  # fmt: skip
    assert signed_in(person).post(page(call), posted(call, **new)).status_code == 302
    assert meaning(call) == "Ny"


def test_the_calls_page_leads_to_it(call: Call, person: User) -> None:
    client: Client = signed_in(person)
    assert page(call) in client.get(reverse("grants:call-edit", args=[call.pk])).content.decode()

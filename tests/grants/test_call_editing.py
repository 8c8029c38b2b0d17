"""Changing, copying, publishing and prolonging a call; and that it is frozen when an application is sent."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Event
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from grants.applying import submission
from grants.applying.submission import submit
from grants.calls import call_editing
from grants.calls.call_checks import lacks, stops
from grants.calls.call_copying import copy_call
from grants.calls.call_discarding import discard_call
from grants.calls.call_editing import CannotChange, ChangedMeanwhile, editing
from grants.calls.call_reminders import coming, waiting
from grants.calls.call_row_editing import (
    add_question,
    change_columns,
    change_options,
    change_question,
    move_question,
    new_key,
    remove_question,
    save_rows,
)
from grants.calls.programmes import install_programmes
from grants.models import Application, Call, CallCondition, CallEvent, Question, ReportDate
from grants.models.programmes import local_moment
from portal.people.models import Role, User
from portal.registry.models import Record
from tests.factories import ApplicationFactory, CallFactory, complete, sent_application, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> User:
    return staff(Role.CASE_OFFICER)


def whole(**fields: Any) -> Call:
    """A draft of a call that lacks nothing."""
    call = CallFactory.create(
        **{
            "published": False, "title_en": "Operating grant 2027", "intro": "För er.",
            "intro_en": "For you.", "decision_expected_en": "December",
        }
        | fields
    )  # fmt: skip
    CallCondition.objects.create(call=call, key="a", position=1, text_sv="Villkor 2027", text_en="Condition")
    ReportDate.objects.create(
        call=call, key="r", position=1, what_sv="Redovisning", what_en="Report", day=date(2028, 3, 31)
    )
    return call


# --- Frozen ------------------------------------------------------------------------------------
ACTS: dict[str, Callable[[Call], object]] = {
    "own fields": lambda call: call_editing.change_call(call.pk, {"title": "Ny"}, seen=call.form_version),
    "rows": lambda call: save_rows(call.pk, CallCondition, [], named_by="text_sv", seen=call.form_version),
    "a new question": lambda call: add_question(call.pk, {"label_sv": "Ny"}),
    "a changed question": lambda call: change_question(
        call.questions.get(key="need"), {"label_sv": "Ny"}, seen=call.form_version
    ),
    "a removed question": lambda call: remove_question(call.questions.get(key="need")),
    "a moved question": lambda call: move_question(call.questions.get(key="purpose"), -1, None),
    "options": lambda call: change_options(
        call.questions.get(key="target_groups"), [], seen=call.form_version
    ),
    "columns": lambda call: change_columns(call.questions.get(key="need"), [], seen=call.form_version),
}


@pytest.mark.parametrize("act", ACTS)
def test_nothing_of_the_form_changes_when_an_application_is_sent(act: str) -> None:
    call = sent_application().call
    call.refresh_from_db()
    before = list(call.questions.values())
    assert call.is_frozen

    with pytest.raises(CannotChange):
        ACTS[act](call)

    assert list(call.questions.values()) == before
    call.refresh_from_db()
    assert (call.title, call.form_version) == ("Verksamhetsbidrag 2027", 1)


def test_an_application_that_could_not_be_sent_freezes_nothing() -> None:
    draft = ApplicationFactory.create()
    with pytest.raises(submission.CannotSubmit):
        submit(draft.pk, draft.created_by)
    draft.call.refresh_from_db()
    assert not draft.call.is_frozen


def test_a_draft_does_not_freeze_the_call_and_each_change_is_a_version() -> None:
    draft = complete(ApplicationFactory.create())
    question = draft.call.questions.get(key="need")
    change_question(question, {"label_sv": "Vilket behov?"}, seen=1)
    draft.call.refresh_from_db()
    assert (draft.call.form_version, draft.call.is_frozen) == (2, False)


def test_when_a_decision_is_expected_may_change_also_when_frozen(officer: User) -> None:
    call = sent_application().call
    call_editing.change_when_decided(
        call.pk, {"decision_expected": "i januari 2028", "decision_expected_en": "in January 2028"}
    )
    call.refresh_from_db()
    assert (call.decision_expected, call.decision_expected_en) == ("i januari 2028", "in January 2028")


def test_who_started_from_an_older_version_overwrites_nothing() -> None:
    call = CallFactory.create()
    call_editing.change_call(call.pk, {"title": "Först"}, seen=1)
    with pytest.raises(ChangedMeanwhile):
        call_editing.change_call(call.pk, {"title": "Sedan"}, seen=1)
    call.refresh_from_db()
    assert call.title == "Först"


@pytest.mark.django_db(transaction=True)
def test_sending_waits_for_a_change_and_reads_it() -> None:
    """An edit holds the call; the first sending waits, then freezes the form with the change in it."""
    draft = complete(ApplicationFactory.create())
    held, sending = Event(), Event()

    def edit() -> None:
        try:
            with editing(draft.call_id) as call:
                held.set()
                assert sending.wait(10)
                # Long enough for the other to come to the lock; it cannot pass it.
                assert not _has_sent(draft, seconds=0.5)
                Question.objects.filter(call=call, key="need").update(label_sv="Den ändrade frågan")
        finally:
            connection.close()

    def send() -> None:
        try:
            assert held.wait(10)
            sending.set()
            submit(draft.pk, draft.created_by)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for work in [pool.submit(edit), pool.submit(send)]:
            work.result(20)

    content = Record.objects.get(kind=Record.Kind.APPLICATION).content
    assert content is not None
    assert "Den ändrade frågan" in [question["label"] for question in content["questions"]]


def _has_sent(draft: Application, *, seconds: float) -> bool:
    import time

    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if not Application.objects.get(pk=draft.pk).is_draft:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.django_db(transaction=True)
def test_a_change_waits_for_a_sending_and_is_refused() -> None:
    """The first sending holds the call; an edit waits, then finds it frozen."""
    draft = complete(ApplicationFactory.create())
    held = Event()
    refused: list[bool] = []

    def send() -> None:
        try:
            with transaction.atomic():
                submit(draft.pk, draft.created_by)
                held.set()
                import time

                time.sleep(0.5)
                assert refused == []
        finally:
            connection.close()

    def edit() -> None:
        try:
            assert held.wait(10)
            try:
                save_rows(draft.call_id, CallCondition, [], named_by="text_sv", seen=1)
            except CannotChange:
                refused.append(True)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for work in [pool.submit(send), pool.submit(edit)]:
            work.result(20)

    assert refused == [True]


# --- Rows and questions ------------------------------------------------------------------------
def test_rows_keep_their_keys_and_get_the_order_given() -> None:
    call = whole()
    rows = [
        {"key": "", "text_sv": "Nytt villkor", "text_en": "New"},
        {"key": "a", "text_sv": "Ändrat", "text_en": "Changed"},
    ]
    save_rows(call.pk, CallCondition, rows, named_by="text_sv", seen=1)
    found = [(row.key, row.position, row.text_sv) for row in call.conditions.all()]
    assert found == [("nytt_villkor", 1, "Nytt villkor"), ("a", 2, "Ändrat")]


def test_a_row_left_out_is_removed() -> None:
    call = whole()
    save_rows(call.pk, CallCondition, [], named_by="text_sv", seen=1)
    assert not call.conditions.exists()


def test_keys_are_made_of_swedish_words_once() -> None:
    assert new_key("Vilka mål når ni?", []) == "vilka_mal_nar_ni"
    assert new_key("Mål", ["mal"]) == "mal_2"
    assert new_key("?", []) == "rad"
    assert new_key("sought years", []) == "sought_years_2"


def test_a_question_moves_within_its_section(officer: User) -> None:
    call = whole()
    keys = list(call.questions.filter(section="need").values_list("key", flat=True))
    move_question(call.questions.get(key=keys[1]), -1, officer)
    moved = list(call.questions.filter(section="need").values_list("key", flat=True))
    assert moved[:2] == [keys[1], keys[0]]
    move_question(call.questions.get(key=keys[1]), -1, officer)
    assert list(call.questions.filter(section="need").values_list("key", flat=True)) == moved


def test_nothing_that_may_be_answered_is_removed_when_the_call_has_opened() -> None:
    call = CallFactory.create()
    question = call.questions.get(key="target_groups")
    with pytest.raises(CannotChange):
        remove_question(question)
    with pytest.raises(CannotChange):
        change_options(question, [{"code": "barn_unga", "sv": "Barn", "en": "Children"}], seen=1)
    assert call.questions.get(key="target_groups").options == question.options


def test_options_keep_their_codes_and_what_else_they_hold() -> None:
    call = whole()
    question = call.questions.get(key="target_groups")
    question.options = [{"code": "barn_unga", "sv": "Barn", "en": "Children", "young": True}]
    question.save()
    rows = [
        {"code": "barn_unga", "sv": "Barn och unga", "en": "Children"},
        {"code": "", "sv": "Äldre", "en": "Old"},
    ]
    change_options(question, rows, seen=1)
    assert call.questions.get(key="target_groups").options == [
        {"code": "barn_unga", "sv": "Barn och unga", "en": "Children", "young": True},
        {"code": "aldre", "sv": "Äldre", "en": "Old"},
    ]


# --- Publishing --------------------------------------------------------------------------------
def test_a_call_that_lacks_nothing_is_published_once(officer: User) -> None:
    call = whole()
    assert stops(call) == []
    call_editing.publish(call.pk, officer)
    call_editing.publish(call.pk, officer)
    call.refresh_from_db()
    assert call.published
    assert [event.kind for event in call.events.all()] == [CallEvent.Kind.PUBLISHED]


LACKING: dict[str, dict[str, Any]] = {
    "no English title": {"title_en": ""},
    "no introduction": {"intro": ""},
    "no English introduction": {"intro_en": ""},
    "no English date of decision": {"decision_expected_en": ""},
    "closed already": {
        "opens_at": datetime(2020, 4, 1, tzinfo=timezone.get_default_timezone()),
        "closes_at": datetime(2020, 6, 1, tzinfo=timezone.get_default_timezone()),
    },
}


@pytest.mark.parametrize("lacking", LACKING)
def test_a_call_that_lacks_something_is_not_published(officer: User, lacking: str) -> None:
    call = whole(**LACKING[lacking])
    assert len(stops(call)) == 1
    with pytest.raises(CannotChange):
        call_editing.publish(call.pk, officer)
    call.refresh_from_db()
    assert not call.published


@pytest.mark.parametrize(
    "change",
    [{"label_en": ""}, {"help_en": "", "help_sv": "Hjälp"}, {"kind": "one_of", "options": []}],
)
def test_a_question_that_lacks_something_stops_the_call(change: dict[str, Any]) -> None:
    call = whole()
    call.questions.filter(key="need").update(**change)
    assert len(stops(call)) == 1


def test_a_call_without_questions_is_stopped_and_one_without_report_dates_is_not() -> None:
    call = whole()
    call.report_dates.all().delete()
    assert stops(call) == []
    assert len(lacks(call)) == 1
    call.questions.all().delete()
    assert len(stops(call)) == 1


def test_a_call_is_taken_back_only_before_it_opens(officer: User) -> None:
    later = timezone.now() + timedelta(days=5)
    planned = whole(published=True, opens_at=later, closes_at=later + timedelta(days=5))
    call_editing.withdraw(planned.pk, officer)
    planned.refresh_from_db()
    assert not planned.published

    opened = whole(published=True)
    with pytest.raises(CannotChange):
        call_editing.withdraw(opened.pk, officer)


def test_an_open_calls_window_is_only_prolonged_and_the_reason_is_kept(officer: User) -> None:
    call = whole(published=True)
    assert call.closes_at is not None
    with pytest.raises(CannotChange):
        call_editing.change_call(call.pk, {"closes_at": call.closes_at - timedelta(days=1)}, seen=1)
    with pytest.raises(CannotChange):
        call_editing.change_call(call.pk, {"opens_at": call.opens_at + timedelta(days=1)}, seen=1)
    with pytest.raises(CannotChange):
        call_editing.prolong(call.pk, call.closes_at, "Driftstopp", officer)

    later = call.closes_at + timedelta(days=7)
    call_editing.prolong(call.pk, later, "Driftstopp", officer)
    call.refresh_from_db()
    event = call.events.get()
    assert (call.closes_at, event.kind, event.detail, event.actor) == (
        later, CallEvent.Kind.PROLONGED, "Driftstopp", officer,
    )  # fmt: skip


def test_a_call_that_is_always_open_cannot_be_prolonged(officer: User) -> None:
    call = CallFactory.create(closes_at=None)
    with pytest.raises(CannotChange):
        call_editing.prolong(call.pk, timezone.now() + timedelta(days=1), "Nej", officer)


# --- Copying -----------------------------------------------------------------------------------
def test_a_copy_has_all_rows_under_the_same_keys_and_its_years_moved(officer: User) -> None:
    source = whole(
        opens_at=local_moment(date(2026, 4, 1)), closes_at=local_moment(date(2026, 6, 1)), published=True
    )
    copy = copy_call(source, officer)

    assert (copy.title, copy.title_en, copy.first_year) == (
        "Verksamhetsbidrag 2028", "Operating grant 2028", 2028,
    )  # fmt: skip
    assert (copy.opens_at, copy.closes_at) == (
        local_moment(date(2027, 4, 1)), local_moment(date(2027, 6, 1)),
    )  # fmt: skip
    assert (copy.published, copy.frozen_at, copy.form_version, copy.copied_from) == (False, None, 1, source)
    left_out = ("id", "call_id", "label_sv", "label_en", "help_sv", "help_en")

    def rows(call: Call) -> list[dict[str, Any]]:
        return [
            {name: value for name, value in row.items() if name not in left_out}
            for row in call.questions.values()
        ]

    assert rows(copy) == rows(source)
    assert [(row.key, row.text_sv) for row in copy.conditions.all()] == [("a", "Villkor 2028")]
    assert [(row.key, row.day) for row in copy.report_dates.all()] == [("r", date(2029, 3, 31))]
    assert source.questions.count() == copy.questions.count() > 0


def test_a_copy_follows_the_grants_recurring_window(officer: User) -> None:
    source = whole(opens_at=local_moment(date(2026, 4, 15)), closes_at=local_moment(date(2026, 5, 20)))
    install_programmes(source.authority)
    copy = copy_call(source, officer, first_year=2029)
    assert copy.closes_at == local_moment(date(2028, 6, 1))
    assert (copy.first_year, copy.title) == (2029, "Verksamhetsbidrag 2029")


def test_a_call_that_is_always_open_is_copied_without_closing(officer: User) -> None:
    assert copy_call(whole(closes_at=None), officer).closes_at is None


def test_a_frozen_call_can_be_copied_and_the_copy_changed(officer: User) -> None:
    copy = copy_call(sent_application().call, officer)
    assert not copy.is_frozen
    change_question(copy.questions.get(key="need"), {"label_sv": "Ny"}, seen=1)


def test_a_draft_that_was_never_published_can_be_thrown_away(officer: User) -> None:
    source = whole(published=True)
    copy = copy_call(source, officer)
    discard_call(copy.pk)
    discard_call(copy.pk)
    assert list(Call.objects.all()) == [source]
    assert source.questions.exists()


def test_a_call_that_was_published_or_copied_is_kept(officer: User) -> None:
    later = timezone.now() + timedelta(days=5)
    planned = whole(opens_at=later, closes_at=later + timedelta(days=5))
    call_editing.publish(planned.pk, officer)
    call_editing.withdraw(planned.pk, officer)
    source = whole()
    copy_call(source, officer)
    for call in (planned, source):
        with pytest.raises(CannotChange):
            discard_call(call.pk)
    assert Call.objects.count() == 3


# --- Reminders ---------------------------------------------------------------------------------
def test_officers_are_reminded_of_a_grant_that_soon_opens_without_a_call(officer: User) -> None:
    call = whole(
        first_year=2027, opens_at=local_moment(date(2026, 4, 1)), closes_at=local_moment(date(2026, 6, 1))
    )
    install_programmes(call.authority)

    def missing(today: date) -> list[int]:
        return [
            row.first_year
            for row in coming(officer, today)
            if row.is_missing and not row.programme.always_open
        ]

    assert missing(date(2026, 5, 1)) == []
    assert missing(date(2027, 1, 15)) == []
    assert missing(date(2027, 2, 15)) == [2028]
    copy_call(call, officer)
    assert missing(date(2027, 2, 15)) == []


def test_others_are_not_reminded(officer: User) -> None:
    install_programmes(CallFactory.create().authority)
    assert list(waiting(staff(Role.SECRETARY))) == []
    assert len(list(waiting(officer))) == 1

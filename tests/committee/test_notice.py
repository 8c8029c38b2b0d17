"""The notice, the time of appeal, and when a decision is final."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from portal.committee.appeal_dates import last_day_of_appeal
from portal.committee.minutes import record_decision
from portal.committee.minutes_deadlines import next_deadline
from portal.committee.models import Appeal, Decision, Minutes, Outcome
from portal.committee.notice import (
    CannotAnnounce,
    Standing,
    has_become_final,
    notice_text,
    put_up,
    register_appeal,
    settle_appeal,
    standing_of,
)
from portal.people.models import Role
from portal.registry.models import Event
from tests.committee.building import approve_minutes, on_agenda, sent_minutes
from tests.factories import MeetingFactory, staff

TODAY = date(2026, 2, 3)


def approved(day: date = TODAY) -> Minutes:
    """Minutes with one paragraph, approved on a day."""
    meeting = MeetingFactory.create(starts_at=datetime(2026, 1, 27, 13, tzinfo=UTC))
    record_decision(on_agenda(meeting, "Fyren"), Outcome.GRANTED, staff(Role.SECRETARY))
    minutes = approve_minutes(meeting)
    Minutes.objects.filter(pk=minutes.pk).update(
        approved_at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    )
    minutes.refresh_from_db()
    return minutes


# --- The text --------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    "line",
    [
        "Organ: Socialnämnden",
        "Sammanträdesdatum: 27 januari 2026",
        "Paragrafer: § 1",
        "Protokollet justerat: 3 februari 2026",
        "Anslaget sätts upp: 3 februari 2026",
        "Anslaget tas ned: 25 februari 2026",
        "Förvaringsplats för protokollet: Socialförvaltningen",
        "Sista dag att överklaga: 24 februari 2026",
    ],
)
def test_the_notice_says_what_kommunallagen_8_9_to_12_asks_for(line: str) -> None:
    assert line in notice_text(approved(), TODAY).splitlines()


@pytest.mark.django_db
def test_the_notice_tells_of_laglighetsprovning_and_not_of_another_appeal() -> None:
    text = notice_text(approved(), TODAY)
    assert "Beslutet kan överklagas enligt 13 kap. kommunallagen." in text
    assert "Förvaltningsrätten i Malmö inom tre veckor från den dag då det tillkännagavs" in text
    assert "fick del av" not in text
    assert "förvaltningsbesvär" not in text


# --- Going up --------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_going_up_sets_the_days_prints_them_and_tells_each_case() -> None:
    minutes = approved()
    before = minutes.document_id
    put_up(minutes, TODAY, staff(Role.SECRETARY))
    assert minutes.notice_up_on == TODAY
    assert minutes.appeal_until == date(2026, 2, 24)
    assert minutes.notice_down_on == date(2026, 2, 25)
    assert minutes.document_id != before
    assert "25 februari 2026" in minutes.document.html  # type: ignore[union-attr]
    matter = minutes.paragraphs.get().decision.matter
    for case in (matter.case, matter.lines.get().case):
        assert case.events.filter(kind=Event.Kind.NOTICE_UP, detail="2026-02-03").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("days", [-1, 400 * 365])
def test_the_notice_goes_up_neither_before_approval_nor_in_the_future(days: int) -> None:
    minutes = approved()
    day = TODAY - timedelta(days=1) if days < 0 else timezone.localdate() + timedelta(days=1)
    with pytest.raises(CannotAnnounce):
        put_up(minutes, day, staff(Role.SECRETARY))
    minutes.refresh_from_db()
    assert minutes.notice_up_on is None


@pytest.mark.django_db
def test_minutes_that_wait_to_be_approved_are_not_announced() -> None:
    meeting = MeetingFactory.create()
    record_decision(on_agenda(meeting, "Fyren"), Outcome.GRANTED, staff(Role.SECRETARY))
    with pytest.raises(CannotAnnounce):
        put_up(sent_minutes(meeting), timezone.localdate(), staff(Role.SECRETARY))


@pytest.mark.django_db
def test_deadlines_follow_one_another() -> None:
    minutes = approved()
    waiting = next_deadline(minutes, date(2026, 2, 5))
    assert waiting is not None
    assert (waiting.is_notice, waiting.due, waiting.is_overdue) == (True, date(2026, 2, 5), False)
    assert next_deadline(minutes, date(2026, 2, 6)).is_overdue  # type: ignore[union-attr]
    put_up(minutes, TODAY, staff(Role.SECRETARY))
    assert next_deadline(minutes, date(2026, 2, 6)) is None
    minutes.approved_at = None
    before = next_deadline(minutes, date(2026, 2, 10))
    assert before is not None
    assert (before.is_notice, before.due, before.is_overdue) == (False, date(2026, 2, 10), False)
    assert next_deadline(minutes, date(2026, 2, 11)).is_overdue  # type: ignore[union-attr]


# --- Appeals ---------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_an_open_appeal_keeps_a_decision_from_being_final() -> None:
    minutes, secretary = approved(), staff(Role.SECRETARY)
    put_up(minutes, TODAY, secretary)
    decision = minutes.paragraphs.get().decision
    late = date(2026, 6, 1)
    assert not has_become_final(decision, date(2026, 2, 24))
    assert has_become_final(decision, date(2026, 2, 25))
    appeal = register_appeal(decision, date(2026, 2, 20), "Mål 1", secretary)
    assert standing_of(decision, late) == Standing.APPEALED
    settle_appeal(appeal, date(2026, 4, 1), annulled=False, by=secretary)
    decision = Decision.objects.get(pk=decision.pk)
    assert has_become_final(decision, late)
    with pytest.raises(CannotAnnounce):
        settle_appeal(appeal, date(2026, 4, 2), annulled=True, by=secretary)
    second = register_appeal(decision, date(2026, 2, 21), "", secretary)
    settle_appeal(second, date(2026, 5, 1), annulled=True, by=secretary)
    assert standing_of(decision, late) == Standing.ANNULLED
    events = decision.matter.case.events
    assert events.filter(kind=Event.Kind.APPEALED).count() == 2
    assert list(events.filter(kind=Event.Kind.APPEAL_SETTLED).values_list("detail", flat=True)) == [
        "står fast",
        "upphävt",
    ]


@pytest.mark.django_db
def test_an_appeal_is_settled_after_it_came_and_not_ahead() -> None:
    minutes, secretary = approved(), staff(Role.SECRETARY)
    appeal = register_appeal(minutes.paragraphs.get().decision, date(2026, 2, 20), "", secretary)
    for day in (date(2026, 2, 19), timezone.localdate() + timedelta(days=1)):
        with pytest.raises(CannotAnnounce):
            settle_appeal(appeal, day, annulled=False, by=secretary)
    with pytest.raises(CannotAnnounce):
        register_appeal(appeal.decision, timezone.localdate() + timedelta(days=1), "", secretary)


DAYS = st.dates(date(2020, 1, 1), date(2049, 12, 31))
APPEALS = st.lists(st.tuples(st.integers(0, 60), st.none() | st.integers(0, 300), st.booleans()), max_size=4)


def decision_with(up_on: date, appeals: list[tuple[int, int | None, bool]]) -> Any:
    """A decision as `standing_of` reads it, with appeals by days after the notice."""
    rows = [
        Appeal(
            came_on=up_on + timedelta(days=came),
            settled_on=None if settled is None else up_on + timedelta(days=came + settled),
            annulled=annulled and settled is not None,
        )
        for came, settled, annulled in appeals
    ]
    minutes = Minutes(notice_up_on=up_on, appeal_until=last_day_of_appeal(up_on))
    return SimpleNamespace(
        appeals=SimpleNamespace(all=lambda: rows), paragraph_text=SimpleNamespace(minutes=minutes)
    )


@given(up_on=DAYS, appeals=APPEALS, after=st.integers(-30, 400))
def test_final_means_the_time_is_over_and_every_appeal_failed(
    up_on: date, appeals: list[tuple[int, int | None, bool]], after: int
) -> None:
    today = up_on + timedelta(days=after)
    decision = decision_with(up_on, appeals)
    came = [row for row in decision.appeals.all() if row.came_on <= today]
    all_failed = all(row.settled_on and row.settled_on <= today and not row.annulled for row in came)
    assert has_become_final(decision, today) == (today > last_day_of_appeal(up_on) and all_failed)


@given(up_on=DAYS, after=st.integers(0, 400))
def test_without_appeals_final_stays_final(up_on: date, after: int) -> None:
    decision = decision_with(up_on, [])
    last = last_day_of_appeal(up_on)
    assert not has_become_final(decision, last)
    assert has_become_final(decision, last + timedelta(days=1 + after))


def test_without_a_notice_nothing_is_ever_final() -> None:
    decision: Any = SimpleNamespace(
        appeals=SimpleNamespace(all=list), paragraph_text=SimpleNamespace(minutes=Minutes())
    )
    assert standing_of(decision, date(2099, 1, 1)) == Standing.NOT_ANNOUNCED
    decision.paragraph_text = None
    assert standing_of(decision, date(2099, 1, 1)) == Standing.NOT_ANNOUNCED

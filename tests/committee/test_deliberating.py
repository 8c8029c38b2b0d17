"""In the meeting: the roll, who serves, who steps aside, motions, votes and dissent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest

from portal.committee.deliberating import (
    CannotDeliberate,
    announce_dissent,
    come_back,
    move,
    step_aside,
    take_away_dissent,
    take_away_motion,
    take_away_vote,
    vote,
    withdraw,
)
from portal.committee.minutes import CannotRecord, Decided, record, record_decision
from portal.committee.models import (
    Attendance,
    BallotChoice,
    MotionKind,
    Outcome,
    Recusal,
    Seat,
)
from portal.committee.said import Said, attendance_of, chairing, said_on
from portal.committee.sitting import (
    CannotSit,
    Present,
    Quorum,
    attendance_mark,
    close_meeting,
    let_serve,
    next_substitutes,
    quorum,
    register_attendance,
    seats_at,
)
from portal.people.models import Role
from portal.registry.models import Record
from tests.committee.building import on_agenda
from tests.committee.sitting import call_roll, seated
from tests.factories import MeetingFactory, staff

pytestmark = pytest.mark.django_db
YES, NO, ABSTAIN = BallotChoice.YES, BallotChoice.NO, BallotChoice.ABSTAIN


# --- The roll --------------------------------------------------------------------------------------
def test_absent_members_get_the_substitutes_that_are_there_in_their_turn() -> None:
    meeting, members, substitutes = seated(5, 3)
    call_roll(meeting, members[:3], [substitutes[2], substitutes[1]])
    proposed = next_substitutes(seats_at(meeting), attendance_of(meeting))
    assert proposed == [(substitutes[1], members[3]), (substitutes[2], members[4])]
    assert quorum(seats_at(meeting), attendance_of(meeting)) == Quorum(3, 5)
    let_serve(meeting, *proposed[0])
    assert quorum(seats_at(meeting), attendance_of(meeting)) == Quorum(4, 5)
    assert next_substitutes(seats_at(meeting), attendance_of(meeting)) == [proposed[1]]
    with pytest.raises(CannotSit):
        let_serve(meeting, substitutes[1], members[4])
    with pytest.raises(CannotSit):
        let_serve(meeting, substitutes[2], members[0])
    with pytest.raises(CannotSit):
        let_serve(meeting, substitutes[2], members[3])


def test_too_few_are_told() -> None:
    meeting, members, _substitutes = seated(5, 0)
    call_roll(meeting, members[:2])
    counted = quorum(seats_at(meeting), attendance_of(meeting))
    assert (counted.is_met, counted.needed) == (False, 3)


def test_a_roll_that_does_not_add_up_is_refused_and_changes_nothing() -> None:
    meeting, members, substitutes = seated(3, 2)
    call_roll(meeting, members)
    seen = attendance_mark(attendance_of(meeting))
    wrong = [
        [Present(substitutes[0].pk, True)],
        [Present(members[0].pk, True), Present(substitutes[0].pk, True, members[0].pk)],
        [Present(row.pk, True, members[0].pk) for row in substitutes],
        [Present(members[0].pk, True, members[1].pk)],
        [Present(10**6, True)],
        [Present(members[0].pk, True, arrived_at=time(14), left_at=time(13))],
    ]
    for present in wrong:
        with pytest.raises(CannotSit):
            register_attendance(meeting, present, seen=seen)
    with pytest.raises(CannotSit):
        register_attendance(meeting, [], seen="gammalt")
    assert Attendance.objects.count() == 3


def test_whoever_stands_highest_among_those_who_serve_chairs() -> None:
    _meeting, members, substitutes = seated(5, 1)
    assert chairing([*substitutes, *members]) == members[0]
    assert chairing([members[4], members[2], members[1]]) == members[1]
    assert chairing([substitutes[0], members[4], members[3]]) == members[3]
    assert chairing([]) is None


# --- One item --------------------------------------------------------------------------------------
@pytest.fixture
def held() -> Any:
    """An item of a meeting in session: five members serve, two substitutes listen."""
    meeting, members, substitutes = seated(5, 2)
    item = on_agenda(meeting, "Fyren")
    call_roll(meeting, members, substitutes)
    item.refresh_from_db()
    return item, members, substitutes


def test_who_steps_aside_is_out_of_the_item_and_the_substitute_in(held: Any) -> None:
    item, members, substitutes = held
    recusal = step_aside(item, members[1], substitutes[0], staff(Role.SECRETARY))
    said, attendance = said_on([item])[item.pk], attendance_of(item.meeting)
    assert set(said.serving(attendance)) == {*members, substitutes[0]} - {members[1]}
    assert quorum(seats_at(item.meeting), attendance, said) == Quorum(5, 5)
    assert quorum(seats_at(item.meeting), attendance) == Quorum(5, 5)
    refused: list[Callable[[], Any]] = [
        lambda: step_aside(item, members[1], None, recusal.recorded_by),
        lambda: step_aside(item, members[2], substitutes[0], recusal.recorded_by),
        lambda: move(item, MotionKind.REJECT, members[1]),
        lambda: announce_dissent(item, [members[1]]),
        lambda: vote(item, "a", "b", dict.fromkeys(members, YES)),
    ]
    for act in refused:
        with pytest.raises(CannotDeliberate):
            act()
    without = step_aside(item, members[2], None, recusal.recorded_by)
    assert quorum(seats_at(item.meeting), attendance, said_on([item])[item.pk]) == Quorum(4, 5)
    come_back(without)
    come_back(recusal)
    assert not Recusal.objects.exists()


def test_motions_need_what_they_ask_for_and_are_withdrawn_or_taken_away(held: Any) -> None:
    item, members, substitutes = held
    for kind, text in [
        (MotionKind.CHANGE, ""),
        (MotionKind.CHANGE, "att bevilja\nutan att"),
        (MotionKind.REFER_BACK, " "),
    ]:
        with pytest.raises(CannotDeliberate):
            move(item, kind, members[0], text=text)
    with pytest.raises(CannotDeliberate):
        move(item, MotionKind.REJECT, substitutes[0])
    first = move(item, MotionKind.REJECT, members[3], [members[3], members[4]])
    second = move(item, MotionKind.TABLE, members[2])
    assert list(first.supported_by.all()) == [members[4]]
    withdraw(first)
    assert [motion.pk for motion in said_on([item])[item.pk].standing_motions] == [second.pk]
    take_away_motion(first)
    take_away_motion(second)
    assert said_on([item]).get(item.pk, Said()).motions == []


def test_a_vote_needs_everyone_who_serves_and_a_chair_who_decides_a_tie(held: Any) -> None:
    item, members, _substitutes = held
    four = dict(zip(members, [YES, YES, NO, NO], strict=False))
    refused: list[dict[Seat, str]] = [
        four,
        dict(zip(members, [ABSTAIN, YES, YES, NO, NO], strict=True)),
        dict.fromkeys(members, ABSTAIN),
    ]
    for ballots in refused:
        with pytest.raises(CannotDeliberate):
            vote(item, "ordförandens förslag", "yrkandet om avslag", ballots)
    with pytest.raises(CannotDeliberate):
        vote(item, "avslag", "avslag", dict.fromkeys(members, YES))
    noted = vote(item, "ordförandens förslag", "yrkandet om avslag", four | {members[4]: ABSTAIN})
    with pytest.raises(CannotDeliberate):
        step_aside(item, members[4], None, staff(Role.SECRETARY))
    take_away_vote(noted)
    assert said_on([item]).get(item.pk, Said()).votes == []


def test_nothing_is_corrected_once_it_is_recorded(held: Any) -> None:
    item, members, _substitutes = held
    motion = move(item, MotionKind.TABLE, members[1])
    dissent = announce_dissent(item, [members[1]])
    record_decision(item, Outcome.GRANTED, staff(Role.SECRETARY))
    refused: list[Callable[[], Any]] = [
        lambda: step_aside(item, members[4], None, staff(Role.SECRETARY)),
        lambda: move(item, MotionKind.REJECT, members[1]),
        lambda: withdraw(motion),
        lambda: take_away_motion(motion),
        lambda: take_away_dissent(dissent),
        lambda: vote(item, "a", "b", dict.fromkeys(members, YES)),
    ]
    for act in refused:
        with pytest.raises(CannotDeliberate):
            act()


def test_dissent_is_announced_before_the_meeting_ends_also_on_a_recorded_paragraph(held: Any) -> None:
    item, members, _substitutes = held
    decision = record_decision(item, Outcome.GRANTED, staff(Role.SECRETARY))
    announce_dissent(item, [members[3], members[4]], "Vi vill att fler får del av bidraget.")
    decision.refresh_from_db()
    assert decision.extract is not None
    assert "Mot beslutet reserverar sig Ledamot 4 (A) och Ledamot 5 (B)" in decision.extract.html
    assert "Vi vill att fler får del av bidraget." in decision.extract.html
    registered = Record.objects.filter(case=item.matter.case, kind=Record.Kind.MINUTES_EXTRACT)
    assert registered.count() == 2
    close_meeting(item.meeting)
    with pytest.raises(CannotDeliberate):
        announce_dissent(item, [members[2]])
    with pytest.raises(CannotSit):
        close_meeting(MeetingFactory.create())


# --- Votes and what is recorded --------------------------------------------------------------------
def test_what_is_recorded_agrees_with_the_last_vote(held: Any) -> None:
    item, members, _substitutes = held
    secretary = staff(Role.SECRETARY)
    change = move(item, MotionKind.CHANGE, members[2], text="att bevilja Fyren 1 krona")
    move(item, MotionKind.REJECT, members[3])
    noted = vote(item, "förvaltningens förslag", "yrkandet om avslag", dict.fromkeys(members, YES))
    for decided in (
        Decided(Outcome.REJECTED),
        Decided(Outcome.GRANTED, motion=change),
        Decided(Outcome.TABLED),
    ):
        with pytest.raises(CannotRecord):
            record(item, decided, secretary)
    take_away_vote(noted)
    vote(item, "yrkandet från Ledamot 3 (C)", "yrkandet om avslag", dict.fromkeys(members, YES))
    with pytest.raises(CannotRecord):
        record(item, Decided(Outcome.GRANTED), secretary)
    decision = record(item, Decided(Outcome.GRANTED, motion=change), secretary)
    assert [point.text for point in decision.matter.points("decided")] == ["att bevilja Fyren 1 krona"]


def test_a_withdrawn_motion_is_not_followed(held: Any) -> None:
    item, members, _substitutes = held
    change = move(item, MotionKind.CHANGE, members[2], text="att bevilja Fyren 1 krona")
    withdraw(change)
    with pytest.raises(CannotRecord):
        record(item, Decided(Outcome.GRANTED, motion=change), staff(Role.SECRETARY))


# --- Size ------------------------------------------------------------------------------------------
def test_what_was_said_takes_as_many_queries_for_thirty_items_as_for_three(
    held: Any, django_assert_num_queries: Any
) -> None:
    _item, members, _substitutes = held
    items = [on_agenda(held[0].meeting, f"Fyren {number}") for number in range(30)]
    for item in items:
        move(item, MotionKind.REJECT, members[1], [members[2]])
        vote(item, "förvaltningens förslag", "yrkandet om avslag", dict.fromkeys(members, YES))
        announce_dissent(item, [members[1]])
    for some in (items[:3], items):
        with django_assert_num_queries(11):
            assert len(said_on(some)) == len(some)

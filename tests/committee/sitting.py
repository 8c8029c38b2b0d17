"""Meetings with people in them: seats, a roll that is called, and items with something said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone

from portal.committee import sitting
from portal.committee.models import Committee, Meeting, Presidium, Seat, SeatKind
from portal.committee.said import attendance_of
from portal.committee.seats import SeatFacts, give_seat
from portal.committee.sitting import Present, attendance_mark, register_attendance
from portal.people.models import Role
from tests.factories import MeetingFactory, staff

PARTIES = "ABC"


def seat_for(
    committee: Committee, number: int, kind: str = SeatKind.MEMBER, presidium: str = "", **facts: Any
) -> Seat:
    """A seat held since last year by "Ledamot 1 (A)" or "Ersättare 1 (A)"."""
    word = "Ledamot" if kind == SeatKind.MEMBER else "Ersättare"
    written = SeatFacts(kind, facts.pop("party", PARTIES[(number - 1) % 3]), presidium, number)
    return give_seat(
        committee,
        f"{kind}{number}@helsingborg.example",
        f"{word} {number}",
        written,
        timezone.localdate() - timedelta(days=365),
        by=facts.pop("by", None) or staff(Role.SECRETARY),
    )


def seated(members: int = 5, substitutes: int = 2) -> tuple[Meeting, list[Seat], list[Seat]]:
    """A meeting of a committee with chair, vice chairs, members and substitutes."""
    meeting = MeetingFactory.create()
    secretary = staff(Role.SECRETARY)
    posts = [*Presidium.values, *[""] * members]
    return (
        meeting,
        [
            seat_for(meeting.committee, number, presidium=posts[number - 1], by=secretary)
            for number in range(1, members + 1)
        ],
        [
            seat_for(meeting.committee, number, SeatKind.SUBSTITUTE, by=secretary)
            for number in range(1, substitutes + 1)
        ],
    )


def call_roll(meeting: Meeting, serving: list[Seat], listening: Sequence[Seat] = ()) -> None:
    """Those who serve and those who listen are there; the meeting is opened."""
    present = [Present(seat.pk, True) for seat in serving] + [Present(seat.pk, False) for seat in listening]
    register_attendance(meeting, present, seen=attendance_mark(attendance_of(meeting)))
    sitting.open_meeting(meeting)
    meeting.refresh_from_db()

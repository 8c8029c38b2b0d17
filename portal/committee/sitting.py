"""Holding a meeting: opening and closing it, who is there, who serves for whom, and the quorum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.committee.models import (
    Attendance,
    Meeting,
    Minutes,
    MinutesState,
    Seat,
    SeatKind,
)
from portal.committee.refused import Refused
from portal.committee.said import Said, attendance_of, rank
from portal.committee.seen import mark
from portal.committee.voting import has_quorum


class CannotSit(Refused):
    """The meeting cannot be held so; the message tells the secretary why."""


@dataclass(frozen=True)
class Present:
    """That the holder of a seat is there; `serves_for` is the member's seat of a substitute who serves."""

    seat_id: int
    is_serving: bool
    serves_for_id: int | None = None
    is_remote: bool = False
    arrived_at: time | None = None
    left_at: time | None = None


@dataclass(frozen=True)
class Quorum:
    """How many serve of how many members' seats."""

    serving: int
    members: int

    @property
    def is_met(self) -> bool:
        return has_quorum(self.serving, self.members)

    @property
    def needed(self) -> int:
        """The smallest number that is more than half of the members."""
        return self.members // 2 + 1


def open_meeting(meeting: Meeting) -> None:
    """The chair opens the meeting; opening it again changes nothing."""
    Meeting.objects.filter(pk=meeting.pk, opened_at=None).update(opened_at=timezone.now())


def close_meeting(meeting: Meeting) -> None:
    """The chair closes the meeting: from now on no dissent can be announced (kommunallagen 4:27)."""
    with transaction.atomic():
        held = Meeting.objects.select_for_update().get(pk=meeting.pk)
        if held.opened_at is None:
            raise CannotSit(_("The meeting is not opened yet."))
        if held.closed_at is None:
            held.closed_at = timezone.now()
            held.save(update_fields=["closed_at"])


def seats_at(meeting: Meeting) -> list[Seat]:
    """The seats held on the day of the meeting, in the order of the minutes; one query."""
    held = Seat.objects.filter(committee=meeting.committee_id).held_on(meeting.date).select_related("user")
    return sorted(held, key=rank)


def attendance_mark(rows: Sequence[Attendance]) -> str:
    """Changes when anything of the attendance does."""
    return mark(
        *sorted(
            (row.seat_id, row.is_serving, row.serves_for_id, row.is_remote, row.arrived_at, row.left_at)
            for row in rows
        )
    )


def register_attendance(meeting: Meeting, present: Sequence[Present], *, seen: str) -> None:
    """Write who is at the meeting; `seen` is the `attendance_mark` of what the person saw.

    Raises CannotSit when somebody else wrote it meanwhile, when the minutes are on their way to be approved,
    and when who serves for whom does not add up.
    """
    with transaction.atomic():
        _writable(meeting)
        if attendance_mark(attendance_of(meeting)) != seen:
            raise CannotSit(
                _("Somebody else has written the attendance. Compare with what it says now, and save.")
            )
        _check({seat.pk: seat for seat in seats_at(meeting)}, present)
        Attendance.objects.filter(meeting=meeting).delete()
        Attendance.objects.bulk_create(Attendance(meeting=meeting, **vars(row)) for row in present)


def let_serve(meeting: Meeting, substitute: Seat, member: Seat) -> None:
    """Let a substitute who is there serve for a member who is not serving."""
    with transaction.atomic():
        _writable(meeting)
        rows = {row.seat_id: row for row in attendance_of(meeting)}
        found = rows.get(substitute.pk)
        if found is None or found.is_serving:
            raise CannotSit(_("The substitute is not there, or serves already."))
        if member.pk in rows and rows[member.pk].is_serving:
            raise CannotSit(_("The member serves again. Look at the attendance."))
        if any(row.serves_for_id == member.pk for row in rows.values()):
            raise CannotSit(_("Another substitute serves for that member already."))
        found.is_serving, found.serves_for = True, member
        found.save(update_fields=["is_serving", "serves_for"])


def next_substitutes(seats: Sequence[Seat], attendance: Sequence[Attendance]) -> list[tuple[Seat, Seat]]:
    """Which waiting substitute is next in turn for each member who does not serve: (substitute, member)."""
    serving = {row.seat_id for row in attendance if row.is_serving}
    stood_for = {row.serves_for_id for row in attendance}
    vacant = [
        seat
        for seat in seats
        if seat.kind == SeatKind.MEMBER and seat.pk not in serving and seat.pk not in stood_for
    ]
    waiting = [row.seat for row in attendance if row.seat.kind == SeatKind.SUBSTITUTE and not row.is_serving]
    return list(zip(waiting, vacant, strict=False))


def quorum(seats: Sequence[Seat], attendance: Sequence[Attendance], said: Said | None = None) -> Quorum:
    """Whether enough serve, at the meeting or, with `said`, on one item after those who stepped aside."""
    members = sum(seat.kind == SeatKind.MEMBER for seat in seats)
    return Quorum(len((said or Said()).serving(attendance)), members)


def free_substitutes(attendance: Sequence[Attendance], said: Said) -> list[Seat]:
    """Substitutes who are there and neither serve nor stepped aside on an item, in their turn."""
    taken = {seat.pk for seat in said.serving(attendance)} | {recusal.seat_id for recusal in said.recusals}
    return [
        row.seat for row in attendance if row.seat.kind == SeatKind.SUBSTITUTE and row.seat_id not in taken
    ]


def _writable(meeting: Meeting) -> None:
    Meeting.objects.select_for_update().get(pk=meeting.pk)
    if Minutes.objects.filter(meeting=meeting).exclude(state=MinutesState.DRAFT).exists():
        raise CannotSit(_("The minutes are on their way to be approved, so the attendance stands."))


def _check(seats: dict[int, Seat], present: Sequence[Present]) -> None:
    serving = {row.seat_id for row in present if row.is_serving}
    stood_for: set[int] = set()
    for row in present:
        seat = seats.get(row.seat_id)
        if seat is None:
            raise CannotSit(_("Somebody on the list has no seat on that day."))
        if seat.kind == SeatKind.MEMBER and row.serves_for_id:
            raise CannotSit(_("%(person)s is a member and serves for nobody else.") % {"person": seat})
        if seat.kind == SeatKind.SUBSTITUTE and row.is_serving:
            member = seats.get(row.serves_for_id or 0)
            if member is None or member.kind != SeatKind.MEMBER:
                raise CannotSit(_("Choose for whom %(person)s serves.") % {"person": seat})
            if member.pk in serving or member.pk in stood_for:
                raise CannotSit(_("%(member)s already serves, or has a substitute.") % {"member": member})
            stood_for.add(member.pk)
        if row.arrived_at and row.left_at and row.left_at < row.arrived_at:
            raise CannotSit(_("%(person)s left before they came. Correct the times.") % {"person": seat})

"""Who sits in the demo's committee, and how its past meeting was held: roll, dissent, approved minutes."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from portal.committee import approval, notice, sitting, whole_minutes
from portal.committee.deliberating import announce_dissent
from portal.committee.models import AgendaItem, Committee, Meeting, Presidium, Seat, SeatKind
from portal.committee.said import attendance_of
from portal.committee.seats import SeatFacts, give_seat
from portal.committee.sitting import Present, attendance_mark, seats_at
from portal.people.models import User

#: How long the past meeting was.
LASTED = timedelta(hours=1, minutes=40)
#: Account → kind, party, presidium and order.
SEATS = {
    "ordforande": SeatFacts(SeatKind.MEMBER, "A", Presidium.CHAIR),
    "ledamot": SeatFacts(SeatKind.MEMBER, "A", order=1),
    "ledamot2": SeatFacts(SeatKind.MEMBER, "B", order=2),
    "ersattare": SeatFacts(SeatKind.SUBSTITUTE, "B", order=1),
}


def give_seats(committee: Committee, staff: dict[str, User], since: date) -> None:
    """Members, presidium and a substitute, as the secretary writes them."""
    for account, facts in SEATS.items():
        person = staff[account]
        give_seat(committee, person.email, person.display_name, facts, since, by=staff["sekreterare"])


def hold(meeting: Meeting) -> list[Seat]:
    """Open the meeting with all members serving; the seats in the minutes' order."""
    sitting.open_meeting(meeting)
    Meeting.objects.filter(pk=meeting.pk).update(opened_at=meeting.starts_at)
    seats = seats_at(meeting)
    present = [Present(seat.pk, is_serving=seat.kind == SeatKind.MEMBER) for seat in seats]
    sitting.register_attendance(meeting, present, seen=attendance_mark(attendance_of(meeting)))
    return seats


def dissent(item: AgendaItem, person: User, text: str) -> None:
    """One member dissents before the meeting is closed."""
    seat = next(seat for seat in seats_at(item.meeting) if seat.user_id == person.pk)
    announce_dissent(item, [seat], text)


def approve(meeting: Meeting, staff: dict[str, User]) -> None:
    """Close the meeting; secretary, chair and one member approve its minutes, and the notice goes up."""
    sitting.close_meeting(meeting)
    Meeting.objects.filter(pk=meeting.pk).update(closed_at=meeting.starts_at + LASTED)
    meeting.refresh_from_db()
    secretary, approver = staff["sekreterare"], staff["ledamot"]
    minutes = whole_minutes.begin(meeting)
    whole_minutes.write_front(
        minutes,
        approvers=[seat for seat in seats_at(meeting) if seat.user_id == approver.pk],
        approval_place="Digitalt, inom två veckor efter sammanträdet",
        others_present="Nämndsekreterare\nSocialdirektör",
        kept_at="Socialförvaltningen",
        seen=whole_minutes.front_digest(minutes),
    )
    whole_minutes.send_for_approval(minutes, secretary)
    minutes.refresh_from_db()
    for person in (secretary, staff["ordforande"], approver):
        approval.approve(minutes, person, minutes.content_sha256)
    minutes.refresh_from_db()
    assert minutes.approved_at is not None
    notice.put_up(minutes, timezone.localdate(minutes.approved_at), secretary)

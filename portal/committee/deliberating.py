"""What happens on one item in the meeting: who steps aside, motions, votes, dissent.

Everything can be corrected until the decision is recorded. Dissent can be announced until the chair closes
the meeting, also when the paragraph is recorded (kommunallagen 4:27).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.committee.minutes import order_extract
from portal.committee.models import (
    AgendaItem,
    Ballot,
    Decision,
    Dissent,
    Matter,
    Meeting,
    Motion,
    MotionKind,
    Recusal,
    RecusalReason,
    Seat,
    Vote,
)
from portal.committee.phrases import motion_points
from portal.committee.refused import Refused
from portal.committee.said import Said, attendance_of, chairing, said_on
from portal.committee.sitting import free_substitutes
from portal.committee.voting import Undecided, count


class CannotDeliberate(Refused):
    """What happened cannot be noted so; the message tells the secretary why."""


def step_aside(
    item: AgendaItem,
    seat: Seat,
    substitute: Seat | None,
    by: Any,
    reason: str = RecusalReason.CONFLICT,
) -> Recusal:
    """Note that a person takes no part in the item, why, and who served instead."""
    with _undecided(item) as said:
        attendance = attendance_of(item.meeting)
        if seat.pk not in {serving.pk for serving in said.serving(attendance)}:
            raise CannotDeliberate(_("%(person)s does not serve on this item.") % {"person": seat})
        if said.votes:
            raise CannotDeliberate(_("A vote is noted. Take it away first, then note who stepped aside."))
        if substitute and substitute.pk not in {free.pk for free in free_substitutes(attendance, said)}:
            raise CannotDeliberate(
                _("%(person)s cannot serve here: choose a substitute who is there and free.")
                % {"person": substitute}
            )
        return Recusal.objects.create(
            item=item, seat=seat, substitute=substitute, reason=reason, recorded_by=by
        )


def come_back(recusal: Recusal) -> None:
    """Take away that somebody stepped aside: it was noted by mistake."""
    with _undecided(recusal.item) as said:
        if said.votes:
            raise CannotDeliberate(_("A vote is noted. Take it away first."))
        Recusal.objects.filter(pk=recusal.pk).delete()


def move(
    item: AgendaItem, kind: str, moved_by: Seat, supported_by: Sequence[Seat] = (), text: str = ""
) -> Motion:
    """Note a motion. A change has its decision points in `text`, one a line; a referral its task."""
    with _undecided(item) as said:
        serving = {seat.pk for seat in said.serving(attendance_of(item.meeting))}
        for seat in (moved_by, *supported_by):
            if seat.pk not in serving:
                raise CannotDeliberate(_("%(person)s does not serve on this item.") % {"person": seat})
        motion = Motion(
            item=item, position=_next(item.motions), kind=kind, moved_by=moved_by, text=text.strip()
        )
        points = motion_points(motion)
        if kind == MotionKind.CHANGE and not (points and all(point.startswith("att ") for point in points)):
            raise CannotDeliberate(_('Write the decision points, one a line. Each begins with "att".'))
        if kind == MotionKind.REFER_BACK and not motion.text:
            raise CannotDeliberate(_("Write what the administration is to prepare."))
        motion.save()
        motion.supported_by.set([seat for seat in supported_by if seat != moved_by])
    return motion


def withdraw(motion: Motion) -> None:
    """The mover takes the motion back: it does not stand in the minutes (kommunallagen 5:66)."""
    with _undecided(motion.item):
        Motion.objects.filter(pk=motion.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())


def take_away_motion(motion: Motion) -> None:
    """Take away a motion that was noted by mistake."""
    with _undecided(motion.item):
        motion.supported_by.clear()
        Motion.objects.filter(pk=motion.pk).delete()


def vote(item: AgendaItem, yes_means: str, no_means: str, ballots: Mapping[Seat, str]) -> Vote:
    """Note a vote by name: a ballot of everyone who serves and did not step aside.

    Raises CannotDeliberate when a ballot is missing or too many, and when the votes decide nothing.
    """
    with _undecided(item) as said:
        serving = said.serving(attendance_of(item.meeting))
        if yes_means == no_means:
            raise CannotDeliberate(_("Yes and no are votes for the same. Choose two different proposals."))
        if {seat.pk for seat in serving} != {seat.pk for seat in ballots}:
            raise CannotDeliberate(
                _("Those who serve on this item have changed. Look at the list, and note every vote.")
            )
        chair = chairing(serving)
        try:
            count(ballots.values(), ballots[chair] if chair else None)
        except Undecided:
            raise CannotDeliberate(
                _("The votes decide nothing. When they are equal, whoever chairs has to say yes or no.")
            ) from None
        noted = Vote.objects.create(
            item=item, position=_next(item.votes), yes_means=yes_means, no_means=no_means
        )
        Ballot.objects.bulk_create(
            Ballot(vote=noted, seat=seat, choice=choice) for seat, choice in ballots.items()
        )
    return noted


def take_away_vote(noted: Vote) -> None:
    """Take away a vote that was noted wrong; it is noted anew."""
    with _undecided(noted.item):
        Ballot.objects.filter(vote=noted).delete()
        Vote.objects.filter(pk=noted.pk).delete()


def announce_dissent(item: AgendaItem, seats: Sequence[Seat], text: str = "") -> Dissent:
    """Note a dissent, of those who took part in the decision; the extract is made anew when there is one."""
    with transaction.atomic():
        said = _locked(item)
        if Meeting.objects.filter(pk=item.meeting_id, closed_at__isnull=False).exists():
            raise CannotDeliberate(
                _("The meeting is closed. Dissent has to be announced before (kommunallagen 4:27).")
            )
        serving = {seat.pk for seat in said.serving(attendance_of(item.meeting))}
        if not seats:
            raise CannotDeliberate(_("Choose who dissents."))
        for seat in seats:
            if seat.pk not in serving:
                raise CannotDeliberate(_("%(person)s did not take part in the decision.") % {"person": seat})
        dissent = Dissent.objects.create(item=item, position=_next(item.dissents), text=text.strip())
        dissent.seats.set(seats)
        decision = Decision.objects.filter(agenda_item=item).first()
        if decision is not None:
            order_extract(decision)
    return dissent


def take_away_dissent(dissent: Dissent) -> None:
    """Take away a dissent that was noted by mistake."""
    with _undecided(dissent.item):
        dissent.seats.clear()
        Dissent.objects.filter(pk=dissent.pk).delete()


@contextmanager
def _undecided(item: AgendaItem) -> Iterator[Said]:
    """Hold the item while something of it is noted; refused once its decision is recorded."""
    with transaction.atomic():
        said = _locked(item)
        if Decision.objects.filter(agenda_item=item).exists():
            raise CannotDeliberate(_("A decision is already recorded for this item."))
        yield said


def _locked(item: AgendaItem) -> Said:
    """What has been said on the item, with its matter locked: recording takes the same row."""
    Matter.objects.select_for_update().get(pk=item.matter_id)
    return said_on([item])[item.pk]


def _next(rows: Any) -> int:
    return (rows.aggregate(last=Max("position"))["last"] or 0) + 1

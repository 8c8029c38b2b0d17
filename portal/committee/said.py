"""What was said and done on items of an agenda: motions, votes, dissents, and who stepped aside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.committee.models import (
    AgendaItem,
    Attendance,
    Ballot,
    Dissent,
    Meeting,
    Motion,
    Presidium,
    Recusal,
    Seat,
    Vote,
)
from portal.committee.voting import Result, count


@dataclass
class Said:
    """The rows of one item, each with seats and people loaded."""

    motions: list[Motion] = field(default_factory=list)
    votes: list[Vote] = field(default_factory=list)
    recusals: list[Recusal] = field(default_factory=list)
    dissents: list[Dissent] = field(default_factory=list)

    @property
    def standing_motions(self) -> list[Motion]:
        """Those that were not withdrawn."""
        return [motion for motion in self.motions if motion.withdrawn_at is None]

    def serving(self, attendance: Iterable[Attendance]) -> list[Seat]:
        """Who takes part in deciding the item: those who serve, but for who stepped aside."""
        aside = {recusal.seat_id for recusal in self.recusals}
        serving = [row.seat for row in attendance if row.is_serving and row.seat_id not in aside]
        serving += [recusal.substitute for recusal in self.recusals if recusal.substitute]
        return sorted(serving, key=rank)


def said_on(items: Iterable[AgendaItem]) -> dict[int, Said]:
    """What was said on each of some items, by item id; a constant number of queries for any number."""
    ids = [item.pk for item in items]
    said: dict[int, Said] = defaultdict(Said)
    motions = Motion.objects.filter(item__in=ids).select_related("moved_by__user")
    for motion in motions.prefetch_related("supported_by__user"):
        said[motion.item_id].motions.append(motion)
    for vote in Vote.objects.filter(item__in=ids).prefetch_related("ballots__seat__user"):
        said[vote.item_id].votes.append(vote)
    for recusal in Recusal.objects.filter(item__in=ids).select_related("seat__user", "substitute__user"):
        said[recusal.item_id].recusals.append(recusal)
    for dissent in Dissent.objects.filter(item__in=ids).prefetch_related("seats__user"):
        said[dissent.item_id].dissents.append(dissent)
    return said


def attendance_of(meeting: Meeting) -> list[Attendance]:
    """Who was at a meeting, in the order of the minutes; one query."""
    rows = Attendance.objects.filter(meeting=meeting).select_related("seat__user", "serves_for__user")
    return sorted(rows, key=lambda row: rank(row.seat))


def rank(seat: Seat) -> tuple[Any, ...]:
    """Where a seat stands in the minutes: the presidium, then members, then substitutes in their turn."""
    posts = list(Presidium.values)
    post = posts.index(seat.presidium) if seat.presidium else len(posts)
    return (seat.kind != "ledamot", post, seat.order, seat.pk)


def chairing(serving: Sequence[Seat]) -> Seat | None:
    """Who chairs among those who serve: the chair, else the vice chairs, else who stands first."""
    return min(serving, key=rank, default=None)


def result_of(vote: Vote) -> Result:
    """How a vote ended; reads the loaded ballots. Raises `voting.Undecided`."""
    ballots: list[Ballot] = list(vote.ballots.all())
    chair = chairing([ballot.seat for ballot in ballots])
    choices = {ballot.seat_id: ballot.choice for ballot in ballots}
    return count(choices.values(), choices[chair.pk] if chair else None)

"""What a vote by name and a count of heads come to, as kommunallagen says; apart from database and pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from portal.committee.models.sittings import BallotChoice


class Undecided(Exception):
    """The votes decide nothing: nobody voted, or they are equal and the chair did not say yes or no."""


@dataclass(frozen=True)
class Result:
    """How a vote ended; `passed` means that yes won."""

    yes: int
    no: int
    abstaining: int
    passed: bool

    @property
    def by_casting_vote(self) -> bool:
        """Whether the votes were equal, so that the chair's vote decided."""
        return self.yes == self.no


def count(choices: Iterable[str], chairs_choice: str | None) -> Result:
    """The simple majority of those who vote; whoever chairs decides when the votes are equal.

    Kommunallagen 4:24–27 and 5:53–56: abstaining is allowed and counts for neither side. `chairs_choice` is
    how whoever chairs voted. Raises Undecided.
    """
    ballots = Counter(choices)
    yes, no = ballots[BallotChoice.YES], ballots[BallotChoice.NO]
    if not yes + no:
        raise Undecided
    if yes == no and chairs_choice not in {BallotChoice.YES, BallotChoice.NO}:
        raise Undecided
    passed = yes > no if yes != no else chairs_choice == BallotChoice.YES
    return Result(yes, no, ballots[BallotChoice.ABSTAIN], passed)


def has_quorum(serving: int, members: int) -> bool:
    """Whether enough serve to decide: more than half of the members (kommunallagen 6:27).

    `members` is the number of members' seats; a substitute who serves counts for the member.
    """
    return serving * 2 > members

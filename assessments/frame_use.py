"""What is left of each year's frame: less the reserve, what is bound and what lies before the committee."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum

from grants.models import Commitment, CommitmentSource, Frame, YearAmount
from portal.committee.models import CLOSED_STATES, LineAmount, Stage


@dataclass(frozen=True)
class FrameUse:
    """Whole kronor of one year. `frame` is None for a year whose frame nobody has decided yet."""

    year: int
    frame: int | None
    reserve: int = 0
    #: What decisions on grants bind, and what agreements on partnerships (IOP) bind.
    grants: int = 0
    iop: int = 0
    handed_over: int = 0
    child_goal_percent: int | None = None

    @property
    def committed(self) -> int:
        return self.grants + self.iop

    @property
    def left(self) -> int | None:
        """What can still be proposed; negative when more is bound than there is."""
        if self.frame is None:
            return None
        return self.frame - self.reserve - self.committed - self.handed_over


def frame_uses(authority_id: int, years: Iterable[int], user: Any = None) -> dict[int, FrameUse]:
    """Each year's frame and what has been taken of it, in four queries.

    For a `user`, what lies before the committee leaves out cases hidden by a conflict of interest; acts that
    stop what passes the frame count everything. Decisions are public, and the frame is one for all.
    """
    frames = {frame.year: frame for frame in Frame.objects.filter(authority_id=authority_id)}
    bound = {
        (year, source): kronor
        for year, source, kronor in Commitment.objects.filter(case__authority_id=authority_id)
        .values_list("year", "source")
        .annotate(Sum("amount"))
    }
    proposed = YearAmount.objects.all() if user is None else YearAmount.objects.visible_to(user)
    handed_over = Counter(proposed.before_committee(authority_id).by_year())
    handed_over.update(_of_other_rooms(authority_id, user))
    uses = {}
    for year in years:
        frame = frames.get(year)
        uses[year] = FrameUse(
            year=year,
            frame=frame.amount if frame else None,
            reserve=frame.reserve if frame else 0,
            grants=bound.get((year, CommitmentSource.GRANT), 0),
            iop=bound.get((year, CommitmentSource.IOP), 0),
            handed_over=handed_over.get(year, 0),
            child_goal_percent=frame.child_goal_percent if frame else None,
        )
    return uses


def _of_other_rooms(authority_id: int, user: Any) -> dict[int, int]:
    """What lies before the committee and is no application: partnerships (IOP), whole kronor by year."""
    rows = LineAmount.objects.all() if user is None else LineAmount.objects.visible_to(user)
    waiting = rows.filter(
        stage=Stage.OFFICERS,
        line__case__authority_id=authority_id,
        line__case__application=None,
    ).exclude(line__matter__state__in=CLOSED_STATES)
    return dict(waiting.order_by().values_list("year").annotate(Sum("amount")))


def hold_frames(authority_id: int) -> None:
    """Lock the authority's frames until the transaction ends: `FrameQuerySet.hold`."""
    Frame.objects.hold(authority_id)

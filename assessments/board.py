"""A round in one table: what was sought and proposed, against what is left of the frame year by year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from assessments import readings
from grants.models import Application, Call, Commitment, Frame, Terms, TermsStage, YearAmount
from grants.states import UNTRIED_STATES, State
from portal.documents.templatetags.swedish_text import kronor


@dataclass(frozen=True)
class Line:
    """One application of the round; amounts are whole kronor by year."""

    application: Application
    sought: dict[int, int]
    proposed: dict[int, int]
    is_blind: bool = False

    @property
    def is_waiting(self) -> bool:
        """Sent, but not assessed: it stays behind when the round is handed over."""
        return self.application.state in (State.SUBMITTED, State.IN_ASSESSMENT)

    @property
    def is_assessed(self) -> bool:
        """Ready to be handed over."""
        return self.application.state == State.ASSESSED

    @property
    def is_rejection(self) -> bool:
        """Assessed with a proposal of no money."""
        return not self.is_waiting and not self.proposed and not self.is_blind


@dataclass(frozen=True)
class YearSum:
    """Whole kronor of one year. `frame` is None for a year whose frame nobody has decided yet."""

    year: int
    sought: int
    ready: int
    handed_over: int
    committed: int
    frame: int | None

    @property
    def left(self) -> int | None:
        """What is left of the frame when decisions and what already lies before the committee is taken."""
        return None if self.frame is None else self.frame - self.committed - self.handed_over

    @property
    def left_after(self) -> int | None:
        """What is left when the ready proposals are granted too; negative when the frame is passed."""
        return None if self.left is None else self.left - self.ready

    @property
    def used(self) -> int:
        return self.committed + self.handed_over + self.ready

    @property
    def used_percent(self) -> float:
        """Percent of the frame; 0 where no frame is decided."""
        return 100 * self.used / self.frame if self.frame else 0

    @property
    def over(self) -> int:
        """Whole kronor by which the ready proposals pass what is left."""
        return max(0, -(self.left_after or 0))

    @property
    def stop(self) -> str:
        """Why the round cannot be handed over with these sums; empty when it can."""
        if not self.over or not self.ready:
            return ""
        return _(
            "The proposals for %(year)s come to %(ready)s, but %(left)s is left of the frame. "
            "Lower the proposals by %(over)s."
        ) % {
            "year": self.year,
            "ready": kronor(self.ready),
            "left": kronor(self.left),
            "over": kronor(self.over),
        }


@dataclass(frozen=True)
class Board:
    """One call's applications as one officer may see them."""

    call: Call
    lines: list[Line]
    years: list[YearSum]
    child_goal_percent: int | None

    @property
    def ready(self) -> list[Application]:
        """What can be handed to the committee now."""
        return [line.application for line in self.lines if line.is_assessed]

    @property
    def waiting(self) -> list[Application]:
        """What is not ready and stays behind."""
        return [line.application for line in self.lines if line.is_waiting]

    @property
    def assessed(self) -> list[Application]:
        """Everything that has a finished proposal, handed over or not."""
        return [line.application for line in self.lines if not line.is_waiting and not line.is_blind]

    @property
    def proposed(self) -> list[int]:
        """Finished proposals by year, handed over or not, in the order of `years`."""
        return [sum(line.proposed.get(year.year, 0) for line in self.lines) for year in self.years]

    @property
    def sought_first(self) -> int:
        """What all applied for in their first year."""
        return sum(line.sought[min(line.sought)] for line in self.lines if line.sought)

    @property
    def previous(self) -> int:
        """What all were granted the year before, as far as somebody has begun to assess them."""
        assessments = [getattr(line.application, "assessment", None) for line in self.lines]
        return sum(assessment.previous_amount for assessment in assessments if assessment)

    @property
    def stops(self) -> list[str]:
        """Why what is left of the round cannot be handed over; nothing when it can, or nothing is left."""
        if not self.ready and self.waiting:
            return [_("No assessment is ready yet, so there is nothing to hand to the committee.")]
        return [year.stop for year in self.years if year.stop]


def board(call: Call, user: Any) -> Board:
    """The round as `user` may see it: a conflict of interest hides row, count and sum."""
    applications = (
        Application.objects.visible_to(user)
        .filter(call=call)
        .exclude(state__in=UNTRIED_STATES)
        .select_related("association", "case", "assessment")
        .prefetch_related("terms__year_amounts", "assessment__judgements")
        .order_by("association__name", "pk")
    )
    blind = readings.blind_for(user)
    lines = []
    for application in applications:
        application.call = call
        lines.append(_line(application, is_blind=application.pk in blind))
    frames = {frame.year: frame for frame in Frame.objects.filter(authority_id=call.authority_id)}
    first = frames.get(call.first_year)
    years = _years(
        call, lines, frames, YearAmount.objects.visible_to(user).before_committee(call.authority_id).by_year()
    )
    return Board(call, lines, years, first.child_goal_percent if first else None)


def _line(application: Application, *, is_blind: bool) -> Line:
    def amounts(stage: str) -> dict[int, int]:
        terms: Terms | None = application.terms_at(stage)
        return terms.amounts if terms else {}

    line = Line(application, sought=amounts(TermsStage.APPLIED), proposed=amounts(TermsStage.PROPOSED))
    # What an officer is still weighing is no proposal yet, and a second reader must not see one.
    return replace(line, proposed={}, is_blind=is_blind) if line.is_waiting or is_blind else line


def _years(
    call: Call, lines: Iterable[Line], frames: dict[int, Frame], handed_over: dict[int, int]
) -> list[YearSum]:
    sought: dict[int, int] = defaultdict(int)
    ready: dict[int, int] = defaultdict(int)
    for line in lines:
        for year, amount in line.sought.items():
            sought[year] += amount
        if line.is_assessed:
            for year, amount in line.proposed.items():
                ready[year] += amount
    committed = _committed(call)
    return [
        YearSum(
            year=year,
            sought=sought[year],
            ready=ready[year],
            handed_over=handed_over.get(year, 0),
            committed=committed.get(year, 0),
            frame=frames[year].amount if year in frames else None,
        )
        for year in call.years
    ]


def _committed(call: Call) -> dict[int, int]:
    """What decisions bind by year. Decisions are public, and the frame is one for all."""
    bound = Commitment.objects.filter(case__authority_id=call.authority_id)
    return dict(bound.values_list("year").annotate(Sum("amount")))

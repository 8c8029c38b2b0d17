"""A round in one table: what was sought and proposed line by line, beside the sums against the frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, Prefetch, QuerySet
from django.utils.translation import gettext as _

from assessments.board_sums import BoardSums, YearSum, board_sums
from assessments.models import Assessment, Scenario, ScenarioAmount, SecondReading
from grants.models import Application, Call, Outcome, TermsStage
from grants.states import UNTRIED_STATES, State
from portal.documents.templatetags.swedish_text import kronor, percent
from portal.people import rules
from portal.registry.models import ConflictOfInterest


@dataclass(frozen=True)
class Line:
    """One application of the round; amounts are whole kronor by year.

    `is_closed` is for a second reader who has not finished: neither proposal nor levels are shown.
    """

    application: Application
    sought: dict[int, int]
    proposed: dict[int, int]
    outcome: Outcome | None
    is_closed: bool = False

    @property
    def is_waiting(self) -> bool:
        """Sent, but not assessed: it stays behind when the round is handed over."""
        return self.application.state in (State.SUBMITTED, State.IN_ASSESSMENT)

    @property
    def is_assessed(self) -> bool:
        """Ready to be handed over."""
        return self.application.state == State.ASSESSED

    @property
    def assessment(self) -> Assessment | None:
        """None when nobody has begun, and when it is closed to the reader."""
        return getattr(self.application, "assessment", None)

    @property
    def previous(self) -> int | None:
        """Whole kronor granted last year; None as long as nobody has begun to assess."""
        return self.assessment.previous_amount if self.assessment else None

    @property
    def change(self) -> Change | None:
        """The first year's proposal against last year's grant."""
        if self.is_waiting or self.previous is None:
            return None
        return Change(self.previous, self.proposed[min(self.proposed)] if self.proposed else 0)


@dataclass(frozen=True)
class Change:
    """From last year's grant to the first year's proposal, whole kronor."""

    before: int
    after: int

    @property
    def kronor(self) -> int:
        return self.after - self.before

    @property
    def text(self) -> str:
        """ "+20 000 kr", with a real minus sign for less."""
        if not self.kronor:
            return "±0"
        return f"{'+' if self.kronor > 0 else '−'}{kronor(abs(self.kronor))}"

    @property
    def percent(self) -> float | None:
        """Of last year's grant; None where there was none."""
        return 100 * self.kronor / self.before if self.before else None

    @property
    def percent_text(self) -> str:
        """ "−10 %", with the sign as in `text`."""
        if not self.percent:
            return ""
        return f"{'+' if self.percent > 0 else '−'}{percent(abs(self.percent))}"


@dataclass(frozen=True)
class Board:
    """One call's applications as one officer may see them: the proposal, or a scenario's amounts."""

    call: Call
    lines: list[Line]
    sums: BoardSums
    scenario: Scenario | None = None

    @property
    def years(self) -> list[YearSum]:
        return self.sums.years

    @property
    def child_goal_percent(self) -> int | None:
        return self.sums.child_goal_percent

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
        return [line.application for line in self.lines if not line.is_waiting and not line.is_closed]

    @property
    def closed(self) -> int:
        """How many lines are closed to the officer, as a second reader who has not finished."""
        return sum(line.is_closed for line in self.lines)

    @property
    def sought_first(self) -> int:
        """What all applied for in their first year."""
        return sum(line.sought[min(line.sought)] for line in self.lines if line.sought)

    @property
    def previous(self) -> int:
        """What all were granted the year before, as far as somebody has begun to assess them."""
        return sum(line.previous or 0 for line in self.lines)

    @property
    def stops(self) -> list[str]:
        """Why what is left of the round cannot be handed over; nothing when it can, or nothing is left."""
        if not self.ready and self.waiting:
            return [_("No assessment is ready yet, so there is nothing to hand to the committee.")]
        over_cap = (
            text
            for line in self.lines
            if line.is_assessed
            for text in above_cap(self.call, line.application, line.proposed).values()
        )
        return [*(year.stop for year in self.years if year.stop), *over_cap]


def above_cap(call: Call, application: Application, amounts: Mapping[int, int]) -> dict[int, str]:
    """The years for which more is proposed than the call's cap a year, each with an explanation."""
    cap = call.max_amount
    if cap is None:
        return {}
    return {
        year: _(
            "%(association)s: at most %(cap)s a year in this call, and %(amount)s is proposed for %(year)s."
        )
        % {
            "association": application.association,
            "cap": kronor(cap),
            "amount": kronor(amount),
            "year": year,
        }
        for year, amount in amounts.items()
        if amount > cap
    }


def board(call: Call, user: Any, scenario: Scenario | None = None) -> Board:
    """The round as `user` may see it: a conflict of interest hides row, count and sum.

    With a scenario its amounts stand where the proposal's would, and only what it shares is there.
    """
    rows = applications_of(call, user)
    closed = set(
        SecondReading.objects.read_by(user).blind().filter(application__in=rows).values_list(
            "application_id", flat=True
        )
    )  # fmt: skip
    shared = None
    if scenario is not None:
        shared = amounts_of(scenario, user)
        rows = rows.filter(pk__in=scenario.parameters["applications"])
    lines = []
    for application in rows:
        application.call = call
        amounts = None if shared is None else shared.get(application.pk, {})
        lines.append(_line(application, is_closed=application.pk in closed, amounts=amounts))
    return Board(call, lines, board_sums(call, user, scenario), scenario)


def applications_of(call: Call, user: Any) -> QuerySet[Application]:
    """What takes part in the round and `user` may see, with all that a line shows."""
    return (
        Application.objects.visible_to(user)
        .filter(call=call)
        .exclude(state__in=UNTRIED_STATES)
        .select_related("association", "case")
        .prefetch_related(
            Prefetch("assessment", Assessment.objects.visible_to(user)),
            "assessment__judgements",
            "terms__year_amounts",
        )
        .order_by("association__name", "pk")
    )


def amounts_of(scenario: Scenario, user: Any) -> dict[int, dict[int, int]]:
    """Application id → year → whole kronor, of what `user` may see."""
    amounts: dict[int, dict[int, int]] = {}
    for pk, year, amount in (
        ScenarioAmount.objects.visible_to(user)
        .filter(scenario=scenario)
        .values_list("application_id", "year", "amount")
    ):
        amounts.setdefault(pk, {})[year] = amount
    return amounts


def line_of(application: Application, amounts: Mapping[int, int] | None = None) -> Line:
    """One line anew, after its amounts were changed; `amounts` are a scenario's."""
    return _line(application, is_closed=False, amounts=amounts)


def _line(application: Application, *, is_closed: bool, amounts: Mapping[int, int] | None) -> Line:
    applied, proposed = application.applied, application.terms_at(TermsStage.PROPOSED)
    line = Line(
        application, sought=applied.amounts if applied else {}, proposed={}, outcome=None, is_closed=is_closed
    )
    if amounts is not None:
        return Line(application, line.sought, dict(amounts), None, is_closed)
    # What an officer is still weighing is no proposal yet.
    if line.is_waiting or is_closed or proposed is None:
        return line
    return Line(application, line.sought, proposed.amounts, proposed.outcome(applied))


def hindrance(call: Call, user: Any) -> str:
    """Why this person may read the round but not share its money; empty for one who may.

    Who shares a round weighs all its applications against each other, also one in which the officer has a
    conflict of interest (kommunallagen 6:28 and 7:4); so a colleague does it.
    """
    if not rules.case_officer(user):
        return _("You follow the round; the case officers distribute it.")
    of_round = Application.objects.sent().filter(call=call).exclude(state__in=UNTRIED_STATES)
    conflicts = ConflictOfInterest.objects.declared_by(user).filter(case__in=of_round.values("case"))
    unread = SecondReading.objects.read_by(user).open()
    found = (
        Call.objects.filter(pk=call.pk)
        .values(
            has_conflict=Exists(conflicts),
            is_member=Exists(of_round.filter(association__memberships__user_id=user.pk)),
            is_reading=Exists(unread.filter(application__in=of_round.filter(state=State.ASSESSED))),
        )
        .get()
    )
    if found["has_conflict"]:
        return _(
            "You have declared a conflict of interest in a case of this round. You may read the rest of it, "
            "but a colleague has to distribute the round."
        )
    if found["is_member"]:
        return _(
            "You act for an association that applies in this round, so a colleague has to distribute it."
        )
    if found["is_reading"]:
        return _(
            "Finish your second readings in this round first. Until then their proposals and levels are "
            "closed to you, and so is the distribution."
        )
    return ""

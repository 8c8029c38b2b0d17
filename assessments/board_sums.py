"""The sums of a board, counted in the database: for each year, for children, by target group and by level.

An edited amount is answered with these and without loading the round. `figures` counts the same from rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from assessments.figures import Figures
from assessments.frame_use import FrameUse, frame_uses
from assessments.models import Assessment, Criterion, Level, Scenario, ScenarioAmount
from grants.calls.standard_form import options_of
from grants.models import Answer, Application, Call, TermsStage, YearAmount
from grants.states import UNTRIED_STATES, State
from portal.documents.templatetags.swedish_text import kronor

PRIMARY_GROUP_KEY = "primary_group"
#: Assessed and further on: what the committee has before it or has decided keeps its proposal.
_FINISHED = (State.ASSESSED, State.BEFORE_COMMITTEE, State.DECIDED)


@dataclass(frozen=True)
class YearSum:
    """Whole kronor of one year on a board. `ready` is what can still be changed, `proposed` all on it."""

    use: FrameUse
    sought: int
    ready: int
    proposed: int

    @property
    def year(self) -> int:
        return self.use.year

    @property
    def frame(self) -> int | None:
        return self.use.frame

    @property
    def committed(self) -> int:
        return self.use.committed

    @property
    def handed_over(self) -> int:
        return self.use.handed_over

    @property
    def left(self) -> int | None:
        """What is left of the frame before what is ready is taken."""
        return self.use.left

    @property
    def left_after(self) -> int | None:
        """What is left when the ready proposals are granted too; negative when the frame is passed."""
        return None if self.left is None else self.left - self.ready

    @property
    def used(self) -> int:
        return self.use.reserve + self.committed + self.handed_over + self.ready

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
            "left": kronor(max(0, self.left or 0)),
            "over": kronor(min(self.over, self.ready)),
        }


@dataclass(frozen=True)
class Slice:
    """Part of the money: whole kronor for the first year, percent of all of it, and how many share it."""

    label: str
    kronor: int
    percent: float
    count: int


@dataclass(frozen=True)
class CriterionMoney:
    """How the money lies over the levels of one criterion."""

    title: str
    levels: list[Slice]


@dataclass(frozen=True)
class BoardSums:
    """All sums of one board as one officer may see them."""

    years: list[YearSum]
    figures: Figures
    groups: list[Slice]
    criteria: list[CriterionMoney]

    @property
    def child_goal_percent(self) -> int | None:
        """The goal of the round's first year."""
        return self.years[0].use.child_goal_percent if self.years else None


@dataclass(frozen=True)
class _Money:
    """Rows of money by application and year: the proposal's or a scenario's, and how they lead there."""

    rows: QuerySet[Any]
    application: str

    @property
    def first_years(self) -> QuerySet[Any]:
        """Each application's first year with money."""
        earlier = self.rows.model.objects.filter(year__lt=OuterRef("year"))
        own = {"terms": OuterRef("terms")}
        if self.rows.model is ScenarioAmount:
            own = {"scenario": OuterRef("scenario"), "application": OuterRef("application")}
        return self.rows.filter(~Exists(earlier.filter(**own)))


def board_sums(call: Call, user: Any, scenario: Scenario | None = None) -> BoardSums:
    """The sums of the proposal, or of a scenario; a constant number of queries."""
    seen = Application.objects.visible_to(user).filter(call=call).exclude(state__in=UNTRIED_STATES)
    money = _money(seen, user, scenario)
    first = money.first_years.order_by()
    return BoardSums(
        years=_years(call, user, seen, money),
        figures=_figures(seen, first, money.application),
        groups=_groups(first, money.application),
        criteria=_criteria(first, money.application),
    )


def _money(seen: QuerySet[Application], user: Any, scenario: Scenario | None) -> _Money:
    """What is on the board and not closed to a second reader; for the proposal only what is finished."""
    shown = seen.filter(pk__in=Assessment.objects.visible_to(user).values("application"))
    if scenario is not None:
        return _Money(ScenarioAmount.objects.filter(scenario=scenario, application__in=shown), "application")
    finished = shown.filter(state__in=_FINISHED)
    rows = YearAmount.objects.filter(terms__stage=TermsStage.PROPOSED, terms__application__in=finished)
    return _Money(rows, "terms__application")


def _years(call: Call, user: Any, seen: QuerySet[Application], money: _Money) -> list[YearSum]:
    sought = (
        YearAmount.objects.filter(terms__stage=TermsStage.APPLIED, terms__application__in=seen)
    ).by_year()
    ready = Q(**{f"{money.application}__state": State.ASSESSED})
    proposed = {
        year: (every, part or 0)
        for year, every, part in money.rows.order_by()
        .values_list("year")
        .annotate(every=Sum("amount"), part=Sum("amount", filter=ready))
    }
    uses = frame_uses(call.authority_id, call.years, user)
    return [
        YearSum(uses[year], sought.get(year, 0), ready=part, proposed=every)
        for year in call.years
        for every, part in [proposed.get(year, (0, 0))]
    ]


def _figures(seen: QuerySet[Application], first: QuerySet[Any], path: str) -> Figures:
    """The same as `figures.figures`: how many are assessed, what they sought, what they get."""
    applied = YearAmount.objects.filter(
        terms__stage=TermsStage.APPLIED, terms__application__in=seen.filter(state__in=_FINISHED)
    )
    asked = _Money(applied, "terms__application").first_years.order_by()
    sought = asked.aggregate(count=Count("pk"), kronor=Sum("amount"))
    share = f"{path}__child_share"
    granted = {
        percent or 0: (count, kronor)
        for percent, count, kronor in first.values_list(share).annotate(Count("pk"), Sum("amount"))
    }
    return Figures(
        count=sought["count"],
        granted_count=sum(count for count, _kronor in granted.values()),
        sought=sought["kronor"] or 0,
        granted=sum(kronor for _count, kronor in granted.values()),
        child_kronor_weighted=round(
            sum(kronor * percent for percent, (_count, kronor) in granted.items()) / 100
        ),
        child_kronor_whole=granted.get(100, (0, 0))[1],
    )


def _groups(first: QuerySet[Any], path: str) -> list[Slice]:
    """By the group that the association called its most important; the largest first."""
    answer = Answer.objects.filter(application=OuterRef(path), key=PRIMARY_GROUP_KEY).values("value")[:1]
    found = [
        (code or "", kronor, count)
        for code, kronor, count in first.annotate(group=Subquery(answer))
        .values_list("group")
        .annotate(Sum("amount"), Count("pk"))
    ]
    language = "en" if get_language() == "en" else "sv"
    words = {option["code"]: option[language] for option in options_of(PRIMARY_GROUP_KEY)}
    return list(
        _slices([(words.get(code, code) or _("Not said"), kronor, count) for code, kronor, count in found])
    )


def _slices(parts: list[tuple[str, int, int]]) -> Iterator[Slice]:
    whole = sum(kronor for _label, kronor, _count in parts)
    for label, kronor_, count in sorted(parts, key=lambda part: (-part[1], part[0])):
        yield Slice(label, kronor_, 100 * kronor_ / whole if whole else 0, count)


def _criteria(first: QuerySet[Any], path: str) -> list[CriterionMoney]:
    """By criterion, from the highest level to the lowest; criteria that nobody gave a level are left out."""
    judgement = f"{path}__assessment__judgements"
    by_criterion: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    rows = (
        first.filter(**{f"{judgement}__isnull": False})
        .values_list(f"{judgement}__criterion", f"{judgement}__level")
        .annotate(Sum("amount"), Count("pk"))
    )
    for criterion, level, kronor_, count in rows:
        by_criterion[criterion][level] = (kronor_, count)
    return [
        CriterionMoney(str(criterion.label), _levels(by_criterion[criterion]))
        for criterion in Criterion
        if set(by_criterion[criterion]) - {""}
    ]


def _levels(found: dict[str, tuple[int, int]]) -> list[Slice]:
    whole = sum(kronor_ for kronor_, _count in found.values())
    labels = [*reversed([(level.value, str(level.label)) for level in Level]), ("", _("No level"))]
    return [
        Slice(label, kronor_, 100 * kronor_ / whole if whole else 0, count)
        for code, label in labels
        for kronor_, count in [found.get(code, (0, 0))]
        if code or count
    ]

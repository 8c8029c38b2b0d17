"""Scenarios: named ways to share a round's frame, compared with each other and with the proposal.

A scenario decides nothing. It is a copy until an officer chooses it, with a reason, as the proposal; and the
proposal is still the officers' own to change, and the committee's to decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from assessments.allocation import (
    LEVEL_PERCENT,
    Method,
    Wish,
    bounds,
    by_levels,
    equal_percentage,
    same_as_last_year,
    share_years,
)
from assessments.amounts import Refused, gaps, in_words, shared_by_year
from assessments.assessing import above_sought
from assessments.board import Change, amounts_of, applications_of, hindrance
from assessments.figures import Figures, Part, summed
from assessments.frame_use import frame_uses, hold_frames
from assessments.models import Assessment, Scenario, ScenarioAmount, ScenarioChoice
from grants.models import Application, Call, Terms, TermsStage, YearAmount
from grants.states import State
from portal.documents.templatetags.swedish_text import kronor
from portal.registry.models import Event

#: At most so many associations are named in a refusal.
MOST_NAMED = 5
#: Application id → year → whole kronor.
Shares = dict[int, dict[int, int]]


def create(
    call: Call,
    name: str,
    method: str,
    by: Any,
    *,
    parameters: Mapping[str, int] | None = None,
    source: Scenario | None = None,
) -> Scenario:
    """Share the frame among the assessed applications for which money is proposed.

    What the officers propose to reject or refer gets nothing from a formula. By hand begins as a copy: of
    `source`, or of the proposal. Raises Refused when the officer may not, the name is taken, or the first
    year has no frame.
    """
    with transaction.atomic():
        if text := hindrance(call, by):
            raise Refused(text)
        hold_frames(call.authority_id)
        own: dict[str, Any] = dict(parameters or {})
        if method == Scenario.Method.BY_HAND and source is not None:
            own["applications"] = source.parameters["applications"]
            shares = amounts_of(source, by)
        else:
            assessed = _assessed(call)
            own["applications"] = [application.pk for application in assessed]
            shares = _shares(call, method, own, assessed)
        scenario = Scenario(call=call, name=name, method=method, parameters=own, created_by=by)
        _save_under_own_name(scenario)
        ScenarioAmount.objects.bulk_create(
            ScenarioAmount(scenario=scenario, application_id=key, year=year, amount=amount)
            for key, amounts in shares.items()
            for year, amount in amounts.items()
        )
    return scenario


def rename(scenario: Scenario, name: str, by: Any) -> None:
    """Give a scenario another name. Raises Refused when it is taken or the officer may not."""
    with transaction.atomic():
        if text := hindrance(scenario.call, by):
            raise Refused(text)
        scenario.name = name
        _save_under_own_name(scenario)


def _save_under_own_name(scenario: Scenario) -> None:
    try:
        with transaction.atomic():
            scenario.save()
    except IntegrityError:
        raise Refused(
            _("There is a scenario with the name “%(name)s” already. Choose another name.")
            % {"name": scenario.name}
        ) from None


def _assessed(call: Call) -> list[Application]:
    """What waits as assessed, by registry number, with terms and levels."""
    assessed = list(
        Application.objects.filter(call=call, state=State.ASSESSED)
        .select_related("association", "case", "assessment")
        .prefetch_related("terms__year_amounts", "assessment__judgements")
        .order_by("case__year", "case__number")
    )
    for application in assessed:
        application.call = call
    return assessed


def _shares(call: Call, method: str, parameters: Mapping[str, Any], assessed: list[Application]) -> Shares:
    if method == Scenario.Method.BY_HAND:
        return {application.pk: application.proposed.amounts for application in assessed}
    uses = frame_uses(call.authority_id, call.years)
    frames = {year: None if use.left is None else max(0, use.left) for year, use in uses.items()}
    if frames[call.first_year] is None:
        raise Refused(
            _("The frame for %(year)s is not decided, so there is nothing to share. Set it first.")
            % {"year": call.first_year}
        )
    wishes = [
        Wish(
            key=application.pk,
            order=order,
            sought=application.applied.amounts,
            previous=application.assessment.previous_amount,
            levels=[row.level for row in application.assessment.judgements.all()],
        )
        for order, application in enumerate(assessed, start=1)
        if application.applied and application.proposed.is_grant
    ]
    return share_years(wishes, frames, _method(method, parameters), call.max_amount)


def _method(method: str, parameters: Mapping[str, Any]) -> Method:
    if method == Scenario.Method.BOUNDS:
        return bounds(parameters.get("floor", 0), parameters.get("ceiling"))
    if method == Scenario.Method.LEVELS:
        return by_levels(
            {level: parameters.get(f"percent_{level}", usual) for level, usual in LEVEL_PERCENT.items()}
        )
    return {
        Scenario.Method.EQUAL.value: equal_percentage,
        Scenario.Method.LAST_YEAR.value: same_as_last_year,
    }[method]


# --- Comparing ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ComparedRow:
    """One application: a change for each year, from the left side to the right."""

    application: Application
    changes: list[Change]

    @property
    def differs(self) -> bool:
        return any(change.kronor for change in self.changes)


@dataclass(frozen=True)
class Compared:
    """Two sides line by line; None stands for the proposal."""

    left: Scenario | None
    right: Scenario | None
    years: list[int]
    rows: list[ComparedRow]
    totals: list[Change]
    left_figures: Figures
    right_figures: Figures


def compare(call: Call, left: Scenario | None, right: Scenario | None, user: Any) -> Compared:
    """The differences of two scenarios, or of a scenario and the proposal, as `user` may see them."""
    sides = [_side(side, user) for side in (left, right)]
    applications = [
        application
        for application in applications_of(call, user)
        if hasattr(application, "assessment")
        and (application.state == State.ASSESSED or any(application.pk in (side or {}) for side in sides))
    ]
    before, after = (
        {application.pk: _amounts(application, side) for application in applications} for side in sides
    )
    rows = [
        ComparedRow(
            application,
            [
                Change(before[application.pk].get(year, 0), after[application.pk].get(year, 0))
                for year in call.years
            ],
        )
        for application in applications
    ]
    totals = [
        Change(sum(row.changes[place].before for row in rows), sum(row.changes[place].after for row in rows))
        for place in range(len(call.years))
    ]
    return Compared(
        left, right, call.years, rows, totals, _figures(applications, before), _figures(applications, after)
    )


def _side(scenario: Scenario | None, user: Any) -> Shares | None:
    return None if scenario is None else amounts_of(scenario, user)


def _amounts(application: Application, side: Shares | None) -> dict[int, int]:
    if side is not None:
        return side.get(application.pk, {})
    proposed = application.terms_at(TermsStage.PROPOSED)
    return proposed.amounts if proposed and application.state == State.ASSESSED else {}


def _figures(applications: Iterable[Application], shares: Shares) -> Figures:
    return summed(
        Part(
            application.applied.first_amount if application.applied else 0,
            amounts[min(amounts)] if amounts else 0,
            application.child_share or 0,
        )
        for application in applications
        for amounts in [shares[application.pk]]
    )


# --- Choosing -------------------------------------------------------------------------------------


def choose(scenario: Scenario, reason: str, by: Any) -> int:
    """Make the scenario's amounts the officers' proposal; gives how many proposals it changed.

    Raises Refused when a limit is passed, or the applications are others than those it was made for.
    """
    call = scenario.call
    with transaction.atomic():
        if text := hindrance(call, by):
            raise Refused(text)
        hold_frames(call.authority_id)
        Scenario.objects.select_for_update().get(pk=scenario.pk)
        assessed = _held(call)
        shares = amounts_of(scenario, by)
        if stops := _obstacles(scenario, assessed, shares):
            raise Refused(" ".join(stops))
        changed = [
            application
            for application in assessed
            if shares.get(application.pk, {}) != application.proposed.amounts
        ]
        _write(changed, shares)
        _log(scenario, assessed, shares, by)
        ScenarioChoice.objects.create(scenario=scenario, by=by, reason=reason)
    return len(changed)


def obstacles(scenario: Scenario, by: Any) -> list[str]:
    """Why the scenario cannot be chosen as it stands; empty when it can."""
    return _obstacles(scenario, _assessed(scenario.call), amounts_of(scenario, by))


def _held(call: Call) -> list[Application]:
    """What waits as assessed, locked: assessments first, as everywhere."""
    waiting = Application.objects.filter(call=call, state=State.ASSESSED)
    list(
        Assessment.objects.select_for_update()
        .filter(application__in=waiting.values("pk"))
        .order_by("pk")
        .values("pk")
    )
    list(waiting.select_for_update().order_by("pk").values("pk"))
    return _assessed(call)


def _obstacles(scenario: Scenario, assessed: list[Application], shares: Shares) -> list[str]:
    stops = [*_other_applications(scenario, assessed), *_over_frames(scenario)]
    for application in assessed:
        amounts = shares.get(application.pk, {})
        if amounts and not application.proposed.is_grant and scenario.method != Scenario.Method.BY_HAND:
            stops.append(
                _(
                    "%(association)s is now proposed to get nothing, but the scenario gives it money. Make "
                    "the scenario anew."
                )
                % {"association": application.association}
            )
        if amounts and application.proposed.referral:
            stops.append(
                _("%(association)s is proposed to be referred, but the scenario gives it money.")
                % {"association": application.association}
            )
        limits = {
            **above_sought(application, amounts),
            **gaps(application, amounts),
        }
        stops += [f"{application.association}: {text}" for text in limits.values()]
    return stops


def _other_applications(scenario: Scenario, assessed: list[Application]) -> list[str]:
    """What has come or gone since the scenario was made."""
    made_for = set(scenario.parameters["applications"])
    new = [application for application in assessed if application.pk not in made_for]
    gone = made_for - {application.pk for application in assessed}
    stops = []
    if new:
        stops.append(
            _("Assessed since the scenario was made: %(names)s. Make it anew, so that they take part.")
            % {"names": _names(new)}
        )
    if gone:
        rows = Application.objects.filter(pk__in=gone).select_related("association").order_by("pk")
        stops.append(
            _("No longer waiting as assessed: %(names)s. Make the scenario anew without them.")
            % {"names": _names(list(rows))}
        )
    return stops


def _names(applications: list[Application]) -> str:
    names = [str(application.association) for application in applications[:MOST_NAMED]]
    return ", ".join([*names, "…"] if len(applications) > MOST_NAMED else names)


def _over_frames(scenario: Scenario) -> list[str]:
    shared = shared_by_year(scenario)
    uses = frame_uses(scenario.call.authority_id, sorted(shared))
    return [
        _("For %(year)s the scenario shares %(over)s more than what is left of the frame.")
        % {"year": year, "over": kronor(shared[year] - use.left)}
        for year, use in uses.items()
        if use.left is not None and shared[year] > use.left
    ]


def _write(changed: list[Application], shares: Shares) -> None:
    """Replace the proposals' amounts in few statements; open desks notice by the version."""
    terms: list[Terms] = [application.proposed for application in changed]
    YearAmount.objects.filter(terms__in=terms).delete()
    YearAmount.objects.bulk_create(
        YearAmount(terms=row, year=year, amount=amount)
        for row in terms
        for year, amount in shares.get(row.application_id, {}).items()
    )
    Assessment.objects.filter(application__in=changed).update(version=F("version") + 1)


def _log(scenario: Scenario, assessed: list[Application], shares: Shares, by: Any) -> None:
    """In each case: which scenario, and its amounts before and after; `assessed` as it was read before."""
    Event.objects.bulk_create(
        Event(
            case=application.received_case,
            kind=Event.Kind.SCENARIO_CHOSEN,
            actor=by,
            detail=f"{scenario.name}. {_before_and_after(application, shares)}".strip(),
        )
        for application in assessed
    )


def _before_and_after(application: Application, shares: Shares) -> str:
    before = application.proposed.amounts
    after = shares.get(application.pk, {})
    return in_words(before, {year: after.get(year, 0) for year in sorted({*before, *after})})

"""Goals with indicators, the groups, and what is planned: simple lists that all parties write in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from iop import promising
from iop.models import Agreement, GoalLevel, Indicator, SteeringSeat
from iop.promises_forms import CheckInForm, FollowUpForm, GoalForm, IndicatorForm, SeatForm
from iop.rules import partner
from iop.views.opening import page, partnership
from iop.writing import Refused
from portal.people import kept_form
from portal.people.rules import requires


@requires(partner)
@partnership
def goals(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """The goals on their levels, each with its indicators, and one more to add."""
    form = GoalForm(kept_form.data(request), initial={"level": GoalLevel.VERKSAMHET})
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        if _done(request, form, promising.add_goal, agreement, cleaned["level"], cleaned["goal"]):
            return redirect("iop:goals", agreement.pk)
    rows = agreement.goals.prefetch_related("indicators")
    # A short partnership speaks of what it does first, a long one of what it is for.
    levels = list(GoalLevel) if not agreement.is_short else list(reversed(GoalLevel))
    context = {
        "form": form,
        "levels": [(level.label, [row for row in rows if row.level == level]) for level in levels],
    }
    return page(request, agreement, "goals", context, here=_("Goals"), status=_status(request))


@requires(partner)
@partnership
def goal(request: HttpRequest, agreement: Agreement, goal_id: int) -> HttpResponse:
    """Add an indicator to a goal."""
    chosen = get_object_or_404(agreement.goals.prefetch_related("indicators"), pk=goal_id)
    form = IndicatorForm(kept_form.data(request))
    is_whole = request.method == "POST" and form.is_valid()
    if is_whole and _done(request, form, _add_indicator, chosen, form.written()):
        return redirect("iop:goals", agreement.pk)
    context = {"goal": chosen, "form": form}
    return page(request, agreement, "goal", context, here=chosen.text, status=_status(request))


def _add_indicator(goal: Any, fields: dict[str, Any], by: Any) -> Indicator:
    return promising.add_indicator(goal, by, **fields)


@requires(partner)
@partnership
def remove_goal(request: HttpRequest, agreement: Agreement, goal_id: int) -> HttpResponse:
    """Take away a goal (POST)."""
    row = get_object_or_404(agreement.goals.all(), pk=goal_id)
    return _removed(request, promising.remove_goal, row, "iop:goals", agreement)


@requires(partner)
@partnership
def remove_indicator(request: HttpRequest, agreement: Agreement, indicator_id: int) -> HttpResponse:
    """Take away an indicator (POST)."""
    row = get_object_or_404(Indicator, goal__agreement=agreement, pk=indicator_id)
    return _removed(request, promising.remove_indicator, row, "iop:goals", agreement)


@requires(partner)
@partnership
def groups(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """Who sits where: steering, management and working group. A short one has only the last."""
    parties = agreement.parties.filter(left_on=None)
    form = SeatForm(parties, kept_form.data(request), groups=_groups(agreement))
    if request.method == "POST" and form.is_valid():
        seat = (form.cleaned_data[name] for name in ("group", "party", "role"))
        if _done(request, form, promising.add_seat, agreement, *seat):
            return redirect("iop:groups", agreement.pk)
    context = {
        "form": form,
        "seats": agreement.steering_seats.select_related("party__association", "party__unit"),
    }
    return page(request, agreement, "groups", context, here=_("Groups"), status=_status(request))


def _groups(agreement: Agreement) -> list[str]:
    return [SteeringSeat.Group.WORKING.value] if agreement.is_short else SteeringSeat.Group.values


@requires(partner)
@partnership
def remove_seat(request: HttpRequest, agreement: Agreement, seat_id: int) -> HttpResponse:
    """Take away a seat (POST)."""
    row = get_object_or_404(agreement.steering_seats.all(), pk=seat_id)
    return _removed(request, promising.remove_seat, row, "iop:groups", agreement)


@requires(partner)
@partnership
def plan(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """Planned check-ins, and the days of the joint follow-up and the evaluation."""
    posted = kept_form.data(request)
    is_follow_up = posted is not None and "due_on" in posted
    check_in_form = CheckInForm(None if is_follow_up else posted)
    follow_up_form = FollowUpForm(
        posted if is_follow_up else None,
        is_short=agreement.is_short,
        initial={"due_on": agreement.ends_on},
    )
    form = follow_up_form if is_follow_up else check_in_form
    if request.method == "POST" and form.is_valid():
        act: Callable[..., Any] = promising.plan_follow_up if is_follow_up else promising.plan_check_in
        if _done(request, form, act, agreement, *form.cleaned_data.values()):
            return redirect("iop:plan", agreement.pk)
    context = {
        "check_in_form": check_in_form,
        "follow_up_form": follow_up_form,
        "check_ins": agreement.check_ins.filter(cancelled_at=None),
        "follow_ups": agreement.follow_ups.all(),
    }
    here = _("Check-ins and follow-up")
    return page(request, agreement, "plan", context, here=here, status=_status(request))


@requires(partner)
@partnership
def remove_check_in(request: HttpRequest, agreement: Agreement, check_in_id: int) -> HttpResponse:
    """Take a check-in off the plan (POST)."""
    row = get_object_or_404(agreement.check_ins.filter(held_on=None), pk=check_in_id)
    return _removed(request, promising.take_off_plan, row, "iop:plan", agreement)


@requires(partner)
@partnership
def remove_follow_up(request: HttpRequest, agreement: Agreement, follow_up_id: int) -> HttpResponse:
    """Take a follow-up off the plan (POST)."""
    row = get_object_or_404(agreement.follow_ups.filter(finished_at=None), pk=follow_up_id)
    return _removed(request, promising.take_off_plan, row, "iop:plan", agreement)


def _done(request: HttpRequest, form: Any, act: Callable[..., Any], *args: Any) -> bool:
    """Do what was asked, or say on the form why it cannot be done."""
    try:
        act(*args, request.user)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Saved."))
    return True


def _removed(
    request: HttpRequest, act: Callable[[Any, Any], None], row: Any, back: str, agreement: Agreement
) -> HttpResponse:
    if request.method == "POST":
        try:
            act(row, request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Taken away."))
    return redirect(back, agreement.pk)


def _status(request: HttpRequest) -> int:
    return 422 if request.method == "POST" else 200

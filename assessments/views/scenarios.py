"""Scenarios of a round: make, look at, compare, rename, and choose one as the proposal."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from assessments import scenarios
from assessments.amounts import Refused
from assessments.board import board, hindrance
from assessments.board_form import ChoiceForm, NameForm, ScenarioForm
from assessments.board_log import newest_changes
from assessments.models import Scenario
from assessments.views.board import rows_of
from assessments.views.of_round import round_of, scenario_of
from grants.models import Call
from portal.people import rules
from portal.people.rules import requires


@requires(rules.case_officer)
def new(request: HttpRequest, call_id: int) -> HttpResponse:
    """Make a scenario: a formula on the frame, or a copy to change by hand."""
    call = round_of(request, call_id)
    if text := hindrance(call, request.user):
        messages.error(request, text)
        return redirect("assessments:round", call_id)
    known = Scenario.objects.visible_to(request.user).filter(call=call)
    posted = request.POST if request.method == "POST" else None
    form = ScenarioForm(
        known, data=posted, initial={"method": Scenario.Method.EQUAL, "source": request.GET.get("from")}
    )
    if posted is not None and form.is_valid():
        try:
            scenario = scenarios.create(
                call,
                form.cleaned_data["name"],
                form.cleaned_data["method"],
                request.user,
                parameters=form.parameters(),
                source=form.source,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("The scenario is made. It decides nothing until somebody chooses it.")
            )
            return redirect("assessments:scenario", call_id, scenario.pk)
    status = 422 if form.errors else 200
    return render(request, "assessments/scenario_new.html", {"call": call, "form": form}, status=status)


@requires(rules.case_officer)
def scenario(request: HttpRequest, call_id: int, scenario_id: int) -> HttpResponse:
    """The scenario on a board of its own; one made by hand is changed in place."""
    call = round_of(request, call_id)
    this = board(call, request.user, scenario_of(request, call, scenario_id))
    assert this.scenario is not None
    hindered = hindrance(call, request.user)
    by_hand = this.scenario.method == Scenario.Method.BY_HAND
    context = {
        "call": call,
        "scenario": this.scenario,
        "board": this,
        "sums": this.sums,
        "figures": this.sums.figures,
        "hindered": hindered,
        "by_hand": by_hand,
        "rows": rows_of(this, may_edit=by_hand and not hindered),
        "changes": newest_changes(call, request.user, this.scenario),
    }
    return render(request, "assessments/scenario.html", context)


@requires(rules.case_officer)
def rename(request: HttpRequest, call_id: int, scenario_id: int) -> HttpResponse:
    """Give the scenario another name."""
    call = round_of(request, call_id)
    this = scenario_of(request, call, scenario_id)
    posted = request.POST if request.method == "POST" else None
    form = NameForm(posted, initial={"name": this.name})
    if posted is not None and form.is_valid():
        try:
            scenarios.rename(this, form.cleaned_data["name"], request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("assessments:scenario", call_id, scenario_id)
    context = {"call": call, "scenario": this, "form": form}
    return render(request, "assessments/scenario_name.html", context, status=422 if form.errors else 200)


@requires(rules.case_officer)
def compare(request: HttpRequest, call_id: int) -> HttpResponse:
    """Two sides line by line; what is not a scenario of the round is the proposal."""
    call = round_of(request, call_id)
    known = list(Scenario.objects.visible_to(request.user).filter(call=call))
    by_key = {str(row.pk): row for row in known}
    newest = str(known[-1].pk) if known else ""
    left = by_key.get(request.GET.get("left", ""))
    right = by_key.get(request.GET.get("right", newest))
    context = {
        "call": call,
        "scenarios": known,
        "compared": scenarios.compare(call, left, right, request.user),
        "only_differences": bool(request.GET.get("differences")),
    }
    return render(request, "assessments/scenario_compare.html", context)


@requires(rules.case_officer)
def choose(request: HttpRequest, call_id: int, scenario_id: int) -> HttpResponse:
    """Make the scenario's amounts the proposal, with a reason; first what that changes is shown."""
    call = round_of(request, call_id)
    this = scenario_of(request, call, scenario_id)
    if text := hindrance(call, request.user):
        messages.error(request, text)
        return redirect("assessments:scenario", call_id, scenario_id)
    posted = request.POST if request.method == "POST" else None
    form = ChoiceForm(posted)
    if posted is not None and form.is_valid():
        try:
            changed = scenarios.choose(this, form.cleaned_data["reason"], request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _chosen(this, changed))
            return redirect("assessments:round", call_id)
    return _choice_page(request, call, this, form)


def _chosen(scenario: Scenario, changed: int) -> str:
    return _("“%(name)s” is now the proposal. It changed %(count)s of the proposals.") % {
        "name": scenario.name,
        "count": changed,
    }


def _choice_page(request: HttpRequest, call: Call, this: Scenario, form: ChoiceForm) -> HttpResponse:
    compared = scenarios.compare(call, None, this, request.user)
    context = {
        "call": call,
        "scenario": this,
        "form": form,
        "compared": compared,
        "changed": sum(row.differs for row in compared.rows),
        "without": sum(
            any(change.before for change in row.changes) and not any(change.after for change in row.changes)
            for row in compared.rows
        ),
        "obstacles": scenarios.obstacles(this, request.user),
    }
    return render(request, "assessments/scenario_choose.html", context, status=422 if form.errors else 200)

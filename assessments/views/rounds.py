"""Rounds: all applications of a call side by side, and the act of handing them to the committee."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from assessments.board import board, hindrance
from assessments.board_log import choices, newest_changes
from assessments.matters import CannotPropose, propose_round
from assessments.models import Distribution, Scenario
from assessments.views.board import rows_of
from assessments.views.of_round import round_of
from grants.models import Application, Call
from grants.states import UNTRIED_STATES, NotAllowed, State
from portal.people import rules
from portal.people.rules import requires


@requires(rules.case_reader)
def rounds(request: HttpRequest) -> HttpResponse:
    """All calls with what has come in: rounds that close, and calls that are always open."""
    counts: dict[int, Any] = {
        row["call"]: row
        for row in Application.objects.visible_to(request.user)
        .exclude(state__in=UNTRIED_STATES)
        .order_by()
        .values("call")
        .annotate(
            sent=Count("pk"),
            received=Count("pk", filter=Q(state=State.SUBMITTED)),
            begun=Count("pk", filter=Q(state=State.IN_ASSESSMENT)),
            ready=Count("pk", filter=Q(state=State.ASSESSED)),
            gone=Count("pk", filter=Q(state__in=[State.BEFORE_COMMITTEE, State.DECIDED])),
        )
    }
    calls: list[tuple[Call, dict[str, Any]]] = [
        (call, counts.get(call.pk, {})) for call in Call.objects.visible_to(request.user)
    ]
    context = {
        "rounds": [(call, count) for call, count in calls if call.is_round],
        "always_open": [(call, count) for call, count in calls if not call.is_round],
    }
    return render(request, "assessments/rounds.html", context)


@requires(rules.case_reader)
def round_board(request: HttpRequest, call_id: int) -> HttpResponse:
    """One round in a table, with its sums against the frame; the amounts are changed in place."""
    this = board(round_of(request, call_id), request.user)
    hindered = hindrance(this.call, request.user)
    context = {
        "call": this.call,
        "board": this,
        "sums": this.sums,
        "figures": this.sums.figures if this.assessed else None,
        "hindered": hindered,
        "is_officer": rules.case_officer(request.user),
        "rows": rows_of(this, may_edit=not hindered),
        "scenarios": Scenario.objects.visible_to(request.user)
        .filter(call=this.call)
        .select_related("created_by"),
        "choices": choices(this.call, request.user),
        "changes": newest_changes(this.call, request.user),
        "handed_over": Distribution.objects.visible_to(request.user)
        .filter(call=this.call)
        .select_related("matter__case"),
    }
    return render(request, "assessments/round.html", context)


@requires(rules.case_officer)
def hand_over(request: HttpRequest, call_id: int) -> HttpResponse:
    """Gather what is ready into one matter for the committee (POST)."""
    call = round_of(request, call_id)
    if request.method == "POST":
        this = board(call, request.user)
        if this.stops:
            messages.error(request, " ".join(this.stops))
            return redirect("assessments:round", call_id)
        try:
            matter = propose_round(call, this.ready, request.user)
        except CannotPropose as refusal:
            messages.error(request, str(refusal))
        except NotAllowed:
            messages.error(request, _("A colleague changed the round meanwhile. Look at it and try again."))
        else:
            messages.success(request, _("Handed to the committee: %(title)s") % {"title": matter.title})
    return redirect("assessments:round", call_id)

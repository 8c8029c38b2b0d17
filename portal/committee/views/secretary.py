"""The secretary's desk: matters, one meeting with its agenda and pack, and telling what was decided."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.committee import minutes
from portal.committee.agenda import put_on_agenda
from portal.committee.delegation import reported_to, unreported_for
from portal.committee.forms import AgendaForm
from portal.committee.models import (
    CLOSED_STATES,
    FINAL_OUTCOMES,
    AgendaItem,
    Decision,
    Matter,
    MatterState,
    Meeting,
    MinutesState,
)
from portal.committee.reading import agenda_for
from portal.committee.views.answers import attempt, meeting_name, status_of
from portal.committee.views.found import meeting_or_404
from portal.committee.views.packs import pack_context
from portal.people import kept_form, rules
from portal.people.rules import requires

CLOSED_PER_PAGE = 25


@requires(rules.secretary)
def matters(request: HttpRequest) -> HttpResponse:
    """All matters: free to put on an agenda, on one, or closed."""
    items = AgendaItem.objects.select_related("meeting", "decision").order_by("-meeting__starts_at")
    seen = (
        Matter.objects.visible_to(request.user)
        .select_related("case", "chairs_proposal")
        .prefetch_related(Prefetch("agenda_items", items))
    )
    closed = seen.filter(state__in=CLOSED_STATES)
    context = {
        "free": seen.free(),
        "on_agenda": seen.filter(state=MatterState.ON_AGENDA),
        "closed": Paginator(closed, CLOSED_PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "committee/secretary/matters.html", context)


def _free(request: HttpRequest, meeting: Meeting) -> QuerySet[Matter]:
    """Matters that may be put on this meeting's agenda."""
    free = Matter.objects.visible_to(request.user).free().filter(committee=meeting.committee_id)
    return free.exclude(agenda_items__meeting=meeting)


@requires(rules.secretary)
def desk(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """The secretary's page of one meeting: agenda, pack and decisions."""
    shown = meeting_or_404(request, meeting_id)
    free = _free(request, shown)
    form = AgendaForm(free, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        attempt(
            request,
            lambda: put_on_agenda(form.cleaned_data["matter"], shown, request.user),
            _("The matter stands on the agenda."),
        )
        return redirect("committee:desk", shown.pk)
    entries = agenda_for(shown, request.user)
    decisions = [entry.decision for entry in entries if entry.decision]
    context = {
        "meeting": shown,
        "entries": entries,
        "form": form,
        "has_free": free.exists(),
        "unreleased": sum(
            decision.is_final and not decision.released_at and _is_approved(decision)
            for decision in decisions
        ),
        "reported": reported_to(shown, request.user),
        "reports_waiting": unreported_for(shown, request.user),
        **pack_context(request, shown),
        "breadcrumbs": [
            {"label": _("Meetings"), "url": reverse("committee:meetings")},
            {"label": meeting_name(shown)},
        ],
    }
    return render(request, "committee/secretary/desk.html", context, status=status_of(request))


def _is_approved(decision: Decision) -> bool:
    """Whether the decision's minutes are approved; reads what `agenda_for` has loaded."""
    paragraph = getattr(decision, "paragraph_text", None)
    return paragraph is not None and paragraph.minutes.is_approved


def _decisions(request: HttpRequest) -> QuerySet[Any]:
    return Decision.objects.visible_to(request.user).select_related("agenda_item", "matter__case")


@requires(rules.secretary)
def release(request: HttpRequest, decision_id: int) -> HttpResponse:
    """Tell the associations of one decision."""
    decision = get_object_or_404(_decisions(request), pk=decision_id)
    if request.method == "POST":
        attempt(
            request,
            lambda: minutes.release(decision, request.user),
            _("The associations are told the decision."),
        )
    return redirect("committee:desk", decision.agenda_item.meeting_id)


@requires(rules.secretary)
def release_all(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """Tell the associations of all final decisions of a meeting."""
    shown = meeting_or_404(request, meeting_id)
    if request.method == "POST":
        waiting = _decisions(request).filter(
            agenda_item__meeting=shown,
            outcome__in=FINAL_OUTCOMES,
            released_at=None,
            paragraph_text__minutes__state=MinutesState.APPROVED,
        )
        count = minutes.release_all(waiting, request.user)
        done = ngettext("%(count)s decision is told.", "%(count)s decisions are told.", count)
        messages.success(request, done % {"count": count})
    return redirect("committee:desk", shown.pk)

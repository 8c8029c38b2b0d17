"""The secretary's desk: matters, one meeting with its agenda and pack, and how far its letters have come."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.committee.agenda import put_on_agenda
from portal.committee.delegation import reported_to, unreported_for
from portal.committee.forms import AgendaForm
from portal.committee.letter_reading import letters_at
from portal.committee.models import (
    CLOSED_STATES,
    AgendaItem,
    Matter,
    MatterState,
    Meeting,
    awaiting_heads,
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
        "awaiting_heads": seen.filter(awaiting_heads()).free(),
        "free": seen.free().exclude(awaiting_heads()),
        "on_agenda": seen.filter(state=MatterState.ON_AGENDA),
        "closed": Paginator(closed, CLOSED_PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "committee/secretary/matters.html", context)


def _free(request: HttpRequest, meeting: Meeting) -> QuerySet[Matter]:
    """Matters that may be put on this meeting's agenda."""
    free = (
        Matter.objects.visible_to(request.user)
        .free()
        .exclude(awaiting_heads())
        .filter(committee=meeting.committee_id)
    )
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
    context = {
        "meeting": shown,
        "entries": entries,
        "form": form,
        "has_free": free.exists(),
        "letters": letters_at(shown, request.user),
        "reported": reported_to(shown, request.user),
        "reports_waiting": unreported_for(shown, request.user),
        **pack_context(request, shown),
        "breadcrumbs": [
            {"label": _("Meetings"), "url": reverse("committee:meetings")},
            {"label": meeting_name(shown)},
        ],
    }
    return render(request, "committee/secretary/desk.html", context, status=status_of(request))

"""The chair's pages: what awaits a proposal, and the proposal itself."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.committee import proposals
from portal.committee.forms import AmountsForm
from portal.committee.models import (
    CLOSED_STATES,
    AgendaItem,
    Matter,
    MatterLine,
    ReportReview,
    Stage,
    awaiting_heads,
)
from portal.committee.views.answers import attempt, status_of
from portal.people import kept_form, rules
from portal.people.rules import requires

DONE_PER_PAGE = 25


def _matter(request: HttpRequest, matter_id: int) -> Matter:
    """A matter that the chair may take part in, with what its page shows, or 404."""
    lines = MatterLine.objects.select_related("case").prefetch_related("amounts")
    matters = Matter.objects.wholly_visible_to(request.user).select_related("case", "chairs_proposal")
    return get_object_or_404(
        matters.prefetch_related(
            "decision_points",
            Prefetch("report_reviews", ReportReview.objects.told()),
            Prefetch("lines", lines),
        ),
        pk=matter_id,
    )


@requires(rules.chair)
def matters(request: HttpRequest) -> HttpResponse:
    """Matters that await the chair's proposal, and those that have one."""
    items = AgendaItem.objects.select_related("meeting").order_by("-meeting__starts_at")
    seen = (
        Matter.objects.wholly_visible_to(request.user)
        .select_related("case", "chairs_proposal")
        .prefetch_related(Prefetch("agenda_items", items))
    )
    done = seen.filter(chairs_proposal__isnull=False).order_by("-chairs_proposal__made_at", "-pk")
    context = {
        "awaiting": seen.awaiting_chair().exclude(awaiting_heads()),
        "done": Paginator(done, DONE_PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "committee/chair/matters.html", context)


@requires(rules.chair)
def matter(request: HttpRequest, matter_id: int) -> HttpResponse:
    """One matter with the officers' proposal, and the form for other amounts."""
    shown = _matter(request, matter_id)
    form = AmountsForm(shown, kept_form.data(request))
    if (
        request.method == "POST"
        and form.is_valid()
        and attempt(
            request,
            lambda: proposals.change(
                shown,
                request.user,
                form.amounts,
                form.cleaned_data["comment"],
                form.cleaned_data["own_points"],
            ),
            _("Your proposal is saved."),
        )
    ):
        return redirect("committee:chair-matter", shown.pk)
    context = {
        "matter": shown,
        "form": form,
        "is_closed": shown.state in CLOSED_STATES,
        "officers_points": [point.text for point in shown.points(Stage.OFFICERS)],
        "chairs_points": [point.text for point in shown.points(Stage.CHAIR)],
        "breadcrumbs": [
            {"label": _("Chair's proposals"), "url": reverse("committee:chair")},
            {"label": shown.title},
        ],
    }
    return render(request, "committee/chair/matter.html", context, status=status_of(request))


@requires(rules.chair)
def adopt(request: HttpRequest, matter_id: int) -> HttpResponse:
    """Adopt the officers' proposal."""
    shown = _matter(request, matter_id)
    if request.method == "POST":
        attempt(
            request,
            lambda: proposals.adopt(shown, request.user),
            _("You adopt the officers' proposal."),
        )
    return redirect("committee:chair-matter", shown.pk)

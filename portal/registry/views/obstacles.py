"""Telling of an obstacle in the service, and following up what people told."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.people import kept_form, trail
from portal.people.limits import limited, posted
from portal.people.rules import anyone, requires
from portal.registry import obstacles
from portal.registry.forms import ObstacleAnswerForm, ObstacleForm
from portal.registry.models import ObstacleReport
from portal.registry.rules import answers_obstacles

PER_PAGE = 50


@requires(anyone)
@limited("submit", applies=posted)
def tell(request: HttpRequest) -> HttpResponse:
    """Tell of an obstacle, without signing in."""
    form = ObstacleForm(kept_form.data(request), initial={"page": request.GET.get("sida", "")[:300]})
    if request.method == "POST" and form.is_valid():
        written = form.cleaned_data
        if not written.pop("website"):
            obstacles.report(**written)
        messages.success(
            request,
            _("Thank you. We answer within %(days)s days if you told us how to reach you.")
            % {"days": obstacles.ANSWER_WITHIN.days},
        )
        return redirect("accessibility")
    context = {"form": form, "days": obstacles.ANSWER_WITHIN.days}
    return render(
        request, "registry/public/tell.html", context, status=422 if request.method == "POST" else 200
    )


@requires(answers_obstacles)
def reports(request: HttpRequest) -> HttpResponse:
    """What people told, those that wait first, with how many days they have waited."""
    seen = ObstacleReport.objects.visible_to(request.user).select_related("answered_by")
    found = seen.order_by("-answered_at", "received_at") if request.GET.get("alla") else seen.waiting()
    context = {
        "rows": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "all": bool(request.GET.get("alla")),
        "within": obstacles.ANSWER_WITHIN.days,
    }
    return render(request, "registry/obstacles.html", context)


@requires(answers_obstacles)
@trail.reads_people
def answer(request: HttpRequest, report_id: int) -> HttpResponse:
    """Note what was answered or done."""
    report = get_object_or_404(ObstacleReport.objects.visible_to(request.user), pk=report_id)
    form = ObstacleAnswerForm(kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        if obstacles.answer(report.pk, request.user, form.cleaned_data["answer"]):
            messages.success(request, _("The answer is noted."))
        else:
            messages.error(request, _("Somebody else has answered it already."))
        return redirect("registry:obstacles")
    context = {
        "report": report,
        "form": form,
        "breadcrumbs": [
            {"label": _("Obstacles that people told of"), "url": reverse("registry:obstacles")},
            {"label": str(report)},
        ],
    }
    return render(request, "registry/obstacle.html", context, status=422 if request.method == "POST" else 200)

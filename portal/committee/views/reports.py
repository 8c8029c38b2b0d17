"""The head's pages: officers' reports that await approval, and one of them with what can be done."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.committee import report_review
from portal.committee.comparison import compare
from portal.committee.forms import ConflictForm
from portal.committee.matter_text import MatterText
from portal.committee.models import Matter, MatterLine, ReportReview
from portal.committee.report_forms import SendBackForm
from portal.committee.views.answers import attempt, status_of
from portal.people import kept_form, rules
from portal.people.rules import requires
from portal.registry.models import declare

DONE_PER_PAGE = 25


@requires(rules.head)
def reports(request: HttpRequest) -> HttpResponse:
    """Reports that await the head, and those that heads have approved or sent back."""
    reviews = ReportReview.objects.filter(matter__in=Matter.objects.wholly_visible_to(request.user))
    context = {
        "awaiting": report_review.to_approve(request.user).select_related("case", "created_by"),
        "done": Paginator(
            reviews.select_related("matter__case", "by").order_by("-pk"), DONE_PER_PAGE
        ).get_page(request.GET.get("page")),
    }
    return render(request, "committee/head/reports.html", context)


def _matters(request: HttpRequest) -> QuerySet[Matter]:
    return Matter.objects.wholly_visible_to(request.user)


@requires(rules.head)
def report(request: HttpRequest, matter_id: int) -> HttpResponse:
    """A report as it is printed, what heads have said of it, and the form to send it back."""
    lines = MatterLine.objects.select_related("case").prefetch_related("amounts")
    matters = _matters(request).select_related("case", "committee__authority", "chairs_proposal")
    shown = get_object_or_404(
        matters.prefetch_related(
            "decision_points",
            "sections",
            "appendices",
            "decisions",
            Prefetch("report_reviews", ReportReview.objects.told()),
            Prefetch("lines", lines),
        ),
        pk=matter_id,
    )
    form = SendBackForm(kept_form.data(request))
    if request.method == "POST" and form.is_valid() and _send_back(request, shown, form):
        return redirect("committee:reports")
    awaits = report_review.to_approve(request.user).filter(pk=shown.pk).exists()
    context = {
        "matter": shown,
        "text": MatterText.from_matter(shown),
        "comparison": compare(shown.lines.all()),
        "form": form,
        "awaits": awaits,
        "awaits_anew": awaits and bool(shown.report_reviews.all()),
        "breadcrumbs": [
            {"label": _("Officers' reports"), "url": reverse("committee:reports")},
            {"label": shown.title},
        ],
    }
    return render(request, "committee/head/report.html", context, status=status_of(request))


@requires(rules.head)
def approve(request: HttpRequest, matter_id: int) -> HttpResponse:
    """Approve a report as it stands."""
    shown = get_object_or_404(_matters(request), pk=matter_id)
    if request.method == "POST":
        attempt(request, lambda: report_review.approve(shown, request.user), _("The report is approved."))
    return redirect("committee:report", shown.pk)


@requires(rules.head)
def conflict(request: HttpRequest, matter_id: int) -> HttpResponse:
    """Declare a conflict of interest in a matter whose report the head reads, or in one line of it (7:4)."""
    lines = MatterLine.objects.select_related("case")
    matters = _matters(request).select_related("case").prefetch_related(Prefetch("lines", lines))
    shown = get_object_or_404(matters, pk=matter_id)
    form = ConflictForm(shown, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        declare(form.case, request.user, has_conflict=True, note=form.cleaned_data["note"])
        messages.success(
            request, _("Your conflict of interest is recorded. What it concerns is hidden from you.")
        )
        return redirect("committee:reports")
    back = reverse("committee:report", args=[shown.pk])
    context = {
        "matter": shown,
        "form": form,
        "lead": _(
            "What it concerns is hidden from you at once. The report speaks of the whole matter, so you no "
            "longer read or approve it."
        ),
        "back": back,
        "breadcrumbs": [
            {"label": _("Officers' reports"), "url": reverse("committee:reports")},
            {"label": shown.title, "url": back},
            {"label": _("Declare a conflict of interest")},
        ],
    }
    return render(request, "committee/conflict.html", context, status=status_of(request))


def _send_back(request: HttpRequest, matter: Matter, form: forms.Form) -> bool:
    return attempt(
        request,
        lambda: report_review.send_back(matter, request.user, form.cleaned_data["reason"]),
        _("The report is sent back to the officers."),
    )

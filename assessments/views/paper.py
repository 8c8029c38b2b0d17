"""Entering an application that came on paper: choose the call, write down what stands in it, add the scan."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.paper_form import PaperForm
from grants.models import Call
from grants.received.paper_route import enter
from portal.people import kept_form, rules
from portal.people.rules import requires


@requires(rules.case_officer)
def choose(request: HttpRequest) -> HttpResponse:
    """The calls that something may have come to on paper, also those that have closed."""
    calls = (
        Call.objects.visible_to(request.user)
        .filter(published=True, opens_at__lte=timezone.now())
        .order_by("-opens_at", "-pk")
    )
    return render(request, "assessments/paper_calls.html", {"calls": list(calls[:20])})


@requires(rules.case_officer)
def paper(request: HttpRequest, call_id: int) -> HttpResponse:
    """Enter one application to the call; saved as sent, or not at all."""
    call = get_object_or_404(
        Call.objects.visible_to(request.user).filter(published=True, opens_at__lte=timezone.now()),
        pk=call_id,
    )
    form = PaperForm(
        call,
        request.user,
        kept_form.data(request),
        request.FILES or None,
        oversized="scan" in getattr(request, "oversized_uploads", ()),
    )
    if request.method == "POST" and form.is_valid():
        application = enter(form.on_paper(), request.user)
        messages.success(
            request,
            _("The application is entered and has registry number %(number)s.")
            % {"number": application.received_case.registry_number},
        )
        return redirect("assessments:application", application.pk)
    return render(
        request,
        "assessments/paper.html",
        {"call": call, "form": form},
        status=422 if request.method == "POST" else 200,
    )

"""What the levels mean in a call, and how they were used over its round."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from assessments import anchors
from assessments.anchors_form import AnchorsForm
from assessments.calibration import calibration
from grants.models import Call
from grants.views.calls import crumbs, officers_call
from portal.people import kept_form, rules
from portal.people.rules import requires


@requires(rules.case_officer)
def level_anchors(request: HttpRequest, call_id: int) -> HttpResponse:
    """Word what each level means, until the call's applications go to the committee."""
    call = officers_call(request, call_id)
    form = AnchorsForm(anchors.of_call(call), kept_form.data(request))
    if anchors.has_gone(call):
        return _locked(request, call, form)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                anchors.save(call, form.edits())
            except anchors.Locked:
                return _locked(request, call, form)
            except anchors.Conflict as conflict:
                form.tell(conflict.theirs)
                status = 409
            else:
                messages.success(request, _("What the levels mean is saved."))
                return redirect("assessments:anchors", call.pk)
    return _page(request, call, form, status)


@requires(rules.case_officer)
def spread(request: HttpRequest, call_id: int) -> HttpResponse:
    """How the levels spread over a call's ready assessments, as pictures and tables."""
    call = officers_call(request, call_id)
    return render(
        request,
        "assessments/calibration.html",
        {"call": call, "calibration": calibration(call, request.user)},
    )


def _locked(request: HttpRequest, call: Call, form: AnchorsForm) -> HttpResponse:
    """The texts as they stand; what was posted too late is shown above them, not saved."""
    return _page(request, call, form, 422 if request.method == "POST" else 200, anchors.locked_text())


def _page(
    request: HttpRequest, call: Call, form: AnchorsForm, status: int, locked_text: str = ""
) -> HttpResponse:
    context = {
        "call": call,
        "form": form,
        "locked_text": locked_text,
        "breadcrumbs": crumbs(call, _("What the levels mean")),
    }
    return render(request, "assessments/anchors.html", context, status=status)

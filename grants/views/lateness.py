"""The officer's page where a late application is admitted or dismissed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from grants.forms.dialogue import LateRulingForm
from grants.models import Application, Lateness
from grants.received import lateness
from grants.views.dialogue import officer_crumbs
from grants.views.impartial import impartial
from portal.people import kept_form, rules
from portal.people.rules import requires


@requires(rules.case_officer)
@impartial
def rule(request: HttpRequest, application: Application) -> HttpResponse:
    """A named officer decides about what came late; nothing does so by itself (kommunallagen 6:38)."""
    if application.lateness != Lateness.WAITING:
        return redirect("assessments:application", application.pk)
    form = LateRulingForm(kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        dismisses = form.cleaned_data["ruling"] == LateRulingForm.DISMISS
        act = lateness.dismiss if dismisses else lateness.admit
        try:
            act(application.pk, request.user, form.cleaned_data["reason"])
        except lateness.CannotRule as refused:
            messages.error(request, str(refused))
        else:
            messages.success(
                request,
                _("The application is dismissed. The association has been told that there is a decision.")
                if dismisses
                else _("The application is admitted. The association has been told."),
            )
        return redirect("assessments:application", application.pk)
    context = {
        "application": application,
        "form": form,
        "breadcrumbs": officer_crumbs(application, _("Late application")),
    }
    return render(request, "grants/late.html", context, status=422 if request.method == "POST" else 200)

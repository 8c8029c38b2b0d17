"""The formal check of an application, and what its case is called in the register."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from assessments import formal_checks
from assessments.checks_form import ChecksForm
from assessments.registry_entry import RegistryEntryForm
from assessments.views.impartial import impartial
from grants.models import Application
from portal.people import kept_form, rules
from portal.people.rules import requires
from portal.registry.models import TitleChanged


@requires(rules.case_officer)
@impartial
def checks(request: HttpRequest, application: Application) -> HttpResponse:
    """Go through the call's list, with the files beside; saved as far as one has come."""
    rows = formal_checks.tried(application)
    form = ChecksForm(rows, kept_form.data(request))
    if request.method == "POST":
        if form.is_valid():
            progress = formal_checks.save(application, form.findings(), request.user)
            messages.success(
                request,
                _("Saved. The formal check is done.")
                if progress.is_done
                else _("Saved. %(done)s of %(points)s points are done.")
                % {"done": progress.done, "points": progress.points},
            )
            return redirect("assessments:application", application.pk)
        form.see_latest()
    return render(
        request,
        "assessments/checks.html",
        {
            "application": application,
            "form": form,
            "progress": formal_checks.progress(rows),
        },
        status=422 if request.method == "POST" else 200,
    )


@requires(rules.case_officer)
@impartial
def registry_entry(request: HttpRequest, application: Application) -> HttpResponse:
    """Change the public and the protected title; the earlier ones are kept and shown."""
    form = RegistryEntryForm(application, kept_form.data(request))
    case = application.received_case
    theirs = None
    if request.method == "POST" and form.is_valid():
        try:
            changed = form.save(request.user)
        except TitleChanged:
            # Both are shown; the next save builds on the newer ones knowingly.
            case.refresh_from_db()
            form.see_latest(case)
            theirs = case
        else:
            if changed:
                messages.success(request, _("The titles are changed."))
            return redirect("assessments:application", application.pk)
    return render(
        request,
        "assessments/registry_entry.html",
        {
            "application": application,
            "case": case,
            "form": form,
            "theirs": theirs,
            "earlier": case.earlier_titles.select_related("changed_by"),
        },
        status=422 if request.method == "POST" else 200,
    )

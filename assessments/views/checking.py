"""The formal check of an application, and what its case is called in the register."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from assessments import formal_checks
from assessments.checks_form import ChecksForm
from assessments.models import FormalCheck
from assessments.registry_entry import RegistryEntryForm
from assessments.views.impartial import impartial
from grants.calls.call_row_editing import save_rows
from grants.forms.call_rows import ConditionForm
from grants.models import Application
from grants.views.call_rows import edit_rows
from grants.views.calls import officers_call
from portal.people import kept_form, rules
from portal.people.rules import requires
from portal.registry.models import TitleChanged


@requires(rules.case_officer)
def check_list(request: HttpRequest, call_id: int) -> HttpResponse:
    """The points of a call's formal check, changed until the first application is sent."""
    call = officers_call(request, call_id)
    points = FormalCheck.objects.visible_to(request.user).filter(call=call)

    def save(rows: list[dict[str, Any]], seen: int) -> None:
        save_rows(call.pk, FormalCheck, rows, named_by=ConditionForm.named_by, seen=seen)

    return edit_rows(
        request,
        call,
        ConditionForm,
        [{"key": point.key, "text_sv": point.text_sv, "text_en": point.text_en} for point in points],
        save,
        title=_("Formal check"),
        lead=_("What officers go through in each application, with an outcome and a note on every point."),
    )


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

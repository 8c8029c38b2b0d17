"""Officers' pages about recurring windows and about whom people talk to."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.calls.call_reminders import coming
from grants.forms.calls import ProgrammeForm
from grants.models import Call, GrantProgramme
from grants.views.calls import crumbs
from portal.people import kept_form, rules
from portal.people.rules import requires


@requires(rules.case_officer)
def programmes(request: HttpRequest) -> HttpResponse:
    """Each grant's recurring window, the next one, and whether a call is begun for it."""
    rows = []
    latest: dict[tuple[int, str], Call] = {}
    for call in Call.objects.visible_to(request.user).order_by("first_year", "pk"):
        latest[call.authority_id, call.grant_type] = call
    for row in coming(request.user, timezone.localdate()):
        source = latest.get((row.programme.authority_id, row.programme.grant_type))
        rows.append((row, source))
    return render(
        request,
        "grants/programmes.html",
        {"rows": rows, "breadcrumbs": crumbs(None, _("Recurring windows"))},
    )


@requires(rules.case_officer)
def programme(request: HttpRequest, programme_id: int) -> HttpResponse:
    """Change when a grant can be applied for each year; calls that exist keep their times."""
    found = get_object_or_404(GrantProgramme.objects.visible_to(request.user), pk=programme_id)
    return _edit(request, found)


@requires(rules.case_officer)
def new_programme(request: HttpRequest) -> HttpResponse:
    """Say that a grant comes back each year."""
    return _edit(request, None)


def _edit(request: HttpRequest, found: GrantProgramme | None) -> HttpResponse:
    form = ProgrammeForm(kept_form.data(request), instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The recurring window is saved."))
        return redirect("grants:programmes")
    title = str(found) if found else _("New recurring window")
    return render(
        request,
        "grants/programme.html",
        {
            "form": form,
            "call": None,
            "title": title,
            "button": _("Save"),
            "back": reverse("grants:programmes"),
            "breadcrumbs": [
                *crumbs(None),
                {"label": _("Recurring windows"), "url": reverse("grants:programmes")},
                {"label": title},
            ],
        },
        status=422 if request.method == "POST" else 200,
    )

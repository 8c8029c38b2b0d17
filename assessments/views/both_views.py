"""Both views of a case side by side, and why they differ."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from assessments import readings
from assessments.models import CriterionQuestion, SecondReading
from assessments.reading_forms import ReasonsForm, titles
from assessments.views.impartial import sees_both
from assessments.views.tags import level_tag
from grants.forms.differences import at_version
from grants.models import Application
from grants.states import OPEN_STATES
from portal.people import kept_form, rules
from portal.people.rules import requires


@requires(rules.reader)
@sees_both
def both(request: HttpRequest, application: Application) -> HttpResponse:
    """Both views side by side; officers explain where they lie far apart."""
    reading = application.second_reading
    explains = rules.case_officer(request.user) and reading.reader_id != request.user.pk
    views = readings.two_views(reading)
    form = ReasonsForm(views, data=kept_form.data(request), initial={"version": reading.version})
    status = 200
    if request.method == "POST":
        if not explains:
            return redirect("assessments:both-views", application.pk)
        form, status = _explained(request, reading, form)
        if status == 200:
            messages.success(request, _("Saved."))
            return redirect("assessments:both-views", application.pk)
    context = {
        "application": application,
        "reading": reading,
        "assessment": application.assessment,
        "criteria": _side_by_side(views, CriterionQuestion.objects.in_force(application.call.opens_at), form),
        "form": form,
        "is_open": explains and application.state in OPEN_STATES,
        "explains": explains,
    }
    return render(request, "assessments/both_views.html", context, status=status)


def _explained(request: HttpRequest, reading: SecondReading, form: ReasonsForm) -> tuple[ReasonsForm, int]:
    """The form with what came of saving it, and the answer's status: 200 when it is saved."""
    if not form.is_valid():
        return form, 422
    try:
        readings.explain(reading, form.reasons(), form.cleaned_data["version"], request.user)
    except readings.Conflict as conflict:
        return _told_of(conflict.reading, form), 409
    except readings.Refused as refusal:
        form.add_error(None, str(refusal))
        return form, 409
    return form, 200


def _told_of(current: SecondReading, form: ReasonsForm) -> ReasonsForm:
    """The same texts, to be saved once more by one who has seen what a colleague wrote meanwhile."""
    views = readings.two_views(current)
    posted = at_version(form.data, current.version)
    again = ReasonsForm(views, data=posted)
    again.full_clean()
    for view in views:
        name = f"reason_{view.criterion}"
        theirs = view.readers.difference_reason
        if name in again.fields and theirs and theirs != again.cleaned_data.get(name):
            again.add_error(
                name,
                _("A colleague has written: “%(text)s” Put the two together and save again.")
                % {"text": theirs},
            )
    return again


def _side_by_side(
    views: list[readings.TwoViews], questions: list[CriterionQuestion], form: ReasonsForm
) -> list[dict[str, Any]]:
    titled = titles(questions)
    worded = {question.criterion: question.question for question in questions}
    return [
        {
            "code": view.criterion,
            "title": titled[view.criterion],
            "question": worded.get(view.criterion, ""),
            "view": view,
            "officers_tag": level_tag(view.readers.officers_level),
            "readers_tag": level_tag(view.readers.level),
            "now_tag": level_tag(view.officers.level) if view.officers else None,
            "field": form[f"reason_{view.criterion}"] if f"reason_{view.criterion}" in form.fields else None,
        }
        for view in views
    ]

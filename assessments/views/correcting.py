"""The versions of an assessment, and correcting one that lies before the committee."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from assessments import assessing, correcting, freezing
from assessments.forms import AssessmentForm, CorrectionForm
from assessments.models import Assessment, AssessmentVersion
from assessments.views.closed import as_read, seen_by
from assessments.views.desk import Desk, seen_assessment
from assessments.views.impartial import impartial
from grants.models import Application
from grants.states import State
from portal.people import rules
from portal.people.rules import requires


@requires(rules.case_reader)
@impartial
def version(request: HttpRequest, application: Application, number: int) -> HttpResponse:
    """One frozen version, with what changed against the one before."""
    versions = AssessmentVersion.objects.visible_to(request.user).filter(assessment__application=application)
    shown = get_object_or_404(versions.select_related("made_by"), number=number)
    before = versions.filter(number=number - 1).first()
    content, *older = seen_by(request.user, shown.content, *([before.content] if before else []))
    context = {
        "application": application,
        "version": shown,
        "before": before,
        "changes": freezing.changes(older[0], content) if older else [],
        "written": as_read(content),
        "is_officer": rules.case_officer(request.user),
        "newer": versions.filter(number=number + 1).exists(),
    }
    return render(request, "assessments/version.html", context)


@requires(rules.case_officer)
@impartial
def correct(request: HttpRequest, application: Application) -> HttpResponse:
    """Correct texts, levels and facts with a reason; each correction is a new version."""
    assessment = seen_assessment(request, application)
    if assessment is None:
        return redirect("assessments:application", application.pk)
    try:
        correcting.refuse_unless_before_committee(assessment)
    except assessing.Refused as refusal:
        if request.method != "POST":
            messages.info(request, str(refusal))
            return redirect("assessments:assess", application.pk)
    return CorrectionDesk.open(request, assessment).answer()


class CorrectionDesk(Desk):
    """The desk with what may be corrected: all but the proposal."""

    form_class: ClassVar[type[AssessmentForm] | type[CorrectionForm]] = CorrectionForm

    @property
    def is_open(self) -> bool:
        return self.application.state == State.BEFORE_COMMITTEE

    def write(self, form: Any) -> Assessment:
        correcting.correct(
            self.assessment,
            self._written(form),
            form.cleaned_data["version"],
            form.cleaned_data["why"],
            self.request.user,
            form.fact_changes(),
        )
        return self.assessment

    def mine(self, form: Any) -> dict[str, Any]:
        return self._as_fields(self._written(form))

    def saved_well(self, form: Any, current: Assessment, *, then_ready: bool) -> HttpResponse:
        messages.success(self.request, _("The assessment is corrected, and the new version is kept."))
        return redirect("assessments:assess", self.application.pk)

    def show(self, form: Any = None, *, notice: str = "", status: int = 200) -> HttpResponse:
        context = {"form": form or self.form(), "is_open": self.is_open}
        return self.page("assessments/correct.html", context, status)

    def _written(self, form: CorrectionForm) -> assessing.Written:
        """The saved assessment with the form's words."""
        return form.on(assessing.written(self.assessment))

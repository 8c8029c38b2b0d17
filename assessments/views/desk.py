"""The assessment desk: where a case officer writes the five judgements and the proposal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from assessments import assessing, statement_lists
from assessments.case_file import CaseFile, read
from assessments.differences import differences, with_choices
from assessments.forms import AssessmentForm, as_fields
from assessments.matters import CannotPropose, propose_single
from assessments.models import Assessment, Criterion, CriterionQuestion
from assessments.views.impartial import impartial
from assessments.views.tags import level_tag, state_tag
from grants.models import Application, TermsStage
from grants.states import State
from portal.people import kept_form, rules
from portal.people.rules import requires


@requires(rules.case_officer)
@impartial
def begin(request: HttpRequest, application: Application) -> HttpResponse:
    """Open the assessment (POST)."""
    if request.method == "POST":
        try:
            assessing.begin(application, request.user)
        except assessing.Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("assessments:application", application.pk)
    return redirect("assessments:assess", application.pk)


@requires(rules.case_officer)
@impartial
def assess(request: HttpRequest, application: Application) -> HttpResponse:
    """Read and write the assessment; saving keeps it open."""
    return _desk(request, application, then_ready=False)


@requires(rules.case_officer)
@impartial
def ready(request: HttpRequest, application: Application) -> HttpResponse:
    """Save what is written and mark the assessment ready."""
    return _desk(request, application, then_ready=True)


@requires(rules.case_officer)
@impartial
def reopen(request: HttpRequest, application: Application) -> HttpResponse:
    """Open a ready assessment for changes again (POST)."""
    assessment = getattr(application, "assessment", None)
    if request.method == "POST" and assessment is not None:
        try:
            assessing.reopen(assessment, request.user)
        except assessing.Refused as refusal:
            messages.error(request, str(refusal))
    return redirect("assessments:assess", application.pk)


@requires(rules.case_officer)
@impartial
def single(request: HttpRequest, application: Application) -> HttpResponse:
    """Hand a single application to the committee as a matter of its own (POST); a round goes as a whole."""
    if request.method == "POST" and not application.call.is_round:
        try:
            matter = propose_single(application, request.user)
        except CannotPropose as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Handed to the committee: %(title)s") % {"title": matter.title})
    return redirect("assessments:application", application.pk)


def _desk(request: HttpRequest, application: Application, *, then_ready: bool) -> HttpResponse:
    """Show the desk, or save what was posted; nothing that was typed is lost on the way."""
    assessment: Assessment | None = getattr(application, "assessment", None)
    if assessment is None:
        return redirect("assessments:application", application.pk)
    prefetch_related_objects([assessment], "judgements")
    questions = CriterionQuestion.objects.in_force(application.call.opens_at)
    desk = Desk(request, assessment, read(application, request.user), questions)
    posted = kept_form.data(request)
    if posted is None:
        return desk.show() if desk.is_open else desk.show_closed()
    chosen, decided = with_choices(posted, desk.saved)
    form = desk.form(chosen if decided else posted)
    if request.method == "POST" and form.is_valid():
        if not decided:
            return desk.ask_to_choose(form, desk.saved, assessment, status=422)
        return desk.save(form, then_ready=then_ready)
    return desk.show(form, status=422 if request.method == "POST" else 200)


@dataclass(frozen=True)
class Desk:
    """One officer's page with one assessment."""

    request: HttpRequest
    assessment: Assessment
    file: CaseFile
    questions: list[CriterionQuestion]

    @property
    def application(self) -> Application:
        return self.assessment.application

    @property
    def is_open(self) -> bool:
        return self.application.state == State.IN_ASSESSMENT

    @property
    def years(self) -> list[int]:
        return [year for year, _amount in self.file.years_sought]

    @property
    def saved(self) -> dict[str, Any]:
        """What is saved, by the form's field names."""
        return as_fields(assessing.written(self.assessment), self.years)

    def form(self, data: QueryDict | None = None) -> AssessmentForm:
        initial = {**self.saved, "version": self.assessment.version}
        return AssessmentForm(self.application, self.questions, data=data, initial=initial)

    def save(self, form: AssessmentForm, *, then_ready: bool) -> HttpResponse:
        version = form.cleaned_data["version"]
        try:
            current = assessing.save(self.assessment, form.written(), version, self.request.user)
        except assessing.Conflict as conflict:
            current = conflict.assessment
            theirs = as_fields(assessing.written(current), self.years)
            # The same form sent twice is no conflict: what is saved is what was written.
            if differences(form, as_fields(form.written(), self.years), theirs):
                return self.ask_to_choose(form, theirs, current, status=409)
        except assessing.Refused as refusal:
            form.add_error(None, str(refusal))
            return self.show(form, status=409)
        if not then_ready:
            messages.success(self.request, _("Saved."))
            return redirect("assessments:assess", self.application.pk)
        return self.mark_ready(form, current)

    def mark_ready(self, form: AssessmentForm, current: Assessment) -> HttpResponse:
        """Mark what was just saved as ready, or show what is missing."""
        try:
            assessing.mark_ready(current, self.request.user)
        except assessing.NotReady as incomplete:
            again = self.form(_at_version(form.data, current.version))
            again.full_clean()
            for name, explanation in incomplete.missing.items():
                again.add_error(name, explanation)
            notice = _("What you wrote is saved, but the assessment is not ready yet.")
            return self.show(again, notice=notice, status=422)
        except (assessing.Refused, assessing.Conflict):
            messages.warning(
                self.request, _("What you wrote is saved, but a colleague changed it meanwhile.")
            )
        else:
            messages.success(self.request, _("The assessment is marked ready."))
        return redirect("assessments:assess", self.application.pk)

    def show(
        self, form: AssessmentForm | None = None, *, notice: str = "", status: int = 200
    ) -> HttpResponse:
        """The form beside the application; of a closed assessment only after a refused save."""
        context = {"form": form or self.form(), "notice": notice, "is_open": self.is_open}
        return self._page("assessments/desk.html", context, status)

    def show_closed(self) -> HttpResponse:
        """The assessment as it was written."""
        worded = {question.criterion: question for question in self.questions}
        judgements = {row.criterion: row for row in self.assessment.judgements.all()}
        criteria = [
            {
                "title": worded[code].title if code in worded else label,
                "question": worded[code].question if code in worded else "",
                "tag": level_tag(judgements[code].level) if code in judgements else None,
                "text": judgements[code].text if code in judgements else "",
            }
            for code, label in Criterion.choices
        ]
        context = {
            "criteria": criteria,
            "proposed": self.application.terms_at(TermsStage.PROPOSED),
            "may_reopen": self.application.state == State.ASSESSED,
        }
        return self._page("assessments/assessment.html", context, 200)

    def ask_to_choose(
        self,
        form: AssessmentForm,
        theirs: dict[str, Any],
        current: Assessment,
        *,
        status: int,
    ) -> HttpResponse:
        """Show both texts where a colleague saved another than the officer wrote."""
        context = {
            "differences": differences(form, as_fields(form.written(), self.years), theirs),
            "kept": [(name, form.data.get(name, "")) for name in form.fields if name != "version"],
            "version": current.version,
            "theirs": current,
            "unanswered": status == 422,
        }
        return self._page("assessments/choose.html", context, status)

    def _page(self, template: str, context: dict[str, Any], status: int) -> HttpResponse:
        shared = {
            "application": self.application,
            "assessment": self.assessment,
            "file": self.file,
            "tag": state_tag(self.application.state),
            "statements": statement_lists.given(self.application, self.request.user),
        }
        return render(self.request, template, shared | context, status=status)


def _at_version(data: Any, version: int) -> Any:
    """The same posted fields, so that the next save starts from what this one wrote."""
    renewed = data.copy()
    renewed["version"] = version
    return renewed

"""The assessment desk: where a case officer writes the five judgements and the proposal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from assessments import assessing, facts, statement_lists
from assessments.case_file import CaseFile, read
from assessments.forms import AssessmentForm, CorrectionForm, as_fields
from assessments.matters import CannotPropose, propose_single
from assessments.models import Assessment, CriterionQuestion, Fact, LevelAnchor
from assessments.neighbours import neighbours
from assessments.readiness import outcome_of
from assessments.texts_form import Beside
from assessments.views.closed import closed_context
from assessments.views.impartial import impartial
from assessments.views.tags import state_tag
from grants.forms.differences import differences, with_choices
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
    assessment = seen_assessment(request, application)
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


def seen_assessment(request: HttpRequest, application: Application) -> Assessment | None:
    """The application's assessment, if there is one that the person may see.

    A second reader does not, until both views are finished.
    """
    assessment = (
        Assessment.objects.visible_to(request.user)
        .select_related("officer")
        .prefetch_related("judgements")
        .filter(application=application)
        .first()
    )
    if assessment is not None:
        assessment.application = application
    return assessment


def _desk(request: HttpRequest, application: Application, *, then_ready: bool) -> HttpResponse:
    """Show the desk, or save what was posted; nothing that was typed is lost on the way."""
    assessment = seen_assessment(request, application)
    if assessment is None:
        return redirect("assessments:application", application.pk)
    return Desk.open(request, assessment).answer(then_ready=then_ready)


@dataclass(frozen=True)
class Desk:
    """One officer's page with one assessment."""

    request: HttpRequest
    assessment: Assessment
    file: CaseFile
    beside: Beside

    form_class: ClassVar[type[AssessmentForm] | type[CorrectionForm]] = AssessmentForm

    @classmethod
    def open(cls, request: HttpRequest, assessment: Assessment) -> Desk:
        """Read all that the page stands on, in a constant number of queries."""
        application, user = assessment.application, request.user
        file = read(application, user)
        prefetch_related_objects([application], "terms__reports", "call__report_dates")
        written = Fact.objects.visible_to(user).filter(assessment=assessment, removed_at=None)
        places = facts.places(file, user)
        anchors = LevelAnchor.objects.visible_to(user).filter(call=application.call_id)
        questions = CriterionQuestion.objects.visible_to(user).in_force(application.call.opens_at)
        beside = Beside(questions, list(anchors), facts.shown(written, places), places)
        return cls(request, assessment, file, beside)

    @property
    def application(self) -> Application:
        return self.assessment.application

    @property
    def is_open(self) -> bool:
        return self.application.state == State.IN_ASSESSMENT

    @property
    def saved(self) -> dict[str, Any]:
        """What is saved, by the form's field names."""
        return self._as_fields(assessing.written(self.assessment))

    def _as_fields(self, data: assessing.Written) -> dict[str, Any]:
        years = [year for year, _amount in self.file.years_sought]
        return as_fields(data, assessing.report_days(self.application.call, years))

    def form(self, data: QueryDict | None = None) -> Any:
        """The form, empty of what was posted unless given it."""
        initial = {**self.saved, "version": self.assessment.version}
        return self.form_class(self.application, self.beside, data=data, initial=initial)

    def answer(self, *, then_ready: bool = False) -> HttpResponse:
        """Show the page, or do what was posted."""
        posted = kept_form.data(self.request)
        if posted is None:
            return self.show() if self.is_open else self.show_closed()
        chosen, decided = with_choices(posted, self.saved)
        form = self.form(chosen if decided else posted)
        if self.request.method == "POST" and form.is_valid():
            if not decided:
                return self.ask_to_choose(form, self.saved, self.assessment, status=422)
            return self.save(form, then_ready=then_ready)
        return self.show(form, status=422 if self.request.method == "POST" else 200)

    def save(self, form: Any, *, then_ready: bool = False) -> HttpResponse:
        """Save a valid form, or show what stands in the way."""
        try:
            current = self.write(form)
        except assessing.Conflict as conflict:
            current = conflict.assessment
            theirs = self._as_fields(assessing.written(current))
            if differences(form, self.mine(form), theirs):
                return self.ask_to_choose(form, theirs, current, status=409)
            # The same form sent twice is no conflict: what is saved is what was written. Facts are added to
            # what a colleague saved meanwhile.
            if facts.outstanding(current, form.fact_changes()):
                again = self.form(_at_version(form.data, current.version))
                again.full_clean()
                return self.save(again, then_ready=then_ready)
        except assessing.Refused as refusal:
            form.add_error(None, str(refusal))
            return self.show(form, status=409)
        return self.saved_well(form, current, then_ready=then_ready)

    def write(self, form: Any) -> Assessment:
        """The act of this page. Raises Conflict and Refused."""
        version = form.cleaned_data["version"]
        return assessing.save(
            self.assessment, form.written(), version, self.request.user, form.fact_changes()
        )

    def mine(self, form: Any) -> dict[str, Any]:
        """What a valid form holds, by its fields."""
        return self._as_fields(form.written())

    def saved_well(self, form: Any, current: Assessment, *, then_ready: bool) -> HttpResponse:
        """On to the page that shows what is saved, or to marking it ready."""
        if not then_ready:
            messages.success(self.request, _("Saved."))
            return redirect("assessments:assess", self.application.pk)
        return self.mark_ready(form, current)

    def mark_ready(self, form: Any, current: Assessment) -> HttpResponse:
        """Mark what was just saved as ready, or show what is missing."""
        try:
            assessing.mark_ready(current, self.request.user)
        except assessing.NotReady as incomplete:
            # Read anew: a fact that was added stands among the facts now, and its row is free for the next.
            anew = type(self).open(self.request, current)
            again = anew.form(_after_saving(form.data, current.version))
            again.full_clean()
            for name, explanation in incomplete.missing.items():
                again.add_error(name, explanation)
            notice = _("What you wrote is saved, but the assessment is not ready yet.")
            return anew.show(again, notice=notice, status=422)
        except (assessing.Refused, assessing.Conflict):
            messages.warning(
                self.request, _("What you wrote is saved, but a colleague changed it meanwhile.")
            )
        else:
            messages.success(self.request, _("The assessment is marked ready."))
        return redirect("assessments:assess", self.application.pk)

    def show(self, form: Any = None, *, notice: str = "", status: int = 200) -> HttpResponse:
        """The form beside the application; of a closed assessment only after a refused save."""
        context = {
            "form": form or self.form(),
            "notice": notice,
            "is_open": self.is_open,
            "outcome": outcome_of(self.application).label
            if self.application.terms_at(TermsStage.PROPOSED)
            else "",
        }
        return self.page("assessments/desk.html", context, status)

    def show_closed(self) -> HttpResponse:
        """The assessment as it was written."""
        context = closed_context(self.request.user, self.assessment, self.beside)
        return self.page("assessments/assessment.html", context, 200)

    def ask_to_choose(
        self, form: Any, theirs: dict[str, Any], current: Assessment, *, status: int
    ) -> HttpResponse:
        """Show both texts where a colleague saved another than the officer wrote."""
        names = [name for name in form.fields if name != "version"]
        context = {
            "differences": differences(form, self.mine(form), theirs),
            "kept": [(name, value) for name in names for value in form.data.getlist(name)],
            "version": current.version,
            "theirs": current,
            "unanswered": status == 422,
        }
        return self.page("assessments/choose.html", context, status)

    def page(self, template: str, context: dict[str, Any], status: int) -> HttpResponse:
        """A page of this assessment, with what all of them show."""
        shared = {
            "application": self.application,
            "assessment": self.assessment,
            "file": self.file,
            "tag": state_tag(self.application.state),
            "neighbours": neighbours(self.application, self.request.user),
            "statements": statement_lists.given(self.application, self.request.user),
        }
        return render(self.request, template, shared | context, status=status)


def _at_version(data: QueryDict, version: int) -> QueryDict:
    """The same posted fields, so that the next save starts from the version that stands."""
    renewed = data.copy()
    renewed["version"] = str(version)
    return renewed


def _after_saving(data: QueryDict, version: int) -> QueryDict:
    """The posted fields without the changes of facts, which are done."""
    renewed = _at_version(data, version)
    for name in data:
        if name.startswith("fact_") or name == "remove_facts":
            renewed.setlist(name, [])
    return renewed

"""Statements: the officer's question, and the page limited to it where a unit's contacts answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import case_file, statement_lists, statements
from assessments.models import CriterionQuestion, Statement
from assessments.statement_forms import QuestionForm, StatementForm, as_fields
from assessments.views.impartial import answers, impartial
from grants.forms.differences import at_version, differences, with_choices
from grants.models import Application, Section
from portal.people import kept_form, rules
from portal.people.rules import requires

#: What a unit reads of the application: for whom it is, and what it says on the two criteria.
SHOWN_TO_UNITS = (Section.TARGET, Section.COOPERATION)
#: Days that a unit has unless the officer says otherwise.
DAYS_TO_ANSWER = 14


@requires(rules.statement_party)
def statements_list(request: HttpRequest) -> HttpResponse:
    """What the person's units are asked and have answered; for officers, what they wait for."""
    own = statement_lists.asked_of(request.user)
    context = {
        "to_answer": [row for row in own if row.is_open],
        "answered": [row for row in own if row.is_answered],
        "is_contact": rules.unit_contact(request.user),
        "awaited": statement_lists.awaited_by(request.user),
        "is_officer": rules.case_officer(request.user),
    }
    return render(request, "assessments/statements.html", context)


@requires(rules.case_officer)
@impartial
def ask_statement(request: HttpRequest, application: Application) -> HttpResponse:
    """Ask a unit what it knows about complement and co-operation."""
    due_on = timezone.localdate() + timedelta(days=DAYS_TO_ANSWER)
    form = QuestionForm(kept_form.data(request), initial={"due_on": due_on})
    if request.method == "POST" and form.is_valid():
        try:
            cleaned = form.cleaned_data
            statements.ask(application, cleaned["unit"], cleaned["question"], cleaned["due_on"], request.user)
        except statements.Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The question is sent to %(unit)s.") % {"unit": cleaned["unit"]})
            return redirect("assessments:application", application.pk)
    return render(
        request,
        "assessments/ask_statement.html",
        {"application": application, "form": form},
        status=422 if request.method == "POST" else 200,
    )


@requires(rules.case_officer)
@impartial
def withdraw_statement(request: HttpRequest, application: Application, statement_id: int) -> HttpResponse:
    """Take a question back (POST)."""
    asked = Statement.objects.visible_to(request.user).filter(application=application)
    statement = get_object_or_404(asked, pk=statement_id)
    if request.method == "POST":
        try:
            statements.withdraw(statement, request.user)
        except statements.Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The question is taken back."))
    return redirect(f"{reverse('assessments:application', args=[application.pk])}#statements")


@requires(rules.unit_contact)
@answers
def statement(request: HttpRequest, statement: Statement) -> HttpResponse:
    """Read the question and write the answer; saving keeps it open for colleagues."""
    return _desk(request, statement, then_hand_in=False)


@requires(rules.unit_contact)
@answers
def hand_in_statement(request: HttpRequest, statement: Statement) -> HttpResponse:
    """Save what is written and hand it in."""
    return _desk(request, statement, then_hand_in=True)


def _desk(request: HttpRequest, statement: Statement, *, then_hand_in: bool) -> HttpResponse:
    """Show the unit's page, or save what was posted; nothing that was typed is lost on the way."""
    desk = UnitsDesk(request, statement)
    posted = kept_form.data(request)
    if posted is None:
        return desk.show()
    chosen, decided = with_choices(posted, desk.saved)
    form = desk.form(chosen if decided else posted)
    if request.method == "POST" and form.is_valid():
        if not decided:
            return desk.ask_to_choose(form, statement, status=422)
        return desk.save(form, then_hand_in=then_hand_in)
    return desk.show(form, status=422 if request.method == "POST" else 200)


@dataclass(frozen=True)
class UnitsDesk:
    """One contact's page with one question."""

    request: HttpRequest
    statement: Statement

    @property
    def saved(self) -> dict[str, str]:
        """What is saved, by the form's field names."""
        return as_fields(statements.written(self.statement))

    def form(self, data: QueryDict | None = None) -> StatementForm:
        return StatementForm(data, initial={**self.saved, "version": self.statement.version})

    def save(self, form: StatementForm, *, then_hand_in: bool) -> HttpResponse:
        version = form.cleaned_data["version"]
        try:
            current = statements.save(self.statement, form.written(), version, self.request.user)
        except statements.Conflict as conflict:
            current = conflict.statement
            # The same form sent twice is no conflict: what is saved is what was written.
            if differences(form, as_fields(form.written()), as_fields(statements.written(current))):
                return self.ask_to_choose(form, current, status=409)
        except statements.Refused as refusal:
            form.add_error(None, str(refusal))
            return self.show(form, status=409)
        if not then_hand_in:
            messages.success(self.request, _("Saved. The statement is not handed in yet."))
            return redirect("assessments:statement", self.statement.pk)
        return self.hand_in(form, current)

    def hand_in(self, form: StatementForm, current: Statement) -> HttpResponse:
        """Hand in what was just saved, or show what is missing."""
        try:
            statements.hand_in(current, self.request.user)
        except statements.NotReady as incomplete:
            posted = at_version(form.data, current.version)
            again = self.form(posted)
            again.full_clean()
            for name, explanation in incomplete.missing.items():
                again.add_error(name, explanation)
            notice = _("What you wrote is saved, but the statement is not handed in yet.")
            return self.show(again, notice=notice, status=422)
        except (statements.Refused, statements.Conflict):
            messages.warning(
                self.request, _("What you wrote is saved, but a colleague changed it meanwhile.")
            )
        else:
            messages.success(self.request, _("The statement is handed in. Thank you."))
        return redirect("assessments:statement", self.statement.pk)

    def show(self, form: StatementForm | None = None, *, notice: str = "", status: int = 200) -> HttpResponse:
        """The question and what it is about beside the form, or beside what was handed in."""
        application = self.statement.application
        questions = CriterionQuestion.objects.in_force(application.call.opens_at)
        context = {
            "form": form or self.form(),
            "notice": notice,
            "sections": case_file.read_sections(application, SHOWN_TO_UNITS),
            "wording": {question.criterion: question for question in questions},
            "is_closed": not self.statement.is_open,
        }
        return self._page("assessments/statement.html", context, status)

    def ask_to_choose(self, form: StatementForm, current: Statement, *, status: int) -> HttpResponse:
        """Show both texts where a colleague saved another than the person wrote."""
        theirs = as_fields(statements.written(current))
        context = {
            "differences": differences(form, as_fields(form.written()), theirs),
            "kept": [(name, form.data.get(name, "")) for name in ("komplement", "samverkan")],
            "version": current.version,
            "unanswered": status == 422,
        }
        return self._page("assessments/statement_choose.html", context, status)

    def _page(self, template: str, context: dict[str, Any], status: int) -> HttpResponse:
        shared = {"statement": self.statement, "application": self.statement.application}
        return render(self.request, template, shared | context, status=status)

"""Second readings: the reader's list and desk, and the choice of a reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from assessments import readings
from assessments.case_file import read as read_file
from assessments.models import Assessment, CriterionQuestion, LevelAnchor, SecondReading
from assessments.reading_forms import ReadingForm, as_fields
from assessments.reading_lists import needing_reader, read_by
from assessments.views.impartial import impartial, reading_of, reads
from assessments.views.tags import level_tag
from grants.forms.differences import at_version, differences, with_choices
from grants.models import Application
from grants.states import OPEN_STATES
from portal.people import kept_form, rules
from portal.people.models import User
from portal.people.rules import requires


@requires(rules.reader)
def readings_list(request: HttpRequest) -> HttpResponse:
    """What the person is to read, what they have read, and, for officers, what nobody reads yet."""
    own = read_by(request.user)
    context = {
        "to_read": [row for row in own if not row.is_done],
        "done": [row for row in own if row.is_done],
        "needing_reader": needing_reader(request.user),
    }
    return render(request, "assessments/readings.html", context)


@requires(rules.reader)
@reads
def reading(request: HttpRequest, application: Application) -> HttpResponse:
    """Read the application and write the five judgements; saving keeps the reading open."""
    return _desk(request, application, then_done=False)


@requires(rules.reader)
@reads
def reading_done(request: HttpRequest, application: Application) -> HttpResponse:
    """Save what is written and finish the reading."""
    return _desk(request, application, then_done=True)


@requires(rules.case_officer)
@impartial
def choose_reader(request: HttpRequest, application: Application) -> HttpResponse:
    """Ask for a second reading, or let another person read (POST)."""
    if request.method == "POST":
        given = request.POST.get("reader", "")
        reader = next((one for one in readings.readers(application) if str(one.pk) == given), None)
        if reader is None:
            messages.warning(request, _("Choose who shall read the case."))
        else:
            _choose(request, application, reader)
    return redirect(f"{reverse('assessments:application', args=[application.pk])}#second-reading")


def _choose(request: HttpRequest, application: Application, reader: Any) -> None:
    try:
        readings.choose_reader(application, reader, request.user)
    except readings.Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(person)s is asked to read the case.") % {"person": reader})


def _desk(request: HttpRequest, application: Application, *, then_done: bool) -> HttpResponse:
    """Show the reader's desk, or save what was posted; nothing that was typed is lost on the way."""
    desk = ReadersDesk(request, application)
    posted = kept_form.data(request)
    if posted is None:
        return desk.show() if desk.is_open else desk.show_closed()
    chosen, decided = with_choices(posted, desk.saved)
    form = desk.form(chosen if decided else posted)
    if request.method == "POST" and form.is_valid():
        if not decided:
            return desk.ask_to_choose(form, desk.reading, status=422)
        return desk.save(form, then_done=then_done)
    return desk.show(form, status=422 if request.method == "POST" else 200)


@dataclass(frozen=True)
class ReadersDesk:
    """One reader's page with one application."""

    request: HttpRequest
    application: Application

    @property
    def reading(self) -> SecondReading:
        return self.application.second_reading

    @property
    def is_open(self) -> bool:
        return not self.reading.is_done and self.application.state in OPEN_STATES

    @property
    def saved(self) -> dict[str, str]:
        """What is saved, by the form's field names."""
        return as_fields(readings.written(self.reading))

    def form(self, data: QueryDict | None = None) -> ReadingForm:
        call = self.application.call
        return ReadingForm(
            CriterionQuestion.objects.in_force(call.opens_at),
            LevelAnchor.objects.visible_to(self.request.user).filter(call=call),
            data=data,
            initial={**self.saved, "version": self.reading.version},
        )

    def save(self, form: ReadingForm, *, then_done: bool) -> HttpResponse:
        version = form.cleaned_data["version"]
        try:
            current = readings.save(self.reading, form.written(), version, self.request.user)
        except readings.Conflict as conflict:
            current = conflict.reading
            # The same form sent twice is no conflict: what is saved is what was written.
            if differences(form, as_fields(form.written()), as_fields(readings.written(current))):
                return self.ask_to_choose(form, current, status=409)
        except readings.Refused as refusal:
            form.add_error(None, str(refusal))
            return self.show(form, status=409)
        if not then_done:
            messages.success(self.request, _("Saved."))
            return redirect("assessments:reading", self.application.pk)
        return self.finish(form, current)

    def finish(self, form: ReadingForm, current: SecondReading) -> HttpResponse:
        """Finish what was just saved, or show what is missing."""
        try:
            readings.finish(current, self.request.user)
        except readings.NotReady as incomplete:
            posted = at_version(form.data, current.version)
            again = self.form(posted)
            again.full_clean()
            for name, explanation in incomplete.missing.items():
                again.add_error(name, explanation)
            notice = _("What you wrote is saved, but the reading is not finished yet.")
            return self.show(again, notice=notice, status=422)
        except (readings.Refused, readings.Conflict):
            messages.warning(
                self.request, _("What you wrote is saved, but it was changed in another window meanwhile.")
            )
        else:
            messages.success(self.request, _("The reading is finished. Thank you."))
        return redirect("assessments:reading", self.application.pk)

    def show(self, form: ReadingForm | None = None, *, notice: str = "", status: int = 200) -> HttpResponse:
        """The form beside the application; of a closed reading only after a refused save."""
        context = {"form": form or self.form(), "notice": notice, "is_open": self.is_open}
        return self._page("assessments/reading.html", context, status)

    def show_closed(self) -> HttpResponse:
        """The reading as it was written."""
        rows = {row.criterion: row for row in self.reading.judgements.all()}
        criteria = [
            {**criterion, "tag": level_tag(row.level), "written": row.text}
            for criterion in self.form().criteria
            if (row := rows.get(criterion["code"]))
        ]
        sees_other = Assessment.objects.visible_to(self.request.user).filter(application=self.application)
        context = {
            "criteria": criteria,
            "is_open_to_both": self.reading.is_open_to_both and sees_other.exists(),
        }
        return self._page("assessments/reading_closed.html", context, 200)

    def ask_to_choose(self, form: ReadingForm, current: SecondReading, *, status: int) -> HttpResponse:
        """Show both texts where another window saved something else."""
        theirs = as_fields(readings.written(current))
        context = {
            "differences": differences(form, as_fields(form.written()), theirs),
            "kept": [(name, form.data.get(name, "")) for name in form.fields if name != "version"],
            "version": current.version,
            "saved_at": current.saved_at,
            "unanswered": status == 422,
        }
        return self._page("assessments/reading_choose.html", context, status)

    def _page(self, template: str, context: dict[str, Any], status: int) -> HttpResponse:
        shared: dict[str, Any] = {"application": self.application, "reading": self.reading}
        if template != "assessments/reading_choose.html":
            shared["file"] = read_file(self.application, self.request.user)
        return render(self.request, template, shared | context, status=status)


def shown_on_case(application: Application, user: Any, colleagues: Iterable[User]) -> dict[str, Any]:
    """What the case's page tells of the second reading: how far it is, never what it says.

    `colleagues` are all who read cases a second time.
    """
    reading = reading_of(application)
    may_choose = (
        application.state in OPEN_STATES
        and not (reading and reading.is_done)
        and not (reading and reading.reader_id == user.pk)
    )
    return {
        "reading": reading,
        "is_mine": reading is not None and reading.reader_id == user.pk,
        "readers": readings.readers(application, colleagues) if may_choose else [],
        "may_choose": may_choose,
    }

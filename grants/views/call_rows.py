"""Officers' pages on which the rows of a call are changed: conditions and report dates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.calls.call_editing import CannotChange, ChangedMeanwhile, frozen_text
from grants.calls.call_row_editing import save_asked_papers, save_rows
from grants.forms.call_questions import AskedPaperForm, HeadingForm
from grants.forms.call_rows import BaseRows, ConditionForm, ReportDateForm, RowForm, rows_formset
from grants.models import BudgetHeading, Call, CallCondition, ReportDate
from grants.views.calls import crumbs, officers_call
from portal.people import kept_form, rules
from portal.people.rules import requires


@dataclass(frozen=True)
class RowsPage:
    """A list of rows that belong to a call, and how each is written."""

    model: Any
    form: type[RowForm]
    title: Any
    lead: Any

    def initial(self, call: Call) -> list[dict[str, Any]]:
        names = [name for name in self.form().fields if name != "key"]
        return [
            {"key": row.key, **{name: getattr(row, name) for name in names}}
            for row in self.model.objects.filter(call=call)
        ]


CONDITIONS = RowsPage(
    CallCondition,
    ConditionForm,
    gettext_lazy("Conditions"),
    gettext_lazy(
        "What the association accepts by signing. The conditions stand on the call's page and above "
        "the signature."
    ),
)
REPORT_DATES = RowsPage(
    ReportDate,
    ReportDateForm,
    gettext_lazy("Report dates"),
    gettext_lazy(
        "What those who get the grant report, and by when. It stands on the call's page, so that people "
        "know before they apply."
    ),
)


HEADINGS = RowsPage(
    BudgetHeading,
    HeadingForm,
    gettext_lazy("Budget lines"),
    gettext_lazy("The lines of income and costs. What is applied for here needs no line of its own."),
)


@requires(rules.case_officer)
def headings(request: HttpRequest, call_id: int) -> HttpResponse:
    """The lines of the budget."""
    return _rows_page(request, call_id, HEADINGS)


@requires(rules.case_officer)
def asked_papers(request: HttpRequest, call_id: int) -> HttpResponse:
    """The papers that the call asks for."""
    call = officers_call(request, call_id)
    names = [name for name in AskedPaperForm().fields if name != "key"]

    def save(rows: list[dict[str, Any]], seen: int) -> None:
        save_asked_papers(call.pk, rows, seen=seen)

    return edit_rows(
        request,
        call,
        AskedPaperForm,
        [
            {"key": str(asked.pk), **{name: getattr(asked, name) for name in names}}
            for asked in call.asked_papers.select_related("type", "instead")
        ],
        save,
        title=_("Papers asked for"),
        lead=_("Which papers the association hands in, and what a new association has instead."),
    )


@requires(rules.case_officer)
def conditions(request: HttpRequest, call_id: int) -> HttpResponse:
    """The conditions that are accepted by signing."""
    return _rows_page(request, call_id, CONDITIONS)


@requires(rules.case_officer)
def report_dates(request: HttpRequest, call_id: int) -> HttpResponse:
    """What is reported, and by when."""
    return _rows_page(request, call_id, REPORT_DATES)


def _rows_page(request: HttpRequest, call_id: int, page: RowsPage) -> HttpResponse:
    call = officers_call(request, call_id)

    def save(rows: list[dict[str, Any]], seen: int) -> None:
        save_rows(call.pk, page.model, rows, named_by=page.form.named_by, seen=seen)

    return edit_rows(
        request, call, page.form, page.initial(call), save, title=str(page.title), lead=str(page.lead)
    )


def edit_rows(
    request: HttpRequest, call: Call, form: type[RowForm], initial: list[dict[str, Any]], save: Any, *,
    title: str, lead: str, back: str = "",
) -> HttpResponse:  # fmt: skip
    """A page with a list of rows to change; `save(rows, seen)` keeps them."""
    data = kept_form.data(request)
    formset = rows_formset(form, initial, data, extra=0 if call.is_frozen else 2)
    seen = _seen(data, call)
    refused = ""
    if request.method == "POST" and formset.is_valid():
        try:
            save(formset.rows(), seen)
        except CannotChange as reason:
            refused = str(reason)
        except ChangedMeanwhile:
            seen = officers_call(request, call.pk).form_version
            refused = _(
                "A colleague has changed the call since you opened the page. Look at the call in another "
                "tab, then save again: what you wrote is still here."
            )
        else:
            messages.success(request, _("The call is saved."))
            return redirect(back or request.path)
    return _rendered(request, call, formset, seen, refused, title, lead)


def _rendered(
    request: HttpRequest, call: Call, formset: BaseRows, seen: int, refused: str, title: str, lead: str
) -> HttpResponse:
    return render(
        request,
        "grants/call_rows.html",
        {
            "call": call,
            "formset": formset,
            "seen": seen,
            "extra": [refused] if refused else list(formset.non_form_errors()) if formset.is_bound else [],
            "title": title,
            "lead": lead,
            "frozen_text": frozen_text() if call.is_frozen else "",
            "breadcrumbs": crumbs(call, title),
        },
        status=422 if request.method == "POST" else 200,
    )


def _seen(data: QueryDict | None, call: Call) -> int:
    """The version that the person started from; one that cannot be read is an old one."""
    if data is None:
        return call.form_version
    given = data.get("seen", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 9 else 0

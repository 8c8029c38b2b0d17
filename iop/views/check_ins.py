"""Check-ins: the list, planning many at once, and the page of one before and after it."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from grants.forms.differences import differences, with_choices
from iop import check_ins, deliveries, promised
from iop.acting import may_write
from iop.models import Agreement, CheckIn
from iop.running_forms import CheckInForm, PlanForm
from iop.views.within import page, reads, writes
from iop.writing import Conflict, Refused
from portal.people import kept_form


@reads
def check_in_list(request: HttpRequest, agreement: Agreement) -> HttpResponseBase:
    """All check-ins of the partnership, those to come first."""
    rows = list(agreement.check_ins.filter(cancelled_at=None))
    return page(
        request, agreement, "check_ins/list", _("Check-ins"),
        coming=[row for row in rows if row.held_on is None],
        held=[row for row in reversed(rows) if row.held_on is not None],
        may_write=may_write(agreement, request.user),
    )  # fmt: skip


@writes
def plan_check_ins(request: HttpRequest, agreement: Agreement) -> HttpResponseBase:
    """All suggested days in one form; each can be moved or emptied."""
    data = kept_form.data(request)
    days = check_ins.suggested_days(agreement, timezone.localdate())
    if data is not None:
        # As many days as were shown, whatever is planned meanwhile.
        days = [date.min] * len([name for name in data if name.startswith("day_")])
    form = PlanForm(agreement, days, data)
    if request.method == "POST" and form.is_valid():
        try:
            made = check_ins.plan(agreement, form.days, form.cleaned_data["place"], request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            text = ngettext("%(count)s check-in is planned.", "%(count)s check-ins are planned.", len(made))
            messages.success(request, text % {"count": len(made)})
            return redirect("iop:check-ins", agreement.pk)
    status = 422 if request.method == "POST" else 200
    return page(
        request, agreement, "check_ins/plan", _("Plan check-ins"), status=status,
        form=form, is_short=agreement.is_short,
    )  # fmt: skip


@reads
def check_in(request: HttpRequest, agreement: Agreement, check_in_id: int) -> HttpResponseBase:
    """Read a check-in, with what was promised and delivered until its day."""
    row = _row(agreement, check_in_id)
    rows = promised.rows_of(agreement, row.planned_on.year)
    return page(
        request, agreement, "check_ins/check_in", _("Check-in"),
        check_in=row,
        rows=rows,
        picture=promised.picture(rows, row.planned_on.year),
        deliveries=list(
            row.deliveries.filter(withdrawn_at=None).select_related("party__association", "party__unit")
        ),
        may_write=may_write(agreement, request.user),
        may_deliver=agreement.is_live and bool(deliveries.parties_of(agreement, request.user)),
    )  # fmt: skip


@writes
def write_check_in(request: HttpRequest, agreement: Agreement, check_in_id: int) -> HttpResponseBase:
    """Write agenda and notes; when somebody saved meanwhile, both texts are shown."""
    row = _row(agreement, check_in_id)
    saved = check_ins.written(row).__dict__
    posted = kept_form.data(request)
    if posted is None:
        return _form(request, agreement, row, CheckInForm(row))
    chosen, decided = with_choices(posted, saved)
    form = CheckInForm(row, chosen if decided else posted)
    if request.method != "POST" or not form.is_valid():
        return _form(request, agreement, row, form)
    if not decided:
        return _choose(request, agreement, row, form, unanswered=True)
    try:
        check_ins.save(row, form.written(), form.cleaned_data["version"], request.user)
    except Conflict as meanwhile:
        theirs = check_ins.written(meanwhile.current).__dict__
        if differences(form, form.written().__dict__, theirs):
            return _choose(request, agreement, meanwhile.current, form)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _form(request, agreement, row, form)
    messages.success(request, _("The check-in is saved."))
    return redirect("iop:check-in", agreement.pk, row.pk)


@writes
def cancel_check_in(request: HttpRequest, agreement: Agreement, check_in_id: int) -> HttpResponseBase:
    """Take a check-in off the calendar (POST)."""
    if request.method == "POST":
        try:
            check_ins.cancel(_row(agreement, check_in_id), request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The check-in is cancelled."))
    return redirect("iop:check-ins", agreement.pk)


def _row(agreement: Agreement, check_in_id: int) -> CheckIn:
    return get_object_or_404(agreement.check_ins.filter(cancelled_at=None), pk=check_in_id)


def _form(request: HttpRequest, agreement: Agreement, row: CheckIn, form: CheckInForm) -> HttpResponseBase:
    status = 422 if request.method == "POST" else 200
    return page(
        request, agreement, "check_ins/write", _("Write in the check-in"), status=status,
        check_in=row, form=form,
    )  # fmt: skip


def _choose(
    request: HttpRequest,
    agreement: Agreement,
    current: CheckIn,
    form: CheckInForm,
    *,
    unanswered: bool = False,
) -> HttpResponseBase:
    """Show both texts where somebody saved another than the person wrote."""
    return page(
        request, agreement, "running/choose", _("Choose between two texts"),
        status=422 if unanswered else 409,
        differences=differences(form, form.written().__dict__, check_ins.written(current).__dict__),
        kept=[(name, form.data.get(name, "")) for name in form.fields if name != "version"],
        version=current.version,
        unanswered=unanswered,
        back=reverse("iop:check-in", args=[agreement.pk, current.pk]),
    )  # fmt: skip

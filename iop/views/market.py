"""The assessment of market, procurement and state aid, and the minor aid that parties declare."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from iop import market
from iop.acting import party_of
from iop.agreement_forms import AidForm, MarketForm
from iop.market import FIELDS
from iop.models import Agreement, MarketAssessment
from iop.rules import partner
from iop.views.opening import page, partnership
from iop.views.together import at, theirs
from iop.writing import Conflict, Refused
from portal.people import kept_form, rules
from portal.people.rules import requires


@requires(partner)
@partnership
def market_assessment(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """All parties read the assessment; the case officer writes it."""
    if request.method == "POST" and rules.case_officer(request.user):
        return _save(request, agreement)
    return _show(request, agreement)


def _save(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    form = MarketForm(request.POST)
    if not form.is_valid():
        return _show(request, agreement, form=form, status=422)
    try:
        market.save(agreement, form.written(), form.cleaned_data["version"], request.user)
    except Conflict as conflict:
        shown = theirs(form, _fields(conflict.current))
        again = MarketForm(at(form.data, version=conflict.current.version))
        return _show(request, agreement, form=again, shown=shown, status=409)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show(request, agreement, form=form, status=422)
    messages.success(request, _("Saved. Sign the assessment when it is finished."))
    return redirect("iop:market", agreement.pk)


@requires(rules.case_officer)
@partnership
def sign_assessment(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """Sign the assessment as it was read (POST)."""
    if request.method == "POST":
        version = request.POST.get("version", "")
        try:
            market.sign(agreement, int(version) if version.isdecimal() else 0, request.user)
        except Conflict:
            messages.error(request, _("Somebody has changed the assessment. Read it again before you sign."))
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The assessment is signed and registered."))
    return redirect("iop:market", agreement.pk)


@requires(partner)
@partnership
def add_aid(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """Declare aid of minor importance (POST)."""
    if request.method != "POST":
        return redirect("iop:market", agreement.pk)
    form = _aid_form(request, agreement, request.POST)
    if form.is_valid():
        try:
            market.add_aid(agreement, by=request.user, **form.written())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("iop:market", agreement.pk)
    return _show(request, agreement, aid_form=form, status=422)


@requires(partner)
@partnership
def remove_aid(request: HttpRequest, agreement: Agreement, aid_id: int) -> HttpResponse:
    """Take away a row that was wrong (POST)."""
    aid = get_object_or_404(agreement.de_minimis.all(), pk=aid_id)
    if request.method == "POST":
        try:
            market.remove_aid(aid, request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Taken away."))
    return redirect("iop:market", agreement.pk)


def _aid_form(request: HttpRequest, agreement: Agreement, data: Any = None) -> AidForm:
    """For a party's person their own party; for the case officer every association."""
    parties = agreement.parties.filter(left_on=None, association__isnull=False)
    if (own := party_of(agreement, request.user)) is not None:
        parties = parties.filter(pk=own.pk)
    return AidForm(parties, data)


def _show(
    request: HttpRequest,
    agreement: Agreement,
    *,
    form: MarketForm | None = None,
    shown: Any = (),
    aid_form: AidForm | None = None,
    status: int = 200,
) -> HttpResponse:
    assessment = market.assessment_of(agreement)
    context = {
        "assessment": assessment,
        "holds": market.holds(agreement),
        "missing": market.missing(assessment),
        "form": form or MarketForm(kept_form.data(request), initial=_fields(assessment)),
        "theirs": shown,
        "rows": _rows(assessment),
        "sums": market.aid_sums(agreement),
        "aids": agreement.de_minimis.select_related("party__association", "party__unit"),
        "aid_form": aid_form or _aid_form(request, agreement),
        "ceiling": market.CEILING,
        "ceiling_sgei": market.CEILING_SGEI,
    }
    here = _("Market, procurement and state aid")
    return page(request, agreement, "market", context, here=here, status=status)


def _fields(assessment: MarketAssessment) -> dict[str, Any]:
    return {"version": assessment.version} | {name: getattr(assessment, name) for name in FIELDS}


def _rows(assessment: MarketAssessment) -> list[dict[str, Any]]:
    """The answers as they are read."""
    yes_no = {True: _("Yes"), False: _("No"), None: ""}
    found = []
    for name in FIELDS:
        value = getattr(assessment, name)
        found.append(
            {"label": market.label_of(name), "value": yes_no[value] if not isinstance(value, str) else value}
        )
    return found

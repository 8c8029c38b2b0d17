"""What each party contributes, the budget, and what a partnership takes over from running grants."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from iop import money, promising
from iop.acting import party_of
from iop.models import Agreement, Party
from iop.promises_forms import BudgetForm, ContributionsForm, TakeOverForm
from iop.rules import partner
from iop.under_clauses import budget_table, table_of_contributions
from iop.views.opening import page, partnership
from iop.views.together import at
from iop.writing import Conflict, Refused
from portal.people import kept_form, rules
from portal.people.rules import requires


@requires(partner)
@partnership
def contributions(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """The shared table: the person's own party writes in its rows where they stand, and reads the others'."""
    own = party_of(agreement, request.user)
    if own is None or not agreement.is_being_written:
        return _shared_table(request, agreement)
    return _shared_table(request, agreement, own, _promises_form(own))


@requires(partner)
@partnership
def party_contributions(request: HttpRequest, agreement: Agreement, party_id: int) -> HttpResponse:
    """The shared table with one party's rows open: to its own people, or to the case officer who helps."""
    chosen = get_object_or_404(agreement.parties.filter(left_on=None), pk=party_id)
    form = _promises_form(chosen, kept_form.data(request))
    if request.method != "POST":
        own = party_of(agreement, request.user)
        is_theirs = own is not None and own.pk != chosen.pk
        return _shared_table(request, agreement, *(() if is_theirs else (chosen, form)))
    changed_meanwhile, status = False, 422
    if form.is_valid():
        try:
            promising.promise(chosen, form.written(), form.cleaned_data["seen"], request.user)
        except Conflict:
            changed_meanwhile, status = True, 409
            form = _promises_form(chosen, at(form.data, seen=promising.contributions_seen(chosen)))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved. The parties are asked to say yes to clause 8 anew."))
            return redirect("iop:contributions", agreement.pk)
    return _shared_table(request, agreement, chosen, form, changed_meanwhile=changed_meanwhile, status=status)


def _promises_form(party: Party, data: Any = None) -> ContributionsForm:
    saved = promising.promises_of(party, party.contributions.all())
    initial = {"seen": promising.contributions_seen(party)}
    return ContributionsForm(list(party.agreement.years), data, promises=saved, initial=initial)


def _shared_table(
    request: HttpRequest,
    agreement: Agreement,
    opened: Party | None = None,
    form: ContributionsForm | None = None,
    *,
    changed_meanwhile: bool = False,
    status: int = 200,
) -> HttpResponse:
    """All parties' rows; those of the party that is opened as a form in their place."""
    context = table_of_contributions(agreement) | {
        "opened": opened,
        "form": form,
        "changed_meanwhile": changed_meanwhile,
    }
    return page(request, agreement, "contributions", context, here=_("What we contribute"), status=status)


@requires(partner)
@partnership
def budget(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """Costs and income a year, the balance in words, and for officers the frame."""
    years = list(agreement.years)
    lines = promising.budget_lines(agreement)
    seen = promising.budget_seen(agreement)
    form = BudgetForm(years, kept_form.data(request), lines=lines, initial={"seen": seen})
    changed_meanwhile, status = False, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                promising.write_budget(agreement, form.written(), form.cleaned_data["seen"], request.user)
            except Conflict:
                changed_meanwhile, status = True, 409
                form = BudgetForm(years, at(form.data, seen=seen))
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Saved."))
                return redirect("iop:budget", agreement.pk)
    context = budget_table(agreement) | {
        "form": form,
        "changed_meanwhile": changed_meanwhile,
        "frames": money.frame_rooms(agreement) if rules.case_officer(request.user) else [],
    }
    return page(request, agreement, "budget", context, here=_("Budget"), status=status)


@requires(rules.case_officer)
@partnership
def take_over(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """Choose what of running grants becomes part of the partnership with the committee's decision."""
    grants = money.grants_to_take_over(agreement)
    form = TakeOverForm(grants, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        try:
            money.take_over(agreement, form.written(), request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved. Nothing is bound otherwise until the committee has decided."))
            return redirect("iop:budget", agreement.pk)
    status = 422 if request.method == "POST" else 200
    return page(request, agreement, "take_over", {"form": form}, here=_("Take over a grant"), status=status)

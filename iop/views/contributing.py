"""What each party contributes, the budget, and what a partnership takes over from running grants."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from iop import money, promising
from iop.acting import party_of
from iop.models import Agreement
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
    """The whole table, party by party; each party writes its own rows."""
    own = party_of(agreement, request.user)
    context = table_of_contributions(agreement) | {"own": own}
    return page(request, agreement, "contributions", context, here=_("What we contribute"))


@requires(partner)
@partnership
def party_contributions(request: HttpRequest, agreement: Agreement, party_id: int) -> HttpResponse:
    """Write what one party contributes: its own people, or the case officer who helps."""
    chosen = get_object_or_404(agreement.parties.filter(left_on=None), pk=party_id)
    years = list(agreement.years)
    saved = promising.promises_of(chosen, chosen.contributions.all())
    seen = promising.contributions_seen(chosen)
    form = ContributionsForm(years, kept_form.data(request), promises=saved, initial={"seen": seen})
    changed_meanwhile, status = False, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                promising.promise(chosen, form.written(), form.cleaned_data["seen"], request.user)
            except Conflict:
                changed_meanwhile, status = True, 409
                form = ContributionsForm(years, at(form.data, seen=seen))
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Saved. The parties are asked to say yes to clause 8 anew."))
                return redirect("iop:contributions", agreement.pk)
    context = {
        "chosen": chosen,
        "form": form,
        "years": years,
        "saved": table_of_contributions(agreement) if changed_meanwhile else None,
    }
    return page(request, agreement, "party_contributions", context, here=chosen.name, status=status)


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

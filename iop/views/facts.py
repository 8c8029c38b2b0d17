"""What an agreement says of itself besides its clauses, and who its parties are."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from iop import beginning
from iop.agreement_forms import FactsForm, InviteForm, ProcessLeaderForm, facts_of
from iop.models import Agreement
from iop.rules import partner
from iop.views.opening import page, partnership
from iop.views.together import at, theirs
from iop.writing import Conflict, Refused
from portal.people import kept_form, trail
from portal.people.rules import requires


@requires(partner)
@partnership
def agreement_facts(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """Title, days, area and whom it is about."""
    form = FactsForm(kept_form.data(request), initial=facts_of(agreement))
    shown, status = [], 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                beginning.save_facts(agreement, form.written(), form.cleaned_data["version"], request.user)
            except Conflict as conflict:
                shown, status = theirs(form, facts_of(conflict.current)), 409
                form = FactsForm(at(form.data, version=conflict.current.version))
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Saved."))
                return redirect("iop:agreement", agreement.pk)
    return page(
        request, agreement, "facts", {"form": form, "theirs": shown}, here=_("Facts and days"), status=status
    )


@requires(partner)
@trail.reads_people
@partnership
def parties(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """Who the parties are, who leads for each, and another party to invite."""
    form = InviteForm(agreement, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        try:
            beginning.invite(agreement, request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("They are invited, and have been told by e-mail."))
            return redirect("iop:parties", agreement.pk)
    rows = agreement.parties.select_related("association", "unit", "process_leader")
    context = {"form": form, "parties": rows}
    status = 422 if request.method == "POST" else 200
    return page(request, agreement, "parties", context, here=_("Parties"), status=status)


@requires(partner)
@partnership
def process_leader(request: HttpRequest, agreement: Agreement, party_id: int) -> HttpResponse:
    """Choose who holds the work together for a party."""
    chosen = get_object_or_404(agreement.parties.all(), pk=party_id)
    form = ProcessLeaderForm(chosen, kept_form.data(request), initial={"person": chosen.process_leader_id})
    if request.method == "POST" and form.is_valid():
        try:
            beginning.choose_process_leader(agreement, chosen, form.cleaned_data["person"], request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("iop:parties", agreement.pk)
    context = {"form": form, "chosen": chosen}
    status = 422 if request.method == "POST" else 200
    return page(request, agreement, "process_leader", context, here=_("Process leader"), status=status)

"""What each party has contributed: to note it, to read it, to take it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from iop import deliveries
from iop.models import Agreement
from iop.running_forms import DeliveryForm
from iop.views.within import page, reads, writes
from iop.writing import Refused
from portal.people import kept_form


@reads
def delivery_list(request: HttpRequest, agreement: Agreement) -> HttpResponseBase:
    """All that the parties have noted, also what was taken back."""
    own = {party.pk for party in deliveries.parties_of(agreement, request.user)}
    rows = agreement.deliveries.select_related("party__association", "party__unit").order_by("-on", "-pk")
    return page(
        request, agreement, "deliveries/list", _("Contributions"),
        deliveries=[(row, row.party_id in own and row.withdrawn_at is None) for row in rows],
        may_deliver=bool(own),
    )  # fmt: skip


@writes
def deliver(request: HttpRequest, agreement: Agreement) -> HttpResponseBase:
    """Note a contribution of the person's own party; `avstamning` in the address names a check-in."""
    parties = deliveries.parties_of(agreement, request.user)
    if not parties:
        raise Http404
    form = DeliveryForm(parties, kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        party, check_in = form.cleaned_data["party"], _check_in(request, agreement)
        try:
            deliveries.register(party, form.written(), request.user, check_in)
        except Refused as refusal:
            form.add_error("on", str(refusal))
        else:
            messages.success(request, _("The contribution is noted."))
            if check_in is not None:
                return redirect("iop:check-in", agreement.pk, check_in.pk)
            return redirect("iop:deliveries", agreement.pk)
    status = 422 if request.method == "POST" else 200
    return page(
        request, agreement, "deliveries/write", _("Note a contribution"), status=status,
        form=form, party=parties[0] if len(parties) == 1 else None,
    )  # fmt: skip


@writes
def take_back_delivery(request: HttpRequest, agreement: Agreement, delivery_id: int) -> HttpResponseBase:
    """Take a contribution of the person's own party back (POST)."""
    own = deliveries.parties_of(agreement, request.user)
    delivery = get_object_or_404(agreement.deliveries.filter(party__in=own), pk=delivery_id)
    if request.method == "POST":
        deliveries.take_back(delivery, request.user)
        messages.success(
            request, _("The contribution is taken back. It stays in the story and counts no more.")
        )
    return redirect("iop:deliveries", agreement.pk)


def _check_in(request: HttpRequest, agreement: Agreement) -> Any:
    number = request.GET.get("avstamning", "")
    return agreement.check_ins.filter(pk=number).first() if number.isdecimal() else None

"""What is missing, and the way on: to the committee, straight to signing, or back to the parties."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from iop import money, proposing, signing
from iop.agreement_forms import WordsForm
from iop.deciding import decided_amounts
from iop.models import Agreement
from iop.promising import city_money
from iop.readiness import Lack, changed_decision, lacking, lacking_to_sign
from iop.rules import partner
from iop.views.opening import page, partnership
from iop.writing import Refused
from portal.people import kept_form, rules
from portal.people.rules import requires


@requires(partner)
@partnership
def to_committee(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """All that is missing; the case officer sends the agreement when nothing is."""
    if request.method == "POST":
        try:
            proposing.send_to_committee(agreement, request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("iop:to-committee", agreement.pk)
        messages.success(
            request, _("The agreement is on its way to the committee, as a matter with its report.")
        )
        return redirect("iop:agreement", agreement.pk)
    decision = changed_decision(agreement) if agreement.is_being_written else None
    context = {
        "lacks": _with_links(agreement, lacking(agreement)) if agreement.is_being_written else [],
        "decision": decision,
        "decided": sorted(decided_amounts(decision).items()) if decision else [],
        "lacks_to_sign": _with_links(agreement, lacking_to_sign(agreement)) if decision else [],
        "amounts": sorted(city_money(agreement).items()),
        "frames": money.frame_rooms(agreement) if rules.case_officer(request.user) else [],
    }
    return page(request, agreement, "to_committee", context, here=_("To the committee"))


@requires(rules.case_officer)
@partnership
def to_signing(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """A text with exactly the decided amounts goes straight to signing (POST)."""
    if request.method == "POST":
        try:
            proposing.go_to_signing(agreement, request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The agreement can be signed."))
            return redirect("iop:agreement", agreement.pk)
    return redirect("iop:to-committee", agreement.pk)


@requires(rules.case_officer)
@partnership
def write_again(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """Take a decided agreement back to the parties, with words."""
    form = WordsForm(kept_form.data(request))
    if request.method == "POST" and form.is_valid():
        try:
            signing.write_again(agreement, form.cleaned_data["words"], request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The parties write again."))
            return redirect("iop:agreement", agreement.pk)
    status = 422 if request.method == "POST" else 200
    return page(request, agreement, "write_again", {"form": form}, here=_("Write again"), status=status)


def _with_links(agreement: Agreement, lacks: list[Lack]) -> list[tuple[str, str]]:
    """What is missing, with the address of the page where it is put right."""
    return [
        (lack.text, reverse(lack.page, args=[agreement.pk, *([lack.number] if lack.number else [])]))
        for lack in lacks
    ]

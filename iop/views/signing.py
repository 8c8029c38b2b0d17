"""The page where a signatory reads the decided text and signs it, and the PDFs of frozen texts."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from iop import signing
from iop.documents import context_of
from iop.freezing import is_as_frozen
from iop.models import Agreement
from iop.rules import partner
from iop.states import State
from iop.views.opening import page, partnership
from iop.writing import Refused
from portal.documents.download import stream
from portal.people.rules import requires


@requires(partner)
@partnership
def sign_agreement(request: HttpRequest, agreement: Agreement) -> HttpResponse:
    """Read what was decided, with its PDF and checksum, and sign it for one's party."""
    text = agreement.text_to_sign
    if text is None:
        raise Http404
    if request.method == "POST":
        try:
            signing.sign(agreement, request.POST.get("checksum", ""), request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("iop:sign", agreement.pk)
        messages.success(request, _("You have signed. Thank you."))
        return redirect("iop:agreement", agreement.pk)
    is_open = agreement.state == State.TO_SIGN
    context = context_of(text) | {
        "text": text,
        "signatures": signing.signatures_of(agreement),
        "signs_for": signing.party_to_sign_for(agreement, request.user) if is_open else None,
        "is_open": is_open,
        "is_as_decided": not is_open or is_as_frozen(agreement, text),
    }
    return page(request, agreement, "sign", context, here=_("Sign"))


@requires(partner)
@partnership
def text_document(request: HttpRequest, agreement: Agreement, number: int) -> HttpResponseBase:
    """The PDF of a frozen text; while it is being made the person is asked to come back."""
    text = get_object_or_404(agreement.texts.select_related("document__file"), number=number)
    if text.document.file is None:
        messages.info(request, _("The document is being made. Try again in a minute."))
        return redirect("iop:agreement", agreement.pk)
    return stream(text.document.file, f"Overenskommelse {text.number}.pdf", inline=True)

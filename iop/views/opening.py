"""Opens an agreement to who takes part in it, after the declaration that staff make first."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from iop.acting import party_of
from iop.models import Agreement
from iop.writing import reason_to_refuse
from portal.people import rules

#: Takes the request, the agreement, and what else stands in the address.
AgreementView = Callable[..., HttpResponseBase]


def found(request: HttpRequest, agreement_id: int) -> Agreement:
    """The agreement if the person may see it; anything else is 404."""
    return get_object_or_404(
        Agreement.objects.visible_to(request.user).select_related(
            "case__authority", "area", "coordinator", "text_to_sign__document__file"
        ),
        pk=agreement_id,
    )


def partnership(view: AgreementView) -> Callable[..., HttpResponseBase]:
    """Hand the view the agreement once who works for the city has declared (kommunallagen 7:4).

    Goes below `@requires`.
    """

    @wraps(view)
    def opened(request: HttpRequest, agreement_id: int, **more: Any) -> HttpResponseBase:
        agreement = found(request, agreement_id)
        if reason_to_refuse(agreement, request.user):
            return redirect("iop:agreement-declare", agreement_id)
        return view(request, agreement, **more)

    return opened


def page(
    request: HttpRequest,
    agreement: Agreement,
    template: str,
    context: dict[str, Any],
    *,
    here: str = "",
    status: int = 200,
) -> HttpResponse:
    """A page of the agreement: with its trail, for which party the person acts and whether they write."""
    party = party_of(agreement, request.user)
    is_writer = party is not None or rules.case_officer(request.user)
    trail = [
        {"label": _("Partnerships"), "url": reverse("iop:home")},
        {"label": _("Agreements"), "url": reverse("iop:agreements")},
        {"label": agreement.title, "url": reverse("iop:agreement", args=[agreement.pk])},
    ]
    shared = {
        "agreement": agreement,
        "party": party,
        "is_officer": rules.case_officer(request.user),
        "writes": is_writer and agreement.is_being_written,
        "breadcrumbs": [*trail, {"label": here}] if here else trail,
    }
    return render(request, f"iop/agreement/{template}.html", shared | context, status=status)

"""What every page of a running partnership begins with: the agreement that the person sees."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from iop.acting import may_write
from iop.models import Agreement
from iop.rules import partner
from iop.states import SIGNED_STATES
from iop.views.opening import found
from iop.writing import reason_to_refuse
from portal.people.rules import requires

View = Callable[..., HttpResponseBase]


def reads(view: View) -> View:
    """The view gets the signed agreement instead of its id, if the person sees it.

    Who works for the city declares first that there is no conflict of interest (kommunallagen 7:4).
    """

    @requires(partner)
    @wraps(view)
    def opened(request: HttpRequest, agreement_id: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
        agreement = found(request, agreement_id)
        if agreement.state not in SIGNED_STATES:
            raise Http404
        if reason_to_refuse(agreement, request.user):
            return redirect("iop:agreement-declare", agreement_id)
        return view(request, agreement, *args, **kwargs)

    return opened


def writes(view: View) -> View:
    """As `reads`, for who writes in the agreement: the parties' people and case officers."""

    @reads
    @wraps(view)
    def opened(request: HttpRequest, agreement: Agreement, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_write(agreement, request.user):
            raise Http404
        return view(request, agreement, *args, **kwargs)

    return opened


def page(
    request: HttpRequest, agreement: Agreement, name: str, here: str, *, status: int = 200, **context: Any
) -> HttpResponseBase:
    """Show `iop/<name>.html` under the agreement; `here` is what the page is called among the breadcrumbs."""
    trail = [
        {"label": _("Partnerships"), "url": reverse("iop:home")},
        {"label": agreement.title, "url": reverse("iop:running", args=[agreement.pk])},
    ]
    shared = {"agreement": agreement, "here": here, "breadcrumbs": [*trail, {"label": here}]}
    return render(request, f"iop/{name}.html", shared | context, status=status)

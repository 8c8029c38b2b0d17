"""What every page of a running partnership begins with: the agreement that the person sees."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from iop.acting import may_write
from iop.models import Agreement
from iop.rules import partner
from portal.people.rules import requires

View = Callable[..., HttpResponseBase]


def reads(view: View) -> View:
    """The view gets the signed agreement instead of its id, if the person sees it."""

    @requires(partner)
    @wraps(view)
    def found(request: HttpRequest, agreement_id: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, _seen(request, agreement_id), *args, **kwargs)

    return found


def writes(view: View) -> View:
    """As `reads`, for who writes in the agreement: the parties' people and case officers."""

    @requires(partner)
    @wraps(view)
    def found(request: HttpRequest, agreement_id: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
        agreement = _seen(request, agreement_id)
        if not may_write(agreement, request.user):
            raise Http404
        return view(request, agreement, *args, **kwargs)

    return found


def page(
    request: HttpRequest, agreement: Agreement, name: str, here: str, *, status: int = 200, **context: Any
) -> HttpResponseBase:
    """Show `iop/<name>.html` under the agreement; `here` is what the page is called among the breadcrumbs."""
    crumbs = [{"label": agreement.title, "url": reverse("iop:running", args=[agreement.pk])}]
    shared = {"agreement": agreement, "here": here, "breadcrumbs": [*crumbs, {"label": here}]}
    return render(request, f"iop/{name}.html", shared | context, status=status)


def _seen(request: HttpRequest, agreement_id: int) -> Agreement:
    agreements = Agreement.objects.visible_to(request.user).signed().select_related("case", "area")
    return get_object_or_404(agreements, pk=agreement_id)

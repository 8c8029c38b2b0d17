"""Opens a case to an officer who has declared that there is no conflict of interest in it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import Exists, F, OuterRef
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from grants.models import Application
from portal.registry.models import ConflictOfInterest

#: Takes the request, the application, and what else stands in the address.
ApplicationView = Callable[..., HttpResponseBase]
Getter = Callable[[HttpRequest, int], Application]


def received(request: HttpRequest, application_id: int, *related: str) -> Application:
    """A sent application that the person may see, and in `is_declared` whether they may open it.

    One query, with what `related` names joined, since all of an officer's pages begin with it; `likeness`
    is what hints compare its texts by. Anything else is 404.
    """
    none_declared = ConflictOfInterest.objects.filter(
        case=OuterRef("case"), user=request.user.pk, has_conflict=False
    )
    return get_object_or_404(
        Application.objects.visible_to(request.user)
        .select_related("case__authority", "association", "call", *related)
        .annotate(is_declared=Exists(none_declared), likeness=F("search_text__likeness")),
        pk=application_id,
    )


def impartial(view: ApplicationView, get: Getter = received) -> Callable[..., HttpResponseBase]:
    """Hand the view the application once the officer has declared; until then ask for the declaration.

    Kommunallagen 7:4. Goes below `@requires`.
    """

    @wraps(view)
    def opened(request: HttpRequest, application_id: int, **more: Any) -> HttpResponseBase:
        application = get(request, application_id)
        if not application.is_declared:  # type: ignore[attr-defined]  # annotated by `received`
            return redirect("assessments:declare", application_id)
        return view(request, application, **more)

    return opened

"""How often somebody may upload, send, search and try codes; allauth counts sign-in, sign-up and passwords.

`REQUEST_RATES` says how often, by allauth's way of writing it. Counted per person, or per address of
those who have not signed in (`TRUSTED_PROXIES` says whose word on the address counts).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast

import structlog
from allauth.core.internal import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from portal.people.kept_form import MAX_CHARACTERS
from portal.people.rules import BACKGROUND

logger = structlog.get_logger(__name__)

#: allauth's own limits are all per minute.
A_MINUTE = 60
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def refusal(request: HttpRequest, action: str) -> HttpResponse | None:
    """Count one more of an action; the page that says when to try again, when it was one too many."""
    if settings.ACCOUNT_RATE_LIMITS is False:
        return None
    config = settings.REQUEST_RATES
    key = f"{request.user.pk}" if request.user.is_authenticated else f"ip {ratelimit.get_ip(request)}"
    counted = ratelimit.consume(
        request, app="portal.people", action=action, config=config, key=key, limit_get=True
    )
    if counted:
        return None
    longest = max(rate.duration for rate in ratelimit.parse_rates(config[action]))
    return too_many(request, action=action, seconds=int(longest))


def limited(action: str, *, applies: Callable[[HttpRequest], bool]) -> Callable[[View], View]:
    """Limit how often a view is asked for what `applies` tells of a request."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            refused = refusal(request, action) if applies(request) else None
            return refused or view(request, *args, **kwargs)

        return cast(View, counted)

    return decorate


def posted(request: HttpRequest) -> bool:
    return request.method == "POST"


def searched(request: HttpRequest) -> bool:
    """Something is searched for, whatever else the list is narrowed by."""
    return bool(request.GET.get("q", "").strip())


def always(request: HttpRequest) -> bool:
    return True


class UploadLimitMiddleware:
    """Every request that brings a file counts, whichever page it is for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponse | None:
        return refusal(request, "upload") if request.method == "POST" and request.FILES else None


def too_many(request: HttpRequest, *, action: str = "sign_in", seconds: int = A_MINUTE) -> HttpResponse:
    """When to try again, and a button that sends once more what was typed; files are chosen anew."""
    logger.warning("too_many_requests", action=action, user_id=request.user.pk)
    if BACKGROUND in request.headers:
        answer = HttpResponse(status=429)
    else:
        context = {
            "again_at": timezone.localtime() + timedelta(seconds=seconds),
            "fields": _typed(request),
            "had_files": bool(request.method == "POST" and request.FILES),
        }
        answer = render(request, "429.html", context, status=429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields of a sent form, without passwords, unless they are too much for a page."""
    if request.method != "POST":
        return []
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name
        for value in values
    ]
    return fields if sum(len(value) for _name, value in fields) <= MAX_CHARACTERS else []

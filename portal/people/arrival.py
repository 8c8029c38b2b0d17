"""When a request reached the authority, whatever it had to wait for afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

#: nginx's `t=${msec}`: seconds and thousandths since 1970.
STAMP = re.compile(r"t=([0-9]{10}\.[0-9]{3})")


class ArrivalMiddleware:
    """Note the moment before sessions, locks and databases can delay it: the first middleware of all.

    What is sent has arrived when it reaches the authority (tryckfrihetsförordningen 2:9): when the proxy of
    ours has it, and not when gunicorn, which may have a long queue before closing, begins with it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.arrived_at = _arrival(request, timezone.now())  # type: ignore[attr-defined]
        return self.get_response(request)


def arrived_at(request: HttpRequest) -> datetime:
    """The server's time when the request came."""
    moment: datetime = request.arrived_at  # type: ignore[attr-defined]
    return moment


def _arrival(request: HttpRequest, now: datetime) -> datetime:
    """The stamp of a trusted proxy, unless it lies ahead of `now` or further back than anybody waits."""
    stamp = STAMP.fullmatch(request.headers.get("X-Request-Start", ""))
    if stamp is None or not _came_through_our_proxies(request):
        return now
    stamped = datetime.fromtimestamp(float(stamp[1]), UTC)
    longest = timedelta(seconds=settings.PROXY_WAIT_SECONDS)
    return stamped if now - longest <= stamped <= now else now


def _came_through_our_proxies(request: HttpRequest) -> bool:
    """Whether there are proxies to trust, and each of them added its address."""
    proxies: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    addresses = [part for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    return 0 < proxies <= len(addresses)

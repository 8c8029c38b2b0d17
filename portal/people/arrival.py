"""When a request reached the authority, whatever it had to wait for afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone


class ArrivalMiddleware:
    """Note the moment before sessions, locks and databases can delay it: the first middleware of all.

    What is sent has arrived when it reaches the authority (tryckfrihetsförordningen 2:9).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.arrived_at = timezone.now()  # type: ignore[attr-defined]
        return self.get_response(request)


def arrived_at(request: HttpRequest) -> datetime:
    """The server's time when the request came."""
    moment: datetime = request.arrived_at  # type: ignore[attr-defined]
    return moment

"""Staff who leave their desk: their visit ends after `STAFF_IDLE_SECONDS` without a request of theirs."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

SEEN = "seen_at"
#: Seconds between two notes of when somebody was seen: not every request writes the session.
NOTED_EVERY = 60


class StaffIdleMiddleware:
    """What was typed into a form that comes too late is kept: see `kept_form`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seen_at = request.session.get(SEEN)
        if seen_at is not None:
            idle = time.time() - seen_at
            if idle > settings.STAFF_IDLE_SECONDS and request.user.is_authenticated and request.user.is_staff:
                logout(request)
                messages.info(request, _("You were signed out, since nothing had happened for a while."))
            elif idle > NOTED_EVERY and not _asks_by_itself(request):
                request.session[SEEN] = time.time()
        return self.get_response(request)


def note_sign_in(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """The first note, so that no later request has to look who the person is."""
    request.session[SEEN] = time.time()


def _asks_by_itself(request: HttpRequest) -> bool:
    """A page that looks whether something is ready, while nobody may be there."""
    return request.method == "GET" and "HX-Request" in request.headers

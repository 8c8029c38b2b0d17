"""How long a visit of staff lasts: while they are there, and no longer than a working day.

A visit ends after `STAFF_IDLE_SECONDS` without a request of theirs, and `STAFF_VISIT_SECONDS` after it began,
whatever they do: the directory says only at sign-in who still works for the city, and with what.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

CAME_IN = "came_in_at"
SEEN = "seen_at"
#: Seconds between two notes of when somebody was seen: not every request writes the session.
NOTED_EVERY = 60


class StaffVisitMiddleware:
    """What was typed into a form that comes too late is kept: see `kept_form`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seen_at = request.session.get(SEEN)
        if seen_at is not None:
            now = time.time()
            # A visit that began before this note was kept counts from now.
            came_in_at = request.session.setdefault(CAME_IN, now)
            over = _why_over(visit=now - came_in_at, idle=now - seen_at)
            if over and request.user.is_authenticated and request.user.is_staff:
                logout(request)
                messages.info(request, over)
            elif now - seen_at > NOTED_EVERY and not _asks_by_itself(request):
                request.session[SEEN] = now
        return self.get_response(request)


def note_sign_in(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """The first notes, so that no later request has to look who the person is."""
    request.session[CAME_IN] = request.session[SEEN] = time.time()


def _why_over(*, visit: float, idle: float) -> str:
    """What to say to staff whose visit has lasted for `visit` seconds and done nothing for `idle`."""
    if idle > settings.STAFF_IDLE_SECONDS:
        return _("You were signed out, since nothing had happened for a while.")
    if visit > settings.STAFF_VISIT_SECONDS:
        return _("You were signed out, since you signed in long ago. Sign in again to go on.")
    return ""


def _asks_by_itself(request: HttpRequest) -> bool:
    """A page that looks whether something is ready, while nobody may be there."""
    return request.method == "GET" and "HX-Request" in request.headers

"""What the committee's views share: running an act and telling how it went, and what a meeting is called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest

from portal.committee.models import Meeting
from portal.committee.refused import Refused
from portal.documents.templatetags.swedish_text import swedish_date


def attempt(request: HttpRequest, act: Callable[[], Any], done: str) -> bool:
    """Run an act and show `done`, or why it was refused; says whether it was done."""
    try:
        act()
    except Refused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, done)
    return True


def status_of(request: HttpRequest) -> int:
    """The status of a page with a form: 422 when what was sent comes back with errors."""
    return 422 if request.method == "POST" else 200


def meeting_name(meeting: Meeting) -> str:
    """ "Socialnämnden 21 december 2020"; reads the meeting's committee and its authority."""
    return f"{meeting.committee} {swedish_date(meeting.date)}"

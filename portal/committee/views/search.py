"""Searching in the papers of one meeting."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.committee.finding import LONGEST, SHORTEST, find
from portal.committee.models import Meeting
from portal.committee.views.answers import meeting_name
from portal.people import rules
from portal.people.limits import limited, searched
from portal.people.rules import requires


@requires(rules.committee_reader)
@limited("search", applies=searched)
def search(request: HttpRequest, meeting_id: int) -> HttpResponse:
    """What was found in the matters that the person reads, with the words in their place."""
    meetings = Meeting.objects.visible_to(request.user).select_related("committee__authority")
    meeting = get_object_or_404(meetings, pk=meeting_id)
    words = request.GET.get("q", "").strip()[:LONGEST]
    context = {
        "meeting": meeting,
        "words": words,
        "is_too_short": bool(words) and len(words) < SHORTEST,
        "hits": find(meeting, request.user, words),
        "breadcrumbs": [
            {"label": _("Meetings"), "url": reverse("committee:meetings")},
            {"label": meeting_name(meeting), "url": reverse("committee:meeting", args=[meeting.pk])},
            {"label": _("Search in the papers")},
        ],
    }
    return render(request, "committee/search.html", context)

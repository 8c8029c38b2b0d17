"""The committee's calendar: a person's secret address, and the feed that it answers with."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.committee.calendar_feed import address_of, feed, owner_of, renew
from portal.people import rules
from portal.people.rules import anyone, requires


@requires(rules.committee_reader)
def calendar(request: HttpRequest) -> HttpResponse:
    """The address of the person's calendar, and how to use it."""
    path = reverse("committee:calendar-feed", args=[address_of(request.user).token])
    context = {
        "feed_url": request.build_absolute_uri(path),
        "breadcrumbs": [
            {"label": _("Meetings"), "url": reverse("committee:meetings")},
            {"label": _("Calendar")},
        ],
    }
    return render(request, "committee/calendar.html", context)


@requires(rules.committee_reader)
def renew_calendar(request: HttpRequest) -> HttpResponse:
    """A new address for the feed (POST); the old one stops working."""
    if request.method == "POST":
        renew(request.user)
        messages.success(request, _("The calendar has a new address. The old one no longer works."))
    return redirect("committee:calendar")


@requires(anyone)
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The feed; who has the address may read it, since calendars do not sign in."""
    owner = owner_of(token)
    if owner is None:
        raise Http404
    site = request.build_absolute_uri("/").rstrip("/")
    response = HttpResponse(feed(owner, site), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="sammantraden.ics"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response

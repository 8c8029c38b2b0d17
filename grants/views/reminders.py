"""A person's reminders and calendar: what comes by mail, and the address of the feed."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from grants import reminders
from grants.calendar_feed import address_of, feed, owner_of, renew
from grants.forms.reminders import RemindersForm
from grants.own_dates import own_dates
from portal.people import rules
from portal.people.rules import anyone, requires, signed_in

#: How many coming days the page shows.
SHOWN = 10


@requires(signed_in)
def settings(request: HttpRequest) -> HttpResponse:
    """What to be reminded of, for people of associations; the calendar's address, for everyone."""
    is_applicant = rules.applicant(request.user)
    form = (
        RemindersForm(request.user, request.POST if request.method == "POST" else None)
        if is_applicant
        else None
    )
    if request.method == "POST" and form is not None and form.is_valid():
        reminders.choose(
            request.user, wanted=form.cleaned_data["wanted"], watched=form.cleaned_data["watched"]
        )
        messages.success(request, _("Saved."))
        return redirect("grants:reminders")
    token = address_of(request.user).token
    context = {
        "form": form,
        "feed_url": request.build_absolute_uri(reverse("grants:calendar-feed", args=[token])),
        "dates": own_dates(request.user)[:SHOWN],
        "always": [kind.label for kind in reminders.kinds() if not kind.may_turn_off],
    }
    return render(request, "grants/reminders.html", context, status=422 if request.method == "POST" else 200)


@requires(signed_in)
def renew_address(request: HttpRequest) -> HttpResponse:
    """A new address for the feed (POST); the old one stops working."""
    if request.method == "POST":
        renew(request.user)
        messages.success(request, _("The calendar has a new address. The old one no longer works."))
    return redirect("grants:reminders")


@requires(anyone)
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The feed; who has the address may read it, since calendars do not sign in."""
    owner = owner_of(token)
    if owner is None:
        raise Http404
    site = request.build_absolute_uri("/").rstrip("/")
    response = HttpResponse(feed(owner, site), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="samspel.ics"'
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response

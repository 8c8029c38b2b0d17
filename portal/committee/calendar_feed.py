"""The committee's meetings as a calendar feed (iCalendar, RFC 5545) at a person's secret address."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from icalendar import Calendar, Event

from portal.committee.models import CalendarAddress, Meeting
from portal.committee.models.calendars import new_token
from portal.people import rules
from portal.people.models import User

#: How long a meeting is thought to last, for calendars.
LENGTH = timedelta(hours=3)
#: Meetings longer ago than this leave the feed.
KEPT = timedelta(days=365)


def address_of(user: Any) -> CalendarAddress:
    """The person's address; made the first time it is asked for."""
    address, _created = CalendarAddress.objects.get_or_create(user=user)
    return address


def renew(user: Any) -> CalendarAddress:
    """Give the person a new address; whoever has the old one reads nothing more."""
    with transaction.atomic():
        address, _created = CalendarAddress.objects.select_for_update().get_or_create(user=user)
        address.token, address.made_at = new_token(), timezone.now()
        address.save(update_fields=["token", "made_at"])
    return address


def owner_of(token: str) -> User | None:
    """Whose feed the address is; nobody's when it is wrong, renewed, or its owner sits there no more."""
    found = CalendarAddress.objects.filter(token=token, user__is_active=True).select_related("user").first()
    return found.user if found and rules.committee_reader(found.user) else None


def feed(user: User, site: str) -> bytes:
    """The meetings that the person sees, as bytes; `site` is scheme and host, for the links."""
    meetings = Meeting.objects.visible_to(user).filter(starts_at__gte=timezone.now() - KEPT)
    with translation.override("sv"):
        calendar = Calendar()
        calendar.add("prodid", "-//Samspel//Samspel//SV")
        calendar.add("version", "2.0")
        calendar.add("calscale", "GREGORIAN")
        calendar.add("x-wr-calname", "Nämndens sammanträden")
        calendar.add("x-wr-timezone", "Europe/Stockholm")
        calendar.add("refresh-interval", timedelta(hours=12), parameters={"value": "DURATION"})
        stamp = timezone.now()
        for meeting in meetings.select_related("committee__authority").order_by("starts_at"):
            event = Event()
            event.add("uid", f"meeting-{meeting.pk}@samspel")
            event.add("dtstamp", stamp)
            event.add("dtstart", meeting.starts_at)
            event.add("dtend", meeting.starts_at + LENGTH)
            event.add("summary", f"{meeting.committee} sammanträder")
            event.add("location", meeting.place)
            event.add("url", f"{site}{reverse('committee:meeting', args=[meeting.pk])}")
            calendar.add_component(event)
    return calendar.to_ical()

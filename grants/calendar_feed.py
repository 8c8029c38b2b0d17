"""A person's days as a calendar feed (iCalendar, RFC 5545) at a secret address that can be renewed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from icalendar import Calendar, Event

from grants.models import CalendarAddress
from grants.models.reminders import new_token
from grants.own_dates import own_dates
from portal.people.models import User


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
    """Whose feed the address is; nobody's when it is wrong, renewed, or its owner has left."""
    found = CalendarAddress.objects.filter(token=token, user__is_active=True).select_related("user").first()
    return found.user if found else None


def feed(user: User, site: str) -> bytes:
    """The feed as bytes; `site` is scheme and host, for the links. All events last whole days."""
    with translation.override("sv"):
        calendar = Calendar()
        calendar.add("prodid", "-//Samspel//Samspel//SV")
        calendar.add("version", "2.0")
        calendar.add("calscale", "GREGORIAN")
        calendar.add("x-wr-calname", "Samspel")
        calendar.add("x-wr-timezone", "Europe/Stockholm")
        calendar.add("refresh-interval", timedelta(hours=12), parameters={"value": "DURATION"})
        stamp = timezone.now()
        for one in own_dates(user):
            event = Event()
            event.add("uid", f"{one.key}@samspel")
            event.add("dtstamp", stamp)
            event.add("dtstart", one.day)
            event.add("dtend", one.day + timedelta(days=1))
            event.add("summary", one.title)
            event.add("url", f"{site}{one.path}")
            event.add("transp", "TRANSPARENT")
            calendar.add_component(event)
    return calendar.to_ical()

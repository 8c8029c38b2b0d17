"""The secret addresses of the calendars in which people of the committee follow its meetings."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone


def new_token() -> str:
    """An address nobody can guess: 256 bits."""
    return secrets.token_urlsafe(32)


class CalendarAddressQuerySet(models.QuerySet["CalendarAddress"]):
    def visible_to(self, user: Any) -> CalendarAddressQuerySet:
        """A person's own; whoever has the address may read the days of the meetings."""
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()


class CalendarAddress(models.Model):
    """The secret address of one person's calendar of meetings."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="committee_calendar"
    )
    token = models.CharField(max_length=64, unique=True, default=new_token)
    made_at = models.DateTimeField(default=timezone.now)

    objects = CalendarAddressQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.user_id}"

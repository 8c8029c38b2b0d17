"""Reminders by mail, what people do not want to be reminded of, and the addresses of their calendars."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from grants.models.calls import GrantType


class OwnQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> OwnQuerySet:
        """A person's own rows; nobody else's, staff included: a reminder tells of drafts."""
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()


class Reminder(models.Model):
    """One mail to one person about one thing, sent once. `kind` is of `grants.reminders`."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=80, help_text="Of what, unique within kind and person.")
    due_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key", "user"], name="grants_reminded_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class UnwantedReminder(models.Model):
    """A kind of reminder that a person has turned off."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="grants_unwanted_once")]

    def __str__(self) -> str:
        return self.kind


class CallWatch(models.Model):
    """A person asks to be told when a call for a grant opens."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    grant_type = models.CharField(max_length=30, choices=GrantType.choices)

    objects = OwnQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "grant_type"], name="grants_watched_once")]

    def __str__(self) -> str:
        return self.grant_type


def new_token() -> str:
    """An address nobody can guess: 256 bits."""
    return secrets.token_urlsafe(32)


class CalendarAddress(models.Model):
    """The secret address of a person's calendar feed; whoever has it may read the dates."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    token = models.CharField(max_length=64, unique=True, default=new_token)
    made_at = models.DateTimeField(default=timezone.now)

    objects = OwnQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.user_id}"

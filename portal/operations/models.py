"""What operations keep: which day's mail of what is stuck was written."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from portal.people.rules import administrator


class StuckReportQuerySet(models.QuerySet["StuckReport"]):
    def visible_to(self, user: Any) -> StuckReportQuerySet:
        """The administrators'."""
        return self if administrator(user) else self.none()


class StuckReport(models.Model):
    """One day's look at what needs hands. Its row keeps the mail from being sent twice."""

    day = models.DateField(unique=True)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    count = models.PositiveIntegerField(default=0, help_text="Rows that needed hands.")
    told = models.PositiveIntegerField(default=0, help_text="Addresses that got a mail.")

    objects = StuckReportQuerySet.as_manager()

    class Meta:
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"

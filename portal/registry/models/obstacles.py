"""What people tell of obstacles in the service: lagen (2018:1937) 13–14 §§."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.registry.rules import answers_obstacles


class ObstacleReportQuerySet(models.QuerySet["ObstacleReport"]):
    def visible_to(self, user: Any) -> ObstacleReportQuerySet:
        """Those who follow them up."""
        return self if answers_obstacles(user) else self.none()

    def waiting(self) -> ObstacleReportQuerySet:
        return self.filter(answered_at=None)


class ObstacleReport(models.Model):
    """Something that somebody could not see, hear, reach or understand; answered within days."""

    what = models.TextField(_("What did not work?"), max_length=3000)
    page = models.CharField(_("On which page?"), max_length=300, blank=True)
    contact = models.CharField(_("How do we reach you?"), max_length=200, blank=True)
    received_at = models.DateTimeField(default=timezone.now, editable=False)
    answer = models.TextField(_("What we answered or did"), max_length=3000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ObstacleReportQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="registry_obstacle_answered_by_someone",
            )
        ]

    def __str__(self) -> str:
        return f"T{self.pk}"

    @property
    def days_open(self) -> int:
        """Whole days from arrival to answer, or until today."""
        until = timezone.localtime(self.answered_at or timezone.now()).date()
        return (until - timezone.localtime(self.received_at).date()).days

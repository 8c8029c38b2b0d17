"""Work as rows: taken by one worker at a time under a lease, counted, postponed, settled.

A worker that dies leaves a lease that runs out; the row is due again and another worker takes it.
"""

from __future__ import annotations

import traceback
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone

#: After this many attempts a row waits for a person ("needs hands").
MAX_ATTEMPTS = 5
#: Wait after attempt number n; the last value is for all further ones.
RETRY_DELAYS = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))

#: What waits for documents is looked at this often, should no doorbell be heard.
LOOK_AGAIN = timedelta(seconds=30)

Row = TypeVar("Row", bound="WorkRow")


class WorkQuerySet(models.QuerySet[Row]):
    def due(self, now: datetime | None = None) -> Self:
        """Waiting for a worker, due, and not under another worker's lease."""
        now = now or timezone.now()
        return self.filter(state__in=self.model.WAITING_STATES, due_at__lte=now).filter(
            Q(lease_until=None) | Q(lease_until__lte=now)
        )

    def take(self, pk: int) -> Row | None:
        """Take a due row for this worker and count the attempt; None when it is not there to take."""
        now = timezone.now()
        with transaction.atomic():
            rows = self.due(now).filter(pk=pk)
            if connection.features.has_select_for_update_skip_locked:
                rows = rows.select_for_update(skip_locked=True, of=("self",))
            row = rows.first()
            if row is not None:
                row.attempts += 1
                row.lease_until = now + timedelta(seconds=settings.WORK_LEASE_SECONDS)
                row.save(update_fields=["attempts", "lease_until"])
        return row


class WorkRow(models.Model):
    """Base of work that must happen. A subclass adds `state` and says in which states it waits."""

    WAITING_STATES: ClassVar[frozenset[str]]

    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True, help_text="What staff can read and act on.")
    technical_error = models.TextField(blank=True)

    class Meta:
        abstract = True

    def give_back(self, **fields: Any) -> bool:
        """Write the outcome and end the lease; False when another worker has taken over since."""
        mine = type(self)._default_manager.filter(pk=self.pk, lease_until=self.lease_until)
        written = mine.update(lease_until=None, **fields)
        for name, value in fields.items():
            setattr(self, name, value)
        return bool(written)

    def postpone(self, error: BaseException) -> bool:
        """Give the row back to be tried again after a growing delay."""
        delay = RETRY_DELAYS[min(self.attempts, len(RETRY_DELAYS)) - 1]
        return self.give_back(
            due_at=timezone.now() + delay,
            error=type(error).__name__,
            technical_error=technical_text(error),
        )

    @property
    def is_exhausted(self) -> bool:
        return self.attempts > MAX_ATTEMPTS


def technical_text(error: BaseException) -> str:
    """The end of the traceback, for whoever mends it; never shown to applicants."""
    return "".join(traceback.format_exception(error))[-5000:]

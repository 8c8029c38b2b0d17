"""What the law gives a last day for, from the meeting until the notice is up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from portal.committee.appeal_dates import announcement_due, approval_due
from portal.committee.models import Minutes


@dataclass(frozen=True)
class Deadline:
    """What waits, and its last day."""

    due: date
    is_notice: bool
    is_overdue: bool


def next_deadline(minutes: Minutes, today: date) -> Deadline | None:
    """Approval within 14 days of the meeting, then the notice within two days; None when both are done."""
    if minutes.approved_at is None:
        due = approval_due(minutes.meeting.date)
        return Deadline(due, is_notice=False, is_overdue=today > due)
    if minutes.notice_up_on is None:
        due = announcement_due(timezone.localtime(minutes.approved_at).date())
        return Deadline(due, is_notice=True, is_overdue=today > due)
    return None

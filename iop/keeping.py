"""What time does to partnerships, once an hour: it looks at days, not at when it ran last."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from iop import follow_up_plan, renewal, turns
from iop.models import Agreement, FollowUp


def keep(today: date | None = None) -> None:
    """Plan the follow-ups of what has begun, remind of ends that are near, end what is over."""
    today = today or timezone.localdate()
    evaluated = FollowUp.objects.filter(kind=FollowUp.Kind.EVALUATION)
    for agreement in Agreement.objects.live().exclude(pk__in=evaluated.values("agreement")).order_by("pk"):
        follow_up_plan.plan(agreement)
    renewal.remind(today)
    turns.end_what_is_over(today)

"""System checks for work that must happen."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def time_limits_are_ordered(**kwargs: Any) -> list[CheckMessage]:
    """A task must be stopped before its lease ends, and its lease before the broker hands it out again."""
    limits = (
        settings.CELERY_TASK_SOFT_TIME_LIMIT,
        settings.CELERY_TASK_TIME_LIMIT,
        settings.WORK_LEASE_SECONDS,
        settings.BROKER_VISIBILITY_SECONDS,
    )
    if all(shorter < longer for shorter, longer in pairwise(limits)):
        return []
    return [
        Error(
            "Soft limit, hard limit, lease and visibility timeout must grow in this order: "
            f"they are {limits} seconds.",
            hint="See docs/architecture.md, 'Work that must happen'.",
            id="samspel.E001",
        )
    ]

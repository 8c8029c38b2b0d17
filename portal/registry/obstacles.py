"""Obstacles that people tell of: noted, told to the set address, answered within days.

Lagen (2018:1937) om tillgänglighet till digital offentlig service, 13–14 §§.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from portal.documents.work import ring
from portal.people.tasks import send_queued_mail
from portal.registry.models import ObstacleReport

#: After this many days without an answer a report stands as overdue.
ANSWER_WITHIN = timedelta(days=5)


def report(*, what: str, page: str = "", contact: str = "") -> ObstacleReport:
    """Note an obstacle and queue a mail that says there is one; what it says stays behind sign-in."""
    from post_office import mail

    with transaction.atomic(), translation.override("sv"):
        made = ObstacleReport.objects.create(what=what.strip(), page=page.strip(), contact=contact.strip())
        mail.send(
            settings.ACCESSIBILITY_MAILBOX,
            subject=f"Hinder i Samspel: {made}",
            message=render_to_string("mail/obstacle.txt", {"report": made, "days": ANSWER_WITHIN.days}),
        )
        ring(send_queued_mail)
    return made


def answer(report_id: int, by: Any, text: str) -> bool:
    """Note what was answered or done; False when somebody had answered already."""
    waiting = ObstacleReport.objects.waiting().filter(pk=report_id)
    return bool(waiting.update(answer=text.strip(), answered_at=timezone.now(), answered_by=by))

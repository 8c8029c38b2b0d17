"""What stands between a case's officers and its association, in short, for the officers' page of the case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from grants.models import Application, CompletionRequest, Lateness, Message
from grants.models.messages import unread_by


@dataclass(frozen=True)
class Correspondence:
    """New messages, and the requests for completion with the newest first."""

    unread: int
    message_count: int
    requests: list[CompletionRequest]
    awaits_ruling: bool

    @property
    def open_request(self) -> CompletionRequest | None:
        return next((request for request in self.requests if request.is_open), None)


def correspondence(
    application: Application, user: Any, *, has_messages: bool, has_requests: bool
) -> Correspondence:
    """What an officer who may open the case sees at a glance; a query for each that there may be any of."""
    unread, message_count = _counted(application, user) if has_messages else (0, 0)
    return Correspondence(
        unread=unread,
        message_count=message_count,
        requests=_requests(application, user) if has_requests else [],
        awaits_ruling=application.lateness == Lateness.WAITING,
    )


def _counted(application: Application, user: Any) -> tuple[int, int]:
    """(unread, all) of the case's messages."""
    messages = Message.objects.visible_to(user).sent().filter(application=application)
    counts = messages.aggregate(all=Count("pk"), unread=Count("pk", filter=unread_by(user)))
    return counts["unread"], counts["all"]


def _requests(application: Application, user: Any) -> list[CompletionRequest]:
    rows = CompletionRequest.objects.visible_to(user).filter(application=application)
    return list(rows.order_by("-asked_at", "-pk"))

"""What stands between a case's officers and its association, in short, for the officers' page of the case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grants.models import Application, CompletionRequest, Lateness, Message


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


def correspondence(application: Application, user: Any) -> Correspondence:
    """What an officer who may open the case sees at a glance; three queries."""
    messages = Message.objects.visible_to(user).filter(application=application)
    return Correspondence(
        unread=messages.unread_by(user).count(),
        message_count=messages.sent().count(),
        requests=list(
            CompletionRequest.objects.visible_to(user)
            .filter(application=application)
            .order_by("-asked_at", "-pk")
        ),
        awaits_ruling=application.lateness == Lateness.WAITING,
    )

"""The states of an agreement, and the one door through which it changes them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    WRITING = "skrivs", _("Being written together")
    BEFORE_COMMITTEE = "i_namnden", _("Before the committee")
    TO_SIGN = "att_underteckna", _("To be signed")
    RUNNING = "pagar", _("Running")
    PAUSED = "pausad", _("Paused")
    ENDED = "avslutad", _("Ended")
    DROPPED = "nedlagd", _("Came to nothing")


#: From → to. Approved with changes, referred back, or no longer as decided: the parties write again. What was
#: approved with changes goes straight to signing once all have said yes to exactly that.
TRANSITIONS: dict[str, frozenset[str]] = {
    State.WRITING: frozenset({State.BEFORE_COMMITTEE, State.TO_SIGN, State.DROPPED}),
    State.BEFORE_COMMITTEE: frozenset({State.TO_SIGN, State.WRITING, State.DROPPED}),
    State.TO_SIGN: frozenset({State.RUNNING, State.WRITING, State.DROPPED}),
    State.RUNNING: frozenset({State.PAUSED, State.ENDED}),
    State.PAUSED: frozenset({State.RUNNING, State.ENDED}),
    State.ENDED: frozenset(),
    State.DROPPED: frozenset(),
}

#: An agreement in force: check-ins, follow-ups and addenda belong to it.
LIVE_STATES = frozenset({State.RUNNING, State.PAUSED})
#: An agreement that all parties have signed; after its end it is still read, followed up and learned from.
SIGNED_STATES = LIVE_STATES | {State.ENDED}


class NotPossible(Exception):
    """The agreement is not in a state that allows the act."""


def move(agreement: Any, to: str) -> None:
    """Move a locked agreement on, within the caller's transaction. Raises NotPossible otherwise."""
    if to not in TRANSITIONS[agreement.state]:
        raise NotPossible(f"{agreement.pk}: {agreement.state} → {to}")
    agreement.state = to
    agreement.save(update_fields=["state"])

"""What an association sees of its application's way: four steps in plain words, nothing internal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from grants.models import Application
from grants.states import State

#: Which step each state belongs to. A decision counts for the association once it is released.
_STEP_OF = {
    State.SUBMITTED: 0,
    State.IN_ASSESSMENT: 1,
    State.ASSESSED: 1,
    State.BEFORE_COMMITTEE: 2,
    State.DECIDED: 2,
    State.WITHDRAWN: 0,
    State.DISMISSED: 0,
}
RELEASED_STEP = 3


@dataclass(frozen=True)
class Step:
    title: str
    text: str
    is_done: bool
    is_now: bool
    at: datetime | None = None


def step_of(application: Application) -> int:
    """0 received, 1 being assessed, 2 before the committee, 3 decided. Only for what was sent."""
    return RELEASED_STEP if application.is_released else _STEP_OF[State(application.state)]


def steps(application: Application) -> list[Step]:
    """The way of a sent application, with where it is now."""
    now = step_of(application)
    texts = [
        (
            _("Received"),
            _("The application has its registry number and is a public document."),
            application.submitted_at,
        ),
        (
            _("Being assessed"),
            _("Case officers assess it by the committee's five questions and write if they need more."),
            None,
        ),
        (_("Before the committee"), _("The committee reads the proposal and decides."), None),
        (_("Decided"), _("You read the decision and the letter here."), application.released_at),
    ]
    return [
        # The last step is done as soon as it is reached.
        Step(title, text, is_done=n < now or n == now == RELEASED_STEP, is_now=n == now, at=at)
        for n, (title, text, at) in enumerate(texts)
    ]


@dataclass(frozen=True)
class Status:
    """A state in a few words with the colour of its tag."""

    text: str
    color: str


def status(application: Application) -> Status:
    """The state as its association reads it; needs the call, and the signatures of drafts."""
    if application.is_draft:
        if application.call.is_open:
            if any(signature.voided_at is None for signature in application.signatures.all()):
                return Status(_("Waiting for one more signature"), "warning")
            return Status(_("Draft, not sent"), "warning")
        return Status(_("Not sent, the call has closed"), "neutral")
    return [
        Status(_("Received"), "info"),
        Status(_("Being assessed"), "info"),
        Status(_("Before the committee"), "info"),
        Status(_("Decided"), "success"),
    ][step_of(application)]

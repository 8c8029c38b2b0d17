"""The states of an application and the moves between them, readable as a table."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Received")
    IN_ASSESSMENT = "in_assessment", _("Being assessed")
    ASSESSED = "assessed", _("Assessed")
    BEFORE_COMMITTEE = "before_committee", _("Before the committee")
    DECIDED = "decided", _("Decided")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DISMISSED = "dismissed", _("Dismissed")


#: What the authority has received; everything but the association's own drafts.
SENT_STATES = frozenset(State) - {State.DRAFT}
#: What officers still work on.
OPEN_STATES = frozenset({State.SUBMITTED, State.IN_ASSESSMENT, State.ASSESSED})
#: What ended without being tried: no part of a round, a board or a matter.
UNTRIED_STATES = frozenset({State.WITHDRAWN, State.DISMISSED})

#: (from, to): who moves it, and by which act.
TRANSITIONS = {
    (State.DRAFT, State.SUBMITTED): "the association's signatory sends (grants.applying.submission)",
    (State.SUBMITTED, State.IN_ASSESSMENT): "a case officer opens the assessment (assessments.assessing)",
    (State.IN_ASSESSMENT, State.ASSESSED): "a case officer marks it ready (assessments.assessing)",
    (State.ASSESSED, State.IN_ASSESSMENT): "a case officer opens it again (assessments.assessing)",
    (State.ASSESSED, State.BEFORE_COMMITTEE): "a case officer makes a matter (assessments.matters)",
    (State.BEFORE_COMMITTEE, State.DECIDED): "the committee decides (assessments.awards)",
    (State.BEFORE_COMMITTEE, State.IN_ASSESSMENT): (
        "the committee refers back, or a head sends back (assessments.awards)"
    ),
    (State.SUBMITTED, State.WITHDRAWN): "a signatory withdraws (grants.received.withdrawal)",
    (
        State.IN_ASSESSMENT,
        State.WITHDRAWN,
    ): "a signatory withdraws (grants.received.withdrawal)",
    (State.ASSESSED, State.WITHDRAWN): "a signatory withdraws (grants.received.withdrawal)",
    (State.SUBMITTED, State.DISMISSED): "a case officer dismisses what came late (grants.received.lateness)",
}


class CompletionState(models.TextChoices):
    """A request for completion beside the application's own state, which it does not change."""

    OPEN = "open", _("Waiting for reply")
    ANSWERED = "answered", _("Complete")
    CLOSED = "closed", _("Closed without reply")


#: (from, to): who moves a request for completion, and by which act.
COMPLETION_TRANSITIONS = {
    (CompletionState.OPEN, CompletionState.ANSWERED): "the association hands in (grants.received.completing)",
    (CompletionState.OPEN, CompletionState.CLOSED): (
        "a case officer closes it (grants.received.completion), or the association withdraws "
        "(grants.received.withdrawal)"
    ),
}


class NotAllowed(Exception):
    """The move is not in the table, or somebody else made it first."""


def move(application: object, to: State) -> None:
    """Move an application by conditional update, so that of two who try at once one succeeds.

    Raises NotAllowed when the table has no such move or the row has already moved.
    """
    from grants.models import Application

    assert isinstance(application, Application)
    if (application.state, to) not in TRANSITIONS:
        raise NotAllowed(f"{application.state} → {to}")
    moved = Application.objects.filter(pk=application.pk, state=application.state).update(state=to)
    if not moved:
        raise NotAllowed(f"{application.pk} is no longer {application.state}")
    application.state = to

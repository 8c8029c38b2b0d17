"""What an association sees of its application's way: steps and events in plain words, nothing internal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.models import Application, CompletionRequest, Lateness
from grants.states import UNTRIED_STATES, CompletionState, State
from portal.documents.templatetags.swedish_text import swedish_date
from portal.registry.models import Event

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


def steps(
    application: Application,
    requests: Iterable[CompletionRequest] = (),
    ended_at: datetime | None = None,
) -> list[Step]:
    """The way of a sent application, with where it is now; `ended_at` for what was withdrawn or dismissed."""
    asked = list(requests)
    asks_for_more = any(request.state == CompletionState.OPEN for request in asked)
    received = [_received(application, asks_for_more=asks_for_more), *_lateness(application)]
    completions = [_completion(request) for request in asked]
    if application.state in UNTRIED_STATES:
        return [*received, *completions, _end(application, ended_at)]
    now = step_of(application)
    texts = [
        (
            _("Being assessed"),
            _("Case officers assess it by the committee's five questions and write if they need more."),
            None,
        ),
        (_("Before the committee"), _("The committee reads the proposal and decides."), None),
        (_("Decided"), _decided_text(application), application.released_at),
    ]
    later = [
        # The last step is done as soon as it is reached.
        Step(title, text, is_done=n < now or n == now == RELEASED_STEP, is_now=n == now, at=at)
        for n, (title, text, at) in enumerate(texts, start=1)
    ]
    # What is asked of the association comes while the application is assessed, so before the committee.
    place = 1 if now >= 1 else 0
    return [*received, *later[:place], *completions, *later[place:]]


def _received(application: Application, *, asks_for_more: bool) -> Step:
    return Step(
        _("Received"),
        _("The application has its registry number and is a public document."),
        is_done=step_of(application) > 0 or application.state in UNTRIED_STATES or asks_for_more,
        is_now=step_of(application) == 0 and application.state not in UNTRIED_STATES and not asks_for_more,
        at=application.submitted_at,
    )


def _lateness(application: Application) -> Iterable[Step]:
    if application.lateness == Lateness.WAITING:
        yield Step(
            _("Came late"),
            _("The call had closed. A case officer decides whether the application is admitted."),
            is_done=False,
            is_now=application.state not in UNTRIED_STATES,
        )
    elif application.lateness == Lateness.ADMITTED:
        yield Step(
            _("Came late, admitted"),
            _("The application is tried like the others. You find the decision on this page."),
            is_done=True,
            is_now=False,
        )


def _completion(request: CompletionRequest) -> Step:
    day = swedish_date(request.last_day)
    if request.state == CompletionState.ANSWERED:
        text = _("You handed in what we asked for.")
        if request.was_late:
            text = _("You handed in what we asked for, after the last day.")
        return Step(_("Completed"), text, is_done=True, is_now=False, at=request.ended_at)
    if request.state == CompletionState.CLOSED:
        return Step(
            _("Completion closed"),
            _("We no longer wait for what we asked for."),
            is_done=True,
            is_now=False,
            at=request.ended_at,
        )
    text = _("We wait for your reply. Last day: %(day)s.") % {"day": day}
    if request.is_overdue:
        text = _("We wait for your reply. The last day was %(day)s, but you can still hand it in.") % {
            "day": day
        }
    return Step(_("Waits for your completion"), text, is_done=False, is_now=True, at=request.asked_at)


def _end(application: Application, ended_at: datetime | None) -> Step:
    if application.state == State.WITHDRAWN:
        title, text = (
            _("Withdrawn"),
            _("You withdrew the application. We no longer handle it; it stays in the register."),
        )
    else:
        title, text = (
            _("Dismissed"),
            _("The application came too late and was not tried. You read why in the decision."),
        )
    return Step(title, text, is_done=True, is_now=False, at=ended_at)


def _decided_text(application: Application) -> str:
    if application.is_released:
        return _("You read the decision and the letter here.")
    return _("You read the decision and the letter here. Expected: %(when)s.") % {
        "when": application.call.decision_expected
    }


@dataclass(frozen=True)
class Status:
    """A state in a few words with the colour of its tag."""

    text: str
    color: str


def status(application: Application) -> Status:
    """The state as its association reads it; needs the call, and the signatures of drafts.

    Says that a completion is awaited when the row comes from `Application.objects.with_completion()`.
    """
    if application.is_draft:
        if application.call.is_open:
            if any(signature.voided_at is None for signature in application.signatures.all()):
                return Status(_("Waiting for one more signature"), "warning")
            return Status(_("Draft, not sent"), "warning")
        if application.call.takes_late:
            return Status(_("Not sent, and now late"), "danger")
        return Status(_("Not sent, the call has closed"), "neutral")
    if application.state == State.WITHDRAWN:
        return Status(_("Withdrawn"), "neutral")
    if application.state == State.DISMISSED:
        return Status(_("Dismissed, not tried"), "neutral")
    if getattr(application, "waits_for_completion", False):
        return Status(_("Waits for your completion"), "warning")
    if application.lateness == Lateness.WAITING:
        return Status(_("Received late"), "warning")
    return [
        Status(_("Received"), "info"),
        Status(_("Being assessed"), "info"),
        Status(_("Before the committee"), "info"),
        Status(_("Decided"), "success"),
    ][step_of(application)]


#: What an association reads of the case's events. A decision is told when it is released, not before.
TOLD = {
    Event.Kind.SUBMITTED: gettext_lazy("You sent the application."),
    Event.Kind.CAME_LATE: gettext_lazy("It was marked as late: the call had closed."),
    Event.Kind.LATE_ADMITTED: gettext_lazy("We decided to admit the late application."),
    Event.Kind.DISMISSED: gettext_lazy("We decided to dismiss the late application."),
    Event.Kind.COMPLETION_ASKED: gettext_lazy("We asked you to complete the application."),
    Event.Kind.COMPLETION_REMINDED: gettext_lazy("We reminded you of the completion."),
    Event.Kind.COMPLETION_EXTENDED: gettext_lazy("The completion got a new last day."),
    Event.Kind.COMPLETION_CLOSED: gettext_lazy("We closed the request for completion."),
    Event.Kind.COMPLETED: gettext_lazy("You completed the application."),
    Event.Kind.MESSAGE_FROM_ASSOCIATION: gettext_lazy("You sent a message."),
    Event.Kind.MESSAGE_TO_ASSOCIATION: gettext_lazy("We sent you a message."),
    Event.Kind.WITHDRAWN: gettext_lazy("You withdrew the application."),
    Event.Kind.TO_COMMITTEE: gettext_lazy("The application was handed to the committee."),
    Event.Kind.RELEASED: gettext_lazy("You were told the decision."),
}


@dataclass(frozen=True)
class Told:
    """One event in plain words, as `parts/timeline.html` shows it."""

    when: datetime
    text: str


def told(application: Application) -> list[Told]:
    """What has happened, newest first, without names and inner details; one query."""
    events = Event.objects.filter(case=application.case_id, kind__in=TOLD).order_by("-at", "-pk")
    return [Told(event.at, str(TOLD[Event.Kind(event.kind)])) for event in events]

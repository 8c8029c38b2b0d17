"""Asking an association to complete its application: an officer asks, reminds, gives more time, or closes.

Nothing here happens by itself: when the last day passes, the request is overdue and a person decides what
that means (kommunallagen 6:38).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.models import Application, CompletionItem, CompletionRequest
from grants.notices import tell_association
from grants.states import OPEN_STATES, CompletionState
from portal.documents.templatetags.swedish_text import swedish_date
from portal.registry.models import Event, Record, has_declared


class CannotAsk(Exception):
    """The request cannot be made or changed now; the text tells the officer why."""


@dataclass(frozen=True)
class Wanted:
    """One thing asked for: its code (see `grants.received.things`), its title, and what is missing in it."""

    code: str
    title: str
    text: str


@dataclass(frozen=True)
class Asking:
    """All that an officer writes in a request."""

    items: Sequence[Wanted]
    introduction: str
    last_day: date
    consequence: str


def ask(application_id: int, asking: Asking, by: Any) -> CompletionRequest:
    """Send a request for completion: rows, record, event and mail at once.

    Raises CannotAsk when one is open already, the application is no longer handled, nothing is asked for,
    the day has passed, or the officer has not declared that there is no conflict of interest.
    """
    with transaction.atomic():
        application = (
            Application.objects.select_for_update(of=("self",))
            .select_related("association", "case__authority")
            .get(pk=application_id)
        )
        _refuse_unless_possible(application, asking, by)
        case = application.received_case
        before = case.records.filter(kind=Record.Kind.APPLICATION).order_by("created_at", "pk").last()
        if before is None:
            raise CannotAsk(_("The application has no record in the register to complete."))
        asked = case.register(
            Record.Kind.COMPLETION_REQUEST,
            "Begäran om komplettering",
            by=by,
            content={
                "introduction": asking.introduction,
                "last_day": asking.last_day,
                "consequence": asking.consequence,
                "items": [
                    {"code": item.code, "title": item.title, "wanted": item.text} for item in asking.items
                ],
            },
        )
        request = CompletionRequest.objects.create(
            application=application,
            introduction=asking.introduction,
            last_day=asking.last_day,
            consequence=asking.consequence,
            asked_by=by,
            asked=asked,
            before=before,
        )
        CompletionItem.objects.bulk_create(
            CompletionItem(
                request=request, code=item.code, title=item.title[:300], wanted=item.text, position=position
            )
            for position, item in enumerate(asking.items)
        )
        case.log(Event.Kind.COMPLETION_ASKED, by=by, detail=f"{asking.last_day:%Y-%m-%d}")
        tell_association(
            application, f"Komplettera ansökan {case.registry_number}", "mail/completion_asked.txt"
        )
    return request


def _refuse_unless_possible(application: Application, asking: Asking, by: Any) -> None:
    if application.state not in OPEN_STATES:
        raise CannotAsk(_("The application is no longer handled, so nothing more can be asked for."))
    if not has_declared(application.received_case, by):
        raise CannotAsk(_("Declare first that you have no conflict of interest in this case."))
    if CompletionRequest.objects.open().filter(application=application).exists():
        raise CannotAsk(_("A request is open already. Close it before you send another."))
    if not asking.items:
        raise CannotAsk(_("Choose at least one thing to ask for."))
    if asking.last_day < timezone.localdate():
        raise CannotAsk(_("Choose a last day that has not passed."))


def remind(request_id: int, by: Any) -> CompletionRequest:
    """Remind of an open request by mail, now. Raises CannotAsk when it is not open."""
    with transaction.atomic():
        request = _open_request(request_id)
        case = request.application.received_case
        case.log(Event.Kind.COMPLETION_REMINDED, by=by)
        tell_association(
            request.application,
            f"Påminnelse: komplettera ansökan {case.registry_number}",
            "mail/completion_reminder.txt",
        )
    return request


def extend(request_id: int, last_day: date, by: Any) -> CompletionRequest:
    """Give an open request a later last day; the same day again changes nothing. Raises CannotAsk."""
    with transaction.atomic():
        request = _open_request(request_id)
        if last_day == request.last_day:
            return request
        if last_day < max(request.last_day, timezone.localdate()):
            raise CannotAsk(
                _("Choose a day that is later than %(day)s and has not passed.")
                % {"day": swedish_date(request.last_day)}
            )
        request.last_day = last_day
        request.save(update_fields=["last_day"])
        _tell_of_change(request, Event.Kind.COMPLETION_EXTENDED, by, f"{last_day:%Y-%m-%d}")
    return request


def close(request_id: int, note: str, by: Any) -> CompletionRequest:
    """Stop waiting for a reply; closing twice changes nothing. What the association wrote stays its own."""
    with transaction.atomic():
        request = CompletionRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
        if request.state == CompletionState.CLOSED:
            return request
        request = _open_request(request_id)
        request.state = CompletionState.CLOSED
        request.ended_by = by
        request.ended_at = timezone.now()
        request.ending_note = note[:500]
        request.save(update_fields=["state", "ended_by", "ended_at", "ending_note"])
        _tell_of_change(request, Event.Kind.COMPLETION_CLOSED, by, note)
    return request


def _tell_of_change(request: CompletionRequest, event: str, by: Any, detail: str) -> None:
    case = request.application.received_case
    case.log(event, by=by, detail=detail[:500])
    tell_association(
        request.application,
        f"Ändrat: komplettering av ansökan {case.registry_number}",
        "mail/completion_changed.txt",
    )


def _open_request(request_id: int) -> CompletionRequest:
    """The request, locked until the transaction ends. Raises CannotAsk when it is not open."""
    request = (
        CompletionRequest.objects.select_for_update(of=("self",))
        .select_related("application__association", "application__case__authority")
        .get(pk=request_id)
    )
    if not request.is_open:
        raise CannotAsk(_("The request is no longer open."))
    return request

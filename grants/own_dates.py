"""The days that concern a person: calls, own completions, promised papers, expected decisions.

Modules with days of their own call `register` in their `AppConfig.ready`. A title tells no more than the
person may read anyway, and nothing that somebody wrote: a feed ends up in calendars that others see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.models import Application, Call, CompletionRequest, PromisedPaper
from grants.states import OPEN_STATES, UNTRIED_STATES, State
from portal.people import rules

#: Days longer ago than this are left out.
PAST = timedelta(days=90)


@dataclass(frozen=True)
class OwnDate:
    """One day. `key` stays the same when the day moves, so that calendars move it too; `path` leads on."""

    key: str
    day: date
    title: str
    path: str


Maker = Callable[[Any], Iterable[OwnDate]]
_makers: list[Maker] = []


def register(maker: Maker) -> None:
    """Add a maker of days; it starts at `visible_to(user)` and asks in few queries."""
    _makers.append(maker)


def own_dates(user: Any) -> list[OwnDate]:
    """All days of a person, in order."""
    since = timezone.localdate() - PAST
    found = [one for make in _makers for one in make(user) if one.day >= since]
    return sorted(found, key=lambda one: (one.day, one.key))


def calls(user: Any) -> Iterable[OwnDate]:
    """When the published calls open and close; public for everyone."""
    for call in Call.objects.visible_to(user).filter(published=True):
        path = reverse("grants:call", args=[call.pk])
        opens = timezone.localtime(call.opens_at).date()
        yield OwnDate(f"call-{call.pk}-opens", opens, _("Opens: %(call)s") % {"call": call.title}, path)
        if call.last_day:
            yield OwnDate(
                f"call-{call.pk}-closes", call.last_day, _("Last day: %(call)s") % {"call": call.title}, path
            )


def completions(user: Any) -> Iterable[OwnDate]:
    """Last days of open requests: an association's own, and those of an officer's cases."""
    if rules.applicant(user):
        concerns, name = Q(), "grants:complete"
    elif rules.case_officer(user):
        concerns, name = Q(asked_by_id=user.pk) | Q(application__officer_id=user.pk), "grants:ask"
    else:
        return
    requests = (
        CompletionRequest.objects.visible_to(user)
        .open()
        .filter(concerns)
        .values_list("pk", "last_day", "application", "application__case__registry_number")
    )
    for pk, last_day, application_id, number in requests:
        title = _("Last day to complete %(number)s") % {"number": number}
        yield OwnDate(f"completion-{pk}", last_day, title, reverse(name, args=[application_id]))


def promised_papers(user: Any) -> Iterable[OwnDate]:
    """Papers that the association has said it hands in later."""
    if not rules.applicant(user):
        return
    promised = (
        PromisedPaper.objects.visible_to(user)
        .filter(paper=None, application__discarded_at=None)
        .exclude(application__state__in=[State.DECIDED, *UNTRIED_STATES])
        .select_related("type")
    )
    for paper in promised:
        title = _("Hand in: %(paper)s") % {"paper": paper.name}
        path = reverse("grants:application", args=[paper.application_id])
        yield OwnDate(f"paper-{paper.pk}", paper.due_on, title, path)


def decisions(user: Any) -> Iterable[OwnDate]:
    """When a decision on one's own application can be expected, where the call says a day."""
    if not rules.applicant(user):
        return
    waiting = (
        Application.objects.visible_to(user)
        .filter(
            state__in=[*OPEN_STATES, State.BEFORE_COMMITTEE, State.DECIDED],
            released_at=None,
            call__decision_day__isnull=False,
        )
        .values_list("pk", "call__decision_day", "case__registry_number")
    )
    for pk, day, number in waiting:
        assert day is not None
        title = _("Decision expected: %(number)s") % {"number": number}
        yield OwnDate(f"decision-{pk}", day, title, reverse("grants:application", args=[pk]))


def register_own_makers() -> None:
    for maker in (calls, completions, promised_papers, decisions):
        register(maker)

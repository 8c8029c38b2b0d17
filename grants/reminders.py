"""Reminders by mail: what is due is found by one query a kind, noted as rows, and sent once.

Beat runs `remind` each hour. It looks at dates, not at when it ran last, so that an hour without a
broker is made up for in the next one; a row per person and thing keeps everything from being said twice.
A mail names a call or a registry number, never what somebody wrote. Staff see none of it: a reminder
of a draft would tell that there is one.

Rooms and modules with reminders of their own call `register` in their `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grants.models import (
    Application,
    Call,
    CallWatch,
    CompletionRequest,
    Reminder,
    UnwantedReminder,
)
from grants.people_of import people_of
from portal.documents.work import ring
from portal.people.tasks import send_queued_mail

#: How long after it opened a call is still told of: beat may have been away.
OPENING_IS_NEWS = timedelta(days=7)
BEFORE_CLOSE = timedelta(days=7)
BEFORE_COMPLETION = timedelta(days=3)
#: How long after its last day a completion is called overdue in a mail.
OVERDUE_IS_NEWS = timedelta(days=14)


@dataclass(frozen=True)
class Due:
    """One person to remind of one thing. `key` stays the same for as long as it is the same reminder.

    `what` names the thing in the mail: a call's title, a registry number, a paper's kind.
    """

    user_id: int
    key: str
    what: str


@dataclass(frozen=True)
class Kind:
    """A kind of reminder. `find` gives what is due now; `template` is the mail, in Swedish.

    `subject` may hold `{what}`. A kind that `may_turn_off` is listed among a person's settings.
    """

    code: str
    label: str | Promise
    subject: str
    template: str
    find: Callable[[datetime], Iterable[Due]]
    may_turn_off: bool = True


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind of reminder; registering the same code again replaces it."""
    _kinds[kind.code] = kind


def kinds() -> list[Kind]:
    return list(_kinds.values())


def remind(now: datetime | None = None) -> int:
    """Note and send what is due; returns how many mails were queued. Running it again queues none."""
    now = now or timezone.now()
    sent = sum(_remind(kind, now) for kind in kinds())
    if sent:
        ring(send_queued_mail)
    return sent


def _remind(kind: Kind, now: datetime) -> int:
    found = {(due.user_id, due.key): due for due in kind.find(now)}
    if kind.may_turn_off:
        unwanted = set(UnwantedReminder.objects.filter(kind=kind.code).values_list("user", flat=True))
        found = {at: due for at, due in found.items() if due.user_id not in unwanted}
    Reminder.objects.bulk_create(
        (Reminder(user_id=user_id, kind=kind.code, key=key, due_at=now) for user_id, key in found),
        ignore_conflicts=True,
    )
    waiting = Reminder.objects.filter(
        kind=kind.code, sent_at=None, key__in={key for _user, key in found}, user__is_active=True
    ).values_list("pk", "user", "key", "user__email")
    return sum(
        _send(kind, reminder_id, email, found[user_id, key], now)
        for reminder_id, user_id, key, email in waiting
        if (user_id, key) in found
    )


def _send(kind: Kind, reminder_id: int, email: str, due: Due, now: datetime) -> bool:
    """Queue one mail and mark its row in the same transaction; False when another process was first."""
    from post_office import mail

    with transaction.atomic(), translation.override("sv"):
        if not Reminder.objects.filter(pk=reminder_id, sent_at=None).update(sent_at=now):
            return False
        # A subject takes no line breaks, whatever a call is called.
        subject = " ".join(kind.subject.format(what=due.what).split())
        text = render_to_string(kind.template, {"what": due.what, "may_turn_off": kind.may_turn_off})
        mail.send(email, subject=subject, message=text)
    return True


def _calls_that_opened(now: datetime) -> Iterable[Due]:
    """To associations that applied in an earlier call of the grant, and to people who asked to be told."""
    opened = list(Call.objects.open(now).filter(opens_at__gt=now - OPENING_IS_NEWS))
    if not opened:
        return
    grants = {call.grant_type for call in opened}
    earlier = (
        Application.objects.sent()
        .filter(call__grant_type__in=grants, call__opens_at__lt=max(call.opens_at for call in opened))
        .order_by()
        .values_list("call__grant_type", "call__opens_at", "call__authority", "association")
        .distinct()
    )
    rows = list(earlier)
    people = people_of(association for *_call, association in rows)
    watchers = list(CallWatch.objects.filter(grant_type__in=grants).values_list("grant_type", "user"))
    for call in opened:
        users = {user for grant, user in watchers if grant == call.grant_type}
        for grant, opens_at, authority_id, association in rows:
            is_earlier = grant == call.grant_type and opens_at < call.opens_at
            if is_earlier and authority_id == call.authority_id:
                users |= people[association]
        for user_id in users:
            yield Due(user_id, f"call:{call.pk}", call.title)


def _drafts_before_close(now: datetime) -> Iterable[Due]:
    """A week before the call closes, to the people of associations whose draft is not sent."""
    drafts = Application.objects.drafts().filter(
        call__published=True, call__closes_at__gt=now, call__closes_at__lte=now + BEFORE_CLOSE
    )
    rows = list(drafts.order_by("pk").values_list("pk", "association", "call__title"))
    people = people_of(association for _pk, association, _title in rows)
    for pk, association, title in rows:
        for user_id in people[association]:
            yield Due(user_id, f"draft:{pk}", title)


def _completions(now: datetime, first: timedelta, last: timedelta) -> Iterable[Due]:
    """Open requests whose last day lies between two distances from today; a new day is a new reminder."""
    today = timezone.localtime(now).date()
    requests = CompletionRequest.objects.open().filter(last_day__range=(today + first, today + last))
    rows = list(
        requests.order_by("pk").values_list(
            "pk", "last_day", "application__association", "application__case__registry_number"
        )
    )
    people = people_of(association for _pk, _day, association, _number in rows)
    for pk, last_day, association, registry_number in rows:
        for user_id in people[association]:
            yield Due(user_id, f"completion:{pk}:{last_day}", registry_number)


def _completions_soon_due(now: datetime) -> Iterable[Due]:
    return _completions(now, timedelta(0), BEFORE_COMPLETION)


def _completions_overdue(now: datetime) -> Iterable[Due]:
    return _completions(now, -OVERDUE_IS_NEWS, timedelta(days=-1))


def register_own_kinds() -> None:
    """The reminders of grants itself."""
    register(
        Kind(
            "call_opens",
            _("When a call opens for a grant you have applied for, or asked us to tell you of"),
            "Nu kan ni söka: {what}",
            "mail/reminders/call_opens.txt",
            _calls_that_opened,
        )
    )
    register(
        Kind(
            "draft_before_close",
            _("A week before a call closes, if your application is not sent"),
            "En vecka kvar att söka: {what}",
            "mail/reminders/draft_before_close.txt",
            _drafts_before_close,
        )
    )
    register(
        Kind(
            "completion_soon_due",
            _("Three days before the last day of a completion"),
            "Snart sista dag att komplettera {what}",
            "mail/reminders/completion_soon_due.txt",
            _completions_soon_due,
            may_turn_off=False,
        )
    )
    register(
        Kind(
            "completion_overdue",
            _("When the last day of a completion has passed"),
            "Vi väntar på er komplettering av {what}",
            "mail/reminders/completion_overdue.txt",
            _completions_overdue,
            may_turn_off=False,
        )
    )


def unwanted_by(user: Any) -> set[str]:
    """The codes of the reminders that the person has turned off."""
    return set(UnwantedReminder.objects.visible_to(user).values_list("kind", flat=True))


def choose(user: Any, *, wanted: Iterable[str], watched: Iterable[str]) -> None:
    """Keep which reminders a person wants, and which grants they want to be told of; the rest is off.

    Reminders that may not be turned off stay on whatever is asked.
    """
    on = set(wanted)
    with transaction.atomic():
        UnwantedReminder.objects.filter(user=user).delete()
        UnwantedReminder.objects.bulk_create(
            UnwantedReminder(user=user, kind=kind.code)
            for kind in kinds()
            if kind.may_turn_off and kind.code not in on
        )
        CallWatch.objects.filter(user=user).delete()
        CallWatch.objects.bulk_create(CallWatch(user=user, grant_type=grant) for grant in set(watched))

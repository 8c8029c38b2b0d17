"""Changing a call: only until its first application is sent, and never while one is being sent.

Whoever changes a call holds its row; sending takes the same row the first time (`freeze_call`) before it
reads a single question. So either the change is there when the application is read, or it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.calls.call_checks import stops
from grants.models import Call, CallEvent
from grants.models.programmes import Window
from portal.registry.models import Authority

#: What may still change when the form is frozen, besides the closing time, which only `prolong` moves.
#: None of it changes what was asked of those who have sent.
FREE_AFTER_FREEZING = ("decision_expected", "decision_expected_en", "decision_day")
#: The call's own fields that change with its form.
OWN_FIELDS = (
    "title", "title_en", "intro", "intro_en", "first_year", "max_years", "opens_at", "closes_at",
    "late_rule", "max_amount",
    *FREE_AFTER_FREEZING,
)  # fmt: skip


class CannotChange(Exception):
    """The call cannot be changed like that; the message says why and what to do."""


class ChangedMeanwhile(Exception):
    """A colleague has changed the call since it was read; nothing was overwritten."""


def freeze_call(call_id: int) -> None:
    """Freeze the form of a call since an application in it is being sent, within the caller's transaction.

    Waits for whoever is changing the call. Must come before anything of the call is read.
    """
    Call.objects.filter(pk=call_id, frozen_at=None).update(frozen_at=timezone.now())


@contextmanager
def editing(call_id: int, *, seen: int | None = None) -> Iterator[Call]:
    """The call, held until the change is done; its form then has a new version.

    `seen` is the version that the person started from. Raises CannotChange when the form is frozen, and
    ChangedMeanwhile when it has another version.
    """
    with transaction.atomic():
        call = _held(call_id)
        if call.is_frozen:
            raise CannotChange(frozen_text())
        if seen is not None and seen != call.form_version:
            raise ChangedMeanwhile
        yield call
        call.form_version += 1
        call.save(update_fields=["form_version"])


def frozen_text() -> str:
    return str(
        _(
            "An application has been sent in this call, so what it asks can no longer be changed. Copy it to "
            "a new call to ask something else."
        )
    )


def create_call(authority: Authority, grant_type: str, values: dict[str, Any], by: Any) -> Call:
    """Begin a draft of a call without any questions yet."""
    with transaction.atomic():
        call = Call.objects.create(authority=authority, grant_type=grant_type, **values)
        log(call, CallEvent.Kind.CREATED, by)
    return call


def change_call(call_id: int, values: dict[str, Any], *, seen: int) -> Call:
    """Change the call's own fields. Raises CannotChange and ChangedMeanwhile.

    When the call is open already, its opening stands: people have begun to write.
    """
    with editing(call_id, seen=seen) as call:
        window = Window(values.get("opens_at", call.opens_at), values.get("closes_at", call.closes_at))
        if call.is_open:
            _refuse_a_shorter_window(call, window)
        for name in OWN_FIELDS:
            if name in values:
                setattr(call, name, values[name])
        call.save(update_fields=OWN_FIELDS)
    return call


def _refuse_a_shorter_window(call: Call, window: Window) -> None:
    if window.opens_at != call.opens_at:
        raise CannotChange(_("The call is open, so the time it opened stands."))
    if window.closes_at != call.closes_at:
        raise CannotChange(_("The call is open. Prolong it on a page of its own, where you also say why."))


def change_when_decided(call_id: int, values: dict[str, Any]) -> Call:
    """Change when a decision can be expected; allowed also when the form is frozen."""
    with transaction.atomic():
        call = _held(call_id)
        for name in FREE_AFTER_FREEZING:
            if name in values:
                setattr(call, name, values[name])
        call.save(update_fields=FREE_AFTER_FREEZING)
    return call


def prolong(call_id: int, closes_at: datetime, reason: str, by: Any) -> Call:
    """Let a published call close later, also when it is frozen or has closed; why is public.

    Raises CannotChange when it has no closing time, or when the new one is not later and still to come.
    """
    with transaction.atomic():
        call = _held(call_id)
        if not call.published or call.closes_at is None:
            raise CannotChange(_("Only a published call with a closing time can be prolonged."))
        if closes_at <= max(call.closes_at, timezone.now()):
            raise CannotChange(_("Choose a time later than the closing time, and later than now."))
        call.closes_at = closes_at
        call.save(update_fields=["closes_at"])
        log(call, CallEvent.Kind.PROLONGED, by, reason)
    return call


def publish(call_id: int, by: Any) -> Call:
    """Let everybody read the call; it opens and closes by time alone. Publishing twice changes nothing.

    Raises CannotChange when something is missing.
    """
    with transaction.atomic():
        call = _held(call_id)
        if call.published:
            return call
        if missing := stops(call):
            raise CannotChange(" ".join(str(one.text) for one in missing))
        call.published = True
        call.save(update_fields=["published"])
        log(call, CallEvent.Kind.PUBLISHED, by)
    return call


def withdraw(call_id: int, by: Any) -> Call:
    """Take a published call back to draft, before it opens: then nobody has begun to write.

    Raises CannotChange when it has opened.
    """
    with transaction.atomic():
        call = _held(call_id)
        if not call.published:
            return call
        if call.state != Call.State.PLANNED:
            raise CannotChange(
                _("The call has opened, and people may have begun to write. It can no longer be taken back.")
            )
        call.published = False
        call.save(update_fields=["published"])
        log(call, CallEvent.Kind.WITHDRAWN, by)
    return call


def log(call: Call, kind: CallEvent.Kind, by: Any, detail: str = "") -> None:
    """Write what was done with the call."""
    CallEvent.objects.create(call=call, kind=kind, actor=by, detail=detail[:500])


def _held(call_id: int) -> Call:
    """The call, locked against other changes and against the first sending until the transaction ends.

    Not against new drafts, which only refer to it.
    """
    return Call.objects.select_for_update(of=("self",), no_key=True).get(pk=call_id)

"""Check-ins (avstämningar): a rhythm that is suggested, days on the calendar, what was said and learned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from iop.days import months_on, working_day
from iop.models import Agreement, CheckIn
from iop.writing import Conflict, Refused
from portal.registry.models import Event

#: Months between check-ins of an agreement shorter than a year, and of a longer one.
SHORT_RHYTHM, LONG_RHYTHM = 1, 3
#: Two check-ins closer than this are one and the same in a suggestion.
NEAR_DAYS = 14


@dataclass(frozen=True)
class Written:
    """What the parties write of a check-in, before and after it."""

    planned_on: date
    place: str
    agenda: str
    held_on: date | None
    present: str
    notes: str
    learned: str
    changes: str


def suggested_days(agreement: Agreement, today: date) -> list[date]:
    """Days until the end in the suggested rhythm, monthly or quarterly, that have no check-in near."""
    step = SHORT_RHYTHM if agreement.is_short else LONG_RHYTHM
    planned = list(agreement.check_ins.filter(cancelled_at=None).values_list("planned_on", flat=True))
    days = []
    for months in range(step, 12 * 100, step):
        day = working_day(months_on(agreement.first_day, months))
        if day > agreement.last_day:
            break
        if day >= today and all(abs((day - other).days) > NEAR_DAYS for other in planned):
            days.append(day)
    return days


def plan(agreement: Agreement, days: Iterable[date], place: str, by: Any) -> list[CheckIn]:
    """Put check-ins on the calendar; a day that already has one is left as it is."""
    with transaction.atomic():
        current = locked(agreement)
        taken = set(current.check_ins.filter(cancelled_at=None).values_list("planned_on", flat=True))
        return CheckIn.objects.bulk_create(
            CheckIn(agreement=current, planned_on=day, place=place, planned_by=by)
            for day in sorted(set(days) - taken)
        )


def locked(agreement: Agreement) -> Agreement:
    """The agreement, locked within the caller's transaction. Raises Refused when it is not live."""
    current = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
    if not current.is_live:
        raise Refused(_("The partnership has ended, so this can no longer be changed."))
    return current


def written(check_in: CheckIn) -> Written:
    return Written(**{name: getattr(check_in, name) for name in Written.__dataclass_fields__})


def save(check_in: CheckIn, data: Written, version: int, by: Any) -> CheckIn:
    """Save what was written, if the check-in is at the version it was read at.

    Raises Conflict when somebody saved after that, and Refused when it is cancelled.
    """
    with transaction.atomic():
        current = CheckIn.objects.select_for_update().get(pk=check_in.pk)
        _refuse_cancelled(current)
        if current.version != version:
            raise Conflict(current)
        is_first_time = data.held_on is not None and current.held_on is None
        for name in Written.__dataclass_fields__:
            setattr(current, name, getattr(data, name))
        current.version += 1
        current.noted_by = by
        current.save()
        if is_first_time:
            current.agreement.case.log(Event.Kind.CHECK_IN_HELD, by=by, detail=str(data.held_on))
    return current


def cancel(check_in: CheckIn, by: Any) -> None:
    """Take a planned check-in off the calendar. Raises Refused when it was held."""
    with transaction.atomic():
        current = CheckIn.objects.select_for_update().get(pk=check_in.pk)
        _refuse_cancelled(current)
        if current.is_held:
            raise Refused(_("The check-in has been held, so it stays."))
        current.cancelled_at, current.noted_by = timezone.now(), by
        current.version += 1
        current.save(update_fields=["cancelled_at", "noted_by", "version"])


def _refuse_cancelled(check_in: CheckIn) -> None:
    if check_in.cancelled_at is not None:
        raise Refused(_("The check-in has been cancelled. Plan another one."))

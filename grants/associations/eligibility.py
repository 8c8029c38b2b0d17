"""Deciding that an association is eligible for a time, cutting that short, and reminding of its end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grants.associations.accounts import has_conflict
from grants.models import Association, AssociationEvent, Eligibility, note_event
from grants.models.papers import months_after
from grants.people_of import people_of
from grants.reminders import Due, Kind, register
from portal.documents.templatetags.swedish_text import swedish_date

#: How long a decision lasts unless the officer says otherwise (KF 26 Nov 2019: one year).
MONTHS = 12
BEFORE_END = timedelta(days=30)
#: How long after its end an association is told that it has ended.
END_IS_NEWS = timedelta(days=30)


class CannotDecide(Exception):
    """The period cannot be decided; the message says why and what to do."""


def default_last_day(first: date) -> date:
    """A year from the first day, that day not counted."""
    return months_after(first, MONTHS) - timedelta(days=1)


def decide(association: Association, first: date, last: date, reason: str, by: Any) -> Eligibility:
    """Find an association eligible for a period. Raises CannotDecide when it meets another period."""
    with transaction.atomic():
        Association.objects.select_for_update().get(pk=association.pk)
        if has_conflict(by, association):
            raise CannotDecide(
                _("You have declared a conflict of interest with this association. A colleague decides.")
            )
        meets = association.eligibilities.filter(valid_from__lte=last, valid_until__gte=first).first()
        if meets is not None:
            raise CannotDecide(
                _("There is a decision already for %(first)s to %(last)s. Begin after it, or cut it short.")
                % {"first": swedish_date(meets.valid_from), "last": swedish_date(meets.valid_until)}
            )
        decided = Eligibility.objects.create(
            association=association, valid_from=first, valid_until=last, reason=reason, decided_by=by
        )
        note_event(
            association,
            AssociationEvent.Kind.ELIGIBILITY_DECIDED,
            by=by,
            detail=f"{first} – {last}: {reason}",
        )
    return decided


def cut_short(eligibility_id: int, last: date, reason: str, by: Any) -> Eligibility:
    """End a period earlier than decided; the last day lies within it. Raises CannotDecide."""
    with transaction.atomic():
        found = Eligibility.objects.select_related("association").get(pk=eligibility_id)
        association = Association.objects.select_for_update().get(pk=found.association_id)
        found.refresh_from_db()
        if has_conflict(by, association):
            raise CannotDecide(
                _("You have declared a conflict of interest with this association. A colleague decides.")
            )
        if not found.valid_from <= last < found.valid_until:
            raise CannotDecide(_("Choose a day within the period, before its last day."))
        found.valid_until, found.end_reason = last, reason
        found.ended_by, found.ended_at = by, timezone.now()
        found.save(update_fields=["valid_until", "end_reason", "ended_by", "ended_at"])
        note_event(association, AssociationEvent.Kind.ELIGIBILITY_ENDED, by=by, detail=f"{last}: {reason}")
    return found


def _ending(now: datetime, first: timedelta, last: timedelta) -> Iterable[Due]:
    """Periods that end between two distances from today and that no later one follows."""
    today = timezone.localtime(now).date()
    ending = Eligibility.objects.filter(valid_until__range=(today + first, today + last))
    rows = list(ending.order_by("pk").values_list("pk", "association", "association__name", "valid_until"))
    followed = set(
        Eligibility.objects.filter(
            association__in=[association for _pk, association, _name, _day in rows],
            valid_until__gt=today + last,
        ).values_list("association", flat=True)
    )
    people = people_of(association for _pk, association, _name, _day in rows)
    for pk, association, name, _day in rows:
        if association not in followed:
            for user_id in people[association]:
                yield Due(user_id, f"eligibility:{pk}", name)


def _ends_soon(now: datetime) -> Iterable[Due]:
    return _ending(now, timedelta(0), BEFORE_END)


def _has_ended(now: datetime) -> Iterable[Due]:
    return _ending(now, -END_IS_NEWS, timedelta(days=-1))


def register_reminders() -> None:
    """Tell associations 30 days before their eligibility ends, and when it has."""
    register(
        Kind(
            "eligibility_ends_soon",
            gettext_lazy("A month before the association's eligibility ends"),
            "Snart behöver {what} förnya sin status",
            "mail/reminders/eligibility_ends_soon.txt",
            _ends_soon,
            may_turn_off=False,
        )
    )
    register(
        Kind(
            "eligibility_has_ended",
            gettext_lazy("When the association's eligibility has ended"),
            "Statusen för {what} har gått ut",
            "mail/reminders/eligibility_has_ended.txt",
            _has_ended,
            may_turn_off=False,
        )
    )

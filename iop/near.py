"""Days of running partnerships that are near: in a person's calendar, and as reminders by mail."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from grants import own_dates, reminders
from grants.own_dates import OwnDate
from grants.reminders import Due, Kind
from iop import room
from iop.models import Addendum, Agreement, CheckIn, FollowUp, Party
from iop.models.agreements import AgreementQuerySet
from iop.people_told import people_of_parties
from iop.room import MOST, ToDo
from iop.rules import partner
from portal.documents.templatetags.swedish_text import swedish_date
from portal.people.front_page import Waiting

BEFORE_CHECK_IN = timedelta(days=7)
BEFORE_FOLLOW_UP = timedelta(days=31)


def dates(user: Any) -> Iterable[OwnDate]:
    """Check-ins, last days of follow-ups and the ends of the partnerships that the person acts for."""
    if not partner(user):
        return
    own = _own(user).signed()
    planned = CheckIn.objects.filter(agreement__in=own, cancelled_at=None)
    for pk, agreement_id, day, number in planned.values_list(
        "pk", "agreement", "planned_on", "agreement__case__registry_number"
    ):
        title = _("Check-in of the partnership %(number)s") % {"number": number}
        yield OwnDate(f"check-in-{pk}", day, title, reverse("iop:check-in", args=[agreement_id, pk]))
    due = FollowUp.objects.filter(agreement__in=own, finished_at=None)
    for pk, agreement_id, day, number in due.values_list(
        "pk", "agreement", "due_on", "agreement__case__registry_number"
    ):
        title = _("Follow-up due: partnership %(number)s") % {"number": number}
        yield OwnDate(f"follow-up-{pk}", day, title, reverse("iop:follow-up", args=[agreement_id, pk]))
    for one in own.live().select_related("case"):
        title = _("Last day of the partnership %(number)s") % {"number": one.case.registry_number}
        path = reverse("iop:running", args=[one.pk])
        yield OwnDate(f"partnership-{one.pk}-ends", one.last_day, title, path)


def check_ins_near(now: datetime) -> Iterable[Due]:
    """Planned check-ins within a week; one that moves to another day is reminded of again."""
    today = timezone.localtime(now).date()
    rows = CheckIn.objects.filter(
        planned_on__range=(today, today + BEFORE_CHECK_IN), held_on=None, cancelled_at=None
    )
    yield from _due(rows.filter(agreement__in=Agreement.objects.live()), "planned_on")


def follow_ups_near(now: datetime) -> Iterable[Due]:
    """Follow-ups to be finished within a month, or overdue by less than that."""
    today = timezone.localtime(now).date()
    rows = FollowUp.objects.filter(
        due_on__range=(today - BEFORE_FOLLOW_UP, today + BEFORE_FOLLOW_UP), finished_at=None
    )
    yield from _due(rows.filter(agreement__in=Agreement.objects.signed()), "due_on")


def _due(rows: Any, day: str) -> Iterable[Due]:
    found = list(rows.select_related("agreement__case"))
    people = people_of_parties(row.agreement for row in found) if found else {}
    for row in found:
        for user_id in sorted(people[row.agreement_id]):
            yield Due(user_id, f"{row.pk}:{getattr(row, day)}", row.agreement.case.registry_number)


def waiting(user: Any) -> Iterable[Waiting]:
    """What the start page tells who works for the city: follow-ups that are due, addenda to sign."""
    if not partner(user) or not user.is_staff:
        return
    own = Agreement.objects.visible_to(user)
    until = timezone.localdate() + BEFORE_FOLLOW_UP
    due = FollowUp.objects.filter(agreement__in=own.signed(), finished_at=None, due_on__lte=until).count()
    if due:
        text = ngettext(
            "joint follow-up of a partnership is due", "joint follow-ups of partnerships are due", due
        )
        yield Waiting(due, text, reverse("iop:agreements"))
    to_sign = Addendum.objects.filter(agreement__in=own.live(), state=Addendum.State.TO_SIGN).count()
    if to_sign:
        text = ngettext("addendum waits for signatures", "addenda wait for signatures", to_sign)
        yield Waiting(to_sign, text, reverse("iop:agreements"))


def to_do(user: Any) -> Iterable[ToDo]:
    """What comes next in the person's partnerships: check-ins that are near, follow-ups due."""
    today = timezone.localdate()
    own = _own(user)
    check_ins = CheckIn.objects.filter(
        agreement__in=own.live(), cancelled_at=None, held_on=None, planned_on__lte=today + BEFORE_FOLLOW_UP
    )
    for row in check_ins.select_related("agreement")[:MOST]:
        yield ToDo(
            _("Check-in: %(partnership)s") % {"partnership": row.agreement.title},
            reverse("iop:check-in", args=[row.agreement_id, row.pk]),
            swedish_date(row.planned_on),
            "warning" if row.planned_on < today else "info",
        )
    due = FollowUp.objects.filter(
        agreement__in=own.signed(), finished_at=None, due_on__lte=today + BEFORE_FOLLOW_UP
    )
    for follow_up in due.select_related("agreement").order_by("due_on", "pk")[:MOST]:
        yield ToDo(
            f"{follow_up.get_kind_display()}: {follow_up.agreement.title}",
            reverse("iop:follow-up", args=[follow_up.agreement_id, follow_up.pk]),
            _("By %(day)s") % {"day": swedish_date(follow_up.due_on)},
            "warning" if follow_up.due_on < today else "info",
        )
    to_sign = Addendum.objects.filter(agreement__in=own.live(), state=Addendum.State.TO_SIGN)
    for addendum in to_sign.select_related("agreement")[:MOST]:
        yield ToDo(
            _("Addendum: %(partnership)s") % {"partnership": addendum.agreement.title},
            reverse("iop:addendum", args=[addendum.agreement_id, addendum.number]),
            str(addendum.get_state_display()),
        )


def _own(user: Any) -> AgreementQuerySet:
    """The partnerships that the person acts for or co-ordinates."""
    own = Agreement.objects.visible_to(user)
    if not user.is_staff:
        return own
    acts_for = Party.objects.of_person(user).values("agreement")
    return own.filter(Q(coordinator_id=user.pk) | Q(pk__in=acts_for))


def register() -> None:
    room.register(to_do)
    own_dates.register(dates)
    reminders.register(
        Kind(
            "check_in_near",
            gettext_lazy("A check-in of a partnership is near"),
            "Avstämning inom en vecka: {what}",
            "mail/reminders/check_in_near.txt",
            check_ins_near,
        )
    )
    reminders.register(
        Kind(
            "follow_up_near",
            gettext_lazy("A joint follow-up of a partnership is due"),
            "Dags för gemensam uppföljning: {what}",
            "mail/reminders/follow_up_near.txt",
            follow_ups_near,
        )
    )

"""Going on in time: a reminder well before the end, and a new agreement that begins from the old one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from iop.days import months_on
from iop.models import (
    Agreement,
    Clause,
    ClauseVersion,
    Contribution,
    Goal,
    Indicator,
    Party,
    RenewalReminder,
    SteeringSeat,
    Turn,
)
from iop.people_told import tell_leaders
from iop.writing import Refused
from portal.registry.models import Event

#: Months before the end when the parties are reminded.
MONTHS_BEFORE = 6


def reminder_day(agreement: Agreement) -> date:
    """Half a year before the end; for an agreement shorter than a year, a third of its time before."""
    if agreement.is_short:
        length = (agreement.last_day - agreement.first_day).days + 1
        return agreement.last_day - timedelta(days=length // 3)
    return months_on(agreement.last_day, -MONTHS_BEFORE)


def remind(today: date) -> int:
    """Remind process leaders and coordinators of the ends that are near; returns how many partnerships.

    Run again, it reminds of no end twice; an end that moves is reminded of anew.
    """
    reminded = RenewalReminder.objects.filter(agreement__ends_on=F("ends_on"))
    near = (
        Agreement.objects.live()
        .filter(ends_on__gte=today, ends_on__lte=months_on(today, MONTHS_BEFORE) + timedelta(days=3))
        .filter(renewed_by=None)
        .exclude(pk__in=reminded.values("agreement"))
        .select_related("case")
        .order_by("pk")
    )
    return sum(_remind(agreement) for agreement in near if reminder_day(agreement) <= today)


def _remind(agreement: Agreement) -> bool:
    with transaction.atomic():
        _row, is_new = RenewalReminder.objects.get_or_create(agreement=agreement, ends_on=agreement.last_day)
        if is_new:
            tell_leaders(agreement, "Dags att prata om hur partnerskapet går vidare", "renewal")
    return is_new


def suggested_days(agreement: Agreement) -> tuple[date, date]:
    """The first and last day of an agreement of the same length that begins when this one ends."""
    first = agreement.last_day + timedelta(days=1)
    return first, first + (agreement.last_day - agreement.first_day)


def renew(agreement: Agreement, title: str, starts_on: date, ends_on: date, by: Any) -> Agreement:
    """Begin the agreement that follows, on a case of its own, with what was agreed carried over.

    Clauses, goals, groups and promises are for the parties to go through anew; nobody has consented to
    them yet. Raises Refused when it is begun already, or begins before this one ends.
    """
    with transaction.atomic():
        old = Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
        if Agreement.objects.filter(renews=old).exists():
            raise Refused(_("The agreement that follows is begun already."))
        if starts_on <= old.last_day:
            raise Refused(_("Choose a first day after the last day of the present agreement."))
        case = old.case.authority.open_case(public_title=f"Partnerskap: {title}", by=by)
        new = Agreement.objects.create(
            case=case,
            idea=old.idea,
            renews=old,
            title=title,
            summary=old.summary,
            area=old.area,
            starts_on=starts_on,
            ends_on=ends_on,
            coordinator=old.coordinator,
            created_by=by,
        )
        new.target_groups.set(old.target_groups.all())
        parties = _carry_parties(old, new)
        _carry_clauses(old, new, by)
        _carry_goals(old, new)
        _carry_promises(old, new, parties)
        case.log(Event.Kind.AGREEMENT_BEGUN, by=by, detail=old.case.registry_number)
        Turn.objects.create(
            agreement=old, kind=Turn.Kind.RENEWAL, from_day=timezone.localdate(), written_by=by
        )
        old.case.log(Event.Kind.PARTNERSHIP_TURN, by=by, detail=case.registry_number)
    return new


def _carry_parties(old: Agreement, new: Agreement) -> dict[int, Party]:
    """The parties that have not left, in their order; by the id of the old one."""
    carried = {}
    for position, party in enumerate(old.parties.filter(left_on=None), start=1):
        carried[party.pk] = Party.objects.create(
            agreement=new,
            position=position,
            association_id=party.association_id,
            unit_id=party.unit_id,
            process_leader_id=party.process_leader_id,
        )
    SteeringSeat.objects.bulk_create(
        SteeringSeat(agreement=new, group=seat.group, role=seat.role, party=carried[seat.party_id])
        for seat in old.steering_seats.all()
        if seat.party_id in carried
    )
    return carried


def _carry_clauses(old: Agreement, new: Agreement, by: Any) -> None:
    clauses = Clause.objects.bulk_create(
        Clause(
            agreement=new,
            number=clause.number,
            key=clause.key,
            heading=clause.heading,
            text=clause.text,
            standard_id=clause.standard_id,
        )
        for clause in old.clauses.all()
    )
    ClauseVersion.objects.bulk_create(
        ClauseVersion(clause=clause, number=1, text=clause.text, written_by=by) for clause in clauses
    )


def _carry_goals(old: Agreement, new: Agreement) -> None:
    """Goals with their indicators; where the last follow-up ended is where the next one starts."""
    for goal in old.goals.prefetch_related("indicators__readings__follow_up"):
        copy = Goal.objects.create(agreement=new, level=goal.level, text=goal.text, position=goal.position)
        Indicator.objects.bulk_create(
            Indicator(
                goal=copy,
                kind_id=indicator.kind_id,
                text=indicator.text,
                unit=indicator.unit,
                baseline=_last_value(indicator) or indicator.baseline,
                target=indicator.target,
                position=indicator.position,
            )
            for indicator in goal.indicators.all()
        )


def _last_value(indicator: Indicator) -> str:
    known = [row for row in indicator.readings.all() if row.value]
    return max(known, key=lambda row: (row.follow_up.due_on, row.pk)).value if known else ""


def _carry_promises(old: Agreement, new: Agreement, parties: dict[int, Party]) -> None:
    """What each party promised of a kind for the last year that it did, for each of the new years."""
    last = {(row.party_id, row.kind): row for row in old.contributions.order_by("year")}
    Contribution.objects.bulk_create(
        Contribution(
            agreement=new,
            party=parties[row.party_id],
            kind=row.kind,
            year=year,
            kronor=row.kronor,
            hours=row.hours,
            method=row.method,
            text=row.text,
        )
        for row in last.values()
        if row.party_id in parties
        for year in new.years
    )

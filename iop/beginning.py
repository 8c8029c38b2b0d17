"""Beginning an agreement, from an idea or from what officers and associations have talked about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.models import Association, Membership
from iop import telling
from iop.models import (
    Agreement,
    Area,
    Clause,
    ClauseVersion,
    Idea,
    MarketAssessment,
    Party,
    StandardClause,
    TargetGroup,
)
from iop.money import release
from iop.states import State, move
from iop.touching import touch
from iop.writing import Conflict, Refused, begin_to_write, hold
from portal.people import rules
from portal.people.models import Unit, User
from portal.registry.models import Authority, Event, declare, has_declared


@dataclass(frozen=True)
class Facts:
    """What an agreement says of itself besides its clauses."""

    title: str
    area: Area
    summary: str = ""
    target_groups: Sequence[TargetGroup] = ()
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class Parties:
    """Who enters into the partnership: at least one association and one unit of the administration."""

    associations: Sequence[Association] = field(default_factory=tuple)
    units: Sequence[Unit] = field(default_factory=tuple)


def begin_agreement(facts: Facts, parties: Parties, by: Any, idea: Idea | None = None) -> Agreement:
    """Begin to write: the parties stand side by side, and the clauses are the city's standard texts.

    From an idea it goes on with the idea's case, once; otherwise it has a case of its own. Raises Refused
    when a side is missing, or the officer has a conflict of interest.
    """
    _refuse_unless_two_sides(parties, idea)
    with transaction.atomic():
        case = _case(facts, by, idea)
        agreement = Agreement.objects.create(
            case=case,
            idea=idea,
            title=facts.title,
            summary=facts.summary,
            area=facts.area,
            starts_on=facts.starts_on,
            ends_on=facts.ends_on,
            coordinator=by,
            created_by=by,
        )
        agreement.target_groups.set(facts.target_groups)
        for association in parties.associations:
            _add(agreement, association=association)
        for unit in parties.units:
            _add(agreement, unit=unit)
        MarketAssessment.objects.create(agreement=agreement)
        copy_standard_clauses(agreement, by)
        case.log(Event.Kind.AGREEMENT_BEGUN, by=by, detail=facts.title)
        telling.tell_partners(agreement, "Ett partnerskap börjar ta form", "begun", but=by)
    return agreement


def copy_standard_clauses(agreement: Agreement, by: Any) -> None:
    """Give the agreement the city's clauses in force today; from now on its texts are the parties' own."""
    standard = StandardClause.objects.all().in_force(timezone.localdate())
    clauses = Clause.objects.bulk_create(
        Clause(
            agreement=agreement,
            number=row.number,
            key=row.key,
            heading=row.heading,
            text=row.text,
            standard=row,
        )
        for row in standard
    )
    ClauseVersion.objects.bulk_create(
        ClauseVersion(clause=clause, number=1, text=clause.text, written_by=by) for clause in clauses
    )


def save_facts(agreement: Agreement, facts: Facts, version: int, by: Any) -> Agreement:
    """Save title, days and what it is about; Conflict when somebody saved meanwhile."""
    with transaction.atomic():
        current = begin_to_write(agreement, by).agreement
        if current.version != version:
            raise Conflict(current)
        days_change = (current.starts_on, current.ends_on) != (facts.starts_on, facts.ends_on)
        groups_change = set(current.target_groups.all()) != set(facts.target_groups)
        for name in ("title", "summary", "area", "starts_on", "ends_on"):
            setattr(current, name, getattr(facts, name))
        current.version += 1
        current.save()
        current.target_groups.set(facts.target_groups)
        if days_change:
            touch(current, "avtalstid", by)
        if groups_change:
            touch(current, "malgrupp", by)
    return current


def invite(
    agreement: Agreement, by: Any, association: Association | None = None, unit: Unit | None = None
) -> Party:
    """Take in another party while the agreement is being written. Raises Refused when it is one already."""
    with transaction.atomic():
        current = begin_to_write(agreement, by).agreement
        if current.parties.filter(association=association, unit=unit).exists():
            raise Refused(_("They are a party already."))
        party = _add(current, association=association, unit=unit)
        touch(current, "parter", by)
        current.case.log(Event.Kind.AGREEMENT_BEGUN, by=by, detail=party.name)
        telling.tell_party(party, "Ni är inbjudna till ett partnerskap", "invited")
    return party


def choose_process_leader(agreement: Agreement, party: Party, person: User | None, by: Any) -> None:
    """Name the person who holds the work together for a party; one of those who act for it."""
    with transaction.atomic():
        writer = begin_to_write(agreement, by)
        if writer.party is not None and writer.party.pk != party.pk:
            raise Refused(_("Each party names its own process leader."))
        if person is not None and person not in people_of(party):
            raise Refused(_("Choose somebody who acts for the party."))
        writer.agreement.parties.filter(pk=party.pk).update(process_leader=person)


def people_of(party: Party) -> Iterable[User]:
    """Who acts for a party today."""
    if party.association_id:
        current = Membership.objects.filter(association=party.association_id).current()
        return User.objects.filter(pk__in=current.values("user")).order_by("pk")
    return User.objects.filter(unit_contacts__unit=party.unit_id, is_active=True).order_by("pk")


def drop(agreement: Agreement, words: str, by: Any) -> None:
    """End an agreement that came to nothing, always with words; what it bound is free again."""
    if not words.strip():
        raise Refused(_("Write a few words to the parties on why it came to nothing."))
    with transaction.atomic():
        current = hold(agreement, [State.WRITING, State.TO_SIGN], by)
        if not rules.case_officer(by):
            raise Refused(
                _("The case officer ends an agreement that comes to nothing. Talk to each other first.")
            )
        release(current, by)
        move(current, State.DROPPED)
        current.case.log(Event.Kind.AGREEMENT_RETURNED, by=by, detail=words[:500])
        telling.tell_partners(current, "Partnerskapet blir inte av", "dropped", {"words": words})


def _refuse_unless_two_sides(parties: Parties, idea: Idea | None) -> None:
    if not parties.associations or not parties.units:
        raise Refused(_("A partnership has at least one association and one unit of the administration."))
    if idea is not None and idea.association not in parties.associations:
        raise Refused(_("The association that left the idea is a party of what comes of it."))


def _case(facts: Facts, by: Any, idea: Idea | None) -> Any:
    if idea is not None and not Agreement.objects.filter(case=idea.case_id).exists():
        if not has_declared(idea.case, by):
            raise Refused(_("Declare first that you have no conflict of interest in this case."))
        return idea.case
    authority = idea.case.authority if idea else Authority.objects.earliest("pk")
    case = authority.open_case(public_title=f"Partnerskap: {facts.title}", by=by)
    declare(case, by, has_conflict=False)
    return case


def _add(agreement: Agreement, **who: Any) -> Party:
    last = agreement.parties.aggregate(last=Max(F("position")))["last"] or 0
    return Party.objects.create(agreement=agreement, position=last + 1, **who)

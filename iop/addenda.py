"""Addenda: a numbered change of a signed agreement that the parties write together.

One at a time is open in a partnership. All that one addendum holds shares its version, so that whoever saved
after it was read is seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.models import Association
from iop.check_ins import locked
from iop.models import (
    Addendum,
    Agreement,
    Clause,
    ClauseChange,
    ContributionChange,
    Party,
    PartyChange,
)
from iop.writing import Conflict, Refused
from portal.people.models import Unit
from portal.registry.models import Event

OPEN = (Addendum.State.WRITING, Addendum.State.BEFORE_COMMITTEE, Addendum.State.TO_SIGN)


@dataclass(frozen=True)
class Written:
    """What changes, why, and a new last day where there is one."""

    title: str
    reason: str
    new_end: date | None


@dataclass(frozen=True)
class Promise:
    """What a party promises of a kind for a year from the addendum on: the new figure, not the difference."""

    party: Party
    kind: str
    year: int
    kronor: int | None
    hours: int | None
    text: str


def begin(agreement: Agreement, data: Written, by: Any) -> Addendum:
    """Begin the next addendum. Raises Refused when one is open, or the new last day does not fit."""
    with transaction.atomic():
        current = locked(agreement)
        if current.addenda.filter(state__in=OPEN).exists():
            raise Refused(_("Another addendum is open. Finish it first, or let it come to nothing."))
        _refuse_day(current, data.new_end)
        last = current.addenda.aggregate(last=Max("number"))["last"] or 0
        addendum = Addendum.objects.create(
            agreement=current,
            number=last + 1,
            title=data.title,
            reason=data.reason,
            new_end=data.new_end,
            begun_by=by,
        )
        current.case.log(Event.Kind.ADDENDUM_BEGUN, by=by, detail=str(addendum))
    return addendum


def written(addendum: Addendum) -> Written:
    return Written(addendum.title, addendum.reason, addendum.new_end)


def save(addendum: Addendum, data: Written, version: int) -> Addendum:
    """Save title, reason and last day, if the addendum is at the version it was read at."""
    with transaction.atomic():
        current = held(addendum, version)
        _refuse_day(current.agreement, data.new_end)
        current.title, current.reason, current.new_end = data.title, data.reason, data.new_end
        return _grow(current)


def change_clause(addendum: Addendum, clause: Clause, text: str, version: int) -> Addendum:
    """Give a clause another wording; the wording that it has now takes the change away."""
    with transaction.atomic():
        current = held(addendum, version)
        if text.strip() == clause.text.strip():
            ClauseChange.objects.filter(addendum=current, clause=clause).delete()
        else:
            ClauseChange.objects.update_or_create(addendum=current, clause=clause, defaults={"text": text})
        return _grow(current)


def change_contribution(addendum: Addendum, data: Promise) -> ContributionChange:
    """Change what a party promises for a year, or let it promise something besides."""
    with transaction.atomic():
        current = held(addendum)
        last = current.new_end or current.agreement.last_day
        if not current.agreement.first_day.year <= data.year <= last.year:
            raise Refused(_("Choose a year that the agreement, with its new last day, touches."))
        change, _is_new = ContributionChange.objects.update_or_create(
            addendum=current,
            party=data.party,
            kind=data.kind,
            year=data.year,
            defaults={"kronor": data.kronor, "hours": data.hours, "text": data.text},
        )
        _grow(current)
    return change


def keep_contribution(addendum: Addendum, change_id: int) -> None:
    """Take a change of a contribution away: it stays as it was promised."""
    with transaction.atomic():
        current = held(addendum)
        current.contribution_changes.filter(pk=change_id).delete()
        _grow(current)


def change_parties(
    addendum: Addendum, leaving: Iterable[Party], association: Association | None, unit: Unit | None
) -> None:
    """Say who leaves and who joins by the addendum; an association and a unit must remain."""
    with transaction.atomic():
        current = held(addendum)
        agreement, gone = current.agreement, list(leaving)
        staying = [party for party in agreement.parties.filter(left_on=None) if party not in gone]
        joins_city = [party.is_city for party in staying]
        joins_city += ([False] if association else []) + ([True] if unit else [])
        if set(joins_city) != {True, False}:
            raise Refused(_("At least one association and one unit must remain."))
        if any(
            (association and party.association_id == association.pk) or (unit and party.unit_id == unit.pk)
            for party in staying
        ):
            raise Refused(_("Who joins is a party already."))
        current.party_changes.all().delete()
        for party in gone:
            PartyChange.objects.create(addendum=current, leaving=party)
        if association:
            PartyChange.objects.create(addendum=current, association=association)
        if unit:
            PartyChange.objects.create(addendum=current, unit=unit)
        _grow(current)


def reopen(addendum: Addendum, by: Any) -> None:
    """Back to writing from signing, when somebody wants another text; earlier signatures count no more.

    Raises Refused when the committee has decided on the text: then it stands, or comes to nothing.
    """
    with transaction.atomic():
        current = _locked(addendum)
        if current.state != Addendum.State.TO_SIGN:
            raise Refused(_("The addendum is not waiting for signatures."))
        if hasattr(current.text_to_sign, "proposal"):
            raise Refused(
                _("The committee has decided on this text. Let it come to nothing, and begin another.")
            )
        _let_go_of_joiners(current)
        current.state, current.text_to_sign = Addendum.State.WRITING, None
        _grow(current)


def drop(addendum: Addendum, by: Any) -> None:
    """Let an addendum come to nothing; it stays in the story. Raises Refused while the committee has it."""
    from iop.addendum_money import bind
    from iop.promising import city_money

    with transaction.atomic():
        current = _locked(addendum)
        if current.state not in (Addendum.State.WRITING, Addendum.State.TO_SIGN):
            raise Refused(
                _("The addendum can come to nothing only before all have signed, outside the committee.")
            )
        _let_go_of_joiners(current)
        if current.text_to_sign is not None and hasattr(current.text_to_sign, "proposal"):
            bind(current.agreement, city_money(current.agreement))
        current.state = Addendum.State.DROPPED
        _grow(current)


def changes_something(addendum: Addendum) -> bool:
    return (
        addendum.new_end is not None
        or addendum.clause_changes.exists()
        or addendum.contribution_changes.exists()
        or addendum.party_changes.exists()
    )


def held(addendum: Addendum, version: int | None = None) -> Addendum:
    """The addendum as it stands, locked within the caller's transaction, when it is being written.

    Raises Refused when it is not, and Conflict when it is at another version than the given one.
    """
    current = _locked(addendum)
    if not current.is_being_written:
        raise Refused(_("The addendum is no longer being written, so nothing was saved."))
    if version is not None and current.version != version:
        raise Conflict(current)
    return current


def _locked(addendum: Addendum) -> Addendum:
    locked(addendum.agreement)
    return (
        Addendum.objects.select_for_update(of=("self",)).select_related("agreement__case").get(pk=addendum.pk)
    )


def _grow(addendum: Addendum) -> Addendum:
    addendum.version += 1
    addendum.save()
    return addendum


def _let_go_of_joiners(addendum: Addendum) -> None:
    """Who was to join by the text takes part no more; the row stays for what was signed."""
    for change in addendum.party_changes.filter(leaving=None):
        addendum.agreement.parties.filter(
            association=change.association_id, unit=change.unit_id, left_on=None
        ).update(left_on=timezone.localdate())


def _refuse_day(agreement: Agreement, new_end: date | None) -> None:
    if new_end is not None and (new_end <= agreement.first_day or new_end == agreement.last_day):
        raise Refused(_("Choose another last day than the present one, after the first day."))

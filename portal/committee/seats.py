"""Giving, changing and ending seats in the committee. A seat gives its role for as long as it is held.

The roles of the committee (`Role.CHAIR`, `Role.MEMBER`) follow the seats through this one door: they begin
with the seat's first day and end with its last, so that nobody has to remember to take away an access.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.committee.models import Committee, Presidium, Seat, SeatKind
from portal.committee.refused import Refused
from portal.committee.seen import mark
from portal.people import roles, trail
from portal.people.models import Role, RoleAssignment, User


class CannotSeat(Refused):
    """The seat cannot be given, changed or ended so; the message tells the secretary why."""


@dataclass(frozen=True)
class SeatFacts:
    """What a seat is: `order` among members, and among substitutes the turn in which they step in."""

    kind: str
    party: str
    presidium: str = ""
    order: int = 0


def facts_of(seat: Seat) -> SeatFacts:
    return SeatFacts(seat.kind, seat.party, seat.presidium, seat.order)


def seat_mark(seat: Seat) -> str:
    """Changes when anything of the seat does."""
    return mark(*vars(facts_of(seat)).values(), seat.valid_from, seat.valid_until)


def give_seat(
    committee: Committee, email: str, name: str, facts: SeatFacts, first_day: date, *, by: Any
) -> Seat:
    """Give a person a seat from a day on, and with it the role; a person new to the portal gets an account.

    Raises CannotSeat for one's own seat, for an address by which somebody acts for an association, for a
    second seat at the same time, and for a post that is held.
    """
    with transaction.atomic():
        Committee.objects.select_for_update().get(pk=committee.pk)
        person = _person(email, name, by)
        if _seats_from(first_day).filter(committee=committee, user=person).exists():
            raise CannotSeat(_("The person already has a seat then. End it, or change it instead."))
        seat = _write(committee, person, facts, first_day)
        _let_roles_follow(person, by)
    return seat


def change_seat(seat: Seat, facts: SeatFacts, first_day: date, *, seen: str, by: Any) -> Seat:
    """Give a seat another post, party or turn from a day on: the old one ends the day before.

    A change from the seat's own first day is a correction of the seat itself. `seen` is the `seat_mark` of
    what the person saw. Raises CannotSeat when somebody else changed or ended it meanwhile.
    """
    with transaction.atomic():
        held = _held_as_seen(seat, seen, by)
        if first_day < held.valid_from:
            raise CannotSeat(_("The change begins before the seat does. Choose a later day."))
        if first_day == held.valid_from:
            _refuse_held_post(held.committee, facts, first_day, but=held)
            for field, value in vars(facts).items():
                setattr(held, field, value)
            held.save()
            changed = held
        else:
            held.valid_until = first_day - timedelta(days=1)
            held.save(update_fields=["valid_until"])
            changed = _write(held.committee, held.user, facts, first_day)
        _let_roles_follow(held.user, by)
    return changed


def end_seat(seat: Seat, last_day: date, *, seen: str, by: Any) -> None:
    """End a seat; its role, and the access to the committee's papers, end with that day."""
    with transaction.atomic():
        held = _held_as_seen(seat, seen, by)
        if last_day < held.valid_from:
            raise CannotSeat(_("The seat begins later than that. Choose a later day."))
        held.valid_until = last_day
        held.save(update_fields=["valid_until"])
        _let_roles_follow(held.user, by)


def _person(email: str, name: str, by: Any) -> User:
    """The account with an address, or a new one that signs in with a code sent to it."""
    found = User.objects.filter(email__iexact=email).first()
    if found is None:
        return User.objects.create_user(email, display_name=name)
    if found.pk == by.pk:
        raise CannotSeat(_("You cannot give yourself a seat. Ask somebody else to do it."))
    if not found.role_assignments.exists() and not found.seats.exists():
        # Whoever works for the city applies for nothing with the same account (see `rules.applicant`).
        raise CannotSeat(
            _("Somebody uses this address to act for an association. Write another address for the seat.")
        )
    return found


def _held_as_seen(seat: Seat, seen: str, by: Any) -> Seat:
    """The seat, locked; refused for one's own, and when it is no longer what the person saw."""
    Committee.objects.select_for_update().get(pk=seat.committee_id)
    held = Seat.objects.select_related("committee", "user").get(pk=seat.pk)
    if held.user_id == by.pk:
        raise CannotSeat(_("You cannot change your own seat. Ask somebody else to do it."))
    if seat_mark(held) != seen:
        raise CannotSeat(
            _("Somebody else has changed this seat. Look at what it says now before you save again.")
        )
    return held


def _write(committee: Committee, person: User, facts: SeatFacts, first_day: date) -> Seat:
    facts = facts if facts.kind == SeatKind.MEMBER else replace(facts, presidium="")
    _refuse_held_post(committee, facts, first_day)
    return Seat.objects.create(committee=committee, user=person, valid_from=first_day, **vars(facts))


def _refuse_held_post(
    committee: Committee, facts: SeatFacts, first_day: date, but: Seat | None = None
) -> None:
    holders = _seats_from(first_day).filter(committee=committee, presidium=facts.presidium)
    if facts.presidium and holders.exclude(pk=but.pk if but else None).exists():
        raise CannotSeat(_("Somebody else holds that post then. Change or end their seat first."))


def _seats_from(day: date) -> Any:
    """The seats that are held on a day or later."""
    return Seat.objects.filter(Q(valid_until=None) | Q(valid_until__gte=day))


def _let_roles_follow(person: User, by: Any) -> None:
    """Write the person's roles in the committee anew: one for each time a seat gives it.

    Raises CannotSeat for who has a role that an elected person cannot have in that time.
    """
    ends: dict[tuple[str, date], date | None] = {}
    for seat in person.seats.all():
        role = Role.CHAIR if seat.presidium == Presidium.CHAIR else Role.MEMBER
        key = (role, seat.valid_from)
        until = seat.valid_until
        other = ends.get(key, until)
        ends[key] = max(until, other) if until and other else None
    held = RoleAssignment.objects.filter(user=person, role__in=roles.ELECTED)
    before = {(row.role, row.valid_from): row.valid_until for row in held}
    held.delete()
    for (elected, first), until in ends.items():
        is_over = until is not None and until < timezone.localdate()
        if not is_over and (reason := roles.reason_against(person, elected, first, until)):
            raise CannotSeat(reason)
    RoleAssignment.objects.bulk_create(
        RoleAssignment(user=person, role=role, valid_from=first, valid_until=until)
        for (role, first), until in ends.items()
    )
    _note_changes(person, before, ends, by)


def _note_changes(
    person: User, before: dict[Any, date | None], after: dict[Any, date | None], by: Any
) -> None:
    """The audit trail's events: roles that came with a seat, and roles whose end changed or that went."""
    for key in sorted(before.keys() | after.keys(), key=str):
        role, _first = key
        if key not in before:
            trail.note(trail.Kind.ROLE_GIVEN, by=by, subject=person, detail=role)
        elif key not in after or after[key] != before[key]:
            trail.note(trail.Kind.ROLE_ENDED, by=by, subject=person, detail=role)

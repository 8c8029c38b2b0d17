"""Giving and ending roles: the one door for administrators and directory, with separation of duties.

Committee members get their roles with their seats (`portal.committee.seats`), which asks `reason_against`
too. Each change is an event of the audit trail, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.people import trail
from portal.people.models import Role, RoleAssignment, User

#: They follow the seats in the committee.
ELECTED = frozenset({Role.CHAIR, Role.MEMBER})


class CannotChange(Exception):
    """The role cannot be given or ended so; the message tells the administrator why."""


@dataclass(frozen=True)
class Apart:
    """Nobody holds a role of `these` and one of `those` at the same time, and why."""

    these: frozenset[Role]
    those: frozenset[Role]
    reason: Promise


def _all_but(*roles: Role) -> frozenset[Role]:
    return frozenset(Role) - set(roles)


SEPARATION = (
    Apart(
        ELECTED,
        _all_but(*ELECTED),
        gettext_lazy("Who is elected decides on what the administration prepares."),
    ),
    Apart(
        frozenset({Role.FINANCE}),
        frozenset({Role.CASE_OFFICER, Role.SECOND_READER, Role.SECRETARY, Role.HEAD}),
        gettext_lazy("Who pays out neither prepares nor decides."),
    ),
    Apart(
        frozenset({Role.AUDITOR}),
        _all_but(Role.AUDITOR),
        gettext_lazy("An auditor does nothing of what they review."),
    ),
    Apart(
        frozenset({Role.DATA_PROTECTION_OFFICER}),
        _all_but(Role.DATA_PROTECTION_OFFICER),
        gettext_lazy("A data protection officer does nothing of what they review."),
    ),
    Apart(
        frozenset({Role.ADMINISTRATOR}),
        _all_but(Role.ADMINISTRATOR),
        gettext_lazy("Who gives roles works in no case."),
    ),
)

#: Each says why a person can hold no role at all, or nothing; rooms above register theirs.
_bars: list[Callable[[User], str]] = []


def register_bar(bar: Callable[[User], str]) -> None:
    """Add a reason for which people can hold no role, known to a room above."""
    _bars.append(bar)


def kept_apart(one: str, other: str) -> Promise | None:
    """Why nobody holds both roles at the same time; None when somebody may."""
    for rule in SEPARATION:
        if (one in rule.these and other in rule.those) or (other in rule.these and one in rule.those):
            return rule.reason
    return None


def reason_against(person: User, role: str, first_day: date, last_day: date | None) -> str:
    """Why the person cannot hold the role in this time; empty when they can."""
    for bar in _bars:
        if reason := bar(person):
            return reason
    for held in _held_during(person, first_day, last_day):
        if apart := kept_apart(role, held.role):
            return _("The person is %(role)s in that time. %(reason)s") % {
                "role": held.get_role_display().lower(),
                "reason": apart,
            }
    return ""


def give(
    email: str, name: str, role: Role, first_day: date, last_day: date | None = None, *, by: User
) -> RoleAssignment:
    """Give the person with this address a role from a day on; somebody new gets an account.

    Raises CannotChange for one's own roles, for roles that follow seats, for days that have passed, and for
    what separation of duties forbids.
    """
    if role in ELECTED:
        raise CannotChange(_("Members get their role with their seat in the committee."))
    if first_day < timezone.localdate():
        raise CannotChange(_("The role cannot begin before today."))
    if last_day and last_day < first_day:
        raise CannotChange(_("The last day cannot lie before the first."))
    with transaction.atomic():
        found = User.objects.select_for_update().filter(email__iexact=email).first()
        person = found or User.objects.create_user(email, display_name=name)
        if person.pk == by.pk:
            raise CannotChange(_("You cannot give yourself a role. Ask another administrator."))
        if _held_during(person, first_day, last_day).filter(role=role).exists():
            raise CannotChange(_("The person already has the role in that time."))
        if reason := reason_against(person, role, first_day, last_day):
            raise CannotChange(reason)
        given = RoleAssignment.objects.create(
            user=person, role=role, valid_from=first_day, valid_until=last_day
        )
        trail.note(trail.Kind.ROLE_GIVEN, by=by, subject=person, detail=role)
    return given


def end(assignment_id: int, last_day: date, *, by: User) -> None:
    """End a role with a day, yesterday at the earliest: then it is over now. Raises CannotChange."""
    if last_day < timezone.localdate() - timedelta(days=1):
        raise CannotChange(_("Choose yesterday, today or a later day."))
    with transaction.atomic():
        held = (
            RoleAssignment.objects.select_for_update(of=("self",))
            .select_related("user")
            .get(pk=assignment_id)
        )
        if held.user_id == by.pk:
            raise CannotChange(_("You cannot end your own role. Ask another administrator."))
        if held.role in ELECTED:
            raise CannotChange(_("Members get their role with their seat in the committee."))
        if held.valid_until and held.valid_until < timezone.localdate():
            raise CannotChange(_("The role has ended already."))
        held.valid_until = last_day
        held.save(update_fields=["valid_until"])
        trail.note(trail.Kind.ROLE_ENDED, by=by, subject=held.user, detail=held.role)


def hold(person: User, role: str, *, cause: str) -> None:
    """Let a person hold the role from today on, as the city's directory or a command says (`cause`).

    Who holds it already keeps it as it is. Raises CannotChange for what separation of duties forbids.
    """
    today = timezone.localdate()
    with transaction.atomic():
        if RoleAssignment.objects.held_on(today).filter(user=person, role=role).exists():
            return
        if reason := reason_against(person, role, today, None):
            raise CannotChange(reason)
        RoleAssignment.objects.update_or_create(
            user=person, role=role, valid_from=today, defaults={"valid_until": None}
        )
        _told(trail.Kind.ROLE_GIVEN, person, role, cause)


def lose(person: User, role: str, *, cause: str) -> None:
    """End the role at once, also when it was given today: yesterday was its last day."""
    today = timezone.localdate()
    with transaction.atomic():
        held = RoleAssignment.objects.filter(
            Q(valid_until=None) | Q(valid_until__gte=today), user=person, role=role
        )
        if held.update(valid_until=today - timedelta(days=1)):
            _told(trail.Kind.ROLE_ENDED, person, role, cause)


def _told(kind: trail.Kind, person: User, role: str, cause: str) -> None:
    vars(person).pop("roles", None)  # read anew: they are kept for the length of a request
    trail.note(kind, subject=person, detail=f"{role}, {cause}")


def _held_during(person: User, first_day: date, last_day: date | None) -> Any:
    """The person's roles that are held on some day of a time."""
    held = person.role_assignments.filter(Q(valid_until=None) | Q(valid_until__gte=first_day))
    return held.filter(Q(valid_from=None) | Q(valid_from__lte=last_day)) if last_day else held

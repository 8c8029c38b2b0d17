"""Giving and ending staff roles: the one door for all but seats in a committee, which end by their days.

A role that ends stays as a row, so that it can be seen who held what when.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from django.db.models import Q
from django.dispatch import Signal
from django.utils import timezone

from portal.people.models import Role, RoleAssignment

logger = structlog.get_logger(__name__)

#: Roles that follow a seat (`portal.committee.seats`): nothing else gives or ends them.
OF_SEATS = frozenset({Role.CHAIR, Role.MEMBER})

#: Sent in the transaction of the change, with `user`, `role`, `is_given` and `cause`, a word such as
#: "directory".
role_changed = Signal()


def give(user: Any, role: str, *, cause: str) -> None:
    """Let the person hold the role from today; one who holds it already keeps it as it is."""
    today = timezone.localdate()
    if RoleAssignment.objects.held_on(today).filter(user=user, role=role).exists():
        return
    RoleAssignment.objects.update_or_create(
        user=user, role=role, valid_from=today, defaults={"valid_until": None}
    )
    _tell(user, role, cause, is_given=True)


def end(user: Any, role: str, *, cause: str) -> None:
    """End the role at once, also what was given today: yesterday was its last day."""
    today = timezone.localdate()
    held = RoleAssignment.objects.filter(
        Q(valid_until=None) | Q(valid_until__gte=today), user=user, role=role
    )
    if held.update(valid_until=today - timedelta(days=1)):
        _tell(user, role, cause, is_given=False)


def _tell(user: Any, role: str, cause: str, *, is_given: bool) -> None:
    vars(user).pop("roles", None)  # read anew: they are kept for the length of a request
    logger.info("role_given" if is_given else "role_ended", user_id=user.pk, role=role, cause=cause)
    role_changed.send(sender=RoleAssignment, user=user, role=role, is_given=is_given, cause=cause)

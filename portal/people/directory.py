"""Staff roles from the groups of the city's directory, made equal at each sign-in.

The city decides in its directory who is what. Only roles that some group gives are touched; nobody can
raise their own, and neither a broker of e-identities nor a password gives any. A role that ends stays as a
row with its last day, so that it can be seen who held what when.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.dispatch import Signal
from django.utils import timezone

from portal.people.models import Role, RoleAssignment, User

logger = structlog.get_logger(__name__)

#: Roles that follow a seat in the committee: no group gives or ends them.
OF_SEATS = frozenset({Role.CHAIR, Role.MEMBER})

#: Sent in the transaction of the change, with `user`, `role` and `is_given`.
role_changed = Signal()


def governed_roles() -> frozenset[str]:
    """The roles that the directory decides about."""
    return frozenset(role for given in settings.OIDC_STAFF_GROUPS.values() for role in given)


def roles_from(claims: Mapping[str, Any]) -> frozenset[str]:
    """The roles that the person's groups give; a directory that says no groups gives none."""
    groups = claims.get(settings.OIDC_STAFF_GROUPS_CLAIM, [])
    named = [groups] if isinstance(groups, str) else groups
    return frozenset(role for group in named for role in settings.OIDC_STAFF_GROUPS.get(group, []))


@transaction.atomic
def follow(user: Any, given: frozenset[str]) -> None:
    """Let the person hold exactly these of the roles that the directory decides about."""
    User.objects.select_for_update().get(pk=user.pk)
    for role in sorted(governed_roles() - given):
        _end(user, role)
    for role in sorted(given):
        _give(user, role)
    vars(user).pop("roles", None)  # read anew: they are kept for the length of a request


def _give(user: Any, role: str) -> None:
    today = timezone.localdate()
    if RoleAssignment.objects.held_on(today).filter(user=user, role=role).exists():
        return
    RoleAssignment.objects.update_or_create(
        user=user, role=role, valid_from=today, defaults={"valid_until": None}
    )
    _tell(user, role, is_given=True)


def _end(user: Any, role: str) -> None:
    """At once, also what was given today: yesterday was its last day."""
    today = timezone.localdate()
    not_over = Q(valid_until=None) | Q(valid_until__gte=today)
    held = RoleAssignment.objects.filter(not_over, user=user, role=role)
    if held.update(valid_until=today - timedelta(days=1)):
        _tell(user, role, is_given=False)


def _tell(user: Any, role: str, *, is_given: bool) -> None:
    logger.info("directory_gave_role" if is_given else "directory_ended_role", user_id=user.pk, role=role)
    role_changed.send(sender=RoleAssignment, user=user, role=role, is_given=is_given)

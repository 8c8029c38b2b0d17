"""Staff roles from the groups of the city's directory, made equal at each sign-in.

The city decides in its directory who is what. Only roles that some group gives are touched; nobody can
raise their own, and neither a broker of e-identities nor a password gives any.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction

from portal.people import roles
from portal.people.models import User

logger = structlog.get_logger(__name__)

CAUSE = "directory"


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
    """Let the person hold these of the roles that the directory decides about, and no other of them.

    A role that may not be held beside another of theirs is left out, and logged.
    """
    User.objects.select_for_update().get(pk=user.pk)
    for role in sorted(governed_roles() - given):
        roles.lose(user, role, cause=CAUSE)
    for role in sorted(given):
        try:
            roles.hold(user, role, cause=CAUSE)
        except roles.CannotChange:
            logger.warning("role_not_given", user_id=user.pk, role=role, cause=CAUSE)

"""Staff roles from the groups of the city's directory, made equal at each sign-in.

The city decides in its directory who is what. Only roles that some group gives are touched; nobody can
raise their own, and neither a broker of e-identities nor a password gives any.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction

from portal.people import roles
from portal.people.models import User

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
    """Let the person hold exactly these of the roles that the directory decides about."""
    User.objects.select_for_update().get(pk=user.pk)
    for role in sorted(governed_roles() - given):
        roles.end(user, role, cause=CAUSE)
    for role in sorted(given):
        roles.give(user, role, cause=CAUSE)

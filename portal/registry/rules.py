"""Who keeps the register: small predicates beside those of `portal.people.rules`."""

from __future__ import annotations

from typing import Any

from portal.people import rules
from portal.people.models import Role


def registrar(user: Any) -> bool:
    """Who registers, marks secrecy, hands out, closes, destroys by rule and archives."""
    return bool(user.is_authenticated and user.has_role(Role.REGISTRAR))


def exports_personal_data(user: Any) -> bool:
    """Who may make an extract of all that is stored about another person (GDPR article 15)."""
    return bool(user.is_authenticated and user.has_role(Role.REGISTRAR, Role.DATA_PROTECTION_OFFICER))


def answers_obstacles(user: Any) -> bool:
    """Who follows up what people tell of obstacles (lagen 2018:1937)."""
    return registrar(user) or rules.administration(user)

"""Who may open the routes of operations; a machine with the token stands in `tests/operations`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.people.models import Role

EVERYONE = frozenset({"anonymous", "own", "other"}) | {
    f"{conflict}{role}" for conflict in ("", "conflicted ") for role in Role.values
}
ADMINISTRATORS = frozenset({"administrator", "conflicted administrator"})


def nothing(world: Any) -> list[Any]:
    return []


ROUTES: dict[str, tuple[frozenset[str], Callable[[Any], list[Any]]]] = {
    "operations:live": (EVERYONE, nothing),
    "operations:ready": (EVERYONE, nothing),
    "operations:figures": (ADMINISTRATORS, nothing),
    "operations:security-txt": (EVERYONE, nothing),
}

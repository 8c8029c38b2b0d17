"""Who may open the routes of `iop.dialogue_urls`: name → (roles, arguments from the world)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.world import World

ROUTES: dict[str, tuple[frozenset[str], Callable[[World], list[Any]]]] = {}

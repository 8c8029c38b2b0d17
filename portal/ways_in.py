"""Ways in: how a room above tells a room below which of its rows a person may see.

A case knows nothing of associations or meetings, yet an association's people see their own case and
members see what stands on their agenda. Each room that opens such a way registers it in its
`AppConfig.ready`; `visible_to` of the lower model joins them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model, Q

WayIn = Callable[[Any], Q]

_ways: dict[str, list[WayIn]] = {}


def register(model: type[Model], way: WayIn) -> None:
    """Open rows of `model` that match `way(user)`; the Q must not join (use subqueries on pk)."""
    _ways.setdefault(model._meta.label, []).append(way)


def through(model: type[Model], user: Any) -> Q:
    """All rows opened to the user by any registered way."""
    opened = Q(pk__in=[])
    for way in _ways.get(model._meta.label, []):
        opened |= way(user)
    return opened

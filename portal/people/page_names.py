"""What pages are called where they are spoken of, as in the audit trail: each room names its own.

A name goes by the beginning of a route's name, so that "letter" also names "letter-edit"; the longest
beginning that fits is taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.utils.functional import Promise

_names: dict[str, Promise] = {}


def register(room: str, names: Mapping[str, Promise]) -> None:
    """Name a room's pages by the beginnings of their routes; `room` is the namespace, "" for none."""
    _names.update({f"{room}:{beginning}" if room else beginning: name for beginning, name in names.items()})


def page_name(route: str) -> str:
    """The name in the reader's language; "" for a page that nobody named."""
    beginning = _beginning(route)
    return str(_names[beginning]) if beginning else ""


@cache
def _beginning(route: str) -> str:
    return max((name for name in _names if route.startswith(name)), key=len, default="")

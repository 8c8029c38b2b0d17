"""The menu of each role; on every page, so free of queries beyond the person's roles.

This room knows no calls, cases or meetings. Each room registers, in its `AppConfig.ready`, its own entries
with the rule that opens them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

#: The session's key for the association a person acts for: {"id", "name"}; see `grants.associations.acting`.
ACTING_FOR = "acting_for"


@dataclass(frozen=True)
class Entry:
    """A page in the menu of those whom `rule` accepts; `place` orders the entries of all rooms."""

    place: int
    label: Promise
    route: str
    rule: Callable[[Any], bool]


@dataclass(frozen=True)
class MenuItem:
    label: str
    url: str
    current: bool


_entries: list[Entry] = []


def register(entries: Iterable[Entry]) -> None:
    """Add a room's entries to the menu."""
    _entries.extend(entries)
    _entries.sort(key=lambda entry: entry.place)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `navigation`, the menu items of the person, and `acting_for`, whom they act for."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": [], "acting_for": ""}
    links = [(str(entry.label), reverse(entry.route)) for entry in _entries if entry.rule(user)]
    # The rounds' address lies below the queue's: the longest that fits is where one is.
    here = max((url for _label, url in links if request.path.startswith(url)), key=len, default="")
    acting_for = "" if user.is_staff else request.session.get(ACTING_FOR, {}).get("name", "")
    return {
        "navigation": [MenuItem(label, url, url == here) for label, url in links],
        "acting_for": acting_for,
    }

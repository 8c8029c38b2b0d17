"""The menu of each role; on every page, so free of queries beyond the person's roles.

This room knows no calls, cases or meetings. Each room registers, in its `AppConfig.ready`, its own entries
with the rule that opens them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise

#: The session's key for the association a person acts for: {"id", "name"}; see `grants.associations.acting`.
ACTING_FOR = "acting_for"


@dataclass(frozen=True)
class Entry:
    """A page in the menu of those whom `rule` accepts; `place` orders the entries of all rooms.

    One is there on all pages below its address, and below those in `also`, as seen from it: "../seats/".
    """

    place: int
    label: Promise
    route: str
    rule: Callable[[Any], bool]
    also: tuple[str, ...] = ()

    def reaches(self, path: str, url: str) -> str:
        """The longest of its addresses that the path lies below; empty where none is. `url` is its own."""
        addresses = [url, *(urljoin(url, other) for other in self.also)]
        return max((address for address in addresses if path.startswith(address)), key=len, default="")


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
    own = [(entry, reverse(entry.route)) for entry in _entries if entry.rule(user)]
    links = [(str(entry.label), url, entry.reaches(request.path, url)) for entry, url in own]
    # The rounds' address lies below the queue's: the longest that fits is where one is.
    here = max((address for _label, _url, address in links), key=len, default="")
    acting_for = "" if user.is_staff else request.session.get(ACTING_FOR, {}).get("name", "")
    return {
        "navigation": [MenuItem(label, url, bool(here) and address == here) for label, url, address in links],
        "acting_for": acting_for,
    }

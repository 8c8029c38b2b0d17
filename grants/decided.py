"""How far the decision behind money is on its way to being final, told by the room that sees decisions.

This room knows no committee: who pays asks here, and a room above that knows both answers.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Decided:
    """A decision: what it is called, the day of the meeting, and where it stands today, in words."""

    name: str
    on: date
    standing: str
    #: The first day on which it was final (laga kraft); None before, and when it was annulled.
    final_since: date | None = None
    #: The last day to appeal, while that day has not passed.
    appeal_until: date | None = None


#: Answers for these ids of cases; cases without a final decision are left out.
Finder = Callable[[Collection[int]], dict[int, Decided]]

_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """Called with all the cases of a page at once."""
    if finder not in _finders:
        _finders.append(finder)


def decided(cases: Collection[int]) -> dict[int, Decided]:
    """The decision that ended each case, where there is one."""
    return {case: found for find in _finders for case, found in find(cases).items()}

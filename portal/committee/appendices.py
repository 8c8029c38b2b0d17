"""Who makes the appendices of matters: rooms above register a maker for each kind they push.

A maker answers for many keys at once, so that a pack of a hundred sheets takes a constant number of
queries.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from portal.documents.work import Source

#: Keys → the source of each key's document.
Maker = Callable[[Sequence[int]], dict[int, Source]]

_makers: dict[str, Maker] = {}


def register(source: str, maker: Maker) -> None:
    _makers[source] = maker


def make(source: str, keys: Sequence[int]) -> dict[int, Source]:
    """The document sources of the given keys. Raises KeyError for a source nobody registered."""
    return _makers[source](keys)

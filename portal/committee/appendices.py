"""Who makes the appendices of matters: rooms above register a maker for each kind they push.

A maker answers for many keys at once, so that a pack of a hundred sheets takes a constant number of
queries. What would be too long for one document, it gives as several.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from portal.documents.work import Source

#: Keys → the source of each key's document, or of its documents in order.
Maker = Callable[[Sequence[int]], Mapping[int, Source | list[Source]]]

_makers: dict[str, Maker] = {}


def register(source: str, maker: Maker) -> None:
    _makers[source] = maker


def make(source: str, keys: Sequence[int]) -> dict[int, list[Source]]:
    """The document sources of the given keys. Raises KeyError for a source nobody registered."""
    made = _makers[source](keys)
    return {key: [each] if isinstance(each, Source) else each for key, each in made.items()}

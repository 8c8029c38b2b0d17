"""The start page, put together by the rooms above: what each has to tell whoever arrives.

This room knows no calls, cases or meetings. Each room registers, in its `AppConfig.ready`, a maker of
parts (a template with its context) or of things that wait for a person (a number, a sentence, a link).
Makers are called with the person on each visit of the start page, so they count in few queries and
only through `visible_to`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Part:
    """A passage of the start page."""

    template: str
    context: dict[str, Any]


@dataclass(frozen=True)
class Waiting:
    """So many of something wait for the person, who goes on at `url`."""

    count: int
    text: str
    url: str


_part_makers: list[Callable[[Any], Iterable[Part]]] = []
_waiting_makers: list[Callable[[Any], Iterable[Waiting]]] = []


def register_parts(maker: Callable[[Any], Iterable[Part]]) -> None:
    _part_makers.append(maker)


def register_waiting(maker: Callable[[Any], Iterable[Waiting]]) -> None:
    _waiting_makers.append(maker)


def parts(user: Any) -> list[Part]:
    return [part for make in _part_makers for part in make(user)]


def waiting(user: Any) -> list[Waiting]:
    """What waits for a person who works for the city, rooms in the order of their floors."""
    return [row for make in _waiting_makers for row in make(user)]

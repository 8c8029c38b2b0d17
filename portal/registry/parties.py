"""Who a record is from or to, as the register says it: rooms above tell, since a case knows no associations.

A room registers, in its `AppConfig.ready`, who stands on the other side of its cases, and which way
a kind of record goes when its kind alone does not tell.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.registry.models import Record


class Direction(models.TextChoices):
    IN = "in", _("Came in from")
    OUT = "out", _("Sent to")
    OWN = "own", _("Drawn up here")


_BY_KIND: dict[str, Direction] = {
    Record.Kind.APPLICATION: Direction.IN,
    Record.Kind.WITHDRAWAL: Direction.IN,
    Record.Kind.PROMISED_PAPER: Direction.IN,
    Record.Kind.IDEA: Direction.IN,
    Record.Kind.RECEIPT: Direction.OUT,
    Record.Kind.COMPLETION_REQUEST: Direction.OUT,
    Record.Kind.DECISION_LETTER: Direction.OUT,
    Record.Kind.LATE_RULING: Direction.OUT,
    Record.Kind.IDEA_ANSWER: Direction.OUT,
    Record.Kind.NOTICE: Direction.OUT,
}

Names = Callable[[Collection[int]], Mapping[int, str]]

_namers: list[Names] = []
_directions: dict[str, Callable[[Record], Direction]] = {}


def register_names(namer: Names) -> None:
    """`namer(case ids)` gives case → who stands on the other side, in a constant number of queries."""
    _namers.append(namer)


def register_direction(kind: str, say: Callable[[Record], Direction]) -> None:
    _directions[kind] = say


def direction(record: Record) -> Direction:
    say = _directions.get(record.kind)
    return say(record) if say else _BY_KIND.get(record.kind, Direction.OWN)


def names(case_ids: Collection[int]) -> dict[int, str]:
    """Case → the other side's name, for those cases that have one."""
    found: dict[int, str] = {}
    for namer in _namers:
        found |= namer(case_ids)
    return found

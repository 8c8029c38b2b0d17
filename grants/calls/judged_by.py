"""What applications in a call are judged by, told by the room that judges; this room knows no criteria."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from grants.models import Call


@dataclass(frozen=True)
class Judged:
    """One criterion: its name for the reader, and the committee's own question, in Swedish."""

    name: str
    question: str


_makers: list[Callable[[Call], list[Judged]]] = []


def register(maker: Callable[[Call], list[Judged]]) -> None:
    """Called with the call on each visit of its public page."""
    _makers.append(maker)


def judged_by(call: Call) -> list[Judged]:
    """The criteria in force when the call opens, in the guidelines' order."""
    return [judged for make in _makers for judged in make(call)]

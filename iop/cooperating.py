"""The shared log of an association and a unit: both sides write, both read, nothing is changed afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from grants.models import Association
from iop.models import Cooperation, CooperationEntry, Level
from portal.people.models import Unit


@dataclass(frozen=True)
class Happened:
    """What happened on a day, at which level, in which of the three roles."""

    on: date
    kind: str
    level: Level
    text: str
    role: str = ""


def between(association: Association, unit: Unit) -> Cooperation:
    """The co-operation of the two, begun when there is none."""
    return Cooperation.objects.get_or_create(association=association, unit=unit)[0]


def write(cooperation: Cooperation, happened: Happened, by: Any) -> CooperationEntry:
    """Write down what happened; a mistake is put right by another entry."""
    return CooperationEntry.objects.create(
        cooperation=cooperation,
        on=happened.on,
        kind=happened.kind,
        level=happened.level,
        role=happened.role,
        text=happened.text,
        written_by=by,
    )

"""Decision points that say what each line gets: the room that pushed the matter has the sentences."""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.db import transaction

from portal.committee.minutes import proposed_amounts
from portal.committee.models import Matter, Stage
from portal.committee.proposals import Amounts, write_amounts

#: Writes the points that say the lines' decided amounts; nothing for a matter of another room.
Writer = Callable[[Matter], list[str]]

_writers: list[Writer] = []


def register(writer: Writer) -> None:
    if writer not in _writers:
        _writers.append(writer)


def points_for(matter: Matter, amounts: Amounts, rejected: Collection[int]) -> list[str]:
    """The points of a matter with these amounts by line and these lines rejected; nothing of it is kept.

    Lines left out of `amounts` get what is proposed. Empty when no room writes points for the matter.
    """
    settled = proposed_amounts(matter) | amounts | {line_id: {} for line_id in rejected}
    with transaction.atomic():
        write_amounts(Stage.DECIDED, settled)
        points = next((made for writer in _writers if (made := writer(matter))), [])
        transaction.set_rollback(True)
    return points

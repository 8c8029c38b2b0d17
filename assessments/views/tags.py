"""The coloured tags officers see: an application's state, a criterion's level."""

from __future__ import annotations

from typing import NamedTuple

from assessments.models import Criterion, Level
from grants.models import Lateness
from grants.states import State


class Tag(NamedTuple):
    """A word and the colour that helps the eye; never the colour alone."""

    text: str
    color: str


_STATE_COLORS = {
    State.SUBMITTED: "info",
    State.IN_ASSESSMENT: "warning",
    State.ASSESSED: "success",
    State.BEFORE_COMMITTEE: "petrol",
    State.DECIDED: "neutral",
}
_LEVEL_COLORS = {
    Level.SVAG: "danger",
    Level.TILLRACKLIG: "warning",
    Level.GOD: "info",
    Level.MYCKET_GOD: "success",
}
_STEPS = {level.value: str(step) for step, level in enumerate(Level, start=1)}


def state_tag(state: str) -> Tag:
    return Tag(str(State(state).label), _STATE_COLORS.get(State(state), "neutral"))


def lateness_tag(lateness: str) -> Tag | None:
    """The tag of what came after the call had closed; none for what came in time."""
    if lateness == Lateness.IN_TIME:
        return None
    color = "danger" if lateness == Lateness.WAITING else "neutral"
    return Tag(str(Lateness(lateness).label), color)


def level_tag(level: str) -> Tag | None:
    """The tag of a level; none where the officer gave none."""
    return Tag(str(Level(level).label), _LEVEL_COLORS[Level(level)]) if level else None


class CriterionLevel(NamedTuple):
    """A criterion and the level given to it, for the round's table; `step` is 1–4, or a dash for none."""

    criterion: str
    tag: Tag | None
    step: str


def level_tags(levels: dict[str, str]) -> list[CriterionLevel]:
    """All five criteria in the guidelines' order."""
    return [
        CriterionLevel(str(criterion.label), level_tag(level), _STEPS.get(level, "–"))
        for criterion in Criterion
        for level in [levels.get(criterion.value, "")]
    ]

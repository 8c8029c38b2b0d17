"""What a conflict of interest takes out of a pack: a matter, or what in it speaks of one line."""

from __future__ import annotations

from collections.abc import Collection

from portal.committee.models import Matter, PackPart

#: What stands in summons and contents, where number and title stay since the agenda is public.
ALL_HIDDEN = "Jäv: handlingarna visas inte"
PARTLY_HIDDEN = "Jäv: en del av handlingarna visas inte"


def note_on(matter: Matter, hidden: Collection[int]) -> str:
    """What a summons says at a matter for whoever may not read about the `hidden` cases; "" for the others.

    No queries when the matter's lines are loaded.
    """
    if matter.case_id in hidden:
        return ALL_HIDDEN
    return PARTLY_HIDDEN if any(line.case_id in hidden for line in matter.lines.all()) else ""


def cases_of(part: PackPart) -> set[int]:
    """The cases that a part speaks of; a conflict of interest in one of them hides it.

    A part with a case of its own is about that line, one without about all lines of its matter.
    """
    if part.matter is None:
        raise ValueError("The summons speaks of every matter; each reader has one of their own.")
    told = {part.matter.case_id}
    if part.case_id:
        return told | {part.case_id}
    return told | {line.case_id for line in part.matter.lines.all()}

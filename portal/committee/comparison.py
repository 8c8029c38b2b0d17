"""The officers' amounts beside the chair's, line by line and year by year, so that differences show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.committee.models import MatterLine, Stage
from portal.documents.templatetags.swedish_text import kronor


@dataclass(frozen=True)
class Pair:
    """Whole kronor of one year; None where nothing is proposed."""

    year: int
    officers: int | None
    chair: int | None

    @property
    def difference(self) -> int:
        """What the chair adds to the officers' amount; negative when the chair takes away."""
        return (self.chair or 0) - (self.officers or 0)

    @property
    def difference_text(self) -> str:
        """ "+20 000 kr", with a real minus sign for less."""
        return f"{'+' if self.difference > 0 else '−'}{kronor(abs(self.difference))}"


@dataclass(frozen=True)
class Row:
    """One line of the matter with a pair for each year."""

    line: MatterLine
    pairs: list[Pair]


@dataclass(frozen=True)
class Comparison:
    """All lines of a matter over all its years; `totals` has the sums of each year."""

    years: list[int]
    rows: list[Row]
    totals: list[Pair]
    #: Whether the chair has amounts, and whether any of them is another than the officers'.
    has_chair: bool
    has_differences: bool


def compare(lines: Iterable[MatterLine]) -> Comparison:
    """Compare the amounts of `lines`; no queries when cases and amounts are loaded."""
    officers = {line: line.amounts_of(Stage.OFFICERS) for line in lines}
    chair = {line: line.amounts_of(Stage.CHAIR) for line in officers}
    years = sorted({year for amounts in (*officers.values(), *chair.values()) for year in amounts})
    has_chair = any(chair.values())
    rows = [
        Row(line, [Pair(year, officers[line].get(year), chair[line].get(year)) for year in years])
        for line in officers
    ]
    totals = [
        Pair(
            year,
            sum(amounts.get(year, 0) for amounts in officers.values()),
            sum(amounts.get(year, 0) for amounts in chair.values()) if has_chair else None,
        )
        for year in years
    ]
    has_differences = has_chair and any(pair.difference for row in rows for pair in row.pairs)
    return Comparison(years, rows, totals, has_chair, has_differences)

"""The sums of a round: sought, granted, and the share for children and young people counted both ways.

Pure functions over loaded rows (terms with amounts by year prefetched). Each application counts with
its first year's amount, in whole kronor. `board_sums` counts the same in the database.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from grants.models import Application, TermsStage


class Part(NamedTuple):
    """One application's part of the sums: whole kronor for the first year, and percent for children."""

    sought: int
    granted: int
    child_share: int


@dataclass(frozen=True)
class Figures:
    """Sums for the first year of some applications at one stage."""

    #: How many applied, and how many of them get something at the stage.
    count: int
    granted_count: int
    #: Whole kronor sought, and granted at the stage.
    sought: int
    granted: int
    #: Whole kronor for children and young people, each grant by its activity's share …
    child_kronor_weighted: int
    #: … or counting only activities that are wholly (100 percent) for them.
    child_kronor_whole: int

    @property
    def child_percent_weighted(self) -> float:
        """Percent of what is granted, unrounded; 0 when nothing is granted."""
        return self._percent(self.child_kronor_weighted)

    @property
    def child_percent_whole(self) -> float:
        """Percent of what is granted, unrounded; 0 when nothing is granted."""
        return self._percent(self.child_kronor_whole)

    def _percent(self, kronor: int) -> float:
        return 100 * kronor / self.granted if self.granted else 0.0


def figures(applications: Iterable[Application], stage: str) -> Figures:
    """The sums of what is granted at `stage` (a `TermsStage`); uses prefetched rows."""
    return summed(
        Part(
            first_amount(application, TermsStage.APPLIED),
            first_amount(application, stage),
            application.child_share or 0,
        )
        for application in applications
    )


def summed(parts: Iterable[Part]) -> Figures:
    """The sums of some applications' parts."""
    rows = list(parts)
    return Figures(
        count=len(rows),
        granted_count=sum(row.granted > 0 for row in rows),
        sought=sum(row.sought for row in rows),
        granted=sum(row.granted for row in rows),
        # Rounded once, over all: rounded one by one, the öre of many small grants would add up.
        child_kronor_weighted=round(sum(row.granted * row.child_share for row in rows) / 100),
        child_kronor_whole=sum(row.granted for row in rows if row.child_share == 100),
    )


def first_amount(application: Application, stage: str) -> int:
    """Whole kronor for the first year at a stage; 0 for a no. Uses prefetched rows."""
    terms = application.terms_at(stage)
    return terms.first_amount if terms else 0

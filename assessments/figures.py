"""The sums of a round: sought, granted, and the share for children and young people counted both ways.

Pure functions over loaded rows (terms with amounts by year prefetched). Each application counts with
its first year's amount, in whole kronor.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grants.models import Application, TermsStage


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
    rows = [
        (first_amount(application, stage), application.child_share or 0, application)
        for application in applications
    ]
    return Figures(
        count=len(rows),
        granted_count=sum(amount > 0 for amount, _share, _application in rows),
        sought=sum(first_amount(application, TermsStage.APPLIED) for _amount, _share, application in rows),
        granted=sum(amount for amount, _share, _application in rows),
        # Rounded once, over all: rounded one by one, the öre of many small grants would add up.
        child_kronor_weighted=round(sum(amount * share for amount, share, _application in rows) / 100),
        child_kronor_whole=sum(amount for amount, share, _application in rows if share == 100),
    )


def first_amount(application: Application, stage: str) -> int:
    """Whole kronor for the first year at a stage; 0 for a no. Uses prefetched rows."""
    terms = application.terms_at(stage)
    return terms.first_amount if terms else 0

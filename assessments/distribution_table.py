"""The table of a whole round (fördelningstabell): every application, every stage, sums against the frame."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Sum

from assessments.figures import Figures, figures, first_amount
from assessments.models import Distribution
from grants.models import Application, Commitment, CommitmentSource, Frame, Outcome, Terms, TermsStage
from portal.committee.models import MatterLine
from portal.documents.templatetags.swedish_text import number, years

#: The stages after the application, in the order they come about.
_STAGES = (TermsStage.PROPOSED, TermsStage.CHAIR, TermsStage.DECIDED)
_STAGE_HEADINGS = {
    TermsStage.PROPOSED: "Förvaltningens förslag",
    TermsStage.CHAIR: "Ordförandens förslag",
    TermsStage.DECIDED: "Beslut",
}
_NOTHING = "–"
#: What the latest stage means beside the application, as printed.
_OUTCOME_WORDS = {
    Outcome.GRANT: "bifall",
    Outcome.PART: "bifall i del",
    Outcome.OTHER_TYPE: "annan bidragsform",
    Outcome.REJECT: "avslag",
    Outcome.REFER_COMMITTEE: "avslag, hänvisas till",
    Outcome.REFER_IOP: "avslag, hänvisas till dialog om IOP",
}


@dataclass(frozen=True)
class Cell:
    """The amounts of one stage, a line for each year where the years differ.

    `difference` is what the chair adds to the officers' first year, with sign; empty where nothing differs.
    """

    lines: list[str]
    differs: bool = False
    difference: str = ""


@dataclass(frozen=True)
class Row:
    """One application as printed; a cell of amounts has a line for each year where the years differ."""

    application: Application
    sought: list[str]
    previous: str
    stages: list[Cell]
    years: str
    grant_type: str
    outcome: str
    short_reason: str


@dataclass(frozen=True)
class DistributionTable:
    """One distribution ready to print. Sums are whole kronor for the first year."""

    distribution: Distribution
    rows: list[Row]
    stages: list[TermsStage]
    figures: Figures
    previous: int
    stage_sums: list[int]
    frame: Frame | None
    #: Whole kronor that other decisions on grants bind in the first year, and agreements on partnerships.
    committed: int
    iop: int

    @property
    def stage_headings(self) -> list[str]:
        return [_STAGE_HEADINGS[stage] for stage in self.stages]

    @property
    def latest_heading(self) -> str:
        """Whose amounts the share and what is left are counted on."""
        return self.stage_headings[-1]

    @property
    def left(self) -> int | None:
        """What is left of the frame; None where none is decided."""
        if self.frame is None:
            return None
        return self.frame.amount - self.frame.reserve - self.committed - self.iop - self.figures.granted

    @property
    def has_differences(self) -> bool:
        """Whether the chair proposes other amounts than the officers for anyone."""
        return any(cell.differs for row in self.rows for cell in row.stages)


def load_tables(keys: Sequence[int]) -> dict[int, DistributionTable]:
    """The tables of the given distributions, in a constant number of queries."""
    lines = MatterLine.objects.select_related(
        "case__application__association", "case__application__assessment"
    ).prefetch_related("case__application__terms__year_amounts")
    distributions = list(
        Distribution.objects.filter(pk__in=keys)
        .select_related("call", "matter__case", "matter__committee__authority")
        .prefetch_related(Prefetch("matter__lines", queryset=lines))
    )
    frames = {
        (frame.authority_id, frame.year): frame
        for frame in Frame.objects.filter(authority__in={row.call.authority_id for row in distributions})
    }
    bound = _bound(distributions)
    own = _bound_by_own_cases(distributions)
    tables = {}
    for row in distributions:
        key = (row.call.authority_id, row.year)
        grants, iop = (bound.get((*key, source), 0) for source in CommitmentSource.values)
        tables[row.pk] = _table(row, frames.get(key), grants - own[row.pk], iop)
    return tables


def _bound(distributions: list[Distribution]) -> dict[tuple[int, int, str], int]:
    """Whole kronor bound by any decision, by authority, year and source."""
    rows = (
        Commitment.objects.filter(year__in={row.year for row in distributions})
        .values_list("case__authority", "year", "source")
        .annotate(kronor=Sum("amount"))
    )
    return {(authority, year, source): kronor for authority, year, source, kronor in rows}


def _bound_by_own_cases(distributions: list[Distribution]) -> dict[int, int]:
    """Whole kronor that each distribution itself has come to bind in its year."""
    owner = {line.case_id: row for row in distributions for line in row.matter.lines.all()}
    own: dict[int, int] = defaultdict(int)
    for case_id, year, amount in Commitment.objects.filter(case__in=owner).values_list(
        "case", "year", "amount"
    ):
        if year == owner[case_id].year:
            own[owner[case_id].pk] += amount
    return own


def _table(distribution: Distribution, frame: Frame | None, committed: int, iop: int) -> DistributionTable:
    applications = [line.case.application for line in distribution.matter.lines.all()]
    stages = [
        stage
        for stage in _STAGES
        if stage == TermsStage.PROPOSED or any(row.terms_at(stage) for row in applications)
    ]
    return DistributionTable(
        distribution=distribution,
        rows=[_row(application, stages) for application in applications],
        stages=stages,
        figures=figures(applications, stages[-1]),
        previous=sum(application.assessment.previous_amount for application in applications),
        stage_sums=[
            sum(first_amount(application, stage) for application in applications) for stage in stages
        ],
        frame=frame,
        committed=committed,
        iop=iop,
    )


def _row(application: Application, stages: list[TermsStage]) -> Row:
    latest = application.terms_at(stages[-1])
    granted = latest if latest and latest.is_grant else None
    return Row(
        application=application,
        sought=_per_year(application.applied),
        previous=number(application.assessment.previous_amount),
        stages=[_cell(application, stage) for stage in stages],
        years=years(granted.years) if granted else _NOTHING,
        grant_type=granted.grant_type if granted else _NOTHING,
        outcome=_outcome(latest, application.applied),
        short_reason=application.assessment.short_reason,
    )


def _cell(application: Application, stage: TermsStage) -> Cell:
    terms = application.terms_at(stage)
    lines = _per_year(terms)
    officers = application.terms_at(TermsStage.PROPOSED)
    before, after = (row.amounts if row else {} for row in (officers, terms))
    if stage != TermsStage.CHAIR or before == after:
        return Cell(lines)
    added = first_amount(application, stage) - first_amount(application, TermsStage.PROPOSED)
    sign = "+" if added > 0 else "−"
    return Cell(lines, differs=True, difference=f"{sign}{number(abs(added))}" if added else "")


def _outcome(terms: Terms | None, applied: Terms | None) -> str:
    outcome = terms.outcome(applied) if terms else Outcome.REJECT
    words = _OUTCOME_WORDS[outcome]
    return f"{words} {terms.referred_to}" if terms and outcome == Outcome.REFER_COMMITTEE else words


def _per_year(terms: Terms | None) -> list[str]:
    """The amount a year, or one line for each year where they differ; "0" for a no."""
    if terms is None or not terms.is_grant:
        return ["0"]
    if len(set(terms.amounts.values())) == 1:
        return [number(terms.first_amount)]
    return [f"{year}: {number(amount)}" for year, amount in sorted(terms.amounts.items())]

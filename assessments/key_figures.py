"""Key figures (nyckeltal) of an application's first year, computed from its budget and its answers.

Pure functions over loaded rows, in whole kronor. What the association has not told is unknown and never
zero, and nothing is divided by zero. They are for understanding: no figure ranks or decides by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from grants.applying.completeness import budget_years
from grants.models import Application, BudgetHeading, BudgetSide, TermsStage, budget_lines_of
from portal.documents.templatetags.swedish_text import kronor, number, percent

#: Keys of the budget's headings for what an association earns or puts in itself.
OWN_INCOME = ("fees", "sales", "gifts", "own")
#: Keys of the questions that are read.
CAPITAL_KEY = "own_capital"
REACHED_KEY = "persons_reached"
MONTHS = 12


@dataclass(frozen=True)
class Change:
    """An amount beside last year's grant, whole kronor."""

    amount: int
    before: int

    @property
    def kronor(self) -> int:
        return self.amount - self.before

    @property
    def percent(self) -> float | None:
        """Percent of last year's grant; None when there was none to compare with."""
        return 100 * self.kronor / self.before if self.before else None


@dataclass(frozen=True)
class KeyFigures:
    """What is known of one year. `None` is unknown; zero is something the association has told."""

    year: int
    sought: int
    proposed: int | None
    previous: int | None
    costs: int | None
    own_income: int | None
    capital: int | None
    reached: int | None

    @property
    def self_financing(self) -> float | None:
        """Own income in percent of the costs."""
        return _share(self.own_income, self.costs)

    @property
    def dependence(self) -> float | None:
        """What is sought in percent of the costs."""
        return _share(self.sought, self.costs)

    @property
    def equity_percent(self) -> float | None:
        """Own capital in percent of a year's costs."""
        return _share(self.capital, self.costs)

    @property
    def equity_months(self) -> float | None:
        """How many months' costs the own capital would pay; negative when debts are larger than assets."""
        return None if self.equity_percent is None else self.equity_percent * MONTHS / 100

    @property
    def cost_per_person(self) -> int | None:
        """Whole kronor of costs for each person reached in a year."""
        return round(self.costs / self.reached) if self.costs and self.reached else None

    @property
    def sought_change(self) -> Change | None:
        return None if self.previous is None else Change(self.sought, self.previous)

    @property
    def proposed_change(self) -> Change | None:
        if self.previous is None or self.proposed is None:
            return None
        return Change(self.proposed, self.previous)


def key_figures(application: Application, previous: int | None, *, with_proposal: bool = True) -> KeyFigures:
    """The figures of the first year applied for; `previous` is what was granted the year before.

    Uses prefetched terms, budget lines and headings, and answers.
    """
    year = budget_years(application)[0]
    lines = [(heading, line.amount) for heading, line in budget_lines_of(application) if line.year == year]
    costs = sum(amount for heading, amount in lines if heading.side == BudgetSide.COST)
    # A budget with costs says nothing of a heading only where there is nothing; without costs there is no
    # budget, and then the own income is not known either.
    asks_for_own = any(_is_own(heading) for heading in application.call.budget_headings.all())
    own = sum(amount for heading, amount in lines if _is_own(heading))
    applied = application.applied
    proposed = application.terms_at(TermsStage.PROPOSED) if with_proposal else None
    answers = application.answers_by_key()
    return KeyFigures(
        year=year,
        sought=applied.first_amount if applied else 0,
        proposed=proposed.first_amount if proposed else None,
        previous=previous,
        costs=costs or None,
        own_income=own if costs and asks_for_own else None,
        capital=_whole(answers.get(CAPITAL_KEY)),
        reached=_whole(answers.get(REACHED_KEY)),
    )


def granted_before(application: Application, others: Iterable[Application]) -> int | None:
    """Whole kronor decided for the year before, of the association's `others`; None when nothing is known.

    Uses prefetched terms.
    """
    year = application.call.first_year - 1
    decided = [(terms, other.applied) for other in others if (terms := other.decided) is not None]
    known = [
        terms.amounts.get(year, 0)
        for terms, applied in decided
        if year in terms.amounts or (applied is not None and year in applied.amounts)
    ]
    return sum(known) if known else None


@dataclass(frozen=True)
class Figure:
    """One figure in words, and how it was computed; `value` is empty where it is unknown."""

    label: str
    value: str
    how: str


def in_words(figures: KeyFigures) -> list[Figure]:
    """The figures for the reader of a page; what is unknown says what is missing."""
    return [
        _self_financing(figures),
        _dependence(figures),
        _equity(figures),
        _per_person(figures),
        *_changes(figures),
    ]


def _no_costs() -> str:
    return _("The application has no costs for the first year.")


def _self_financing(figures: KeyFigures) -> Figure:
    label = _("Self-financing")
    if figures.costs is None:
        return Figure(label, "", _no_costs())
    if figures.self_financing is None:
        return Figure(label, "", _("The call's budget does not ask for the association's own income."))
    return Figure(
        label,
        percent(figures.self_financing),
        _("Fees, sales, gifts and own contribution, %(own)s, of the costs, %(costs)s")
        % {"own": kronor(figures.own_income), "costs": kronor(figures.costs)},
    )


def _dependence(figures: KeyFigures) -> Figure:
    label = _("Dependence on the grant")
    if figures.dependence is None:
        return Figure(label, "", _no_costs())
    return Figure(
        label,
        percent(figures.dependence),
        _("What is applied for, %(sought)s, of the costs, %(costs)s")
        % {"sought": kronor(figures.sought), "costs": kronor(figures.costs)},
    )


def _equity(figures: KeyFigures) -> Figure:
    label = _("Own capital against a year's costs")
    if figures.capital is None:
        return Figure(label, "", _("The association has not stated its own capital."))
    if figures.equity_percent is None:
        return Figure(label, "", _no_costs())
    return Figure(
        label,
        _("%(percent)s, %(months)s months")
        % {"percent": percent(figures.equity_percent), "months": in_months(figures)},
        _("Own capital, %(capital)s, of the costs, %(costs)s; so long the capital would pay for all")
        % {"capital": kronor(figures.capital), "costs": kronor(figures.costs)},
    )


def _per_person(figures: KeyFigures) -> Figure:
    label = _("Cost per person reached")
    if figures.reached is None:
        return Figure(label, "", _("The association has not stated how many people it reaches."))
    if figures.reached == 0:
        return Figure(
            label, "", _("The association states that it reaches nobody, so nothing can be computed.")
        )
    if figures.cost_per_person is None:
        return Figure(label, "", _no_costs())
    return Figure(
        label,
        kronor(figures.cost_per_person),
        _("The costs, %(costs)s, by %(reached)s people. For understanding, never for ranking alone.")
        % {"costs": kronor(figures.costs), "reached": number(figures.reached)},
    )


def _changes(figures: KeyFigures) -> list[Figure]:
    sought, proposed = _("Applied for against last year's grant"), _("Proposed against last year's grant")
    if figures.sought_change is None:
        return [Figure(sought, "", _("What was granted last year is not known here."))]
    rows = [(sought, figures.sought_change)]
    if figures.proposed_change is not None:
        rows.append((proposed, figures.proposed_change))
    return [_change(label, change) for label, change in rows]


def _change(label: str, change: Change) -> Figure:
    if change.percent is None:
        return Figure(label, signed(kronor(change.kronor)), _("Nothing was granted last year."))
    return Figure(
        label,
        f"{signed(kronor(change.kronor))} ({signed(percent(change.percent))})",
        _("%(amount)s, against %(before)s last year")
        % {"amount": kronor(change.amount), "before": kronor(change.before)},
    )


def signed(written: str) -> str:
    """A difference with its sign: "+10 kr", "−10 kr" (a real minus, so that it is not read as a dash)."""
    if written.startswith("-"):
        return f"\u2212{written[1:]}"
    return written if written.startswith("0") else f"+{written}"


def in_months(figures: KeyFigures) -> str:
    """How long the own capital lasts, with one decimal as the reader's language writes it."""
    return percent(figures.equity_months).removesuffix("\u00a0%")


def _share(part: int | None, whole: int | None) -> float | None:
    return None if part is None or not whole else 100 * part / whole


def _is_own(heading: BudgetHeading) -> bool:
    return heading.key in OWN_INCOME


def _whole(value: Any) -> int | None:
    """A number as it was answered; anything else is no answer."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None

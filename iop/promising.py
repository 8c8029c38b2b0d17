"""What the parties promise each other: contributions, budget, goals, groups and what is planned.

Each act saves what one page holds. What it saves stands under a clause, so that clause is another then and
each party's yes to it is asked for anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from iop.models import (
    Agreement,
    BudgetRow,
    CheckIn,
    Contribution,
    ContributionKind,
    FollowUp,
    Goal,
    HourlyRate,
    Indicator,
    IndicatorKind,
    Party,
    SteeringSeat,
)
from iop.touching import touch
from iop.writing import Conflict, Refused, Writer, begin_to_write, fingerprint
from portal.documents.templatetags.swedish_text import number

#: What is counted in hours; the rest in kronor.
IN_HOURS = frozenset(
    {ContributionKind.KOMPETENS, ContributionKind.ADMINISTRATION, ContributionKind.IDEELL_TID}
)


# --- Contributions -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Promise:
    """What a party promises of one kind: whole kronor or hours by year, or only in words."""

    kind: str
    amounts: Mapping[int, int] = field(default_factory=dict)
    text: str = ""
    method: str = ""

    @property
    def in_hours(self) -> bool:
        return self.kind in IN_HOURS


def contributions_seen(party: Party) -> str:
    """The party's contributions as one mark, so that a save knows whether they are as they were read."""
    rows = party.contributions.order_by("kind", "year")
    return fingerprint(rows.values_list("kind", "year", "kronor", "hours", "method", "text"))


def promise(party: Party, promises: Iterable[Promise], seen: str, by: Any) -> None:
    """Replace what a party promises. Raises Conflict when somebody saved since `seen`.

    A party writes its own; the case officer may help. Years outside the agreement's days are refused.
    """
    with transaction.atomic():
        writer = begin_to_write(party.agreement, by)
        _own(writer, party)
        if contributions_seen(party) != seen:
            raise Conflict(party)
        money = money_of(party)
        rows = [row for promised in promises for row in _rows(writer.agreement, party, promised)]
        Contribution.objects.filter(party=party).delete()
        Contribution.objects.bulk_create(rows)
        if contributions_seen(party) != seen:
            touch(writer.agreement, "ataganden", by)
        if money_of(party) != money:
            touch(writer.agreement, "ekonomi", by)


def money_of(party: Party) -> list[Any]:
    """The party's money by year: income of the budget."""
    return list(party.contributions.filter(kind=ContributionKind.PENGAR).values_list("year", "kronor"))


def _own(writer: Writer, party: Party) -> None:
    if writer.party is not None and writer.party.pk != party.pk:
        raise Refused(_("Each party writes what it contributes itself."))


def _rows(agreement: Agreement, party: Party, promised: Promise) -> list[Contribution]:
    years = set(agreement.years)
    if outside := sorted(set(promised.amounts) - years):
        raise Refused(
            _("%(year)s lies outside the agreement's days, so nothing can be promised for it.")
            % {"year": outside[0]}
        )
    if not promised.amounts and promised.text and promised.kind not in ("pengar", "ideell_tid"):
        return [
            Contribution(agreement=agreement, party=party, kind=promised.kind, year=year, text=promised.text)
            for year in sorted(years)
        ]
    return [
        Contribution(
            agreement=agreement,
            party=party,
            kind=promised.kind,
            year=year,
            kronor=None if promised.in_hours else amount,
            hours=amount if promised.in_hours else None,
            method=promised.method if promised.in_hours else "",
            text=promised.text,
        )
        for year, amount in sorted(promised.amounts.items())
    ]


def promises_of(party: Party, rows: Iterable[Contribution]) -> list[Promise]:
    """What a party promises, one for each kind that there is."""
    by_kind: dict[str, list[Contribution]] = defaultdict(list)
    for row in rows:
        if row.party_id == party.pk:
            by_kind[row.kind].append(row)
    found = []
    for kind in ContributionKind.values:
        if not (own := by_kind.get(kind)):
            continue
        amounts = {row.year: row.hours if kind in IN_HOURS else row.kronor for row in own}
        known = {year: amount for year, amount in amounts.items() if amount is not None}
        found.append(Promise(kind, known, own[0].text, own[0].method))
    return found


def city_money(agreement: Agreement) -> dict[int, int]:
    """Whole kronor by year that the administration's units promise: what a decision binds."""
    sums: dict[int, int] = defaultdict(int)
    rows = agreement.contributions.filter(party__unit__isnull=False, kind=ContributionKind.PENGAR)
    for year, kronor in rows.order_by("year").values_list("year", "kronor"):
        sums[year] += kronor or 0
    return {year: amount for year, amount in sums.items() if amount}


@dataclass(frozen=True)
class Value:
    """What hours are worth by a named method, at the rate in force; hours stay the primary figure."""

    hours: int
    method: str
    rate: int
    source: str = ""

    @property
    def kronor(self) -> int:
        return self.hours * self.rate


def rates_in_force(day: date) -> dict[str, HourlyRate]:
    """The rate of each method on a day."""
    found: dict[str, HourlyRate] = {}
    for rate in HourlyRate.objects.filter(valid_from__lte=day).order_by("valid_from"):
        found[rate.method] = rate
    return found


# --- Budget --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One line of the budget: whole kronor by year."""

    side: str
    text: str
    amounts: Mapping[int, int]


def budget_seen(agreement: Agreement) -> str:
    return fingerprint(agreement.budget_rows.values_list("side", "text", "year", "kronor"))


def write_budget(agreement: Agreement, lines: Sequence[Line], seen: str, by: Any) -> None:
    """Replace the budget's own lines; income from the parties' money is not written but counted."""
    with transaction.atomic():
        current = begin_to_write(agreement, by).agreement
        if budget_seen(current) != seen:
            raise Conflict(current)
        texts = [(line.side, line.text) for line in lines]
        if len(set(texts)) != len(texts):
            raise Refused(_("Two lines are called the same. Give each a name of its own."))
        years = set(current.years)
        if outside := sorted({year for line in lines for year in line.amounts} - years):
            raise Refused(
                _("%(year)s lies outside the agreement's days, so nothing can be promised for it.")
                % {"year": outside[0]}
            )
        current.budget_rows.all().delete()
        BudgetRow.objects.bulk_create(
            BudgetRow(agreement=current, side=line.side, text=line.text, year=year, kronor=kronor)
            for line in lines
            for year, kronor in sorted(line.amounts.items())
        )
        if budget_seen(current) != seen:
            touch(current, "ekonomi", by)


def budget_lines(agreement: Agreement) -> list[Line]:
    grouped: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
    for row in agreement.budget_rows.order_by("side", "pk"):
        grouped[row.side, row.text][row.year] = row.kronor
    return [Line(side, text, amounts) for (side, text), amounts in grouped.items()]


@dataclass(frozen=True)
class Balance:
    """Income and cost of one year, whole kronor."""

    year: int
    income: int
    cost: int

    @property
    def in_words(self) -> str:
        left = self.income - self.cost
        if left == 0:
            return _("%(year)s: income and costs are equal.") % {"year": self.year}
        if left > 0:
            return _("%(year)s: %(sum)s kronor of the income have no cost yet.") % {
                "year": self.year,
                "sum": number(left),
            }
        return _("%(year)s: %(sum)s kronor of the costs have no income yet.") % {
            "year": self.year,
            "sum": number(-left),
        }


def balances(agreement: Agreement) -> list[Balance]:
    """The balance of each year: the parties' money and other income against the costs."""
    income: dict[int, int] = defaultdict(int)
    cost: dict[int, int] = defaultdict(int)
    money = agreement.contributions.filter(kind=ContributionKind.PENGAR)
    for year, kronor in money.order_by().values_list("year", "kronor"):
        income[year] += kronor or 0
    for side, year, kronor in agreement.budget_rows.order_by().values_list("side", "year", "kronor"):
        (income if side == BudgetRow.Side.INCOME else cost)[year] += kronor
    return [Balance(year, income[year], cost[year]) for year in agreement.years]


# --- Goals ---------------------------------------------------------------------------------------


def add_goal(agreement: Agreement, level: str, text: str, by: Any) -> Goal:
    with transaction.atomic():
        current = begin_to_write(agreement, by).agreement
        goal = Goal.objects.create(
            agreement=current, level=level, text=text, position=current.goals.count() + 1
        )
        touch(current, "mal", by)
    return goal


def remove_goal(goal: Goal, by: Any) -> None:
    """Take away a goal with its indicators."""
    with transaction.atomic():
        current = begin_to_write(goal.agreement, by).agreement
        goal.indicators.all().delete()
        goal.delete()
        touch(current, "mal", by)


def add_indicator(
    goal: Goal, by: Any, *, kind: IndicatorKind | None = None, text: str = "", **more: str
) -> Indicator:
    """Add an indicator: from the library, whose words it takes unless others are given, or an own one."""
    with transaction.atomic():
        current = begin_to_write(goal.agreement, by).agreement
        if kind is None and not text:
            raise Refused(_("Choose an indicator from the library, or write one of your own."))
        if kind is not None:
            text = text or kind.name_sv
            more["unit"] = more.get("unit") or kind.unit
        indicator = Indicator.objects.create(
            goal=goal, kind=kind, text=text, position=goal.indicators.count() + 1, **more
        )
        touch(current, "mal", by)
    return indicator


def remove_indicator(indicator: Indicator, by: Any) -> None:
    with transaction.atomic():
        current = begin_to_write(indicator.goal.agreement, by).agreement
        indicator.delete()
        touch(current, "mal", by)


# --- Groups and plan -----------------------------------------------------------------------------


def add_seat(agreement: Agreement, group: str, party: Party, role: str, by: Any) -> SteeringSeat:
    with transaction.atomic():
        current = begin_to_write(agreement, by).agreement
        seat = SteeringSeat.objects.create(agreement=current, group=group, party=party, role=role)
        touch(current, "organisation", by)
    return seat


def remove_seat(seat: SteeringSeat, by: Any) -> None:
    with transaction.atomic():
        current = begin_to_write(seat.agreement, by).agreement
        seat.delete()
        touch(current, "organisation", by)


def plan_check_in(agreement: Agreement, day: date, place: str, by: Any) -> CheckIn:
    with transaction.atomic():
        current = begin_to_write(agreement, by).agreement
        _within(current, day)
        check_in = CheckIn.objects.create(agreement=current, planned_on=day, place=place, planned_by=by)
        touch(current, "uppfoljning", by)
    return check_in


def plan_follow_up(agreement: Agreement, kind: str, due_on: date, by: Any) -> FollowUp:
    """Plan the joint follow-up of a year or the evaluation; one of a kind for a year.

    A yearly one that is due in the first half of a year is about the year before.
    """
    with transaction.atomic():
        current = begin_to_write(agreement, by).agreement
        is_after = kind == FollowUp.Kind.YEARLY and due_on.month <= 6
        year = due_on.year - 1 if is_after else due_on.year
        if current.follow_ups.filter(kind=kind, year=year).exists():
            raise Refused(_("There is one of that kind for the year already."))
        follow_up = FollowUp.objects.create(agreement=current, kind=kind, year=year, due_on=due_on)
        touch(current, "uppfoljning", by)
    return follow_up


def take_off_plan(planned: CheckIn | FollowUp, by: Any) -> None:
    with transaction.atomic():
        current = begin_to_write(planned.agreement, by).agreement
        planned.delete()
        touch(current, "uppfoljning", by)


def _within(agreement: Agreement, day: date) -> None:
    if agreement.starts_on and agreement.ends_on and not agreement.starts_on <= day <= agreement.ends_on:
        raise Refused(_("Choose a day within the agreement's time."))

"""What Samspel shows under a clause by itself: parties, goals, contributions, budget, groups and days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from iop.models import Agreement, Contribution, ContributionKind
from iop.promising import IN_HOURS, Value, balances, budget_lines, promises_of, rates_in_force
from portal.documents.templatetags.swedish_text import number


@dataclass(frozen=True)
class Under:
    """A part of a page: the template that shows it, what it shows, and where it is written."""

    template: str
    context: dict[str, Any]
    url: str


#: Clause key → the page where what stands under it is written.
PAGES = {
    "parter": "parties",
    "mal": "goals",
    "malgrupp": "agreement-facts",
    "ataganden": "contributions",
    "ekonomi": "budget",
    "organisation": "groups",
    "uppfoljning": "plan",
    "avtalstid": "agreement-facts",
}


def page_of(agreement: Agreement, key: str) -> Under | None:
    """What stands under the clause of a key; None where the clause is text alone."""
    if key not in PAGES:
        return None
    context = {"agreement": agreement} | _CONTEXTS[key](agreement)
    template = f"iop/agreement/parts/under_{key}.html"
    return Under(template, context, reverse(f"iop:{PAGES[key]}", args=[agreement.pk]))


def table_of_contributions(agreement: Agreement) -> dict[str, Any]:
    """Each party's contributions as rows, one a kind with a cell a year, and what the hours are worth."""
    years = list(agreement.years)
    rows = list(agreement.contributions.order_by("kind", "year"))
    parties = agreement.parties.filter(left_on=None).select_related("association", "unit")
    tables = [{"party": party, "rows": _rows(party, rows, years)} for party in parties]
    return {
        "years": years,
        "tables": tables,
        "values": values(rows),
        "hours": sum(row.hours or 0 for row in rows),
        "volunteer_hours": sum(row.hours or 0 for row in rows if row.kind == ContributionKind.IDEELL_TID),
    }


def _rows(party: Any, rows: list[Contribution], years: list[int]) -> list[dict[str, Any]]:
    found = []
    for row in promises_of(party, rows):
        unit = "h" if row.in_hours else "kr"
        cells = [f"{number(row.amounts[year])}\u00a0{unit}" if year in row.amounts else "" for year in years]
        found.append({"kind": ContributionKind(row.kind).label, "text": row.text, "cells": cells})
    return found


def values(rows: list[Contribution]) -> list[dict[str, Any]]:
    """What the hours are worth by their named methods, at the rates in force; hours stay the main figure."""
    rates = rates_in_force(timezone.localdate())
    hours: dict[str, int] = {}
    for row in rows:
        if row.kind in IN_HOURS and row.hours and row.method:
            hours[row.method] = hours.get(row.method, 0) + row.hours
    return [
        {"rate": rates[method], "value": Value(count, method, rates[method].kronor, rates[method].source)}
        for method, count in sorted(hours.items())
        if method in rates
    ]


def budget_table(agreement: Agreement) -> dict[str, Any]:
    """Income from the parties' money, other lines, and the balance of each year."""
    years = list(agreement.years)
    money = agreement.contributions.filter(kind=ContributionKind.PENGAR).select_related(
        "party__association", "party__unit"
    )
    given: dict[str, dict[int, int]] = {}
    for row in money:
        given.setdefault(row.party.name, {})[row.year] = row.kronor or 0
    lines = budget_lines(agreement)
    return {
        "years": years,
        "given": [(name, [amounts.get(year) for year in years]) for name, amounts in given.items()],
        "income": [
            (row.text, [row.amounts.get(year) for year in years]) for row in lines if row.side == "intakt"
        ],
        "costs": [
            (row.text, [row.amounts.get(year) for year in years]) for row in lines if row.side == "kostnad"
        ],
        "balances": balances(agreement),
    }


def _parties(agreement: Agreement) -> dict[str, Any]:
    return {
        "parties": agreement.parties.filter(left_on=None).select_related(
            "association", "unit", "process_leader"
        )
    }


def _goals(agreement: Agreement) -> dict[str, Any]:
    return {"goals": agreement.goals.prefetch_related("indicators")}


def _groups(agreement: Agreement) -> dict[str, Any]:
    return {"seats": agreement.steering_seats.select_related("party__association", "party__unit")}


def _plan(agreement: Agreement) -> dict[str, Any]:
    return {
        "check_ins": agreement.check_ins.filter(cancelled_at=None),
        "follow_ups": agreement.follow_ups.all(),
    }


def _target(agreement: Agreement) -> dict[str, Any]:
    return {"groups": agreement.target_groups.all()}


_CONTEXTS = {
    "parter": _parties,
    "mal": _goals,
    "malgrupp": _target,
    "ataganden": table_of_contributions,
    "ekonomi": budget_table,
    "organisation": _groups,
    "uppfoljning": _plan,
    "avtalstid": lambda agreement: {},
}

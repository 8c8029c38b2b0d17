"""The officers' list as rows of a spreadsheet, read some hundred at a time while they are sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import readings
from assessments.formal_checks import Outcome
from assessments.models import CheckOutcome
from grants.calls.standard_form import options_of
from grants.models import Application, GrantType, Lateness, Route, TargetGroup, TermsStage, YearAmount
from grants.received.searching import TARGET_GROUPS_KEY
from grants.states import State
from portal.documents.spreadsheets import Cell, Column

#: Rows read at a time: three queries each, and what is in memory at once.
CHUNK = 500


def columns() -> list[Column]:
    """The headings, in the language of whoever asks."""
    return [
        Column(_("Registry number"), 16),
        Column(_("Association"), 36),
        Column(_("Organisation number"), 16),
        Column(_("Title"), 44),
        Column(_("Call"), 28),
        Column(_("Grant"), 20),
        Column(_("State"), 18),
        Column(_("In time or late"), 18),
        Column(_("How it came"), 14),
        Column(_("Received"), 12),
        Column(_("Case officer"), 24),
        Column(_("First year"), 10),
        Column(_("Years applied for"), 10),
        Column(_("Applied for, first year"), 16),
        Column(_("Applied for in all"), 16),
        Column(_("Proposed in all"), 16),
        Column(_("Decided in all"), 16),
        Column(_("Share for children and young people, percent"), 12),
        Column(_("Target groups"), 44),
        Column(_("Points of the formal check done"), 12),
        Column(_("Points not in order"), 12),
    ]


class ExportedRows:
    """Chunks of rows, newest first. What words mean is looked up before the first row is asked for.

    The list of primary keys is read through a cursor; each chunk is asked for by its keys, through
    `visible_to` again, with a constant number of queries.
    """

    def __init__(self, chosen: QuerySet[Application], user: Any) -> None:
        self.chosen = chosen
        self.user = user
        self.states = {state.value: str(state.label) for state in State}
        self.lateness = {late.value: str(late.label) for late in Lateness}
        self.routes = {route.value: str(route.label) for route in Route}
        self.grants = {grant.value: grant.value.capitalize() for grant in GrantType}
        # A second reader who has not finished sees nothing of what is proposed.
        self.blind = readings.blind_for(user)
        self.groups = {option["code"]: option["sv"] for option in options_of(TARGET_GROUPS_KEY)}

    def __iter__(self) -> Iterator[list[list[Cell]]]:
        keys = (
            self.chosen.order_by("-submitted_at", "-pk")
            .values_list("pk", flat=True)
            .iterator(chunk_size=CHUNK)
        )
        while chunk := list(islice(keys, CHUNK)):
            yield self._rows(chunk)

    def _rows(self, keys: list[int]) -> list[list[Cell]]:
        read: dict[int, Any] = {
            row["pk"]: row
            for row in Application.objects.visible_to(self.user)
            .filter(pk__in=keys)
            .values(
                "pk",
                "title",
                "state",
                "lateness",
                "route",
                "submitted_at",
                "child_share",
                "case__registry_number",
                "association__name",
                "association__organisation_number",
                "call__title",
                "call__grant_type",
                "officer__display_name",
                "officer__email",
            )
        }
        amounts = _amounts(keys)
        groups: dict[int, list[str]] = defaultdict(list)
        for pk, code in TargetGroup.objects.filter(application__in=keys).values_list("application", "code"):
            groups[pk].append(self.groups.get(code, code))
        checks: dict[int, list[str]] = defaultdict(list)
        for pk, outcome in CheckOutcome.objects.filter(application__in=keys).values_list(
            "application", "outcome"
        ):
            checks[pk].append(outcome)
        return [
            self._cells(read[pk], amounts.get(pk, {}), sorted(groups[pk]), checks[pk])
            for pk in keys
            if pk in read
        ]

    def _cells(
        self,
        row: dict[str, Any],
        amounts: dict[str, dict[int, int]],
        groups: Iterable[str],
        checks: list[str],
    ) -> list[Cell]:
        applied = amounts.get(TermsStage.APPLIED, {})
        is_refused = row["state"] == State.DECIDED and TermsStage.DECIDED not in amounts
        number = row["association__organisation_number"] or ""
        return [
            row["case__registry_number"],
            row["association__name"],
            f"{number[:6]}-{number[6:]}" if number else None,
            row["title"],
            row["call__title"],
            self.grants[row["call__grant_type"]],
            self.states[row["state"]],
            self.lateness[row["lateness"]],
            self.routes[row["route"]],
            timezone.localtime(row["submitted_at"]).date(),
            row["officer__display_name"] or row["officer__email"],
            min(applied, default=None),
            len(applied) or None,
            applied[min(applied)] if applied else None,
            _total(amounts, TermsStage.APPLIED),
            None if row["pk"] in self.blind else _total(amounts, TermsStage.PROPOSED),
            0 if is_refused else _total(amounts, TermsStage.DECIDED),
            row["child_share"],
            ", ".join(groups),
            len(checks),
            checks.count(Outcome.NOT_OK),
        ]


def _amounts(keys: list[int]) -> dict[int, dict[str, dict[int, int]]]:
    """Application → stage → year → kronor; one query."""
    found: dict[int, dict[str, dict[int, int]]] = {}
    rows = YearAmount.objects.filter(terms__application__in=keys).order_by()
    for pk, stage, year, amount in rows.values_list("terms__application", "terms__stage", "year", "amount"):
        found.setdefault(pk, {}).setdefault(stage, {})[year] = amount
    return found


def _total(amounts: dict[str, dict[int, int]], stage: TermsStage) -> int | None:
    """Nothing where no amounts are."""
    return sum(amounts[stage].values()) if stage in amounts else None

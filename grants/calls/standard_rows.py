"""The conditions and report dates that a new call starts from, as rows to change per call.

The city has published neither report dates nor a clause on reclaiming: these are common in comparable cities.
"""

from __future__ import annotations

from datetime import date

from grants.models import Call, CallCondition, GrantType, ReportDate

#: (key, Swedish, English); they go on from "the association accepts that".
CONDITIONS = (
    (
        "anvandning",
        "bidraget bara används till det som nämnden har beslutat,",
        "the grant is used only for what the committee has decided,",
    ),
    (
        "redovisning",
        "föreningen redovisar i tid vad bidraget har använts till och vad det har lett till,",
        "the association reports in time what the grant was used for and what came of it,",
    ),
    (
        "aterbetalning",
        "nämnden kan besluta att kräva tillbaka pengar som inte har använts, som har använts till något "
        "annat eller som har beviljats på felaktiga uppgifter.",
        "the committee may decide to reclaim money that was not used, was used for something else, or was "
        "granted on wrong information.",
    ),
)
SEVERAL_YEARS = (
    "kommande_ar",
    "bidrag för kommande år gäller om nämnden får pengar i budgeten och om redovisningen för året innan är "
    "godkänd.",
    "a grant for coming years holds if the committee has money in its budget and the report of the year "
    "before is approved.",
)


def add_standard_rows(call: Call) -> None:
    """Give a new call the standard conditions and report dates of its grant."""
    conditions = [*CONDITIONS, SEVERAL_YEARS] if call.max_years > 1 else list(CONDITIONS)
    CallCondition.objects.bulk_create(
        CallCondition(call=call, position=position, key=key, text_sv=swedish, text_en=english)
        for position, (key, swedish, english) in enumerate(conditions, start=1)
    )
    ReportDate.objects.bulk_create(
        ReportDate(call=call, position=position, key=key, what_sv=swedish, what_en=english, day=day)
        for position, (key, swedish, english, day) in enumerate(_reports(call), start=1)
    )


def _reports(call: Call) -> list[tuple[str, str, str, date | None]]:
    if call.grant_type == GrantType.UTVECKLINGSBIDRAG:
        return [
            (
                "slutredovisning",
                "Slutredovisning senast två månader efter att projektet är slut",
                "Final report no later than two months after the end of the project",
                None,
            )
        ]
    reports: list[tuple[str, str, str, date | None]] = [
        (
            f"redovisning_ar_{number}",
            f"Årsredovisning för {year}",
            f"Yearly report for {year}",
            date(year + 1, 3, 31),
        )
        for number, year in enumerate(call.years, start=1)
    ]
    return reports

"""The rules of keeping and destroying that a new installation starts from; rows after that.

After what is common in plans of social committees: decisions, minutes and agreements are kept, what led to a
grant goes ten years after the case, what is of little importance two years after it. What belongs to the
accounts is kept seven years (lagen 2018:597 om kommunal bokföring och redovisning 3:12). The city's own plan
decides: a registrar changes the rows, and writes the class codes, which every city has its own of.
"""

from __future__ import annotations

from datetime import date

from portal.registry import own_retention
from portal.registry.models import Record, RetentionRule

_KEPT = (
    Record.Kind.OFFICERS_REPORT,
    Record.Kind.CHAIRS_PROPOSAL,
    Record.Kind.MINUTES_EXTRACT,
    Record.Kind.MINUTES,
    Record.Kind.DECISION_LETTER,
    Record.Kind.DELEGATION_DECISION,
    Record.Kind.DISTRIBUTION_TABLE,
    Record.Kind.LATE_RULING,
    Record.Kind.MARKET_ASSESSMENT,
    Record.Kind.AGREEMENT,
    Record.Kind.ADDENDUM,
    Record.Kind.FOLLOW_UP,
    Record.Kind.DISCLOSURE_DECISION,
)
#: Years after the end of the year in which the case was closed.
_YEARS = {
    Record.Kind.APPLICATION: 10,
    Record.Kind.STATEMENT: 10,
    Record.Kind.APPENDIX: 10,
    Record.Kind.PROMISED_PAPER: 7,
    Record.Kind.WITHDRAWAL: 10,
    Record.Kind.IDEA: 10,
    Record.Kind.IDEA_ANSWER: 10,
    Record.Kind.COMPLETION_REQUEST: 2,
    Record.Kind.MESSAGE: 2,
    Record.Kind.RECEIPT: 2,
    Record.Kind.NOTICE: 2,
}
#: Accounts sent in with an application: never sooner than the law on accounts says.
ACCOUNTS_YEARS = 7
#: Drafts, counted from the last saving.
DRAFT_YEARS = 1
#: Papers of an association's library, counted from the year in which they no longer counted: as applications.
LIBRARY_YEARS = 10

#: What goes by itself when its years have passed: years, and what they are counted from.
_OWN = {
    own_retention.REQUESTS: (
        2,
        "Räknas från det år då begäran besvarades. Skriftliga beslut bevaras.",
    ),
    own_retention.OBSTACLES: (2, "Räknas från det år då rapporten besvarades."),
    own_retention.TRAIL: (10, "Räknas från det år då händelsen skrevs."),
}


def install_rules(valid_from: date) -> int:
    """Write the shipped rules; a kind that has a rule keeps it. Says how many were new."""
    known = set(RetentionRule.objects.values_list("what", flat=True))
    rows = [RetentionRule(what=kind, keep=True, valid_from=valid_from) for kind in _KEPT]
    rows += [RetentionRule(what=kind, years=years, valid_from=valid_from) for kind, years in _YEARS.items()]
    rows.append(
        RetentionRule(
            what="utkast",
            years=DRAFT_YEARS,
            valid_from=valid_from,
            note="Räknas från den dag utkastet senast sparades. Föreningen varnas 30 dagar innan.",
        )
    )
    rows.append(
        RetentionRule(
            what="papper_i_bibliotek",
            years=LIBRARY_YEARS,
            valid_from=valid_from,
            note="Räknas från det år då papperet inte längre gällde. Föreningen varnas 30 dagar innan.",
        )
    )
    rows += [
        RetentionRule(what=code, years=years, valid_from=valid_from, note=note)
        for code, (years, note) in _OWN.items()
    ]
    new = [row for row in rows if row.what not in known]
    RetentionRule.objects.bulk_create(new)
    return len(new)

"""A made-up classification for the demo's rules of keeping: every city has its own, and writes it itself."""

from __future__ import annotations

from portal.registry.models import Record, RetentionRule

#: Said of each code, so that nobody takes it for a city's plan.
MADE_UP = "Påhittad klass i demon. Skriv koden ur nämndens egen plan."

_COMMITTEE = (
    Record.Kind.OFFICERS_REPORT,
    Record.Kind.CHAIRS_PROPOSAL,
    Record.Kind.MINUTES,
    Record.Kind.MINUTES_EXTRACT,
    Record.Kind.DELEGATION_DECISION,
    Record.Kind.APPENDIX,
)
_PARTNERSHIPS = (
    Record.Kind.IDEA,
    Record.Kind.IDEA_ANSWER,
    Record.Kind.MARKET_ASSESSMENT,
    Record.Kind.AGREEMENT,
    Record.Kind.ADDENDUM,
    Record.Kind.FOLLOW_UP,
)
#: Code → kinds; what is named in none is a paper of the grants.
_CLASSES = {
    "EX 1.1": _COMMITTEE,
    "EX 1.2": (Record.Kind.DISCLOSURE_DECISION,),
    "EX 2.2": _PARTNERSHIPS,
}
_GRANTS = "EX 2.1"


def number_classes() -> None:
    """Write the made-up codes on the rules of records that have none."""
    code_of = {kind: code for code, kinds in _CLASSES.items() for kind in kinds}
    rules = RetentionRule.objects.filter(what__in=Record.Kind.values, class_code="")
    for rule in rules:
        rule.class_code = code_of.get(Record.Kind(rule.what), _GRANTS)
        rule.note = rule.note or MADE_UP
    RetentionRule.objects.bulk_update(rules, ["class_code", "note"])

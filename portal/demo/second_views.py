"""What others than the officer say in the demo: a controller who reads again, and a unit that is asked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone

from assessments import readings, statements
from assessments.models import Criterion, Level, ReadingRule, SecondReading
from grants.models import Application, Call
from portal.people.models import Unit, UnitContact, User
from portal.registry.models import declare

#: What the demo's calls hold: only large sums are read twice, so that the same are read each time it loads.
LIMIT = 700_000
#: On this criterion the controller sees the first case two levels apart from the officer.
APART = Criterion.EKONOMI
UNIT = "Boendestöd och sysselsättning"
QUESTION = "Möter ni samma personer som föreningen? Vad gör den som ni inte gör, och hur samarbetar ni i dag?"
TEXTS: dict[str, str] = {
    Criterion.EFFEKT: "Målen går att följa upp, och föreningen visar vad förra årets insatser ledde till.",
    Criterion.VARDE: "Ansökan visar varför verksamheten behövs och vilka som annars står utan stöd.",
    Criterion.KOMPLEMENT: "Verksamheten finns där våra egna insatser inte räcker till.",
    Criterion.SAMVERKAN: "Samverkan är beskriven och går att pröva mot det verksamheterna säger.",
    Criterion.EKONOMI: "Budgeten går ihop. Beroendet av bidraget är det jag skulle följa.",
}
REASON = (
    "Medbedömaren väger in beroendet av bidraget. Handläggaren har sett att föreningen har fått nya "
    "finansiärer under året, och förslaget vilar på det."
)


def rule_for_large_sums(*calls: Call) -> None:
    """Let only large sums be read twice in the demo."""
    ReadingRule.objects.filter(call__in=calls).update(amount_limit=LIMIT, first_time=False, sample_percent=0)


def read_again(application: Application, levels: Mapping[str, str], reader: User, officer: User) -> None:
    """The controller reads what the rule asks for; the first time the two lie apart, and it is explained."""
    if not SecondReading.objects.filter(application=application).exists():
        return
    is_first = not SecondReading.objects.exclude(done_at=None).exists()
    reading = readings.choose_reader(application, reader, officer)
    declare(application.received_case, reader, has_conflict=False)
    given = {code: levels[code] for code in Criterion.values}
    if is_first:
        given[APART] = _two_levels_from(given[APART])
    written = readings.Written(levels=given, texts=dict(TEXTS), comment="")
    saved = readings.save(reading, written, reading.version, reader)
    readings.finish(saved, reader)
    if is_first:
        readings.explain(saved, {APART: REASON}, saved.version, officer)


def _two_levels_from(level: str) -> str:
    order = list(Level.values)
    place = order.index(level)
    return order[place - 2 if place >= 2 else place + 2]


def wait_for_others(application: Application, reader: User, contact: User, officer: User) -> None:
    """A case that waits for its second reader and for a unit's statement."""
    readings.choose_reader(application, reader, officer)
    unit, _created = Unit.objects.get_or_create(name=UNIT)
    UnitContact.objects.get_or_create(unit=unit, user=contact)
    statements.ask(application, unit, QUESTION, timezone.localdate() + timedelta(days=14), officer)

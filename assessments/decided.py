"""How far the committee's decisions that bind money are on their way to being final, for who pays."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from django.utils import timezone

from grants.decided import Decided
from portal.committee.models import Decision, MatterLine, Outcome
from portal.committee.notice import Standing, standing_of


def decided(cases: Collection[int]) -> dict[int, Decided]:
    """The last decision that granted something in each of these cases, of applications and partnerships.

    Three queries, however many they are. An addendum that is rejected leaves what was decided before.
    """
    lines = MatterLine.objects.filter(case__in=cases, matter__decisions__outcome=Outcome.GRANTED)
    in_order = lines.order_by("matter__decisions__year", "matter__decisions__paragraph")
    decision_of = dict(in_order.values_list("case", "matter__decisions"))
    decisions = (
        Decision.objects.filter(pk__in=decision_of.values())
        .select_related("agenda_item__meeting", "paragraph_text__minutes")
        .prefetch_related("appeals")
        .in_bulk()
    )
    today = timezone.localdate()
    return {case: _facts(decisions[pk], today) for case, pk in decision_of.items()}


def _facts(decision: Decision, today: date) -> Decided:
    standing = standing_of(decision, today)
    return Decided(
        str(decision),
        decision.agenda_item.meeting.date,
        str(standing.label),
        _final_since(decision) if standing == Standing.FINAL else None,
        decision.paragraph_text.minutes.appeal_until if standing == Standing.OPEN else None,
    )


def _final_since(decision: Decision) -> date:
    """The day after the last one to appeal, or the day when the court had settled the last appeal."""
    until = decision.paragraph_text.minutes.appeal_until
    assert until is not None  # `standing_of` has seen the notice
    settled = [appeal.settled_on for appeal in decision.appeals.all() if appeal.settled_on]
    return max([until + timedelta(days=1), *settled])

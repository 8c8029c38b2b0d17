"""Which joint follow-ups a partnership has, planned from its start: one a year, an evaluation at its end.

Riktlinjer för föreningssamverkan och IOP: a common plan to follow up and evaluate, resting on trust.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction

from iop.days import months_on
from iop.models import Agreement, FollowUp

#: A year is followed up by this day of the next (month, day).
YEARLY_DUE = (3, 1)
#: Months after the end until the evaluation is due.
EVALUATION_MONTHS = 2
#: How long before the year's or the agreement's last day all may be said and agreed.
EARLY = timedelta(days=60)


def plan(agreement: Agreement) -> None:
    """Plan what is missing and move what is not begun to the agreement's days; doing so twice is once.

    Each calendar year but the last has its follow-up; the last year belongs to the evaluation. An agreement
    shorter than a year has the evaluation alone.
    """
    wanted = (
        {} if agreement.is_short else {year: date(year + 1, *YEARLY_DUE) for year in agreement.years[:-1]}
    )
    with transaction.atomic():
        Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
        yearly = agreement.follow_ups.filter(kind=FollowUp.Kind.YEARLY)
        _untouched(yearly).exclude(year__in=wanted).delete()
        for year, due_on in wanted.items():
            FollowUp.objects.get_or_create(
                agreement=agreement, kind=FollowUp.Kind.YEARLY, year=year, defaults={"due_on": due_on}
            )
        _plan_evaluation(agreement)


def _plan_evaluation(agreement: Agreement) -> None:
    fields = {
        "year": agreement.last_day.year,
        "due_on": months_on(agreement.last_day, EVALUATION_MONTHS),
    }
    evaluations = agreement.follow_ups.filter(kind=FollowUp.Kind.EVALUATION)
    if not evaluations.exists():
        FollowUp.objects.create(agreement=agreement, kind=FollowUp.Kind.EVALUATION, **fields)
    else:
        evaluations.filter(finished_at=None).update(**fields)


def _untouched(follow_ups):  # type: ignore[no-untyped-def]
    """Planned rows in which nobody has written."""
    return follow_ups.filter(finished_at=None, version=1, party_views=None, readings=None)


def opens_on(follow_up: FollowUp) -> date:
    """From when the parties can say yes: what it is about must be nearly over."""
    if follow_up.kind == FollowUp.Kind.EVALUATION:
        return follow_up.agreement.last_day - EARLY
    return date(follow_up.year, 12, 31) - EARLY

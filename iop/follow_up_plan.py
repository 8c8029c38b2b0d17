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


def plan(agreement: Agreement, *, end_moved: bool = False) -> None:
    """Plan what the parties have not planned themselves; doing so twice is once.

    Each calendar year but the last has its follow-up; the last year belongs to the evaluation. An agreement
    shorter than a year has the evaluation alone. When its end has moved, so does what nobody has begun.
    """
    years = () if agreement.is_short else agreement.years[:-1]
    rows = agreement.follow_ups
    evaluation = {
        "year": agreement.last_day.year,
        "due_on": months_on(agreement.last_day, EVALUATION_MONTHS),
    }
    with transaction.atomic():
        Agreement.objects.select_for_update(of=("self",)).get(pk=agreement.pk)
        if end_moved:
            rows.filter(
                kind=FollowUp.Kind.YEARLY, finished_at=None, version=1, party_views=None, readings=None
            ).exclude(year__in=years).delete()
            rows.filter(kind=FollowUp.Kind.EVALUATION, finished_at=None).update(**evaluation)
        for year in years:
            FollowUp.objects.get_or_create(
                agreement=agreement,
                kind=FollowUp.Kind.YEARLY,
                year=year,
                defaults={"due_on": date(year + 1, *YEARLY_DUE)},
            )
        if not rows.filter(kind=FollowUp.Kind.EVALUATION).exists():
            FollowUp.objects.create(agreement=agreement, kind=FollowUp.Kind.EVALUATION, **evaluation)


def opens_on(follow_up: FollowUp) -> date:
    """From when the parties can say yes: what it is about must be nearly over."""
    if follow_up.kind == FollowUp.Kind.EVALUATION:
        return follow_up.agreement.last_day - EARLY
    return date(follow_up.year, 12, 31) - EARLY

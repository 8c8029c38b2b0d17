"""An addendum's money: what the city gives a year before and after it, and what is bound in the frame."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Sum
from django.utils.translation import gettext as _

from grants.models import Commitment, CommitmentSource, Frame, YearAmount
from iop.models import Addendum, Agreement, Contribution, ContributionKind
from iop.saving import NotNow
from portal.documents.templatetags.swedish_text import number


def money_now(agreement: Agreement) -> dict[int, int]:
    """Whole kronor that the city's units promise, by year; years without money are left out."""
    return _by_year(_city_money(agreement))


def money_after(addendum: Addendum) -> dict[int, int]:
    """Whole kronor that the city's units promise when the addendum is in force, by year."""
    after = _city_money(addendum.agreement)
    changes = addendum.contribution_changes.filter(kind=ContributionKind.PENGAR, party__unit__isnull=False)
    for change in changes:
        after[change.party_id, change.year] = change.kronor or 0
    return _by_year(after)


def _city_money(agreement: Agreement) -> dict[tuple[int, int], int]:
    rows = Contribution.objects.filter(
        agreement=agreement, kind=ContributionKind.PENGAR, party__unit__isnull=False
    )
    return {(row.party_id, row.year): row.kronor or 0 for row in rows}


def _by_year(amounts: Mapping[tuple[int, int], int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for (_party, year), kronor in sorted(amounts.items(), key=lambda item: item[0][1]):
        if kronor:
            found[year] = found.get(year, 0) + kronor
    return found


def increases(before: Mapping[int, int], after: Mapping[int, int]) -> dict[int, int]:
    """By how much each year grows; years that do not are left out."""
    return {
        year: kronor - before.get(year, 0) for year, kronor in after.items() if kronor > before.get(year, 0)
    }


def needs_decision(addendum: Addendum) -> bool:
    """Whether the committee has to decide: the city's money of some year is another than decided before."""
    return money_after(addendum) != money_now(addendum.agreement)


def refuse_over_frame(agreement: Agreement, more: Mapping[int, int]) -> None:
    """Raise NotNow when a year's frame has no room for so much more; years without a frame are not stopped.

    The frames are locked, so that two who each stay within what is left do not pass it together.
    """
    authority_id = agreement.case.authority_id
    frames = {
        frame.year: frame.amount - frame.reserve
        for frame in Frame.objects.select_for_update()
        .filter(authority_id=authority_id, year__in=more)
        .order_by("pk")
    }
    bound = dict(
        Commitment.objects.filter(case__authority_id=authority_id, year__in=more)
        .order_by()
        .values_list("year")
        .annotate(Sum("amount"))
    )
    waiting = YearAmount.objects.before_committee(authority_id).by_year()
    for year, frame in frames.items():
        over = more[year] - (frame - bound.get(year, 0) - waiting.get(year, 0))
        if over > 0:
            raise NotNow(
                _("For %(year)s the addendum is %(over)s kronor more than what is left of the frame.")
                % {"year": year, "over": number(over)}
            )


def bind(agreement: Agreement, amounts: Mapping[int, int]) -> None:
    """Let the ledger say these amounts for the partnership, by year; doing so twice is once."""
    own = Commitment.objects.filter(case=agreement.case_id, source=CommitmentSource.IOP)
    own.exclude(year__in=amounts).delete()
    for year, amount in amounts.items():
        Commitment.objects.update_or_create(
            case_id=agreement.case_id,
            year=year,
            defaults={"amount": amount, "source": CommitmentSource.IOP},
        )

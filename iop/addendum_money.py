"""An addendum's money: what the city gives a year before and after it, and what is bound in the frame."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy

from django.utils.translation import gettext as _

from grants.models import Commitment, CommitmentSource, Frame
from iop.models import Addendum, Agreement, Contribution, ContributionKind
from iop.money import frame_rooms
from iop.promising import city_money
from iop.writing import Refused
from portal.documents.templatetags.swedish_text import number


def money_after(addendum: Addendum) -> dict[int, int]:
    """Whole kronor that the city's units promise when the addendum is in force, by year."""
    rows = Contribution.objects.filter(
        agreement=addendum.agreement_id, kind=ContributionKind.PENGAR, party__unit__isnull=False
    )
    after = {(row.party_id, row.year): row.kronor or 0 for row in rows}
    changes = addendum.contribution_changes.filter(kind=ContributionKind.PENGAR, party__unit__isnull=False)
    for change in changes:
        after[change.party_id, change.year] = change.kronor or 0
    sums: dict[int, int] = {}
    for (_party, year), kronor in sorted(after.items(), key=lambda item: item[0][1]):
        if kronor:
            sums[year] = sums.get(year, 0) + kronor
    return sums


def increases(before: Mapping[int, int], after: Mapping[int, int]) -> dict[int, int]:
    """By how much each year grows; years that do not are left out."""
    return {
        year: kronor - before.get(year, 0) for year, kronor in after.items() if kronor > before.get(year, 0)
    }


def needs_decision(addendum: Addendum) -> bool:
    """Whether the committee has to decide: the city's money of some year is another than decided before."""
    return money_after(addendum) != city_money(addendum.agreement)


def refuse_over_frame(addendum: Addendum, more: Mapping[int, int]) -> None:
    """Raise Refused when a year that grows has no room in its frame; years without a frame are not stopped.

    The frames are locked, so that two who each stay within what is left do not pass it together.
    """
    as_changed = copy(addendum.agreement)
    as_changed.ends_on = addendum.new_end or as_changed.ends_on
    Frame.objects.hold(as_changed.case.authority_id)
    left = {room.year: room.left for room in frame_rooms(as_changed)}
    for year, kronor in money_after(addendum).items():
        room = left.get(year)
        if year in more and room is not None and kronor > room:
            raise Refused(
                _("For %(year)s the addendum is %(over)s kronor more than what is left of the frame.")
                % {"year": year, "over": number(kronor - room)}
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

"""The partnership's money in the frame: what is left of it, what is taken over from grants, what is bound.

A krona is bound once: where a partnership takes over a grant's money for a year, the grant's commitment is
made smaller by as much as the partnership's holds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.models import Commitment, CommitmentSource, Frame, YearAmount
from iop.models import Agreement, TakenOver
from iop.promising import city_money
from iop.touching import touch
from iop.writing import Refused, begin_to_write
from portal.committee.models import CLOSED_STATES, LineAmount, Stage
from portal.documents.templatetags.swedish_text import number
from portal.people import rules
from portal.registry.models import Case, Event

# --- The frame -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class FrameRoom:
    """One year of the authority's frame, whole kronor; `left` is None where no frame is decided yet.

    `left` is what is free for this partnership: less the reserve, what is bound and what lies before the
    committee, its own not counted.
    """

    year: int
    left: int | None
    wanted: int
    taken_over: int

    @property
    def needs(self) -> int:
        """What the partnership takes of the frame besides what grants have bound already."""
        return max(self.wanted - self.taken_over, 0)

    @property
    def over(self) -> int:
        return max(self.needs - self.left, 0) if self.left is not None else 0


def frame_rooms(agreement: Agreement) -> list[FrameRoom]:
    """The frame of each year of the agreement, in a constant number of queries."""
    authority_id = agreement.case.authority_id
    years = list(agreement.years)
    frames = {
        frame.year: frame.amount - frame.reserve
        for frame in Frame.objects.filter(authority_id=authority_id, year__in=years)
    }
    bound = dict(
        Commitment.objects.filter(case__authority_id=authority_id)
        .exclude(case=agreement.case_id)
        .order_by()
        .values_list("year")
        .annotate(Sum("amount"))
    )
    handed_over = Counter(YearAmount.objects.before_committee(authority_id).by_year())
    handed_over.update(_other_partnerships(agreement))
    wanted = city_money(agreement)
    taken = taken_by_year(agreement)
    return [
        FrameRoom(
            year,
            frames[year] - bound.get(year, 0) - handed_over[year] if year in frames else None,
            wanted.get(year, 0),
            taken.get(year, 0),
        )
        for year in years
    ]


def _other_partnerships(agreement: Agreement) -> dict[int, int]:
    """What other partnerships, and addenda to them, want before the committee: whole kronor by year.

    Applications are counted by their terms; all other lines are partnerships'.
    """
    rows = (
        LineAmount.objects.filter(
            stage=Stage.OFFICERS,
            line__case__authority_id=agreement.case.authority_id,
            line__case__application=None,
        )
        .exclude(line__case=agreement.case_id)
        .exclude(line__matter__state__in=CLOSED_STATES)
    )
    return dict(rows.order_by().values_list("year").annotate(Sum("amount")))


def over_the_frame(agreement: Agreement) -> list[str]:
    """What passes the frame, in words."""
    return [
        _("For %(year)s the partnership needs %(over)s kronor more than what is left of the frame.")
        % {"year": room.year, "over": number(room.over)}
        for room in frame_rooms(agreement)
        if room.over
    ]


# --- Taking over a grant -------------------------------------------------------------------------


@dataclass(frozen=True)
class Grant:
    """What a grant of one of the parties' associations has bound for a year, and what can be taken of it."""

    commitment: Commitment
    case: Case
    association: str
    free: int
    taken: int


def grants_to_take_over(agreement: Agreement) -> list[Grant]:
    """The running grants of the parties' associations for the agreement's years.

    Without those of which a decision has already moved something to this agreement.
    """
    parties = agreement.parties.filter(left_on=None, association__isnull=False)
    commitments = (
        Commitment.objects.filter(
            source=CommitmentSource.GRANT,
            year__in=list(agreement.years),
            case__application__association__in=parties.values("association"),
        )
        .select_related("case", "case__application__association")
        .order_by("case__year", "case__number", "year")
    )
    settled = set(agreement.taken_over.filter(settled_at__isnull=False).values_list("grant_case_id", "year"))
    others: dict[tuple[int, int], int] = defaultdict(int)
    own: dict[tuple[int, int], int] = {}
    unsettled = TakenOver.objects.filter(settled_at=None).exclude(agreement__state="nedlagd")
    for row in unsettled:
        key = (row.grant_case_id, row.year)
        if row.agreement_id == agreement.pk:
            own[key] = row.kronor
        else:
            others[key] += row.kronor
    return [
        Grant(
            row,
            row.case,
            row.case.application.association.name,
            max(row.amount - others[row.case_id, row.year], 0),
            own.get((row.case_id, row.year), 0),
        )
        for row in commitments
        if (row.case_id, row.year) not in settled
    ]


def take_over(agreement: Agreement, sums: Mapping[int, int], by: Any) -> None:
    """Choose what the partnership takes over: commitment id → whole kronor; 0 takes nothing.

    Nothing is bound otherwise until the committee has decided. Raises Refused for more than the grant holds.
    """
    with transaction.atomic():
        current = begin_to_write(agreement, by).agreement
        if not rules.case_officer(by):
            raise Refused(_("The city's case officer chooses what is taken over."))
        grants = {grant.commitment.pk: grant for grant in grants_to_take_over(current)}
        if not sums.keys() <= grants.keys():
            raise Refused(_("This grant does not belong to one of the parties."))
        for pk, kronor in sums.items():
            if kronor > grants[pk].free:
                raise Refused(
                    _("The grant holds %(free)s kronor for %(year)s. Take over at most that.")
                    % {"free": number(grants[pk].free), "year": grants[pk].commitment.year}
                )
        before = list(current.taken_over.values_list("grant_case", "year", "kronor"))
        current.taken_over.filter(settled_at=None).delete()
        TakenOver.objects.bulk_create(
            TakenOver(
                agreement=current,
                grant_case=grants[pk].case,
                year=grants[pk].commitment.year,
                kronor=kronor,
            )
            for pk, kronor in sums.items()
            if kronor
        )
        if list(current.taken_over.values_list("grant_case", "year", "kronor")) != before:
            touch(current, "ekonomi", by)


def taken_by_year(agreement: Agreement) -> dict[int, int]:
    """What is to be taken over, whole kronor by year, as long as nothing is settled."""
    rows = agreement.taken_over.filter(settled_at=None)
    return dict(rows.order_by().values_list("year").annotate(Sum("kronor")))


# --- Binding -------------------------------------------------------------------------------------


def bind(agreement: Agreement, amounts: Mapping[int, int], by: Any) -> None:
    """Bind what the committee decided, by year, within the caller's transaction; doing so twice is once.

    What was bound before for the agreement is let go first. Of a grant's commitment goes at most what is left
    of it, and at most what the partnership was given for the year: an association never loses by it.
    """
    release(agreement, by)
    now = timezone.now()
    room = dict(amounts)
    for row in agreement.taken_over.select_related("grant_case").order_by("pk"):
        commitment = (
            Commitment.objects.select_for_update()
            .filter(case=row.grant_case_id, year=row.year, source=CommitmentSource.GRANT)
            .first()
        )
        moved = min(row.kronor, commitment.amount if commitment else 0, room.get(row.year, 0))
        if commitment is None or moved == 0:
            continue
        room[row.year] -= moved
        _shrink(commitment, moved)
        row.settled_at, row.settled_kronor = now, moved
        row.save(update_fields=["settled_at", "settled_kronor"])
        _log_moved(agreement, row, by)
    Commitment.objects.bulk_create(
        Commitment(case=agreement.case, year=year, amount=amount, source=CommitmentSource.IOP)
        for year, amount in sorted(amounts.items())
        if amount
    )


def release(agreement: Agreement, by: Any) -> None:
    """Let go of what the agreement bound, and give back to grants what was taken over from them."""
    Commitment.objects.filter(case=agreement.case, source=CommitmentSource.IOP).delete()
    for row in agreement.taken_over.filter(settled_at__isnull=False).select_related("grant_case"):
        commitment = (
            Commitment.objects.select_for_update().filter(case=row.grant_case_id, year=row.year).first()
        )
        if commitment is None:
            commitment = Commitment(case=row.grant_case, year=row.year, amount=0)
        commitment.amount += row.settled_kronor or 0
        commitment.save()
        row.settled_at, row.settled_kronor = None, None
        row.save(update_fields=["settled_at", "settled_kronor"])


def _shrink(commitment: Commitment, by_kronor: int) -> None:
    if commitment.amount == by_kronor:
        commitment.delete()
    else:
        commitment.amount -= by_kronor
        commitment.save(update_fields=["amount"])


def _log_moved(agreement: Agreement, row: TakenOver, by: Any) -> None:
    detail = f"{number(row.settled_kronor)} kr för {row.year}: {row.grant_case.registry_number} → " + (
        agreement.case.registry_number
    )
    for case in (row.grant_case, agreement.case):
        case.log(Event.Kind.PARTNERSHIP_TURN, by=by, detail=detail)

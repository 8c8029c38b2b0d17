"""The chair's proposal: adopt the officers', change amounts line by line, or write own decision points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.committee.models import (
    CLOSED_STATES,
    ChairsProposal,
    DecisionPoint,
    LineAmount,
    Matter,
    Stage,
)
from portal.committee.refused import Refused
from portal.committee.report_review import refuse_unless_approved
from portal.committee.signals import chairs_proposal_made
from portal.registry.models import Event

#: Line id → year → whole kronor.
Amounts = dict[int, dict[int, int]]


class CannotPropose(Refused):
    """The chair cannot make this proposal now; the message tells why."""


def adopt(matter: Matter, by: Any, comment: str = "") -> ChairsProposal:
    """The chair agrees with the officers: their amounts and points become the chair's."""
    return _propose(matter, by, ChairsProposal.Stand.ADOPTS, comment, officers_amounts(matter))


def change(
    matter: Matter, by: Any, amounts: Amounts, comment: str, own_points: Sequence[str] = ()
) -> ChairsProposal:
    """The chair proposes other amounts or other decision points; `comment` says why and stands there too.

    Lines and years left out of `amounts` keep the officers' amounts. Without `own_points` the room that
    pushed the matter writes points that say the amounts. Raises CannotPropose without a reason, or when
    nothing differs from what the officers propose.
    """
    if not comment.strip():
        raise CannotPropose(_("Write why you propose something else. The text stands in your proposal."))
    officers = officers_amounts(matter)
    merged = {line_id: dict(by_year) for line_id, by_year in officers.items()}
    for line_id, by_year in amounts.items():
        if line_id not in merged:
            raise CannotPropose(_("One of the lines does not belong to this matter."))
        merged[line_id] |= by_year
    if merged == officers and list(own_points) in (
        [],
        [point.text for point in matter.points(Stage.OFFICERS)],
    ):
        raise CannotPropose(
            _("This is the officers' own proposal. Change an amount, write your own points, or adopt it.")
        )
    return _propose(matter, by, ChairsProposal.Stand.CHANGES, comment, merged, own_points)


def officers_amounts(matter: Matter) -> Amounts:
    return {line.pk: line.amounts_of(Stage.OFFICERS) for line in matter.lines.prefetch_related("amounts")}


def _propose(
    matter: Matter, by: Any, stand: str, comment: str, amounts: Amounts, own_points: Sequence[str] = ()
) -> ChairsProposal:
    with transaction.atomic():
        locked = Matter.objects.select_for_update().get(pk=matter.pk)
        if locked.state in CLOSED_STATES:
            raise CannotPropose(_("The committee has already decided the matter or sent it back."))
        refuse_unless_approved(locked)
        proposal = ChairsProposal.objects.update_or_create(
            matter=locked,
            defaults={
                "stand": stand,
                "comment": comment,
                "own_points": "\n".join(own_points),
                "made_by": by,
                "made_at": timezone.now(),
            },
        )[0]
        write_amounts(Stage.CHAIR, amounts)
        officers = locked.decision_points.filter(stage=Stage.OFFICERS)
        DecisionPoint.objects.write(locked, Stage.CHAIR, [point.text for point in officers])
        chairs_proposal_made.send(sender=ChairsProposal, matter=locked)
        if own_points:
            DecisionPoint.objects.write(locked, Stage.CHAIR, own_points)
        locked.case.log(Event.Kind.CHAIRS_PROPOSAL, by=by)
    return proposal


def write_amounts(stage: str, amounts: Amounts) -> None:
    """Replace the amounts of one stage of some lines."""
    LineAmount.objects.filter(stage=stage, line__in=amounts).delete()
    LineAmount.objects.bulk_create(
        LineAmount(line_id=line_id, stage=stage, year=year, amount=amount)
        for line_id, by_year in amounts.items()
        for year, amount in by_year.items()
    )

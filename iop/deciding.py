"""What the committee's proposals and decisions mean for the agreement behind a matter.

Signals of `portal.committee.signals` end here, inside the transaction of the committee's act. Matters of
other rooms have no `Proposal`, and are nothing to this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from iop import telling
from iop.matter_words import points
from iop.models import Agreement, Contribution, ContributionKind, Proposal
from iop.money import bind, release
from iop.promising import city_money
from iop.states import State, move
from iop.touching import touch
from portal.committee.models import (
    Decision,
    DecisionPoint,
    LineOutcome,
    Matter,
    MatterLine,
    Outcome,
    ReportReview,
    Stage,
)
from portal.registry.models import Event


def take_chairs_proposal(matter: Matter, **kwargs: Any) -> None:
    """The chair spoke: write decision points that say the chair's amounts."""
    if (proposal := _waiting(matter)) is None:
        return
    amounts = {year: amount for year, amount in _amounts(matter, Stage.CHAIR).items() if amount}
    written = points(proposal.text.content, _amounts(matter, Stage.OFFICERS), amounts)
    DecisionPoint.objects.write(matter, Stage.CHAIR, written)


def take_decision(matter: Matter, decision: Decision, **kwargs: Any) -> None:
    """The committee decided: on to signing, back to the parties with what changed, or it came to nothing."""
    if (proposal := _waiting(matter)) is None:
        return
    agreement = _held(proposal)
    rejected = decision.outcome == Outcome.REJECTED or LineOutcome.objects.filter(decision=decision).exists()
    if rejected:
        _settle(proposal, Proposal.Result.REJECTED, decision)
        release(agreement, decision.recorded_by)
        move(agreement, State.DROPPED)
        telling.tell_partners(agreement, "Nämnden har beslutat om ert partnerskap", "decided")
        return
    amounts = {year: amount for year, amount in decided_amounts(proposal).items() if amount}
    bind(agreement, amounts, decision.recorded_by)
    if _is_as_proposed(matter, amounts):
        _settle(proposal, Proposal.Result.APPROVED, decision)
        agreement.text_to_sign = proposal.text
        agreement.save(update_fields=["text_to_sign"])
        move(agreement, State.TO_SIGN)
        telling.tell_partners(agreement, "Överenskommelsen är klar att underteckna", "to_sign")
    else:
        _settle(proposal, Proposal.Result.CHANGED, decision)
        move(agreement, State.WRITING)
        _show_as_decided(agreement, amounts, decision.recorded_by)
        agreement.case.log(
            Event.Kind.AGREEMENT_RETURNED, by=decision.recorded_by, detail=proposal.words[:500]
        )
        telling.tell_partners(agreement, "Nämnden har beslutat om ert partnerskap", "decided")


def take_back(matter: Matter, decision: Decision, **kwargs: Any) -> None:
    """The committee referred back: the parties write again."""
    if (proposal := _waiting(matter)) is None:
        return
    agreement = _held(proposal)
    _settle(proposal, Proposal.Result.RETURNED, decision)
    move(agreement, State.WRITING)
    agreement.case.log(Event.Kind.AGREEMENT_RETURNED, by=decision.recorded_by, detail=proposal.words[:500])
    telling.tell_partners(agreement, "Nämnden har lämnat tillbaka överenskommelsen", "decided")


def take_back_report(matter: Matter, review: ReportReview, **kwargs: Any) -> None:
    """A head sent the officers' report back before the committee got it: the parties write again."""
    if (proposal := _waiting(matter)) is None:
        return
    agreement = _held(proposal)
    proposal.result, proposal.words = Proposal.Result.SENT_BACK, review.reason
    proposal.settled_at = review.at
    proposal.save(update_fields=["result", "words", "settled_at"])
    move(agreement, State.WRITING)
    agreement.case.log(Event.Kind.AGREEMENT_RETURNED, by=review.by, detail=review.reason[:500])
    telling.tell_partners(agreement, "Överenskommelsen behöver ändras", "sent_back")


def decided_amounts(proposal: Proposal) -> dict[int, int]:
    """Whole kronor by year that the committee decided on a proposal; empty before it did."""
    return _amounts(proposal.matter, Stage.DECIDED)


def _waiting(matter: Matter) -> Proposal | None:
    waiting = Proposal.objects.filter(matter=matter, result=Proposal.Result.WAITING, text__addendum=None)
    return waiting.select_related("text", "matter").first()


def _held(proposal: Proposal) -> Agreement:
    return (
        Agreement.objects.select_for_update(of=("self",)).select_related("case").get(pk=proposal.agreement_id)
    )


def _amounts(matter: Matter, stage: str) -> dict[int, int]:
    line = MatterLine.objects.prefetch_related("amounts").get(matter=matter)
    return line.amounts_of(stage)


def _is_as_proposed(matter: Matter, amounts: Mapping[int, int]) -> bool:
    """The amounts and decision points are the officers' own: there is nothing to say yes to anew."""
    written = {
        stage: list(
            DecisionPoint.objects.filter(matter=matter, stage=stage)
            .order_by("position")
            .values_list("text", flat=True)
        )
        for stage in (Stage.OFFICERS, Stage.DECIDED)
    }
    return _amounts(matter, Stage.OFFICERS) == amounts and written[Stage.OFFICERS] == written[Stage.DECIDED]


def _settle(proposal: Proposal, result: str, decision: Decision) -> None:
    decided = DecisionPoint.objects.filter(matter=proposal.matter_id, stage=Stage.DECIDED).order_by(
        "position"
    )
    proposal.result = result
    proposal.words = "\n".join(decided.values_list("text", flat=True))
    proposal.settled_at = timezone.now()
    proposal.save(update_fields=["result", "words", "settled_at"])


def _show_as_decided(agreement: Agreement, amounts: Mapping[int, int], by: Any) -> None:
    """Write the decided money where one unit gives it; where several do, they share it out themselves."""
    before = city_money(agreement)
    for year in sorted(before.keys() | amounts.keys()):
        if before.get(year, 0) == amounts.get(year, 0):
            continue
        rows = list(
            Contribution.objects.filter(
                agreement=agreement, party__unit__isnull=False, kind=ContributionKind.PENGAR, year=year
            )
        )
        if len(rows) != 1:
            continue
        rows[0].kronor = amounts.get(year, 0)
        rows[0].save(update_fields=["kronor"])
    if city_money(agreement) != before:
        touch(agreement, "ataganden", by)
        touch(agreement, "ekonomi", by)

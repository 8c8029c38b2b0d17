"""An addendum that changes the city's money: pushed to the committee as a matter, moved on by its decision.

Signals of `portal.committee.signals` end here, inside the transaction of the committee's act.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from iop.addendum_money import bind, increases, money_after, refuse_over_frame
from iop.models import Addendum, AgreementText, Proposal
from iop.telling import tell_partners
from portal.committee.models import (
    Committee,
    Decision,
    DecisionPoint,
    LineAmount,
    LineOutcome,
    Matter,
    MatterAppendix,
    MatterLine,
    MatterSection,
    Outcome,
    ReportReview,
    Stage,
)
from portal.documents.templatetags.swedish_text import number
from portal.registry.models import Event

PREPARATION = "Parterna har skrivit förslaget till tillägg tillsammans."


def propose(addendum: Addendum, text: AgreementText, by: Any) -> Matter:
    """Push a frozen addendum to the committee, within the caller's transaction.

    The line's amounts are what each year grows by, since the rest is bound already. Raises NotNow when a
    year's frame has no room for it.
    """
    agreement, content = addendum.agreement, text.content
    more = _increases(content)
    refuse_over_frame(addendum, more)
    matter = Matter.objects.create(
        committee=Committee.objects.get(authority_id=agreement.case.authority_id),
        case=agreement.case,
        title=f"Tillägg till idéburet offentligt partnerskap: {agreement.title}",
        summary=_summary(content),
        preparation=PREPARATION,
        send_to="\n".join(["Handläggare", "Akt", *(party["name"] for party in content["parties"])]),
        created_by=by,
    )
    MatterSection.objects.create(
        matter=matter, position=1, heading="Varför parterna vill ändra", body=content["reason"]
    )
    DecisionPoint.objects.write(matter, Stage.OFFICERS, points(content, more))
    names = [party["name"] for party in content["parties"] if not party["is_city"]]
    line = MatterLine.objects.create(
        matter=matter, case=agreement.case, position=1, title=", ".join(names)[:200]
    )
    LineAmount.objects.bulk_create(
        LineAmount(line=line, stage=Stage.OFFICERS, year=year, amount=amount) for year, amount in more.items()
    )
    MatterAppendix.objects.create(
        matter=matter,
        position=1,
        title=f"Förslag till tillägg {addendum.number}",
        source="iop_addendum",
        key=text.pk,
        case=agreement.case,
    )
    Proposal.objects.create(agreement=agreement, text=text, matter=matter)
    agreement.case.log(Event.Kind.TO_COMMITTEE, by=by, detail=agreement.case.registry_number)
    return matter


def points(content: Mapping[str, Any], more: Mapping[int, int]) -> list[str]:
    """The decision points: `more` is by how much the committee lets each year grow."""
    found = [
        f"att godkänna tillägg {content['number']} till överenskommelsen om idéburet offentligt partnerskap "
        f"”{content['agreement']}” enligt bilaga"
    ]
    for year, amount in sorted(more.items()):
        if amount:
            found.append(
                f"att nämndens pengar till partnerskapet för {year} ökar med {number(amount)} kronor, som "
                "finansieras inom nämndens ram för föreningsbidrag"
            )
    for year in sorted(content["money_before"]):
        before, after = content["money_before"][year], content["money_after"].get(year, 0)
        if after < before:
            found.append(
                f"att nämndens pengar till partnerskapet för {year} minskar från {number(before)} kronor "
                f"till {number(after)} kronor"
            )
    return [*found, "att uppdra åt socialdirektören att underteckna tillägget"]


def take_chairs_proposal(matter: Matter, **kwargs: Any) -> None:
    """The chair spoke: write decision points that say the chair's amounts."""
    if (proposal := _waiting(matter)) is not None:
        DecisionPoint.objects.write(
            matter, Stage.CHAIR, points(proposal.text.content, _amounts(matter, Stage.CHAIR))
        )


def take_decision(matter: Matter, decision: Decision, **kwargs: Any) -> None:
    """The committee decided: on to signing as proposed; else back to the parties, who write another text."""
    if (proposal := _waiting(matter)) is None:
        return
    addendum = _held(proposal)
    rejected = decision.outcome == Outcome.REJECTED or LineOutcome.objects.filter(decision=decision).exists()
    if rejected:
        _settle(proposal, Proposal.Result.REJECTED)
        _back_to_writing(addendum, decision)
    elif _is_as_proposed(matter):
        _settle(proposal, Proposal.Result.APPROVED)
        addendum.state, addendum.text_to_sign = Addendum.State.TO_SIGN, proposal.text
        addendum.save(update_fields=["state", "text_to_sign"])
        bind(addendum.agreement, money_after(addendum))
        tell_partners(addendum.agreement, "Ett tillägg är klart att underteckna", "addendum_to_sign")
    else:
        _settle(proposal, Proposal.Result.CHANGED)
        _back_to_writing(addendum, decision)


def take_back(matter: Matter, decision: Decision, **kwargs: Any) -> None:
    """The committee referred back: the parties write again."""
    if (proposal := _waiting(matter)) is not None:
        _settle(proposal, Proposal.Result.RETURNED)
        _back_to_writing(_held(proposal), decision)


def take_back_report(matter: Matter, review: ReportReview, **kwargs: Any) -> None:
    """A head sent the officers' report back before the committee got it: the parties write again."""
    if (proposal := _waiting(matter)) is None:
        return
    proposal.result, proposal.words = Proposal.Result.SENT_BACK, review.reason
    proposal.settled_at = review.at
    proposal.save(update_fields=["result", "words", "settled_at"])
    addendum = _held(proposal)
    _reopen(addendum, review.by)
    tell_partners(addendum.agreement, "Tillägget behöver ändras", "sent_back")


def _waiting(matter: Matter) -> Proposal | None:
    waiting = Proposal.objects.filter(
        matter=matter, result=Proposal.Result.WAITING, text__addendum__isnull=False
    )
    return waiting.select_related("text").first()


def _held(proposal: Proposal) -> Addendum:
    rows = Addendum.objects.select_for_update(of=("self",)).select_related("agreement__case")
    return rows.get(texts=proposal.text_id)


def _back_to_writing(addendum: Addendum, decision: Decision) -> None:
    _reopen(addendum, decision.recorded_by)
    tell_partners(addendum.agreement, "Tillägget har kommit tillbaka från nämnden", "addendum_returned")


def _reopen(addendum: Addendum, by: Any) -> None:
    addendum.state = Addendum.State.WRITING
    addendum.version += 1
    addendum.save(update_fields=["state", "version"])
    addendum.agreement.case.log(Event.Kind.AGREEMENT_RETURNED, by=by, detail=str(addendum)[:500])


def _settle(proposal: Proposal, result: str) -> None:
    decided = DecisionPoint.objects.filter(matter=proposal.matter_id, stage=Stage.DECIDED)
    proposal.result = result
    proposal.words = "\n".join(decided.order_by("position").values_list("text", flat=True))
    proposal.settled_at = timezone.now()
    proposal.save(update_fields=["result", "words", "settled_at"])


def _amounts(matter: Matter, stage: str) -> dict[int, int]:
    line = MatterLine.objects.prefetch_related("amounts").get(matter=matter)
    return {year: amount for year, amount in line.amounts_of(stage).items() if amount}


def _is_as_proposed(matter: Matter) -> bool:
    """The amounts and the decision points are the officers' own."""
    said = {
        stage: list(
            DecisionPoint.objects.filter(matter=matter, stage=stage)
            .order_by("position")
            .values_list("text", flat=True)
        )
        for stage in (Stage.OFFICERS, Stage.DECIDED)
    }
    same_amounts = _amounts(matter, Stage.OFFICERS) == _amounts(matter, Stage.DECIDED)
    return same_amounts and said[Stage.OFFICERS] == said[Stage.DECIDED]


def _increases(content: Mapping[str, Any]) -> dict[int, int]:
    before, after = (
        {int(year): amount for year, amount in content[name].items()}
        for name in ("money_before", "money_after")
    )
    return increases(before, after)


def _summary(content: Mapping[str, Any]) -> str:
    rows = [
        f"{year}: {number(content['money_before'].get(year, 0))} kronor blir "
        f"{number(content['money_after'].get(year, 0))} kronor."
        for year in sorted(content["money_before"].keys() | content["money_after"].keys())
        if content["money_before"].get(year, 0) != content["money_after"].get(year, 0)
    ]
    return "\n\n".join(
        [
            f"Parterna i partnerskapet ”{content['agreement']}” vill ändra överenskommelsen: "
            f"{content['title']}.",
            "Nämndens pengar ändras. " + " ".join(rows),
        ]
    )

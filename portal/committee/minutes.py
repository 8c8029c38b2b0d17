"""Recording what the committee decided: paragraph, points, notes; then the extract is ordered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from portal.committee.matter_text import MatterText
from portal.committee.models import (
    FINAL_OUTCOMES,
    AgendaItem,
    Committee,
    Decision,
    DecisionPoint,
    LineOutcome,
    Matter,
    MatterState,
    MinutesNote,
    Motion,
    MotionKind,
    Outcome,
    Stage,
)
from portal.committee.papers import minutes_extract
from portal.committee.phrases import TODAY, motion_name, motion_points, points_with_rejections, proposal_name
from portal.committee.proposals import Amounts, write_amounts
from portal.committee.refused import Refused
from portal.committee.said import Said, result_of, said_on
from portal.committee.signals import matter_decided, matter_returned
from portal.committee.whole_minutes import refuse_when_sent
from portal.documents.work import order
from portal.registry.models import Event, Record

#: What becomes of the matter.
MATTER_STATES = {
    Outcome.GRANTED: MatterState.DECIDED,
    Outcome.REJECTED: MatterState.DECIDED,
    Outcome.TABLED: MatterState.TABLED,
    Outcome.REFERRED_BACK: MatterState.REFERRED_BACK,
}


#: What a motion makes of the matter when it wins a vote.
_MOTION_OUTCOMES = {
    MotionKind.GRANT: Outcome.GRANTED,
    MotionKind.REJECT: Outcome.REJECTED,
    MotionKind.TABLE: Outcome.TABLED,
    MotionKind.REFER_BACK: Outcome.REFERRED_BACK,
}


class CannotRecord(Refused):
    """The decision cannot be recorded; the message tells the secretary why."""


@dataclass(frozen=True)
class Note:
    """A conflict of interest, dissent or statement to stand in the minutes."""

    kind: str
    text: str


@dataclass(frozen=True)
class Decided:
    """What the committee decided in one matter, as the secretary records it.

    `instruction` says what a matter referred back is to be prepared for. `motion` is the motion to change
    that won: its points are decided. `points` are decision points written in the room, where neither proposal
    nor motion has them; `amounts` whole kronor by line and year where they differ from the proposal;
    `rejected` the lines that got a no although the rest was decided.
    """

    outcome: str
    instruction: str = ""
    motion: Motion | None = None
    points: Sequence[str] = ()
    amounts: Amounts = field(default_factory=dict)
    rejected: frozenset[int] = frozenset()
    notes: Sequence[Note] = ()
    is_immediate: bool = False


def record_decision(
    item: AgendaItem, outcome: str, by: Any, *, instruction: str = "", notes: Sequence[Note] = ()
) -> Decision:
    """Record that a matter was left as a whole: as proposed, rejected, tabled or referred back."""
    return record(item, Decided(outcome, instruction=instruction, notes=notes), by)


def record(item: AgendaItem, decided: Decided, by: Any) -> Decision:
    """Record the paragraph of one agenda item and order its extract (kommunallagen 5:65–67).

    Paragraphs run through the year without gaps: the committee's row is locked while the next number is
    taken. Raises CannotRecord when it is recorded already or what is written does not hold together.
    """
    with transaction.atomic():
        refuse_when_sent(item.meeting)
        committee = Committee.objects.select_for_update().get(pk=item.meeting.committee_id)
        matter = Matter.objects.select_for_update().get(pk=item.matter_id)
        if matter.state != MatterState.ON_AGENDA or Decision.objects.filter(agenda_item=item).exists():
            raise CannotRecord(_("A decision is already recorded for this item."))
        said = said_on([item])[item.pk]
        _check(matter, decided, said)
        decision = Decision.objects.create(
            agenda_item=item,
            matter=matter,
            committee=committee,
            year=item.meeting.date.year,
            paragraph=_next_paragraph(committee, item.meeting.date.year),
            outcome=decided.outcome,
            is_immediate=decided.is_immediate,
            recorded_by=by,
        )
        MinutesNote.objects.bulk_create(
            MinutesNote(decision=decision, kind=note.kind, text=note.text, position=position)
            for position, note in enumerate(decided.notes, start=1)
        )
        matter.state = MATTER_STATES[Outcome(decided.outcome)]
        matter.save(update_fields=["state"])
        DecisionPoint.objects.write(matter, Stage.DECIDED, _decided_points(matter, decided))
        _settle_lines(matter, decision, decided)
        matter.case.log(Event.Kind.DECIDED, by=by, detail=f"§ {decision.paragraph}")
        order_extract(decision, said)
        if decided.outcome in FINAL_OUTCOMES:
            matter_decided.send(sender=Decision, matter=matter, decision=decision)
        elif decided.outcome == Outcome.REFERRED_BACK:
            matter_returned.send(sender=Decision, matter=matter, decision=decision)
    return decision


def order_extract(decision: Decision, said: Said | None = None) -> None:
    """Order the minutes' extract and register it on the matter's case and on each line's.

    Ordered anew when a dissent is announced after the paragraph was recorded: the register then has both.
    """
    matter, meeting = decision.matter, decision.agenda_item.meeting
    text = MatterText.from_matter(matter, meeting=meeting, decision=decision, said=said)
    decision.extract = document = order(minutes_extract(text))
    decision.save(update_fields=["extract"])
    cases = {matter.case_id: matter.case} | {
        line.case_id: line.case for line in matter.lines.select_related("case")
    }
    for case in cases.values():
        case.register(
            Record.Kind.MINUTES_EXTRACT, f"Protokollsutdrag § {decision.paragraph}", document=document
        )


def _next_paragraph(committee: Committee, year: int) -> int:
    last = committee.decisions.filter(year=year).aggregate(last=Max("paragraph"))["last"]
    return (last or 0) + 1


def proposed_amounts(matter: Matter) -> Amounts:
    """By line, what the committee has before it: the chair's amounts, or else the officers'."""
    stage = Stage.CHAIR if matter.has_chairs_proposal else Stage.OFFICERS
    return {line.pk: line.amounts_of(stage) for line in matter.lines.prefetch_related("amounts")}


def _check(matter: Matter, decided: Decided, said: Said) -> None:
    if decided.outcome == Outcome.REFERRED_BACK and not decided.instruction.strip():
        raise CannotRecord(_("Write what the administration is to prepare."))
    proposed = proposed_amounts(matter)
    if not decided.amounts.keys() <= proposed.keys() or not decided.rejected <= proposed.keys():
        raise CannotRecord(_("One of the lines does not belong to this matter."))
    if decided.motion and decided.motion.pk not in {motion.pk for motion in said.standing_motions}:
        raise CannotRecord(
            _("The motion is withdrawn or taken away. Choose what the decision follows again.")
        )
    changed = any(
        by_year != proposed[line_id]
        for line_id, by_year in decided.amounts.items()
        if line_id not in decided.rejected
    )
    follows_proposal = decided.outcome == Outcome.GRANTED and not decided.motion and not decided.points
    if changed and follows_proposal:
        raise CannotRecord(
            _("The amounts differ from the proposal. Write the decision points as the committee decided.")
        )
    _agrees_with_votes(matter, decided, said)


def won_by_vote(matter: Matter, said: Said) -> tuple[str, list[Motion]]:
    """What the last vote was won by, and the motions of that name; empty without a vote."""
    if not said.votes:
        return "", []
    vote = said.votes[-1]
    won = vote.yes_means if result_of(vote).passed else vote.no_means
    proposal = proposal_name(matter)
    return won, [motion for motion in said.standing_motions if motion_name(motion, proposal) == won]


def outcome_of_vote(matter: Matter, said: Said) -> tuple[str, Motion | None]:
    """The outcome that the last vote gave, with the motion to change that won; "" where it gave none."""
    won, motions = won_by_vote(matter, said)
    if won == proposal_name(matter):
        return Outcome.GRANTED, None
    if not motions:
        return "", None
    if motions[0].kind == MotionKind.CHANGE:
        return Outcome.GRANTED, motions[0]
    return _MOTION_OUTCOMES[MotionKind(motions[0].kind)], None


def _agrees_with_votes(matter: Matter, decided: Decided, said: Said) -> None:
    """Refuse another outcome than the last vote gave; votes about something else settle nothing here."""
    won, motions = won_by_vote(matter, said)
    outcome, change = outcome_of_vote(matter, said)
    if won == TODAY:
        agrees = decided.outcome in FINAL_OUTCOMES
    elif not outcome:
        return
    elif change:
        agrees = decided.outcome == outcome and decided.motion in motions
    else:
        # Where nobody moved to reject, a proposal that is itself a no may be recorded as a rejection.
        rejections = [motion for motion in said.standing_motions if motion.kind == MotionKind.REJECT]
        is_no = outcome == Outcome.GRANTED and decided.outcome == Outcome.REJECTED and not rejections
        agrees = decided.motion is None and (decided.outcome == outcome or is_no)
    if not agrees:
        raise CannotRecord(
            _("The vote was won by “%(won)s”. Record that, or correct the vote.") % {"won": won}
        )


def _decided_points(matter: Matter, decided: Decided) -> list[str]:
    if decided.outcome == Outcome.TABLED:
        return ["att bordlägga ärendet till nämndens nästa sammanträde"]
    if decided.outcome == Outcome.REFERRED_BACK:
        instruction = decided.instruction.strip().rstrip(".")
        return [f"att återremittera ärendet till förvaltningen för {instruction}"]
    if decided.points:
        return list(decided.points)
    if decided.motion:
        return motion_points(decided.motion)
    titles = {line.pk: line.title for line in matter.lines.all()}
    if decided.outcome == Outcome.REJECTED:
        return [f"att avslå ansökan från {title}" for title in titles.values()] or ["att avslå förslaget"]
    proposed = [point.text for point in matter.proposed_points()]
    rejected = [title for line_id, title in titles.items() if line_id in decided.rejected]
    return points_with_rejections(proposed, rejected, list(titles.values()))


def _settle_lines(matter: Matter, decision: Decision, decided: Decided) -> None:
    """Write the decided amounts of each line; a rejected line has none, and a row that says so."""
    if decided.outcome != Outcome.GRANTED:
        return
    amounts = proposed_amounts(matter) | decided.amounts
    for line_id in decided.rejected:
        amounts[line_id] = {}
    write_amounts(Stage.DECIDED, amounts)
    LineOutcome.objects.bulk_create(
        LineOutcome(decision=decision, line_id=line_id, outcome=Outcome.REJECTED)
        for line_id in sorted(decided.rejected)
    )

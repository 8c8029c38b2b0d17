"""Recording what the committee decided: paragraph, points, notes; then the extract is ordered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.committee.approval import is_in_approved_minutes
from portal.committee.matter_text import MatterText
from portal.committee.models import (
    FINAL_OUTCOMES,
    AgendaItem,
    Committee,
    Decision,
    DecisionPoint,
    Matter,
    MatterState,
    MinutesNote,
    Outcome,
    Stage,
)
from portal.committee.papers import minutes_extract
from portal.committee.proposals import write_amounts
from portal.committee.refused import Refused
from portal.committee.signals import decision_released, matter_decided, matter_returned
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


class CannotRecord(Refused):
    """The decision cannot be recorded; the message tells the secretary why."""


@dataclass(frozen=True)
class Note:
    """A conflict of interest, dissent or statement to stand in the minutes."""

    kind: str
    text: str


def record_decision(
    item: AgendaItem, outcome: str, by: Any, *, instruction: str = "", notes: Sequence[Note] = ()
) -> Decision:
    """Record the paragraph of one agenda item and order its extract (kommunallagen 5:65–67).

    `instruction` says what a matter referred back is to be prepared for. Paragraphs run through the
    year without gaps: the committee's row is locked while the next number is taken.
    """
    with transaction.atomic():
        refuse_when_sent(item.meeting)
        committee = Committee.objects.select_for_update().get(pk=item.meeting.committee_id)
        matter = Matter.objects.select_for_update().get(pk=item.matter_id)
        if matter.state != MatterState.ON_AGENDA or Decision.objects.filter(agenda_item=item).exists():
            raise CannotRecord(_("A decision is already recorded for this item."))
        if outcome == Outcome.REFERRED_BACK and not instruction.strip():
            raise CannotRecord(_("Write what the administration is to prepare."))
        decision = Decision.objects.create(
            agenda_item=item,
            matter=matter,
            committee=committee,
            year=item.meeting.date.year,
            paragraph=_next_paragraph(committee, item.meeting.date.year),
            outcome=outcome,
            recorded_by=by,
        )
        MinutesNote.objects.bulk_create(
            MinutesNote(decision=decision, kind=note.kind, text=note.text, position=position)
            for position, note in enumerate(notes, start=1)
        )
        matter.state = MATTER_STATES[Outcome(outcome)]
        matter.save(update_fields=["state"])
        DecisionPoint.objects.write(matter, Stage.DECIDED, _decided_points(matter, outcome, instruction))
        _settle_lines(matter, outcome)
        matter.case.log(Event.Kind.DECIDED, by=by, detail=f"§ {decision.paragraph}")
        _order_extract(matter, item, decision)
        if outcome in FINAL_OUTCOMES:
            matter_decided.send(sender=Decision, matter=matter, decision=decision)
        elif outcome == Outcome.REFERRED_BACK:
            matter_returned.send(sender=Decision, matter=matter, decision=decision)
    return decision


def release(decision: Decision, by: Any) -> bool:
    """Let the associations see the decision and tell them that it is there; False when done before."""
    with transaction.atomic():
        if not decision.is_final:
            raise CannotRecord(_("Only a final decision can be released."))
        if not is_in_approved_minutes(decision):
            raise CannotRecord(
                _("The associations are told when the minutes of the decision are approved, not before.")
            )
        released = Decision.objects.filter(pk=decision.pk, released_at=None).update(
            released_at=timezone.now()
        )
        if released:
            decision.refresh_from_db(fields=["released_at"])
            decision.matter.case.log(Event.Kind.RELEASED, by=by)
            decision_released.send(sender=Decision, matter=decision.matter, decision=decision, by=by)
    return bool(released)


def release_all(decisions: Iterable[Decision], by: Any) -> int:
    """Release all final decisions in approved minutes; says how many had not been released before."""
    with transaction.atomic():
        return sum(
            release(decision, by)
            for decision in decisions
            if decision.is_final and is_in_approved_minutes(decision)
        )


def _next_paragraph(committee: Committee, year: int) -> int:
    last = committee.decisions.filter(year=year).aggregate(last=Max("paragraph"))["last"]
    return (last or 0) + 1


def _decided_points(matter: Matter, outcome: str, instruction: str) -> list[str]:
    if outcome == Outcome.TABLED:
        return ["att bordlägga ärendet till nämndens nästa sammanträde"]
    if outcome == Outcome.REFERRED_BACK:
        return [f"att återremittera ärendet till förvaltningen för {instruction.strip().rstrip('.')}"]
    if outcome == Outcome.REJECTED:
        titles = [line.title for line in matter.lines.all()]
        return [f"att avslå ansökan från {title}" for title in titles] or ["att avslå förslaget"]
    return [point.text for point in matter.proposed_points()]


def _settle_lines(matter: Matter, outcome: str) -> None:
    """Write the decided amounts of each line: the chair's, or the officers' where the chair was silent."""
    if outcome != Outcome.GRANTED:
        return
    stage = Stage.CHAIR if matter.has_chairs_proposal else Stage.OFFICERS
    lines = matter.lines.prefetch_related("amounts")
    write_amounts(Stage.DECIDED, {line.pk: line.amounts_of(stage) for line in lines})


def _order_extract(matter: Matter, item: AgendaItem, decision: Decision) -> None:
    """Order the minutes' extract and register it on the matter's case and on each line's."""
    text = MatterText.from_matter(matter, meeting=item.meeting, decision=decision)
    decision.extract = document = order(minutes_extract(text))
    decision.save(update_fields=["extract"])
    cases = {matter.case_id: matter.case} | {
        line.case_id: line.case for line in matter.lines.select_related("case")
    }
    for case in cases.values():
        case.register(
            Record.Kind.MINUTES_EXTRACT, f"Protokollsutdrag § {decision.paragraph}", document=document
        )

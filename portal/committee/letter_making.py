"""Making letters: ordered for a whole meeting at once, each made by a worker, again when it fell behind.

`advance` does whatever can be done now and may run any number of times, on any worker.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.committee.letter_facts import Parts, facts_of, source_of, written_to
from portal.committee.models import (
    Decision,
    Letter,
    LetterState,
    MatterLine,
    Meeting,
    MinutesState,
)
from portal.committee.refused import Refused
from portal.documents.leases import LOOK_AGAIN, MAX_ATTEMPTS, technical_text
from portal.documents.models import DocumentState
from portal.documents.work import order, ring, try_again

logger = structlog.get_logger(__name__)


class CannotWrite(Refused):
    """The letter cannot be made, edited or released so; the message tells the secretary why."""


def order_letters(meeting: Meeting, by: Any) -> int:
    """Order the letters of a meeting's decisions in approved minutes; returns how many will be made.

    Those there are stay, except drafts that fell behind what is recorded, which are made again with the
    texts somebody edited, and those that failed, which are tried again. Raises CannotWrite before the
    minutes are approved.
    """
    with transaction.atomic():
        Meeting.objects.select_for_update().get(pk=meeting.pk)
        decisions = list(
            Decision.objects.visible_to(by).filter(
                agenda_item__meeting=meeting, paragraph_text__minutes__state=MinutesState.APPROVED
            )
        )
        if not decisions:
            raise CannotWrite(_("The letters are made when the minutes are approved, not before."))
        missing = _missing(decisions)
        Letter.objects.bulk_create(
            Letter(decision=decision, line=line, ordered_by=by) for decision, line in missing
        )
        existing = Letter.objects.filter(decision__in=decisions)
        again = [*stale(existing.filter(state=LetterState.READY)), *existing.filter(state=LetterState.FAILED)]
        for letter in again:
            _try_document_again(letter)
        remake(letter.pk for letter in again)
        new = existing.filter(state=LetterState.DRAFT, document=None).values_list("pk", flat=True)
        _ring_for(new)
    return len(missing) + len(again)


def _missing(decisions: Collection[Decision]) -> list[tuple[Decision, MatterLine]]:
    """The lines of the decisions' matters that some room writes about and that have no letter yet.

    A decision that is released has been told, also one released before letters were rows of their own.
    """
    decisions = [decision for decision in decisions if decision.released_at is None]
    lines = list(MatterLine.objects.filter(matter__in=[decision.matter_id for decision in decisions]))
    cases = written_to({line.case_id for line in lines})
    known = set(Letter.objects.filter(decision__in=decisions).values_list("decision", "line"))
    return [
        (decision, line)
        for decision in decisions
        for line in lines
        if line.matter_id == decision.matter_id
        and line.case_id in cases
        and (decision.pk, line.pk) not in known
    ]


def stale(letters: Any) -> list[Letter]:
    """Of made letters, those that say something else than what is recorded now."""
    rows = list(with_relations(letters))
    facts = facts_of(rows)
    return [row for row in rows if is_behind(row, facts)]


def is_behind(letter: Letter, facts: Any) -> bool:
    """Whether a draft was made from something else than these facts, by letter."""
    if letter.is_released or not letter.facts_sha256:
        return False
    now = facts.get(letter.pk)
    return now is None or now.sha256 != letter.facts_sha256


def with_relations(letters: Any) -> Any:
    """With all that writing a letter, or a row about it, reads of the committee's own."""
    return letters.select_related(
        "line__case",
        "decision__agenda_item__meeting__committee__authority",
        "decision__committee__authority",
        "decision__matter__case",
        "decision__matter__chairs_proposal",
    )


def remake(letter_ids: Any, **fields: Any) -> None:
    """Let a worker make these letters again, with other fields where told; whoever held them lets go."""
    ids = list(letter_ids)
    Letter.objects.filter(pk__in=ids).update(
        state=LetterState.DRAFT,
        attempts=0,
        lease_until=None,
        due_at=timezone.now(),
        error="",
        technical_error="",
        **fields,
    )
    _ring_for(ids)


def _ring_for(letter_ids: Any) -> None:
    from portal.committee.tasks import advance_letter

    for letter_id in letter_ids:
        ring(advance_letter, letter_id)


def retry(letter: Letter) -> None:
    """Try a failed letter again, with a new set of attempts for it and for its document."""
    with transaction.atomic():
        stored = Letter.objects.select_for_update(of=("self",)).select_related("document").get(pk=letter.pk)
        if stored.has_failed:
            _try_document_again(stored)
            remake([stored.pk])


def _try_document_again(letter: Letter) -> None:
    if letter.document is not None:
        try_again([letter.document])


def ring_for_letters_waiting_on(document_id: int, **kwargs: Any) -> None:
    """A document is settled: ring for its letter, also for one that had failed with it."""
    waiting = Letter.objects.filter(
        document_id=document_id, state__in=[LetterState.MAKING, LetterState.FAILED]
    )
    ids = list(waiting.values_list("pk", flat=True))
    Letter.objects.filter(pk__in=ids).update(
        state=LetterState.MAKING, attempts=0, due_at=timezone.now(), error="", technical_error=""
    )
    _ring_for(ids)


def advance(letter_id: int) -> None:
    """Bring a letter as far as it can come now: write it, or see what became of its document."""
    letter = Letter.objects.take(letter_id)
    if letter is None:
        return
    if letter.is_exhausted:
        letter.give_back(
            state=LetterState.FAILED, error=_("The work stopped half way each time it was tried.")
        )
        return
    try:
        if letter.state == LetterState.DRAFT:
            _write(letter)
        else:
            _follow_document(letter)
    except CannotWrite as refusal:
        letter.give_back(state=LetterState.FAILED, error=str(refusal))
    except Exception as error:
        logger.warning("letter_postponed", letter_id=letter.pk, error=type(error).__name__)
        if letter.attempts >= MAX_ATTEMPTS:
            letter.give_back(
                state=LetterState.FAILED,
                error=f"{type(error).__name__}: {error}",
                technical_error=technical_text(error),
            )
        else:
            letter.postpone(error)


def _write(letter: Letter) -> None:
    """Write the letter from what is recorded and what was edited, and order its document."""
    facts = facts_of([letter]).get(letter.pk)
    if facts is None:
        raise CannotWrite(_("Nothing is recorded for this case that the letter could be made from."))
    parts = Parts(**letter.parts) if letter.is_edited else facts.suggested
    with transaction.atomic():
        document = order(source_of(letter, facts, parts))
        letter.give_back(
            state=LetterState.MAKING,
            outcome=facts.outcome,
            parts=asdict(parts),
            facts_sha256=facts.sha256,
            document=document,
            attempts=0,
            due_at=timezone.now() + LOOK_AGAIN,
            error="",
            technical_error="",
        )
        if document.is_ready or document.has_failed:
            ring_for_letters_waiting_on(document.pk)


def _follow_document(letter: Letter) -> None:
    document = letter.document
    assert document is not None  # the state says so: it is written with its document
    if document.has_failed:
        letter.give_back(
            state=LetterState.FAILED, error=document.error, technical_error=document.technical_error
        )
    elif document.is_ready:
        letter.give_back(state=LetterState.READY, error="", technical_error="")
    else:
        letter.give_back(attempts=0, due_at=timezone.now() + LOOK_AGAIN)
        # It may have been settled while this worker still held the letter.
        document.refresh_from_db(fields=["state"])
        if document.state != DocumentState.QUEUED:
            ring_for_letters_waiting_on(document.pk)

"""Releasing letters: decided is not yet told. Until here the associations see nothing of a decision."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.committee.approval import is_in_approved_minutes
from portal.committee.letter_facts import LetterFacts, facts_of, writer_of
from portal.committee.letter_making import CannotWrite, is_behind, with_relations
from portal.committee.models import Decision, Letter, LetterState
from portal.documents.leases import technical_text
from portal.documents.work import ring
from portal.people.tasks import send_queued_mail
from portal.registry.models import Event, Record

logger = structlog.get_logger(__name__)


@dataclass
class Released:
    """How many went out now, and which were held back, each with the reason."""

    count: int = 0
    held: list[tuple[Letter, str]] = field(default_factory=list)


def release(letters: Iterable[Letter], by: Any) -> Released:
    """Release each letter that is ready and of the version given: register, show, mail.

    Each is a transaction of its own: one that cannot go out is held back with the reason and stops no
    other. Releasing twice changes nothing.
    """
    asked = {letter.pk: letter.version for letter in letters}
    rows = list(with_relations(Letter.objects.filter(pk__in=asked)))
    facts = facts_of(row for row in rows if not row.is_released)
    result = Released()
    for row in rows:
        try:
            with transaction.atomic():
                result.count += _release(row, asked[row.pk], facts, by)
        except CannotWrite as refusal:
            result.held.append((row, str(refusal)))
        except Exception as error:
            logger.error("letter_not_released", letter_id=row.pk, error=type(error).__name__)
            _note_failure(row, error)
            result.held.append((row, _failed_text(error)))
    return result


def _release(row: Letter, version: int, facts: dict[int, LetterFacts], by: Any) -> bool:
    letter = Letter.objects.select_for_update(of=("self",)).select_related("document").get(pk=row.pk)
    if letter.is_released:
        return False
    said = facts.get(letter.pk)
    writer = writer_of(row.line.case_id)
    if not letter.is_ready or said is None or writer is None:
        raise CannotWrite(_("The letter is not ready yet."))
    if letter.version != version:
        raise CannotWrite(_("The letter has been changed since you read it. Read it again."))
    if is_behind(letter, facts):
        raise CannotWrite(_("What is recorded has changed since the letter was made. Make it anew."))
    if not is_in_approved_minutes(row.decision):
        raise CannotWrite(
            _("The associations are told when the minutes of the decision are approved, not before.")
        )
    case = row.line.case
    record = _registered_before(row, said.record_kind) or case.register(
        said.record_kind, said.heading, by=by, document=letter.document
    )
    case.log(Event.Kind.RELEASED, by=by, detail=f"§ {row.decision.paragraph}")
    mail = writer.tell(row, by)
    Letter.objects.filter(pk=letter.pk).update(
        state=LetterState.RELEASED,
        released_at=timezone.now(),
        released_by=by,
        record=record,
        document=record.document,
        mail=mail,
    )
    _close(row.decision, by)
    ring(send_queued_mail)
    return True


def _registered_before(row: Letter, kind: str) -> Record | None:
    """A letter of the same decision that the case holds already, from when letters were no rows of their own.

    It stands as it was registered and is what the association is shown; there is no second one beside it.
    """
    return Record.objects.filter(
        case=row.line.case_id,
        kind=kind,
        letter=None,
        document__isnull=False,
        created_at__gte=row.decision.recorded_at,
    ).first()


def _close(decision: Decision, by: Any) -> None:
    """Note on the decision, and on a collecting matter's own case, that the last of its letters went out."""
    if decision.letters.unreleased().exists():
        return
    Decision.objects.filter(pk=decision.pk).update(released_at=timezone.now())
    if not decision.letters.filter(line__case=decision.matter.case_id).exists():
        decision.matter.case.log(Event.Kind.RELEASED, by=by, detail=f"§ {decision.paragraph}")


def _note_failure(row: Letter, error: Exception) -> None:
    Letter.objects.filter(pk=row.pk, state=LetterState.READY).update(
        state=LetterState.FAILED, error=_failed_text(error), technical_error=technical_text(error)
    )


def _failed_text(error: Exception) -> str:
    return _("The letter could not go out (%(error)s).") % {"error": f"{type(error).__name__}: {error}"}


def mail_again(letter: Letter) -> None:
    """Send once more the mail that was given up; the letter itself is released and stays so."""
    from post_office.models import STATUS, Email

    with transaction.atomic():
        given_up = Email.objects.filter(pk=letter.mail_id, status=STATUS.failed)
        if given_up.update(status=STATUS.queued, number_of_retries=None, scheduled_time=None):
            ring(send_queued_mail)

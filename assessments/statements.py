"""Statements (yttranden): an officer asks a unit of the administration, its contacts write, one hands in.

The unit sees a page with its question and the parts of the application that the question is about, and
nothing else of the case. What is handed in is registered on the case and can no longer be changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.impartiality import reason_to_refuse
from assessments.models import Statement
from assessments.models.statements import contacts_for
from grants.models import Application
from grants.notices import tell
from grants.states import OPEN_STATES
from portal.people.models import Unit, User
from portal.registry.models import Event, Record


class Refused(Exception):
    """The act is not possible now; the message tells the person why."""


class Conflict(Exception):
    """A colleague saved meanwhile; `statement` is as they left it, and nothing was written."""

    def __init__(self, statement: Statement) -> None:
        super().__init__(f"statement {statement.pk} is at version {statement.version}")
        self.statement = statement


class NotReady(Exception):
    """Something is missing; `missing` maps each field to what to do."""

    def __init__(self, missing: dict[str, str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


@dataclass(frozen=True)
class Written:
    """What a unit says on the two criteria that it can speak to."""

    komplement: str
    samverkan: str


def contacts(application: Application, unit: Unit) -> list[User]:
    """The unit's contacts who may answer in the case."""
    return list(
        User.objects.filter(unit_contacts__in=contacts_for(application.pk, unit.pk)).order_by("pk").distinct()
    )


def ask(application: Application, unit: Unit, question: str, due_on: date, by: Any) -> Statement:
    """Ask a unit for its statement and tell its contacts that there is something to answer.

    Raises Refused when it is asked already, nobody answers for it in this case, or the case has gone on.
    """
    with transaction.atomic():
        current = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
        _refuse_unless_impartial(current, by)
        if current.state not in OPEN_STATES:
            raise Refused(_("The case is no longer with the officers, so no statement can be asked for."))
        people = contacts(current, unit)
        if not people:
            raise Refused(
                _("Nobody can answer for %(unit)s in this case. Choose another unit.") % {"unit": unit}
            )
        try:
            with transaction.atomic():
                statement = Statement.objects.create(
                    application=current, unit=unit, question=question, due_on=due_on, asked_by=by
                )
        except IntegrityError:
            raise Refused(_("%(unit)s is asked already and has not answered yet.") % {"unit": unit}) from None
        current.received_case.log(Event.Kind.STATEMENT_ASKED, by=by, detail=str(unit))
        tell(
            [person.email for person in people],
            "En fråga om yttrande väntar i Samspel",
            "mail/statement_awaited.txt",
            {},
        )
    return statement


def withdraw(statement: Statement, by: Any) -> None:
    """Take a question back; what the unit had begun to write is kept and no longer shown to it.

    Raises Refused when it is answered or taken back already.
    """
    with transaction.atomic():
        current = _locked(statement, by)
        current.withdrawn_at = timezone.now()
        current.save(update_fields=["withdrawn_at"])
        current.application.received_case.log(Event.Kind.STATEMENT_WITHDRAWN, by=by, detail=str(current.unit))


def written(statement: Statement) -> Written:
    """What is saved, in the shape it was written."""
    return Written(statement.komplement, statement.samverkan)


def save(statement: Statement, data: Written, version: int, by: Any) -> Statement:
    """Save what a contact wrote, if the statement is still at the version it was read at.

    Raises Conflict when a colleague saved meanwhile, and Refused when it is not open to the person.
    """
    with transaction.atomic():
        current = _locked(statement, by)
        if current.version != version:
            raise Conflict(current)
        current.komplement = data.komplement
        current.samverkan = data.samverkan
        current.version += 1
        current.save(update_fields=["komplement", "samverkan", "version"])
    return current


def hand_in(statement: Statement, by: Any) -> Record:
    """Register the statement on the case; from now on it is the unit's word and cannot be changed.

    Raises NotReady when one of the texts is missing, Conflict when a colleague saved after the person read
    it, and Refused when it is not open to the person.
    """
    with transaction.atomic():
        current = _locked(statement, by)
        if current.version != statement.version:
            raise Conflict(current)
        if missing := _missing(current):
            raise NotReady(missing)
        current.answered_by = by
        current.answered_at = timezone.now()
        current.save(update_fields=["answered_by", "answered_at"])
        case = current.application.received_case
        record = case.register(
            Record.Kind.STATEMENT,
            f"Yttrande: {current.unit}",
            by=by,
            content={
                "unit": current.unit.name,
                "question": current.question,
                "asked_at": current.asked_at,
                "due_on": current.due_on,
                "komplement": current.komplement,
                "samverkan": current.samverkan,
                "answered_at": current.answered_at,
            },
        )
        case.log(Event.Kind.STATEMENT_ANSWERED, by=by, detail=str(current.unit))
    return record


def _locked(statement: Statement, by: Any) -> Statement:
    """The open statement as it stands now, locked until the transaction ends."""
    current = Statement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    _refuse_unless_impartial(current.application, by)
    if current.withdrawn_at is not None:
        raise Refused(_("The question has been taken back, so nothing was saved."))
    if current.is_answered:
        raise Refused(_("The statement is handed in, so it can no longer be changed."))
    return current


def _refuse_unless_impartial(application: Application, by: Any) -> None:
    if reason := reason_to_refuse(application, by):
        raise Refused(reason)


def _missing(statement: Statement) -> dict[str, str]:
    return {
        name: _("Write something here, or that you have nothing to say on it.")
        for name in ("komplement", "samverkan")
        if not getattr(statement, name).strip()
    }

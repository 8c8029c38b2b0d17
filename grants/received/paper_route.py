"""An application that came on paper: an officer enters it in one act, and its scan is the record.

It is never a draft: association, case, record and receipt are written together, so there is nothing unsent
that staff could open (tryckfrihetsförordningen 2:13). There must always be such a way for those who have no
electronic identification.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from grants.applying.submission import register, tell
from grants.calls.call_editing import freeze_call
from grants.models import (
    Application,
    Association,
    Call,
    Lateness,
    Route,
    Terms,
    TermsStage,
)
from grants.received import searching
from grants.states import State
from portal.documents.models import StoredFile
from portal.documents.templatetags.swedish_text import swedish_date
from portal.registry.models import Event

#: The hour a paper counts as arrived on its day, where nobody knows better.
NOON = time(12)


@dataclass(frozen=True)
class OnPaper:
    """What the officer read in the paper. `key` makes a form that is sent twice one application.

    `association` is one that is registered, or a new one that is not saved yet: it is then registered
    without people, who can be invited later. `amounts` are whole kronor by year.
    """

    key: UUID
    call: Call
    association: Association
    title: str
    amounts: Mapping[int, int]
    child_share: int | None
    arrived_on: date
    arrived_by: str
    scan: StoredFile
    filename: str


def enter(paper: OnPaper, by: Any) -> Application:
    """Enter the application as sent, with case, record, receipt and events; twice gives the same one.

    The day it reached the authority decides whether it is late, not the day it is entered
    (förvaltningslagen 22 §); what is late waits for an officer to judge it.
    """
    try:
        with transaction.atomic():
            return _existing(paper) or _enter(paper, by)
    except IntegrityError:  # the other press of the button was a moment ahead
        existing = _existing(paper)
        if existing is None:
            raise
        return existing


def _existing(paper: OnPaper) -> Application | None:
    return Application.objects.sent().filter(entry_key=paper.key).first()


def _enter(paper: OnPaper, by: Any) -> Application:
    freeze_call(paper.call.pk)
    association = _registered(paper.association)
    arrived_at = arrival(paper.call, paper.arrived_on)
    is_late = paper.call.last_day is not None and paper.arrived_on > paper.call.last_day
    case = paper.call.authority.open_case(
        public_title=f"Ansökan om {paper.call.grant_type}, {association.name}", by=by
    )
    application = Application.objects.create(
        call=paper.call,
        association=association,
        title=paper.title,
        state=State.SUBMITTED,
        child_share=paper.child_share,
        case=case,
        created_by=by,
        submitted_at=arrived_at,
        saved_at=arrived_at,
        lateness=Lateness.WAITING if is_late else Lateness.IN_TIME,
        route=Route.PAPER,
        arrived_by=paper.arrived_by,
        entered_by=by,
        entry_key=paper.key,
    )
    terms = Terms.objects.create(
        application=application, stage=TermsStage.APPLIED, grant_type=paper.call.grant_type
    )
    terms.set_amounts(dict(paper.amounts))
    register(application, case, by, scan=(paper.scan, paper.filename))
    if association.email:
        tell(application, case)
    with translation.override("sv"):
        how = application.get_arrived_by_display()
    case.log(Event.Kind.ENTERED, by=by, detail=f"{how}, {swedish_date(paper.arrived_on)}")
    if is_late:
        case.log(Event.Kind.CAME_LATE, at=arrived_at)
    searching.index([application.pk])
    return application


def _registered(association: Association) -> Association:
    """The association as it stands in the register; one that is not there yet is written, without people."""
    if association.pk:
        return association
    try:
        with transaction.atomic():
            association.save(force_insert=True)
    except IntegrityError:  # registered by somebody since the form was opened
        return Association.objects.get(organisation_number=association.organisation_number)
    return association


def arrival(call: Call, day: date) -> datetime:
    """The moment a paper counts as arrived: noon, or what the call's first or last day leaves of it."""
    moment = timezone.make_aware(datetime.combine(day, NOON))
    if call.closes_at and day == call.last_day:
        moment = min(moment, call.closes_at - timedelta(seconds=1))
    return max(moment, call.opens_at) if day == timezone.localdate(call.opens_at) else moment

"""A small world for tests of access: one association's application all the way to a released decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from assessments import assessing
from assessments.assessing import Written
from assessments.matters import propose_single
from assessments.models import Criterion, ReadingCause, SecondReading, Statement
from grants.models import Application, Call, GrantType, TermsStage
from portal.committee import letter_making, letter_release, minutes, pack, proposals, report_review
from portal.committee.agenda import put_on_agenda
from portal.committee.models import Decision, Letter, Matter, Meeting, Minutes, Outcome, Pack, PackState
from portal.documents.models import Document, DocumentState, StoredFile
from portal.people.models import Role, Unit, UnitContact, User
from portal.registry.models import declare
from tests.committee.building import approve_minutes
from tests.factories import (
    PDF,
    ApplicationFactory,
    AssociationFactory,
    CallFactory,
    CommitteeFactory,
    MeetingFactory,
    complete,
    person_of,
    sent_application,
    staff,
)


@dataclass
class World:
    """What exists, and who there is to look at it: `people` by what they are to the application."""

    call: Call
    round_call: Call
    draft: Application
    application: Application
    matter: Matter
    meeting: Meeting
    pack: Pack
    decision: Decision
    minutes: Minutes
    letter: Letter
    reading: SecondReading
    statement: Statement
    people: dict[str, User | None]


def assess(application: Application, officer: User, **changes: Any) -> None:
    """Declare, assess with a text per criterion, propose what was applied for, and mark it ready."""
    declare(application.received_case, officer, has_conflict=False)
    assessment = assessing.begin(application, officer)
    applied = application.terms_at(TermsStage.APPLIED)
    fields: dict[str, Any] = {
        "levels": dict.fromkeys(Criterion.values, "god"),
        "texts": {code: f"Bedömning av {code}." for code in Criterion.values},
        "grant_type": application.call.grant_type,
        "amounts": applied.amounts if applied else {},
        "conditions": "",
        "previous_amount": 0,
        "reason": "Ni når många som annars står utan stöd.",
        "short_reason": "Når många.",
        "reasons": {code: f"Skäl för {code}." for code in Criterion.values},
        "could_change": "Visa resultat från tidigare år.",
        "talk_to": "Utvecklingsledare för barn och unga",
    } | changes
    saved = assessing.save(assessment, Written(**fields), assessment.version, officer)
    assessing.mark_ready(saved, officer)
    application.refresh_from_db()


def stand_in_for_worker(pack_row: Pack | None = None) -> None:
    """Give every ordered document a small PDF, as if a worker had been there."""
    stored = StoredFile.objects.keep(PDF, "application/pdf")
    Document.objects.filter(state=DocumentState.QUEUED).update(
        state=DocumentState.READY, file=stored, pages=1
    )
    if pack_row is not None:
        Pack.objects.filter(pk=pack_row.pk).update(state=PackState.READY, file=stored, pages=1)


def asked(application: Application, officer: User, *contacts: User | None) -> Statement:
    """A question to a unit with these contacts, whatever state the application is in."""
    unit = Unit.objects.create(name=f"Enheten för stöd {application.pk}")
    UnitContact.objects.bulk_create(UnitContact(unit=unit, user=contact) for contact in contacts if contact)
    return Statement.objects.create(
        application=application,
        unit=unit,
        question="Vad gör ni tillsammans med föreningen?",
        due_on=timezone.localdate(),
        asked_by=officer,
    )


def _released_letter(meeting: Meeting, secretary: User) -> Letter:
    """The letter of the meeting's only decision, made by a stand-in worker and released."""
    letter_making.order_letters(meeting, secretary)
    letter = Letter.objects.get()
    letter_making.advance(letter.pk)
    stand_in_for_worker()
    Letter.objects.update(due_at=timezone.now())
    letter_making.advance(letter.pk)
    released = letter_release.release([letter], secretary)
    assert released.count == 1, released.held
    letter.refresh_from_db()
    return letter


def build_world() -> World:
    CommitteeFactory.create()
    call = CallFactory.create(grant_type=GrantType.UTVECKLINGSBIDRAG, closes_at=None, max_years=1)
    association = AssociationFactory.create()
    own = person_of(association)
    other = person_of(AssociationFactory.create())
    impartial = {role: staff(role) for role in Role}
    officer, secretary, chair = (impartial[role] for role in (Role.CASE_OFFICER, Role.SECRETARY, Role.CHAIR))
    people: dict[str, User | None] = {"anonymous": None, "own": own, "other": other}
    people |= {role.value: person for role, person in impartial.items()}
    people |= {f"conflicted {role.value}": staff(role) for role in Role}
    application = sent_application(call=call, association=association, created_by=own)
    assess(application, officer)
    matter = propose_single(application, officer)
    report_review.approve(matter, impartial[Role.HEAD])
    proposals.adopt(matter, chair)
    meeting = MeetingFactory.create()
    item = put_on_agenda(matter, meeting, secretary)
    requested = pack.request_pack(meeting, secretary)
    pack.advance(requested.pk)
    stand_in_for_worker(requested)
    requested.refresh_from_db()
    pack.publish(requested)
    decision = minutes.record_decision(item, Outcome.GRANTED, secretary)
    written = approve_minutes(meeting)
    letter = _released_letter(meeting, secretary)
    stand_in_for_worker()
    reading = SecondReading.objects.create(
        application=application, causes=[ReadingCause.SAMPLE], reader=impartial[Role.SECOND_READER]
    )
    declare(application.received_case, impartial[Role.SECOND_READER], has_conflict=False)
    statement = asked(application, officer, impartial[Role.UNIT_CONTACT], people["conflicted unit_contact"])
    declare(application.received_case, impartial[Role.UNIT_CONTACT], has_conflict=False)
    declare(application.received_case, impartial[Role.HEAD], has_conflict=False)
    for key, person in people.items():
        if person and key.startswith("conflicted"):
            declare(application.received_case, person, has_conflict=True)
    draft = complete(ApplicationFactory.create(call=call, association=association, created_by=own))
    application.refresh_from_db()
    return World(
        call, CallFactory.create(), draft, application, matter, meeting, requested, decision, written,
        letter, reading, statement, people,
    )  # fmt: skip

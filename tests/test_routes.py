"""Every route × every role × own, other's and conflicted case; what is denied answers 404.

`ROUTES` is the expectation, written by hand: who may open what. The test fails on a route that is not
in it and on a view that names no rule.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from assessments import scenarios
from assessments.models import Scenario, SecondReading
from grants.associations.accounts import NewAccount, enter
from grants.calendar_feed import address_of
from grants.calls.programmes import install_programmes
from grants.models import (
    Application,
    Association,
    CompletionReply,
    CompletionRequest,
    ContactNote,
    Eligibility,
    GrantProgramme,
    Guarantee,
    Invitation,
    LegalForm,
    Membership,
    OfficeHolder,
    PaymentRule,
    PromisedPaper,
    Question,
    ReplyPaper,
    Section,
)
from grants.received import dialogue
from grants.received.printing import order_print
from portal.committee import calendar_feed as committee_calendar
from portal.committee.delegation import decide
from portal.committee.models import DelegationRule, Matter, MatterAppendix, PackCopy, PackState, Seat
from portal.committee.notice import register_appeal
from portal.documents.models import Document, DocumentState, StoredFile
from portal.people.models import Role, User
from portal.registry.models import Record, RecordFile, declare
from tests import routes_operations, routes_records
from tests.access.mutation import (
    RULES,
    askers_of,
    first_red,
    loosened_queryset,
    loosened_rule,
    routes_of,
)
from tests.access.walking import VIEWS, Cookies, Route, client_of, sign_in, walk
from tests.factories import PDF, paper_type, person_of, sent_application
from tests.iop import routes_agreement, routes_dialogue, routes_running
from tests.world import World, assess, build_world, stand_in_for_worker

pytestmark = pytest.mark.django_db

ALL = frozenset(
    {"anonymous", "own", "other"}
    | {f"{conflict}{role}" for conflict in ("", "conflicted ") for role in Role.values}
)
APPLICANTS = frozenset({"own", "other"})
OWN = frozenset({"own"})
OFFICERS = frozenset({"case_officer", "conflicted case_officer"})
OFFICER = frozenset({"case_officer"})
SECRETARIES = frozenset({"secretary", "conflicted secretary"})
SECRETARY = frozenset({"secretary"})
CHAIRS = frozenset({"chair", "conflicted chair"})
CHAIR = frozenset({"chair"})
HEAD = frozenset({"head"})
HEADS = frozenset({"head", "conflicted head"})
AUDITORS = frozenset({"auditor", "conflicted auditor"})
ADMINISTRATORS = frozenset({"administrator", "conflicted administrator"})
FINANCE = frozenset({"finance"})
FINANCES = frozenset({"finance", "conflicted finance"})
REVIEWERS = AUDITORS | {"data_protection_officer", "conflicted data_protection_officer"}
CASE_READER = OFFICER | HEAD
CASE_READERS = OFFICERS | HEADS
LEDGER = CASE_READERS | FINANCES | AUDITORS
READERS = SECRETARIES | CHAIRS | {"member", "conflicted member"}
READER = frozenset({"secretary", "chair", "member"})
FOLLOWERS = READERS | CASE_READERS
FOLLOWER = READER | CASE_READER
STAFF_OF_CASE = frozenset({"case_officer", "secretary"})
SECOND_READER = frozenset({"second_reader"})
SECOND_READERS = OFFICERS | {"second_reader", "conflicted second_reader"}
CONTACT = frozenset({"unit_contact"})
CONTACTS = frozenset({"unit_contact", "conflicted unit_contact"})


def application(world: World) -> list[Any]:
    return [world.application.pk]


def call(world: World) -> list[Any]:
    return [world.call.pk]


def round_application(world: World) -> Application:
    """An assessed application in the world's round, hidden from the officer with a conflict of interest."""
    application = sent_application(call=world.round_call)
    assess(application, known(world, "case_officer"))
    declare(application.received_case, known(world, "conflicted case_officer"), has_conflict=True)
    return application


def scenario(world: World) -> list[Any]:
    """A scenario of the world's round, made by hand."""
    application = round_application(world)
    made = scenarios.create(world.round_call, "Egen", Scenario.Method.BY_HAND, known(world, "case_officer"))
    return [world.round_call.pk, made.pk, application.pk]


def frame(world: World) -> list[Any]:
    return [world.call.authority_id, world.call.first_year]


def rows_question(world: World) -> Question:
    """A question answered with rows, one of whose columns has answers to choose from."""
    choice = {"key": "choice", "kind": "one_of", "sv": "Val", "en": "Choice", "options": []}
    return Question.objects.create(
        call=world.call, key="rows", section="need", kind="rows", label_sv="Rader", label_en="Rows",
        columns=[choice], position=900,
    )  # fmt: skip


def programme(world: World) -> list[Any]:
    """The recurring window of the world's call."""
    install_programmes(world.call.authority)
    return [GrantProgramme.objects.first().pk]  # type: ignore[union-attr]


def payment_rule(world: World) -> list[Any]:
    """When large grants of the world's committee are paid."""
    return [PaymentRule.objects.create(authority=world.call.authority, from_amount=500_000, months=[2, 8]).pk]


def draft(world: World) -> list[Any]:
    return [world.draft.pk]


def meeting(world: World) -> list[Any]:
    return [world.meeting.pk]


def known(world: World, key: str) -> User:
    person = world.people[key]
    assert person is not None
    return person


def own_paper(world: World) -> list[Any]:
    return [world.application.association_id, world.application.attachments.get().paper_id]


def own_account(world: World) -> list[Any]:
    """An account that waits to be checked."""
    account = enter(
        world.application.association,
        NewAccount(
            "bankgiro",
            "50501055",
            "Föreningen",
            StoredFile.objects.keep(PDF, "application/pdf"),
            "bevis.pdf",
        ),
        world.people["own"],
    )
    return [account.association_id, account.pk]


def period(world: World) -> list[Any]:
    today = timezone.localdate()
    decided = Eligibility.objects.create(
        association=world.application.association,
        valid_from=today,
        valid_until=today,
        reason="Allt stämmer.",
        decided_by=known(world, "case_officer"),
    )
    return [decided.association_id, decided.pk]


def note_on_case(world: World) -> list[Any]:
    """A note that belongs to the case."""
    note = ContactNote.objects.create(
        association=world.application.association,
        case=world.application.case,
        held_on=timezone.localdate(),
        channel="phone",
        text="De flyttar till en ny lokal.",
        written_by=known(world, "case_officer"),
    )
    return [note.association_id, note.pk]


def promised_paper(world: World) -> list[Any]:
    promise = PromisedPaper.objects.create(
        application=world.application,
        type=paper_type("bokslut"),
        due_on=timezone.localdate(),
        promised_by=known(world, "own"),
    )
    return [world.application.pk, promise.pk]


def record_of(kind: str) -> Callable[[World], list[Any]]:
    return lambda world: [Record.objects.get(case=world.application.received_case, kind=kind).pk]


def association(world: World) -> list[Any]:
    return [world.application.association_id]


def person(world: World) -> list[Any]:
    """Their association and one of its people, beside a manager more: so that anyone may leave."""
    person_of(world.application.association)
    held = Membership.objects.filter(association=world.application.association_id).earliest("pk")
    return [held.association_id, held.user_id]


def invitation(world: World) -> Invitation:
    inviting = Membership.objects.filter(association=world.application.association_id).earliest("pk")
    return Invitation.objects.create(
        association_id=inviting.association_id,
        email="ny@fyren.example.org",
        token_hash=Invitation.hash_of("en-nyckel"),
        roles=["writer"],
        invited_by=inviting.user,
    )


def invitation_token(world: World) -> list[Any]:
    invitation(world)
    return ["en-nyckel"]


def office_holder(world: World) -> list[Any]:
    holder = OfficeHolder.objects.create(
        association_id=world.application.association_id, office="kassor", name="Kassören"
    )
    return [holder.association_id, holder.pk]


def groups_draft(world: World) -> list[Any]:
    """The draft, as if its association were a temporary group."""
    Association.objects.filter(pk=world.draft.association_id).update(
        legal_form=LegalForm.TILLFALLIG_GRUPP, organisation_number=None
    )
    return [world.draft.pk]


def guarantee(world: World) -> Guarantee:
    """The other association is asked to stand behind the draft."""
    other = world.people["other"]
    assert other is not None
    guarantor = Membership.objects.filter(user=other).earliest("pk").association
    return Guarantee.objects.create(
        application=world.draft, guarantor=guarantor, asked_by=world.draft.created_by
    )


def free_matter(world: World) -> list[Any]:
    """The matter before the committee decided it, for the chair's page."""
    Matter.objects.filter(pk=world.matter.pk).update(state="on_agenda")
    return [world.matter.pk]


def pack_copy(world: World) -> list[Any]:
    """The copy made for those who have declared a conflict of interest."""
    copy = PackCopy.objects.get(pack=world.pack)
    PackCopy.objects.filter(pk=copy.pk).update(
        state=PackState.READY, pages=1, file=StoredFile.objects.keep(PDF, "application/pdf")
    )
    return [copy.pk]


def attached_file(world: World) -> list[Any]:
    stored = StoredFile.objects.keep(PDF, "application/pdf")
    appendix = MatterAppendix.objects.create(
        matter=world.matter, position=90, title="Avtal", source=MatterAppendix.FILE, key=stored.pk
    )
    return [appendix.pk]


def failed_document(world: World) -> list[Any]:
    document = Document.objects.get(pk=world.pack.parts.first().document_id)  # type: ignore[union-attr]
    Document.objects.filter(pk=document.pk).update(state=DocumentState.FAILED, file=None, pages=None)
    return [document.pk]


def unsent_file(world: World) -> list[Any]:
    """A file of a message that the association's person is writing."""
    own = world.people["own"]
    assert own is not None
    message = dialogue.write(world.application, own, "Utkast")
    stored = StoredFile.objects.keep(PDF, "application/pdf")
    return [dialogue.attach(message, "utkast.pdf", stored).pk]


def answered_request(world: World) -> list[Any]:
    """A request for completion that has been answered."""
    record = Record.objects.get(case=world.application.received_case, kind=Record.Kind.APPLICATION)
    officer, own = world.people["case_officer"], world.people["own"]
    assert officer is not None
    request = CompletionRequest.objects.create(
        application=world.application, state="answered", last_day="2026-01-01", consequence="–",
        asked_by=officer, asked=record, before=record, after=record,
        ended_by=own, ended_at=timezone.now(),
    )  # fmt: skip
    return [world.application.pk, request.pk]


def reply_paper(world: World) -> list[Any]:
    """A paper of a reply that is not handed in."""
    request = CompletionRequest.objects.get(pk=answered_request(world)[1])
    own = world.people["own"]
    assert own is not None
    reply = CompletionReply.objects.create(request=request, saved_by=own)
    stored = StoredFile.objects.keep(PDF, "application/pdf")
    paper = ReplyPaper.objects.create(
        reply=reply, kind="stadgar", filename="s.pdf", stored_file=stored, added_by=own
    )
    return [paper.pk]


def own_print(world: World) -> list[Any]:
    """The association's PDF of its draft, ready."""
    printed = order_print(world.draft)
    stand_in_for_worker()
    return [printed.pk]


def opened_reading(world: World) -> list[Any]:
    """The second reading when both views are open to each other."""
    now = timezone.now()
    SecondReading.objects.filter(pk=world.reading.pk).update(done_at=now, opened_at=now)
    return [world.application.pk]


def feed_token(world: World) -> list[Any]:
    own = world.people["own"]
    assert own is not None
    return [address_of(own).token]


def agenda_item(world: World) -> list[Any]:
    return [world.decision.agenda_item_id]


def seat(world: World) -> list[Any]:
    member = known(world, "member")
    return [Seat.objects.create(committee=world.meeting.committee, user=member, kind="ledamot", party="A").pk]


def committee_feed(world: World) -> list[Any]:
    return [committee_calendar.address_of(known(world, "member")).token]


def minutes(world: World) -> list[Any]:
    """The approved minutes of the meeting."""
    return [world.minutes.pk]


def appeal(world: World) -> list[Any]:
    secretary = known(world, "secretary")
    return [register_appeal(world.decision, timezone.localdate(), "Mål 1", secretary).pk]


def delegation_rule(world: World) -> DelegationRule:
    return DelegationRule.objects.create(
        committee=world.meeting.committee, point="4.2", text="Bidrag", role=Role.CASE_OFFICER
    )


def delegated(world: World) -> list[Any]:
    """A decision by delegation in the application's case, with its document."""
    rule, case = delegation_rule(world), world.application.received_case
    made = decide(rule, case, known(world, "case_officer"), decision="Beslut", reason="Skäl")
    stand_in_for_worker()
    return [made.pk]


SIGNED_IN = ALL - {"anonymous"}

ROUTES = {
    "home": Route(ALL),
    "accessibility": Route(ALL),
    "privacy": Route(ALL),
    "openid_login": Route(ALL, lambda world: ["eid"]),
    "end_session": Route(ALL - {"anonymous"}, lambda world: [1]),
    "roles": Route(ADMINISTRATORS),
    "give-role": Route(ADMINISTRATORS),
    "end-role": Route(ADMINISTRATORS, lambda world: [known(world, "member").role_assignments.get().pk]),
    "registry:trail": Route(REVIEWERS),
    "registry:trail-export": Route(REVIEWERS),
    "grants:call": Route(ALL, lambda world: [world.call.pk]),
    "grants:triage": Route(ALL),
    "grants:calls": Route(OFFICERS),
    "grants:new-call": Route(OFFICERS),
    "grants:contacts": Route(OFFICERS),
    "grants:programmes": Route(OFFICERS),
    "grants:new-programme": Route(OFFICERS),
    "grants:programme": Route(OFFICERS, programme),
    "grants:payment-rules": Route(OFFICERS | ADMINISTRATORS),
    "grants:new-payment-rule": Route(OFFICERS | ADMINISTRATORS),
    "grants:payment-rule": Route(OFFICERS | ADMINISTRATORS, payment_rule),
    "grants:call-edit": Route(OFFICERS, call),
    "grants:call-facts": Route(OFFICERS, call),
    "grants:call-copy": Route(OFFICERS, call),
    "grants:call-prolong": Route(OFFICERS, call),
    "grants:call-publish": Route(OFFICERS, call),
    "grants:call-history": Route(OFFICERS, call),
    "grants:call-discard": Route(OFFICERS, call),
    "grants:call-conditions": Route(OFFICERS, call),
    "grants:call-report-dates": Route(OFFICERS, call),
    "grants:call-headings": Route(OFFICERS, call),
    "grants:call-papers": Route(OFFICERS, call),
    "grants:call-preview": Route(OFFICERS, lambda world: [world.call.pk, Section.NEED]),
    "grants:call-questions": Route(OFFICERS, call),
    "grants:new-question": Route(OFFICERS, call),
    "grants:call-question": Route(OFFICERS, lambda world: [world.call.pk, "need"]),
    "grants:call-options": Route(OFFICERS, lambda world: [world.call.pk, "target_groups"]),
    "grants:call-columns": Route(OFFICERS, lambda world: [world.call.pk, rows_question(world).key]),
    "grants:call-column-options": Route(
        OFFICERS, lambda world: [world.call.pk, rows_question(world).key, "choice"]
    ),
    "grants:start": Route(APPLICANTS, lambda world: [world.call.pk]),
    "grants:register-association": Route(APPLICANTS),
    "grants:associations": Route(APPLICANTS),
    "grants:choose-association": Route(APPLICANTS),
    "grants:association": Route(OWN, association),
    "grants:confirm-facts": Route(OWN, association),
    "grants:facts": Route(OWN, lambda world: [*association(world), "kontakt"]),
    "grants:new-office-holder": Route(OWN, association),
    "grants:office-holder": Route(OWN, office_holder),
    "grants:figures": Route(OWN, lambda world: [*association(world), timezone.localdate().year - 1]),
    "grants:association-history": Route(OWN, association),
    "grants:people": Route(OWN, association),
    "grants:invite": Route(OWN, association),
    "grants:person": Route(OWN, person),
    "grants:end-access": Route(OWN, person),
    "grants:withdraw-invitation": Route(
        OWN, lambda world: [world.application.association_id, invitation(world).pk]
    ),
    "grants:statements": Route(OWN, association),
    "grants:statement": Route(
        OWN, lambda world: [*association(world), world.call.authority.conditions_statements.get().pk]
    ),
    "grants:guarantor": Route(OWN, groups_draft),
    "grants:guarantee": Route(frozenset({"other"}), lambda world: [guarantee(world).pk]),
    "grants:invitation": Route(ALL, invitation_token),
    "grants:papers": Route(OWN, association),
    "grants:add-paper": Route(OWN, association),
    "grants:paper-file": Route(OWN, own_paper),
    "grants:hand-in-paper": Route(OWN, own_paper),
    "grants:take-back-paper": Route(OWN, own_paper),
    "grants:account": Route(OWN, association),
    "grants:account-evidence": Route(OWN, own_account),
    "grants:withdraw-account": Route(OWN, own_account),
    "grants:register": Route(OFFICERS),
    "grants:hand-over-associations": Route(OFFICERS),
    "grants:known-association": Route(OFFICERS, association),
    "grants:verify-number": Route(OFFICERS, association),
    "grants:change-number": Route(OFFICERS, association),
    "grants:check-account": Route(OFFICERS | FINANCE, own_account),
    "grants:check-account-evidence": Route(OFFICERS | FINANCE, own_account),
    "grants:payments": Route(FINANCES),
    "grants:payments-export": Route(FINANCES, lambda world: ["csv"]),
    "grants:known-paper": Route(OFFICER, own_paper),
    "grants:review-paper": Route(OFFICER, own_paper),
    "grants:decide-eligibility": Route(OFFICERS, association),
    "grants:cut-eligibility-short": Route(OFFICERS, period),
    "grants:add-note": Route(OFFICERS, association),
    "grants:follow-up": Route(OFFICER, note_on_case),
    "grants:contact-officer": Route(OFFICERS, association),
    "grants:asked-paper": Route(OWN, lambda world: [world.draft.pk, "stadgar"]),
    "grants:promised-paper": Route(OWN, promised_paper),
    "grants:applications": Route(APPLICANTS),
    "grants:application": Route(OWN, application),
    "grants:messages": Route(OWN, application),
    "grants:print": Route(OWN, draft),
    "grants:print-state": Route(OWN, draft),
    "grants:print-file": Route(OWN, own_print),
    "grants:reminders": Route(SIGNED_IN),
    "grants:renew-calendar": Route(SIGNED_IN),
    # The address itself is the way in; a wrong one is 404 (tests/grants/test_calendar_feed.py).
    "grants:calendar-feed": Route(ALL, feed_token),
    "grants:unsent-file": Route(OWN, unsent_file),
    "grants:withdraw": Route(OWN, application),
    "grants:discard": Route(OWN, draft),
    "grants:discarded": Route(APPLICANTS),
    "grants:complete": Route(OWN, application),
    "grants:complete-section": Route(OWN, lambda world: [world.application.pk, Section.NEED]),
    "grants:hand-in": Route(OWN, application),
    "grants:reply-paper": Route(OWN, reply_paper),
    "grants:officer-messages": Route(OFFICER, application),
    "grants:news": Route(OFFICERS),
    "grants:late": Route(OFFICER, application),
    "grants:ask": Route(OFFICER, application),
    "grants:ask-preview": Route(OFFICER, application),
    "grants:compare": Route(OFFICER, answered_request),
    "grants:section": Route(OWN, lambda world: [world.draft.pk, Section.NEED]),
    "grants:attachment": Route(OWN, lambda world: [world.draft.pk, world.draft.attachments.get().pk]),
    "grants:versions": Route(OWN, lambda world: [world.draft.pk, Section.NEED]),
    "grants:signed-in-again": Route(APPLICANTS),
    "grants:check": Route(OWN, draft),
    "grants:receipt": Route(OWN, application),
    "grants:receipt-document": Route(OWN, application),
    "grants:answers": Route(OWN, application),
    "assessments:queue": Route(CASE_READERS),
    "assessments:assign": Route(OFFICERS),
    "assessments:export": Route(CASE_READERS, lambda world: ["csv"]),
    "assessments:paper": Route(OFFICERS),
    "assessments:paper-entry": Route(OFFICERS, lambda world: [world.round_call.pk]),
    "assessments:application": Route(CASE_READER, application),
    "assessments:declare": Route(CASE_READER | SECOND_READER | CONTACT, application),
    "assessments:checks": Route(OFFICER, application),
    "assessments:compared": Route(CASE_READER, application),
    "assessments:comparables": Route(CASE_READER, application),
    "assessments:check-list": Route(OFFICERS, call),
    "assessments:anchors": Route(OFFICERS, call),
    "assessments:calibration": Route(OFFICERS, call),
    "assessments:registry-entry": Route(OFFICER, application),
    "assessments:begin": Route(OFFICER, application),
    "assessments:assess": Route(OFFICER, application),
    "assessments:ready": Route(OFFICER, application),
    "assessments:reopen": Route(OFFICER, application),
    "assessments:correct": Route(OFFICER, application),
    "assessments:version": Route(CASE_READER, lambda world: [world.application.pk, 1]),
    "assessments:single": Route(OFFICER, application),
    "assessments:readings": Route(SECOND_READERS),
    "assessments:reading": Route(SECOND_READER, application),
    "assessments:reading-done": Route(SECOND_READER, application),
    "assessments:choose-reader": Route(OFFICER, application),
    "assessments:both-views": Route(OFFICER | SECOND_READER, opened_reading),
    "assessments:reading-rule": Route(OFFICERS, call),
    "assessments:statements": Route(OFFICERS | CONTACTS),
    "assessments:statement": Route(CONTACT, lambda world: [world.statement.pk]),
    "assessments:hand-in-statement": Route(CONTACT, lambda world: [world.statement.pk]),
    "assessments:ask-statement": Route(OFFICER, application),
    "assessments:withdraw-statement": Route(
        OFFICER, lambda world: [world.application.pk, world.statement.pk]
    ),
    "assessments:rounds": Route(CASE_READERS),
    "assessments:round": Route(CASE_READERS, lambda world: [world.round_call.pk]),
    "assessments:hand-over": Route(OFFICERS, lambda world: [world.round_call.pk]),
    "assessments:amounts": Route(OFFICER, lambda world: [world.round_call.pk, round_application(world).pk]),
    "assessments:new-scenario": Route(OFFICERS, lambda world: [world.round_call.pk]),
    "assessments:compare-scenarios": Route(OFFICERS, lambda world: [world.round_call.pk]),
    "assessments:scenario": Route(OFFICERS, lambda world: scenario(world)[:2]),
    "assessments:scenario-amounts": Route(OFFICER, scenario),
    "assessments:rename-scenario": Route(OFFICERS, lambda world: scenario(world)[:2]),
    "assessments:choose-scenario": Route(OFFICERS, lambda world: scenario(world)[:2]),
    "assessments:frames": Route(LEDGER),
    "assessments:frame": Route(LEDGER, frame, OFFICERS),
    "committee:reports": Route(HEADS),
    "committee:report": Route(HEAD, lambda world: [world.matter.pk]),
    "committee:report-approve": Route(HEAD, lambda world: [world.matter.pk]),
    "committee:report-conflict": Route(HEAD, lambda world: [world.matter.pk]),
    "committee:chair": Route(CHAIRS),
    "committee:chair-matter": Route(CHAIR, free_matter),
    "committee:chair-adopt": Route(CHAIR, free_matter),
    "committee:matters": Route(SECRETARIES),
    "committee:meetings": Route(READERS),
    "committee:new-meeting": Route(SECRETARIES),
    "committee:meeting": Route(READERS, meeting),
    "committee:matter": Route(READER, lambda world: [world.meeting.pk, world.matter.pk]),
    "committee:conflict": Route(READER, lambda world: [world.meeting.pk, world.matter.pk]),
    "committee:desk": Route(SECRETARIES, meeting),
    "committee:pack-make": Route(SECRETARIES, meeting),
    "committee:pack-status": Route(SECRETARIES, meeting),
    "committee:letters-order": Route(SECRETARIES, meeting),
    "committee:letters": Route(SECRETARIES),
    "committee:letters-release": Route(SECRETARIES),
    **{
        f"committee:{name}": Route(SECRETARY, lambda world: [world.letter.pk])
        for name in (
            *("letter", "letter-file", "letter-edit", "letter-anew", "letter-follow", "letter-retry"),
        )
    },
    "committee:change-meeting": Route(SECRETARIES, meeting),
    "committee:summon": Route(SECRETARIES, meeting),
    "committee:room": Route(SECRETARIES, meeting),
    "committee:open-meeting": Route(SECRETARIES, meeting),
    "committee:close-meeting": Route(SECRETARIES, meeting),
    "committee:attendance": Route(SECRETARIES, meeting),
    "committee:let-serve": Route(SECRETARIES, meeting),
    "committee:change-item": Route(SECRETARY, agenda_item),
    "committee:move-item": Route(SECRETARY, agenda_item),
    "committee:item": Route(SECRETARY, agenda_item),
    "committee:undo": Route(SECRETARY, agenda_item),
    "committee:seats": Route(SECRETARIES),
    "committee:new-seat": Route(SECRETARIES),
    "committee:seat": Route(SECRETARIES, seat),
    "committee:end-seat": Route(SECRETARIES, seat),
    "committee:calendar": Route(READERS),
    "committee:renew-calendar": Route(READERS),
    # The address itself is the way in; a wrong one is 404 (tests/committee/test_calendar.py).
    "committee:calendar-feed": Route(ALL, committee_feed),
    "committee:take-off": Route(SECRETARY, lambda world: [world.decision.agenda_item_id]),
    "committee:record": Route(SECRETARY, lambda world: [world.decision.agenda_item_id]),
    "committee:extract": Route(READER, lambda world: [world.decision.pk]),
    "committee:pack-file": Route(READER, lambda world: [world.pack.pk]),
    "committee:pack-publish": Route(SECRETARY, lambda world: [world.pack.pk]),
    "committee:pack-retry": Route(SECRETARY, lambda world: [world.pack.pk]),
    "committee:part-file": Route(READER, lambda world: [world.pack.parts.first().pk]),  # type: ignore[union-attr]
    "committee:meeting-minutes": Route(FOLLOWERS, meeting),
    "committee:approved-minutes": Route(FOLLOWERS | AUDITORS),
    "committee:minutes": Route(FOLLOWERS | AUDITORS, minutes),
    "committee:minutes-file": Route(FOLLOWER | {"auditor"}, minutes),
    "committee:minutes-front": Route(SECRETARIES, minutes),
    "committee:minutes-send": Route(SECRETARIES, minutes),
    "committee:minutes-take-back": Route(SECRETARIES, minutes),
    "committee:minutes-approve": Route(FOLLOWERS, minutes),
    "committee:minutes-correct": Route(SECRETARIES, minutes),
    "committee:minutes-notice": Route(SECRETARIES, minutes),
    "committee:minutes-notice-text": Route(SECRETARIES, minutes),
    "committee:minutes-paragraph": Route(SECRETARY, lambda world: [world.minutes.paragraphs.get().pk]),
    "committee:minutes-paragraph-anew": Route(SECRETARY, lambda world: [world.minutes.paragraphs.get().pk]),
    "committee:appeals": Route(FOLLOWER - {"member"}, lambda world: [world.decision.pk]),
    "committee:appeal-settle": Route(SECRETARY, appeal),
    "committee:delegation": Route(FOLLOWERS | AUDITORS),
    "committee:delegation-decide": Route(FOLLOWERS),
    "committee:delegation-file": Route(FOLLOWER | {"auditor"}, delegated),
    "committee:delegation-order": Route(FOLLOWERS | AUDITORS),
    "committee:delegation-new-rule": Route(SECRETARIES),
    "committee:delegation-rule": Route(SECRETARIES, lambda world: [delegation_rule(world).pk]),
    "committee:delegation-report": Route(SECRETARIES, meeting),
    "committee:copy-file": Route(READERS, pack_copy),
    "committee:copy-retry": Route(SECRETARY, pack_copy),
    "committee:search": Route(READERS, meeting),
    "committee:note": Route(READER, lambda world: [world.meeting.pk, world.matter.pk]),
    "committee:appendices": Route(STAFF_OF_CASE, lambda world: [world.matter.pk]),
    "committee:appendix-take-off": Route(STAFF_OF_CASE, attached_file),
    "committee:documents": Route(SECRETARIES),
    "committee:document-retry": Route(SECRETARY, failed_document),
    "registry:record-document": Route(OWN | STAFF_OF_CASE | HEAD | {"registrar"}, record_of("kvittens")),
    "registry:record-file": Route(
        OWN | STAFF_OF_CASE | HEAD | SECOND_READER | {"registrar"},
        lambda world: [RecordFile.objects.get(record__case=world.application.received_case).pk],
    ),
}

for _routes in (
    routes_dialogue.ROUTES,
    routes_agreement.ROUTES,
    routes_running.ROUTES,
    routes_operations.ROUTES,
    routes_records.ROUTES,
):
    ROUTES |= {name: Route(*row) for name, row in _routes.items()}

#: Querysets for which a route turns red. Behind the others another queryset or the view's rule stands too, or
#: what they hide no page shows; `tests/access/test_querysets.py` proves every one of them.
PROVEN_BY_ROUTES = {
    *("AgreementQuerySet", "AppealQuerySet", "ApplicationQuerySet", "ArchivePackageQuerySet"),
    *("AssociationQuerySet", "CallQuerySet", "CaseQuerySet", "ContactNoteQuerySet"),
    *("CooperationQuerySet", "DelegationDecisionQuerySet", "DisclosureRequestQuerySet"),
    *("DocumentQuerySet", "IdeaQuerySet", "LetterQuerySet", "MaskedCopyQuerySet", "MatterQuerySet"),
    *("MinutesParagraphQuerySet", "NeedQuerySet", "OfApplicationQuerySet"),
    *("OfSeenCaseQuerySet", "PackPartQuerySet", "PackQuerySet", "PaperQuerySet"),
    *("PartOfMatterQuerySet", "PartOnCaseQuerySet", "PaymentAccountQuerySet", "PrintQuerySet"),
    *("RecordFileQuerySet", "RecordQuerySet", "ReplyPaperQuerySet", "ReplyQuerySet"),
    *("SubjectExportQuerySet", "SurveyPrintQuerySet"),
}

#: Routes of others, with rules of their own: sign-in and language.
FOREIGN = {
    "set_language",
    "account_login", "account_logout", "account_signup", "account_inactive", "account_reauthenticate",
    "account_change_password", "account_set_password", "account_email",
    "account_email_verification_sent", "account_confirm_email", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key",
    "account_reset_password_from_key_done", "account_confirm_login_code",
    "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp", "mfa_deactivate_totp",
    "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes",
    "usersessions_list", "socialaccount_signup", "socialaccount_login_cancelled",
    "openid_callback",  # allauth's, behind one of ours: tests/people/test_openid.py
}  # fmt: skip


@pytest.mark.rule(7)
def test_every_route_is_in_the_table_and_names_its_rule() -> None:
    assert set(VIEWS) - FOREIGN == set(ROUTES)
    unruled = [name for name in ROUTES if not hasattr(VIEWS[name], "rule")]
    assert unruled == []


@pytest.fixture(scope="module")
def built(kept_data: None) -> World:
    return build_world()


@pytest.fixture(scope="module")
def signed_in(built: World) -> dict[str, Cookies]:
    return sign_in(built.people)


@pytest.fixture
def world(built: World) -> World:
    cache.clear()  # a session's row is rolled back with its test, and so is what the cache holds of it
    return deepcopy(built)


@pytest.mark.rule(7)
@pytest.mark.rule(10)
@pytest.mark.parametrize("name", ROUTES)
def test_a_route_opens_to_its_roles_and_is_404_to_all_others(
    world: World, signed_in: dict[str, Cookies], name: str
) -> None:
    route = ROUTES[name]
    args = route.args(world)
    opened, posting = walk(name, args, world, signed_in)
    assert opened == route.allowed
    assert posting == (route.allowed if route.posts is None else route.posts)
    for role in ("case_officer", "second_reader"):
        _a_conflict_closes_it_to_its_reader(world, signed_in, f"conflicted {role}", name, args)


def _a_conflict_closes_it_to_its_reader(
    world: World, signed_in: dict[str, Cookies], key: str, name: str, args: list[Any]
) -> None:
    """The reading is finished and stays the person's own, and yet nothing of the case opens to them."""
    person = known(world, key)
    if not VIEWS[name].rule(person):
        return
    SecondReading.objects.filter(pk=world.reading.pk).update(reader=person, done_at=timezone.now())
    answer = client_of(signed_in[key]).get(reverse(name, args=args), follow=True)
    assert (answer.status_code == 404) == (key not in ROUTES[name].allowed)


@pytest.mark.rule(8)
@pytest.mark.parametrize("role", Role.values)
def test_no_page_of_a_role_shows_a_draft_or_a_conflicted_case(
    world: World, signed_in: dict[str, Cookies], role: str
) -> None:
    """Second paths: lists, counts and searches leak most."""
    client = client_of(signed_in[f"conflicted {role}"])
    case = world.application.received_case
    for name in ("home", "assessments:queue", "assessments:rounds", "assessments:readings",
                 "assessments:statements", "committee:chair", "committee:matters",
                 "committee:documents", "committee:delegation", "committee:delegation-order"):  # fmt: skip
        page = client.get(reverse(name), {"q": case.registry_number}).content.decode()
        assert world.application.title not in page, name
        assert world.application.association.name not in page, name
        assert f">{case.registry_number}<" not in page, name


@pytest.mark.rule(7)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.__module__}.{rule.__name__}")
def test_a_rule_that_lets_in_everybody_turns_the_route_test_red(
    world: World, signed_in: dict[str, Cookies], rule: Callable[[Any], bool]
) -> None:
    names = routes_of(rule, ROUTES)
    assert names
    with loosened_rule(rule):
        assert first_red(names, ROUTES, world, signed_in) is not None


#: So many of the routes that ask a queryset are walked before it counts as proven by none.
WALKED_FOR_EACH = 8


@pytest.mark.rule(7)
@pytest.mark.soak
def test_rows_that_everybody_sees_turn_the_route_test_red(
    world: World, signed_in: dict[str, Cookies]
) -> None:
    """Each `visible_to` in turn shows everything to who has signed in; only routes that ask it are walked."""
    askers = askers_of(ROUTES, world, signed_in)
    red = set()
    for queryset, names in askers.items():
        with loosened_queryset(queryset):
            if first_red(names[:WALKED_FOR_EACH], ROUTES, world, signed_in):
                red.add(queryset.__name__)
    assert red == PROVEN_BY_ROUTES

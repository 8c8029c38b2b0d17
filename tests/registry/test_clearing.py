"""Destruction reaches every room: what a destroyed record said stands nowhere, and what is kept stands."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from assessments import freezing, statements
from assessments.models import AssessmentVersion, Fact, Judgement, Statement
from grants.applying.submission import submit
from grants.models import Answer, Application, CompletionRequest, Message, Print
from grants.received import completion, dialogue
from iop import answering_ideas, leaving_ideas
from iop.models import FollowUp, MarketAssessment
from portal.committee import attached
from portal.committee.models import Letter, MatterAppendix, PackCopy, PackState
from portal.documents.models import Document, StoredFile
from portal.documents.work import Source, order
from portal.people.models import Role
from portal.registry import retention
from portal.registry.models import Case, Record, RetentionRule, declare
from tests.assessments.building import assessed_by
from tests.assessments.building import signed_in as client_of
from tests.assessments.reading import contact, unit_with
from tests.committee.building import on_agenda, published_pack
from tests.committee.letters import made_letters, release_all
from tests.factories import (
    ApplicationFactory,
    AssociationFactory,
    AuthorityFactory,
    CommitteeFactory,
    MeetingFactory,
    complete,
    person_of,
    staff,
)
from tests.iop.building_running import running

pytestmark = [pytest.mark.django_db, pytest.mark.rule(17)]


@pytest.fixture(autouse=True)
def _files_of_its_own(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


#: What is looked for afterwards: a word that nothing else says.
SECRET = "zqxhemligt"


def found() -> list[str]:
    """Where in any table, or in any stored file, the word stands."""
    places = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608  # our own names
            places += [table for row in cursor.fetchall() if SECRET in repr(row)]
    files = (path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())
    return places + [f"file {path.name}" for path in files if SECRET.encode() in path.read_bytes()]


def close_long_ago(*cases: Case) -> None:
    moment = timezone.make_aware(datetime(2000, 6, 1))  # noqa: DTZ001  # made aware
    keys = [case.pk for case in cases]
    Case.objects.filter(pk__in=keys).update(closed_at=moment, closed_by=staff(Role.REGISTRAR))


def destroy(*kinds: str, run: Any) -> None:
    """What the command does when a registrar orders it, with all that follows its commits."""
    RetentionRule.objects.bulk_create(
        RetentionRule(what=kind, years=2, valid_from=date(1990, 1, 1)) for kind in kinds
    )
    by = staff(Role.REGISTRAR)
    with run(execute=True):
        call_command("retention", by=by.email, stdout=StringIO())
    left = Record.objects.filter(kind__in=kinds).exclude(destruction__state="done")
    assert list(left) == []


def application_with_secrets() -> Application:
    """A sent, completed, answered, assessed application; the word stands wherever it can have come."""
    officer = staff(Role.CASE_OFFICER)
    draft = complete(ApplicationFactory.create())
    Application.objects.filter(pk=draft.pk).update(title=f"Läger {SECRET}")
    long_texts = draft.call.questions.filter(kind="long_text").values("key")
    Answer.objects.filter(application=draft, key__in=long_texts).update(value=f"svar {SECRET}")
    printed = order(Source("ansokan", "Utkast", f"<p>{SECRET}</p>", numbered=False))
    Print.objects.create(application=draft, document=printed)
    application = submit(draft.pk, draft.created_by)
    declare(application.received_case, officer, has_conflict=False)
    message = dialogue.write(application, officer, f"Fråga {SECRET}")
    dialogue.attach(message, f"{SECRET}.txt", StoredFile.objects.keep(SECRET.encode(), "text/plain"))
    dialogue.send(message.pk, officer)
    wanted = completion.Wanted("title", "Rubrik", f"Mer om {SECRET}")
    asking = completion.Asking([wanted], f"Hej {SECRET}", timezone.localdate() + timedelta(days=9), SECRET)
    completion.ask(application.pk, asking, officer)
    helper = contact()
    declare(application.received_case, helper, has_conflict=False)
    today = timezone.localdate()
    statement = statements.ask(application, unit_with(helper), f"Vad vet ni om {SECRET}?", today, officer)
    said = statements.Written(f"Bra {SECRET}", f"Tätt {SECRET}")
    statements.hand_in(statements.save(statement, said, statement.version, helper), helper)
    assessment = assessed_by(officer, application)
    Fact.objects.create(
        assessment=assessment,
        criterion="effekt",
        text=f"De skriver {SECRET}",
        question_key="budget",
        written_by=officer,
    )
    freezing.freeze(assessment, officer)
    return application


def test_an_application_and_all_that_repeats_it_stands_nowhere(
    django_capture_on_commit_callbacks: Any,
) -> None:
    CommitteeFactory.create()
    application = application_with_secrets()
    case = application.received_case
    assert {"registry_record", "grants_answer", "assessments_fact", "documents_document"} <= set(found())
    close_long_ago(case)
    kinds = [kind for kind in Record.Kind.values if kind not in Record.KEPT_FOR_EVER]
    destroy(*kinds, run=django_capture_on_commit_callbacks)
    assert found() == []
    judged = Judgement.objects.filter(assessment__application=application)
    assert judged.get(criterion="effekt").text == "Bedömning av effekt."
    version = AssessmentVersion.objects.get(assessment__application=application)
    assert version.content["criteria"][0]["text"] == "Bedömning av effekt."
    assert (Message.objects.count(), Statement.objects.count(), CompletionRequest.objects.count()) == (
        1,
        1,
        1,
    )
    registrar = client_of(staff(Role.REGISTRAR))
    assert registrar.get(reverse("registry:case", args=[case.pk])).status_code == 200


def test_a_file_laid_before_the_committee_goes_with_its_packs_and_reports_stay(
    django_capture_on_commit_callbacks: Any,
) -> None:
    meeting = MeetingFactory.create()
    item = on_agenda(meeting, "Koltrasten")
    matter = item.matter
    line = matter.lines.get()
    stored = StoredFile.objects.keep(f"text {SECRET}".encode(), "text/plain")
    attached.attach(matter, stored, title="Karta", filename=f"{SECRET}.txt", line=line)
    pack = published_pack(meeting)
    later = meeting.starts_at + timedelta(days=30)
    report = pack.parts.get(title="Tjänsteskrivelse").document
    next_meeting = MeetingFactory.create(committee=meeting.committee, starts_at=later)
    on_agenda(next_meeting, "Tornsvalan")
    other = published_pack(next_meeting)
    bound = pack.file
    assert bound is not None
    close_long_ago(line.case)
    destroy("bilaga", run=django_capture_on_commit_callbacks)
    assert found() == []
    pack.refresh_from_db()
    other.refresh_from_db()
    assert (pack.state, pack.file, other.state) == (PackState.CLEARED, None, PackState.READY)
    assert not StoredFile.objects.filter(pk=bound.pk).exists()
    assert not MatterAppendix.objects.filter(matter=matter, source=MatterAppendix.FILE).exists()
    assert Document.objects.get(pk=report.pk).file is not None
    conflicted = staff(Role.MEMBER)
    declare(line.case, conflicted, has_conflict=True)
    assert PackCopy.objects.filter(pack=pack).count() == 0
    for person in (staff(Role.SECRETARY), staff(Role.MEMBER), conflicted):
        page = client_of(person).get(reverse("committee:meeting", args=[meeting.pk]))
        assert (page.status_code, f"/{pack.pk}.pdf" in page.content.decode()) == (200, False)
    desk = reverse("committee:pack-status", args=[meeting.pk])
    assert client_of(staff(Role.SECRETARY)).get(desk, follow=True).status_code == 200


def test_bytes_that_another_record_holds_stay_with_the_packs_of_that_other(
    django_capture_on_commit_callbacks: Any,
) -> None:
    matter = on_agenda(MeetingFactory.create(), "Koltrasten").matter
    case = matter.lines.get().case
    stored = StoredFile.objects.keep(b"samma", "text/plain")
    case.register(Record.Kind.APPENDIX, "Karta", files=[(stored, "karta.txt")])
    matter.case.register(Record.Kind.OFFICERS_REPORT, "Rapport", files=[(stored, "karta.txt")])
    close_long_ago(case)
    destroy("bilaga", run=django_capture_on_commit_callbacks)
    assert stored.read() == b"samma"


def test_a_notice_takes_its_letter_with_it_and_letters_of_decision_stay(
    django_capture_on_commit_callbacks: Any,
) -> None:
    letter, kept = made_letters("Koltrasten", "Tornsvalan")
    secretary = staff(Role.SECRETARY)
    release_all(letter.decision.agenda_item.meeting, secretary)
    letter.refresh_from_db()
    kept.refresh_from_db()
    assert kept.record is not None
    html = f"<h1>Underrättelse</h1><p>{SECRET}</p>"
    document = order(Source("underrattelse", "Underrättelse", html, numbered=False))
    notice = letter.line.case.register(Record.Kind.NOTICE, "Underrättelse", document=document)
    QuerySet(Letter).filter(pk=letter.pk).update(record=notice, document=document, parts={"reason": SECRET})
    close_long_ago(letter.line.case, kept.line.case)
    RetentionRule.objects.create(what="beslutsbrev", years=2, valid_from=date(1990, 1, 1))
    destroy("underrattelse", run=django_capture_on_commit_callbacks)
    assert found() == []
    letter.refresh_from_db()
    kept.refresh_from_db()
    assert (letter.document, letter.outcome, letter.cleared_at is not None) == (None, "bifall", True)
    assert (kept.document is not None, kept.parts != {}) == (True, True)
    address = reverse("committee:letter", args=[letter.pk])
    assert client_of(secretary).get(address).status_code == 200


def test_an_idea_its_thread_and_its_answer_go(django_capture_on_commit_callbacks: Any) -> None:
    AuthorityFactory.create()
    association = AssociationFactory.create()
    person = person_of(association)
    officer = staff(Role.CASE_OFFICER)
    idea = leaving_ideas.leave(association, leaving_ideas.Thought("Kafé", SECRET), person)
    answering_ideas.say(idea, f"Vi menar {SECRET}", person)
    declare(idea.case, officer, has_conflict=False)
    answering_ideas.end(
        idea, answering_ideas.Ending("nej", f"Inte {SECRET}", what_else=f"Fråga om {SECRET}"), officer
    )
    close_long_ago(idea.case)
    destroy("ide", "svar_pa_ide", run=django_capture_on_commit_callbacks)
    assert found() == []
    idea.refresh_from_db()
    assert (idea.outcome, idea.ended_by, idea.answer) == ("nej", officer, "Gallrad")
    assert client_of(person).get(reverse("iop:idea", args=[idea.pk])).status_code == 200


def test_what_a_partnership_wrote_goes_and_the_agreement_stays(
    django_capture_on_commit_callbacks: Any,
) -> None:
    one = running()
    agreement = one.agreement
    row = agreement.follow_ups.get(kind=FollowUp.Kind.YEARLY, year=2027)
    document = order(Source("uppfoljning", "Uppföljning", f"<p>{SECRET}</p>", numbered=False))
    FollowUp.objects.filter(pk=row.pk).update(
        learned=SECRET, content={"a": SECRET}, document=document, finished_at=timezone.now()
    )
    agreement.case.register(Record.Kind.FOLLOW_UP, "Uppföljning", content={"a": SECRET}, document=document)
    MarketAssessment.objects.filter(agreement=agreement).update(market=SECRET, state_aid_reason=SECRET)
    agreement.case.register(Record.Kind.MARKET_ASSESSMENT, "Prövning", content={"market": SECRET})
    kept = agreement.case.register(Record.Kind.AGREEMENT, "Överenskommelse", content={"text": "kvar"})
    close_long_ago(agreement.case)
    destroy("uppfoljning", "provning_av_iop", run=django_capture_on_commit_callbacks)
    assert found() == []
    assert Record.objects.get(pk=kept.pk).content == {"text": "kvar"}
    address = reverse("iop:follow-up", args=[agreement.pk, row.pk])
    assert client_of(one.of_association).get(address).status_code == 200


# --- What no rule lets go -----------------------------------------------------------------------


def test_decisions_and_agreements_are_kept_whatever_a_rule_says() -> None:
    case = CommitteeFactory.create().authority.open_case(public_title="Ärende")
    for kind in Record.KEPT_FOR_EVER:
        case.register(kind, "Beslut")
        RetentionRule.objects.create(what=kind, years=0, valid_from=date(1990, 1, 1))
    close_long_ago(case)
    assert list(retention.due()) == []
    written = {"what": "protokoll", "years": "5", "valid_from": "2026-01-01"}
    page = client_of(staff(Role.REGISTRAR)).post(reverse("registry:new-rule"), written)
    assert set(page.context["form"].errors) == {"keep"}

"""The library of papers, what calls ask for, and what is handed in later."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from grants.applying import drafts, picking
from grants.applying.asked_papers import prefetches, wanted_papers
from grants.applying.completeness import missing_tasks
from grants.applying.submission import CannotSubmit, submit
from grants.associations import library
from grants.associations.library import NewPaper, PaperRefused, add_paper
from grants.associations.shipped_papers import (
    SHIPPED,
    STANDARD_LIST,
    ask_for_papers,
    install_paper_types,
    name_of,
)
from grants.models import Application, Association, Call, Membership, Paper, PromisedPaper, Section
from grants.models.papers import months_after
from grants.received import late_papers
from grants.reminders import kinds, remind
from portal.documents.models import StoredFile
from portal.people.models import Role, User
from portal.registry.models import Event, Record, declare
from tests.factories import (
    PDF,
    ApplicationFactory,
    AssociationFactory,
    CallFactory,
    PaperFactory,
    complete,
    paper_type,
    person_of,
    sent_application,
    staff,
)

pytestmark = pytest.mark.django_db


def new(code: str, content: bytes = PDF, **fields: Any) -> NewPaper:
    kept = StoredFile.objects.keep(content, "application/pdf")
    return NewPaper(paper_type(code), f"{code}.pdf", kept, **fields)


@pytest.fixture
def association() -> Association:
    # A test with threads empties the tables after it, the shipped kinds of papers among them.
    install_paper_types()
    return AssociationFactory.create()


@pytest.fixture
def person(association: Association) -> User:
    return person_of(association)


def fresh(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


# --- Kinds and validity ------------------------------------------------------------------------------


def test_the_shipped_kinds_are_installed_once_and_left_as_staff_changed_them() -> None:
    install_paper_types()
    statutes = paper_type("stadgar")
    statutes.name_sv = "Våra regler"
    statutes.save()
    install_paper_types()
    assert paper_type("stadgar").name_sv == "Våra regler"
    assert set(STANDARD_LIST) <= set(SHIPPED)


@pytest.mark.parametrize(
    ("code", "year", "dated_on", "until"),
    [
        ("stadgar", None, date(2019, 3, 1), None),
        ("arsmotesprotokoll", 2026, date(2026, 3, 10), date(2027, 4, 30)),
        ("bokslut", 2025, date(2026, 2, 1), date(2027, 4, 30)),
        ("verksamhetsplan", 2027, date(2026, 11, 1), date(2027, 12, 31)),
        ("registreringsbevis", None, date(2026, 2, 28), date(2027, 2, 28)),
    ],
)
def test_how_long_a_paper_is_valid(
    code: str, year: int | None, dated_on: date, until: date | None, association: Association, person: User
) -> None:
    paper = add_paper(association, new(code, year=year, dated_on=dated_on), person)
    assert paper.valid_until == until


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 31), 4, date(2027, 4, 30)),
        (date(2026, 5, 15), 12, date(2027, 5, 15)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
    ],
)
def test_months_are_counted_as_people_do(day: date, months: int, then: date) -> None:
    assert months_after(day, months) == then


def test_a_kind_cannot_be_valid_for_months_without_saying_how_many() -> None:
    statutes = paper_type("stadgar")
    statutes.validity = "months"
    with pytest.raises(IntegrityError), transaction.atomic():
        statutes.save()


# --- Versions ------------------------------------------------------------------------------------------


def test_a_new_version_replaces_and_keeps_the_old(association: Association, person: User) -> None:
    first = add_paper(association, new("stadgar"), person)
    second = add_paper(association, new("stadgar", PDF + b"%2"), person)
    first.refresh_from_db()
    assert (first.version, second.version, first.replaced_by) == (1, 2, second)
    assert list(Paper.objects.current()) == [second]
    assert first.stored_file.read() == PDF


def test_years_stand_beside_each_other_and_other_papers_too(association: Association, person: User) -> None:
    for year in (2024, 2025):
        add_paper(association, new("bokslut", year=year), person)
    for _n in range(2):
        add_paper(association, new("ovrigt"), person)
    assert Paper.objects.current().count() == 4


def test_the_year_is_asked_for(association: Association, person: User) -> None:
    with pytest.raises(PaperRefused):
        add_paper(association, new("bokslut"), person)


def test_taking_back_a_version_lets_the_one_before_count(association: Association, person: User) -> None:
    first = add_paper(association, new("stadgar"), person)
    library.take_back(add_paper(association, new("stadgar"), person).pk)
    assert Paper.objects.current().get() == first


def test_what_has_been_handed_in_stays(person: User, association: Association) -> None:
    paper = add_paper(association, new("stadgar"), person)
    library.hand_in(paper.pk, person)
    sent = sent_application(association=association, created_by=person)
    for kept in (paper, sent.attachments.get().paper):
        with pytest.raises(PaperRefused):
            library.take_back(kept.pk)


def test_only_managers_hand_in_by_itself(association: Association) -> None:
    writer = person_of(association, Membership.Role.WRITER)
    paper = add_paper(association, new("stadgar"), writer)
    with pytest.raises(PaperRefused):
        library.hand_in(paper.pk, writer)


# --- Who sees what -----------------------------------------------------------------------------------


def test_an_officer_sees_no_paper_before_it_is_handed_in(association: Association, person: User) -> None:
    officer = staff(Role.CASE_OFFICER)
    paper = add_paper(association, new("stadgar"), person)
    complete(ApplicationFactory.create(association=association, created_by=person))
    assert not Paper.objects.visible_to(officer).exists()
    library.hand_in(paper.pk, person)
    assert Paper.objects.visible_to(officer).get() == paper


def test_an_officer_sees_what_came_with_an_application_after_declaring() -> None:
    application = sent_application()
    officer, conflicted = staff(Role.CASE_OFFICER), staff(Role.CASE_OFFICER)
    paper = application.attachments.get().paper
    assert not Paper.objects.visible_to(officer).exists()
    declare(application.received_case, officer, has_conflict=False)
    declare(application.received_case, conflicted, has_conflict=True)
    assert Paper.objects.visible_to(officer).get() == paper
    assert not Paper.objects.visible_to(conflicted).exists()


def test_another_association_sees_nothing(association: Association, person: User) -> None:
    add_paper(association, new("stadgar"), person)
    assert not Paper.objects.visible_to(person_of(AssociationFactory.create())).exists()


# --- What a call asks for ----------------------------------------------------------------------------


@pytest.fixture
def call() -> Call:
    call = CallFactory.create()
    call.asked_papers.all().delete()
    ask_for_papers(call)
    return call


def states(draft: Application) -> dict[str, bool]:
    return {wanted.asked.type.code: wanted.is_there for wanted in wanted_papers(fresh(draft))}


def test_starting_chooses_what_is_valid(call: Call, association: Association, person: User) -> None:
    with time_machine.travel("2026-05-01 12:00+00:00"):
        Call.objects.update(opens_at=timezone.now(), closes_at=timezone.now() + timedelta(days=30))
        add_paper(association, new("stadgar"), person)
        add_paper(association, new("bokslut", year=2025), person)
        add_paper(association, new("bokslut", year=2024), person)
        add_paper(association, new("verksamhetsplan", year=2025), person)
        call.refresh_from_db()
        draft = drafts.start(call, association, person)
        chosen = {(a.paper.type.code, a.paper.year) for a in draft.attachments.select_related("paper__type")}
    assert chosen == {("stadgar", None), ("bokslut", 2025)}


def test_a_new_version_takes_the_place_in_drafts_but_not_in_what_was_sent(
    association: Association, person: User
) -> None:
    sent = sent_application(association=association, created_by=person)
    old = sent.attachments.get().paper
    draft = drafts.start(CallFactory.create(), association, person)
    assert draft.attachments.get().paper == old
    renewed = add_paper(association, new("stadgar", PDF + b"%2"), person)
    assert (draft.attachments.get().paper, sent.attachments.get().paper) == (renewed, old)
    content: Any = sent.received_case.records.get(kind=Record.Kind.APPLICATION).content
    assert content["attachments"][0]["sha256"] == old.stored_file.sha256


def test_a_new_association_hands_in_minutes_of_formation_instead(
    call: Call, association: Association, person: User
) -> None:
    draft = drafts.start(call, association, person)
    before = states(draft)
    add_paper(association, new("konstituerande"), person)
    after = states(draft)
    changed = {code for code, is_there in after.items() if is_there and not before[code]}
    assert changed == {code for code, (_year, instead, *_rest) in STANDARD_LIST.items() if instead}


def test_every_required_paper_is_there_or_promised(association: Association, person: User) -> None:
    draft = complete(ApplicationFactory.create(association=association, created_by=person))
    assert missing_tasks(fresh(draft)) == []
    asked = draft.call.asked_papers.create(type=paper_type("bokslut"), year_offset=-2, position=9)
    assert [task.section for task in missing_tasks(fresh(draft))] == [Section.PAPERS]
    with pytest.raises(picking.CannotPromise):
        picking.promise(draft.pk, asked, timezone.localdate(), person)
    asked.may_come_later = True
    asked.save()
    picking.promise(draft.pk, asked, timezone.localdate() + timedelta(days=20), person)
    assert missing_tasks(fresh(draft)) == []


def test_a_paper_that_has_run_out_or_was_turned_down_is_not_enough(
    association: Association, person: User
) -> None:
    draft = complete(ApplicationFactory.create(association=association, created_by=person))
    paper = draft.attachments.get().paper
    Paper.objects.filter(pk=paper.pk).update(valid_until=timezone.localdate() - timedelta(days=1))
    assert not states(draft)["stadgar"]
    with pytest.raises(CannotSubmit):
        submit(draft.pk, person)
    Paper.objects.filter(pk=paper.pk).update(valid_until=timezone.localdate())
    assert states(draft)["stadgar"]


@pytest.mark.parametrize("days", [-1, 71])
def test_a_promise_names_a_day_that_the_call_allows(
    days: int, association: Association, person: User
) -> None:
    draft = ApplicationFactory.create(association=association, created_by=person)
    asked = draft.call.asked_papers.create(type=paper_type("bokslut"), may_come_later=True, position=9)
    with pytest.raises(picking.CannotPromise):
        picking.promise(draft.pk, asked, timezone.localdate() + timedelta(days=days), person)
    assert not PromisedPaper.objects.exists()


@pytest.mark.rule(8)
def test_a_paper_of_another_association_cannot_be_picked(association: Association, person: User) -> None:
    draft = ApplicationFactory.create(association=association, created_by=person)
    with pytest.raises(ValueError, match="not of association"):
        picking.pick(draft.pk, PaperFactory.create(), person)


def test_the_list_asks_the_database_nothing_more_with_more_papers(
    call: Call, association: Association, person: User
) -> None:
    draft = drafts.start(call, association, person)
    counts = []
    for code in ("stadgar", "konstituerande", "firmateckning"):
        add_paper(association, new(code), person)
        loaded = Application.objects.select_related("call").prefetch_related(*prefetches()).get(pk=draft.pk)
        with CaptureQueriesContext(connection) as captured:
            [(wanted.status, wanted.hint, wanted.name) for wanted in wanted_papers(loaded)]
        counts.append(len(captured))
    assert counts == [0, 0, 0]


# --- Later -----------------------------------------------------------------------------------------------


@pytest.fixture
def promised(association: Association, person: User) -> PromisedPaper:
    """A sent application whose accounts come later."""
    draft = complete(ApplicationFactory.create(association=association, created_by=person))
    asked = draft.call.asked_papers.create(
        type=paper_type("bokslut"), year_offset=-2, may_come_later=True, position=9
    )
    promise = picking.promise(draft.pk, asked, timezone.localdate() + timedelta(days=20), person)
    submit(draft.pk, person)
    return PromisedPaper.objects.get(pk=promise.pk)


def test_a_promised_paper_joins_the_case_once(promised: PromisedPaper, person: User) -> None:
    for _n in range(2):
        late_papers.hand_in_promised(promised.pk, new("bokslut"), person)
    promised.refresh_from_db()
    assert promised.paper is not None
    case = promised.application.received_case
    record = case.records.get(kind=Record.Kind.PROMISED_PAPER)
    assert record.files.get().filename == "bokslut.pdf"
    assert promised.paper.year == promised.application.call.first_year - 2
    assert case.events.filter(kind=Event.Kind.PAPER_CAME).count() == 1
    assert Paper.objects.filter(type__code="bokslut").count() == 1


def test_the_promise_stands_in_the_record(promised: PromisedPaper) -> None:
    content: Any = promised.application.received_case.records.get(kind=Record.Kind.APPLICATION).content
    assert content["promised_papers"] == [
        {
            "kind": "bokslut",
            "name_sv": "Bokslut med resultat- och balansräkning",
            "name_en": "Annual accounts",
            "year": promised.year,
            "due_on": promised.due_on.isoformat(),
        }
    ]


def test_a_promise_is_reminded_of_before_and_after_once_each(promised: PromisedPaper) -> None:
    assert {"promised_paper_soon_due", "promised_paper_overdue"} <= {kind.code for kind in kinds()}
    sent = []
    for days in (0, 14, 15, 21, 22, 60):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            sent.append(remind())
    assert sent == [0, 1, 0, 1, 0, 0]


def test_nobody_is_reminded_of_what_has_come(promised: PromisedPaper, person: User) -> None:
    late_papers.hand_in_promised(promised.pk, new("bokslut"), person)
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        assert remind() == 0


def test_an_old_record_without_names_can_be_read() -> None:
    assert name_of({"kind": "stadgar", "filename": "a.pdf"}) == "Stadgar"


# --- Pages ----------------------------------------------------------------------------------------------


def upload(name: str = "stadgar.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_paper_is_added_handed_in_and_taken_back(
    client: Client, association: Association, person: User
) -> None:
    client.force_login(person)
    url = reverse("grants:add-paper", args=[association.pk])
    assert client.post(url, {"kind": "bokslut", "file": upload()}).status_code == 422
    client.post(url, {"kind": "bokslut", "year": "2025", "file": upload("Bokslut.pdf")})
    paper = Paper.objects.get()
    shelf = reverse("grants:papers", args=[association.pk])
    assert "Bokslut.pdf" in client.get(shelf).content.decode()
    client.post(reverse("grants:hand-in-paper", args=[association.pk, paper.pk]))
    paper.refresh_from_db()
    assert paper.handed_in_by == person
    client.post(reverse("grants:take-back-paper", args=[association.pk, paper.pk]))
    assert Paper.objects.exists()


def test_a_paper_that_is_asked_for_is_uploaded_chosen_promised(
    client: Client, association: Association, person: User
) -> None:
    draft = ApplicationFactory.create(association=association, created_by=person)
    asked = draft.call.asked_papers.create(
        type=paper_type("bokslut"), year_offset=-2, may_come_later=True, position=9
    )
    client.force_login(person)
    url = reverse("grants:asked-paper", args=[draft.pk, "bokslut"])
    later = (timezone.localdate() + timedelta(days=5)).isoformat()
    assert client.post(url, {"act": "later", "due_on": ""}).status_code == 422
    assert client.post(url, {"act": "later", "due_on": "2020-01-01"}).status_code == 422
    assert client.post(url, {"act": "later", "due_on": later}).status_code == 302
    assert draft.promised_papers.get().type == asked.type
    assert client.post(url, {"act": "upload", "year": "", "file": upload()}).status_code == 422
    client.post(url, {"act": "upload", "year": str(asked.year), "file": upload()})
    assert not draft.promised_papers.exists()
    paper = draft.attachments.get().paper
    client.post(url, {"act": "choose", "unpick": paper.pk})
    assert not draft.attachments.exists()
    client.post(url, {"act": "choose", "pick": paper.pk})
    assert draft.attachments.get().paper == paper
    assert client.post(url, {"act": "choose", "pick": PaperFactory.create().pk}).status_code == 404


def test_a_promised_paper_is_handed_in_on_its_page(
    client: Client, promised: PromisedPaper, person: User
) -> None:
    client.force_login(person)
    page = reverse("grants:application", args=[promised.application_id])
    url = reverse("grants:promised-paper", args=[promised.application_id, promised.pk])
    assert url in client.get(page).content.decode()
    client.post(url, {"year": str(promised.year), "file": upload("Bokslut.pdf")})
    shown = client.get(page).content.decode()
    assert url not in shown
    assert "Bokslut.pdf" in shown

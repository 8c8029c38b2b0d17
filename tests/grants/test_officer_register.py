"""The officers' register: what they verify, decide, write down and hand over, and what stays hidden."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from grants.associations import contact_register, eligibility, library, number_check, paper_review
from grants.associations.accounts import NewAccount, enter
from grants.associations.library import NewPaper, add_paper
from grants.models import (
    Application,
    Association,
    AssociationEvent,
    ContactNote,
    ContactOfficer,
    Eligibility,
    Paper,
)
from grants.reminders import remind
from portal.documents.models import StoredFile
from portal.people.models import Role, User
from portal.registry.models import declare
from tests.factories import (
    PDF,
    ApplicationFactory,
    AssociationFactory,
    complete,
    organisation_number,
    paper_type,
    person_of,
    sent_application,
    staff,
)

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture
def officer() -> User:
    return staff(Role.CASE_OFFICER)


@pytest.fixture
def colleague() -> User:
    return staff(Role.CASE_OFFICER)


@pytest.fixture
def association() -> Association:
    return AssociationFactory.create()


def stored() -> StoredFile:
    return StoredFile.objects.keep(PDF, "application/pdf")


# --- Number ----------------------------------------------------------------------------------------------


def test_a_verified_number_is_changed_only_with_a_reason(association: Association, officer: User) -> None:
    number_check.verify_number(association.pk, officer)
    number_check.verify_number(association.pk, officer)
    with pytest.raises(number_check.CannotVerify):
        number_check.change_number(association.pk, organisation_number(77), " ", officer)
    number_check.change_number(association.pk, organisation_number(77), "Fel i beviset.", officer)
    association.refresh_from_db()
    assert (association.organisation_number, association.number_verified_by) == (
        organisation_number(77),
        officer,
    )
    assert list(association.events.values_list("kind", flat=True)) == ["number_verified", "number_changed"]


def test_a_number_of_another_association_is_refused(association: Association, officer: User) -> None:
    other = AssociationFactory.create()
    with pytest.raises(number_check.CannotVerify):
        number_check.change_number(association.pk, str(other.organisation_number), "Fel.", officer)


# --- Eligibility -----------------------------------------------------------------------------------------


def test_a_period_lasts_a_year_unless_told_otherwise() -> None:
    assert eligibility.default_last_day(date(2026, 11, 24)) == date(2027, 11, 23)
    assert eligibility.default_last_day(date(2028, 2, 29)) == date(2029, 2, 27)


def test_periods_never_overlap(association: Association, officer: User) -> None:
    eligibility.decide(association, date(2026, 1, 1), date(2026, 12, 31), "Allt stämmer.", officer)
    with pytest.raises(eligibility.CannotDecide):
        eligibility.decide(association, date(2026, 12, 31), date(2027, 12, 30), "Igen.", officer)
    eligibility.decide(association, date(2027, 1, 1), date(2027, 12, 31), "Allt stämmer.", officer)
    other = AssociationFactory.create()
    eligibility.decide(other, date(2026, 6, 1), date(2027, 5, 31), "Allt stämmer.", officer)


def test_the_database_holds_periods_apart(association: Association, officer: User) -> None:
    first = Eligibility.objects.create(
        association=association,
        valid_from=date(2026, 1, 1),
        valid_until=date(2026, 12, 31),
        reason="x",
        decided_by=officer,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Eligibility.objects.create(
            association=association,
            valid_from=date(2026, 12, 31),
            valid_until=date(2027, 1, 31),
            reason="x",
            decided_by=officer,
        )
    second = Eligibility.objects.create(
        association=association,
        valid_from=date(2027, 1, 1),
        valid_until=date(2027, 1, 31),
        reason="x",
        decided_by=officer,
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Eligibility.objects.filter(pk=second.pk).update(valid_from=date(2026, 6, 1))
    Eligibility.objects.filter(pk=first.pk).update(valid_until=date(2026, 11, 30))


def test_a_period_is_cut_short_with_a_reason(association: Association, officer: User) -> None:
    period = eligibility.decide(association, date(2026, 1, 1), date(2026, 12, 31), "Allt stämmer.", officer)
    with pytest.raises(eligibility.CannotDecide):
        eligibility.cut_short(period.pk, date(2027, 1, 1), "Upplöst.", officer)
    eligibility.cut_short(period.pk, date(2026, 5, 31), "Upplöst.", officer)
    assert not Eligibility.objects.on(date(2026, 6, 1)).exists()
    assert [event.kind for event in association.events.all()] == ["eligibility_decided", "eligibility_ended"]


def test_an_association_is_reminded_before_and_after_the_end(association: Association, officer: User) -> None:
    person_of(association)
    sent = []
    with time_machine.travel(TODAY):
        eligibility.decide(association, TODAY, TODAY + timedelta(days=364), "Allt stämmer.", officer)
    for days in (0, 333, 334, 340, 364, 365, 370, 400):
        with time_machine.travel(TODAY + timedelta(days=days)):
            sent.append(remind())
    assert sent == [0, 0, 1, 0, 0, 1, 0, 0]


def test_a_renewed_status_is_not_reminded_of(association: Association, officer: User) -> None:
    person_of(association)
    first, last = TODAY, TODAY + timedelta(days=364)
    with time_machine.travel(TODAY):
        eligibility.decide(association, first, last, "Allt stämmer.", officer)
        eligibility.decide(
            association, last + timedelta(days=1), last + timedelta(days=365), "Förnyad.", officer
        )
    with time_machine.travel(TODAY + timedelta(days=340)):
        assert remind() == 0


def test_an_association_reads_its_status_in_plain_words(
    client: Client, association: Association, officer: User
) -> None:
    client.force_login(person_of(association))
    today = timezone.localdate()
    eligibility.decide(association, today, today + timedelta(days=364), "Hemligt skäl.", officer)
    page = client.get(reverse("grants:papers", args=[association.pk]))
    assert page.context["eligibility"].color == "success"
    assert "Hemligt skäl." not in page.content.decode()


# --- Papers ----------------------------------------------------------------------------------------------


def test_a_paper_is_reviewed_with_a_note_and_the_association_is_told(
    association: Association, officer: User
) -> None:
    manager = person_of(association)
    paper = add_paper(association, NewPaper(paper_type("stadgar"), "s.pdf", stored()), manager)
    with pytest.raises(paper_review.CannotReview):
        paper_review.review(paper.pk, approved=True, note="", by=officer)
    library.hand_in(paper.pk, manager)
    with pytest.raises(paper_review.CannotReview):
        paper_review.review(paper.pk, approved=False, note=" ", by=officer)
    paper_review.review(paper.pk, approved=False, note="Sidan 2 saknas.", by=officer)
    assert not Paper.objects.valid().exists()
    assert {mail.to[0] for mail in Email.objects.all()} == {association.email, manager.email}
    assert all("Sidan 2" not in mail.message for mail in Email.objects.all())
    paper_review.review(paper.pk, approved=True, note="", by=officer)
    assert Paper.objects.valid().get() == paper


# --- Conflict of interest ---------------------------------------------------------------------------------


@pytest.mark.rule(10)
def test_a_conflict_hides_the_case_and_keeps_from_deciding(client: Client, officer: User) -> None:
    application = sent_application()
    association = application.association
    manager = application.created_by
    declare(application.received_case, officer, has_conflict=True)
    account = enter(association, NewAccount("bankgiro", "50501055", "Fyren", stored(), "b.pdf"), manager)
    client.force_login(officer)
    page = client.get(reverse("grants:known-association", args=[association.pk])).content.decode()
    assert application.received_case.registry_number not in page
    assert application.title not in page
    assert application.call.title not in page
    today = timezone.localdate()
    acts: list[tuple[str, list[int], dict[str, Any]]] = [
        ("verify-number", [], {}),
        ("check-account", [account.pk], {"act": "verify"}),
        ("decide-eligibility", [], {"valid_from": today, "valid_until": today, "reason": "x"}),
    ]
    for name, more, data in acts:
        client.post(reverse(f"grants:{name}", args=[association.pk, *more]), data)
    assert not AssociationEvent.objects.exclude(kind="account_entered").exists()


def test_a_note_on_a_case_is_hidden_by_a_conflict(officer: User, colleague: User) -> None:
    application = sent_application()
    for case in (None, application.received_case):
        ContactNote.objects.create(
            association=application.association,
            case=case,
            held_on=TODAY,
            channel="phone",
            text="x",
            written_by=colleague,
        )
    declare(application.received_case, officer, has_conflict=True)
    assert ContactNote.objects.visible_to(officer).get().case is None
    assert ContactNote.objects.visible_to(colleague).count() == 2
    assert not ContactNote.objects.visible_to(application.created_by).exists()


def test_no_draft_shows_in_the_register(client: Client, officer: User) -> None:
    draft = complete(ApplicationFactory.create())
    client.force_login(officer)
    for url in (
        reverse("grants:register"),
        reverse("grants:known-association", args=[draft.association_id]),
    ):
        page = client.get(url).content.decode()
        assert draft.title not in page
        assert "stadgar.pdf" not in page


# --- Contacts ----------------------------------------------------------------------------------------------


def test_one_contact_at_a_time_with_its_history(
    association: Association, officer: User, colleague: User
) -> None:
    contact_register.set_contact_officer(association, officer, officer)
    contact_register.set_contact_officer(association, officer, officer)
    contact_register.set_contact_officer(association, colleague, officer)
    assert list(association.contact_officers.values_list("officer", "until").order_by("pk"))[1] == (
        colleague.pk,
        None,
    )
    contact_register.set_contact_officer(association, None, officer)
    assert not association.contact_officers.current().exists()
    assert association.events.filter(kind="contact_officer").count() == 3
    assert not AssociationEvent.objects.visible_to(person_of(association)).exists()


def test_all_associations_are_handed_over_in_one_act(officer: User, colleague: User) -> None:
    counts = []
    for number in (2, 8):
        for _n in range(number):
            contact_register.set_contact_officer(AssociationFactory.create(), officer, officer)
        with CaptureQueriesContext(connection) as captured:
            assert contact_register.hand_over(officer, colleague, colleague) == number
        counts.append(len(captured))
    assert counts[0] == counts[1]
    held = ContactOfficer.objects.current()
    assert (held.filter(officer=officer).count(), held.filter(officer=colleague).count()) == (0, 10)
    assert AssociationEvent.objects.filter(detail=f"{officer} → {colleague}").count() == 10


def test_only_another_case_officer_takes_over(officer: User) -> None:
    for taker in (officer, staff(Role.MEMBER)):
        with pytest.raises(contact_register.CannotHandOver):
            contact_register.hand_over(officer, taker, officer)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_two_who_hand_over_at_once_give_each_association_one_contact() -> None:
    giver = staff(Role.CASE_OFFICER)
    takers = [staff(Role.CASE_OFFICER) for _n in range(3)]
    for _n in range(5):
        contact_register.set_contact_officer(AssociationFactory.create(), giver, giver)

    def take(taker: User) -> int:
        try:
            return contact_register.hand_over(giver, taker, taker)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(take, takers)) == [0, 0, 5]
    assert ContactOfficer.objects.current().count() == 5


# --- Pages -------------------------------------------------------------------------------------------------


def test_the_register_is_searched_and_narrowed(client: Client, officer: User, colleague: User) -> None:
    mine = AssociationFactory.create(name="Öppna dörren")
    waiting = AssociationFactory.create(name="Ankaret")
    contact_register.set_contact_officer(mine, officer, officer)
    eligibility.decide(mine, timezone.localdate(), timezone.localdate(), "x", colleague)
    manager = person_of(waiting)
    enter(waiting, NewAccount("bankgiro", "50501055", "Ankaret", stored(), "b.pdf"), manager)
    ContactNote.objects.create(
        association=waiting,
        held_on=TODAY,
        channel="phone",
        text="x",
        follow_up_on=timezone.localdate(),
        written_by=colleague,
    )
    number_check.verify_number(mine.pk, officer)
    client.force_login(officer)

    def found(**query: str) -> list[str]:
        page = client.get(reverse("grants:register"), query)
        return [row.name for row, _status in page.context["rows"]]

    assert found() == ["Ankaret", "Öppna dörren"]
    assert found(q="öppna") == found(q=mine.organisation_number or "") == ["Öppna dörren"]
    assert found(show="mine") == ["Öppna dörren"]
    for show in ("nobody", "check", "number", "expired", "follow"):
        assert found(show=show) == ["Ankaret"], show


def test_the_register_takes_the_same_queries_whatever_it_holds(client: Client, officer: User) -> None:
    client.force_login(officer)
    counts = []
    for number in (3, 20):
        for _n in range(number):
            association = AssociationFactory.create()
            contact_register.set_contact_officer(association, officer, officer)
            eligibility.decide(association, TODAY, TODAY, "x", officer)
            paper = add_paper(
                association, NewPaper(paper_type("stadgar"), "s.pdf", stored()), person_of(association)
            )
            library.hand_in(paper.pk, paper.added_by)
        client.get(reverse("grants:register"))
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("grants:register"))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_an_associations_page_takes_the_same_queries_whatever_it_has(client: Client, officer: User) -> None:
    client.force_login(officer)
    application = sent_application()
    association, person = application.association, application.created_by
    counts = []
    for number in (1, 4):
        for n in range(number):
            sent = sent_application(association=association, created_by=person)
            declare(sent.received_case, officer, has_conflict=False)
            paper = add_paper(
                association,
                NewPaper(paper_type("bokslut"), "b.pdf", stored(), year=2000 + 10 * number + n),
                person,
            )
            library.hand_in(paper.pk, person)
            paper_review.review(paper.pk, approved=True, note="", by=officer)
            ContactNote.objects.create(
                association=association,
                case=sent.case,
                held_on=TODAY,
                channel="phone",
                text="x",
                follow_up_on=TODAY,
                written_by=officer,
            )
            day = date(2030 + 10 * number + n, 1, 1)
            eligibility.decide(association, day, day, "x", officer)
        url = reverse("grants:known-association", args=[association.pk])
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert Application.objects.sent().filter(association=association).count() == 6


def test_an_officer_works_through_an_association(
    client: Client, association: Association, officer: User, colleague: User
) -> None:
    manager = person_of(association)
    account = enter(association, NewAccount("bankgiro", "50501055", "Fyren", stored(), "b.pdf"), manager)
    paper = add_paper(association, NewPaper(paper_type("stadgar"), "s.pdf", stored()), manager)
    library.hand_in(paper.pk, manager)
    client.force_login(officer)

    def post(name: str, *more: int, **data: Any) -> int:
        return client.post(reverse(f"grants:{name}", args=[association.pk, *more]), data).status_code

    assert post("verify-number") == 302
    assert post("change-number", number="802002-8711", reason="") == 422
    assert post("change-number", number="802002-8711", reason="Enligt beviset.") == 302
    assert post("check-account", account.pk, act="verify") == 302
    assert post("check-account", account.pk, act="confirm") == 302
    assert not association.accounts.effective().exists()
    assert post("check-account", account.pk, act="refuse", reason="") == 422
    assert post("review-paper", paper.pk, outcome="not_approved", note="") == 422
    assert post("review-paper", paper.pk, outcome="approved") == 302
    first = timezone.localdate()
    assert post("decide-eligibility", valid_from=first, valid_until="2020-01-01", reason="Ok.") == 422
    assert post("decide-eligibility", valid_from=first, valid_until=first, reason="Ok.") == 302
    assert post("decide-eligibility", valid_from=first, valid_until=first, reason="Ok.") == 422
    note = {"held_on": "2026-11-20", "channel": "phone", "mark": "sakuppgift", "text": "Ny lokal."}
    assert post("add-note", **note | {"text": ""}) == 422
    assert post("add-note", **note, follow_up_on="2026-12-01") == 302
    assert post("follow-up", ContactNote.objects.get().pk) == 302
    assert ContactNote.objects.get().followed_up_by == officer
    assert post("contact-officer", officer=officer.pk) == 302
    handed = client.post(
        reverse("grants:hand-over-associations"), {"giver": officer.pk, "taker": colleague.pk}
    )
    assert handed.status_code == 302
    client.force_login(colleague)
    assert post("check-account", account.pk, act="confirm") == 302
    page = client.get(reverse("grants:known-association", args=[association.pk])).content.decode()
    for text in ("5050-1055", "Ny lokal.", "s.pdf", "Ok."):
        assert text in page

"""What an association sees of its own applications, and that it sees no other's."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from grants.models import Application, GrantType, Terms, TermsStage
from grants.received.following import step_of
from grants.states import State
from portal.documents.models import Document, DocumentState, StoredFile
from portal.people.models import Role
from portal.registry.models import Record
from tests.factories import (
    PDF,
    ApplicationFactory,
    AssociationFactory,
    CallFactory,
    person_of,
    sent_application,
    staff,
)

pytestmark = pytest.mark.django_db

PAGES = ["application", "receipt", "answers", "receipt-document", "check"]


@pytest.fixture
def sent() -> Application:
    return sent_application()


@pytest.fixture
def own(client: Client, sent: Application) -> Client:
    client.force_login(sent.created_by)
    return client


def page(client: Client, name: str, application: Application, **headers: Any) -> Any:
    return client.get(reverse(f"grants:{name}", args=[application.pk]), headers=headers)


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (State.SUBMITTED, 0),
        (State.IN_ASSESSMENT, 1),
        (State.ASSESSED, 1),
        (State.BEFORE_COMMITTEE, 2),
        (State.DECIDED, 2),
    ],
)
def test_the_way_is_told_without_what_goes_on_inside(sent: Application, state: State, step: int) -> None:
    sent.state = state

    assert step_of(sent) == step


def decide(sent: Application, amounts: dict[int, int]) -> Record:
    """As the rooms above do: decided terms, and the letter on the case."""
    terms = Terms.objects.create(
        application=sent, stage=TermsStage.DECIDED, grant_type=GrantType.UTVECKLINGSBIDRAG
    )
    terms.set_amounts(amounts)
    Application.objects.filter(pk=sent.pk).update(state=State.DECIDED)
    stored = StoredFile.objects.keep(PDF, "application/pdf")
    letter = Document.objects.create(
        kind="beslutsbrev", title="Beslut", html="", content_hash="x", state="ready", file=stored, pages=1
    )
    assert sent.case is not None
    return sent.case.register(Record.Kind.DECISION_LETTER, "Beslut", document=letter)


def test_a_decision_is_read_once_it_is_released_and_not_before(own: Client, sent: Application) -> None:
    letter = decide(sent, {2027: 70_000, 2028: 60_000})
    pdf = reverse("registry:record-document", args=[letter.pk])

    before = page(own, "application", sent).content.decode()
    assert "70\u00a0000" not in before
    assert pdf not in before
    assert own.get(pdf).status_code == 404

    Application.objects.filter(pk=sent.pk).update(released_at=timezone.now())
    after = page(own, "application", sent)
    assert after.context["decided"].amounts == {2027: 70_000, 2028: 60_000}
    assert "70\u00a0000\u00a0kr" in after.content.decode()
    assert pdf in after.content.decode()
    download: Any = own.get(pdf)
    assert download.getvalue() == PDF


def test_a_no_is_told_too(own: Client, sent: Application) -> None:
    decide(sent, {})
    Application.objects.filter(pk=sent.pk).update(released_at=timezone.now())

    shown = page(own, "application", sent)

    assert not shown.context["decided"].is_grant
    assert 'id="decision"' in shown.content.decode()


def test_the_answers_are_those_of_the_frozen_record(own: Client, sent: Application) -> None:
    sent.answers.filter(key="purpose").update(value="Ändrat i databasen")

    shown = page(own, "answers", sent).content.decode()

    assert "Ändrat i databasen" not in shown
    assert "Vi möter människor varje vecka." in shown
    assert "100\u00a0000\u00a0kr" in shown


def test_the_receipt_waits_for_its_pdf_and_then_links_it(own: Client, sent: Application) -> None:
    assert sent.case is not None
    receipt = sent.case.records.get(kind=Record.Kind.RECEIPT)
    pdf = reverse("registry:record-document", args=[receipt.pk])
    fragment = page(own, "receipt-document", sent, HX_Request="true").content.decode()
    assert "hx-get" in fragment
    assert pdf not in fragment

    stored = StoredFile.objects.keep(PDF, "application/pdf")
    Document.objects.update(state=DocumentState.READY, file=stored, pages=1)
    fragment = page(own, "receipt-document", sent, HX_Request="true").content.decode()
    assert "hx-get" not in fragment
    assert pdf in fragment
    assert pdf in page(own, "receipt", sent).content.decode()


def test_without_script_the_fragment_leads_to_the_page(own: Client, sent: Application) -> None:
    assert page(own, "receipt-document", sent)["Location"] == reverse("grants:receipt", args=[sent.pk])


@pytest.mark.parametrize("name", PAGES)
def test_other_associations_and_staff_find_nothing(client: Client, sent: Application, name: str) -> None:
    client.force_login(person_of(AssociationFactory.create()))
    assert page(client, name, sent).status_code == 404
    client.force_login(staff(Role.CASE_OFFICER))
    assert page(client, name, sent).status_code == 404


@pytest.mark.rule(8)
def test_drafts_of_others_are_not_found_and_not_written(client: Client) -> None:
    draft = ApplicationFactory.create()
    client.force_login(person_of(AssociationFactory.create()))
    section = reverse("grants:section", args=[draft.pk, "need"])

    assert client.get(section).status_code == 404
    assert client.post(section, {"seen": "", "answer_purpose": "Intrång"}).status_code == 404
    assert not draft.answers.exists()


@pytest.mark.parametrize("address", ["/ansokningar/", "/"])
def test_pages_of_many_applications_ask_as_often_as_of_one(client: Client, address: str) -> None:
    association = AssociationFactory.create()
    person = person_of(association)
    calls = [CallFactory.create(), CallFactory.create(grant_type=GrantType.UTVECKLINGSBIDRAG, closes_at=None)]
    for call in calls:
        sent_application(call=call, association=association, created_by=person)
        ApplicationFactory.create(call=call, association=association, created_by=person)
    client.force_login(person)
    client.get(address)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    few = count()
    for n in range(30):
        ApplicationFactory.create(call=calls[n % 2], association=association, created_by=person)
    sent_application(call=calls[0], association=association, created_by=person)
    assert count() == few

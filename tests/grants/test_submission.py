"""Sending: one case, one receipt, a frozen record; and everything that must stop it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from grants.applying.submission import CannotSubmit, submit
from grants.models import Application, Association, BudgetLine, Membership
from portal.documents.models import Document, DocumentState
from portal.people.models import Role
from portal.registry.models import Case, Event, Record
from tests.factories import ApplicationFactory, AssociationFactory, complete, person_of, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Application:
    return complete(ApplicationFactory.create())


def test_sending_gives_a_case_a_frozen_record_and_a_receipt(draft: Application) -> None:
    sent = submit(draft.pk, draft.created_by)

    case = Case.objects.get()
    record = case.records.get(kind=Record.Kind.APPLICATION)
    receipt = case.records.get(kind=Record.Kind.RECEIPT).document
    assert record.content is not None
    assert receipt is not None
    assert (sent.case, sent.state, sent.submitted_by) == (case, "submitted", draft.created_by)
    assert record.content["title"] == draft.title
    assert record.content["amounts"] == {"2027": 100_000}
    assert record.content["answers"]["purpose"] == "Vi möter människor varje vecka."
    assert record.content_sha256 == Record.checksum(record.content)
    assert [file.filename for file in record.files.all()] == ["stadgar.pdf"]
    assert receipt.state == DocumentState.QUEUED
    assert case.registry_number in receipt.html
    assert list(case.events.values_list("kind", flat=True)) == [Event.Kind.SUBMITTED, Event.Kind.OPENED]
    assert Email.objects.get().to == [draft.association.email]


def test_what_was_frozen_stays_when_the_association_changes(draft: Application) -> None:
    name = draft.association.name
    submit(draft.pk, draft.created_by)
    Association.objects.update(name="Nytt namn")

    content = Record.objects.get(kind=Record.Kind.APPLICATION).content
    assert content is not None
    assert content["association"]["name"] == name


@pytest.mark.rule(16)
def test_sending_twice_gives_one_case(draft: Application) -> None:
    first = submit(draft.pk, draft.created_by)
    second = submit(draft.pk, draft.created_by)

    assert first.case_id == second.case_id
    assert (Case.objects.count(), Record.objects.count(), Document.objects.count()) == (1, 2, 1)
    assert Email.objects.count() == 1


@pytest.mark.rule(1)
def test_a_broker_that_does_not_answer_costs_nobody_the_receipt(
    draft: Application, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    client.force_login(draft.created_by)

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("grants:check", args=[draft.pk]), {"signed": "on"}, follow=True)

    assert response.status_code == 200
    assert Case.objects.get().registry_number in response.content.decode()
    assert Document.objects.get().state == DocumentState.QUEUED


def test_nothing_is_sent_when_the_call_has_closed(draft: Application) -> None:
    assert draft.call.closes_at is not None
    with time_machine.travel(draft.call.closes_at + timedelta(seconds=1)), pytest.raises(CannotSubmit):
        submit(draft.pk, draft.created_by)
    assert not Case.objects.exists()


def test_only_a_signatory_sends(draft: Application) -> None:
    with pytest.raises(CannotSubmit):
        submit(draft.pk, person_of(draft.association, Membership.Role.WRITER))
    with pytest.raises(CannotSubmit):
        submit(draft.pk, person_of(AssociationFactory.create()))
    assert not Case.objects.exists()


def test_nothing_is_sent_while_something_is_missing(draft: Application) -> None:
    BudgetLine.objects.filter(heading__key="pay").update(amount=1)

    with pytest.raises(CannotSubmit):
        submit(draft.pk, draft.created_by)
    assert Application.objects.get().is_draft


@pytest.mark.rule(16)
def test_pressing_twice_leads_to_the_same_receipt(draft: Application, client: Client) -> None:
    client.force_login(draft.created_by)
    check = reverse("grants:check", args=[draft.pk])

    first = client.post(check, {"signed": "on"})
    second = client.post(check, {"signed": "on"})

    assert first["Location"] == second["Location"] == reverse("grants:receipt", args=[draft.pk])
    assert Case.objects.count() == 1


def test_without_the_tick_nothing_is_sent(draft: Application, client: Client) -> None:
    client.force_login(draft.created_by)

    response = client.post(reverse("grants:check", args=[draft.pk]), {})

    assert response.status_code == 422
    assert "signed" in response.context["form"].errors
    assert Application.objects.get().is_draft


def test_a_refusal_at_the_last_moment_loses_nothing(draft: Application, client: Client) -> None:
    writer = person_of(draft.association, Membership.Role.WRITER)
    client.force_login(writer)
    check = reverse("grants:check", args=[draft.pk])

    page = client.post(check, {"signed": "on"}, follow=True)

    assert page.redirect_chain == [(check, 302)]
    assert [message.level_tag for message in page.context["messages"]] == ["error"]
    assert not page.context["signing"].may_sign
    assert Application.objects.get().is_draft


@pytest.mark.rule(9)
def test_what_is_sent_can_no_longer_be_written(draft: Application, client: Client) -> None:
    submit(draft.pk, draft.created_by)
    client.force_login(draft.created_by)
    section = reverse("grants:section", args=[draft.pk, "need"])
    paper = draft.attachments.get()

    response = client.post(section, {"seen": "", "answer_purpose": "Efteråt"})
    client.post(reverse("grants:section", args=[draft.pk, "papers"]), {"remove": paper.pk})

    assert response["Location"] == reverse("grants:application", args=[draft.pk])
    assert draft.answers.get(key="purpose").value != "Efteråt"
    assert draft.attachments.count() == 1


def test_staff_see_nothing_of_a_draft_until_it_is_sent(draft: Application) -> None:
    officer = staff(Role.CASE_OFFICER)
    assert not Application.objects.visible_to(officer).exists()
    # Registering is done with the city: the association is seen, with nothing of what it writes.
    assert Association.objects.visible_to(officer).get() == draft.association

    submit(draft.pk, draft.created_by)
    assert Application.objects.visible_to(officer).get().pk == draft.pk


@pytest.mark.rule(16)
@pytest.mark.django_db(transaction=True)
def test_two_signatories_at_the_same_moment_give_one_case() -> None:
    """On PostgreSQL, as the suite runs: SQLite's in-memory database for tests cannot do two writers."""
    draft = complete(ApplicationFactory.create())
    second = person_of(draft.association)
    start = Barrier(2)

    def send(by: Any) -> int | None:
        try:
            start.wait(timeout=10)
            return submit(draft.pk, by).case_id
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as people:
        cases = list(people.map(send, [draft.created_by, second]))

    assert cases == [Case.objects.get().pk] * 2
    assert Record.objects.count() == 2
    assert Email.objects.count() == 1

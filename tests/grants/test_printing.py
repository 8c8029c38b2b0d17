"""An association's own print: archival, marked as a draft, made once, and hidden from staff."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from grants.applying import drafts
from grants.applying.submission import submit
from grants.forms.sections import section_form
from grants.models import Application, Print, Section
from grants.received.printing import order_print
from portal.documents import work
from portal.documents.models import Document, DocumentState, StoredFile
from portal.people.models import Role
from tests.documents.reading import page_texts
from tests.documents.validation import assert_archival_and_accessible
from tests.factories import (
    PDF,
    ApplicationFactory,
    AssociationFactory,
    CommitteeFactory,
    complete,
    person_of,
    staff,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Application:
    return complete(ApplicationFactory.create())


def test_a_draft_is_a_marked_archival_pdf(draft: Application) -> None:
    printed = order_print(draft)
    work.render(printed.document_id)
    printed.document.refresh_from_db()
    pdf = printed.document.pdf()
    assert_archival_and_accessible(pdf)
    text = " ".join(page_texts(pdf))
    assert "UTKAST – inte inskickad" in text
    assert "Vi möter människor varje vecka." in text


def test_an_empty_draft_can_be_printed_too() -> None:
    printed = order_print(ApplicationFactory.create())
    work.render(printed.document_id)
    printed.document.refresh_from_db()
    assert_archival_and_accessible(printed.document.pdf())


def test_what_is_sent_is_printed_from_the_register_without_the_mark(draft: Application) -> None:
    sent = submit(draft.pk, draft.created_by)
    printed = order_print(sent)
    assert "UTKAST" not in printed.document.html
    assert sent.received_case.registry_number in printed.document.html
    assert "Vi möter människor varje vecka." in printed.document.html


def test_the_same_text_is_the_same_document_and_another_is_another(draft: Application) -> None:
    first, again = order_print(draft), order_print(draft)
    assert (first.pk, Print.objects.count(), Document.objects.count()) == (again.pk, 1, 1)
    work.render(first.document_id)
    work.render(first.document_id)
    values = drafts.section_values(draft, Section.TARGET)
    drafts.save_section(
        draft.pk,
        Section.TARGET,
        values | {"child_share": 41},
        seen=section_form(draft, Section.TARGET).sights(),
        by=draft.created_by,
    )
    assert order_print(Application.objects.get()).document_id != first.document_id


def test_a_document_that_failed_is_tried_again(draft: Application) -> None:
    printed = order_print(draft)
    Document.objects.update(state=DocumentState.FAILED)
    assert order_print(draft).pk == printed.pk
    assert Document.objects.get().state == DocumentState.QUEUED


@pytest.mark.parametrize("state", DocumentState.values)
def test_no_staff_role_finds_a_drafts_document_by_any_path(draft: Application, state: str) -> None:
    CommitteeFactory.create()
    draft.title = "Hemlig dröm"
    draft.save()
    printed = order_print(draft)
    stored = StoredFile.objects.keep(PDF + b"%1", "application/pdf")
    Document.objects.update(state=state, file=stored, pages=1, error="Hemligt fel")
    assert "Hemlig" not in printed.document.title

    for role in Role:
        person, client = staff(role), Client()
        client.force_login(person)
        assert not Document.objects.visible_to(person).exists()
        assert not StoredFile.objects.visible_to(person).filter(pk=stored.pk).exists()
        assert not Print.objects.visible_to(person).exists()
        assert client.get(reverse("grants:print-file", args=[printed.pk])).status_code == 404
        assert client.get(reverse("grants:print", args=[draft.pk])).status_code == 404
        retry = reverse("committee:document-retry", args=[printed.document_id])
        assert client.post(retry).status_code == 404
        for name in ("home", "committee:documents", "assessments:queue"):
            page = client.get(reverse(name)).content.decode()
            assert "Hemlig" not in page
            assert printed.document.title not in page
    secretary = Client()
    secretary.force_login(staff(Role.SECRETARY))
    waiting = secretary.get(reverse("home")).context["waiting"]
    documents = reverse("committee:documents")
    assert [row.count for row in waiting if row.url == documents] == [0]


def test_the_association_orders_waits_and_reads(draft: Application, client: Client) -> None:
    client.force_login(draft.created_by)
    url = reverse("grants:print", args=[draft.pk])
    page = client.get(url).content.decode()
    assert "Vi möter människor varje vecka." in page
    assert client.post(url)["Location"] == url
    printed = Print.objects.get()
    file_url = reverse("grants:print-file", args=[printed.pk])
    assert client.get(file_url).status_code == 404
    assert 'hx-trigger="every 3s"' in client.get(url).content.decode()

    work.render(printed.document_id)

    state = client.get(reverse("grants:print-state", args=[draft.pk]), headers={"HX-Request": "true"})
    assert file_url in state.content.decode()
    assert client.get(file_url).status_code == 200
    other = Client()
    other.force_login(person_of(AssociationFactory.create()))
    assert other.get(file_url).status_code == 404
    Application.objects.update(discarded_at=timezone.now())
    assert client.get(file_url).status_code == 404

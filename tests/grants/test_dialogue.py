"""Messages on the case: private until sent, registered when sent, told of without being told."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from grants.models import Application, Message, MessageFile
from grants.received import dialogue
from portal.documents.models import StoredFile
from portal.people.models import Role, User
from portal.registry.models import Event, Record, RecordFile, declare
from tests.factories import PDF, ApplicationFactory, AssociationFactory, person_of, sent_application, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent() -> Application:
    return sent_application()


@pytest.fixture
def officer(sent: Application) -> User:
    officer = staff(Role.CASE_OFFICER)
    declare(sent.received_case, officer, has_conflict=False)
    Email.objects.all().delete()
    return officer


def pages(person: User, application: Application) -> tuple[Client, str]:
    client = Client()
    client.force_login(person)
    name = "officer-messages" if person.is_staff else "messages"
    return client, reverse(f"grants:{name}", args=[application.pk])


def paper(name: str = "karta.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF)


def test_a_sent_message_is_a_record_an_event_and_a_mail_without_what_it_says(
    sent: Application, officer: User
) -> None:
    client, url = pages(sent.created_by, sent)

    answer = client.post(url, {"text": "Vi flyttar till Hamnen.", "file": paper(), "go": "send"})

    assert answer.status_code == 302
    message = Message.objects.get()
    record = Record.objects.get(kind=Record.Kind.MESSAGE)
    assert (message.record, message.from_association) == (record, True)
    assert record.content == {"text": "Vi flyttar till Hamnen.", "files": ["karta.pdf"]}
    assert [file.filename for file in record.files.all()] == ["karta.pdf"]
    assert sent.received_case.events.filter(kind=Event.Kind.MESSAGE_FROM_ASSOCIATION).count() == 1
    mail = Email.objects.get()
    assert mail.to == [officer.email]
    assert "Hamnen" not in mail.subject + mail.message


def test_sending_twice_sends_once(sent: Application, officer: User) -> None:
    message = dialogue.write(sent, officer, "Hej")
    dialogue.send(message.pk, officer)
    dialogue.send(message.pk, officer)
    assert Record.objects.filter(kind=Record.Kind.MESSAGE).count() == 1
    assert Email.objects.get().to == [sent.association.email]


def test_nothing_is_sent_when_there_is_nothing_in_it(sent: Application, officer: User) -> None:
    client, url = pages(officer, sent)
    answer = client.post(url, {"text": "  ", "go": "send"})
    assert answer.status_code == 422
    assert not Record.objects.filter(kind=Record.Kind.MESSAGE).exists()


@pytest.mark.parametrize("writer_is_officer", [True, False])
def test_what_is_being_written_is_seen_by_its_writer_alone(
    sent: Application, officer: User, writer_is_officer: bool
) -> None:
    writer = officer if writer_is_officer else sent.created_by
    client, url = pages(writer, sent)
    client.post(url, {"text": "Hemligt utkast", "file": paper("hemlig.pdf"), "go": "save"})
    file = MessageFile.objects.get()
    file_url = reverse("grants:unsent-file", args=[file.pk])
    mine = client.get(url).content.decode()

    assert "Hemligt utkast" in mine
    assert "hemlig.pdf" in mine
    assert b"".join(client.get(file_url)) == PDF
    colleague_of_association = person_of(sent.association)
    other_officer = staff(Role.CASE_OFFICER)
    declare(sent.received_case, other_officer, has_conflict=False)
    for person in {colleague_of_association, other_officer, officer, sent.created_by} - {writer}:
        theirs, their_url = pages(person, sent)
        page = theirs.get(their_url).content.decode()
        assert "Hemligt utkast" not in page
        assert "hemlig.pdf" not in page
        assert theirs.get(file_url).status_code == 404
        assert not Message.objects.visible_to(person).exists()
        assert not MessageFile.objects.visible_to(person).exists()
        assert (
            not StoredFile.objects.visible_to(person)
            .filter(pk=file.stored_file_id)
            .exclude(pk__in=RecordFile.objects.values("stored_file"))
            .exists()
        )
    assert not Email.objects.exists()


def test_new_messages_are_marked_until_the_other_side_has_opened_them(
    sent: Application, officer: User
) -> None:
    message = dialogue.write(sent, officer, "Kan ni ringa?")
    dialogue.send(message.pk, officer)
    colleague = person_of(sent.association)
    assert Message.objects.visible_to(colleague).unread_by(colleague).count() == 1
    assert Message.objects.visible_to(officer).unread_by(officer).count() == 0

    client, url = pages(sent.created_by, sent)
    assert client.get(url).context["new"] == {message.pk}
    assert client.get(url).context["new"] == set()
    message.refresh_from_db()
    assert message.read_by == sent.created_by


def test_an_officer_reads_no_message_before_declaring(sent: Application, officer: User) -> None:
    message = dialogue.write(sent, sent.created_by, "Till er alla")
    dialogue.attach(message, "bilaga.pdf", StoredFile.objects.keep(PDF + b"\n", "application/pdf"))
    dialogue.send(message.pk, sent.created_by)
    newcomer = staff(Role.CASE_OFFICER)
    client, url = pages(newcomer, sent)
    file = RecordFile.objects.get(record__kind=Record.Kind.MESSAGE)

    answer = client.get(url)
    assert answer["Location"] == reverse("assessments:declare", args=[sent.pk])
    assert client.get(reverse("registry:record-file", args=[file.pk])).status_code == 404
    assert Message.objects.get().read_at is None

    declare(sent.received_case, newcomer, has_conflict=False)
    assert "Till er alla" in client.get(url).content.decode()
    assert client.get(reverse("registry:record-file", args=[file.pk])).status_code == 200


def test_a_conflict_of_interest_hides_messages_and_keeps_mail_away(sent: Application, officer: User) -> None:
    declare(sent.received_case, officer, has_conflict=True)
    message = dialogue.write(sent, sent.created_by, "Till någon annan")
    dialogue.send(message.pk, sent.created_by)
    client, url = pages(officer, sent)

    assert client.get(url).status_code == 404
    assert not Message.objects.visible_to(officer).exists()
    assert not Email.objects.exists()


def test_a_stranger_reads_and_writes_nothing(sent: Application) -> None:
    client, url = pages(person_of(AssociationFactory.create()), sent)
    assert client.get(url).status_code == 404
    assert client.post(url, {"text": "Hej", "go": "send"}).status_code == 404
    assert not Message.objects.exists()


def test_a_draft_has_no_messages() -> None:
    draft = ApplicationFactory.create()
    client, url = pages(draft.created_by, draft)
    assert client.get(url).status_code == 404
    with pytest.raises(dialogue.CannotSend):
        dialogue.write(draft, draft.created_by, "Hej")


def test_a_refused_file_loses_no_text(sent: Application) -> None:
    client, url = pages(sent.created_by, sent)
    bad = SimpleUploadedFile("virus.exe", b"MZ")
    answer: Any = client.post(url, {"text": "Lång text", "file": bad, "go": "send"})
    assert answer.status_code == 422
    assert "Lång text" in answer.content.decode()
    assert not Record.objects.filter(kind=Record.Kind.MESSAGE).exists()


def test_a_personal_number_is_warned_of_and_can_be_meant(sent: Application) -> None:
    client, url = pages(sent.created_by, sent)
    text = {"text": "Ring 19811218-9876", "go": "send"}
    assert client.post(url, text).status_code == 422
    assert client.post(url, text | {"no_personal_number": "on"}).status_code == 302


def test_a_file_is_taken_out_of_ones_own_message_only(sent: Application, officer: User) -> None:
    mine = dialogue.write(sent, sent.created_by, "")
    file = dialogue.attach(mine, "a.pdf", StoredFile.objects.keep(PDF, "application/pdf"))
    dialogue.write(sent, officer, "")
    theirs, their_url = pages(officer, sent)
    theirs.post(their_url, {"remove": file.pk})
    assert MessageFile.objects.count() == 1
    client, url = pages(sent.created_by, sent)
    client.post(url, {"remove": file.pk})
    client.post(url, {"remove": file.pk})
    assert not MessageFile.objects.exists()


def test_messages_page_takes_as_many_queries_with_many(
    sent: Application, officer: User, django_assert_max_num_queries: Any
) -> None:
    client, url = pages(officer, sent)
    for n in range(15):
        message = dialogue.write(sent, sent.created_by, f"Nummer {n}")
        dialogue.attach(message, "a.pdf", StoredFile.objects.keep(PDF, "application/pdf"))
        dialogue.send(message.pk, sent.created_by)
    client.get(url)
    with django_assert_max_num_queries(15):
        client.get(url)


def test_the_start_page_tells_each_side_what_waits(sent: Application, officer: User) -> None:
    for writer, text in ((officer, "Till er"), (sent.created_by, "Till handläggaren"), (officer, "Mer")):
        dialogue.send(dialogue.write(sent, writer, text).pk, writer)
    association, _url = pages(sent.created_by, sent)
    home = association.get(reverse("home")).content.decode()
    assert reverse("grants:messages", args=[sent.pk]) in home
    handler, _url = pages(officer, sent)
    waiting = {row.url: row.count for row in handler.get(reverse("home")).context["waiting"]}
    assert waiting[reverse("grants:news")] == 1
    news = handler.get(reverse("grants:news"))
    assert [(row.pk, row.unread) for row in news.context["page_obj"]] == [(sent.pk, 1)]

    handler.get(reverse("grants:officer-messages", args=[sent.pk]))
    assert not list(handler.get(reverse("grants:news")).context["page_obj"])
    conflicted = staff(Role.CASE_OFFICER)
    dialogue.send(dialogue.write(sent, sent.created_by, "Igen").pk, sent.created_by)
    declare(sent.received_case, conflicted, has_conflict=True)
    client = Client()
    client.force_login(conflicted)
    assert not list(client.get(reverse("grants:news")).context["page_obj"])

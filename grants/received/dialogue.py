"""Messages on a case: written as long as one likes, then sent, and registered as they are sent."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.models import Application, Message, MessageFile
from grants.notices import tell_association, tell_officers
from portal.documents.models import StoredFile
from portal.people import rules
from portal.registry.models import Event, Record

#: Files of one message; more are sent in a second one.
MAX_FILES = 10


class CannotSend(Exception):
    """The message cannot be sent now; the text tells the person why and what to do."""


def unsent(application: Application, by: Any) -> Message | None:
    """What the person is writing on the case, if anything."""
    return Message.objects.filter(application=application, writer=by, sent_at=None).first()


def write(application: Application, by: Any, text: str) -> Message:
    """Keep what the person has written so far; nobody else sees it. Raises CannotSend for a draft."""
    if application.is_draft:
        raise CannotSend(_("Send the application first. Messages belong to a case."))
    message, _created = Message.objects.update_or_create(
        application=application,
        writer=by,
        sent_at=None,
        defaults={"text": text, "saved_at": timezone.now()},
        create_defaults={"text": text, "from_association": rules.applicant(by)},
    )
    return message


def attach(message: Message, filename: str, stored: StoredFile) -> MessageFile:
    """Add a checked and stored file to an unsent message. Raises CannotSend when there are too many."""
    with transaction.atomic():
        current = _locked(message)
        if current.files.count() >= MAX_FILES:
            raise CannotSend(_("A message takes ten files. Send this one, and the rest in another."))
        return MessageFile.objects.create(message=current, filename=filename, stored_file=stored)


def detach(message: Message, file_id: int) -> None:
    """Take a file out of an unsent message; one that is gone already is no error."""
    with transaction.atomic():
        _locked(message).files.filter(pk=file_id).delete()


def send(message_id: int, by: Any) -> Message:
    """Send a message: record, event and mail at once; sending twice sends it once.

    Raises CannotSend when there is nothing in it.
    """
    with transaction.atomic():
        message = (
            Message.objects.select_for_update(of=("self",))
            .select_related("application__association", "application__case__authority")
            .get(pk=message_id, writer=by)
        )
        if message.sent_at is not None:
            return message
        files = [(file.stored_file, file.filename) for file in message.files.select_related("stored_file")]
        if not message.text.strip() and not files:
            raise CannotSend(_("Write something, or attach a file, before you send."))
        application = message.application
        case = application.received_case
        inward = message.from_association
        message.record = case.register(
            Record.Kind.MESSAGE,
            "Meddelande från föreningen" if inward else "Meddelande till föreningen",
            by=by,
            content={"text": message.text, "files": [name for _stored, name in files]},
            files=files,
        )
        message.sent_at = message.saved_at = timezone.now()
        message.save(update_fields=["record", "sent_at", "saved_at"])
        kind = Event.Kind.MESSAGE_FROM_ASSOCIATION if inward else Event.Kind.MESSAGE_TO_ASSOCIATION
        case.log(kind, by=by, at=message.sent_at)
        subject = f"Meddelande om {case.registry_number}"
        if inward:
            tell_officers(application, subject, "mail/message_to_officer.txt")
        else:
            tell_association(application, subject, "mail/message_to_association.txt")
    return message


def mark_read(application: Application, by: Any) -> int:
    """Note that this side has opened what the other sent; returns how many messages were new."""
    unread = Message.objects.visible_to(by).unread_by(by).filter(application=application)
    return unread.update(read_at=timezone.now(), read_by=by)


def _locked(message: Message) -> Message:
    current = Message.objects.select_for_update().get(pk=message.pk)
    if current.sent_at is not None:
        raise CannotSend(_("The message has been sent and can no longer be changed."))
    return current

"""Messages between an association and its case officers, on the case."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from grants.models.applications import Application
from portal.documents.models import StoredFile
from portal.people import rules
from portal.registry.models import Record


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: Any) -> MessageQuerySet:
        """What was sent, for whoever sees the application; what is being written, for its writer alone."""
        if not user.is_authenticated:
            return self.none()
        seen = self.filter(application__in=Application.objects.visible_to(user))
        return seen.filter(Q(sent_at__isnull=False) | Q(writer_id=user.pk))

    def sent(self) -> MessageQuerySet:
        return self.filter(sent_at__isnull=False)

    def unread_by(self, user: Any) -> MessageQuerySet:
        """Sent by the other side and not opened by anyone of this side."""
        return self.sent().filter(unread_by(user))


def unread_by(user: Any) -> Q:
    """From the other side, and not opened by anyone of this side."""
    return Q(read_at=None, from_association=not rules.applicant(user))


class Message(models.Model):
    """One message; registered as a record when it is sent, and not changed after that."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="messages")
    from_association = models.BooleanField()
    writer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(blank=True)
    saved_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    record = models.OneToOneField(Record, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["sent_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "writer"],
                condition=Q(sent_at=None),
                name="grants_one_unsent_message_a_writer",
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None, record=None, read_at=None)
                | Q(sent_at__isnull=False, record__isnull=False),
                name="grants_sent_message_is_registered",
            ),
        ]
        indexes = [
            models.Index(
                fields=["application", "from_association"],
                condition=Q(read_at=None, sent_at__isnull=False),
                name="grants_messages_unread",
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.sent_at}"


class MessageFileQuerySet(models.QuerySet["MessageFile"]):
    def visible_to(self, user: Any) -> MessageFileQuerySet:
        """As the message it belongs to."""
        return self.filter(message__in=Message.objects.visible_to(user))


class MessageFile(models.Model):
    """A file of a message; when the message is sent, it is frozen into the record."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="files")
    filename = models.CharField(max_length=160)
    stored_file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = MessageFileQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.filename

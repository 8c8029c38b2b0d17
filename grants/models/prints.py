"""An association's own prints of its applications, drafts too."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from grants.models.applications import Application
from portal.documents.models import Document
from portal.people import rules


class PrintQuerySet(models.QuerySet["Print"]):
    def visible_to(self, user: Any) -> PrintQuerySet:
        """The association's people alone; the administration has the record."""
        if not rules.applicant(user):
            return self.none()
        return self.filter(application__in=Application.objects.visible_to(user))


class Print(models.Model):
    """A PDF of an application as it stood when somebody of the association asked for it.

    The document is opened to nobody through `portal.ways_in`: a draft's text must not reach staff by way
    of the list of documents that need hands.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="prints")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = PrintQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "document"], name="grants_printed_once")
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.document_id}"

"""Requests for public documents, what a person decided record by record, and copies with masking."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.documents.models import Document
from portal.registry.models.cases import Case
from portal.registry.models.records import Record, RecordFile
from portal.registry.models.secrecy import OfSeenCaseQuerySet
from portal.registry.rules import registrar


class DisclosureRequestQuerySet(models.QuerySet["DisclosureRequest"]):
    def visible_to(self, user: Any) -> DisclosureRequestQuerySet:
        """The registrar's alone: who asked, and for what, is nobody else's to look up."""
        if not registrar(user):
            return self.none()
        return self.filter(Q(case=None) | Q(case__in=Case.objects.visible_to(user)))

    def waiting(self) -> DisclosureRequestQuerySet:
        return self.filter(closed_at=None)


class DisclosureRequest(models.Model):
    """That somebody asked to read public documents; nobody has to say who they are or why.

    Tryckfrihetsförordningen 2:15–18: promptly, and anonymously if the person wishes.
    """

    case = models.ForeignKey(
        Case,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="disclosure_requests",
        verbose_name=_("Case"),
    )
    asked_for = models.TextField(_("What do you want to read?"), max_length=2000)
    contact = models.CharField(_("How do we reach you?"), max_length=200, blank=True)
    received_at = models.DateTimeField(default=timezone.now, editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decision = models.ForeignKey(
        Document,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The written decision, when something was refused or masked."),
    )

    objects = DisclosureRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="registry_request_closed_by_someone",
            )
        ]

    def __str__(self) -> str:
        return f"U{self.pk}"


class DisclosedRecordQuerySet(models.QuerySet["DisclosedRecord"]):
    def visible_to(self, user: Any) -> DisclosedRecordQuerySet:
        """The registrar's, with the request."""
        return self.filter(request__in=DisclosureRequest.objects.visible_to(user))


class DisclosedRecord(models.Model):
    """What one named person decided about one record for one request; each request is tried anew."""

    class Outcome(models.TextChoices):
        GIVEN = "given", _("Handed out as it is")
        MASKED = "masked", _("Handed out with masking")
        REFUSED = "refused", _("Not handed out")

    request = models.ForeignKey(DisclosureRequest, on_delete=models.PROTECT, related_name="decisions")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="disclosures")
    outcome = models.CharField(_("Decision"), max_length=20, choices=Outcome.choices)
    paragraph = models.CharField(_("Chapter and section of the law (OSL)"), max_length=60, blank=True)
    reason = models.CharField(_("Why"), max_length=500, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    objects = DisclosedRecordQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["request", "record"], name="registry_tried_once_a_request"),
            models.CheckConstraint(
                condition=Q(outcome="given") | (~Q(paragraph="") & ~Q(reason="")),
                name="registry_refusal_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.record_id}: {self.outcome}"


class MaskedCopyQuerySet(OfSeenCaseQuerySet):
    def visible_to(self, user: Any) -> Any:
        """The registrar's, for the cases they may see."""
        return super().visible_to(user) if registrar(user) else self.none()


class MaskedCopy(models.Model):
    """A copy of records of a case in which chosen things are gone, with the log of what was masked.

    `log` holds kinds, places and counts, never what was masked.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="masked_copies")
    request = models.ForeignKey(
        DisclosureRequest, null=True, blank=True, on_delete=models.PROTECT, related_name="copies"
    )
    document = models.ForeignKey(
        Document,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty once a record of it has been destroyed by rule."),
    )
    log = models.JSONField(default=list)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    files = models.ManyToManyField(
        RecordFile, related_name="+", help_text=_("Files handed out whole, by choice.")
    )

    objects = MaskedCopyQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.made_at:%Y-%m-%d %H:%M}"

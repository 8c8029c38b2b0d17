"""What each field of a draft held and who wrote it, and which answers came from an earlier application."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from grants.models.applications import Application
from portal.people import rules


class OfDraftQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> OfDraftQuerySet:
        """The association's people alone, also when the application has been sent: how a text came about
        is theirs, as the draft was (tryckfrihetsförordningen 2:12)."""
        if not rules.applicant(user):
            return self.none()
        return self.filter(application__in=Application.objects.visible_to(user))


class FieldVersionQuerySet(OfDraftQuerySet):
    def newest(self) -> FieldVersionQuerySet:
        """Of each field of each application, the newest version."""
        newer = FieldVersion.objects.filter(
            application=OuterRef("application"), name=OuterRef("name"), version__gt=OuterRef("version")
        )
        return self.filter(~Exists(newer))


class FieldVersion(models.Model):
    """One version of one field of a draft, under the name that its form uses.

    Rows are added, never taken away. Only where the same page writes on, soon after and without taking
    anything out, does its row grow instead (`grants.applying.versions`): the newer text then holds the
    whole older one, so nothing is lost, and an evening of typing leaves tens of rows instead of
    thousands. Numbers always rise by one with each save, so a grown row leaves a gap behind it.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="field_versions")
    name = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    value = models.JSONField(null=True, help_text="As the form's field gives it; null when it was emptied.")
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Nobody when the value was there before versions were kept.",
    )
    saved_at = models.DateTimeField(default=timezone.now)
    page = models.CharField(
        max_length=40, blank=True, help_text="Which opened page wrote it: two windows are two writers."
    )

    objects = FieldVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "name", "version"], name="grants_field_version_once"
            ),
            models.CheckConstraint(condition=Q(version__gt=0), name="grants_field_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.name} {self.version}"


class CopiedAnswerQuerySet(OfDraftQuerySet):
    def unread(self) -> CopiedAnswerQuerySet:
        """Those that nobody has confirmed or changed."""
        return self.filter(read_at=None)


class CopiedAnswer(models.Model):
    """That an answer came from an earlier application, until somebody has read or changed it."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="copied_answers")
    key = models.SlugField(max_length=40)
    source = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    wording_changed = models.BooleanField(
        default=False, help_text="The question or its help reads otherwise than it did."
    )
    left_out = models.BooleanField(
        default=False, help_text="A part of the answer was not copied: sums, dates or options that are gone."
    )
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CopiedAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "key"], name="grants_copied_once_a_question"),
            models.CheckConstraint(condition=~Q(source=F("application")), name="grants_copied_from_another"),
            models.CheckConstraint(
                condition=Q(read_at=None, read_by=None) | Q(read_at__isnull=False, read_by__isnull=False),
                name="grants_copied_read_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.key} from {self.source_id}"

    @property
    def name(self) -> str:
        """The field's name in its form."""
        return f"answer_{self.key}"

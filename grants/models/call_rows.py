"""What belongs to a call besides its questions: conditions, report dates, and what happened to it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from grants.models.calls import Call
from portal.people import rules


class OfCallQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> OfCallQuerySet:
        """Readable before signing in, with the call."""
        return self.filter(call__in=Call.objects.visible_to(user))


class CallCondition(models.Model):
    """A condition that the association accepts by signing; shown on the call's page and at signing."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="conditions")
    key = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    text_sv = models.CharField(_("In Swedish"), max_length=500)
    text_en = models.CharField(_("In English"), max_length=500)

    objects = OfCallQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["call", "key"], name="grants_condition_key_once_a_call"),
            models.UniqueConstraint(fields=["call", "position"], name="grants_condition_position"),
        ]

    def __str__(self) -> str:
        return self.text_sv

    def get_additional_data(self) -> dict[str, int]:
        """What the log of changes keeps beside them: `grants.calls.call_history` finds them by the call."""
        return {"call": self.call_id}

    @property
    def text(self) -> str:
        return self.text_en if translation.get_language() == "en" else self.text_sv


class ReportDate(models.Model):
    """What those who get the grant report, and by which day; no day where it follows from the decision."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="report_dates")
    key = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    what_sv = models.CharField(_("What, in Swedish"), max_length=200)
    what_en = models.CharField(_("What, in English"), max_length=200)
    day = models.DateField(_("Last day"), null=True, blank=True)

    objects = OfCallQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["call", "key"], name="grants_report_key_once_a_call"),
            models.UniqueConstraint(fields=["call", "position"], name="grants_report_position"),
        ]

    def __str__(self) -> str:
        return self.what_sv

    def get_additional_data(self) -> dict[str, int]:
        """What the log of changes keeps beside them: `grants.calls.call_history` finds them by the call."""
        return {"call": self.call_id}

    @property
    def what(self) -> str:
        return self.what_en if translation.get_language() == "en" else self.what_sv


class CallEventQuerySet(models.QuerySet["CallEvent"]):
    def visible_to(self, user: Any) -> CallEventQuerySet:
        """The officers'; the public page tells only that the time was prolonged, and why."""
        return self if rules.case_officer(user) else self.none()


class CallEvent(models.Model):
    """One act on a call: who did what, when and why."""

    class Kind(models.TextChoices):
        CREATED = "created", _("Created")
        COPIED = "copied", _("Copied from an earlier call")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Taken back to draft")
        PROLONGED = "prolonged", _("The time to apply was prolonged")
        ORDERED = "ordered", _("The order was changed")

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    detail = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CallEventQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["created", "copied", "published", "withdrawn", "prolonged", "ordered"]),
                name="grants_call_event_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}"

"""The formal check (formaliakontroll): a call's points and what was found on them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from grants.models import Application, Call
from portal.people import rules


class FormalCheckQuerySet(models.QuerySet["FormalCheck"]):
    def visible_to(self, user: Any) -> FormalCheckQuerySet:
        """The administration's list of what it looks at."""
        return self if rules.administration(user) else self.none()


class FormalCheck(models.Model):
    """One point of a call's formal check (formaliakontroll): a statement that an officer tries."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="formal_checks")
    key = models.SlugField(max_length=40)
    text_sv = models.CharField(max_length=300)
    text_en = models.CharField(max_length=300)
    position = models.PositiveSmallIntegerField()

    objects = FormalCheckQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "key"], name="assessments_check_once_a_call"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        return self.text_en if translation.get_language() == "en" else self.text_sv


class CheckOutcomeQuerySet(models.QuerySet["CheckOutcome"]):
    def visible_to(self, user: Any) -> CheckOutcomeQuerySet:
        """The administration's, as long as it may see the application."""
        if not rules.administration(user):
            return self.none()
        return self.filter(application__in=Application.objects.visible_to(user))


class CheckOutcome(models.Model):
    """What an officer found on one point in one application; the last one to look counts."""

    class Outcome(models.TextChoices):
        OK = "ok", _("In order")
        NOT_OK = "not_ok", _("Not in order")
        NOT_APPLICABLE = "not_applicable", _("Does not apply")

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="check_outcomes")
    check_point = models.ForeignKey(FormalCheck, on_delete=models.PROTECT, related_name="outcomes")
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    note = models.CharField(max_length=500, blank=True)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = CheckOutcomeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "check_point"], name="assessments_checked_once_a_point"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["ok", "not_ok", "not_applicable"]),
                name="assessments_check_outcome_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.check_point_id}: {self.outcome}"

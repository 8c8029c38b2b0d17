"""Statements (yttranden): what a unit of the administration says on complement and co-operation."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.models import Application
from portal.people import rules
from portal.people.models import Unit
from portal.registry.models import ConflictOfInterest


class StatementQuerySet(models.QuerySet["Statement"]):
    def visible_to(self, user: Any) -> StatementQuerySet:
        """The administration's with the application; a unit's contacts see what their unit is asked."""
        if rules.administration(user):
            return self.filter(application__in=Application.objects.visible_to(user))
        return self.asked_of(user)

    def asked_of(self, user: Any) -> StatementQuerySet:
        """What the person's units are asked, minus cases hidden by a conflict of interest."""
        if not rules.unit_contact(user):
            return self.none()
        hidden = ConflictOfInterest.objects.declared_by(user).values("case")
        return self.filter(unit__in=Unit.objects.with_contact(user), withdrawn_at=None).exclude(
            application__case__in=hidden
        )

    def open(self) -> StatementQuerySet:
        """Asked for and not answered yet."""
        return self.filter(answered_at=None, withdrawn_at=None)


class Statement(models.Model):
    """A question to a unit about one application, and its answer (yttrande) on two of the criteria."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="statements")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    question = models.TextField(_("What we want to know"))
    due_on = models.DateField(_("Last day"))
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    komplement = models.TextField(blank=True)
    samverkan = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1, help_text=_("Grows with each save."))
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = StatementQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "unit"],
                condition=Q(answered_at=None, withdrawn_at=None),
                name="assessments_one_open_statement_a_unit",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="assessments_answer_has_author",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}: {self.application_id}"

    @property
    def is_answered(self) -> bool:
        return self.answered_at is not None

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.withdrawn_at is None

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_on < timezone.localdate()

"""Statements (yttranden): what a unit of the administration says on complement and co-operation."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.models import Application, Membership
from portal.people import rules
from portal.people.models import Role, Unit, UnitContact, UnitContactQuerySet, User
from portal.registry.models import ConflictOfInterest


def contacts_for(application: Any, unit: Any) -> UnitContactQuerySet:
    """A unit's contacts who may answer in an application's case (both as primary keys or outer references).

    Nobody who has left, has a conflict of interest in it, or acts for the association.
    """
    # From within the conditions, a reference to the outermost query lies one query further out.
    inner = OuterRef(application) if isinstance(application, OuterRef) else application
    conflicted = ConflictOfInterest.objects.filter(
        case__application=inner, has_conflict=True, user=OuterRef("user")
    )
    acting = Membership.objects.filter(association__applications=inner, user=OuterRef("user"))
    return UnitContact.objects.filter(
        ~Exists(conflicted),
        ~Exists(acting),
        unit=unit,
        user__in=User.objects.holding(Role.UNIT_CONTACT),
    )


class StatementQuerySet(models.QuerySet["Statement"]):
    def visible_to(self, user: Any) -> StatementQuerySet:
        """The administration's with the application; a unit's contacts see what their unit is asked."""
        if rules.administration(user):
            return self.filter(application__in=Application.objects.visible_to(user))
        return self.asked_of(user)

    def asked_of(self, user: Any) -> StatementQuerySet:
        """What the person's units are asked.

        Minus cases hidden by a conflict of interest, and those of associations that the person acts for.
        """
        if not rules.unit_contact(user):
            return self.none()
        hidden = ConflictOfInterest.objects.declared_by(user).values("case")
        own = Membership.objects.held_by(user).values("association")
        return (
            self.filter(unit__in=Unit.objects.with_contact(user), withdrawn_at=None)
            .exclude(application__case__in=hidden)
            .exclude(application__association__in=own)
        )

    def with_contacts(self) -> StatementQuerySet:
        """Each with `has_contact`: whether somebody is left who may answer for the unit in the case."""
        return self.annotate(has_contact=Exists(contacts_for(OuterRef("application"), OuterRef("unit"))))

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

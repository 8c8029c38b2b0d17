"""Whether an association may be given grants: periods that an officer decides, with an end."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.models.associations import Association
from portal.people import rules


class EligibilityQuerySet(models.QuerySet["Eligibility"]):
    def visible_to(self, user: Any) -> EligibilityQuerySet:
        """The association it is about, and the administration."""
        if not user.is_authenticated:
            return self.none()
        if rules.administration(user):
            return self
        if rules.applicant(user):
            return self.filter(association__in=Association.objects.visible_to(user))
        return self.none()

    def on(self, day: date | None = None) -> EligibilityQuerySet:
        """What counts on a day, today unless told."""
        day = day or timezone.localdate()
        return self.filter(valid_from__lte=day, valid_until__gte=day)


class Eligibility(models.Model):
    """A period in which an association is eligible (bidragsberättigad), decided by a named person.

    Two periods of one association never overlap: the migration makes that the database's to hold, since
    ranges are PostgreSQL's own and SQLite needs triggers.
    """

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="eligibilities")
    valid_from = models.DateField(_("First day"))
    valid_until = models.DateField(_("Last day"))
    reason = models.CharField(_("Reason"), max_length=500)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was cut short"))
    end_reason = models.CharField(_("Why it ends early"), max_length=500, blank=True)

    objects = EligibilityQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="grants_eligibility_days_in_order"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="grants_eligibility_has_reason"),
            models.CheckConstraint(
                condition=Q(ended_by=None, ended_at=None, end_reason="")
                | (Q(ended_by__isnull=False, ended_at__isnull=False) & ~Q(end_reason="")),
                name="grants_eligibility_ended_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.association_id}: {self.valid_from}–{self.valid_until}"

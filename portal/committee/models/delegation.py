"""Decisions that others make on the committee's behalf (kommunallagen 6:37–40, 7:5–8)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.committee.models.meetings import Committee, Meeting
from portal.documents.models import Document
from portal.people import rules
from portal.people.models import Role
from portal.registry.models import Case


def _reads(user: Any) -> bool:
    return rules.administration(user) or rules.committee_reader(user) or rules.auditor(user)


class DelegationRuleQuerySet(models.QuerySet["DelegationRule"]):
    def visible_to(self, user: Any) -> DelegationRuleQuerySet:
        """Who may decide what is public; here for those who work with it."""
        return self if _reads(user) else self.none()

    def in_force(self, day: Any) -> DelegationRuleQuerySet:
        return self.filter(valid_from__lte=day).filter(Q(valid_until=None) | Q(valid_until__gte=day))


class DelegationRule(models.Model):
    """A point of the delegation order: who may decide what, up to how much."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="delegation_rules")
    point = models.CharField(_("Point"), max_length=20, help_text=_("For example 4.2"))
    text = models.CharField(_("What may be decided"), max_length=300)
    role = models.CharField(_("Who decides"), max_length=30, choices=Role.choices)
    amount_limit = models.PositiveIntegerField(
        _("At most, kronor"), null=True, blank=True, help_text=_("Empty where no money is decided.")
    )
    valid_from = models.DateField(_("From"), default=timezone.localdate)
    valid_until = models.DateField(_("Until"), null=True, blank=True)

    objects = DelegationRuleQuerySet.as_manager()

    class Meta:
        ordering = ["point", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "point", "valid_from"], name="committee_point_once_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.point} {self.text}"


class DelegationDecisionQuerySet(models.QuerySet["DelegationDecision"]):
    def visible_to(self, user: Any) -> DelegationDecisionQuerySet:
        """With the case: a conflict of interest hides it."""
        if not _reads(user):
            return self.none()
        from portal.registry.models import ConflictOfInterest

        return self.exclude(case__in=ConflictOfInterest.objects.declared_by(user).values("case"))

    def unreported(self) -> DelegationDecisionQuerySet:
        return self.filter(reported_to=None)

    def waiting_for(self, meeting: Meeting) -> DelegationDecisionQuerySet:
        """Not reported yet, and made before or on the day of the meeting."""
        return self.unreported().filter(committee=meeting.committee_id, decided_on__lte=meeting.date)


class DelegationDecision(models.Model):
    """A decision by delegation: numbered in its year, reported to the committee's next meeting."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="delegation_decisions")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    rule = models.ForeignKey(DelegationRule, on_delete=models.PROTECT, related_name="decisions")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="delegation_decisions")
    decided_on = models.DateField(_("Decision day"), default=timezone.localdate)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decision = models.TextField(_("The decision"))
    reason = models.TextField(_("Reason"))
    amount = models.PositiveIntegerField(_("Kronor"), null=True, blank=True)
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reported_to = models.ForeignKey(
        Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="delegation_decisions"
    )

    objects = DelegationDecisionQuerySet.as_manager()

    class Meta:
        ordering = ["year", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "year", "number"], name="committee_delegation_numbered_once"
            ),
            models.CheckConstraint(
                condition=~Q(decision="") & ~Q(reason=""), name="committee_delegation_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"D {self.number}/{self.year}"

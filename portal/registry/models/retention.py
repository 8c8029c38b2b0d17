"""Rules of keeping and destroying (bevarande och gallring), what holds it back, and what was destroyed.

Arkivlagen (1990:782) 10 §, the city's archive regulations and the committee's plan for its documents
(informationshanteringsplan). The rules are rows: another city changes rows, not code.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.documents.leases import WorkQuerySet, WorkRow
from portal.people import rules
from portal.registry.models.cases import Case
from portal.registry.models.records import Record
from portal.registry.models.secrecy import OfSeenCaseQuerySet
from portal.registry.rules import registrar


class RetentionRuleQuerySet(models.QuerySet["RetentionRule"]):
    def visible_to(self, user: Any) -> RetentionRuleQuerySet:
        """How long a public authority keeps its documents is public."""
        return self

    def in_force(self, day: date) -> RetentionRuleQuerySet:
        return self.filter(valid_from__lte=day).filter(Q(valid_until=None) | Q(valid_until__gte=day))


class RetentionRule(models.Model):
    """For one kind of document: keep for ever, or destroy so many years after the case was closed.

    Years are counted from the end of the calendar year, so that all of a year go together. For drafts, which
    belong to no case, they are counted from the last saving.
    """

    #: What is no record: a code of a room above (`portal.registry.retention.register_own`).
    what = models.CharField(_("Kind of document"), max_length=40)
    class_code = models.CharField(_("Class code"), max_length=30, blank=True)
    keep = models.BooleanField(_("Kept for ever"), default=False)
    years = models.PositiveSmallIntegerField(_("Destroyed after so many years"), null=True, blank=True)
    valid_from = models.DateField(_("First day"))
    valid_until = models.DateField(_("Last day"), null=True, blank=True)
    note = models.CharField(_("Note"), max_length=300, blank=True)
    is_paused = models.BooleanField(
        _("Held back for now"), default=False, help_text=_("Nothing of this kind is destroyed meanwhile.")
    )
    changed_at = models.DateTimeField(auto_now=True)

    objects = RetentionRuleQuerySet.as_manager()

    class Meta:
        ordering = ["what", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["what", "valid_from"], name="registry_one_rule_a_kind_and_day"),
            models.CheckConstraint(
                condition=Q(keep=True, years=None) | Q(keep=False, years__isnull=False),
                name="registry_rule_keeps_or_counts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.years if self.years is not None else '∞'}"

    @property
    def destroys(self) -> bool:
        """Whether anything goes by it now."""
        return not (self.keep or self.is_paused)


class LegalHoldQuerySet(OfSeenCaseQuerySet):
    def standing(self) -> LegalHoldQuerySet:
        return self.filter(lifted_at=None)


class LegalHold(models.Model):
    """That nothing of a case may be destroyed for now: an appeal, an audit, a question of damages."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(_("Why"), max_length=300)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now, editable=False)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        ordering = ["-set_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(lifted_at=None), name="registry_one_hold_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="registry_hold_lifted_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.reason}"


class DestructionState(models.TextChoices):
    ORDERED = "ordered", _("Ordered")
    DONE = "done", _("Destroyed")
    HELD = "held", _("Held back")
    FAILED = "failed", _("Needs hands")


class DestructionQuerySet(WorkQuerySet["Destruction"]):
    def visible_to(self, user: Any) -> DestructionQuerySet:
        """The registrar's and the administration's, for the cases they may see."""
        if not (registrar(user) or rules.administration(user)):
            return self.none()
        return self.filter(case__in=Case.objects.visible_to(user))

    def done(self) -> DestructionQuerySet:
        return self.filter(state=DestructionState.DONE)


class Destruction(WorkRow):
    """That a record is to be destroyed, or was: by which rule, by whom, and what it had been.

    With the case's number, dates and events it is the skeleton that stays (gallringsbevis).
    """

    WAITING_STATES = frozenset({DestructionState.ORDERED})

    record = models.OneToOneField(Record, on_delete=models.PROTECT, related_name="destruction")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="destructions")
    rule = models.ForeignKey(RetentionRule, on_delete=models.PROTECT, related_name="destructions")
    state = models.CharField(
        max_length=20, choices=DestructionState.choices, default=DestructionState.ORDERED
    )
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(default=timezone.now, editable=False)
    done_at = models.DateTimeField(null=True, blank=True)
    checksums = models.JSONField(default=list, help_text=_("SHA-256 of what was destroyed."))

    objects = DestructionQuerySet.as_manager()

    class Meta:
        ordering = ["-ordered_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=DestructionState.values), name="registry_destruction_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(done_at__isnull=False), name="registry_destroyed_sometime"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id}: {self.state}"

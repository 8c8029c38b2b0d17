"""Sharing a round's money: scenarios, amounts as they were changed, and the proposal that was handed over."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.models import Application, Call
from portal.committee.models import Matter
from portal.people import rules
from portal.registry.models import Immutable, WrittenOnce


class DistributionQuerySet(models.QuerySet["Distribution"]):
    def visible_to(self, user: Any) -> DistributionQuerySet:
        """The administration's."""
        return self if rules.administration(user) else self.none()


class Distribution(models.Model):
    """The proposal for a whole round (fördelningsförslag): its applications gathered into one matter."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="distributions")
    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, related_name="distribution")
    year = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = DistributionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.call} {self.year}"


class ScenarioQuerySet(models.QuerySet["Scenario"]):
    def visible_to(self, user: Any) -> ScenarioQuerySet:
        """The case officers'."""
        return self if rules.case_officer(user) else self.none()


class Scenario(models.Model):
    """A named way to share a round's frame, on a copy: nothing is decided or proposed by it.

    `parameters` are whole kronor (`floor`, `ceiling`) and percent by level (`percent_god` …), as the method
    asks for.
    """

    class Method(models.TextChoices):
        EQUAL = "equal", _("Equal percentage of what was applied for")
        BOUNDS = "bounds", _("Floor and ceiling")
        LEVELS = "levels", _("By the levels of the assessments")
        LAST_YEAR = "last_year", _("Same as last year")
        BY_HAND = "by_hand", _("By hand")

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="scenarios")
    name = models.CharField(_("Name"), max_length=60)
    method = models.CharField(_("Method"), max_length=20, choices=Method.choices)
    parameters = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ScenarioQuerySet.as_manager()

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "name"], name="assessments_scenario_named_once"),
            models.CheckConstraint(
                condition=Q(method__in=["equal", "bounds", "levels", "last_year", "by_hand"]),
                name="assessments_scenario_method_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfVisibleApplicationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> OfVisibleApplicationQuerySet:
        """The case officers', of the applications they may see: a conflict of interest hides the line."""
        if not rules.case_officer(user):
            return self.none()
        return self.filter(application__in=Application.objects.visible_to(user))


class ScenarioAmount(models.Model):
    """Whole kronor for one application in one year of a scenario; no row means nothing."""

    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="amounts")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    amount = models.PositiveIntegerField()

    objects = OfVisibleApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["year"]
        constraints = [
            models.UniqueConstraint(
                fields=["scenario", "application", "year"], name="assessments_one_scenario_amount_a_year"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="assessments_scenario_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.scenario_id} {self.application_id} {self.year}: {self.amount}"


class ScenarioChoiceQuerySet(Immutable):
    def visible_to(self, user: Any) -> ScenarioChoiceQuerySet:
        """The case officers'."""
        return self if rules.case_officer(user) else self.none()


class ScenarioChoice(WrittenOnce):
    """That a scenario was chosen as the proposal: by whom, when and why. The last one counts."""

    scenario = models.ForeignKey(Scenario, on_delete=models.PROTECT, related_name="choices")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)
    reason = models.CharField(_("Why"), max_length=500)

    objects = ScenarioChoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="assessments_choice_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.scenario_id} {self.at}"


class AmountChangeQuerySet(Immutable):
    def visible_to(self, user: Any) -> AmountChangeQuerySet:
        """The case officers', of the applications they may see."""
        if not rules.case_officer(user):
            return self.none()
        return self.filter(application__in=Application.objects.visible_to(user))


class AmountChange(WrittenOnce):
    """An amount changed on the board, in the proposal or in a scenario; whole kronor before and after."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="+")
    scenario = models.ForeignKey(
        Scenario, null=True, blank=True, on_delete=models.PROTECT, related_name="changes"
    )
    year = models.PositiveSmallIntegerField()
    before = models.PositiveIntegerField()
    after = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AmountChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.application_id} {self.year}: {self.before} → {self.after}"

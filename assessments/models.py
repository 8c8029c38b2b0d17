"""Assessments on the five criteria, and the matters they were gathered into."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from grants.models import Application, Call
from portal.committee.models import Matter
from portal.people import rules


class Criterion(models.TextChoices):
    """The five points of inquiry (utredningspunkter) of socialnämnden's guidelines."""

    EFFEKT = "effekt", _("Effect")
    VARDE = "varde", _("Value")
    KOMPLEMENT = "komplement", _("Complement")
    SAMVERKAN = "samverkan", _("Co-operation")
    EKONOMI = "ekonomi", _("Economy")


class Level(models.TextChoices):
    """An aid for thought and comparison; never the decision."""

    SVAG = "svag", _("Weak")
    TILLRACKLIG = "tillracklig", _("Sufficient")
    GOD = "god", _("Good")
    MYCKET_GOD = "mycket_god", _("Very good")


class CriterionQuestionQuerySet(models.QuerySet["CriterionQuestion"]):
    def visible_to(self, user: Any) -> CriterionQuestionQuerySet:
        """What applications are judged by is public."""
        return self

    def in_force(self, moment: datetime) -> list[CriterionQuestion]:
        """The wording of each criterion in force at a moment, in the guidelines' order.

        A call is judged by the rules in force when it opened (kommunallagen 2:3–4).
        """
        order = list(Criterion.values)
        newest = {
            row.criterion: row
            for row in self.filter(valid_from__lte=timezone.localtime(moment).date()).order_by("valid_from")
        }
        return sorted(newest.values(), key=lambda row: order.index(row.criterion))


class CriterionQuestion(models.Model):
    """The committee's own question for one criterion, with the day it came into force."""

    criterion = models.CharField(max_length=20, choices=Criterion.choices)
    title = models.CharField(max_length=60, help_text=_("As printed in Swedish: Effekt"))
    question = models.TextField()
    valid_from = models.DateField()

    objects = CriterionQuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["criterion", "valid_from"], name="assessments_one_wording_a_day")
        ]

    def __str__(self) -> str:
        return self.title


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user: Any) -> AssessmentQuerySet:
        """The administration's, as long as it may see the application; others read the printed sheet."""
        if not rules.administration(user):
            return self.none()
        return self.filter(application__in=Application.objects.visible_to(user))


class Assessment(models.Model):
    """A case officer's assessment of one application; its proposal is `Terms` at stage PROPOSED."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="assessment")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1, help_text=_("Grows with each save."))
    reason = models.TextField(_("Reason, as the association will read it"), blank=True)
    short_reason = models.CharField(_("Reason in the distribution table"), max_length=100, blank=True)
    previous_amount = models.PositiveIntegerField(_("Granted last year"), default=0)
    ready_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    saved_at = models.DateTimeField(default=timezone.now)

    objects = AssessmentQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.application}"

    @property
    def is_ready(self) -> bool:
        return self.ready_at is not None

    def judgement_of(self, criterion: str) -> Judgement | None:
        """Uses prefetched rows."""
        return next((row for row in self.judgements.all() if row.criterion == criterion), None)


class OfAssessmentQuerySet(models.QuerySet["Judgement"]):
    def visible_to(self, user: Any) -> OfAssessmentQuerySet:
        """Seen by whoever sees the assessment."""
        return self.filter(assessment__in=Assessment.objects.visible_to(user))


class Judgement(models.Model):
    """The written judgement on one criterion, with an optional level."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="judgements")
    criterion = models.CharField(max_length=20, choices=Criterion.choices)
    level = models.CharField(max_length=20, choices=Level.choices, blank=True)
    text = models.TextField(blank=True)

    objects = OfAssessmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "criterion"], name="assessments_one_judgement_a_criterion"
            ),
            models.CheckConstraint(
                condition=Q(criterion__in=Criterion.values), name="assessments_criterion_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} {self.criterion}"


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

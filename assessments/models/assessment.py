"""A case officer's assessment of one application: judgements, the facts that prove them, and versions."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models.criteria import Criterion, Level
from grants.models import Application, Attachment, ContactNote
from portal.people import rules
from portal.registry.models import Immutable, WrittenOnce


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user: Any) -> AssessmentQuerySet:
        """The administration's and the second reader's, as long as they may see the application.

        Closed to a second reader, whoever that is, until both have finished. Others read the printed sheet.
        """
        from assessments.models.readings import SecondReading

        seen = self.filter(application__in=Application.objects.visible_to(user)).exclude(
            application__in=SecondReading.objects.closed_to(user).values("application")
        )
        if rules.administration(user):
            return seen
        return seen.filter(application__in=SecondReading.objects.read_by(user).values("application"))


class Assessment(models.Model):
    """A case officer's assessment of one application; its proposal is `Terms` at stage PROPOSED."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="assessment")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1, help_text=_("Grows with each save."))
    reason = models.TextField(_("Reason, as the association will read it"), blank=True)
    short_reason = models.CharField(_("Reason in the distribution table"), max_length=100, blank=True)
    previous_amount = models.PositiveIntegerField(_("Granted last year"), default=0)
    could_change = models.TextField(_("What the association could change"), blank=True)
    talk_to = models.CharField(_("Whom to talk to"), max_length=200, blank=True)
    risks = models.TextField(_("Risks"), blank=True)
    equal_treatment = models.TextField(
        _("Equal treatment"), blank=True, help_text=_("How comparable associations were treated, and why.")
    )
    alternatives = models.TextField(_("Alternatives"), blank=True)
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


class OfAssessmentQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> OfAssessmentQuerySet:
        """Seen by whoever sees the assessment."""
        return self.filter(assessment__in=Assessment.objects.visible_to(user))


class Judgement(models.Model):
    """The written judgement on one criterion, with an optional level, and the reason the applicant reads."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="judgements")
    criterion = models.CharField(max_length=20, choices=Criterion.choices)
    level = models.CharField(max_length=20, choices=Level.choices, blank=True)
    text = models.TextField(blank=True)
    reason = models.TextField(blank=True)

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


class Fact(models.Model):
    """Something that a judgement rests on, with the one place that proves it.

    The place is a question's answer in the application, a paper in it, a note of dialogue, or an earlier
    application of the association with its results and its decision.
    """

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="facts")
    criterion = models.CharField(max_length=20, choices=Criterion.choices)
    text = models.CharField(max_length=500)
    question_key = models.SlugField(
        max_length=40, blank=True, help_text=_("A question of the call, or “budget” for the budget.")
    )
    attachment = models.ForeignKey(
        Attachment, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.ForeignKey(ContactNote, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    earlier = models.ForeignKey(
        Application, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("When an officer took it away; it is kept for the assessment's story."),
    )

    objects = OfAssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(criterion__in=Criterion.values), name="assessments_fact_criterion_known"
            ),
            models.CheckConstraint(
                condition=(~Q(question_key="") & Q(attachment=None, note=None, earlier=None))
                | Q(question_key="", attachment__isnull=False, note=None, earlier=None)
                | Q(question_key="", attachment=None, note__isnull=False, earlier=None)
                | Q(question_key="", attachment=None, note=None, earlier__isnull=False),
                name="assessments_fact_has_one_source",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class AssessmentVersionQuerySet(Immutable):
    def visible_to(self, user: Any) -> AssessmentVersionQuerySet:
        """Seen by whoever sees the assessment."""
        return self.filter(assessment__in=Assessment.objects.visible_to(user))


class AssessmentVersion(WrittenOnce):
    """The assessment as it was frozen: when it went to the committee, and at each change afterwards."""

    assessment = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    content = models.JSONField()
    content_sha256 = models.CharField(max_length=64)
    reason = models.CharField(_("Why it was changed"), max_length=500, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AssessmentVersionQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "number"], name="assessments_version_numbered_once"
            ),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(reason=""), name="assessments_later_version_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} v{self.number}"

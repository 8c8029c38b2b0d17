"""Second readings: when one is asked for, who reads, and what was judged before the first view was seen."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models.criteria import Criterion, Level
from grants.models import Application, Call, Membership
from portal.people import rules
from portal.registry.models import ConflictOfInterest


class ReadingCause(models.TextChoices):
    """Why an application gets a second reading."""

    AMOUNT = "amount", _("The sum is over the limit")
    FIRST_TIME = "first_time", _("The association applies for the first time")
    SAMPLE = "sample", _("Drawn at random")
    ASKED = "asked", _("Asked for by an officer")


def new_seed() -> str:
    """What a call's random sample is drawn with; kept, so that the draw can be repeated by an auditor."""
    return secrets.token_hex(16)


class ReadingRuleQuerySet(models.QuerySet["ReadingRule"]):
    def visible_to(self, user: Any) -> ReadingRuleQuerySet:
        """The administration's."""
        return self if rules.administration(user) else self.none()


class ReadingRule(models.Model):
    """Which applications of a call get a second reading. Each part can be turned off."""

    call = models.OneToOneField(Call, on_delete=models.PROTECT, related_name="reading_rule")
    amount_limit = models.PositiveIntegerField(
        _("Sum over"),
        null=True,
        blank=True,
        help_text=_("Whole kronor applied for in one year; empty for no limit."),
    )
    first_time = models.BooleanField(_("First-time applicants"), default=True)
    sample_percent = models.PositiveSmallIntegerField(_("Random sample, percent"), default=10)
    seed = models.CharField(max_length=32, default=new_seed, editable=False)

    objects = ReadingRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sample_percent__lte=100), name="assessments_sample_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.call_id}"


class SecondReadingQuerySet(models.QuerySet["SecondReading"]):
    def visible_to(self, user: Any) -> SecondReadingQuerySet:
        """The reader's own, and the administration's as long as it may see the application."""
        if rules.administration(user):
            return self.filter(application__in=Application.objects.visible_to(user))
        return self.read_by(user)

    def read_by(self, user: Any) -> SecondReadingQuerySet:
        """Those the person is to read.

        Minus cases hidden by a conflict of interest, and those of associations that the person acts for.
        """
        if not rules.reader(user):
            return self.none()
        hidden = ConflictOfInterest.objects.declared_by(user).values("case")
        own = Membership.objects.held_by(user).values("association")
        return (
            self.filter(reader_id=user.pk)
            .exclude(application__case__in=hidden)
            .exclude(application__association__in=own)
        )

    def open(self) -> SecondReadingQuerySet:
        """Not finished by the reader yet."""
        return self.filter(done_at=None)

    def closed_to(self, user: Any) -> SecondReadingQuerySet:
        """Those for whose sake the person must not see the officer's view yet."""
        return self.blind().filter(reader_id=user.pk)

    def blind(self) -> SecondReadingQuerySet:
        """Where the two views are still closed to each other: they have not both been finished yet."""
        return self.filter(opened_at=None)


class SecondReading(models.Model):
    """One application read by a second person, blind until both have finished (`causes`: ReadingCause)."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="second_reading")
    causes = models.JSONField()
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, help_text=_("Grows with each save."))
    comment = models.TextField(_("Comment to the officer"), blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text=_("When both had finished and saw each other's view. It never becomes unseen again."),
    )

    objects = SecondReadingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(reader__isnull=False),
                name="assessments_done_reading_has_reader",
            ),
            models.CheckConstraint(
                condition=Q(opened_at=None) | Q(done_at__isnull=False),
                name="assessments_opened_reading_is_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}"

    @property
    def is_done(self) -> bool:
        return self.done_at is not None

    @property
    def cause_labels(self) -> list[str]:
        return [str(ReadingCause(cause).label) for cause in self.causes]

    @property
    def is_open_to_both(self) -> bool:
        """Whether officer and reader may see each other's view: both have finished once."""
        return self.opened_at is not None


class ReadersJudgementQuerySet(models.QuerySet["ReadersJudgement"]):
    def visible_to(self, user: Any) -> ReadersJudgementQuerySet:
        """The reader's own always; the administration's when both views are finished."""
        seen = SecondReading.objects.visible_to(user)
        finished = seen.exclude(pk__in=SecondReading.objects.blind().values("pk"))
        return self.filter(Q(reading__in=SecondReading.objects.read_by(user)) | Q(reading__in=finished))


class ReadersJudgement(models.Model):
    """What the second reader judged on one criterion.

    `officers_level` and `officers_text` are what the officer had judged, unseen by the reader, when the two
    views were opened to each other: the officer may change the assessment afterwards.
    `difference_reason` is written then, where the levels lie two steps or more apart.
    """

    reading = models.ForeignKey(SecondReading, on_delete=models.PROTECT, related_name="judgements")
    criterion = models.CharField(max_length=20, choices=Criterion.choices)
    level = models.CharField(max_length=20, choices=Level.choices, blank=True)
    text = models.TextField(blank=True)
    officers_level = models.CharField(max_length=20, choices=Level.choices, blank=True)
    officers_text = models.TextField(blank=True)
    difference_reason = models.TextField(blank=True)

    objects = ReadersJudgementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reading", "criterion"], name="assessments_one_readers_judgement_a_criterion"
            ),
            models.CheckConstraint(
                condition=Q(criterion__in=Criterion.values), name="assessments_readers_criterion_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reading_id} {self.criterion}"

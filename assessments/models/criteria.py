"""What applications are judged by: the five criteria, their wording, levels and what each level means."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from grants.models import Call


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


def wording_at(questions: Iterable[CriterionQuestion], moment: datetime) -> list[CriterionQuestion]:
    """Of all wordings, the one of each criterion in force at a moment, in the guidelines' order."""
    day, order = timezone.localtime(moment).date(), list(Criterion.values)
    begun = sorted((row for row in questions if row.valid_from <= day), key=lambda row: row.valid_from)
    newest = {row.criterion: row for row in begun}
    return sorted(newest.values(), key=lambda row: order.index(row.criterion))


class CriterionQuestionQuerySet(models.QuerySet["CriterionQuestion"]):
    def visible_to(self, user: Any) -> CriterionQuestionQuerySet:
        """What applications are judged by is public."""
        return self

    def in_force(self, moment: datetime) -> list[CriterionQuestion]:
        """The wording of each criterion in force at a moment, in the guidelines' order.

        A call is judged by the rules in force when it opened (kommunallagen 2:3–4).
        """
        return wording_at(self.all(), moment)


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


class LevelAnchorQuerySet(models.QuerySet["LevelAnchor"]):
    def visible_to(self, user: Any) -> LevelAnchorQuerySet:
        """Public with the call, as the criteria are."""
        return self.filter(call__in=Call.objects.visible_to(user))


class LevelAnchor(models.Model):
    """What a level means on one criterion in one call, so that assessors mean the same by it."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="level_anchors")
    criterion = models.CharField(max_length=20, choices=Criterion.choices)
    level = models.CharField(max_length=20, choices=Level.choices)
    text_sv = models.CharField(_("In Swedish"), max_length=300)
    text_en = models.CharField(_("In English"), max_length=300)

    objects = LevelAnchorQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["call", "criterion", "level"], name="assessments_one_anchor_a_level"
            ),
            models.CheckConstraint(
                condition=Q(criterion__in=Criterion.values, level__in=Level.values),
                name="assessments_anchor_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_criterion_display()}, {self.get_level_display()}"

    def get_additional_data(self) -> dict[str, int]:
        """What the log of changes keeps beside them: `grants.calls.call_history` finds them by the call."""
        return {"call": self.call_id}

    @property
    def text(self) -> str:
        return self.text_en if translation.get_language() == "en" else self.text_sv

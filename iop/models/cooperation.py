"""How an association and a unit work together over time: levels, roles, and a log that both read."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from grants.models import Association
from iop.models.lists import Area, Level, ListQuerySet
from iop.models.needs import CivilRole
from portal.documents.models import Document
from portal.people import rules
from portal.people.models import Unit
from portal.registry.models import Immutable, WrittenOnce


class CooperationQuerySet(models.QuerySet["Cooperation"]):
    def visible_to(self, user: Any) -> CooperationQuerySet:
        """The association's people, the unit's contacts and the administration."""
        if not user.is_authenticated:
            return self.none()
        if rules.administration(user):
            return self
        if rules.unit_contact(user):
            return self.filter(unit__in=Unit.objects.with_contact(user))
        return self.filter(association__in=Association.objects.visible_to(user))


class Cooperation(models.Model):
    """One association and one unit who have to do with each other."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="cooperations")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="cooperations")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CooperationQuerySet.as_manager()

    class Meta:
        ordering = ["association__name", "unit__name"]
        constraints = [
            models.UniqueConstraint(fields=["association", "unit"], name="iop_one_cooperation_a_pair")
        ]

    def __str__(self) -> str:
        return f"{self.association} – {self.unit}"


class CooperationEntryQuerySet(Immutable):
    def visible_to(self, user: Any) -> CooperationEntryQuerySet:
        """Seen by whoever sees the co-operation: the log is shared."""
        return self.filter(cooperation__in=Cooperation.objects.visible_to(user))


class CooperationEntry(WrittenOnce):
    """What happened on a day, at which level and in which role; written once and read by both."""

    class Kind(models.TextChoices):
        MEETING = "mote", pgettext_lazy("log", "Meeting")
        AGREEMENT = "overenskommelse", _("Something agreed")
        ACTIVITY = "insats", _("Something done together")
        OTHER = "annat", _("Other")

    cooperation = models.ForeignKey(Cooperation, on_delete=models.PROTECT, related_name="entries")
    on = models.DateField(_("Day"))
    kind = models.CharField(_("What it was"), max_length=20, choices=Kind.choices)
    level = models.ForeignKey(
        Level, on_delete=models.PROTECT, related_name="entries", verbose_name=_("Level")
    )
    role = models.CharField(_("The association's role"), max_length=20, choices=CivilRole.choices, blank=True)
    text = models.TextField(_("What was said or agreed"))
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CooperationEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role="") | Q(role__in=CivilRole.values), name="iop_entry_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.get_kind_display()}"


class SurveyQuestion(models.Model):
    """One of the county board's six questions (2009), with wording and legal reference as editable data."""

    number = models.PositiveSmallIntegerField(_("Number"))
    text_sv = models.TextField(_("Question, in Swedish"))
    text_en = models.TextField(_("Question, in English"))
    reference = models.CharField(_("Law or regulation"), max_length=200, blank=True)
    evidence = models.SlugField(
        max_length=40, blank=True, help_text=_("What in Samspel shows it, for example “agreements”.")
    )
    valid_from = models.PositiveSmallIntegerField(_("From the year"))
    is_active = models.BooleanField(_("In use"), default=True)

    objects = ListQuerySet.as_manager()

    class Meta:
        ordering = ["number", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["number", "valid_from"], name="iop_one_wording_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"

    @property
    def text(self) -> str:
        return self.text_en if translation.get_language() == "en" else self.text_sv


class SurveyAnswerQuerySet(models.QuerySet["SurveyAnswer"]):
    def visible_to(self, user: Any) -> SurveyAnswerQuerySet:
        """Everyone's to read: how the city works with associations is public."""
        return self


class SurveyAnswer(models.Model):
    """What an area answers to one question for one year; what nobody registered has no row."""

    question = models.ForeignKey(SurveyQuestion, on_delete=models.PROTECT, related_name="answers")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("Year"))
    is_yes = models.BooleanField(_("Yes"))
    comment = models.TextField(_("Comment, and in which document"), blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(default=timezone.now)

    objects = SurveyAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["year", "area", "question"]
        constraints = [
            models.UniqueConstraint(fields=["question", "area", "year"], name="iop_one_survey_answer_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.area_id} {self.question_id}"


class SurveyPrintQuerySet(models.QuerySet["SurveyPrint"]):
    def visible_to(self, user: Any) -> SurveyPrintQuerySet:
        """Everyone's to read, as the report is."""
        return self


class SurveyPrint(models.Model):
    """The report of a year as it was when somebody ordered it as a PDF."""

    year = models.PositiveSmallIntegerField(_("Year"))
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(default=timezone.now)

    objects = SurveyPrintQuerySet.as_manager()

    class Meta:
        ordering = ["-ordered_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["year", "document"], name="iop_printed_survey_once")]

    def __str__(self) -> str:
        return f"{self.year}: {self.document_id}"

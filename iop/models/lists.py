"""Lists that staff edit: areas, target groups, levels, what a unit does, and what an hour is worth."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from portal.people.models import Unit


class ListQuerySet(models.QuerySet[Any]):
    """Rows that say how the city works: everyone's to read."""

    def visible_to(self, user: Any) -> ListQuerySet:
        return self

    def active(self) -> ListQuerySet:
        return self.filter(is_active=True)


class Listed(models.Model):
    """A row of a list: a stable code, a name in both languages, and its place."""

    code = models.SlugField(_("Code"), max_length=40, unique=True)
    name_sv = models.CharField(_("Name, in Swedish"), max_length=150)
    name_en = models.CharField(_("Name, in English"), max_length=150)
    position = models.PositiveSmallIntegerField(_("Place in the list"), default=0)
    is_active = models.BooleanField(_("In use"), default=True)

    objects = ListQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if translation.get_language() == "en" else self.name_sv


class Area(Listed):
    """An area of the administration, as the county board's survey parts it."""


class TargetGroup(Listed):
    """A group of people that needs and ideas are about; codes as in the questions of calls."""


class Level(Listed):
    """A level of co-operation by the city's guidelines, the least first; none is a goal in itself."""

    class CountsAs(models.TextChoices):
        INFORMATION = "information", _("Information to associations")
        TAKING_PART = "deltagande", _("Associations take part")

    description_sv = models.CharField(_("What it means, in Swedish"), max_length=300, blank=True)
    description_en = models.CharField(_("What it means, in English"), max_length=300, blank=True)
    counts_as = models.CharField(_("Counts in the yearly report as"), max_length=20, choices=CountsAs.choices)
    begins_dialogue = models.BooleanField(_("An idea that goes on in dialogue begins here"), default=False)

    class Meta(Listed.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(counts_as__in=["information", "deltagande"]), name="iop_level_counts_as_known"
            )
        ]

    @classmethod
    def of_dialogue(cls) -> Level | None:
        """Where an idea that goes on in dialogue begins: the level chosen for it, else the first in use."""
        first: Level | None = cls.objects.active().order_by("-begins_dialogue", "position", "code").first()
        return first

    @property
    def description(self) -> str:
        return self.description_en if translation.get_language() == "en" else self.description_sv


class UnitProfile(models.Model):
    """What a unit of the administration works with and how to reach it, so that nobody has to guess."""

    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="profile")
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="units", verbose_name=_("Area"))
    target_groups = models.ManyToManyField(
        TargetGroup, related_name="units", blank=True, verbose_name=_("Target groups")
    )
    about = models.CharField(_("What the unit does, in a sentence"), max_length=300, blank=True)
    contact_role = models.CharField(
        _("Whom to ask for"), max_length=150, blank=True, help_text=_("A role, never a name.")
    )
    email = models.EmailField(_("E-mail"), blank=True)
    phone = models.CharField(_("Telephone"), max_length=30, blank=True)

    objects = ListQuerySet.as_manager()

    class Meta:
        ordering = ["unit__name"]

    def __str__(self) -> str:
        return str(self.unit)


class ValuationMethod(models.TextChoices):
    """How hours are given a value in money; hours stay the primary figure (handbook 8.5)."""

    REPLACEMENT = "ersattningskostnad", _("Replacement cost: what it would cost to pay somebody")
    OPPORTUNITY = "alternativkostnad", _("Opportunity cost: what the person could have earned")
    OUTPUT = "resultatvarde", _("Output value: what the result is worth")


class HourlyRateQuerySet(ListQuerySet):
    def in_force(self, method: str, day: date) -> HourlyRate | None:
        """The rate of a method on a day; None where none is decided, or it was taken out of use."""
        latest: HourlyRate | None = (
            self.filter(method=method, valid_from__lte=day).order_by("-valid_from").first()
        )
        return latest if latest and latest.is_active else None


class HourlyRate(models.Model):
    """What an hour counts as by one method, whole kronor, from a day on."""

    method = models.CharField(_("Method"), max_length=30, choices=ValuationMethod.choices)
    kronor = models.PositiveIntegerField(_("Kronor an hour"))
    valid_from = models.DateField(_("From"))
    source = models.CharField(_("Where the figure comes from"), max_length=200, blank=True)
    is_active = models.BooleanField(_("In use"), default=True)

    objects = HourlyRateQuerySet.as_manager()

    class Meta:
        ordering = ["method", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["method", "valid_from"], name="iop_one_rate_a_day"),
            models.CheckConstraint(
                condition=Q(method__in=ValuationMethod.values), name="iop_rate_method_known"
            ),
            models.CheckConstraint(condition=Q(kronor__gt=0), name="iop_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.get_method_display()}: {self.kronor}"

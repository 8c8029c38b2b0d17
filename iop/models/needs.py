"""Needs that units publish, and the associations that answer with a role."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.models import Association
from iop.models.lists import Area, TargetGroup
from portal.people import rules
from portal.people.models import Unit


class CivilRole(models.TextChoices):
    """The three roles of civil society towards the public sector (the city's guidelines)."""

    ROSTBARARE = "rostbarare", _("Voice (röstbärare)")
    UTFORARE = "utforare", _("Performer (utförare)")
    INNOVATOR = "innovator", _("Innovator (innovatör)")


class NeedQuerySet(models.QuerySet["Need"]):
    def visible_to(self, user: Any) -> NeedQuerySet:
        """Published needs are everyone's; unpublished ones the unit's contacts' and the case officers'."""
        if rules.case_officer(user):
            return self
        published = ~Q(published_at=None)
        if rules.unit_contact(user):
            return self.filter(published | Q(unit__in=Unit.objects.with_contact(user).values("pk")))
        return self.filter(published)

    def open(self) -> NeedQuerySet:
        return self.filter(published_at__isnull=False, closed_at=None)


class Need(models.Model):
    """Something that is missing for residents and that the administration cannot do alone."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="needs", verbose_name=_("Unit"))
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("Area"))
    target_groups = models.ManyToManyField(
        TargetGroup, related_name="needs", verbose_name=_("Whom it is about")
    )
    title = models.CharField(_("What is missing, in a few words"), max_length=150)
    text = models.TextField(_("What is missing, as residents meet it"))
    contributes = models.TextField(_("What the unit can contribute"), blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    published_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_words = models.TextField(_("How it went"), blank=True)

    objects = NeedQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None) | ~Q(closing_words=""), name="iop_need_closed_with_words"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.published_at is not None and self.closed_at is None


class NeedAnswerQuerySet(models.QuerySet["NeedAnswer"]):
    def visible_to(self, user: Any) -> NeedAnswerQuerySet:
        """The association's own, the unit's contacts' and the administration's."""
        if not user.is_authenticated:
            return self.none()
        if rules.administration(user):
            return self
        if rules.unit_contact(user):
            return self.filter(need__unit__in=Unit.objects.with_contact(user))
        return self.filter(association__in=Association.objects.visible_to(user))


class NeedAnswer(models.Model):
    """An association's answer to a need: in which role it could do something, and how."""

    need = models.ForeignKey(Need, on_delete=models.PROTECT, related_name="answers")
    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="need_answers")
    role = models.CharField(_("Your role"), max_length=20, choices=CivilRole.choices)
    text = models.TextField(_("What you could do"))
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(default=timezone.now, editable=False)
    reply = models.TextField(_("The unit's reply"), blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    replied_at = models.DateTimeField(null=True, blank=True)

    objects = NeedAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["answered_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["need", "association"], name="iop_one_answer_a_need"),
            models.CheckConstraint(condition=Q(role__in=CivilRole.values), name="iop_answer_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.association_id}: {self.need_id}"

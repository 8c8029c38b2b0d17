"""An association's facts that have a date: who holds which office, figures of a year, confirmations."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.models.associations import Association


class OfAssociationQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> OfAssociationQuerySet:
        """Seen by whoever sees the association."""
        return self.filter(association__in=Association.objects.visible_to(user))


class OfficeHolder(models.Model):
    """Who holds an office of the association, as its annual meeting chose; no personal identity numbers."""

    class Office(models.TextChoices):
        CHAIR = "ordforande", _("Chair of the association")
        TREASURER = "kassor", _("Treasurer")
        SECRETARY = "sekreterare", _("Secretary")
        AUDITOR = "revisor", _("Auditor")
        NOMINATIONS = "valberedning", _("Nominating committee")

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="office_holders")
    office = models.CharField(_("Office"), max_length=20, choices=Office.choices)
    name = models.CharField(_("Name"), max_length=150)
    email = models.EmailField(_("E-mail address"), blank=True)
    phone = models.CharField(_("Telephone"), max_length=30, blank=True)
    chosen_from = models.DateField(_("Chosen from"), null=True, blank=True)
    chosen_until = models.DateField(_("Chosen until"), null=True, blank=True)

    objects = OfAssociationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(chosen_from=None) | Q(chosen_until=None) | Q(chosen_until__gte=F("chosen_from")),
                name="grants_office_dates_in_order",
            ),
            models.CheckConstraint(
                condition=Q(office__in=["ordforande", "kassor", "sekreterare", "revisor", "valberedning"]),
                name="grants_office_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_office_display()}: {self.name}"

    @property
    def has_run_out(self) -> bool:
        return self.chosen_until is not None and self.chosen_until < timezone.localdate()

    def get_additional_data(self) -> dict[str, int]:
        """By what `grants.history` finds the audit log's rows of an association."""
        return {"association": self.association_id}


#: Fields that count members by age; together they are all members.
AGE_FIELDS = ("age_0_6", "age_7_12", "age_13_20", "age_21_25", "age_26_64", "age_65")
GENDER_FIELDS = ("women", "men", "other_gender")
BOARD_FIELDS = ("board_women", "board_men", "board_other")


def _none_or_sum(fields: tuple[str, ...], total: str) -> Q:
    """All fields empty, or all filled in and together as many as the total."""
    first, *rest = (F(name) for name in fields)
    added: Any = first
    for field in rest:
        added = added + field
    return Q(**dict.fromkeys(fields)) | Q(**{f"{name}__isnull": False for name in fields}, **{total: added})


class YearlyFigures(models.Model):
    """An association's members on 31 December of a year, in numbers only; never names.

    Membership can reveal health, religion or sexual orientation (GDPR article 9). `annual_fee` is in
    whole kronor for one member.
    """

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="yearly_figures")
    year = models.PositiveSmallIntegerField(_("Year"))
    total = models.PositiveIntegerField(_("Members in all"))
    paying = models.PositiveIntegerField(_("Members who have paid the fee"))
    resident = models.PositiveIntegerField(_("Members who live in the municipality"))
    age_0_6 = models.PositiveIntegerField(_("0–6 years"), null=True, blank=True)
    age_7_12 = models.PositiveIntegerField(_("7–12 years"), null=True, blank=True)
    age_13_20 = models.PositiveIntegerField(_("13–20 years"), null=True, blank=True)
    age_21_25 = models.PositiveIntegerField(_("21–25 years"), null=True, blank=True)
    age_26_64 = models.PositiveIntegerField(_("26–64 years"), null=True, blank=True)
    age_65 = models.PositiveIntegerField(_("65 years and older"), null=True, blank=True)
    women = models.PositiveIntegerField(_("Women"), null=True, blank=True)
    men = models.PositiveIntegerField(_("Men"), null=True, blank=True)
    other_gender = models.PositiveIntegerField(_("Other, or not stated"), null=True, blank=True)
    annual_fee = models.PositiveIntegerField(_("Annual fee for a member, kronor"))
    board_women = models.PositiveSmallIntegerField(_("Women on the board"), null=True, blank=True)
    board_men = models.PositiveSmallIntegerField(_("Men on the board"), null=True, blank=True)
    board_other = models.PositiveSmallIntegerField(
        _("Other, or not stated, on the board"), null=True, blank=True
    )
    saved_at = models.DateTimeField(default=timezone.now)

    objects = OfAssociationQuerySet.as_manager()

    class Meta:
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(fields=["association", "year"], name="grants_figures_once_a_year"),
            models.CheckConstraint(condition=Q(paying__lte=F("total")), name="grants_paying_within_total"),
            models.CheckConstraint(
                condition=Q(resident__lte=F("total")), name="grants_residents_within_total"
            ),
            models.CheckConstraint(condition=_none_or_sum(AGE_FIELDS, "total"), name="grants_ages_add_up"),
            models.CheckConstraint(
                condition=_none_or_sum(GENDER_FIELDS, "total"), name="grants_genders_add_up"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.association_id} {self.year}"

    def get_additional_data(self) -> dict[str, int]:
        """By what `grants.history` finds the audit log's rows of an association."""
        return {"association": self.association_id}


class FactsConfirmation(models.Model):
    """That someone of the association has read its facts and says that they are right."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="facts_confirmations")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OfAssociationQuerySet.as_manager()

    class Meta:
        ordering = ["-confirmed_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.association_id} {self.confirmed_at:%Y-%m-%d}"

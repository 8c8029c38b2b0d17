"""Who sits in the committee: members and substitutes with party and presidium, over time."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.committee.models.meetings import Committee
from portal.people import rules


class SeatKind(models.TextChoices):
    MEMBER = "ledamot", _("Member")
    SUBSTITUTE = "ersattare", _("Substitute")


class Presidium(models.TextChoices):
    CHAIR = "ordforande", _("Chair")
    FIRST_VICE = "forste_vice", _("First vice chair")
    SECOND_VICE = "andre_vice", _("Second vice chair")


class SeatQuerySet(models.QuerySet["Seat"]):
    def visible_to(self, user: Any) -> SeatQuerySet:
        """Who sits in a committee is public; here it is for those who work with its meetings."""
        return self if rules.committee_reader(user) or rules.administration(user) else self.none()

    def held_on(self, day: date) -> SeatQuerySet:
        """The seats held on a day, in the order in which substitutes step in."""
        return self.filter(valid_from__lte=day).filter(Q(valid_until=None) | Q(valid_until__gte=day))


class Seat(models.Model):
    """One person's seat in a committee for a time.

    `order` is the order among members and, among substitutes, the one in which they step in.
    """

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="seats")
    kind = models.CharField(_("Kind of seat"), max_length=20, choices=SeatKind.choices)
    party = models.CharField(
        pgettext_lazy("politics", "Party"), max_length=20, help_text=_("As printed, for example A")
    )
    presidium = models.CharField(_("Presidium"), max_length=20, choices=Presidium.choices, blank=True)
    order = models.PositiveSmallIntegerField(_("Order"), default=0)
    valid_from = models.DateField(_("From"), default=timezone.localdate)
    valid_until = models.DateField(_("Until"), null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=SeatKind.values), name="committee_seat_kind_known"),
            models.CheckConstraint(
                condition=Q(presidium="") | Q(presidium__in=Presidium.values, kind=SeatKind.MEMBER),
                name="committee_presidium_are_members",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="committee_seat_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["committee", "user"],
                condition=Q(valid_until=None),
                name="committee_one_seat_a_person",
            ),
            models.UniqueConstraint(
                fields=["committee", "presidium"],
                condition=Q(valid_until=None) & ~Q(presidium=""),
                name="committee_one_person_in_each_post",
            ),
        ]

    def __str__(self) -> str:
        """As the minutes print it: "Ledamot 1 (A)"."""
        return f"{self.user} ({self.party})"

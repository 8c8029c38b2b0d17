"""Authorities, and the running numbers of their registers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from portal.registry.models.cases import Case


class AuthorityQuerySet(models.QuerySet["Authority"]):
    def visible_to(self, user: Any) -> AuthorityQuerySet:
        """Which authorities a city has is public."""
        return self


class Authority(models.Model):
    """A committee as a legal authority (myndighet) with a register of its own."""

    name = models.CharField(_("Name"), max_length=100, unique=True)
    number_pattern = models.CharField(
        max_length=60,
        default="{number:05d}/{year}",
        help_text=_("How a registry number is written, from prefix, number and year."),
    )
    number_prefix = models.CharField(max_length=20, blank=True)

    objects = AuthorityQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def open_case(self, *, public_title: str, protected_title: str = "", by: Any = None) -> Case:
        """Open a case under the year's next number, within the caller's transaction.

        The counter's row is locked until that transaction ends, so numbers have no gaps and are never
        used twice. Offentlighets- och sekretesslagen 5:1–2.
        """
        from portal.registry.models.cases import Case
        from portal.registry.models.events import Event

        opened_at = timezone.now()
        year = timezone.localtime(opened_at).year
        with transaction.atomic():
            NumberSeries.objects.get_or_create(authority=self, year=year)
            series = NumberSeries.objects.select_for_update().get(authority=self, year=year)
            series.last_number += 1
            series.save(update_fields=["last_number"])
            case = Case.objects.create(
                authority=self,
                year=year,
                number=series.last_number,
                registry_number=self.number_pattern.format(
                    prefix=self.number_prefix, number=series.last_number, year=year
                ),
                public_title=public_title,
                protected_title=protected_title,
                opened_at=opened_at,
            )
            case.log(Event.Kind.OPENED, by=by)
        return case


class NumberSeriesQuerySet(models.QuerySet["NumberSeries"]):
    def visible_to(self, user: Any) -> NumberSeriesQuerySet:
        """Nobody's to look at: the counter belongs to `Authority.open_case`."""
        return self.none()


class NumberSeries(models.Model):
    """The running number of one authority's register in one year."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    objects = NumberSeriesQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "year"], name="registry_one_series_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.authority_id} {self.year}: {self.last_number}"

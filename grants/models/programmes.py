"""Grants that come back each year: when they open and close, as rows."""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from grants.models.calls import GrantType
from portal.registry.models import Authority

_MONTHS = list(MONTHS.items())


class Window(NamedTuple):
    """When a call opens and closes; no closing means always open."""

    opens_at: datetime
    closes_at: datetime | None


def local_moment(day: date, at: time = time()) -> datetime:
    """A time on the wall in Europe/Stockholm, summer or winter as the day has it."""
    return timezone.make_aware(datetime.combine(day, at))


def day_of(year: int, month: int, day: int) -> date:
    """The day in that year; 29 February is the 28th where there is none."""
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


class GrantProgrammeQuerySet(models.QuerySet["GrantProgramme"]):
    def visible_to(self, user: Any) -> GrantProgrammeQuerySet:
        """When a grant comes back each year is public."""
        return self

    def of(self, authority_id: int, grant_type: str) -> GrantProgramme | None:
        return self.filter(authority=authority_id, grant_type=grant_type).first()


class GrantProgramme(models.Model):
    """One grant's recurring window: the days of the year between which it can be applied for."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="programmes")
    grant_type = models.CharField(_("Grant"), max_length=30, choices=GrantType.choices)
    always_open = models.BooleanField(_("Can be applied for all year"), default=False)
    opens_month = models.PositiveSmallIntegerField(_("Opens in month"), choices=_MONTHS, default=1)
    opens_day = models.PositiveSmallIntegerField(_("Opens on day"), default=1)
    opens_time = models.TimeField(_("Opens at"), default=time(8))
    closes_month = models.PositiveSmallIntegerField(
        _("Last day, month"), choices=_MONTHS, null=True, blank=True
    )
    closes_day = models.PositiveSmallIntegerField(_("Last day, day"), null=True, blank=True)
    years_ahead = models.PositiveSmallIntegerField(
        _("Years from the window to the first grant year"),
        default=1,
        help_text=_("1 means that the window lies the year before the first grant year."),
    )
    remind_days = models.PositiveSmallIntegerField(
        _("Remind this many days before opening"),
        default=60,
        help_text=_("The start page then tells when next year's call has no draft."),
    )

    objects = GrantProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["authority", "grant_type"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "grant_type"], name="grants_one_programme_a_grant"),
            models.CheckConstraint(
                condition=Q(opens_month__range=(1, 12), opens_day__range=(1, 31)),
                name="grants_programme_opens_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(always_open=True, closes_month=None, closes_day=None)
                | Q(always_open=False, closes_month__range=(1, 12), closes_day__range=(1, 31)),
                name="grants_programme_closes_unless_always_open",
            ),
            models.CheckConstraint(
                condition=Q(years_ahead__lte=2), name="grants_programme_years_ahead_reasonable"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_grant_type_display()}"

    def window(self, first_year: int) -> Window:
        """The window of the call whose first grant year this is. It closes at midnight of its last day."""
        year = first_year - self.years_ahead
        opens = local_moment(day_of(year, self.opens_month, self.opens_day), self.opens_time)
        if self.closes_month is None or self.closes_day is None:
            return Window(opens, None)
        last = day_of(year, self.closes_month, self.closes_day)
        closes = local_moment(last + timedelta(days=1))
        if closes <= opens:  # a window across the turn of the year
            last = day_of(year + 1, self.closes_month, self.closes_day)
            closes = local_moment(last + timedelta(days=1))
        return Window(opens, closes)

    def next_first_year(self, today: date) -> int:
        """The first grant year of the window that is open today, or else comes next."""
        year = today.year + self.years_ahead
        if self.always_open:
            return year
        for first_year in (year - 1, year):
            closes = self.window(first_year).closes_at
            if closes is not None and timezone.localtime(closes).date() > today:
                return first_year
        return year + 1

"""Calls for applications: windows and years."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.people import rules
from portal.registry.models import Authority


class GrantType(models.TextChoices):
    """The two grants; the Swedish word is the official one."""

    VERKSAMHETSBIDRAG = "verksamhetsbidrag", _("Operating grant (verksamhetsbidrag)")
    UTVECKLINGSBIDRAG = "utvecklingsbidrag", _("Development grant (utvecklingsbidrag)")


class LateRule(models.TextChoices):
    """What a call does with what comes after it has closed; a human applies it (kommunallagen 6:38)."""

    CLOSED = "closed", _("Nothing can be sent after the call has closed")
    JUDGED = "judged", _("May be sent late; an officer admits or dismisses it")


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, user: Any) -> CallQuerySet:
        """Published calls are public; drafts are the officers'."""
        return self if rules.case_officer(user) else self.filter(published=True)

    def open(self, now: datetime | None = None) -> CallQuerySet:
        """Published and within the window; no closing time means always open."""
        now = now or timezone.now()
        return self.filter(published=True, opens_at__lte=now).filter(Q(closes_at=None) | Q(closes_at__gt=now))


class Call(models.Model):
    """A call (ansökningsomgång) for one grant, judged by the rules in force when it opened."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PLANNED = "planned", _("Opens later")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="calls")
    grant_type = models.CharField(_("Grant"), max_length=30, choices=GrantType.choices)
    title = models.CharField(_("Title"), max_length=150)
    intro = models.TextField(_("Introduction"), blank=True)
    first_year = models.PositiveSmallIntegerField(
        _("First grant year"), help_text=_("The first year that can be applied for.")
    )
    max_years = models.PositiveSmallIntegerField(_("Years at most"), default=1)
    opens_at = models.DateTimeField(_("Opens"))
    closes_at = models.DateTimeField(_("Closes"), null=True, blank=True)
    decision_expected = models.CharField(
        _("When a decision can be expected"), max_length=100, help_text=_("For example: in December 2026")
    )
    decision_day = models.DateField(
        _("Day when a decision can be expected"),
        null=True,
        blank=True,
        help_text=_("For calendars; leave it empty when no day is known."),
    )
    published = models.BooleanField(default=False)
    late_rule = models.CharField(
        _("Late applications"), max_length=20, choices=LateRule.choices, default=LateRule.CLOSED
    )

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="grants_call_closes_after_opening",
            ),
            models.CheckConstraint(
                condition=Q(max_years__gte=1, max_years__lte=5), name="grants_call_years_reasonable"
            ),
            models.CheckConstraint(
                condition=Q(late_rule__in=LateRule.values), name="grants_call_late_rule_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> Call.State:
        """Decided by server time alone."""
        return self.state_at(timezone.now())

    def state_at(self, moment: datetime) -> Call.State:
        if not self.published:
            return Call.State.DRAFT
        if moment < self.opens_at:
            return Call.State.PLANNED
        if self.closes_at and moment >= self.closes_at:
            return Call.State.CLOSED
        return Call.State.OPEN

    @property
    def is_open(self) -> bool:
        return self.state == Call.State.OPEN

    def receives_at(self, moment: datetime) -> bool:
        """Whether an application may be written and sent: the call is open, or takes what comes late."""
        return self.state_at(moment) == Call.State.OPEN or self.is_late_at(moment)

    @property
    def receives(self) -> bool:
        return self.receives_at(timezone.now())

    def is_late_at(self, moment: datetime) -> bool:
        """Whether the call has closed but takes what comes late."""
        return self.state_at(moment) == Call.State.CLOSED and self.late_rule == LateRule.JUDGED

    @property
    def takes_late(self) -> bool:
        return self.is_late_at(timezone.now())

    @property
    def is_round(self) -> bool:
        """Whether its applications are decided together: a window that closes makes a round."""
        return self.closes_at is not None

    @property
    def last_day(self) -> date | None:
        """The last day on which anything can be sent; midnight at its end counts to the day before."""
        if self.closes_at is None:
            return None
        return timezone.localtime(self.closes_at - timedelta(seconds=1)).date()

    @property
    def years(self) -> list[int]:
        """The years that can be applied for."""
        return list(range(self.first_year, self.first_year + self.max_years))

"""Calls for applications: windows and years."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone, translation
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
        return self.in_state(Call.State.OPEN, now)

    def in_state(self, state: Call.State, now: datetime | None = None) -> CallQuerySet:
        """The rows whose `state_at` the moment is this one."""
        now = now or timezone.now()
        if state == Call.State.DRAFT:
            return self.filter(published=False)
        if state == Call.State.PLANNED:
            return self.filter(published=True, opens_at__gt=now)
        begun = self.filter(published=True, opens_at__lte=now)
        if state == Call.State.CLOSED:
            return begun.filter(closes_at__lte=now)
        return begun.filter(Q(closes_at=None) | Q(closes_at__gt=now))


class Call(models.Model):
    """A call (ansökningsomgång) for one grant, judged by the rules in force when it opened."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PLANNED = "planned", _("Opens later")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="calls")
    grant_type = models.CharField(_("Grant"), max_length=30, choices=GrantType.choices)
    title = models.CharField(_("Title in Swedish"), max_length=150)
    title_en = models.CharField(_("Title in English"), max_length=150, blank=True)
    intro = models.TextField(_("Introduction in Swedish"), blank=True)
    intro_en = models.TextField(_("Introduction in English"), blank=True)
    first_year = models.PositiveSmallIntegerField(
        _("First grant year"), help_text=_("The first year that can be applied for.")
    )
    max_years = models.PositiveSmallIntegerField(_("Years at most"), default=1)
    opens_at = models.DateTimeField(_("Opens"))
    closes_at = models.DateTimeField(_("Closes"), null=True, blank=True)
    decision_expected = models.CharField(
        _("When a decision can be expected, in Swedish"),
        max_length=100,
        help_text=_("For example: i december 2026"),
    )
    decision_expected_en = models.CharField(
        _("When a decision can be expected, in English"),
        max_length=100,
        blank=True,
        help_text=_("For example: in December 2026"),
    )
    published = models.BooleanField(_("Published"), default=False)
    form_version = models.PositiveIntegerField(
        default=1, help_text=_("Grows with each change, until the first application is sent.")
    )
    frozen_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the first application was sent; since then the form stands.")
    )
    copied_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="copies"
    )
    decision_day = models.DateField(
        _("Day when a decision can be expected"),
        null=True,
        blank=True,
        help_text=_("For calendars; leave it empty when no day is known."),
    )
    max_amount = models.PositiveIntegerField(
        _("Most a year, kronor"),
        null=True,
        blank=True,
        help_text=_("The most one association can be proposed a year; empty for no cap."),
    )
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
        return self._by_time(moment) if self.published else Call.State.DRAFT

    @property
    def state_as_published(self) -> Call.State:
        """What the state is, or would be if the call were published now."""
        return self._by_time(timezone.now())

    def _by_time(self, moment: datetime) -> Call.State:
        if moment < self.opens_at:
            return Call.State.PLANNED
        if self.closes_at and moment >= self.closes_at:
            return Call.State.CLOSED
        return Call.State.OPEN

    @property
    def is_frozen(self) -> bool:
        """Whether an application has been sent in it, so that its form no longer changes."""
        return self.frozen_at is not None

    @property
    def name(self) -> str:
        """The title for the language of whoever reads; official documents print `title`."""
        return self._worded(self.title, self.title_en)

    @property
    def introduction(self) -> str:
        return self._worded(self.intro, self.intro_en)

    @property
    def decision_when(self) -> str:
        """When a decision can be expected, for the language of whoever reads."""
        return self._worded(self.decision_expected, self.decision_expected_en)

    @staticmethod
    def _worded(swedish: str, english: str) -> str:
        """English for those who read it, where there is any."""
        return (translation.get_language() == "en" and english) or swedish

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

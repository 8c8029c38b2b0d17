"""The budget of an application: the call's headings, and kronor by heading and year."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from grants.models.applications import Application, OfApplicationQuerySet
from grants.models.calls import Call
from grants.models.questions import in_readers_language


class BudgetSide(models.TextChoices):
    INCOME = "income", _("Income")
    COST = "cost", _("Costs")


class BudgetHeadingQuerySet(models.QuerySet["BudgetHeading"]):
    def visible_to(self, user: Any) -> BudgetHeadingQuerySet:
        """Readable before signing in, with the call."""
        return self.filter(call__in=Call.objects.visible_to(user))


class BudgetHeading(models.Model):
    """One line that a call's budget asks about, under a key that stays the same from year to year.

    What is applied for here is no heading: it comes from the application itself.
    """

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="budget_headings")
    key = models.SlugField(max_length=40)
    side = models.CharField(max_length=10, choices=BudgetSide.choices)
    position = models.PositiveSmallIntegerField()
    label_sv = models.CharField(max_length=100)
    label_en = models.CharField(max_length=100)
    from_the_city = models.BooleanField(
        default=False, help_text=_("Money from another committee of the city: may be double funding.")
    )

    objects = BudgetHeadingQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["call", "key"], name="grants_heading_key_once_a_call"),
            models.UniqueConstraint(fields=["call", "position"], name="grants_heading_position"),
            models.CheckConstraint(condition=Q(side__in=BudgetSide.values), name="grants_heading_side_known"),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.key}"

    def get_additional_data(self) -> dict[str, int]:
        """What the log of changes keeps beside them: `grants.calls.call_history` finds them by the call."""
        return {"call": self.call_id}

    @property
    def label(self) -> str:
        return in_readers_language(self.label_sv, self.label_en)


class BudgetLine(models.Model):
    """Whole kronor under one heading in one year of an application."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="budget_lines")
    heading = models.ForeignKey(BudgetHeading, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    amount = models.PositiveIntegerField(default=0)

    objects = OfApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "heading", "year"], name="grants_one_budget_line_a_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.heading_id} {self.year}: {self.amount}"


def budget_lines_of(application: Application) -> list[tuple[BudgetHeading, BudgetLine]]:
    """The saved lines with their headings, in the headings' order; uses prefetched rows of both."""
    lines: dict[int, list[BudgetLine]] = defaultdict(list)
    for line in application.budget_lines.all():
        lines[line.heading_id].append(line)
    return [
        (heading, line) for heading in application.call.budget_headings.all() for line in lines[heading.pk]
    ]

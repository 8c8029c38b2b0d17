"""What the parties promise each other: goals with indicators, contributions per year, and the budget."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from iop.models.agreements import Agreement, OfAgreementQuerySet, Party
from iop.models.lists import Listed, ValuationMethod
from portal.registry.models import Case


class IndicatorKind(Listed):
    """An indicator of the library to start from (handbook 4.1)."""

    unit = models.CharField(_("Counted in"), max_length=60, blank=True)


class GoalLevel(models.TextChoices):
    SAMHALLE = "samhallsmal", _("For society")
    EFFEKT = "effektmal", _("For those it is about")
    VERKSAMHET = "verksamhetsmal", _("For what we do")


class Goal(models.Model):
    """A goal of the partnership on one of three levels."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="goals")
    level = models.CharField(_("Level"), max_length=20, choices=GoalLevel.choices)
    text = models.CharField(_("Goal"), max_length=300)
    position = models.PositiveSmallIntegerField(default=0)

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(level__in=GoalLevel.values), name="iop_goal_level_known")
        ]

    def __str__(self) -> str:
        return self.text


class OfGoalQuerySet(OfAgreementQuerySet):
    path = "goal__agreement"


class Indicator(models.Model):
    """How we see that a goal comes closer: what is counted or asked, from where to where."""

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="indicators")
    kind = models.ForeignKey(
        IndicatorKind, null=True, blank=True, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("From the library"),
    )  # fmt: skip
    text = models.CharField(_("Indicator"), max_length=200)
    unit = models.CharField(_("Counted in"), max_length=60, blank=True)
    baseline = models.CharField(_("Where we start"), max_length=100, blank=True)
    target = models.CharField(_("Where we want to be"), max_length=100, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects = OfGoalQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.text


class ContributionKind(models.TextChoices):
    PENGAR = "pengar", _("Money")
    LOKAL = "lokal", _("Premises")
    KOMPETENS = "kompetens", _("Competence and staff time")
    ADMINISTRATION = "administration", _("Administration")
    IDEELL_TID = "ideell_tid", _("Volunteer time")


class Contribution(models.Model):
    """What a party promises of one kind for one calendar year: whole kronor, whole hours, or in words.

    Hours are the primary figure; a value in money is derived by a named method (handbook 8.5). No personal
    data on volunteers.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="contributions")
    party = models.ForeignKey(
        Party, on_delete=models.PROTECT, related_name="contributions", verbose_name=_("Party")
    )
    kind = models.CharField(_("Kind"), max_length=20, choices=ContributionKind.choices)
    year = models.PositiveSmallIntegerField(_("Year"))
    kronor = models.PositiveIntegerField(_("Kronor"), null=True, blank=True)
    hours = models.PositiveIntegerField(_("Hours"), null=True, blank=True)
    method = models.CharField(
        _("Value of the hours by"), max_length=30, choices=ValuationMethod.choices, blank=True
    )
    text = models.CharField(_("In words"), max_length=200, blank=True)

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["party__position", "kind", "year"]
        constraints = [
            models.UniqueConstraint(fields=["party", "kind", "year"], name="iop_one_contribution_a_year"),
            models.CheckConstraint(
                condition=Q(kind__in=ContributionKind.values), name="iop_contribution_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(kind="pengar") | Q(kronor__isnull=False, hours=None), name="iop_money_in_kronor"
            ),
            models.CheckConstraint(
                condition=~Q(kind="ideell_tid") | Q(kronor=None), name="iop_volunteer_time_in_hours"
            ),
            models.CheckConstraint(
                condition=Q(kronor__isnull=False) | Q(hours__isnull=False) | ~Q(text=""),
                name="iop_contribution_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.kind} {self.year}"


class BudgetRow(models.Model):
    """One line of the partnership's budget for a year, whole kronor."""

    class Side(models.TextChoices):
        INCOME = "intakt", _("Income")
        COST = "kostnad", _("Cost")

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="budget_rows")
    side = models.CharField(_("Income or cost"), max_length=10, choices=Side.choices)
    text = models.CharField(_("What"), max_length=150)
    year = models.PositiveSmallIntegerField(_("Year"))
    kronor = models.PositiveIntegerField(_("Kronor"))

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["side", "text", "year"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "side", "text", "year"], name="iop_budget_row_once"),
            models.CheckConstraint(condition=Q(side__in=["intakt", "kostnad"]), name="iop_budget_side_known"),
        ]

    def __str__(self) -> str:
        return f"{self.text} {self.year}: {self.kronor}"


class TakenOver(models.Model):
    """Money of a running grant that the partnership takes over for a year, so that it is bound once only."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="taken_over")
    grant_case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("Year"))
    kronor = models.PositiveIntegerField(_("Kronor"))
    #: When the grant's commitment was made smaller by it, with the committee's decision, and by how much:
    #: never more than was left of the grant, or than the partnership was given for the year.
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_kronor = models.PositiveIntegerField(null=True, blank=True)

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["grant_case", "year"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "grant_case", "year"], name="iop_taken_over_once"),
            models.CheckConstraint(condition=Q(kronor__gt=0), name="iop_taken_over_positive"),
            models.CheckConstraint(
                condition=Q(settled_at=None, settled_kronor=None)
                | Q(settled_at__isnull=False, settled_kronor__gt=0, settled_kronor__lte=F("kronor")),
                name="iop_taken_over_settled_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grant_case_id} {self.year}: {self.kronor}"

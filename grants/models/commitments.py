"""The ledger of money that decisions bind, and the frame it is bound against."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.people import rules
from portal.registry.models import Authority, Case


class FrameQuerySet(models.QuerySet["Frame"]):
    def visible_to(self, user: Any) -> FrameQuerySet:
        """The budget frame is public."""
        return self

    def hold(self, authority_id: int) -> None:
        """Lock the authority's frames until the transaction ends, before what takes of them is counted.

        Two who each stay within what is left would otherwise pass it together. Comes before any other lock.
        """
        list(self.select_for_update().filter(authority_id=authority_id).order_by("pk").values("pk"))


class Frame(models.Model):
    """The authority's money for grants and partnerships in one year, whole kronor (ram)."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="frames")
    year = models.PositiveSmallIntegerField()
    amount = models.PositiveIntegerField()
    reserve = models.PositiveIntegerField(
        _("Reserve"), default=0, help_text=_("Whole kronor set aside for what comes during the year.")
    )
    child_goal_percent = models.PositiveSmallIntegerField(default=20)

    objects = FrameQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["authority", "year"], name="grants_one_frame_a_year"),
            models.CheckConstraint(condition=Q(reserve__lte=F("amount")), name="grants_reserve_within_frame"),
            models.CheckConstraint(
                condition=Q(child_goal_percent__lte=100), name="grants_child_goal_percent"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority} {self.year}: {self.amount}"


class CommitmentSource(models.TextChoices):
    """What kind of decision binds the money."""

    GRANT = "grant", _("Grants")
    IOP = "iop", _("Partnerships (IOP)")


class CommitmentQuerySet(models.QuerySet["Commitment"]):
    def visible_to(self, user: Any) -> CommitmentQuerySet:
        """For those who read the ledger, minus cases that they do not see or a conflict of interest hides."""
        if not (rules.administration(user) or rules.reads_ledger(user)):
            return self.none()
        return self.filter(case__in=Case.objects.visible_to(user))


class Commitment(models.Model):
    """What a decision binds for one year: the one place the frame reads from."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="commitments")
    year = models.PositiveSmallIntegerField()
    amount = models.PositiveIntegerField()
    source = models.CharField(max_length=20, choices=CommitmentSource.choices, default=CommitmentSource.GRANT)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "year"], name="grants_one_commitment_a_year"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="grants_commitment_positive"),
            models.CheckConstraint(
                condition=Q(source__in=CommitmentSource.values), name="grants_commitment_source_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.year}: {self.amount}"

"""What a head says of an officers' report before the chair and the agenda get it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.committee.models.decisions import Decision, Outcome
from portal.committee.models.matters import CLOSED_STATES, Matter, PartOfMatterQuerySet
from portal.people.models import Role, User
from portal.registry.models import ConflictOfInterest, Event

#: What can happen to a report or its papers after an approval, so that the head approves anew.
CHANGES_AFTER_APPROVAL = (
    Event.Kind.ASSESSMENT_CORRECTED,
    Event.Kind.PAPER_ATTACHED,
    Event.Kind.PAPER_TAKEN_OFF,
)


def _of_matter(matter: Any, case: Any) -> Q:
    """Rows about the matter's own case or one of its lines'."""
    return Q(case=case) | Q(case__matter_lines__matter=matter)


class ReportReviewQuerySet(PartOfMatterQuerySet):
    def standing(self) -> ReportReviewQuerySet:
        """Approvals that neither a change of the papers nor the head's own conflict has taken away."""
        return self.filter(_stands())

    def told(self) -> ReportReviewQuerySet:
        """With who said it and whether it stands, so that a page or a paper of many asks once."""
        return self.select_related("by").annotate(stands=_stands())


def _stands() -> Q:
    """Nothing that happens after the committee is done with the matter takes the approval away.

    The head's conflict of interest is read from the events: what is declared anew later, on a decided case,
    must not move when it was declared first (kommunallagen 7:4).
    """
    done = Decision.objects.filter(
        matter=OuterRef(OuterRef("matter")), recorded_at__lte=OuterRef("at")
    ).exclude(outcome=Outcome.TABLED)
    taken_away = Event.objects.filter(
        ~Exists(done),
        _of_matter(OuterRef("matter"), OuterRef("matter__case")),
        Q(kind__in=CHANGES_AFTER_APPROVAL) | Q(kind=Event.Kind.CONFLICT, actor=OuterRef("by")),
        at__gt=OuterRef("at"),
    )
    return Q(verdict=ReportReview.Verdict.APPROVED) & Q(~Exists(taken_away))


def takes_approvals_away() -> Q:
    """Events that take an approval away: changes of the papers, and a conflict of interest of its head."""
    approved = ReportReview.objects.filter(
        Q(matter__case=OuterRef("case")) | Q(matter__lines__case=OuterRef("case")),
        verdict=ReportReview.Verdict.APPROVED,
        by=OuterRef("actor"),
        at__lt=OuterRef("at"),
    )
    return Q(kind__in=CHANGES_AFTER_APPROVAL) | Q(Exists(approved), kind=Event.Kind.CONFLICT)


class ReportReview(models.Model):
    """A head's approval of an officers' report (tjänsteskrivelse), or why it was sent back."""

    class Verdict(models.TextChoices):
        APPROVED = "approved", pgettext_lazy("report", "Approved")
        SENT_BACK = "sent_back", _("Sent back")

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="report_reviews")
    verdict = models.CharField(max_length=20, choices=Verdict.choices)
    reason = models.TextField(blank=True, help_text=_("Why the report was sent back."))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = ReportReviewQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="approved") | Q(verdict="sent_back") & ~Q(reason=""),
                name="committee_report_sent_back_with_reason",
            )
        ]

    def __str__(self) -> str:
        return f"{self.matter}: {self.get_verdict_display()}"

    @cached_property
    def stands(self) -> bool:
        """Whether it is an approval that holds still; no query for rows that were `told`."""
        return ReportReview.objects.standing().filter(pk=self.pk).exists()


def awaiting_heads() -> Q:
    """Matters whose report a head has to approve before the chair and the agenda get it.

    Only where the city has a head who may: not the officer who wrote it, nor somebody with a conflict of
    interest in it. Where nobody is left, the report goes on without approval.
    """
    conflicted = ConflictOfInterest.objects.filter(
        _of_matter(OuterRef(OuterRef("pk")), OuterRef(OuterRef("case"))),
        user=OuterRef("pk"),
        has_conflict=True,
    )
    heads = User.objects.holding(Role.HEAD).exclude(pk=OuterRef("created_by")).exclude(Exists(conflicted))
    approved = ReportReview.objects.standing().filter(matter=OuterRef("pk"))
    return ~Q(state__in=CLOSED_STATES) & ~Exists(approved) & Exists(heads)

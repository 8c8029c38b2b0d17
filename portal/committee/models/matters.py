"""Matters: what the committee is to decide, with proposals per stage. Pushed in by the rooms above."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.committee.models.meetings import Committee
from portal.people import rules
from portal.registry.models import Case, ConflictOfInterest


class MatterState(models.TextChoices):
    PREPARED = "prepared", _("Prepared")
    ON_AGENDA = "on_agenda", _("On the agenda")
    DECIDED = "decided", _("Decided")
    TABLED = "tabled", _("Tabled")
    REFERRED_BACK = "referred_back", _("Referred back")
    SENT_BACK = "sent_back", _("Sent back by the head")


#: The matter as it is will not be decided on any more.
CLOSED_STATES = frozenset({MatterState.DECIDED, MatterState.REFERRED_BACK, MatterState.SENT_BACK})


class MatterQuerySet(models.QuerySet["Matter"]):
    def visible_to(self, user: Any) -> MatterQuerySet:
        """Administration and chair see prepared matters; members those in a published pack.

        A conflict of interest in the matter's case hides the matter (kommunallagen 6:28–32, 7:4); one in
        the case of a line leaves what does not speak of that line: see `wholly_visible_to`.
        """
        if not user.is_authenticated:
            return self.none()
        if rules.administration(user) or rules.chair(user):
            seen = self
        elif rules.committee_reader(user):
            seen = self.filter(
                pk__in=Matter.objects.filter(pack_parts__pack__published_at__isnull=False).values("pk")
            )
        else:
            return self.none()
        return seen.exclude(case__in=ConflictOfInterest.objects.declared_by(user).values("case"))

    def wholly_visible_to(self, user: Any) -> MatterQuerySet:
        """Visible, and the person has no conflict of interest in any of its lines either.

        Summary, points and reports speak of all lines at once, so who has a conflict of interest in one
        reads none of them and takes no act on the matter.
        """
        conflicted = ConflictOfInterest.objects.declared_by(user).values("case")
        return self.visible_to(user).exclude(
            pk__in=MatterLine.objects.filter(case__in=conflicted).values("matter")
        )

    def free(self) -> MatterQuerySet:
        """Matters that may be put on an agenda: prepared, or tabled by an earlier meeting."""
        return self.filter(state__in=[MatterState.PREPARED, MatterState.TABLED])

    def awaiting_chair(self) -> MatterQuerySet:
        return self.filter(chairs_proposal__isnull=True).exclude(state__in=CLOSED_STATES)


class Matter(models.Model):
    """What the committee is to decide (ärende): written once, used in report, proposal and minutes."""

    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="matters")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="matters")
    title = models.CharField(_("Title"), max_length=300)
    summary = models.TextField(_("Summary"))
    preparation = models.TextField(_("Preparation"), blank=True)
    send_to = models.TextField(
        _("The decision is to be sent to"), blank=True, help_text=_("One recipient a line.")
    )
    state = models.CharField(max_length=20, choices=MatterState.choices, default=MatterState.PREPARED)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = MatterQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=MatterState.values), name="committee_matter_state_known"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def recipients(self) -> list[str]:
        return [line.strip() for line in self.send_to.splitlines() if line.strip()]

    @property
    def is_closed(self) -> bool:
        """Whether the committee is done with it: decided, or sent back to the administration."""
        return self.state in CLOSED_STATES

    @property
    def approval(self) -> Any:
        """The head's approval of the report as it is now, or None; uses prefetched rows that were `told`.

        Pages and papers say it by the same rule as the agenda asks for it.
        """
        return next((review for review in self.report_reviews.all() if review.stands), None)

    @property
    def has_chairs_proposal(self) -> bool:
        return hasattr(self, "chairs_proposal")

    def points(self, stage: str) -> list[DecisionPoint]:
        """The decision points of one stage, in order; uses prefetched rows."""
        return [point for point in self.decision_points.all() if point.stage == stage]

    def proposed_points(self) -> list[DecisionPoint]:
        """What the committee has before it: the chair's points, or the officers' before the chair spoke."""
        return self.points(Stage.CHAIR) or self.points(Stage.OFFICERS)


class PartOfMatterQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> PartOfMatterQuerySet:
        """Seen by whoever sees the whole matter."""
        return self.filter(matter__in=Matter.objects.wholly_visible_to(user))


class MatterSection(models.Model):
    """A headed passage of the officers' report. Blank lines part paragraphs; "- " begins a list row."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="sections")
    position = models.PositiveSmallIntegerField()
    heading = models.CharField(max_length=200)
    body = models.TextField()

    objects = PartOfMatterQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["matter", "position"], name="committee_section_position")
        ]

    def __str__(self) -> str:
        return self.heading


class Stage(models.TextChoices):
    """Whose amounts and decision points: they exist side by side, so that differences can be shown."""

    OFFICERS = "officers", _("The officers' proposal")
    CHAIR = "chair", _("The chair's proposal")
    DECIDED = "decided", _("Decision")


class PartOnCaseQuerySet(models.QuerySet[Any]):
    """Parts of a matter that may be about one line's case."""

    def visible_to(self, user: Any) -> PartOnCaseQuerySet:
        """Seen by whoever sees the matter and has no conflict of interest in the part's own case.

        A part without a case of its own is about all lines: seen by whoever sees the whole matter.
        """
        conflicted = ConflictOfInterest.objects.declared_by(user).values("case")
        return (
            self.filter(matter__in=Matter.objects.visible_to(user))
            .exclude(case__in=conflicted)
            .exclude(Q(case=None) & ~Q(matter__in=Matter.objects.wholly_visible_to(user)))
        )


class MatterLine(models.Model):
    """One application within a matter: its case, whom it concerns, and amounts per stage and year."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="lines")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="matter_lines")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)

    objects = PartOnCaseQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["matter", "position"], name="committee_line_position"),
            models.UniqueConstraint(fields=["matter", "case"], name="committee_case_once_a_matter"),
        ]

    def __str__(self) -> str:
        return self.title

    def amounts_of(self, stage: str) -> dict[int, int]:
        """Whole kronor by year in one stage; uses prefetched rows."""
        return {row.year: row.amount for row in self.amounts.all() if row.stage == stage}


class LineAmountQuerySet(models.QuerySet["LineAmount"]):
    def visible_to(self, user: Any) -> LineAmountQuerySet:
        """Seen by whoever sees the line."""
        return self.filter(line__in=MatterLine.objects.visible_to(user))


class LineAmount(models.Model):
    """Whole kronor for one line, year and stage."""

    line = models.ForeignKey(MatterLine, on_delete=models.PROTECT, related_name="amounts")
    stage = models.CharField(max_length=20, choices=Stage.choices)
    year = models.PositiveSmallIntegerField()
    amount = models.PositiveIntegerField()

    objects = LineAmountQuerySet.as_manager()

    class Meta:
        ordering = ["year"]
        constraints = [
            models.UniqueConstraint(fields=["line", "stage", "year"], name="committee_one_amount_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.stage} {self.year}: {self.amount}"


class DecisionPointQuerySet(models.QuerySet["DecisionPoint"]):
    def visible_to(self, user: Any) -> DecisionPointQuerySet:
        """Seen by whoever sees the whole matter."""
        return self.filter(matter__in=Matter.objects.wholly_visible_to(user))

    def write(self, matter: Matter, stage: str, texts: Iterable[str]) -> None:
        """Replace the points of one stage of a matter by `texts` ("att …", without "; samt")."""
        self.filter(matter=matter, stage=stage).delete()
        points = [
            DecisionPoint(matter=matter, stage=stage, position=position, text=text)
            for position, text in enumerate(texts, start=1)
        ]
        DecisionPoint.objects.bulk_create(points)


class DecisionPoint(models.Model):
    """One att-sats: "att bevilja …". The joining "; samt" is added when printed."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="decision_points")
    stage = models.CharField(max_length=20, choices=Stage.choices)
    position = models.PositiveSmallIntegerField()
    text = models.TextField()

    objects = DecisionPointQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["matter", "stage", "position"], name="committee_point_position")
        ]

    def __str__(self) -> str:
        return self.text


class MatterAppendix(models.Model):
    """An appendix of the matter (distribution table, assessment sheet, file): who makes it, and of what.

    `source` names a document source registered in `portal.committee.appendices` by the room that
    pushed the matter; `key` says which of its objects. A sheet about one line carries that line's case,
    so that a conflict of interest in it hides the sheet. For the source "file" the key is a stored file's.
    """

    FILE = "file"

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="appendices")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)
    source = models.CharField(max_length=60)
    key = models.PositiveBigIntegerField()
    filename = models.CharField(
        max_length=160, blank=True, help_text=_("For an attached file: what it is called.")
    )
    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="matter_appendices"
    )

    objects = PartOnCaseQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["matter", "position"], name="committee_appendix_position")
        ]

    def __str__(self) -> str:
        return self.title


class ChairsProposal(models.Model):
    """The chair's proposal on a matter: adopts the officers', or has its own amounts and points."""

    class Stand(models.TextChoices):
        ADOPTS = "adopts", _("Adopts the officers' proposal")
        CHANGES = "changes", _("Changes the officers' proposal")

    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, related_name="chairs_proposal")
    stand = models.CharField(max_length=20, choices=Stand.choices)
    comment = models.TextField(blank=True)
    own_points = models.TextField(
        blank=True, help_text=_("The chair's own decision points, one a line; empty: made from the amounts.")
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = PartOfMatterQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.matter}: {self.get_stand_display()}"

    @property
    def adopts(self) -> bool:
        return self.stand == self.Stand.ADOPTS

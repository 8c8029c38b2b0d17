"""Decisions: paragraphs of the minutes, and what else the minutes must say."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.committee.models.matters import Matter, MatterLine, PartOfMatterQuerySet
from portal.committee.models.meetings import AgendaItem, Committee
from portal.documents.models import Document


class Outcome(models.TextChoices):
    """How the committee left a matter. The codes are practice's own words."""

    GRANTED = "bifall", _("Decided as proposed")
    REJECTED = "avslag", _("Rejected")
    TABLED = "bordlaggning", _("Tabled")
    REFERRED_BACK = "aterremiss", _("Referred back")


#: Outcomes that end the matter.
FINAL_OUTCOMES = frozenset({Outcome.GRANTED, Outcome.REJECTED})


class Decision(models.Model):
    """A paragraph of the minutes: what the committee decided in one matter at one meeting."""

    agenda_item = models.OneToOneField(AgendaItem, on_delete=models.PROTECT, related_name="decision")
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="decisions")
    committee = models.ForeignKey(Committee, on_delete=models.PROTECT, related_name="decisions")
    year = models.PositiveSmallIntegerField()
    paragraph = models.PositiveIntegerField(_("Paragraph"))
    outcome = models.CharField(_("Outcome"), max_length=20, choices=Outcome.choices)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    released_at = models.DateTimeField(null=True, blank=True)
    is_immediate = models.BooleanField(
        _("Approved at once"), default=False, help_text=_("Paragrafen förklaras omedelbart justerad.")
    )
    extract = models.ForeignKey(
        Document,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("The extract of the minutes, ordered with the decision."),
    )

    objects = PartOfMatterQuerySet.as_manager()

    class Meta:
        ordering = ["year", "paragraph"]
        constraints = [
            models.UniqueConstraint(
                fields=["committee", "year", "paragraph"], name="committee_paragraph_used_once"
            ),
            models.UniqueConstraint(
                fields=["matter"],
                condition=Q(outcome__in=["bifall", "avslag"]),
                name="committee_matter_decided_once",
            ),
        ]

    def __str__(self) -> str:
        return f"§ {self.paragraph}/{self.year}"

    @property
    def is_final(self) -> bool:
        return self.outcome in FINAL_OUTCOMES


class MinutesNoteQuerySet(models.QuerySet["MinutesNote"]):
    def visible_to(self, user: Any) -> MinutesNoteQuerySet:
        """Seen by whoever sees the whole matter."""
        return self.filter(decision__matter__in=Matter.objects.wholly_visible_to(user))


class MinutesNote(models.Model):
    """What else the minutes must say of a paragraph (kommunallagen 5:65–67)."""

    class Kind(models.TextChoices):
        CONFLICT = "jav", _("Conflict of interest")
        DISSENT = "reservation", _("Dissent")
        STATEMENT = "protokollsanteckning", _("Note to the minutes")
        ATTENDANCE = "narvaro", _("Attendance")

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=30, choices=Kind.choices)
    text = models.TextField()
    position = models.PositiveSmallIntegerField()

    objects = MinutesNoteQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "position"], name="committee_note_position")
        ]

    def __str__(self) -> str:
        return self.text


class LineOutcomeQuerySet(models.QuerySet["LineOutcome"]):
    def visible_to(self, user: Any) -> LineOutcomeQuerySet:
        """Seen by whoever sees the line."""
        return self.filter(line__in=MatterLine.objects.visible_to(user))


class LineOutcome(models.Model):
    """How the committee left one line of a collecting matter, where it differs from the whole."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="line_outcomes")
    line = models.ForeignKey(MatterLine, on_delete=models.PROTECT, related_name="outcomes")
    outcome = models.CharField(max_length=20, choices=Outcome.choices)

    objects = LineOutcomeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["decision", "line"], name="committee_one_outcome_a_line")
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.line_id}: {self.outcome}"

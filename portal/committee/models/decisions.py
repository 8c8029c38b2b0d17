"""Decisions: paragraphs of the minutes, and what else the minutes must say."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.committee.models.matters import Matter, PartOfMatterQuerySet
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

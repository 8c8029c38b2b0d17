"""Letters: what each association is told of a decision, a draft until the secretary releases it."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.committee.models.decisions import Decision
from portal.committee.models.matters import Matter, MatterLine
from portal.committee.models.meetings import Meeting
from portal.documents.leases import WorkQuerySet, WorkRow
from portal.documents.models import Document
from portal.people import rules
from portal.registry.models import Record


class LetterState(models.TextChoices):
    DRAFT = "draft", _("Waits to be made")
    MAKING = "making", _("Being made")
    READY = "ready", _("Ready to release")
    RELEASED = "released", _("Released")
    FAILED = "failed", _("Needs hands")


#: A worker has something left to do.
LETTER_WAITING_STATES = frozenset({LetterState.DRAFT, LetterState.MAKING})


class LetterOutcome(models.TextChoices):
    """How the decision left the one who is written to. The codes are practice's own words."""

    GRANT = "bifall", _("Granted")
    PART = "delvis_bifall", _("Part of what was applied for")
    OTHER_GRANT = "annat_bidrag", _("Another grant than applied for")
    REJECT = "avslag", _("Rejection")
    TABLED = "bordlaggning", _("Tabled")
    REFERRED_BACK = "aterremiss", _("Referred back")


#: After release only this changes: the mail may be sent again, and is cleared away some day.
_CHANGES_AFTER_RELEASE = frozenset({"mail"})
_FROZEN = "A released letter stands as it went out; what was wrong is told in a new one."


class LetterQuerySet(WorkQuerySet["Letter"]):
    def visible_to(self, user: Any) -> LetterQuerySet:
        """The secretary's, where no conflict of interest touches the matter (kommunallagen 7:4).

        Everybody else meets a letter as the record that its release puts on the case.
        """
        if not rules.secretary(user):
            return self.none()
        return self.filter(decision__matter__in=Matter.objects.wholly_visible_to(user))

    def unreleased(self) -> LetterQuerySet:
        return self.exclude(state=LetterState.RELEASED)

    def waiting_for_the_secretary(self) -> LetterQuerySet:
        """Ready to release, failed, or released with a mail that was given up."""
        from post_office.models import STATUS

        return self.filter(
            Q(state__in=[LetterState.READY, LetterState.FAILED]) | Q(mail__status=STATUS.failed)
        )

    def of_meeting(self, meeting: Meeting) -> LetterQuerySet:
        return self.filter(decision__agenda_item__meeting=meeting)

    def update(self, **kwargs: Any) -> int:
        if not _CHANGES_AFTER_RELEASE.issuperset(kwargs) and self.filter(state=LetterState.RELEASED).exists():
            raise TypeError(_FROZEN)
        return super().update(**kwargs)

    def delete(self) -> NoReturn:
        raise TypeError("Letters are never deleted.")


class Letter(WorkRow):
    """One association's letter about one decision: ordered, made by a worker, edited, released.

    `parts` are the texts that the secretary may edit (see `portal.committee.letter_facts.Parts`);
    everything else in the letter is read from what was recorded whenever it is made. `facts_sha256` says
    of which record it was made, so that a draft that fell behind can be told.
    """

    WAITING_STATES = LETTER_WAITING_STATES

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="letters")
    line = models.ForeignKey(MatterLine, on_delete=models.PROTECT, related_name="letters")
    state = models.CharField(max_length=20, choices=LetterState.choices, default=LetterState.DRAFT)
    outcome = models.CharField(
        _("Outcome"), max_length=20, choices=LetterOutcome.choices, blank=True, help_text=_("Known once made")
    )
    parts = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1, help_text=_("Grows with each save."))
    is_edited = models.BooleanField(default=False)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    edited_at = models.DateTimeField(null=True, blank=True)
    facts_sha256 = models.CharField(max_length=64, blank=True)
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    error = models.TextField(blank=True, help_text=_("What staff can read and act on."))
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(default=timezone.now, editable=False)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    released_at = models.DateTimeField(null=True, blank=True)
    record = models.OneToOneField(
        Record, null=True, blank=True, on_delete=models.PROTECT, related_name="letter"
    )
    cleared_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When its record was destroyed by rule, and its text with it.")
    )
    mail = models.ForeignKey(
        "post_office.Email",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("The mail that tells of it; empty once the mail is cleared away."),
    )

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["decision__year", "decision__paragraph", "line__position"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "line"], name="committee_one_letter_each"),
            models.CheckConstraint(
                condition=Q(state__in=LetterState.values), name="committee_letter_state_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome="") | Q(outcome__in=LetterOutcome.values),
                name="committee_letter_outcome_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["ready", "released"])
                | (
                    (Q(document__isnull=False) | Q(cleared_at__isnull=False))
                    & ~Q(outcome="")
                    & ~Q(facts_sha256="")
                ),
                name="committee_letter_ready_is_made",
            ),
            models.CheckConstraint(
                condition=Q(
                    state="released",
                    released_at__isnull=False,
                    released_by__isnull=False,
                    record__isnull=False,
                )
                | (~Q(state="released") & Q(released_at=None, released_by=None, record=None)),
                name="committee_letter_released_is_registered",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(error=""), name="committee_letter_failed_says_why"
            ),
            models.CheckConstraint(
                condition=Q(is_edited=False) | Q(edited_by__isnull=False, edited_at__isnull=False),
                name="committee_letter_edited_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["draft", "making"]),
                name="committee_letters_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.line}, {self.decision}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and Letter.objects.filter(pk=self.pk, state=LetterState.RELEASED).exists():
            raise TypeError(_FROZEN)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("Letters are never deleted.")

    @property
    def is_released(self) -> bool:
        return self.state == LetterState.RELEASED

    @property
    def is_ready(self) -> bool:
        return self.state == LetterState.READY

    @property
    def is_waiting(self) -> bool:
        return self.state in LETTER_WAITING_STATES

    @property
    def has_failed(self) -> bool:
        return self.state == LetterState.FAILED

    @property
    def mail_has_failed(self) -> bool:
        """Whether the mail that tells of it was given up; reads the mail."""
        from post_office.models import STATUS

        return self.mail is not None and self.mail.status == STATUS.failed

    @property
    def filename(self) -> str:
        return f"beslutsbrev-{self.decision.year}-{self.decision.paragraph}-{self.line.position}.pdf"

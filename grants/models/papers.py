"""The association's papers: what kinds there are, what a call asks for, and what lies in the library."""

from __future__ import annotations

import calendar
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from grants.models.applications import Application, OfApplicationQuerySet
from grants.models.associations import Association
from grants.models.calls import Call
from portal.documents.models import StoredFile
from portal.documents.templatetags.swedish_text import swedish_date
from portal.people import rules
from portal.registry.models import ConflictOfInterest

#: How long after a call's last day a paper may come when the call does not say otherwise, days.
LATER_DAYS = 60


class PaperTypeQuerySet(models.QuerySet["PaperType"]):
    def visible_to(self, user: Any) -> PaperTypeQuerySet:
        """Which papers there are is public, as the calls that ask for them."""
        return self


class PaperType(models.Model):
    """A kind of paper, such as statutes or minutes of the annual meeting, and how long one is valid."""

    class Validity(models.TextChoices):
        UNTIL_REPLACED = "until_replaced", _("Until a new one replaces it")
        UNTIL_NEXT_YEARS = "until_next_years", _("Until next year's")
        MONTHS = "months", _("A number of months")

    code = models.SlugField(max_length=40, unique=True)
    name_sv = models.CharField(_("Name in Swedish"), max_length=100)
    name_en = models.CharField(_("Name in English"), max_length=100)
    help_sv = models.CharField(_("Explanation in Swedish"), max_length=300, blank=True)
    help_en = models.CharField(_("Explanation in English"), max_length=300, blank=True)
    validity = models.CharField(
        _("Valid"), max_length=20, choices=Validity.choices, default=Validity.UNTIL_REPLACED
    )
    valid_months = models.PositiveSmallIntegerField(
        _("Months"),
        null=True,
        blank=True,
        help_text=_(
            "For papers of a year: months after the end of that year until next year's should be there. "
            "For others: months from the paper's date."
        ),
    )
    carries_year = models.BooleanField(_("Belongs to a year"), default=False)
    stands_beside = models.BooleanField(
        _("Several may stand beside each other"),
        default=False,
        help_text=_("A new one then replaces none of the others."),
    )
    position = models.PositiveSmallIntegerField(default=0)

    objects = PaperTypeQuerySet.as_manager()

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(validity="until_replaced", valid_months=None)
                | Q(validity="until_next_years", valid_months__isnull=False, carries_year=True)
                | Q(validity="months", valid_months__isnull=False, valid_months__gt=0),
                name="grants_paper_type_validity_whole",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if translation.get_language() == "en" else self.name_sv

    @property
    def help_text(self) -> str:
        return self.help_en if translation.get_language() == "en" else self.help_sv

    @property
    def word_sv(self) -> str:
        """The name within a Swedish sentence, as printed."""
        return self.name_sv[:1].lower() + self.name_sv[1:]

    def valid_until(self, year: int | None, dated_on: date) -> date | None:
        """The last day on which a paper of this year and date is valid; None means until replaced."""
        if self.validity == PaperType.Validity.UNTIL_NEXT_YEARS and year is not None:
            return months_after(date(year, 12, 31), self.valid_months or 0)
        if self.validity == PaperType.Validity.MONTHS:
            return months_after(dated_on, self.valid_months or 0)
        return None


def months_after(day: date, months: int) -> date:
    """The same day some months later, or that month's last day; the end of a month stays the end."""
    whole = day.month - 1 + months
    year, month = day.year + whole // 12, whole % 12 + 1
    last = calendar.monthrange(year, month)[1]
    is_last = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(year, month, last if is_last else min(day.day, last))


class AskedPaperQuerySet(models.QuerySet["AskedPaper"]):
    def visible_to(self, user: Any) -> AskedPaperQuerySet:
        """Readable before signing in, with the call."""
        return self.filter(call__in=Call.objects.visible_to(user))


class AskedPaper(models.Model):
    """A paper that a call asks for."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="asked_papers")
    type = models.ForeignKey(PaperType, on_delete=models.PROTECT, related_name="+", verbose_name=_("Paper"))
    position = models.PositiveSmallIntegerField(default=0)
    required = models.BooleanField(_("Must be there"), default=True)
    year_offset = models.SmallIntegerField(
        _("Which year's, counted from the first grant year"),
        null=True,
        blank=True,
        help_text=_("0 is the first grant year, −2 the last closed year. Empty means the latest one."),
    )
    instead = models.ForeignKey(
        PaperType,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("What a new association hands in instead"),
    )
    may_come_later = models.BooleanField(_("May be handed in later"), default=False)
    later_days = models.PositiveSmallIntegerField(
        _("How many days after the last day"),
        default=LATER_DAYS,
        help_text=_("In a call that is always open: days from today."),
    )

    objects = AskedPaperQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["call", "type"], name="grants_paper_asked_once_a_call"),
            models.CheckConstraint(
                condition=Q(instead=None) | ~Q(instead=F("type")), name="grants_paper_instead_of_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.type_id}"

    def get_additional_data(self) -> dict[str, int]:
        """What the log of changes keeps beside them: `grants.calls.call_history` finds them by the call."""
        return {"call": self.call_id}

    @property
    def year(self) -> int | None:
        """The year whose paper is asked for; None when the latest will do."""
        return None if self.year_offset is None else self.call.first_year + self.year_offset


class PaperQuerySet(models.QuerySet["Paper"]):
    def visible_to(self, user: Any) -> PaperQuerySet:
        """An association's people see their library; the administration what was handed in.

        Handed in is a paper that came with a sent application, or that its manager handed in by itself.
        By way of an application an officer reads it only after having declared that there is no
        conflict of interest, as the rest of what was sent (`registry.RecordQuerySet.visible_to`).
        """
        if not user.is_authenticated:
            return self.none()
        if rules.administration(user):
            seen = Application.objects.visible_to(user)
            if not rules.secretary(user):
                declared = ConflictOfInterest.objects.filter(user_id=user.pk, has_conflict=False)
                seen = seen.filter(case__in=declared.values("case"))
            came_in = Attachment.objects.filter(application__in=seen).values("paper")
            return self.filter(Q(handed_in_at__isnull=False) | Q(pk__in=came_in))
        if rules.applicant(user):
            return self.filter(association__in=Association.objects.visible_to(user))
        return self.none()

    def current(self) -> PaperQuerySet:
        """Not replaced by a newer version."""
        return self.filter(replaced_by=None)

    def valid(self, day: date | None = None) -> PaperQuerySet:
        """Current, not run out, and not turned down by an officer."""
        day = day or timezone.localdate()
        return (
            self.current()
            .filter(Q(valid_until=None) | Q(valid_until__gte=day))
            .exclude(review=Paper.Review.NOT_APPROVED)
        )


class Paper(models.Model):
    """One version of a paper in an association's library; its bytes are never changed."""

    class Review(models.TextChoices):
        NONE = "", _("Not reviewed")
        APPROVED = "approved", _("Approved")
        NOT_APPROVED = "not_approved", _("Not approved")

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="papers")
    type = models.ForeignKey(PaperType, on_delete=models.PROTECT, related_name="papers")
    year = models.PositiveSmallIntegerField(_("Year"), null=True, blank=True)
    dated_on = models.DateField(_("Dated"), null=True, blank=True)
    version = models.PositiveSmallIntegerField(default=1)
    filename = models.CharField(max_length=160)
    stored_file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    valid_until = models.DateField(null=True, blank=True, help_text=_("Empty: until replaced"))
    replaced_by = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces"
    )
    handed_in_at = models.DateTimeField(null=True, blank=True)
    handed_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    review = models.CharField(max_length=20, choices=Review.choices, blank=True, default=Review.NONE)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    review_note = models.CharField(max_length=500, blank=True)

    objects = PaperQuerySet.as_manager()

    class Meta:
        ordering = ["type__position", "-year", "-version", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["association", "type", "year", "version"],
                condition=Q(year__isnull=False),
                name="grants_paper_version_of_a_year",
            ),
            models.UniqueConstraint(
                fields=["association", "type", "version"],
                condition=Q(year__isnull=True),
                name="grants_paper_version",
            ),
            models.CheckConstraint(
                condition=Q(handed_in_at=None, handed_in_by=None)
                | Q(handed_in_at__isnull=False, handed_in_by__isnull=False),
                name="grants_paper_handed_in_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(review="", reviewed_by=None, reviewed_at=None, review_note="")
                | (
                    Q(review__in=["approved", "not_approved"])
                    & Q(reviewed_by__isnull=False, reviewed_at__isnull=False)
                ),
                name="grants_paper_reviewed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(review="not_approved") | ~Q(review_note=""),
                name="grants_paper_refusal_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.filename}"

    @property
    def name(self) -> str:
        """The kind of paper with its year; needs the type."""
        return f"{self.type.name} {self.year}" if self.year else self.type.name

    @property
    def has_run_out(self) -> bool:
        return self.valid_until is not None and self.valid_until < timezone.localdate()

    @property
    def is_valid(self) -> bool:
        """Whether it may go with an application today."""
        return (
            self.replaced_by_id is None and not self.has_run_out and self.review != Paper.Review.NOT_APPROVED
        )

    @property
    def validity_in_words(self) -> str:
        """For people: until when it is valid, or that it no longer is."""
        if self.replaced_by_id is not None:
            return gettext("replaced by a newer version")
        if self.valid_until is None:
            return gettext("valid until you replace it")
        day = swedish_date(self.valid_until)
        if self.has_run_out:
            return gettext("ran out on %(day)s") % {"day": day}
        return gettext("valid until %(day)s") % {"day": day}


class Attachment(models.Model):
    """A paper picked for an application; frozen into the record when the application is sent."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="attachments")
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="attachments")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OfApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "paper"], name="grants_paper_attached_once")
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.paper_id}"


class PromisedPaper(models.Model):
    """A paper that the association hands in later ("lämnas senare"), and when it came."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="promised_papers")
    type = models.ForeignKey(PaperType, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    due_on = models.DateField(_("Last day"))
    promised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    promised_at = models.DateTimeField(default=timezone.now, editable=False)
    paper = models.ForeignKey(Paper, null=True, blank=True, on_delete=models.PROTECT, related_name="promises")
    came_at = models.DateTimeField(null=True, blank=True)

    objects = OfApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "type"], name="grants_paper_promised_once"),
            models.CheckConstraint(
                condition=Q(paper=None, came_at=None) | Q(paper__isnull=False, came_at__isnull=False),
                name="grants_promise_kept_with_paper",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.type_id}: {self.due_on}"

    @property
    def name(self) -> str:
        """The kind of paper with its year; needs the type."""
        return f"{self.type.name} {self.year}" if self.year else self.type.name

    @property
    def is_waiting(self) -> bool:
        return self.paper_id is None

    @property
    def is_overdue(self) -> bool:
        return self.is_waiting and self.due_on < timezone.localdate()

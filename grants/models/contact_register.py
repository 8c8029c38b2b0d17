"""The officers' shared knowledge of an association: who keeps in touch, what was said, what was done."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.models.associations import Association
from portal.people import rules
from portal.registry.models import Case, ConflictOfInterest, Immutable, WrittenOnce


class ContactOfficerQuerySet(models.QuerySet["ContactOfficer"]):
    def visible_to(self, user: Any) -> ContactOfficerQuerySet:
        """The administration's."""
        return self if rules.administration(user) else self.none()

    def current(self) -> ContactOfficerQuerySet:
        return self.filter(until=None)


class ContactOfficer(models.Model):
    """Who is the association's contact in the administration, from when until when."""

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="contact_officers")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = ContactOfficerQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["association"], condition=Q(until=None), name="grants_one_contact_officer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.association_id}: {self.officer_id}"


class ContactNoteQuerySet(models.QuerySet["ContactNote"]):
    def visible_to(self, user: Any) -> ContactNoteQuerySet:
        """The administration's, minus notes on a case that a conflict of interest hides."""
        if not rules.administration(user):
            return self.none()
        conflicts = ConflictOfInterest.objects.declared_by(user).values("case")
        return self.exclude(case__in=conflicts)

    def to_follow_up(self) -> ContactNoteQuerySet:
        return self.filter(follow_up_on__isnull=False, followed_up_at=None)


class ContactNote(models.Model):
    """What was said between the administration and an association; corrected by a new note.

    A fact that matters to a decision is always kept; a working note is no public document until somebody
    sends it out or files it (tryckfrihetsförordningen 2:10 and 2:12). Hence the mark.
    """

    class Channel(models.TextChoices):
        PHONE = "phone", _("Telephone")
        MEETING = "meeting", _("Meeting")
        VISIT = "visit", _("Visit")
        EMAIL = "email", _("E-mail")
        OTHER = "other", _("In another way")

    class Mark(models.TextChoices):
        FACT = "sakuppgift", _("Fact in the case (sakuppgift)")
        WORKING = "arbetsanteckning", _("Working note (arbetsanteckning)")

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="contact_notes")
    case = models.ForeignKey(
        Case,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Belongs to the case"),
    )
    held_on = models.DateField(_("Day"))
    channel = models.CharField(_("How"), max_length=20, choices=Channel.choices)
    mark = models.CharField(_("Kind of note"), max_length=20, choices=Mark.choices, default=Mark.WORKING)
    text = models.TextField(_("What was said"), max_length=4000)
    follow_up_on = models.DateField(_("Follow up on"), null=True, blank=True)
    followed_up_at = models.DateTimeField(null=True, blank=True)
    followed_up_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ContactNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=["phone", "meeting", "visit", "email", "other"]),
                name="grants_contact_channel_known",
            ),
            models.CheckConstraint(
                condition=Q(mark__in=["sakuppgift", "arbetsanteckning"]), name="grants_contact_mark_known"
            ),
            models.CheckConstraint(
                condition=Q(followed_up_at=None, followed_up_by=None)
                | Q(
                    followed_up_at__isnull=False,
                    followed_up_by__isnull=False,
                    follow_up_on__isnull=False,
                ),
                name="grants_contact_followed_up_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.association_id} {self.held_on}"

    @property
    def is_to_follow_up(self) -> bool:
        return self.follow_up_on is not None and self.followed_up_at is None

    @property
    def is_overdue(self) -> bool:
        return bool(self.is_to_follow_up and self.follow_up_on and self.follow_up_on < timezone.localdate())


class AssociationEventQuerySet(Immutable):
    def visible_to(self, user: Any) -> AssociationEventQuerySet:
        """The administration; the association all but how the administration divides its work."""
        if not user.is_authenticated:
            return self.none()
        if rules.administration(user):
            return self
        if rules.applicant(user):
            own = self.filter(association__in=Association.objects.visible_to(user))
            return own.exclude(kind__in=AssociationEvent.INTERNAL)
        return self.none()


class AssociationEvent(WrittenOnce):
    """Something that happened with an association outside its cases: who, when, what."""

    class Kind(models.TextChoices):
        NUMBER_VERIFIED = "number_verified", _("The organisation number was verified")
        NUMBER_CHANGED = "number_changed", _("The organisation number was changed by an officer")
        PAPER_HANDED_IN = "paper_handed_in", _("A paper was handed in for review")
        PAPER_APPROVED = "paper_approved", _("A paper was approved")
        PAPER_NOT_APPROVED = "paper_not_approved", _("A paper was not approved")
        ACCOUNT_ENTERED = "account_entered", _("A payment account was entered")
        ACCOUNT_WITHDRAWN = "account_withdrawn", _("A payment account was taken back")
        ACCOUNT_VERIFIED = "account_verified", _("A payment account was checked by one officer")
        ACCOUNT_CONFIRMED = "account_confirmed", _("A payment account came into use")
        ACCOUNT_REFUSED = "account_refused", _("A payment account was not accepted")
        ELIGIBILITY_DECIDED = "eligibility_decided", _("The association was found eligible")
        ELIGIBILITY_ENDED = "eligibility_ended", _("The eligibility was cut short")
        CONTACT_OFFICER = "contact_officer", _("The contact in the administration changed")

    INTERNAL = (Kind.CONTACT_OFFICER,)

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=40, choices=Kind.choices)
    detail = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AssociationEventQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}"


def note_event(association: Association, kind: str, *, by: Any = None, detail: str = "") -> AssociationEvent:
    """Write an event in an association's story, within the caller's transaction."""
    return AssociationEvent.objects.create(association=association, kind=kind, actor=by, detail=detail[:500])

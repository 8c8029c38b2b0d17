"""A running partnership: check-ins, what was delivered, joint follow-up, and turns in its life."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iop.models.agreements import Agreement, OfAgreementQuerySet, Party
from iop.models.promises import ContributionKind, Indicator
from iop.models.texts import WrittenOnAgreementQuerySet
from portal.documents.models import Document
from portal.registry.models import WrittenOnce


class CheckIn(models.Model):
    """A check-in (avstämning) on the calendar: agenda before, notes after, what we learned and change."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="check_ins")
    planned_on = models.DateField(_("Day"))
    place = models.CharField(_("Where"), max_length=150, blank=True)
    agenda = models.TextField(_("What we want to talk about"), blank=True)
    held_on = models.DateField(_("Held on"), null=True, blank=True)
    present = models.CharField(
        _("Who took part"), max_length=300, blank=True, help_text=_("Roles, never names.")
    )
    notes = models.TextField(_("Notes"), blank=True)
    learned = models.TextField(_("What we learned"), blank=True)
    changes = models.TextField(_("What we change"), blank=True)
    version = models.PositiveIntegerField(default=1)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["planned_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(held_on=None) | Q(cancelled_at=None), name="iop_held_check_in_not_cancelled"
            )
        ]

    def __str__(self) -> str:
        return f"{self.planned_on}"

    @property
    def is_held(self) -> bool:
        return self.held_on is not None


class Delivery(models.Model):
    """What a party has delivered of what it promised: whole kronor, whole hours, or in words.

    Attested by who acts for the party; no personal data on volunteers (handbook 8.5).
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="deliveries")
    party = models.ForeignKey(
        Party, on_delete=models.PROTECT, related_name="deliveries", verbose_name=_("Party")
    )
    kind = models.CharField(_("Kind"), max_length=20, choices=ContributionKind.choices)
    on = models.DateField(_("Day"))
    kronor = models.PositiveIntegerField(_("Kronor"), null=True, blank=True)
    hours = models.PositiveIntegerField(_("Hours"), null=True, blank=True)
    women = models.PositiveIntegerField(_("Women who took part"), null=True, blank=True)
    men = models.PositiveIntegerField(_("Men who took part"), null=True, blank=True)
    text = models.CharField(_("In words"), max_length=200, blank=True)
    check_in = models.ForeignKey(
        CheckIn, null=True, blank=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Taken back as wrong; it stays in the story.")
    )

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ContributionKind.values), name="iop_delivery_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kronor__isnull=False) | Q(hours__isnull=False) | ~Q(text=""),
                name="iop_delivery_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.kind} {self.on}"


class FollowUp(models.Model):
    """The parties' joint follow-up of a year, or the evaluation at the end: what it gave residents."""

    class Kind(models.TextChoices):
        YEARLY = "arsuppfoljning", _("Yearly follow-up")
        EVALUATION = "utvardering", _("Evaluation")

    class Onward(models.TextChoices):
        CONTINUE = "fortsatta", _("Go on as now")
        ADJUST = "justera", _("Adjust")
        END = "avsluta", _("End")

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="follow_ups")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    year = models.PositiveSmallIntegerField()
    due_on = models.DateField(_("Last day"))
    activities = models.TextField(_("What we did"), blank=True)
    reached = models.TextField(_("Whom we reached, and how many"), blank=True)
    effect = models.TextField(_("What changed for the people it is about"), blank=True)
    survey = models.TextField(_("What the people it is about say"), blank=True)
    story = models.TextField(
        _("A story of change"), blank=True, help_text=_("Without anything that tells who a person is.")
    )
    society = models.TextField(_("What it is worth to society"), blank=True)
    learned = models.TextField(_("What we learned"), blank=True)
    changes = models.TextField(_("What we change"), blank=True)
    risks = models.TextField(_("Risks"), blank=True)
    onward = models.CharField(_("How we go on"), max_length=20, choices=Onward.choices, blank=True)
    version = models.PositiveIntegerField(default=1)
    content = models.JSONField(null=True, blank=True, help_text=_("As it stood when all parties had agreed."))
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)
    cleared_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When its record was destroyed by rule, and its text with it.")
    )

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["year", "kind"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "kind", "year"], name="iop_one_follow_up_a_year"),
            models.CheckConstraint(
                condition=Q(finished_at=None)
                | Q(document__isnull=False, content__isnull=False)
                | Q(cleared_at__isnull=False),
                name="iop_finished_follow_up_is_frozen",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.year}"


class OfFollowUpQuerySet(OfAgreementQuerySet):
    path = "follow_up__agreement"


class PartyView(models.Model):
    """How one party sees the year, in its own words, and its yes to the whole as it stood then."""

    follow_up = models.ForeignKey(FollowUp, on_delete=models.PROTECT, related_name="party_views")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    worked = models.TextField(_("What worked well between us"), blank=True)
    hindered = models.TextField(_("What got in the way"), blank=True)
    version = models.PositiveIntegerField(default=1)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    #: Checksum of the follow-up's content that the party said yes to; another text asks for another yes.
    agreed_sha256 = models.CharField(max_length=64, blank=True)
    agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    agreed_at = models.DateTimeField(null=True, blank=True)

    objects = OfFollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["party__position"]
        constraints = [
            models.UniqueConstraint(fields=["follow_up", "party"], name="iop_one_view_a_party"),
            models.CheckConstraint(
                condition=Q(agreed_sha256="", agreed_by=None, agreed_at=None)
                | (~Q(agreed_sha256="") & Q(agreed_by__isnull=False, agreed_at__isnull=False)),
                name="iop_yes_to_follow_up_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.follow_up_id}: {self.party_id}"


class Reading(models.Model):
    """What an indicator showed in a follow-up: a figure as written, and how it is known."""

    follow_up = models.ForeignKey(FollowUp, on_delete=models.PROTECT, related_name="readings")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="readings")
    value = models.CharField(_("Outcome"), max_length=100, blank=True)
    text = models.TextField(_("How we know, and what we think of it"), blank=True)

    objects = OfFollowUpQuerySet.as_manager()

    class Meta:
        ordering = ["indicator__goal__position", "indicator__position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["follow_up", "indicator"], name="iop_one_reading_an_indicator")
        ]

    def __str__(self) -> str:
        return f"{self.follow_up_id}: {self.indicator_id}"


class Turn(WrittenOnce):
    """A turn in a partnership's life: renegotiation, pause, ending by a side; dialogue comes first."""

    class Kind(models.TextChoices):
        RENEGOTIATION = "omforhandling", _("Renegotiation asked for")
        PAUSE = "paus", _("Paused")
        RESUMED = "aterupptagen", _("Resumed")
        NOTICE = "uppsagning", _("Notice of ending")
        ENDED = "avslut", _("Ended")
        RENEWAL = "forlangning", _("Renewal begun")

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="turns")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    party = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("Why"), blank=True)
    talked_on = models.DateField(
        _("When we talked about it"), null=True, blank=True, help_text=_("Talk first, then decide.")
    )
    from_day = models.DateField(_("From"))
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = WrittenOnAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=["paus", "uppsagning"]) | (Q(talked_on__isnull=False) & ~Q(reason="")),
                name="iop_talk_comes_first",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.from_day}"


class RenewalReminder(models.Model):
    """The reminder that a partnership's end is half a year away: once an end."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="renewal_reminders")
    ends_on = models.DateField()
    sent_at = models.DateTimeField(default=timezone.now)

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "ends_on"], name="iop_reminded_once_an_end")
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.ends_on}"

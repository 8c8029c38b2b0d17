"""Agreements (idéburet offentligt partnerskap), their parties, and who acts for a party."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.models import Association, may_sign
from iop.models.ideas import Idea
from iop.models.lists import Area, TargetGroup
from iop.states import LIVE_STATES, SIGNED_STATES, State
from portal.people import rules
from portal.people.models import Unit
from portal.registry.models import Case, ConflictOfInterest

#: An agreement of fewer days is short.
SHORT_DAYS = 364


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, user: Any) -> AgreementQuerySet:
        """The parties' people and the administration; a conflict of interest in the case hides it.

        An association's people see it for as long as they act for the association, a unit's for as long as
        they answer for the unit. No party sees another partnership.
        """
        if not user.is_authenticated:
            return self.none()
        if rules.administration(user):
            seen = self
        else:
            seen = self.filter(pk__in=Party.objects.of_person(user).values("agreement"))
        return seen.exclude(case__in=ConflictOfInterest.objects.declared_by(user).values("case"))

    def live(self) -> AgreementQuerySet:
        return self.filter(state__in=LIVE_STATES)

    def signed(self) -> AgreementQuerySet:
        """In force now or earlier."""
        return self.filter(state__in=SIGNED_STATES)


class Agreement(models.Model):
    """A partnership between equals: written together, decided, signed by all, lived and evaluated.

    Its text is its clauses; its promises are its contributions. What is decided and signed is an
    `AgreementText`, frozen from them.
    """

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="agreement")
    idea = models.ForeignKey(Idea, null=True, blank=True, on_delete=models.PROTECT, related_name="agreements")
    renews = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="renewed_by"
    )
    title = models.CharField(_("What the partnership is called"), max_length=150)
    summary = models.TextField(_("What we want to do together, in a few sentences"), blank=True)
    area = models.ForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name=_("Area"))
    target_groups = models.ManyToManyField(
        TargetGroup, blank=True, related_name="+", verbose_name=_("Whom it is about")
    )
    starts_on = models.DateField(_("First day"), null=True, blank=True)
    ends_on = models.DateField(_("Last day"), null=True, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.WRITING)
    coordinator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="coordinated_agreements"
    )
    version = models.PositiveIntegerField(default=1, help_text=_("Grows with each save of its own facts."))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    #: The text that the committee approved and that the parties sign.
    text_to_sign = models.ForeignKey(
        "iop.AgreementText", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="iop_agreement_state_known"),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="iop_agreement_days_in_order",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.WRITING, State.DROPPED])
                | Q(starts_on__isnull=False, ends_on__isnull=False),
                name="iop_decided_agreement_has_days",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.TO_SIGN, State.RUNNING, State.PAUSED, State.ENDED])
                | Q(text_to_sign__isnull=False),
                name="iop_signed_agreement_has_text",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_being_written(self) -> bool:
        return self.state == State.WRITING

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_STATES

    @property
    def first_day(self) -> date:
        """The first day of an agreement that is decided; before, raises ValueError."""
        if self.starts_on is None:
            raise ValueError(f"Agreement {self.pk} has no first day")
        return self.starts_on

    @property
    def last_day(self) -> date:
        """The last day of an agreement that is decided; before, raises ValueError."""
        if self.ends_on is None:
            raise ValueError(f"Agreement {self.pk} has no last day")
        return self.ends_on

    @property
    def is_short(self) -> bool:
        """Whether it lasts less than a year: no yearly follow-up then, and seldom a steering group."""
        if self.starts_on is None or self.ends_on is None:
            return False
        return (self.ends_on - self.starts_on).days < SHORT_DAYS

    @property
    def years(self) -> range:
        """The calendar years it touches; empty while its days are not set."""
        if self.starts_on is None or self.ends_on is None:
            return range(0)
        return range(self.starts_on.year, self.ends_on.year + 1)


class OfAgreementQuerySet(models.QuerySet[Any]):
    """Parts of an agreement; `path` leads from the row to it."""

    path = "agreement"

    def visible_to(self, user: Any) -> OfAgreementQuerySet:
        """Seen by whoever sees the agreement: the parties read each other's parts."""
        return self.filter(**{f"{self.path}__in": Agreement.objects.visible_to(user)})


class PartyQuerySet(OfAgreementQuerySet):
    def of_person(self, user: Any) -> PartyQuerySet:
        """The parties that the person acts for today."""
        if rules.applicant(user):
            return self.filter(association__in=Association.objects.visible_to(user))
        if rules.unit_contact(user):
            return self.filter(unit__in=Unit.objects.with_contact(user))
        return self.none()


class Party(models.Model):
    """One party of an agreement: an association, or a unit of the administration. All are equals."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="parties")
    position = models.PositiveSmallIntegerField()
    association = models.ForeignKey(
        Association, null=True, blank=True, on_delete=models.PROTECT, related_name="partnerships"
    )
    unit = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="partnerships"
    )
    process_leader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Process leader"),
    )
    left_on = models.DateField(null=True, blank=True, help_text=_("When the party left, by an addendum."))

    objects = PartyQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "position"], name="iop_party_position"),
            models.UniqueConstraint(fields=["agreement", "association"], name="iop_association_party_once"),
            models.UniqueConstraint(fields=["agreement", "unit"], name="iop_unit_party_once"),
            models.CheckConstraint(
                condition=Q(association__isnull=False, unit=None) | Q(association=None, unit__isnull=False),
                name="iop_party_is_one_of_two",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return str(self.association or self.unit)

    @property
    def is_city(self) -> bool:
        return self.unit_id is not None

    @property
    def signatures_needed(self) -> int:
        """Two where an association signs jointly; one for a unit, by delegation."""
        return self.association.signatures_needed if self.association else 1

    def acts(self, user: Any) -> bool:
        """Whether the person acts for the party today."""
        return Party.objects.of_person(user).filter(pk=self.pk).exists()

    def may_be_signed_by(self, user: Any, day: date | None = None) -> bool:
        """Whether the person is a signatory of the party today.

        For an association by its own memberships (firmatecknare); for a unit by `UnitSignatory`, the city's
        order of delegation.
        """
        if self.association is not None:
            return rules.applicant(user) and may_sign(user, self.association)
        if self.unit is None or not self.unit.contacts.filter(user_id=user.pk).exists():
            return False
        return self.unit.signatories.held_on(day or timezone.localdate()).filter(user_id=user.pk).exists()


class UnitSignatoryQuerySet(models.QuerySet["UnitSignatory"]):
    def visible_to(self, user: Any) -> UnitSignatoryQuerySet:
        """The administration's and the person's own."""
        if rules.administration(user):
            return self
        return self.filter(user_id=user.pk) if user.is_authenticated else self.none()

    def held_on(self, day: date) -> UnitSignatoryQuerySet:
        return self.filter(valid_from__lte=day).filter(Q(valid_until=None) | Q(valid_until__gte=day))


class UnitSignatory(models.Model):
    """Who signs partnerships for a unit by delegation, from when until when."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="signatories")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField(_("From"), default=timezone.localdate)
    valid_until = models.DateField(_("Until"), null=True, blank=True)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = UnitSignatoryQuerySet.as_manager()

    class Meta:
        ordering = ["unit", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "user", "valid_from"], name="iop_unit_signatory_once"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="iop_unit_signatory_days_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.user_id}"


class SteeringSeat(models.Model):
    """A seat in one of the partnership's groups: which party fills it, with which role."""

    class Group(models.TextChoices):
        STEERING = "styrgrupp", _("Steering group")
        LEADING = "ledningsgrupp", _("Management group")
        WORKING = "arbetsgrupp", _("Working group")

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="steering_seats")
    group = models.CharField(_("Group"), max_length=20, choices=Group.choices)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", verbose_name=_("Party"))
    role = models.CharField(_("Role"), max_length=150, help_text=_("A role, never a name."))

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["group", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(group__in=["styrgrupp", "ledningsgrupp", "arbetsgrupp"]), name="iop_group_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_group_display()}: {self.role}"

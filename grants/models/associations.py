"""Associations and the people who act for them."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.organisation_number import validate_organisation_number
from portal.people import rules
from portal.registry.models import ConflictOfInterest


class LegalForm(models.TextChoices):
    IDEELL_FORENING = "ideell_forening", _("Non-profit association")
    STIFTELSE = "stiftelse", _("Foundation")
    TROSSAMFUND = "trossamfund", _("Religious community")
    EKONOMISK_FORENING = "ekonomisk_forening", _("Economic association")
    TILLFALLIG_GRUPP = "tillfallig_grupp", _("Temporary group, with an association as guarantor")


class SigningRule(models.TextChoices):
    ALONE = "alone", _("One signatory signs alone")
    JOINTLY = "jointly", _("Two signatories sign together")


class Independence(models.TextChoices):
    """How an association stands to its national or regional organisation."""

    INDEPENDENT = "independent", _("Independent: own statutes, board and accounts")
    BRANCH = "branch", _("Local branch with a board and accounts of its own")
    PART = "part", _("Part of the organisation, without accounts of its own")


class AssociationQuerySet(models.QuerySet["Association"]):
    def visible_to(self, user: Any) -> AssociationQuerySet:
        """Its own people for as long as they act for it, and the administration once it is registered.

        A finance officer sees those that have entered an account to be paid to.

        Who registers an association registers it with the city: that is an act towards the authority, as
        sending an application is. Its drafts are not (see `ApplicationQuerySet.visible_to`).
        """
        if not user.is_authenticated:
            return self.none()
        if rules.administration(user):
            return self
        if rules.applicant(user):
            return self.filter(pk__in=Membership.objects.current().held_by(user).values("association"))
        if rules.finance(user):
            from grants.models.accounts import PaymentAccount

            entered = PaymentAccount.objects.order_by().values("association")
            return self.filter(pk__in=entered).without_conflict_for(user)
        return self.none()

    def without_conflict_for(self, user: Any) -> AssociationQuerySet:
        """Without those in whose cases the person has a conflict of interest."""
        conflicts = ConflictOfInterest.objects.declared_by(user).exclude(case__application=None)
        return self.exclude(pk__in=conflicts.values("case__application__association"))

    def managed_by(self, user: Any) -> AssociationQuerySet:
        """Those whose people and facts the person looks after."""
        return self.visible_to(user).filter(
            pk__in=Membership.objects.current()
            .held_by(user)
            .filter(role=Membership.Role.MANAGER)
            .values("association")
        )


class Association(models.Model):
    """An association (förening), registered once and used in every application."""

    name = models.CharField(_("Name of the association"), max_length=150)
    organisation_number = models.CharField(
        _("Organisation number"),
        max_length=10,
        unique=True,
        null=True,
        blank=True,
        validators=[validate_organisation_number],
    )
    number_verified_at = models.DateTimeField(_("Organisation number checked"), null=True, blank=True)
    number_verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    legal_form = models.CharField(
        _("Legal form"), max_length=30, choices=LegalForm.choices, default=LegalForm.IDEELL_FORENING
    )
    about = models.CharField(_("What you do, in a sentence"), max_length=300, blank=True)
    email = models.EmailField(_("The association's e-mail address"))
    phone = models.CharField(_("Telephone"), max_length=30, blank=True)
    website = models.URLField(_("Web page"), blank=True)
    street = models.CharField(_("Postal address"), max_length=150)
    postcode = models.CharField(_("Postcode"), max_length=10)
    city = models.CharField(_("Town"), max_length=80)
    protected_address = models.BooleanField(
        _("The address is secret"),
        default=False,
        help_text=_("For example a shelter. Officers are warned before they show the address to anyone."),
    )
    visiting_address = models.CharField(_("Visiting address"), max_length=200, blank=True)
    areas = models.CharField(_("Parts of the city where you are active"), max_length=300, blank=True)
    founded_year = models.PositiveSmallIntegerField(_("Founded in the year"), null=True, blank=True)
    active_since = models.PositiveSmallIntegerField(
        _("Active in the city since the year"), null=True, blank=True
    )
    registered_year = models.PositiveSmallIntegerField(
        _("Registered at Skatteverket in the year"), null=True, blank=True
    )
    parent_organisation = models.CharField(_("National or regional organisation"), max_length=150, blank=True)
    independence = models.CharField(
        _("How you stand to it"), max_length=20, choices=Independence.choices, blank=True
    )
    open_in_register = models.BooleanField(_("May be shown in the city's public register"), default=False)
    signing_rule = models.CharField(
        _("How the association signs"),
        max_length=20,
        choices=SigningRule.choices,
        default=SigningRule.ALONE,
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AssociationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation_number=None) | Q(organisation_number__regex=r"^[0-9]{10}$"),
                name="grants_organisation_number_digits",
            ),
            models.CheckConstraint(
                condition=Q(legal_form=LegalForm.TILLFALLIG_GRUPP, organisation_number=None)
                | (~Q(legal_form=LegalForm.TILLFALLIG_GRUPP) & Q(organisation_number__isnull=False)),
                name="grants_only_groups_lack_number",
            ),
            models.CheckConstraint(
                condition=Q(number_verified_at=None, number_verified_by=None)
                | Q(
                    number_verified_at__isnull=False,
                    number_verified_by__isnull=False,
                    organisation_number__isnull=False,
                ),
                name="grants_number_verified_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(signing_rule__in=SigningRule.values), name="grants_signing_rule_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_temporary_group(self) -> bool:
        return self.legal_form == LegalForm.TILLFALLIG_GRUPP

    @property
    def signatures_needed(self) -> int:
        return 2 if self.signing_rule == SigningRule.JOINTLY else 1


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, user: Any) -> MembershipQuerySet:
        """The people of an association, past ones too, for those who see the association."""
        return self.filter(association__in=Association.objects.visible_to(user))

    def current(self, day: date | None = None) -> MembershipQuerySet:
        """What counts on a day, today in Europe/Stockholm unless told: neither ended nor outside its dates.

        Whoever asks what a person may do starts here; the other rows are history.
        """
        day = day or timezone.localdate()
        return self.filter(
            Q(valid_from=None) | Q(valid_from__lte=day),
            Q(valid_until=None) | Q(valid_until__gte=day),
            ended_at=None,
        )

    def held_by(self, user: Any) -> Self:
        return self.filter(user_id=user.pk)


class Membership(models.Model):
    """One person's role in one association, while it lasts; a role that has ended stays as history.

    `valid_from` and `valid_until` are the first and last day it counts. With `on_behalf_of` the person acts
    by a mandate (fullmakt) of the association, as someone of that organisation: always with a last day.
    """

    class Role(models.TextChoices):
        WRITER = "writer", _("Writer")
        MANAGER = "manager", _("Manager")
        SIGNATORY = "signatory", _("Signatory")

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("Role"), max_length=20, choices=Role.choices)
    valid_from = models.DateField(_("First day"), null=True, blank=True)
    valid_until = models.DateField(_("Last day"), null=True, blank=True)
    on_behalf_of = models.CharField(_("Acts as someone of"), max_length=150, blank=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("Ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["association", "user", "role"],
                condition=Q(ended_at=None),
                name="grants_membership_role_held_once",
            ),
            models.CheckConstraint(
                condition=Q(role__in=["writer", "manager", "signatory"]),
                name="grants_membership_role_known",
            ),
            models.CheckConstraint(
                condition=Q(on_behalf_of="") | Q(valid_until__isnull=False),
                name="grants_mandate_has_last_day",
            ),
            # A manager whose time runs out by itself could leave the association with none.
            models.CheckConstraint(
                condition=~Q(role="manager") | Q(valid_from=None, valid_until=None, on_behalf_of=""),
                name="grants_manager_without_dates",
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="grants_membership_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.association_id}"

    def get_additional_data(self) -> dict[str, int]:
        """By what `grants.history` finds the audit log's rows of an association."""
        return {"association": self.association_id}


def may_sign(user: Any, association: Association) -> bool:
    """Whether the person is a signatory (firmatecknare) of the association today."""
    return association.memberships.current().held_by(user).filter(role=Membership.Role.SIGNATORY).exists()

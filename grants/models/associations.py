"""Associations and the people who act for them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.organisation_number import validate_organisation_number
from portal.people import rules


class LegalForm(models.TextChoices):
    IDEELL_FORENING = "ideell_forening", _("Non-profit association")
    STIFTELSE = "stiftelse", _("Foundation")
    TROSSAMFUND = "trossamfund", _("Religious community")
    EKONOMISK_FORENING = "ekonomisk_forening", _("Economic association")


class AssociationQuerySet(models.QuerySet["Association"]):
    def visible_to(self, user: Any) -> AssociationQuerySet:
        """Its own people, and case officers and secretaries once it has sent something.

        An association that has only drafts is nothing the authority has received.
        """
        if not user.is_authenticated:
            return self.none()
        if rules.administration(user):
            return self.filter(applications__case__isnull=False).distinct()
        if rules.applicant(user):
            return self.filter(pk__in=Membership.objects.filter(user_id=user.pk).values("association"))
        return self.none()


class Association(models.Model):
    """An association (förening), registered once and used in every application."""

    name = models.CharField(_("Name of the association"), max_length=150)
    organisation_number = models.CharField(
        _("Organisation number"), max_length=10, unique=True, validators=[validate_organisation_number]
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
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AssociationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation_number__regex=r"^[0-9]{10}$"),
                name="grants_organisation_number_digits",
            )
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, user: Any) -> MembershipQuerySet:
        """The people of an association, for those of them who sign in."""
        return self.filter(association__in=Association.objects.filter(memberships__user_id=user.pk))


class Membership(models.Model):
    """One person's role in one association."""

    class Role(models.TextChoices):
        WRITER = "writer", _("Writer")
        MANAGER = "manager", _("Manager")
        SIGNATORY = "signatory", _("Signatory")

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["association", "user", "role"], name="grants_membership_role_held_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.association_id}"


def may_sign(user: Any, association: Association) -> bool:
    """Whether the person is a signatory (firmatecknare) of the association."""
    return association.memberships.filter(user_id=user.pk, role=Membership.Role.SIGNATORY).exists()

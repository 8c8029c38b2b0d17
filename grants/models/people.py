"""Invitations to act for an association, and the signatures of those who sign for it."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.models.applications import Application, OfApplicationQuerySet
from grants.models.associations import Association, Membership

#: How long an invitation can be accepted.
INVITATION_LASTS = timedelta(days=14)


def invitation_expires_at() -> datetime:
    return timezone.now() + INVITATION_LASTS


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def visible_to(self, user: Any) -> InvitationQuerySet:
        """Those who look after the association's people; nobody at the city."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(association__in=Association.objects.managed_by(user))

    def waiting(self) -> InvitationQuerySet:
        """Neither accepted nor withdrawn, and not expired."""
        return self.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now())


class Invitation(models.Model):
    """An invitation by mail to act for an association with certain roles.

    The link's token is known only to the mail; the row keeps its SHA-256.
    """

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(_("E-mail address"))
    token_hash = models.CharField(max_length=64, unique=True)
    roles = models.JSONField(help_text='["writer", "signatory"]')
    on_behalf_of = models.CharField(max_length=150, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(default=invitation_expires_at)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "association",
                Lower("email"),
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="grants_one_invitation_an_address",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_by=None)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False, withdrawn_at=None),
                name="grants_invitation_accepted_by_someone",
            ),
            models.CheckConstraint(
                condition=Q(on_behalf_of="") | Q(valid_until__isnull=False),
                name="grants_invited_mandate_has_last_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.association_id} {self.roles}"

    @staticmethod
    def hash_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    @property
    def has_expired(self) -> bool:
        """Its time is out, or the mandate it would give is."""
        last_day: date | None = self.valid_until
        return self.expires_at <= timezone.now() or (last_day is not None and last_day < timezone.localdate())

    @property
    def is_waiting(self) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and not self.has_expired

    @property
    def role_names(self) -> list[str]:
        return [str(role.label) for role in Membership.Role if role in self.roles]


class SignatureQuerySet(OfApplicationQuerySet):
    def standing(self) -> SignatureQuerySet:
        return self.filter(voided_at=None)


class Signature(models.Model):
    """That a signatory has signed an application as it stood: `fingerprint` is that of its content.

    A change of the content voids it; the row stays. `sign_in_method` tells how the person had shown who
    they are, as `portal.people.sign_in_method.SignInMethod` names it; empty when it was not known.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="signatures")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64)
    sign_in_method = models.CharField(max_length=20, blank=True, db_default="")
    signed_at = models.DateTimeField(default=timezone.now, editable=False)
    voided_at = models.DateTimeField(null=True, blank=True)

    objects = SignatureQuerySet.as_manager()

    class Meta:
        ordering = ["signed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "user"],
                condition=Q(voided_at=None),
                name="grants_signed_once_a_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.user_id}"


class GuaranteeQuerySet(models.QuerySet["Guarantee"]):
    def visible_to(self, user: Any) -> GuaranteeQuerySet:
        """The guarantor's people, the applicants, and the administration once the application is sent."""
        if not user.is_authenticated:
            return self.none()
        own = Membership.objects.current().held_by(user).values("association")
        return self.filter(Q(application__in=Application.objects.visible_to(user)) | Q(guarantor__in=own))

    def standing(self) -> GuaranteeQuerySet:
        """Asked for and not declined or taken back."""
        return self.filter(declined_at=None, withdrawn_at=None)


class Guarantee(models.Model):
    """That an association is asked to stand behind a temporary group's application, and its answer.

    `accepted_amount` is the sum, in kronor for all years, that it accepted: it answers for no larger one.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="guarantees")
    guarantor = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="guarantees")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_amount = models.PositiveIntegerField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = GuaranteeQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(declined_at=None, withdrawn_at=None),
                name="grants_one_guarantor_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None, accepted_amount=None)
                | Q(
                    accepted_at__isnull=False,
                    accepted_amount__isnull=False,
                    answered_by__isnull=False,
                    declined_at=None,
                ),
                name="grants_guarantee_accepted_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.guarantor_id} for {self.application_id}"

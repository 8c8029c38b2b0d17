"""Where money to an association is paid: accounts that it enters and two officers verify."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.associations.account_states import WAITING_STATES, AccountState
from grants.associations.giro import GiroKind, written_giro
from grants.models.associations import Association
from portal.documents.models import StoredFile
from portal.people import rules


class PaymentAccountQuerySet(models.QuerySet["PaymentAccount"]):
    def visible_to(self, user: Any) -> PaymentAccountQuerySet:
        """The association's own people, the administration that it gave the number to, and who pays."""
        if not user.is_authenticated:
            return self.none()
        if rules.administration(user):
            return self
        if rules.applicant(user) or rules.finance(user):
            return self.filter(association__in=Association.objects.visible_to(user))
        return self.none()

    def effective(self) -> PaymentAccountQuerySet:
        """What may be paid to."""
        return self.filter(state=AccountState.EFFECTIVE)

    def waiting(self) -> PaymentAccountQuerySet:
        return self.filter(state__in=WAITING_STATES)


class PaymentAccount(models.Model):
    """A giro number with its holder, as an association entered it; a change is a new row.

    Nothing is paid to it before one officer has verified holder and number against the evidence and
    another has confirmed it: the constraints say that these are two people.
    """

    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="accounts")
    kind = models.CharField(_("Kind of account"), max_length=20, choices=GiroKind.choices)
    number = models.CharField(_("Number"), max_length=8, help_text=_("Digits only"))
    holder = models.CharField(_("Holder of the account"), max_length=150)
    evidence = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    evidence_name = models.CharField(max_length=160)
    state = models.CharField(max_length=20, choices=AccountState.choices, default=AccountState.ENTERED)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now, editable=False)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    verified_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When it was refused, taken back or replaced")
    )
    reason = models.CharField(_("Why it was not accepted"), max_length=500, blank=True)

    objects = PaymentAccountQuerySet.as_manager()

    class Meta:
        ordering = ["-entered_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=AccountState.values), name="grants_account_state_known"
            ),
            models.CheckConstraint(condition=Q(kind__in=GiroKind.values), name="grants_account_kind_known"),
            models.CheckConstraint(
                condition=Q(number__regex=r"^[0-9]{2,8}$"), name="grants_account_number_digits"
            ),
            models.UniqueConstraint(
                fields=["association"],
                condition=Q(state="effective"),
                name="grants_one_account_in_use",
            ),
            models.UniqueConstraint(
                fields=["association"],
                condition=Q(state__in=["entered", "verified"]),
                name="grants_one_account_waiting",
            ),
            models.CheckConstraint(
                condition=Q(verified_by=None, verified_at=None)
                | Q(verified_by__isnull=False, verified_at__isnull=False),
                name="grants_account_verified_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False, verified_by__isnull=False),
                name="grants_account_confirmed_after_check",
            ),
            # Two people, and neither of them the one who entered it.
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("verified_by")),
                name="grants_account_two_people",
            ),
            models.CheckConstraint(
                condition=(Q(verified_by=None) | ~Q(verified_by=F("entered_by")))
                & (Q(confirmed_by=None) | ~Q(confirmed_by=F("entered_by"))),
                name="grants_account_not_checked_by_its_writer",
            ),
            models.CheckConstraint(
                condition=Q(state="entered", verified_by=None)
                | Q(state="verified", verified_by__isnull=False, confirmed_by=None)
                | Q(state__in=["effective", "replaced"], confirmed_by__isnull=False)
                | Q(state__in=["refused", "withdrawn"], confirmed_by=None),
                name="grants_account_state_has_its_people",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | ~Q(reason=""), name="grants_account_refusal_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.written}"

    @property
    def written(self) -> str:
        """The number as it is written on paper."""
        return written_giro(self.kind, self.number)

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING_STATES

"""Frozen texts, the signatures on them, and addenda that change what was signed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.models import Association
from iop.models.agreements import Agreement, OfAgreementQuerySet, Party
from iop.models.clauses import Clause
from iop.models.promises import ContributionKind
from portal.committee.models import Matter
from portal.documents.models import Document
from portal.people.models import Unit
from portal.registry.models import Immutable, WrittenOnce


class WrittenOnAgreementQuerySet(Immutable):
    def visible_to(self, user: Any) -> WrittenOnAgreementQuerySet:
        """Seen by whoever sees the agreement."""
        return self.filter(agreement__in=Agreement.objects.visible_to(user))


class AgreementText(WrittenOnce):
    """The whole agreement, or an addendum, as it stood: plain values with a checksum that its PDF shows."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="texts")
    addendum = models.ForeignKey(
        "iop.Addendum", null=True, blank=True, on_delete=models.PROTECT, related_name="texts"
    )
    number = models.PositiveSmallIntegerField(help_text=_("Counts all texts of the agreement, from 1."))
    content = models.JSONField()
    content_sha256 = models.CharField(max_length=64)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    frozen_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = WrittenOnAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="iop_text_number"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} text {self.number}"

    def signed_content(self, signatures: Iterable[Signature]) -> dict[str, Any]:
        """The text with who signed it, as it is registered on the case."""
        return {
            "text": self.content,
            "content_sha256": self.content_sha256,
            "signatures": [
                {
                    "party": row.party.name,
                    "capacity": row.capacity,
                    "signed_by": str(row.signed_by),
                    "signed_at": row.signed_at,
                    "sign_in_method": row.sign_in_method,
                    "content_sha256": row.content_sha256,
                }
                for row in signatures
            ],
        }


class Proposal(models.Model):
    """A frozen text that lies before the committee as a matter, and what came of it."""

    class Result(models.TextChoices):
        WAITING = "vantar", _("Before the committee")
        APPROVED = "godkand", _("Approved")
        CHANGED = "andrad", _("Approved with changes")
        RETURNED = "aterremiss", _("Referred back")
        REJECTED = "avslag", _("Rejected")
        SENT_BACK = "atersand", _("Sent back before the committee")

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="proposals")
    text = models.OneToOneField(AgreementText, on_delete=models.PROTECT, related_name="proposal")
    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, related_name="iop_proposal")
    result = models.CharField(max_length=20, choices=Result.choices, default=Result.WAITING)
    words = models.TextField(blank=True, help_text=_("What the committee said, for the parties."))
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement"], condition=Q(result="vantar"), name="iop_one_proposal_waits"
            )
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id}: {self.result}"


class Signature(WrittenOnce):
    """A signatory's yes, for a party, to one frozen text; who signs is who signed in.

    `sign_in_method` tells how, as `portal.people.sign_in_method.SignInMethod` names it; empty when it was
    not known.
    """

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="signatures")
    text = models.ForeignKey(AgreementText, on_delete=models.PROTECT, related_name="signatures")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="signatures")
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    capacity = models.CharField(
        max_length=100, help_text=_("In which capacity, for example “Firmatecknare”.")
    )
    content_sha256 = models.CharField(max_length=64)
    sign_in_method = models.CharField(max_length=20, blank=True, db_default="")
    signed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = WrittenOnAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["signed_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["text", "party", "signed_by"], name="iop_signed_once_a_party"),
            models.UniqueConstraint(fields=["text", "signed_by"], name="iop_nobody_signs_for_two"),
        ]

    def __str__(self) -> str:
        return f"{self.text_id}: {self.party_id}"


class Addendum(models.Model):
    """A numbered change of a signed agreement: decided where money changes, signed by all."""

    class State(models.TextChoices):
        WRITING = "skrivs", _("Being written together")
        BEFORE_COMMITTEE = "i_namnden", _("Before the committee")
        TO_SIGN = "att_underteckna", _("To be signed")
        IN_FORCE = "galler", _("In force")
        DROPPED = "nedlagt", _("Came to nothing")

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="addenda")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(_("What changes"), max_length=150)
    reason = models.TextField(_("Why we change it"))
    new_end = models.DateField(_("New last day"), null=True, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.WRITING)
    text_to_sign = models.ForeignKey(
        AgreementText, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(default=timezone.now, editable=False)
    in_force_at = models.DateTimeField(null=True, blank=True)

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="iop_addendum_number"),
            models.CheckConstraint(
                condition=Q(state__in=["skrivs", "i_namnden", "att_underteckna", "galler", "nedlagt"]),
                name="iop_addendum_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["att_underteckna", "galler"]) | Q(text_to_sign__isnull=False),
                name="iop_signed_addendum_has_text",
            ),
            models.UniqueConstraint(
                fields=["agreement"],
                condition=Q(state__in=["skrivs", "i_namnden", "att_underteckna"]),
                name="iop_one_open_addendum",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    @property
    def is_being_written(self) -> bool:
        return self.state == self.State.WRITING


class OfAddendumQuerySet(OfAgreementQuerySet):
    path = "addendum__agreement"


class ClauseChange(models.Model):
    """Another wording of a clause from the addendum on."""

    addendum = models.ForeignKey(Addendum, on_delete=models.PROTECT, related_name="clause_changes")
    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("New wording"))

    objects = OfAddendumQuerySet.as_manager()

    class Meta:
        ordering = ["clause__number"]
        constraints = [models.UniqueConstraint(fields=["addendum", "clause"], name="iop_one_change_a_clause")]

    def __str__(self) -> str:
        return f"{self.addendum_id}: {self.clause_id}"


class ContributionChange(models.Model):
    """What a party promises instead, or besides, from the addendum on: the new figure, not the difference."""

    addendum = models.ForeignKey(Addendum, on_delete=models.PROTECT, related_name="contribution_changes")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+", verbose_name=_("Party"))
    kind = models.CharField(_("Kind"), max_length=20, choices=ContributionKind.choices)
    year = models.PositiveSmallIntegerField(_("Year"))
    kronor = models.PositiveIntegerField(_("Kronor"), null=True, blank=True)
    hours = models.PositiveIntegerField(_("Hours"), null=True, blank=True)
    text = models.CharField(_("In words"), max_length=200, blank=True)

    objects = OfAddendumQuerySet.as_manager()

    class Meta:
        ordering = ["party__position", "kind", "year"]
        constraints = [
            models.UniqueConstraint(
                fields=["addendum", "party", "kind", "year"], name="iop_one_changed_contribution_a_year"
            ),
            models.CheckConstraint(
                condition=Q(kronor__isnull=False) | Q(hours__isnull=False) | ~Q(text=""),
                name="iop_change_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.addendum_id}: {self.party_id} {self.kind} {self.year}"


class PartyChange(models.Model):
    """A party that leaves by the addendum, or an association or unit that joins by it.

    Who joins becomes a `Party` when the addendum is to be signed, since it signs too.
    """

    addendum = models.ForeignKey(Addendum, on_delete=models.PROTECT, related_name="party_changes")
    leaving = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    association = models.ForeignKey(
        Association, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = OfAddendumQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(leaving__isnull=False, association=None, unit=None)
                | Q(leaving=None, association__isnull=False, unit=None)
                | Q(leaving=None, association=None, unit__isnull=False),
                name="iop_party_change_is_one_of_three",
            ),
            models.UniqueConstraint(
                fields=["addendum", "leaving"],
                condition=Q(leaving__isnull=False),
                name="iop_party_leaves_once",
            ),
            models.UniqueConstraint(
                fields=["addendum", "association"],
                condition=Q(association__isnull=False),
                name="iop_association_joins_once",
            ),
            models.UniqueConstraint(
                fields=["addendum", "unit"], condition=Q(unit__isnull=False), name="iop_unit_joins_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.addendum_id}: {self.name}"

    @property
    def joins(self) -> bool:
        return self.leaving_id is None

    @property
    def name(self) -> str:
        return str(self.leaving or self.association or self.unit)

"""The clauses of an agreement: the city's standard texts, the parties' wording, comments and who said yes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from iop.models.agreements import Agreement, OfAgreementQuerySet, Party
from iop.models.lists import ListQuerySet
from portal.registry.models import Immutable, WrittenOnce


class StandardClauseQuerySet(ListQuerySet):
    def in_force(self, day: Any) -> list[StandardClause]:
        """The latest wording of each clause on a day, in order; a clause that was taken away is left out."""
        latest: dict[int, StandardClause] = {}
        for row in self.filter(valid_from__lte=day).order_by("number", "valid_from", "pk"):
            latest[row.number] = row
        return [row for row in latest.values() if row.is_active]


class StandardClause(models.Model):
    """The city's standard text of a clause from a day on (handbook 8.4); agreements copy it and go on alone.

    `key` names what Samspel prints under the text by itself: the parties, goals, contributions, the budget,
    the groups, the signatures.
    """

    number = models.PositiveSmallIntegerField(_("Number"))
    key = models.SlugField(_("Key"), max_length=40)
    heading = models.CharField(_("Heading"), max_length=150)
    text = models.TextField(_("Standard text"), blank=True)
    help_sv = models.TextField(_("Help, in Swedish"), blank=True)
    help_en = models.TextField(_("Help, in English"), blank=True)
    is_compulsory = models.BooleanField(_("Must have a text"), default=False)
    is_active = models.BooleanField(_("In use"), default=True)
    valid_from = models.DateField(_("From"))

    objects = StandardClauseQuerySet.as_manager()

    class Meta:
        ordering = ["number", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["number", "valid_from"], name="iop_one_standard_clause_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.heading}"


class Clause(models.Model):
    """One clause as the parties have it now; each save keeps the earlier wording as a `ClauseVersion`."""

    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="clauses")
    number = models.PositiveSmallIntegerField()
    key = models.SlugField(max_length=40)
    heading = models.CharField(max_length=150)
    text = models.TextField(blank=True)
    standard = models.ForeignKey(
        StandardClause, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="iop_clause_number"),
            models.UniqueConstraint(fields=["agreement", "key"], name="iop_clause_key"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.heading}"


class OfClauseQuerySet(OfAgreementQuerySet):
    path = "clause__agreement"


class WrittenOnClauseQuerySet(Immutable):
    def visible_to(self, user: Any) -> WrittenOnClauseQuerySet:
        """Seen by whoever sees the agreement."""
        return self.filter(clause__agreement__in=Agreement.objects.visible_to(user))


class ClauseVersion(WrittenOnce):
    """A wording that a clause has had, the first one and the present one too."""

    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField(blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = WrittenOnClauseQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["clause", "number"], name="iop_clause_version_once")]

    def __str__(self) -> str:
        return f"{self.clause_id} v{self.number}"


class ClauseComment(models.Model):
    """What somebody says on a clause, or another wording that they suggest."""

    class Fate(models.TextChoices):
        OPEN = "oppen", _("Open")
        TAKEN = "antagen", _("Taken into the text")
        LEFT = "lamnad", _("Left as it is")
        DONE = "klar", _("Talked through")

    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="comments")
    party = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("Comment"), blank=True)
    suggestion = models.TextField(_("Suggested wording"), blank=True)
    on_version = models.PositiveIntegerField(help_text=_("The clause's version that it speaks of."))
    fate = models.CharField(max_length=20, choices=Fate.choices, default=Fate.OPEN)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = OfClauseQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text="") | ~Q(suggestion=""), name="iop_comment_says_something"
            ),
            models.CheckConstraint(
                condition=Q(fate="oppen", settled_by=None, settled_at=None)
                | (~Q(fate="oppen") & Q(settled_by__isnull=False, settled_at__isnull=False)),
                name="iop_comment_settled_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clause_id}: {self.text[:40]}"


class ClauseConsent(WrittenOnce):
    """A party's yes to one wording of a clause; another wording asks for another yes."""

    clause = models.ForeignKey(Clause, on_delete=models.PROTECT, related_name="consents")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="consents")
    version = models.PositiveIntegerField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = WrittenOnClauseQuerySet.as_manager()

    class Meta:
        ordering = ["given_at"]
        constraints = [
            models.UniqueConstraint(fields=["clause", "party", "version"], name="iop_one_yes_a_wording")
        ]

    def __str__(self) -> str:
        return f"{self.clause_id} v{self.version}: {self.party_id}"

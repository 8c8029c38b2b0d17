"""The conditions that an association confirms, in versions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from grants.models.associations import Association
from grants.models.facts import OfAssociationQuerySet
from portal.registry.models import Authority


@dataclass(frozen=True)
class Condition:
    """One condition in the reader's language."""

    title: str
    text: str


class ConditionsStatementQuerySet(models.QuerySet["ConditionsStatement"]):
    def visible_to(self, user: Any) -> ConditionsStatementQuerySet:
        """The city's conditions are public."""
        return self

    def in_force(self, authority: Authority, day: date) -> ConditionsStatement | None:
        """The version that counted on a day, or none before the first."""
        return self.filter(authority=authority, valid_from__lte=day).order_by("-valid_from").first()


class ConditionsStatement(models.Model):
    """One version of the city's democracy conditions (demokrativillkor) for grants.

    `conditions` is a list of {"key", "title_sv", "text_sv", "title_en", "text_en"}. A version that someone
    has confirmed is never changed: a new wording is a new version.
    """

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="conditions_statements")
    version = models.PositiveSmallIntegerField(_("Version"))
    valid_from = models.DateField(_("In force from"))
    conditions = models.JSONField()

    objects = ConditionsStatementQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "version"], name="grants_statement_version_once"),
            models.UniqueConstraint(
                fields=["authority", "valid_from"], name="grants_statement_one_from_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority_id} version {self.version}"

    @property
    def in_words(self) -> list[Condition]:
        language = "en" if translation.get_language() == "en" else "sv"
        return [Condition(row[f"title_{language}"], row[f"text_{language}"]) for row in self.conditions]


class StatementConfirmation(models.Model):
    """That an association follows a version of the conditions, who said so and when."""

    association = models.ForeignKey(
        Association, on_delete=models.PROTECT, related_name="statement_confirmations"
    )
    statement = models.ForeignKey(ConditionsStatement, on_delete=models.PROTECT, related_name="confirmations")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(default=timezone.now, editable=False)
    explanation = models.TextField(_("Explanation"), blank=True)

    objects = OfAssociationQuerySet.as_manager()

    class Meta:
        ordering = ["-confirmed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["association", "statement"], name="grants_statement_confirmed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.association_id} {self.statement_id}"

"""What the officers' search and filters look in: one row per sent application, never a draft.

`grants.received.searching` writes the rows, in the transaction that sends, completes or decides.
"""

from __future__ import annotations

from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from grants.models.applications import Application, OfApplicationQuerySet


class SearchText(models.Model):
    """The words of a sent application as the database searches them.

    PostgreSQL has search vectors with a GIN index of their own (see the migration); other databases
    compare word stems. What stands in the protected columns is searched for those who may see it.
    """

    application = models.OneToOneField(
        Application, on_delete=models.PROTECT, primary_key=True, related_name="search_text"
    )
    vector = SearchVectorField(null=True, editable=False)
    #: Only names, numbers, titles and decisions: so short that a thousand are ranked in no time.
    head_vector = SearchVectorField(null=True, editable=False)
    protected_vector = SearchVectorField(null=True, editable=False)
    stems = models.TextField(blank=True, editable=False)
    protected_stems = models.TextField(blank=True, editable=False)
    decision = models.TextField(blank=True, help_text=_("What was decided and why, in words."))
    likeness = models.BigIntegerField(
        default=0,
        help_text=_("Close for texts that are nearly equal; 0 is no text."),
    )

    objects = OfApplicationQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.application_id}"


class TargetGroup(models.Model):
    """One target group that a sent application named, so that the queue can be narrowed by it."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="target_groups")
    code = models.CharField(max_length=40)

    objects = OfApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "application"], name="grants_target_group_once")
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.code}"

"""What the public register says of a record, and marks that warn of secrecy.

Offentlighets- och sekretesslagen (OSL) 5:2: date and registry number always stand in the register; sender
or receiver and the brief content may be left out. 5:5: a mark is a warning to whoever gets a request, no
decision.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.people import rules
from portal.registry.models.cases import Case
from portal.registry.models.records import Record
from portal.registry.rules import registrar


class OfSeenCaseQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Any:
        """The registrar's and the administration's, for the cases they may see."""
        if not (registrar(user) or rules.administration(user)):
            return self.none()
        return self.filter(case__in=Case.objects.visible_to(user))


class RegisterEntryQuerySet(models.QuerySet["RegisterEntry"]):
    def visible_to(self, user: Any) -> RegisterEntryQuerySet:
        """What the registrar wrote for the public register, for whoever sees the record in its case."""
        return self.filter(record__in=Record.objects.visible_to(user))


class RegisterEntry(models.Model):
    """What a registrar wrote for the public register instead of what Samspel says by itself."""

    record = models.OneToOneField(Record, on_delete=models.PROTECT, related_name="register_entry")
    brief = models.CharField(_("Brief content"), max_length=200, blank=True)
    counterpart = models.CharField(_("From or to"), max_length=200, blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    objects = RegisterEntryQuerySet.as_manager()

    def __str__(self) -> str:
        return self.brief or f"{self.record_id}"


class SecrecyMarkQuerySet(OfSeenCaseQuerySet):
    def standing(self) -> SecrecyMarkQuerySet:
        return self.filter(lifted_at=None)


class SecrecyMark(models.Model):
    """A warning that a case, or one record of it, may hold something secret. It decides nothing."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="secrecy_marks")
    record = models.ForeignKey(
        Record,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="secrecy_marks",
        verbose_name=_("Only this record"),
    )
    paragraph = models.CharField(_("Chapter and section of the law (OSL)"), max_length=60)
    reason = models.CharField(_("Why"), max_length=300)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now, editable=False)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = SecrecyMarkQuerySet.as_manager()

    class Meta:
        ordering = ["-set_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="registry_mark_lifted_by_someone",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.paragraph}"

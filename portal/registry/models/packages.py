"""Files that a worker makes of the register: archive packages of cases, and extracts about a person."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.documents.leases import WorkQuerySet, WorkRow
from portal.documents.models import StoredFile
from portal.registry.models.cases import Case
from portal.registry.rules import exports_personal_data, registrar


class PackageState(models.TextChoices):
    ORDERED = "ordered", _("Ordered")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Needs hands")


class MadeFile(WorkRow):
    """Base of a file that a worker makes and a person fetches."""

    WAITING_STATES = frozenset({PackageState.ORDERED})

    state = models.CharField(max_length=20, choices=PackageState.choices, default=PackageState.ORDERED)
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    ordered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True
        ordering = ["-ordered_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(file__isnull=False),
                name="%(app_label)s_%(class)s_ready_has_file",
            ),
            models.CheckConstraint(
                condition=Q(state__in=PackageState.values), name="%(app_label)s_%(class)s_state_known"
            ),
        ]

    @property
    def is_ready(self) -> bool:
        return self.state == PackageState.READY


class ArchivePackageQuerySet(WorkQuerySet["ArchivePackage"]):
    def visible_to(self, user: Any) -> ArchivePackageQuerySet:
        """The registrar's, for the cases they may see."""
        return self.filter(case__in=Case.objects.visible_to(user)) if registrar(user) else self.none()


class ArchivePackage(MadeFile):
    """An E-ARK SIP of one closed case, to hand over to the archive."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="archive_packages")
    identifier = models.UUIDField(default=uuid4, unique=True, editable=False)

    objects = ArchivePackageQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.case_id} {self.identifier}"


class SubjectExportQuerySet(WorkQuerySet["SubjectExport"]):
    def visible_to(self, user: Any) -> SubjectExportQuerySet:
        """The person's own, and for registrar and data protection officer those made for others.

        What somebody ordered about themselves holds their drafts too: nobody else opens it.
        """
        if not user.is_authenticated:
            return self.none()
        own = Q(person_id=user.pk)
        return self.filter(own | ~Q(ordered_by=F("person")) if exports_personal_data(user) else own)


class SubjectExport(MadeFile):
    """All that is stored about one person, as a zip with a PDF and JSON (GDPR article 15)."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = SubjectExportQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.person_id} {self.ordered_at:%Y-%m-%d}"

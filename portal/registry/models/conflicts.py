"""Conflicts of interest (jäv): what people declare on cases."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from portal.people import rules
from portal.registry.models.cases import Case
from portal.registry.models.events import Event


class ConflictOfInterestQuerySet(models.QuerySet["ConflictOfInterest"]):
    def visible_to(self, user: Any) -> ConflictOfInterestQuerySet:
        """A person sees their own declarations; the administration those of cases it may see."""
        if not user.is_authenticated:
            return self.none()
        own = models.Q(user_id=user.pk)
        if rules.administration(user):
            return self.filter(own | models.Q(case__in=Case.objects.visible_to(user)))
        return self.filter(own)

    def declared_by(self, user: Any) -> ConflictOfInterestQuerySet:
        return self.filter(user_id=user.pk, has_conflict=True)


class ConflictOfInterest(models.Model):
    """One person's declaration on one case: a conflict of interest (jäv), or none."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="declarations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="declarations")
    has_conflict = models.BooleanField()
    note = models.CharField(max_length=300, blank=True)
    declared_at = models.DateTimeField(default=timezone.now)

    objects = ConflictOfInterestQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="registry_declared_once_a_case")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.case_id}: {self.has_conflict}"


def declare(case: Case, user: Any, *, has_conflict: bool, note: str = "") -> ConflictOfInterest:
    """Record what the person declares; the last declaration counts and each is an event."""
    with transaction.atomic():
        declaration, _created = ConflictOfInterest.objects.update_or_create(
            case=case,
            user=user,
            defaults={"has_conflict": has_conflict, "note": note, "declared_at": timezone.now()},
        )
        case.log(Event.Kind.CONFLICT if has_conflict else Event.Kind.NO_CONFLICT, by=user)
    return declaration


def has_declared(case: Case, user: Any) -> bool:
    """Whether the person has said that they have no conflict of interest in this case."""
    return case.declarations.filter(user=user, has_conflict=False).exists()

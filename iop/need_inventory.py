"""The inventory of common needs: what units have published, and what associations said they could do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from iop.models import CivilRole, Need
from portal.documents.spreadsheets import Cell, Column

CHUNK = 200


def published(user: Any) -> QuerySet[Need]:
    """Published needs by area, open ones first, with how many answered in which role."""
    answered = {
        f"answered_{role}": Count("answers", filter=Q(answers__role=role), distinct=True)
        for role in CivilRole.values
    }
    return (
        Need.objects.visible_to(user)
        .exclude(published_at=None)
        .select_related("unit", "area")
        .prefetch_related("target_groups")
        .annotate(**answered)
        .order_by("area__position", F("closed_at").desc(nulls_first=True), "-published_at", "pk")
    )


def columns() -> list[Column]:
    return [
        Column(_("Area"), 28),
        Column(_("Unit"), 28),
        Column(_("What is missing"), 40),
        Column(_("As residents meet it"), 60),
        Column(_("What the unit can contribute"), 40),
        Column(_("Whom it is about"), 40),
        Column(_("Published"), 12),
        Column(_("Closed"), 12),
        Column(_("How it went"), 40),
        *(Column(str(role.label), 14) for role in CivilRole),
    ]


class InventoryRows:
    """Chunks of rows of the sheet, in the order of the page."""

    def __init__(self, user: Any) -> None:
        self.user = user

    def __iter__(self) -> Iterator[list[list[Cell]]]:
        keys = list(published(self.user).values_list("pk", flat=True))
        for start in range(0, len(keys), CHUNK):
            yield [_row(need) for need in published(self.user).filter(pk__in=keys[start : start + CHUNK])]


def _row(need: Need) -> list[Cell]:
    return [
        need.area.name,
        str(need.unit),
        need.title,
        need.text,
        need.contributes,
        ", ".join(group.name for group in need.target_groups.all()),
        timezone.localdate(need.published_at) if need.published_at else None,
        timezone.localdate(need.closed_at) if need.closed_at else None,
        need.closing_words,
        *(getattr(need, f"answered_{role}") for role in CivilRole.values),
    ]

"""Co-operations in lists: with the latest level and day of each, whoever looks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery

from grants.models import Association
from iop.models import Cooperation, CooperationEntry, Level
from portal.people import rules
from portal.people.models import Unit


def listed(user: Any) -> QuerySet[Cooperation]:
    """What the person sees, the latest first, with how many entries, the last day, and its level."""
    latest = CooperationEntry.objects.filter(cooperation=OuterRef("pk")).order_by("-on", "-pk")
    return (
        Cooperation.objects.visible_to(user)
        .select_related("association", "unit")
        .annotate(
            number=Count("entries"),
            last_on=Max("entries__on"),
            last_level=Subquery(latest.values("level")[:1]),
        )
        .order_by("-last_on", "pk")
    )


def with_levels(rows: Iterable[Any]) -> list[tuple[Any, str]]:
    """Rows of `listed`, each with the name of its latest level; none where nothing is written."""
    levels = Level.objects.in_bulk()
    return [(row, levels[row.last_level].name if row.last_level else "") for row in rows]


def associations_of(user: Any) -> QuerySet[Association]:
    """With which associations the person may begin a co-operation.

    A unit's contact chooses among those shown in the city's public register, those that have answered the
    unit's needs, and those in a co-operation or partnership with the unit.
    """
    if not rules.unit_contact(user) or rules.case_officer(user):
        return Association.objects.visible_to(user)
    own = Unit.objects.with_contact(user).values("pk")
    known = (
        Association.objects.filter(open_in_register=True)
        | Association.objects.filter(need_answers__need__unit__in=own)
        | Association.objects.filter(cooperations__unit__in=own)
        | Association.objects.filter(partnerships__agreement__parties__unit__in=own)
    )
    return Association.objects.filter(pk__in=known.values("pk"))


def units_of(user: Any) -> QuerySet[Unit]:
    """With which units the person may begin a co-operation: a contact's own, any for the others."""
    units = Unit.objects.visible_to(user).filter(is_active=True)
    if rules.unit_contact(user) and not rules.case_officer(user):
        return units.with_contact(user)
    return units

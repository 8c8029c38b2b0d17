"""What the committee opens in the rooms below: cases on published agendas, documents of readable packs."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from portal.committee.models import Matter, MatterLine, Pack, PackPart
from portal.people import rules


def cases_in_published_packs(user: Any) -> Q:
    """Chair and members see the cases of the matters they may read."""
    if not rules.committee_reader(user):
        return Q(pk__in=[])
    matters = Matter.objects.visible_to(user)
    return Q(pk__in=matters.values("case")) | Q(
        pk__in=MatterLine.objects.filter(matter__in=matters).values("case")
    )


def documents_in_readable_packs(user: Any) -> Q:
    return Q(pk__in=PackPart.objects.visible_to(user).values("document"))


def files_of_readable_packs(user: Any) -> Q:
    return Q(pk__in=Pack.objects.visible_to(user).exclude(file=None).values("file")) | Q(
        pk__in=PackPart.objects.visible_to(user).exclude(document__file=None).values("document__file")
    )

"""From case to case: the applications before and after one in its call that an officer may assess."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from grants.models import Application, Lateness
from grants.states import OPEN_STATES


@dataclass(frozen=True)
class Neighbours:
    """By registry number; each with association, case and, where it is begun, `assessment`."""

    previous: Application | None
    next: Application | None


def neighbours(application: Application, user: Any) -> Neighbours:
    """Of what is still being worked with in the call, as far as `user` may see it; two queries."""
    case = application.received_case
    others = (
        Application.objects.visible_to(user)
        .filter(call=application.call_id, state__in=sorted(OPEN_STATES))
        .exclude(lateness=Lateness.WAITING)
        .select_related("association", "case", "assessment")
    )
    before = Q(case__year__lt=case.year) | Q(case__year=case.year, case__number__lt=case.number)
    after = Q(case__year__gt=case.year) | Q(case__year=case.year, case__number__gt=case.number)
    return Neighbours(
        others.filter(before).order_by("-case__year", "-case__number").first(),
        others.filter(after).order_by("case__year", "case__number").first(),
    )

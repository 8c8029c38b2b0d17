"""The round that a page is about, and who may share its money."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from assessments.models import Scenario
from grants.models import Call


def round_of(request: HttpRequest, call_id: int) -> Call:
    """A call whose applications are decided together; anything else is 404."""
    return get_object_or_404(
        Call.objects.visible_to(request.user).filter(closes_at__isnull=False).select_related("authority"),
        pk=call_id,
    )


def scenario_of(request: HttpRequest, call: Call, scenario_id: int) -> Scenario:
    """One of the round's scenarios; anything else is 404."""
    scenario: Scenario = get_object_or_404(
        Scenario.objects.visible_to(request.user).filter(call=call).select_related("created_by"),
        pk=scenario_id,
    )
    scenario.call = call
    return scenario

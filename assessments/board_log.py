"""What has been done with a round's money: scenarios chosen, and amounts changed on the board."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from assessments.models import AmountChange, Assessment, Scenario, ScenarioChoice
from grants.models import Call

#: Shown on a page; what is older is still kept, and stands in each case's events.
NEWEST = 40


def choices(call: Call, user: Any) -> QuerySet[ScenarioChoice]:
    """Who chose which scenario, when and why; the newest first, and that one counts."""
    return (
        ScenarioChoice.objects.visible_to(user).filter(scenario__call=call).select_related("scenario", "by")
    )


def newest_changes(call: Call, user: Any, scenario: Scenario | None = None) -> QuerySet[AmountChange]:
    """Amounts changed in the proposal, or in a scenario, of what `user` may see."""
    shown = Assessment.objects.visible_to(user).filter(application__call=call)
    return (
        AmountChange.objects.visible_to(user)
        .filter(scenario=scenario, application__in=shown.values("application"))
        .select_related("application__association", "by")[:NEWEST]
    )

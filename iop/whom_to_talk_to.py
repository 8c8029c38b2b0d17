"""Whom to talk to about which target group and in which area, so that nobody has to guess whom to call."""

from __future__ import annotations

from typing import Any

from iop.models import TargetGroup, UnitProfile


def profiles(user: Any, *, area: str = "", group: str = "") -> list[UnitProfile]:
    """The contacts of units in use, by area and name, narrowed by codes; two queries."""
    found = UnitProfile.objects.visible_to(user).filter(unit__is_active=True)
    if area:
        found = found.filter(area__code=area)
    if group:
        found = found.filter(target_groups__code=group)
    found = found.select_related("unit", "area").prefetch_related("target_groups")
    return list(found.order_by("area__position", "unit__name"))


def by_group(
    found: list[UnitProfile], groups: list[TargetGroup]
) -> list[tuple[TargetGroup, list[UnitProfile]]]:
    """The groups in the order of their list, each with the units that work with it."""
    rows = []
    for group in groups:
        units = [profile for profile in found if group in profile.target_groups.all()]
        if units:
            rows.append((group, units))
    return rows

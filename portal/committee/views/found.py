"""The meeting or item that an address names, as far as the person may work with it; else 404."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from portal.committee.models import AgendaItem, Matter, Meeting


def meeting_or_404(request: HttpRequest, meeting_id: int) -> Meeting:
    meetings = Meeting.objects.visible_to(request.user).select_related("committee__authority")
    return get_object_or_404(meetings, pk=meeting_id)


def item_or_404(request: HttpRequest, item_id: int) -> AgendaItem:
    """An item whose whole matter the person may see: a conflict of interest hides it."""
    items = AgendaItem.objects.visible_to(request.user).filter(
        matter__in=Matter.objects.wholly_visible_to(request.user)
    )
    return get_object_or_404(
        items.select_related(
            "meeting__committee__authority",
            "matter__case",
            "matter__chairs_proposal",
            "decision__extract__file",
        ),
        pk=item_id,
    )

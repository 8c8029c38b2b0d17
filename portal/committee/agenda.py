"""Putting matters on a meeting's agenda."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from portal.committee.models import AgendaItem, Matter, MatterState, Meeting
from portal.registry.models import Event


class CannotChangeAgenda(Exception):
    """The agenda cannot be changed so; the message tells the secretary why."""


def put_on_agenda(matter: Matter, meeting: Meeting, by: Any) -> AgendaItem:
    """Put a matter last on the agenda. Raises CannotChangeAgenda unless it is free and the same committee's."""
    with transaction.atomic():
        Meeting.objects.select_for_update().get(pk=meeting.pk)
        if matter.committee_id != meeting.committee_id:
            raise CannotChangeAgenda(_("The matter belongs to another committee."))
        if not Matter.objects.free().filter(pk=matter.pk).update(state=MatterState.ON_AGENDA):
            raise CannotChangeAgenda(_("The matter already stands on an agenda or is decided."))
        matter.state = MatterState.ON_AGENDA
        last = meeting.agenda.aggregate(last=Max("position"))["last"] or 0
        item = AgendaItem.objects.create(meeting=meeting, matter=matter, position=last + 1)
        matter.case.log(Event.Kind.ON_AGENDA, by=by, detail=meeting.date.isoformat())
    return item


def take_off_agenda(item: AgendaItem) -> None:
    """Take a matter off an agenda that no pack has been published for."""
    with transaction.atomic():
        meeting = Meeting.objects.select_for_update().get(pk=item.meeting_id)
        if meeting.packs.filter(published_at__isnull=False).exists():
            raise CannotChangeAgenda(_("The pack is published. A matter in it is tabled or referred back."))
        Matter.objects.filter(pk=item.matter_id, state=MatterState.ON_AGENDA).update(
            state=MatterState.PREPARED
        )
        item.delete()

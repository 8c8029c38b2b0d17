"""Putting matters on a meeting's agenda."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from portal.committee.models import AgendaItem, Decision, Matter, MatterState, Meeting, PackPart
from portal.committee.refused import Refused
from portal.registry.models import Event


class CannotChangeAgenda(Refused):
    """The agenda cannot be changed so; the message tells the secretary why."""


def put_on_agenda(matter: Matter, meeting: Meeting, by: Any) -> AgendaItem:
    """Put a matter last on the agenda.

    Raises CannotChangeAgenda unless it is free, the same committee's, and new to this agenda.
    """
    with transaction.atomic():
        Meeting.objects.select_for_update().get(pk=meeting.pk)
        if matter.committee_id != meeting.committee_id:
            raise CannotChangeAgenda(_("The matter belongs to another committee."))
        if meeting.agenda.filter(matter=matter).exists():
            raise CannotChangeAgenda(_("The matter already stands on this agenda."))
        if not Matter.objects.free().filter(pk=matter.pk).update(state=MatterState.ON_AGENDA):
            raise CannotChangeAgenda(_("The matter already stands on an agenda or is decided."))
        matter.state = MatterState.ON_AGENDA
        last = meeting.agenda.aggregate(last=Max("position"))["last"] or 0
        item = AgendaItem.objects.create(meeting=meeting, matter=matter, position=last + 1)
        matter.case.log(Event.Kind.ON_AGENDA, by=by, detail=meeting.date.isoformat())
    return item


def take_off_agenda(item: AgendaItem) -> None:
    """Take a matter off an agenda, unless the members have been told of it or it is decided.

    What stands in a published pack is dealt with at the meeting: it is tabled or referred back.
    """
    with transaction.atomic():
        Meeting.objects.select_for_update().get(pk=item.meeting_id)
        matter = Matter.objects.select_for_update().get(pk=item.matter_id)
        if Decision.objects.filter(agenda_item=item).exists():
            raise CannotChangeAgenda(_("A decision is recorded for this item."))
        if PackPart.objects.filter(
            pack__meeting=item.meeting_id, pack__published_at__isnull=False, matter=matter
        ).exists():
            raise CannotChangeAgenda(_("The pack is published. A matter in it is tabled or referred back."))
        deleted, _rows = AgendaItem.objects.filter(pk=item.pk).delete()
        if deleted:
            was_tabled = matter.decisions.exists()
            matter.state = MatterState.TABLED if was_tabled else MatterState.PREPARED
            matter.save(update_fields=["state"])

"""The meeting and its agenda: planning it, its matters and their order, and the summons that locks it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.committee.delegation import report_to
from portal.committee.models import (
    AgendaItem,
    Committee,
    Decision,
    Matter,
    MatterState,
    Meeting,
    Pack,
    PackPart,
    StandingItem,
)
from portal.committee.refused import Refused
from portal.committee.report_review import refuse_unless_approved
from portal.committee.seats_mail import tell_of_summons
from portal.committee.seen import mark
from portal.registry.models import Event

#: What every meeting begins with, until the secretary writes something else.
STANDING_ITEMS = ("Upprop", "Val av justerare", "Anmälan av jäv", "Fastställande av dagordning")
#: The last day for papers, before the meeting.
PAPERS_DUE = timedelta(days=10)


class CannotChangeAgenda(Refused):
    """The agenda cannot be changed so; the message tells the secretary why."""


@dataclass(frozen=True)
class MeetingFacts:
    """When and where a meeting is, and until when papers may come."""

    starts_at: datetime
    place: str
    remote_link: str = ""
    papers_due_on: date | None = None


def meeting_mark(meeting: Meeting) -> str:
    """Changes when anything that the secretary writes of a meeting does."""
    return mark(
        meeting.starts_at,
        meeting.place,
        meeting.remote_link,
        meeting.papers_due_on,
        *meeting.standing_items.values_list("title", flat=True),
    )


def plan_meeting(
    committee: Committee, facts: MeetingFacts, standing: Sequence[str] = STANDING_ITEMS
) -> Meeting:
    """Plan a meeting with its standing items; papers are due ten days before unless told otherwise."""
    with transaction.atomic():
        meeting = Meeting(committee=committee, **vars(facts))
        if meeting.papers_due_on is None:
            meeting.papers_due_on = meeting.date - PAPERS_DUE
        meeting.save()
        _write_standing(meeting, standing)
    return meeting


def change_meeting(meeting: Meeting, facts: MeetingFacts, standing: Sequence[str], *, seen: str) -> None:
    """Change when and where a meeting is and what it begins with; `seen` is the `meeting_mark` of the page.

    Raises CannotChangeAgenda when somebody else changed it meanwhile, and once the summons has gone out
    when the day, the time or the standing items would change: people have it in their calendars.
    """
    with transaction.atomic():
        held = Meeting.objects.select_for_update().get(pk=meeting.pk)
        if meeting_mark(held) != seen:
            raise CannotChangeAgenda(
                _("Somebody else has changed the meeting. Compare with what it says now, and save.")
            )
        same_standing = list(held.standing_items.values_list("title", flat=True)) == list(standing)
        if held.is_summoned and (held.starts_at != facts.starts_at or not same_standing):
            raise CannotChangeAgenda(
                _("The summons has gone out: the day, the time and the standing items stand.")
            )
        for field, value in vars(facts).items():
            setattr(held, field, value)
        held.save()
        if not same_standing:
            _write_standing(held, standing)


def put_on_agenda(matter: Matter, meeting: Meeting, by: Any) -> AgendaItem:
    """Put a matter last among the agenda's public matters.

    After the summons it belongs to a supplement, with a number and papers of its own. Raises
    CannotChangeAgenda unless it is free, the same committee's, and new to this agenda, and AwaitsApproval
    before a head has approved its report.
    """
    with transaction.atomic():
        # The summons may have gone out since the page with the form was shown.
        meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
        if matter.committee_id != meeting.committee_id:
            raise CannotChangeAgenda(_("The matter belongs to another committee."))
        if meeting.agenda.filter(matter=matter).exists():
            raise CannotChangeAgenda(_("The matter already stands on this agenda."))
        refuse_unless_approved(matter)
        if not Matter.objects.free().filter(pk=matter.pk).update(state=MatterState.ON_AGENDA):
            raise CannotChangeAgenda(_("The matter already stands on an agenda or is decided."))
        matter.state = MatterState.ON_AGENDA
        last = meeting.agenda.aggregate(last=Max("position"))["last"] or 0
        item = AgendaItem.objects.create(
            meeting=meeting, matter=matter, position=last + 1, supplement=_open_supplement(meeting)
        )
        _number_anew(meeting)
        item.refresh_from_db(fields=["position"])
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
        if Meeting.objects.get(pk=item.meeting_id).is_summoned and not item.supplement:
            raise CannotChangeAgenda(
                _("The summons has gone out. A matter in it is tabled or referred back at the meeting.")
            )
        deleted, _rows = AgendaItem.objects.filter(pk=item.pk).delete()
        if deleted:
            was_tabled = matter.decisions.exists()
            matter.state = MatterState.TABLED if was_tabled else MatterState.PREPARED
            matter.save(update_fields=["state"])


@dataclass(frozen=True)
class ItemFacts:
    """How a matter is dealt with: who presents it, when, and whether apart from the public ones."""

    presenter: str = ""
    due_at: time | None = None
    is_secret: bool = False


def item_mark(item: AgendaItem) -> str:
    """Changes when anything that the secretary writes of an item does."""
    return mark(item.presenter, item.due_at, item.is_secret)


def describe(item: AgendaItem, facts: ItemFacts, *, seen: str) -> None:
    """Write who presents an item, when, and whether it is secret; `seen` is the `item_mark` of the page.

    Raises CannotChangeAgenda when somebody else wrote it meanwhile, and when an item of a summons that has
    gone out would become secret or public: it would change its number.
    """
    with transaction.atomic():
        meeting = Meeting.objects.select_for_update().get(pk=item.meeting_id)
        held = AgendaItem.objects.get(pk=item.pk)
        if item_mark(held) != seen:
            raise CannotChangeAgenda(
                _("Somebody else has changed this item. Compare with what it says now, and save.")
            )
        if held.is_secret != facts.is_secret and not _may_move(meeting, held):
            raise CannotChangeAgenda(_("The summons has gone out. The item stays where it is on the agenda."))
        for field, value in vars(facts).items():
            setattr(held, field, value)
        held.save()
        _number_anew(meeting)


def move(item: AgendaItem, *, up: bool) -> bool:
    """Move an item one step among its like (public, secret, of one supplement); False at the end of them."""
    with transaction.atomic():
        meeting = Meeting.objects.select_for_update().get(pk=item.meeting_id)
        if not _may_move(meeting, item):
            raise CannotChangeAgenda(_("The summons has gone out, so the order of the agenda stands."))
        items = list(meeting.agenda.all())
        place = next(place for place, other in enumerate(items) if other.pk == item.pk)
        other = place - 1 if up else place + 1
        if not 0 <= other < len(items) or _group(items[other]) != _group(items[place]):
            return False
        items[place], items[other] = items[other], items[place]
        _write_positions(items)
    return True


def summon(meeting: Meeting, by: Any) -> int:
    """Send the summons: the agenda is locked with what is reported, and everyone with a seat is told.

    The mail carries no papers. Says how many were told; 0 when the summons had gone out before.
    """
    with transaction.atomic():
        held = Meeting.objects.select_for_update().select_related("committee__authority").get(pk=meeting.pk)
        if held.is_summoned:
            return 0
        if not held.agenda.exists():
            raise CannotChangeAgenda(_("Nothing stands on the agenda yet. Put a matter on it first."))
        held.summoned_at = timezone.now()
        held.save(update_fields=["summoned_at"])
        report_to(held)
        return tell_of_summons(held)


def _may_move(meeting: Meeting, item: AgendaItem) -> bool:
    """Whether an item's place is not yet told to the members."""
    return not meeting.is_summoned or item.supplement == _open_supplement(meeting)


def _open_supplement(meeting: Meeting) -> int:
    """The supplement that a late matter comes with: 0 before the summons, else the first unpublished."""
    if not meeting.is_summoned:
        return 0
    last = meeting.agenda.aggregate(last=Max("supplement"))["last"] or 0
    published = Pack.objects.filter(meeting=meeting, supplement=last, published_at__isnull=False).exists()
    return last + 1 if published or not last else last


def _group(item: AgendaItem) -> tuple[int, bool]:
    """Those of the summons before each supplement's, so that no number changes; secret ones last in each."""
    return (item.supplement, item.is_secret)


def _number_anew(meeting: Meeting) -> None:
    """Give the items their places: groups in order, within a group as they stood."""
    _write_positions(sorted(meeting.agenda.all(), key=lambda item: (_group(item), item.position)))


def _write_positions(items: Sequence[AgendaItem]) -> None:
    """Number items from 1; by way of free numbers, since no two may stand on one for a moment."""
    free = max((item.position for item in items), default=0) + len(items)
    moved = [(item, place) for place, item in enumerate(items, start=1) if item.position != place]
    for shift in (free, 0):
        for item, place in moved:
            AgendaItem.objects.filter(pk=item.pk).update(position=place + shift)


def _write_standing(meeting: Meeting, titles: Sequence[str]) -> None:
    meeting.standing_items.all().delete()
    StandingItem.objects.bulk_create(
        StandingItem(meeting=meeting, position=position, title=title)
        for position, title in enumerate(titles, start=1)
    )

"""What the committee's tests build: matters with lines and sheets, and packs made without a worker."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.test import Client
from django.utils import timezone

from portal.committee import appendices, approval, copies, pack, whole_minutes
from portal.committee.agenda import put_on_agenda
from portal.committee.models import (
    AgendaItem,
    Attendance,
    Committee,
    DecisionPoint,
    LineAmount,
    Matter,
    MatterAppendix,
    MatterLine,
    MatterSection,
    Meeting,
    Minutes,
    Pack,
    PackCopy,
    Presidium,
    Seat,
    SeatKind,
    Stage,
)
from portal.documents import work
from portal.documents.work import Source
from portal.people.models import Role, User
from tests.factories import CommitteeFactory, staff

YEARS = (2027, 2028)
#: A sheet with this text cannot be rendered: the fetcher of the PDFs opens nothing from outside.
BROKEN = '<img src="http://example.org/outside.png" alt="">'


def sheets(keys: Sequence[int]) -> dict[int, Source]:
    """The sheet of each line, as the rooms above make theirs."""
    lines = {line.pk: line for line in MatterLine.objects.filter(pk__in=keys)}
    return {
        key: Source(
            "prov",
            f"Blad {line.title}",
            f'<!doctype html><html lang="sv"><head><title>Blad</title></head><body><h1>{line.title}</h1>'
            f"{BROKEN if 'Trasig' in line.title else ''}</body></html>",
            numbered=False,
        )
        for key, line in lines.items()
    }


appendices.register("prov_sheet", sheets)


def make_matter(
    *names: str,
    title: str = "Fördelning av bidrag",
    amount: int = 100_000,
    committee: Committee | None = None,
) -> Matter:
    """A matter with a line and a sheet for each name, two points and one section."""
    committee = committee or CommitteeFactory.create()
    officer = staff(Role.CASE_OFFICER)
    matter = Matter.objects.create(
        committee=committee,
        case=committee.authority.open_case(public_title=title, by=officer),
        title=title,
        summary="Föreningar söker bidrag.\n\nFörvaltningen föreslår att de får det.",
        preparation="Ärendet är berett av handläggare.",
        send_to="Akt",
        created_by=officer,
    )
    MatterSection.objects.create(
        matter=matter, position=1, heading="Bakgrund", body="Text.\n\n- rad ett\n- rad två"
    )
    DecisionPoint.objects.write(
        matter,
        Stage.OFFICERS,
        [*(f"att bevilja {name} bidrag" for name in names), "att godkänna redovisningen"],
    )
    for position, name in enumerate(names, start=1):
        case = committee.authority.open_case(public_title=name, by=officer)
        line = MatterLine.objects.create(matter=matter, case=case, position=position, title=name)
        LineAmount.objects.bulk_create(
            LineAmount(line=line, stage=Stage.OFFICERS, year=year, amount=amount) for year in YEARS
        )
        MatterAppendix.objects.create(
            matter=matter,
            position=position,
            title=f"Blad: {name}",
            source="prov_sheet",
            key=line.pk,
            case=case,
        )
    return matter


def on_agenda(meeting: Meeting, *names: str, **fields: Any) -> AgendaItem:
    """A new matter, put on the meeting's agenda."""
    matter = make_matter(*names, committee=meeting.committee, **fields)
    return put_on_agenda(matter, meeting, staff(Role.SECRETARY))


def work_until_settled(made: Pack) -> Pack:
    """What workers do, one step after the other: order the parts, render them, put them together."""
    pack.advance(made.pk)
    for part in made.parts.all():
        work.render(part.document_id)
    Pack.objects.filter(pk=made.pk).update(due_at=timezone.now())
    pack.advance(made.pk)
    made.refresh_from_db()
    return made


def published_pack(meeting: Meeting) -> Pack:
    """A pack of the meeting, really made, and published."""
    made = work_until_settled(pack.request_pack(meeting, staff(Role.SECRETARY)))
    pack.publish(made)
    made.refresh_from_db()
    return made


def seats_for(meeting: Meeting) -> list[Seat]:
    """Chair and two members who serve at the meeting; those who sit there already are kept."""
    chair = Seat.objects.filter(committee=meeting.committee, presidium=Presidium.CHAIR).first()
    members = list(Seat.objects.filter(committee=meeting.committee, presidium="", kind=SeatKind.MEMBER)[:2])
    if chair is None:
        chair = Seat.objects.create(
            committee=meeting.committee,
            user=staff(Role.CHAIR, display_name="Ordförande 1"),
            kind=SeatKind.MEMBER,
            party="A",
            presidium=Presidium.CHAIR,
            valid_from=date(2020, 1, 1),
        )
    while len(members) < 2:
        members.append(
            Seat.objects.create(
                committee=meeting.committee,
                user=staff(Role.MEMBER, display_name=f"Ledamot {len(members) + 1}"),
                kind=SeatKind.MEMBER,
                party="B",
                order=len(members) + 1,
                valid_from=date(2020, 1, 1),
            )
        )
    for seat in (chair, *members):
        Attendance.objects.get_or_create(meeting=meeting, seat=seat, defaults={"is_serving": True})
    return [chair, *members]


def sent_minutes(meeting: Meeting, *, immediate: bool = False) -> Minutes:
    """The minutes of what is recorded, with one member chosen to approve, sent for approval."""
    _chair, member, _other = seats_for(meeting)
    written = whole_minutes.begin(meeting, immediate=immediate)
    written.approvers.set([member])
    whole_minutes.send_for_approval(written, staff(Role.SECRETARY))
    return written


def approve_minutes(meeting: Meeting, *, immediate: bool = False) -> Minutes:
    """The minutes of what is recorded, written, sent and approved by all who have to."""
    written = sent_minutes(meeting, immediate=immediate)
    chair, member, _other = seats_for(meeting)
    for person in (staff(Role.SECRETARY), chair.user, member.user):
        approval.approve(written, person, written.content_sha256)
    return written


def work_on_copies() -> None:
    """What workers do with the copies that wait: render their summonses, put them together."""
    for copy in PackCopy.objects.waiting():
        copies.advance(copy.pk)
        copy.refresh_from_db()
        if copy.summons:
            work.render(copy.summons.pk)
        PackCopy.objects.filter(pk=copy.pk).update(due_at=timezone.now())
        copies.advance(copy.pk)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client

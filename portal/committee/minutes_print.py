"""The minutes as they are printed: page one, paragraphs, what was reported, corrections. Swedish only.

Headings and their order are those of socialnämnden's own minutes. Kommunallagen 5:65–67 and 6:35 say what
must stand there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case as Choice
from django.db.models import IntegerField, Value, When
from django.template.loader import render_to_string
from django.utils import timezone, translation

from portal.committee.models import (
    ApprovalRole,
    Attendance,
    DelegationDecision,
    Meeting,
    Minutes,
    MinutesCorrection,
    MinutesParagraph,
    Presidium,
    Seat,
)
from portal.committee.passages import Printed, printed
from portal.documents.models import Document
from portal.documents.templatetags.swedish_text import swedish_date, swedish_moment, swedish_time
from portal.documents.work import Source, order

#: Who leads a meeting: the chair, or the vice chairs in their order.
_ORDER_OF_PRESIDIUM = (Presidium.CHAIR, Presidium.FIRST_VICE, Presidium.SECOND_VICE)
_PRESIDIUM_PRINTED = {
    Presidium.CHAIR: "ordförande",
    Presidium.FIRST_VICE: "förste vice ordförande",
    Presidium.SECOND_VICE: "andre vice ordförande",
}


@dataclass(frozen=True)
class Signature:
    """A line to sign on: who, as what, and when they approved from their own sign-in."""

    role: str
    name: str
    approved: str = ""


@dataclass(frozen=True)
class FrontPage:
    """Page one of the minutes, as `domain.md` 6.3 has it."""

    committee: str
    date: date
    place_and_time: str
    deciding: tuple[str, ...]
    others: tuple[str, ...]
    approvers: tuple[str, ...]
    approval_place: str
    paragraphs: str
    signatures: tuple[Signature, ...]
    notice_up_on: str
    notice_down_on: str
    kept_at: str


@dataclass(frozen=True)
class ParagraphPrinted:
    """One paragraph with its number, registry number, title and text."""

    number: int
    registry_number: str
    title: str
    passages: list[Printed]


def presiding_seat(meeting: Meeting) -> Seat | None:
    """Who led the meeting: the first of the presidium among those who served."""
    order_of = Choice(
        *(When(presidium=post, then=Value(place)) for place, post in enumerate(_ORDER_OF_PRESIDIUM)),
        output_field=IntegerField(),
    )
    serving = meeting.attendance.serving().values("seat")
    seats = Seat.objects.filter(pk__in=serving).exclude(presidium="").select_related("user")
    return seats.order_by(order_of).first()


def paragraph_range(numbers: Iterable[int]) -> str:
    """ "§ 4", "§§ 1–5" or "§§ 1–3, 5": the numbers in order, runs joined."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    written = ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
    one = len(runs) == 1 and len(runs[0]) == 1
    return f"{'§' if one else '§§'} {written}" if runs else ""


def front_page(minutes: Minutes) -> FrontPage:
    """Page one, from what was recorded and what the secretary wrote."""
    meeting = minutes.meeting
    attending = list(meeting.attendance.select_related("seat__user", "serves_for__user"))
    approvers = [str(seat) for seat in minutes.approvers.select_related("user")]
    numbers = minutes.paragraphs.values_list("decision__paragraph", flat=True)
    with translation.override("sv"):
        return FrontPage(
            committee=meeting.committee.name,
            date=meeting.date,
            place_and_time=f"{meeting.place}, klockan {_time_of(meeting)}",
            deciding=tuple(_as_deciding(row) for row in attending if row.is_serving),
            others=(
                *(f"{row.seat}, tjänstgör inte" for row in attending if not row.is_serving),
                *(line.strip() for line in minutes.others_present.splitlines() if line.strip()),
            ),
            approvers=tuple(approvers),
            approval_place=minutes.approval_place,
            paragraphs=paragraph_range(numbers),
            signatures=_signatures(minutes, approvers),
            notice_up_on=swedish_date(minutes.notice_up_on),
            notice_down_on=swedish_date(minutes.notice_down_on),
            kept_at=minutes.kept_at,
        )


def _time_of(meeting: Meeting) -> str:
    begun = swedish_time(meeting.opened_at or meeting.starts_at)
    return f"{begun}–{swedish_time(meeting.closed_at)}" if meeting.closed_at else begun


def _as_deciding(row: Attendance) -> str:
    """ "Ledamot 1 (A), ordförande", "Ersättare 1 (B), tjänstgör för Ledamot 4 (B)"."""
    seat = row.seat
    said = [str(seat)]
    if seat.presidium:
        said.append(_PRESIDIUM_PRINTED[Presidium(seat.presidium)])
    if row.serves_for:
        said.append(f"tjänstgör för {row.serves_for}")
    if row.is_remote:
        said.append("på distans")
    if row.arrived_at:
        said.append(f"från klockan {row.arrived_at:%H.%M}")
    if row.left_at:
        said.append(f"till klockan {row.left_at:%H.%M}")
    return ", ".join(said)


def _signatures(minutes: Minutes, approvers: Sequence[str]) -> tuple[Signature, ...]:
    """The lines of secretary, chair and approvers, signed where the minutes are approved."""
    given = {}
    if minutes.is_approved:
        given = {(row.role, row.person_id): row for row in minutes.approvals_that_count}
    chair = presiding_seat(minutes.meeting)
    secretary = next((row for row in given.values() if row.role == ApprovalRole.SECRETARY), None)
    lines = [Signature("Sekreterare", str(secretary.person) if secretary else "", _signed(secretary))]
    if chair is not None:
        lines.append(
            Signature("Ordförande", str(chair), _signed(given.get((ApprovalRole.CHAIR, chair.user_id))))
        )
    seats = minutes.approvers.select_related("user")
    lines += [
        Signature("Justerare", name, _signed(given.get((ApprovalRole.APPROVER, seat.user_id))))
        for seat, name in zip(seats, approvers, strict=True)
    ]
    return tuple(lines)


def _signed(approval: Any) -> str:
    return f"Godkänt med egen inloggning {swedish_moment(approval.at)}" if approval else ""


def paragraphs_printed(paragraphs: Iterable[MinutesParagraph]) -> list[ParagraphPrinted]:
    """Paragraphs for page or print; reads decision, matter and case of each."""
    return [
        ParagraphPrinted(
            paragraph.decision.paragraph,
            paragraph.decision.matter.case.registry_number,
            paragraph.decision.matter.title,
            printed(paragraph.text),
        )
        for paragraph in paragraphs
    ]


def reported(meeting: Meeting) -> list[DelegationDecision]:
    """The decisions by delegation that the meeting was told of."""
    return list(meeting.delegation_decisions.select_related("rule", "case"))


def minutes_source(minutes: Minutes) -> Source:
    """The printed minutes, in a constant number of queries."""
    meeting = minutes.meeting
    page = front_page(minutes)
    paragraphs = minutes.paragraphs.select_related("decision__matter__case")
    corrections = MinutesCorrection.objects.filter(minutes=minutes).select_related("decision", "by")
    elsewhere = (
        MinutesParagraph.objects.none()
        if minutes.is_immediate
        else MinutesParagraph.objects.filter(minutes__meeting=meeting, minutes__is_immediate=True)
    )
    heading = f"Protokoll {swedish_day(meeting.date)}"
    with translation.override("sv"):
        html = render_to_string(
            "pdf/protokoll.html",
            {
                "page": page,
                "kind": "Protokoll",
                "committee": page.committee,
                "date": swedish_date(meeting.date),
                "heading": heading,
                "is_immediate": minutes.is_immediate,
                "standing": [] if minutes.is_immediate else list(meeting.standing_items.all()),
                "reported": [] if minutes.is_immediate else reported(meeting),
                "paragraphs": paragraphs_printed(paragraphs),
                "elsewhere": paragraph_range(elsewhere.values_list("decision__paragraph", flat=True)),
                "corrections": corrections,
            },
        )
    return Source("protokoll", f"{page.committee}: {heading}", html)


def swedish_day(day: date) -> str:
    with translation.override("sv"):
        return swedish_date(day)


def order_print(minutes: Minutes) -> Document:
    """Order the minutes as a PDF with what is known now: signatures, notice, corrections."""
    return order(minutes_source(minutes))


def filename(minutes: Minutes) -> str:
    day = timezone.localtime(minutes.meeting.starts_at).date()
    kind = "protokoll-omedelbart-justerat" if minutes.is_immediate else "protokoll"
    return f"{kind}-{day.isoformat()}.pdf"

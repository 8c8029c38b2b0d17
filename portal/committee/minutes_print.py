"""The minutes as they are printed: page one, paragraphs, what was reported, corrections. Swedish only.

Headings and their order are those of socialnämnden's own minutes. Kommunallagen 5:65–67 and 6:35 say what
must stand there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.template.loader import render_to_string
from django.utils import timezone, translation

from portal.committee.models import (
    ApprovalRole,
    Attendance,
    DelegationDecision,
    Meeting,
    Minutes,
    MinutesApproval,
    MinutesCorrection,
    MinutesParagraph,
    Presidium,
)
from portal.committee.passages import Printed, printed
from portal.committee.phrases import paragraph_range, times
from portal.committee.said import attendance_of
from portal.committee.signing import Signing
from portal.documents.models import Document
from portal.documents.templatetags.swedish_text import swedish_date, swedish_moment, swedish_time
from portal.documents.work import Source, order

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


def front_page(minutes: Minutes) -> FrontPage:
    """Page one, from what was recorded and what the secretary wrote."""
    meeting = minutes.meeting
    attending = attendance_of(meeting)
    approvers = [str(seat) for seat in minutes.approvers.select_related("user")]
    numbers = minutes.paragraphs.values_list("decision__paragraph", flat=True)
    with translation.override("sv"):
        return FrontPage(
            committee=meeting.committee.name,
            date=meeting.date,
            place_and_time=f"{meeting.place}, klockan {_time_of(meeting)}",
            deciding=tuple(_as_deciding(row) for row in attending if row.is_serving),
            others=(
                *(
                    ", ".join([str(row.seat), "tjänstgör inte", *times(row)])
                    for row in attending
                    if not row.is_serving
                ),
                *(line.strip() for line in minutes.others_present.splitlines() if line.strip()),
            ),
            approvers=tuple(approvers),
            approval_place=minutes.approval_place,
            paragraphs=paragraph_range(numbers),
            signatures=_signatures(minutes),
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
    return ", ".join([*said, *times(row)])


#: The parts as the minutes print them.
_ROLES = {
    ApprovalRole.SECRETARY: "Sekreterare",
    ApprovalRole.CHAIR: "Ordförande",
    ApprovalRole.APPROVER: "Justerare",
}


def _signatures(minutes: Minutes) -> tuple[Signature, ...]:
    """A line for everybody who approves, with their paragraphs where others approve the rest."""
    return tuple(
        Signature(
            " ".join(filter(None, [_ROLES[ApprovalRole(signer.role)], signer.numbers])),
            signer.name if minutes.is_approved or signer.role != ApprovalRole.SECRETARY else "",
            _signed(signer.approval if minutes.is_approved else None),
        )
        for signer in Signing(minutes).signers
    )


def _signed(approval: MinutesApproval | None) -> str:
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

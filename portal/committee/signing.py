"""Who approves which paragraphs of the minutes: secretary, who chaired them, and approvers (justerare).

Nobody approves a paragraph that they have a conflict of interest in (kommunallagen 6:28–32). What the chair
stepped aside from is approved by who chaired it, and each paragraph by an approver who took part in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from portal.committee.models import (
    ApprovalRole,
    Attendance,
    Meeting,
    Minutes,
    MinutesApproval,
    MinutesParagraph,
    Recusal,
    Seat,
)
from portal.committee.phrases import paragraph_range
from portal.committee.said import Said, attendance_of, chairing
from portal.people import rules
from portal.registry.models import ConflictOfInterest


@dataclass(frozen=True)
class Signer:
    """Who has to approve: their part, their paragraphs, and their approval where it is given.

    Until a secretary has approved, any of them may: `person_id` is None and `name` empty. `paragraphs` are
    ids, `numbers` "§§ 1, 3–5" or empty for all paragraphs of the minutes.
    """

    role: str
    name: str
    person_id: int | None
    paragraphs: frozenset[int]
    numbers: str
    approval: MinutesApproval | None

    @property
    def role_name(self) -> str:
        return str(ApprovalRole(self.role).label)


@dataclass(frozen=True)
class Gap:
    """Paragraphs that nobody may approve in a part."""

    role: str
    numbers: str


@dataclass(frozen=True)
class _Paragraph:
    """Who has to do with one paragraph: who chaired it, and the ids of who served and who is barred."""

    number: int
    chair: Seat | None
    serving: frozenset[int]
    barred: frozenset[int]


class Signing:
    """The approval of some minutes as it stands; read at once, in a constant number of queries."""

    def __init__(self, minutes: Minutes) -> None:
        attendance = attendance_of(minutes.meeting)
        self._paragraphs = _paragraphs_of(minutes, attendance)
        self._approvers = list(minutes.approvers.select_related("user"))
        self._seats = {row.seat.user_id: row.seat for row in attendance}
        self._given: dict[tuple[str, int], list[MinutesApproval]] = defaultdict(list)
        for approval in minutes.approvals_that_count.prefetch_related("paragraphs"):
            self._given[approval.role, approval.person_id].append(approval)
        if minutes.is_approved:
            self.signers = self._who_signed()
            self.gaps: list[Gap] = []
        else:
            self._presiding = _presiding(attendance)
            self.signers = [*self._secretaries(), *self._chairs(), *self._chosen()]
            self.gaps = self._find_gaps()

    @property
    def is_complete(self) -> bool:
        """Whether every paragraph is approved in all three parts."""
        return not self.gaps and all(signer.approval for signer in self.signers)

    def asked_of(self, person: Any) -> list[Signer]:
        """What a person has still to approve: at most one row a part; empty when nothing is theirs to do."""
        theirs = [row for row in self.signers if row.approval is None and row.person_id == person.pk]
        others = {row.person_id for row in self.signers}
        waiting = next((row for row in self.signers if row.approval is None and row.person_id is None), None)
        if waiting is None or person.pk in others or not rules.secretary(person):
            return theirs
        free = {pk for pk in waiting.paragraphs if person.pk not in self._paragraphs[pk].barred}
        if waiting.paragraphs and not free:
            return theirs
        return [*theirs, self._signer(ApprovalRole.SECRETARY, str(person), person.pk, free)]

    def _who_signed(self) -> list[Signer]:
        order = list(ApprovalRole.values)
        return [
            self._signer(role, self._name(rows[-1]), person_id, _covered(rows))
            for (role, person_id), rows in sorted(self._given.items(), key=lambda row: order.index(row[0][0]))
        ]

    def _name(self, approval: MinutesApproval) -> str:
        """With the party for who has a seat, as the minutes name them."""
        seat = self._seats.get(approval.person_id)
        return str(seat if seat and approval.role != ApprovalRole.SECRETARY else approval.person)

    def _secretaries(self) -> list[Signer]:
        given = {key: rows for key, rows in self._given.items() if key[0] == ApprovalRole.SECRETARY}
        found = [
            self._signer(role, str(rows[-1].person), person_id, _covered(rows))
            for (role, person_id), rows in given.items()
        ]
        left = set(self._paragraphs) - {pk for signer in found for pk in signer.paragraphs}
        if left or not found:
            found.append(self._signer(ApprovalRole.SECRETARY, "", None, left))
        return found

    def _chairs(self) -> list[Signer]:
        """Each who chaired a paragraph; of minutes without any, who led the meeting."""
        chaired: dict[Seat, set[int]] = defaultdict(set)
        if not self._paragraphs and self._presiding:
            chaired[self._presiding] = set()
        for pk, paragraph in self._paragraphs.items():
            if paragraph.chair:
                chaired[paragraph.chair].add(pk)
        in_order = sorted(chaired.items(), key=lambda row: row[0] != self._presiding)
        return [
            self._signer(ApprovalRole.CHAIR, str(seat), seat.user_id, theirs) for seat, theirs in in_order
        ]

    def _chosen(self) -> list[Signer]:
        """The approvers, each with the paragraphs they took part in and did not chair."""
        found = []
        for seat in self._approvers:
            theirs = {
                pk
                for pk, paragraph in self._paragraphs.items()
                if seat.user_id in paragraph.serving - paragraph.barred
                and (paragraph.chair is None or paragraph.chair.user_id != seat.user_id)
            }
            if theirs or not self._paragraphs:
                found.append(self._signer(ApprovalRole.APPROVER, str(seat), seat.user_id, theirs))
        return found

    def _find_gaps(self) -> list[Gap]:
        gaps = []
        for role in (ApprovalRole.CHAIR, ApprovalRole.APPROVER):
            covered = {pk for signer in self.signers if signer.role == role for pk in signer.paragraphs}
            if left := self._paragraphs.keys() - covered:
                gaps.append(Gap(role, self._numbers(left)))
        return gaps

    def _signer(self, role: str, name: str, person_id: int | None, paragraphs: Iterable[int]) -> Signer:
        theirs = frozenset(paragraphs)
        given = self._given.get((role, person_id), []) if person_id else []
        approval = given[-1] if given and theirs <= _covered(given) else None
        is_all = theirs >= self._paragraphs.keys()
        return Signer(role, name, person_id, theirs, "" if is_all else self._numbers(theirs), approval)

    def _numbers(self, paragraphs: Iterable[int]) -> str:
        return paragraph_range(self._paragraphs[pk].number for pk in paragraphs)


def presiding_seat(meeting: Meeting) -> Seat | None:
    """Who led the meeting: the first of the presidium among those who served."""
    return _presiding(attendance_of(meeting))


def _presiding(attendance: Iterable[Attendance]) -> Seat | None:
    return chairing([row.seat for row in attendance if row.is_serving and row.seat.presidium])


def _covered(approvals: Iterable[MinutesApproval]) -> frozenset[int]:
    return frozenset(row.pk for approval in approvals for row in approval.paragraphs.all())


def _paragraphs_of(minutes: Minutes, attendance: Iterable[Attendance]) -> dict[int, _Paragraph]:
    """The paragraphs by id, in the order of their numbers."""
    rows: list[MinutesParagraph] = list(
        minutes.paragraphs.select_related("decision__matter")
        .prefetch_related("decision__matter__lines")
        .order_by("decision__paragraph")
    )
    said: dict[int, Said] = defaultdict(Said)
    items = [row.decision.agenda_item_id for row in rows]
    for recusal in Recusal.objects.filter(item__in=items).select_related("seat__user", "substitute__user"):
        said[recusal.item_id].recusals.append(recusal)
    told = {row.pk: _cases(row) for row in rows}
    declared: dict[int, set[int]] = defaultdict(set)
    everything = {case for cases in told.values() for case in cases}
    conflicts = ConflictOfInterest.objects.filter(case__in=everything, has_conflict=True)
    for case_id, user_id in conflicts.values_list("case", "user"):
        declared[case_id].add(user_id)
    found = {}
    for row in rows:
        served = said[row.decision.agenda_item_id].serving(attendance)
        barred = frozenset(user for case in told[row.pk] for user in declared[case])
        chair = chairing([seat for seat in served if seat.user_id not in barred])
        found[row.pk] = _Paragraph(
            row.decision.paragraph, chair, frozenset(seat.user_id for seat in served), barred
        )
    return found


def _cases(paragraph: MinutesParagraph) -> set[int]:
    """The cases that a paragraph speaks of, as `Matter.wholly_visible_to` reads them."""
    matter = paragraph.decision.matter
    return {matter.case_id, *(line.case_id for line in matter.lines.all())}

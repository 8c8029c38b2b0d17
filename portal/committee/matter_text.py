"""All that the official documents of one matter print, apart from database and layout.

The summary is written once and stands in the officers' report, the chair's proposal and the minutes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from portal.committee import phrases
from portal.committee.models import FINAL_OUTCOMES, Decision, MinutesNote, Outcome, RecusalReason, Stage
from portal.committee.said import Said, attendance_of, chairing, said_on

if TYPE_CHECKING:
    from portal.committee.models import Attendance, Matter, Meeting, Recusal

_ROW_MARK = "- "


@dataclass(frozen=True)
class Block:
    """A paragraph (`text`) or a list (`rows`)."""

    text: str = ""
    rows: tuple[str, ...] = ()


@dataclass(frozen=True)
class TextSection:
    """A headed passage of the officers' report."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Points:
    """The att-satser of one stage, each without the joining "; samt"."""

    officers: tuple[str, ...]
    chair: tuple[str, ...] = ()
    decided: tuple[str, ...] = ()

    @property
    def proposed(self) -> tuple[str, ...]:
        """What the committee had before it: the chair's, or the officers' where the chair was silent."""
        return self.chair or self.officers


@dataclass(frozen=True)
class ChairsStand:
    """Whether the chair adopts the officers' proposal, and what the chair says about it."""

    adopts: bool
    comment: tuple[str, ...] = ()


@dataclass(frozen=True)
class Note:
    """What else the minutes must say: kind as in `MinutesNote.Kind`, and whole sentences."""

    kind: str
    text: str


@dataclass(frozen=True)
class Sitting:
    """The meeting, as page one of the minutes tells it."""

    date: date
    place: str
    #: Who served (beslutande) and who else of the committee was there, as printed; empty where nobody took
    #: the attendance.
    serving: tuple[str, ...] = ()
    substitutes: tuple[str, ...] = ()


@dataclass(frozen=True)
class MatterText:
    """The facts and texts of one matter; names of people only where whoever made it gave some."""

    committee: str
    administration: str
    director_title: str
    date: date
    registry_number: str
    title: str
    summary: tuple[str, ...]
    points: Points
    #: The minutes' own title, where it differs from the report's.
    minutes_title: str = ""
    #: Ends the summary in the chair's proposal and the minutes, but not in the report.
    summary_closing: str = ""
    preparation: tuple[str, ...] = ()
    report_documents: tuple[str, ...] = ()
    proposal_documents: tuple[str, ...] = ()
    sections: tuple[TextSection, ...] = ()
    recipients: tuple[str, ...] = ()
    director_name: str = ""
    #: Who approved the officers' report, and when, as printed.
    approved: str = ""
    chair_name: str = ""
    stand: ChairsStand | None = None
    sitting: Sitting | None = None
    paragraph: int | None = None
    outcome: str = Outcome.GRANTED
    motions: tuple[str, ...] = ()
    #: How proposals were put; empty means the standard sentence for the outcome.
    treatment: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    is_immediate: bool = False

    @classmethod
    def from_facts(cls, facts: Any) -> MatterText:
        """From a facts file (docs/print_matter.md). Raises ValueError that names the wrong key."""
        from portal.committee.facts import read

        return read(facts)

    @classmethod
    def from_matter(
        cls,
        matter: Matter,
        meeting: Meeting | None = None,
        decision: Decision | None = None,
        *,
        said: Said | None = None,
        attendance: Sequence[Attendance] | None = None,
    ) -> MatterText:
        """From a matter, for a meeting and, for the minutes, its decision.

        A constant number of queries; none when committee, case, points, sections, appendices, chair's
        proposal, decisions, notes and the heads' reviews with `by` are loaded already and, for the minutes,
        `said` and `attendance` are given. Who makes many texts of a
        meeting asks `said_on` and `attendance_of` once for all.
        """
        if decision is not None:
            item = decision.agenda_item
            meeting = meeting or item.meeting
            said = said_on([item])[item.pk] if said is None else said
            attendance = attendance_of(meeting) if attendance is None else attendance
        stand = None
        if matter.has_chairs_proposal:
            proposal = matter.chairs_proposal
            stand = ChairsStand(proposal.adopts, paragraphs(proposal.comment))
        committee = matter.committee
        points = Points(*(tuple(point.text for point in matter.points(stage)) for stage in Stage.values))
        return cls(
            committee=committee.name,
            administration=committee.administration_name,
            director_title=committee.director_title,
            date=meeting.date if meeting else timezone.localtime(matter.created_at).date(),
            registry_number=matter.case.registry_number,
            title=matter.title,
            summary=paragraphs(matter.summary),
            points=points,
            preparation=paragraphs(matter.preparation),
            report_documents=_documents(matter, decision, *(["Ordförandeförslag"] if stand else [])),
            proposal_documents=_documents(matter, decision, "Tjänsteskrivelse", "Ordförandeförslag"),
            sections=tuple(TextSection(row.heading, blocks(row.body)) for row in matter.sections.all()),
            recipients=tuple(matter.recipients),
            approved=phrases.approved_by(matter.approval),
            stand=stand,
            sitting=sitting_of(meeting, attendance or ()) if meeting else None,
            paragraph=decision.paragraph if decision else None,
            outcome=decision.outcome if decision else Outcome.GRANTED,
            **(
                _of_the_minutes(matter, decision, said, points, attendance or ()) if decision and said else {}
            ),
        )


def _of_the_minutes(
    matter: Matter, decision: Decision, said: Said, points: Points, attendance: Sequence[Attendance]
) -> dict[str, Any]:
    """What only the minutes say: motions, how they were put, who stepped aside, dissent, notes."""
    proposal = phrases.proposal_name(matter)
    question = phrases.Question(
        in_running_text(matter.committee.name),
        proposal,
        decision.outcome,
        points.decided,
        proposals_differ=matter.has_chairs_proposal and not matter.chairs_proposal.adopts,
    )
    return {
        "motions": tuple(phrases.motion_sentence(motion, proposal) for motion in said.standing_motions),
        "treatment": tuple(phrases.treatment(question, said)),
        "notes": _notes(decision, said, attendance),
        "is_immediate": decision.is_immediate,
    }


def paragraphs(text: str) -> tuple[str, ...]:
    """Plain text cut at its blank lines."""
    parts = "\n".join(line.strip() for line in text.splitlines()).split("\n\n")
    return tuple(_one_line(part) for part in parts if part.strip())


def blocks(text: str) -> tuple[Block, ...]:
    """Plain text as paragraphs and lists: blank lines part paragraphs, "- " begins a list row."""
    passages: list[str] = []
    for line in text.splitlines():
        line = _one_line(line)
        if not line or line.startswith(_ROW_MARK) or not passages or not passages[-1]:
            passages.append(line)
        else:
            passages[-1] += f" {line}"
    return blocks_of(passages)


def _one_line(text: str) -> str:
    """The text with single spaces between its words; no-break spaces keep sums and dates together."""
    return " ".join(filter(None, re.split(r"[ \t\r\n]+", text)))


def blocks_of(passages: Iterable[str]) -> tuple[Block, ...]:
    """Passages as blocks; neighbouring ones that begin with "- " make one list."""
    made: list[Block] = []
    for in_list, group in groupby(filter(None, passages), lambda passage: passage.startswith(_ROW_MARK)):
        if in_list:
            made.append(Block(rows=tuple(row.removeprefix(_ROW_MARK).strip() for row in group)))
        else:
            made += [Block(text=passage) for passage in group]
    return tuple(made)


def in_running_text(name: str) -> str:
    """ "Socialnämnden" as it stands inside a sentence."""
    return name[:1].lower() + name[1:]


def sitting_of(meeting: Meeting, attendance: Sequence[Attendance] = ()) -> Sitting:
    """The meeting with who was there: serving, and substitutes who only listened."""
    return Sitting(
        meeting.date,
        meeting.place,
        tuple(phrases.attendance_line(row) for row in attendance if row.is_serving),
        tuple(phrases.attendance_line(row) for row in attendance if not row.is_serving),
    )


def _notes(decision: Decision, said: Said, attendance: Sequence[Attendance]) -> tuple[Note, ...]:
    """Who took no part, who dissents, and what else was noted."""
    kinds = MinutesNote.Kind
    return (
        *(
            Note(
                kinds.CONFLICT if recusal.reason == RecusalReason.CONFLICT else kinds.ATTENDANCE,
                " ".join([phrases.recusal_sentence(recusal), *_instead(recusal, said, attendance)]),
            )
            for recusal in said.recusals
        ),
        *(Note(note.kind, note.text) for note in decision.notes.all()),
        *(
            Note(kinds.DISSENT, text)
            for dissent in said.dissents
            for text in phrases.dissent_paragraphs(dissent)
        ),
    )


def _instead(recusal: Recusal, said: Said, attendance: Sequence[Attendance]) -> list[str]:
    """Who chaired the matter, where it was not who chaired the meeting."""
    usual = chairing([row.seat for row in attendance if row.is_serving])
    actual = chairing(said.serving(attendance))
    if actual is None or recusal.seat != usual:
        return []
    return [phrases.chairing_sentence(str(actual))]


def _documents(matter: Matter, decision: Decision | None, *papers: str) -> tuple[str, ...]:
    """The papers of the matter: earlier minutes, then `papers`, then the appendices.

    Many appendices of one kind ("Bedömning: …") are one row with their number.
    """
    earlier = [
        f"Protokollsutdrag § {row.paragraph}/{row.year}"
        for row in matter.decisions.all()
        if row.outcome not in FINAL_OUTCOMES and (decision is None or row.pk != decision.pk)
    ]
    titles = [appendix.title for appendix in matter.appendices.all()]
    kinds = Counter(title.partition(":")[0] for title in titles)
    listed = dict.fromkeys(
        f"{kind}, {kinds[kind]} stycken" if kinds[kind] > 1 else title
        for title in titles
        for kind in [title.partition(":")[0]]
    )
    return (*earlier, *papers, *listed)


NOTE_KINDS: tuple[str, ...] = tuple(MinutesNote.Kind.values)

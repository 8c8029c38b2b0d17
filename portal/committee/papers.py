"""The three official documents of a matter: officers' report, chair's proposal, minutes' extract.

Headings, their order and the set phrases are those of socialnämnden's own documents. Swedish only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from portal.committee import phrases
from portal.committee.matter_text import MatterText, in_running_text
from portal.committee.models import MinutesNote, Outcome
from portal.documents.templatetags.swedish_text import swedish_date
from portal.documents.work import Source

ADOPTED = "Jag instämmer i förvaltningens bedömning."

#: The headings of what else the minutes say, in the order they stand there.
NOTE_HEADINGS = {
    MinutesNote.Kind.DISSENT: "Reservation",
    MinutesNote.Kind.STATEMENT: "Protokollsanteckning",
    MinutesNote.Kind.CONFLICT: "Jäv",
    MinutesNote.Kind.ATTENDANCE: "Närvaro",
}


def officers_report(text: MatterText, numbered: bool = True) -> Source:
    """The officers' report (tjänsteskrivelse). `numbered=False` for a part of a pack."""
    return _source("tjansteskrivelse", "Tjänsteskrivelse", text, text.title, numbered)


def chairs_proposal(text: MatterText, numbered: bool = True) -> Source:
    """The chair's proposal (ordförandeförslag). `numbered=False` for a part of a pack."""
    return _source("ordforandeforslag", "Ordförandeförslag", text, text.title, numbered)


def minutes_extract(text: MatterText, numbered: bool = True) -> Source:
    """The extract of the minutes (protokollsutdrag): page-one data and one paragraph.

    Kommunallagen 5:65–67 says what stands there. Raises ValueError without § or meeting.
    """
    if text.paragraph is None or text.sitting is None:
        raise ValueError("An extract of the minutes needs a paragraph and a meeting")
    return _source(
        "protokollsutdrag",
        f"Protokollsutdrag § {text.paragraph}",
        text,
        text.minutes_title or text.title,
        numbered,
        kind_printed="Protokollsutdrag",
        date=text.sitting.date,
        officers_points=join_points(_officers_part(text)),
        officers_introduction=_officers_introduction(text),
        chairs_words=_chairs_words(text),
        decided_points=join_points(text.points.decided),
        treatment=text.treatment or [_treatment(text)],
        notes=[
            *(
                (heading, [note.text for note in text.notes if note.kind == kind])
                for kind, heading in NOTE_HEADINGS.items()
            ),
            ("Omedelbar justering", [phrases.IMMEDIATE] if text.is_immediate else []),
        ],
    )


def join_points(points: Sequence[str]) -> list[str]:
    """Att-satser as printed: ";" after each, "; samt" before the last, "." at the end."""
    bare = [point.strip().rstrip(".;").removesuffix("; samt") for point in points]
    ends = [*[";"] * (len(bare) - 2), "; samt", "."][-len(bare) :]
    return [point + end for point, end in zip(bare, ends, strict=False)]


def genitive(name: str) -> str:
    """ "Socialförvaltningen" → "Socialförvaltningens"; names that end in s, x or z stay as they are."""
    return name if name.endswith(("s", "x", "z")) else f"{name}s"


def _treatment(text: MatterText) -> str:
    """The set sentence of how the proposals were put and what the chair found."""
    committee = in_running_text(text.committee)
    proposer = "ordförandens" if text.stand else "förvaltningens"
    if text.outcome == Outcome.TABLED:
        return (
            "Ordföranden ställer frågan om ärendet ska avgöras i dag eller bordläggas och finner att "
            f"{committee} beslutar att bordlägga ärendet."
        )
    if text.outcome == Outcome.REFERRED_BACK:
        return (
            "Ordföranden ställer frågan om ärendet ska avgöras i dag eller återremitteras och finner att "
            f"{committee} beslutar att återremittera ärendet."
        )
    if text.outcome == Outcome.REJECTED and text.points.decided != text.points.proposed:
        return (
            f"Ordföranden ställer bifall till {proposer} förslag mot avslag och finner att {committee} "
            "beslutar att avslå."
        )
    if (text.stand and not text.stand.adopts) or text.motions:
        return (
            "Ordföranden ställer de framlagda förslagen mot varandra och finner att nämnden beslutar "
            f"enligt {proposer} förslag."
        )
    if text.points.decided != text.points.proposed:
        return (
            f"Ordföranden konstaterar att nämnden enas om att ändra {proposer} förslag och finner att "
            f"{committee} beslutar enligt det ändrade förslaget."
        )
    return (
        "Ordföranden konstaterar att det bara finns ett förslag till beslut och finner att "
        f"{committee} beslutar i enlighet med {proposer} förslag."
    )


def _officers_part(text: MatterText) -> Sequence[str]:
    """The officers' points that the chair's do not repeat: all, some, or none where the chair adopts."""
    if text.stand is None:
        return text.points.officers
    return [point for point in text.points.officers if point not in text.points.chair]


def _officers_introduction(text: MatterText) -> str:
    proposal = f"{genitive(text.administration)} förslag till {in_running_text(text.committee)}"
    if len(_officers_part(text)) == len(text.points.officers):
        return f"{proposal} är"
    return f"{proposal} är, i de delar som skiljer sig från ordförandens förslag,"


def _chairs_words(text: MatterText) -> list[str]:
    """What the chair says of the officers' proposal."""
    if text.stand is None:
        return []
    return [*([ADOPTED] if text.stand.adopts else []), *text.stand.comment]


def _source(
    kind: str,
    name: str,
    text: MatterText,
    heading: str,
    numbered: bool,
    kind_printed: str = "",
    **context: Any,
) -> Source:
    committee = in_running_text(text.committee)
    with translation.override("sv"):
        html = render_to_string(
            f"pdf/{kind}.html",
            {
                "text": text,
                "committee": text.committee,
                "officers_introduction": f"{genitive(text.administration)} förslag till {committee} är",
                "chair_introduction": f"Ordförandens förslag till {committee} är",
                "kind": kind_printed or name,
                "registry_number": text.registry_number,
                "heading": heading,
                "officers_points": join_points(text.points.officers),
                "chair_points": join_points(text.points.chair),
                "chairs_words": _chairs_words(text),
                **context,
                "date": swedish_date(context.get("date", text.date)),
            },
        )
    return Source(kind, f"{name}: {heading}", html, numbered)

"""What a letter is made from: the recorded facts of one case, and the texts the secretary may edit.

The rooms above register how they write: they know the applications and agreements, the committee does not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string
from django.utils import translation

from portal.committee.matter_text import in_running_text, paragraphs
from portal.committee.models import Letter
from portal.documents.templatetags.swedish_text import swedish_date
from portal.documents.work import Source


@dataclass(frozen=True)
class Parts:
    """The texts of a letter that may be edited; in the others figures and decision stand as recorded."""

    greeting: str = ""
    could_change: str = ""
    talk_to: str = ""
    extra: str = ""


@dataclass(frozen=True)
class LetterFacts:
    """What was recorded of one case, as its letter says it in Swedish.

    `outcome` is a `LetterOutcome`, `record_kind` a `Record.Kind`; `kind` stands in the letterhead. `body`
    is the template between greeting and contact; `content` its context, of strings, numbers, lists and
    dicts. `suggested` is what the editable texts say until somebody edits them.
    """

    outcome: str
    record_kind: str
    kind: str
    heading: str
    registry_number: str
    address: tuple[str, ...]
    body: str
    content: dict[str, Any]
    suggested: Parts = field(default_factory=Parts)

    @property
    def sha256(self) -> str:
        """Tells whether anything recorded has changed since a letter was made."""
        canonical = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False, cls=DjangoJSONEncoder)
        return hashlib.sha256(canonical.encode(errors="replace")).hexdigest()


@dataclass(frozen=True)
class Writer:
    """How one room writes to those whom a decision is about.

    `cases` says of which of these cases it writes. `facts` gives the facts by letter, leaving out those it
    cannot write; it reads each letter's line and decision. Both take a constant number of queries. `tell`
    lets the association see what was released and returns the queued mail that says so, or None where there
    is nobody to mail.
    """

    cases: Callable[[Collection[int]], set[int]]
    facts: Callable[[Sequence[Letter]], dict[int, LetterFacts]]
    tell: Callable[[Letter, Any], Any]


_writers: dict[str, Writer] = {}


def register(room: str, writer: Writer) -> None:
    _writers[room] = writer


def written_to(cases: Collection[int]) -> set[int]:
    """Of these cases, those that some room writes letters about."""
    return {case for writer in _writers.values() for case in writer.cases(cases)}


def writer_of(case_id: int) -> Writer | None:
    return next((writer for writer in _writers.values() if case_id in writer.cases([case_id])), None)


def facts_of(letters: Iterable[Letter]) -> dict[int, LetterFacts]:
    """The facts now recorded, by letter, in a constant number of queries; what cannot be written is left out.

    Reads what `letter_making.with_relations` loads.
    """
    rows = list(letters)
    found: dict[int, LetterFacts] = {}
    with translation.override("sv"):
        for writer in _writers.values():
            found |= writer.facts(rows)
    return found


def context_of(letter: Letter, facts: LetterFacts, parts: Parts) -> dict[str, Any]:
    """What the letter's templates read, as a page and as a document alike."""
    decision = letter.decision
    committee = decision.committee
    return {
        "committee": committee.name,
        "administration": committee.administration_name,
        "kind": facts.kind,
        "date": swedish_date(decision.agenda_item.meeting.date),
        "paragraph": decision.paragraph,
        "registry_number": facts.registry_number,
        "heading": facts.heading,
        "address": facts.address,
        "body": facts.body,
        "greeting": paragraphs(parts.greeting),
        "could_change": paragraphs(parts.could_change),
        "talk_to": _role_in_sentence(parts.talk_to),
        "extra": paragraphs(parts.extra),
        **facts.content,
    }


def _role_in_sentence(text: str) -> str:
    """ "Enhetschefen." as it goes on from "Kontakta"; an abbreviation keeps its capitals."""
    said = " ".join(text.split()).rstrip(".")
    return in_running_text(said) if said[1:2].islower() else said


def source_of(letter: Letter, facts: LetterFacts, parts: Parts) -> Source:
    """The letter as a document."""
    with translation.override("sv"):
        html = render_to_string("pdf/beslutsbrev.html", context_of(letter, facts, parts))
    return Source("beslutsbrev", f"{facts.heading}, {facts.registry_number}", html)

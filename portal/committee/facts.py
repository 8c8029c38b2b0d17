"""Facts files: a matter written down as JSON (docs/print_matter.md), read into a `MatterText`.

Every mistake is a ValueError whose text begins with the key it is about.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from portal.committee.matter_text import (
    NOTE_KINDS,
    ChairsStand,
    MatterText,
    Note,
    Points,
    Sitting,
    TextSection,
    blocks_of,
)
from portal.committee.models import MinutesNote, Outcome
from portal.committee.phrases import conflict_sentence, dissent_sentence


class _Facts:
    """One JSON object, whose keys are taken one by one so that none is left unknown."""

    def __init__(self, content: Any, name: str = "") -> None:
        if not isinstance(content, dict):
            raise ValueError(f"{name or 'the file'}: must be an object with keys")
        self._rest = dict(content)
        self._name = name

    def key(self, name: str) -> str:
        return f"{self._name}.{name}" if self._name else name

    def has(self, name: str) -> bool:
        return name in self._rest

    def _take(self, name: str, kind: type, words: str, default: Any) -> Any:
        if name not in self._rest:
            if default is None:
                raise ValueError(f"{self.key(name)}: is missing")
            return default
        value = self._rest.pop(name)
        # In Python a truth value is a number too; in the file it is not.
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
            raise ValueError(f"{self.key(name)}: must be {words}")
        return value

    def text(self, name: str, default: str | None = None) -> str:
        value = " ".join(self._take(name, str, "a text", default).split())
        if default is None and not value:
            raise ValueError(f"{self.key(name)}: must not be empty")
        return value

    def texts(self, name: str, default: Sequence[str] | None = None) -> tuple[str, ...]:
        values = self._take(name, list, "a list of texts", None if default is None else list(default))
        for value in values:
            if not isinstance(value, str) or not value.strip():
                raise ValueError(f"{self.key(name)}: must be a list of texts, none of them empty")
        if default is None and not values:
            raise ValueError(f"{self.key(name)}: must not be empty")
        return tuple(" ".join(value.split()) for value in values)

    def number(self, name: str) -> int:
        value: int = self._take(name, int, "a whole number", None)
        if value < 1:
            raise ValueError(f"{self.key(name)}: must be 1 or more")
        return value

    def truth(self, name: str, default: bool) -> bool:
        return bool(self._take(name, bool, "true or false", default))

    def day(self, name: str) -> date:
        text = self.text(name)
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{self.key(name)}: must be a date such as 2020-12-21") from None

    def one_of(self, name: str, allowed: Sequence[str], default: str | None = None) -> str:
        text = self.text(name, default)
        if text not in allowed:
            raise ValueError(f"{self.key(name)}: must be one of {', '.join(allowed)}")
        return text

    def object(self, name: str, default: dict[str, Any] | None = None) -> _Facts:
        return _Facts(self._take(name, dict, "an object with keys", default), self.key(name))

    def objects(self, name: str) -> list[_Facts]:
        values = self._take(name, list, "a list of objects", [])
        return [_Facts(value, f"{self.key(name)}[{index}]") for index, value in enumerate(values)]

    def end(self) -> None:
        """Refuse what nobody asked for: most likely a misspelt key."""
        for name in self._rest:
            raise ValueError(f"{self.key(name)}: is not a key of a facts file")


def read(content: Any) -> MatterText:
    """A matter from the content of a facts file."""
    facts = _Facts(content)
    points = _points(facts.object("points"))
    documents = facts.object("documents", {})
    sitting = _sitting(facts.object("meeting"))
    text = MatterText(
        committee=facts.text("committee"),
        administration=facts.text("administration"),
        director_title=facts.text("director_title"),
        director_name=facts.text("director_name", ""),
        approved=facts.text("approved", ""),
        chair_name=facts.text("chair_name", ""),
        registry_number=facts.text("registry_number"),
        date=facts.day("date"),
        title=facts.text("title"),
        minutes_title=facts.text("minutes_title", ""),
        summary=facts.texts("summary"),
        summary_closing=facts.text("summary_closing", ""),
        preparation=facts.texts("preparation", ()),
        report_documents=documents.texts("report", ()),
        proposal_documents=documents.texts("proposal", ()),
        sections=tuple(_section(section) for section in facts.objects("sections")),
        recipients=facts.texts("send_to", ()),
        points=points,
        stand=_stand(facts.object("chair", {}), points),
        sitting=sitting,
        paragraph=facts.number("paragraph"),
        outcome=facts.one_of("outcome", Outcome.values, Outcome.GRANTED),
        motions=facts.texts("motions", ()),
        treatment=facts.texts("treatment", ()),
        notes=tuple(_note(note) for note in facts.objects("notes")),
        is_immediate=facts.truth("is_immediate", False),
    )
    documents.end()
    facts.end()
    return text


def _points(facts: _Facts) -> Points:
    officers = facts.texts("officers")
    chair = facts.texts("chair", officers)
    points = Points(officers=officers, chair=chair, decided=facts.texts("decided", chair))
    facts.end()
    for stage in ("officers", "chair", "decided"):
        for point in getattr(points, stage):
            if not point.startswith("att "):
                raise ValueError(f'{facts.key(stage)}: each decision point must begin with "att "')
    return points


def _stand(facts: _Facts, points: Points) -> ChairsStand:
    stand = ChairsStand(
        adopts=facts.truth("adopts", points.chair == points.officers), comment=facts.texts("comment", ())
    )
    facts.end()
    return stand


def _sitting(facts: _Facts) -> Sitting:
    sitting = Sitting(date=facts.day("date"), place=facts.text("place", ""))
    facts.end()
    return sitting


def _section(facts: _Facts) -> TextSection:
    section = TextSection(heading=facts.text("heading"), blocks=blocks_of(facts.texts("body")))
    facts.end()
    return section


def _note(facts: _Facts) -> Note:
    """A note in whole sentences, or the names that its standard sentence is made of."""
    kind = facts.one_of("kind", NOTE_KINDS)
    if kind == MinutesNote.Kind.CONFLICT and facts.has("member"):
        text = conflict_sentence(facts.text("member"), facts.text("substitute", ""))
    elif kind == MinutesNote.Kind.DISSENT and facts.has("members"):
        text = dissent_sentence(facts.texts("members"))
    else:
        text = facts.text("text")
    facts.end()
    return Note(kind, text)

"""Masking: which details are proposed, and taking them out of texts so that nothing of them is left.

What is masked is never written into the copy in the first place: there is nothing under a black box.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from portal.registry.contents import Line, Part, document_text, lines
from portal.registry.models import Record

#: What stands where something was taken out: the same for all, so that not even its length shows.
MASK = "[maskerat]"

_FOUND_IN_TEXT = (
    (Part.EMAIL, re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    (
        Part.PERSONAL_NUMBER,
        re.compile(r"(?<!\d)(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]|[6-9]\d)[-+–]\d{4}(?!\d)"),
    ),
    (Part.PHONE, re.compile(r"(?<![\d-])(?:\+46|0)[ -]?\d{1,3}[ -–]?(?:\d[ ]?){5,8}(?!\d)")),
    (Part.ACCOUNT, re.compile(r"(?<![\d-])\d{3,4}-\d{4}(?![\d-])")),
)
#: Words of an address such as the town are common ones: they are masked where they stand, not everywhere.
_ONLY_WHERE_IT_STANDS = frozenset({"city", "postcode"})


@dataclass
class Proposal:
    """A detail that may be protected, and where it stands: (record id, key), or (record id, "") in a text."""

    part: Part
    text: str
    everywhere: bool
    places: list[tuple[int, str]] = field(default_factory=list)

    @property
    def code(self) -> str:
        """The same for the same detail, so that a form can name it without holding it."""
        return hashlib.sha256(f"{self.part}\0{self.text}".encode()).hexdigest()[:16]


def propose(records: Iterable[Record]) -> list[Proposal]:
    """The details of the records that may be protected, each once, by what they are."""
    found: dict[tuple[Part, str], Proposal] = {}

    def note(part: Part, text: str, everywhere: bool, place: tuple[int, str]) -> None:
        proposal = found.setdefault((part, text), Proposal(part, text, everywhere))
        proposal.everywhere |= everywhere
        proposal.places.append(place)

    for record in records:
        for line in lines(record):
            if line.part:
                key = line.key.rpartition(".")[2]
                note(line.part, line.text, key not in _ONLY_WHERE_IT_STANDS, (record.pk, line.key))
        for part, text in in_text(_free_text(record)):
            note(part, text, True, (record.pk, ""))
    order = list(Part)
    return sorted(found.values(), key=lambda proposal: (order.index(proposal.part), proposal.text))


def _free_text(record: Record) -> str:
    texts = [line.text for line in lines(record) if line.part is None]
    if record.document is not None:
        texts.append(document_text(record.document.html))
    return "\n".join(texts)


def in_text(text: str) -> Iterable[tuple[Part, str]]:
    """What looks like a detail about somebody, by what it is."""
    for part, pattern in _FOUND_IN_TEXT:
        for match in pattern.finditer(text):
            yield part, match.group().strip()


class Mask:
    """Takes chosen words out of texts, and chosen lines out of records; counts what it took.

    A word is found however it is broken, in capitals or not, and with an ending ("Annas" for "Anna"); a
    number of six digits or more also with other spaces or dashes.
    """

    def __init__(self, words: Iterable[str], keys: Iterable[tuple[int, str]] = ()) -> None:
        self.words = [word for word in {" ".join(word.split()) for word in words} if word]
        # The longest first: "Anna Ek" goes as a whole before "Anna".
        self.words.sort(key=lambda word: (-len(word), word))
        self.patterns = [_pattern(word) for word in self.words]
        self.keys = frozenset(keys)

    def apply(self, text: str) -> tuple[str, int]:
        """The text without the words, and how many places that was."""
        count = 0
        for pattern in self.patterns:
            text, taken = pattern.subn(MASK, text)
            count += taken
        return text, count

    def line(self, record_id: int, line: Line) -> tuple[str, int]:
        if (record_id, line.key) in self.keys:
            return MASK, 1
        return self.apply(line.text)

    def leaks(self, text: str) -> bool:
        """Whether any of the words still stands in the text."""
        return any(pattern.search(text) for pattern in self.patterns)


def _pattern(word: str) -> re.Pattern[str]:
    if len(digits := re.sub(r"\D", "", word)) >= 6 and re.fullmatch(r"[\d\s+–-]+", word):
        return re.compile(r"(?<!\d)\+?" + r"[\s\u00a0–-]*".join(digits) + r"(?!\d)")
    spaced = r"[\s\u00a0\u00ad]+".join(_with_soft_hyphens(piece) for piece in word.split())
    start = r"(?<!\w)" if word[0].isalnum() else ""
    return re.compile(start + spaced + (r"\w*" if word[-1].isalpha() else ""), re.IGNORECASE)


def _with_soft_hyphens(piece: str) -> str:
    return "\u00ad?".join(re.escape(letter) for letter in piece)


def chosen_words(proposals: Sequence[Proposal], by_hand: Iterable[str]) -> list[str]:
    """The words to take out wherever they stand."""
    return [one.text for one in proposals if one.everywhere] + [line.strip() for line in by_hand]


def chosen_keys(proposals: Sequence[Proposal]) -> list[tuple[int, str]]:
    """The lines of records to take out as a whole."""
    return [place for one in proposals for place in one.places if place[1]]

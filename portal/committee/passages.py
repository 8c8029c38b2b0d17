"""The text of one paragraph of the minutes: headed passages, made from what was recorded.

They are read from the finished extract of the minutes, so that minutes and extract say the same to the
letter, whatever the meeting recorded: motions, how they were put, votes, dissent, conflicts of interest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import groupby
from typing import TypedDict

from portal.committee.matter_text import Block, blocks_of
from portal.committee.models import Decision

IMMEDIATE_HEADING = "Omedelbar justering"
IMMEDIATE_SENTENCE = "Paragrafen förklaras omedelbart justerad."

_ROW_MARK = "- "
_POINT = "att "
_LINES = {"p", "li", "caption", "tr"}


class Passage(TypedDict):
    """A headed passage, as stored in `MinutesParagraph.text`.

    A paragraph that begins with "att " is a decision point, one that begins with "- " a list row.
    """

    heading: str
    paragraphs: list[str]


def passages_of(decision: Decision) -> list[Passage]:
    """The passages of a decision's paragraph as the meeting left it; reads the decision's extract."""
    made = read_passages(decision.extract.html) if decision.extract else []
    if decision.is_immediate and not any(IMMEDIATE_SENTENCE in passage["paragraphs"] for passage in made):
        made.append({"heading": IMMEDIATE_HEADING, "paragraphs": [IMMEDIATE_SENTENCE]})
    return made


def read_passages(html: str) -> list[Passage]:
    """The headed passages of a document, from its first second-level heading on."""
    reader = _Passages()
    reader.feed(html)
    return reader.passages


def written(heading: str, text: str) -> Passage:
    """A passage as somebody wrote it: each line of the text is a paragraph, a point or a list row."""
    lines = (" ".join(filter(None, re.split(r"[ \t]+", line))) for line in text.splitlines())
    return {"heading": " ".join(heading.split()), "paragraphs": [line for line in lines if line]}


@dataclass(frozen=True)
class Printed:
    """A passage as it is printed: blocks, of which lists of decision points are `points`."""

    heading: str
    parts: tuple[tuple[tuple[str, ...], tuple[Block, ...]], ...]


def printed(passages: Iterable[Passage]) -> list[Printed]:
    """Passages for the templates: per part either the decision points or blocks of text."""
    return [Printed(passage["heading"], _parts(passage["paragraphs"])) for passage in passages]


def _parts(paragraphs: Iterable[str]) -> tuple[tuple[tuple[str, ...], tuple[Block, ...]], ...]:
    made: list[tuple[tuple[str, ...], tuple[Block, ...]]] = []
    for are_points, group in groupby(paragraphs, lambda paragraph: paragraph.startswith(_POINT)):
        rows = tuple(group)
        made.append((rows, ()) if are_points else ((), blocks_of(rows)))
    return tuple(made)


class _Passages(HTMLParser):
    """Collects headings, paragraphs, list rows and table rows below the first `<h2>`."""

    def __init__(self) -> None:
        super().__init__()
        self.passages: list[Passage] = []
        self._text = ""
        self._cells: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in {"h2", "th", "td"} or tag in _LINES:
            self._text = ""
        if tag == "tr":
            self._cells = []

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        # No-break spaces keep sums and dates together and stay.
        text = " ".join(filter(None, re.split(r"[ \t\r\n]+", self._text)))
        if tag == "h2":
            self.passages.append({"heading": text, "paragraphs": []})
        elif tag in {"th", "td"}:
            self._cells.append(text)
        elif tag == "tr":
            self._say(": ".join(filter(None, self._cells)))
        elif tag == "li" and not text.startswith(_POINT):
            self._say(_ROW_MARK + text)
        elif tag in _LINES:
            self._say(text)

    def _say(self, text: str) -> None:
        if self.passages and text:
            self.passages[-1]["paragraphs"].append(text)
        self._text = ""

"""Reading the HTML that documents are made from."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_OF_A_LINE = {"h1", "h2", "h3", "p", "li", "th", "td", "caption"}


class _Lines(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _OF_A_LINE:
            self._text = ""
        elif tag == "br":
            self._text += " "

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag in _OF_A_LINE:
            # No-break spaces are meant and stay.
            self.lines.append(" ".join(filter(None, re.split("[ \n]", self._text))))
            self._text = ""


def main_lines(html: str) -> list[str]:
    """The text of each heading, paragraph, list row and table cell of a document, head and foot left out."""
    reader = _Lines()
    reader.feed(html.partition("</header>")[2])
    return [line for line in reader.lines if line]

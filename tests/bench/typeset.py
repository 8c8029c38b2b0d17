"""What typst takes for the same text: `python -m tests.bench.typeset FILE.typ`.

Compiles one file to PDF in this new process, and prints the seconds as JSON. The text of the parts becomes
headings, paragraphs, lists and tables in typst's own look; each part begins a page. Tags, archival form,
bookmarks and page numbers are not asked for. This knows nothing of Django.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path

_PARAGRAPH = "#par[{}]"
_BLOCKS = {
    "p": _PARAGRAPH,
    "caption": _PARAGRAPH,
    "li": "#list[{}]",
    "h1": "= {}",
    "h2": "== {}",
    "h3": "=== {}",
}
_SILENT = ("head", "title", "style", "script")


def require_typst() -> None:
    """Stop a benchmark that could not say how it compares."""
    try:
        import typst  # noqa: F401  # only whether it is there
    except ImportError:
        raise SystemExit(
            "The benchmark of packs compares with typst, which is not installed: run `make setup`."
        ) from None


class _Translator(HTMLParser):
    """HTML of a document as typst's markup; text stands in strings, where no sign means anything."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.markup: list[str] = []
        self._text: list[str] = []
        self._rows: list[list[str]] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BLOCKS or tag == "table":
            self._end_paragraph(_PARAGRAPH)
            self._rows = [] if tag == "table" else self._rows
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._text = []

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent -= 1
        elif tag in ("td", "th") and self._rows:
            self._rows[-1].append(self._taken())
        elif tag in _BLOCKS and not self._in_cell():
            self._end_paragraph(_BLOCKS[tag])
        elif tag == "table" and self._rows:
            columns = max(map(len, self._rows))
            cells = [cell for row in self._rows for cell in row + [""] * (columns - len(row))]
            self.markup.append(f"#table(columns: {columns}, {', '.join(map(_quoted, cells))})")
            self._rows = []

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._text.append(data)

    def _in_cell(self) -> bool:
        return bool(self._rows)

    def _taken(self) -> str:
        text, self._text = " ".join("".join(self._text).split()), []
        return text

    def _end_paragraph(self, form: str) -> None:
        if not self._in_cell() and (text := self._taken()):
            self.markup.append(form.format(f"#{_quoted(text)}"))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def as_typst(htmls: Iterable[str]) -> str:
    """The text of many documents as one file for typst."""
    parts = []
    for html in htmls:
        translator = _Translator()
        translator.feed(html)
        translator.close()
        parts.append("\n\n".join(translator.markup))
    return '#set text(lang: "sv")\n' + "\n#pagebreak()\n".join(parts)


def main(source: Path) -> None:
    import typst

    began = time.perf_counter()
    pdf = typst.compile(str(source))
    print(json.dumps({"seconds": time.perf_counter() - began, "bytes": len(pdf)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

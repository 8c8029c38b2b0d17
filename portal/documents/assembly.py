"""Parts that are already PDFs become one: contents, bookmarks, one structure tree, running page numbers.

Nothing of a part is laid out again, so that a pack of which one part changed is made in an instant.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import BinaryIO

import pikepdf

from portal.documents.joining import Joiner, LinkTarget
from portal.documents.objects import PdfFile, Writer, text_string
from portal.documents.outline import write_bookmarks
from portal.documents.rendering import render_pdf
from portal.documents.xmp import PRODUCER, clean_title, xmp_packet

#: Official documents are Swedish only.
CONTENTS_TITLE = "Innehåll"
LANGUAGE = "sv"

_PART_LINK = "part:"
# Heights in points, from `document.css`: a good guess of the contents' pages saves a second layout.
_FIRST_PAGE_HEIGHT = 520
_PAGE_HEIGHT = 660
_LINE_HEIGHT = 15
_ENTRY_EXTRA = 2.8
_OUTERMOST_ENTRY_EXTRA = 9
_LETTERS_A_LINE = 72
_MAX_CONTENTS_LAYOUTS = 5


@dataclass(frozen=True)
class Part:
    """One entry of the contents and the bookmarks, with its pages.

    `level` 1 is outermost; a part belongs under the nearest part before it with a lower level.
    Without `pdf` it is a heading for the parts under it and points to the first page that follows.
    `note` stands under it in the contents. What `is_left_out` leads nowhere and has no bookmark.
    `pages` saves opening the part just to count them; with it, `pdf` may say how to load the bytes, so that
    a large document does not hold all its parts at once.
    """

    title: str
    pdf: bytes | Path | Callable[[], bytes] | None
    level: int = 1
    note: str = ""
    is_left_out: bool = False
    pages: int | None = None


@dataclass(frozen=True)
class PlacedPart:
    """A part with its place: `first_page` counts from 1 through the whole document."""

    title: str
    level: int
    first_page: int
    page_count: int
    href: str  # to link to the part from the contents page; empty when it leads nowhere
    note: str = ""

    @property
    def entry(self) -> str:
        """Page and title as the contents print them, with a tab between."""
        return f"{self.first_page}\t{self.title}"


@dataclass(frozen=True)
class Assembled:
    """What an assembled document consists of."""

    page_count: int
    parts: tuple[PlacedPart, ...]


#: Makes the HTML of the contents from the placed parts and the number of pages of the whole.
Contents = Callable[[Sequence[PlacedPart], int], str]


def page_count(pdf: bytes | Path) -> int:
    """Number of pages. Raises `pikepdf.PdfError` when it is no readable PDF."""
    with pikepdf.open(io.BytesIO(pdf) if isinstance(pdf, bytes) else pdf) as opened:
        return len(opened.pages)


def assemble(
    parts: Sequence[Part], output: BinaryIO, *, title: str, contents: Contents, lines_above: int = 0
) -> Assembled:
    """Write one PDF/A-2a and PDF/UA-1 document: the contents page or pages, then all parts in order.

    `output` gets each part as soon as it is read, so that a large document is never held as a whole.

    Parts must be what `render_pdf(..., numbered=False)` makes: tagged, with an empty page number slot; or
    what `foreign.normalised` makes of others. The same parts give the same bytes. Raises `joining.NotTagged`
    for a PDF without structure, `objects.Unreadable` for one that is written in another way, and
    `rendering.RenderingError` when the contents cannot be rendered.
    """
    title = clean_title(title)
    counts = [_pages_of(part) for part in parts]
    contents_pdf, placed = _contents(parts, counts, title, contents, lines_above)
    front = PdfFile(contents_pdf)
    writer = Writer(output)
    total = page_count(contents_pdf) + sum(counts)
    links = {
        part.href.encode(): LinkTarget(part.first_page, f"{part.title}, sidan {part.first_page}")
        for part in placed
        if part.href
    }
    joiner = Joiner(writer, total, links)
    joiner.append(front, CONTENTS_TITLE)
    for part in parts:
        if part.pdf is not None:
            joiner.append(PdfFile(_bytes_of(part)), part.title)
    _describe(writer, joiner, title, placed)
    return Assembled(total, placed)


def _pages_of(part: Part) -> int:
    if part.pdf is None:
        return 0
    return page_count(_bytes_of(part)) if part.pages is None else part.pages


def _bytes_of(part: Part) -> bytes:
    if isinstance(part.pdf, Path):
        return part.pdf.read_bytes()
    if part.pdf is None or isinstance(part.pdf, bytes):
        return part.pdf or b""
    return part.pdf()


def _contents(
    parts: Sequence[Part], counts: Sequence[int], title: str, contents: Contents, lines_above: int
) -> tuple[bytes, tuple[PlacedPart, ...]]:
    """Render the contents until the pages it takes are the pages it reckoned with."""
    reckoned = _guessed_pages(parts, lines_above)
    for _layout in range(_MAX_CONTENTS_LAYOUTS):
        placed = _place(parts, counts, reckoned)
        front = render_pdf(contents(placed, reckoned + sum(counts)), title=title, numbered=False)
        taken = page_count(front)
        if taken == reckoned:
            return front, placed
        reckoned = taken
    raise ValueError("The contents page takes another number of pages each time it is laid out.")


def _guessed_pages(parts: Sequence[Part], lines_above: int) -> int:
    """Set the entries one after the other; one that does not fit begins the next page."""
    pages, left = 1, float(_FIRST_PAGE_HEIGHT - lines_above * _LINE_HEIGHT)
    for part in parts:
        lines = max(1, ceil(len(part.title) / _LETTERS_A_LINE)) + bool(part.note)
        height = lines * _LINE_HEIGHT + _ENTRY_EXTRA
        if height > left:
            pages, left = pages + 1, float(_PAGE_HEIGHT)
        elif part.level == 1:
            height += _OUTERMOST_ENTRY_EXTRA
        left -= height
    return pages


def _place(parts: Sequence[Part], counts: Sequence[int], before: int) -> tuple[PlacedPart, ...]:
    placed = []
    page = before + 1
    for number, (part, count) in enumerate(zip(parts, counts, strict=True)):
        href = "" if part.is_left_out else f"{_PART_LINK}{number}"
        placed.append(PlacedPart(part.title, part.level, page, count, href, part.note))
        page += count
    return tuple(placed)


def _describe(writer: Writer, joiner: Joiner, title: str, placed: Sequence[PlacedPart]) -> None:
    """Write what the whole says of itself, its bookmarks and its catalogue."""
    page_tree, structure = joiner.finish()
    first = f"[{joiner.pages[0].number} 0 R /Fit]".encode()
    entries = [(1, CONTENTS_TITLE, first)]
    entries += [(part.level, part.title, joiner.destination(part.first_page)) for part in placed if part.href]
    bookmarks = write_bookmarks(writer, entries)
    metadata = writer.new(b"<</Type /Metadata/Subtype /XML>>", xmp_packet(title, LANGUAGE))
    root = writer.new(
        b"<</Type /Catalog/Pages %d 0 R/StructTreeRoot %d 0 R/Outlines %d 0 R/Metadata %d 0 R/Lang (%b)"
        b"/MarkInfo <</Marked true>>/ViewerPreferences <</DisplayDocTitle true>>/PageMode /UseOutlines%b>>"
        % (page_tree, structure, bookmarks, metadata, LANGUAGE.encode(), joiner.output_intents)
    )
    info = writer.new(b"<</Title %b/Producer (%b)>>" % (text_string(title), PRODUCER.encode()))
    writer.finish(root, info)

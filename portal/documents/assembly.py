"""Parts that are already PDFs become one: contents, bookmarks, one structure tree, running page numbers.

Nothing of a part is laid out again, so that a pack of which one part changed is made in an instant.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, OutlineItem, Pdf, String

from portal.documents.joining import Joiner
from portal.documents.pagination import PageNumbers
from portal.documents.rendering import render_pdf
from portal.documents.stream_ends import separate_stream_ends
from portal.documents.xmp import PRODUCER, clean_title, xmp_packet

#: Official documents are Swedish only.
CONTENTS_TITLE = "Innehåll"
LANGUAGE = "sv"

_PART_LINK = "part:"
# Heights in points, from `document.css`: a good guess of the contents' pages saves a second layout.
_FIRST_PAGE_HEIGHT = 520
_PAGE_HEIGHT = 660
_ENTRY_HEIGHT = 18.2
_OUTERMOST_ENTRY_EXTRA = 9
_MAX_CONTENTS_LAYOUTS = 5


@dataclass(frozen=True)
class Part:
    """One entry of the contents and the bookmarks, with its pages.

    `level` 1 is outermost; a part belongs under the nearest part before it with a lower level.
    Without `pdf` it is a heading for the parts under it and points to the first page that follows.
    `note` stands under it in the contents. What `is_left_out` leads nowhere and has no bookmark.
    """

    title: str
    pdf: bytes | Path | None
    level: int = 1
    note: str = ""
    is_left_out: bool = False


@dataclass(frozen=True)
class PlacedPart:
    """A part with its place: `first_page` counts from 1 through the whole document."""

    title: str
    level: int
    first_page: int
    page_count: int
    href: str  # to link to the part from the contents page; empty when it leads nowhere
    note: str = ""


@dataclass(frozen=True)
class AssembledPdf:
    content: bytes
    page_count: int
    parts: tuple[PlacedPart, ...]


#: Makes the HTML of the contents from the placed parts and the number of pages of the whole.
Contents = Callable[[Sequence[PlacedPart], int], str]


def page_count(pdf: bytes | Path) -> int:
    """Number of pages. Raises `pikepdf.PdfError` when it is no readable PDF."""
    with _open(pdf) as opened:
        return len(opened.pages)


def assemble(parts: Sequence[Part], *, title: str, contents: Contents) -> AssembledPdf:
    """One PDF/A-2a and PDF/UA-1 document: the contents page or pages, then all parts in order.

    Parts must be what `render_pdf(..., numbered=False)` makes: tagged, with an empty page number slot.
    The same parts give the same bytes. Raises `joining.NotTagged` for a PDF without structure, and
    `rendering.RenderingError` when the contents cannot be rendered.
    """
    title = clean_title(title)
    with ExitStack() as stack:
        sources = [None if part.pdf is None else stack.enter_context(_open(part.pdf)) for part in parts]
        counts = [0 if source is None else len(source.pages) for source in sources]
        contents_pdf, placed = _contents(parts, counts, title, contents)
        whole = stack.enter_context(Pdf.new())
        joiner = Joiner(whole)
        front = stack.enter_context(_open(contents_pdf))
        joiner.append(front, CONTENTS_TITLE)
        for part, source in zip(parts, sources, strict=True):
            if source is not None:
                joiner.append(source, part.title)
        joiner.finish()
        pages = list(whole.pages)
        _link_contents(pages[: len(front.pages)], pages, placed)
        _number(whole, pages, joiner)
        _describe(whole, front, title)
        _bookmark(whole, placed)
        output = io.BytesIO()
        whole.save(output, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return AssembledPdf(separate_stream_ends(output.getvalue()), len(pages), placed)


def _open(pdf: bytes | Path) -> Pdf:
    return Pdf.open(io.BytesIO(pdf) if isinstance(pdf, bytes) else pdf)


def _contents(
    parts: Sequence[Part], counts: Sequence[int], title: str, contents: Contents
) -> tuple[bytes, tuple[PlacedPart, ...]]:
    """Render the contents until the pages it takes are the pages it reckoned with."""
    height = sum(_ENTRY_HEIGHT + (_OUTERMOST_ENTRY_EXTRA if part.level == 1 else 0) for part in parts)
    reckoned = 1 + max(0, ceil((height - _FIRST_PAGE_HEIGHT) / _PAGE_HEIGHT))
    for _layout in range(_MAX_CONTENTS_LAYOUTS):
        placed = _place(parts, counts, reckoned)
        front = render_pdf(contents(placed, reckoned + sum(counts)), title=title, numbered=False)
        taken = page_count(front)
        if taken == reckoned:
            return front, placed
        reckoned = taken
    raise ValueError("The contents page takes another number of pages each time it is laid out.")


def _place(parts: Sequence[Part], counts: Sequence[int], before: int) -> tuple[PlacedPart, ...]:
    placed = []
    page = before + 1
    for number, (part, count) in enumerate(zip(parts, counts, strict=True)):
        href = "" if part.is_left_out else f"{_PART_LINK}{number}"
        placed.append(PlacedPart(part.title, part.level, page, count, href, part.note))
        page += count
    return tuple(placed)


def _destination(page: pikepdf.Page) -> Array:
    return Array([page.obj, Name.XYZ, None, page.obj.MediaBox[3], None])


def _link_contents(
    front: Sequence[pikepdf.Page], pages: Sequence[pikepdf.Page], placed: Sequence[PlacedPart]
) -> None:
    targets = {part.href: part for part in placed if part.href}
    for page in front:
        for annotation in page.obj.get("/Annots", ()):
            part = targets.get(str(annotation.get("/A", Dictionary()).get("/URI", "")))
            if part is None:
                continue
            del annotation.A
            annotation.Dest = _destination(pages[min(part.first_page, len(pages)) - 1])
            annotation.Contents = String(f"{part.title}, sidan {part.first_page}")


def _number(whole: Pdf, pages: Sequence[pikepdf.Page], joiner: Joiner) -> None:
    numbers = PageNumbers(whole)
    joiner.share_font(numbers.font)
    for number, page in enumerate(pages, start=1):
        numbers.stamp(page, number, len(pages))


def _describe(whole: Pdf, front: Pdf, title: str) -> None:
    root = whole.Root
    root.Lang = String(LANGUAGE)
    root.MarkInfo = Dictionary(Marked=True)
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    root.PageMode = Name.UseOutlines
    root.OutputIntents = whole.copy_foreign(front.make_indirect(front.Root.OutputIntents))
    metadata = whole.make_stream(xmp_packet(title, LANGUAGE))
    metadata.Type, metadata.Subtype = Name.Metadata, Name.XML
    root.Metadata = metadata
    whole.docinfo["/Title"] = String(title)
    whole.docinfo["/Producer"] = String(PRODUCER)


def _bookmark(whole: Pdf, placed: Sequence[PlacedPart]) -> None:
    with whole.open_outline() as outline:
        outline.root.append(OutlineItem(CONTENTS_TITLE, Array([whole.pages[0].obj, Name.Fit])))
        # The open branch: the last entry on each level, outermost first.
        branch: list[tuple[int, list[OutlineItem]]] = [(0, outline.root)]
        for part in filter(lambda part: part.href, placed):
            while branch[-1][0] >= part.level:
                branch.pop()
            page = whole.pages[min(part.first_page, len(whole.pages)) - 1]
            item = OutlineItem(part.title, _destination(page))
            branch[-1][1].append(item)
            branch.append((part.level, item.children))

"""Joining tagged PDFs: pages, one structure tree, and streams that are kept once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from portal.documents.objects import (
    Body,
    PdfFile,
    Unreadable,
    Writer,
    moved_in_parent_tree,
    new_references,
    pieces,
    references,
    renumbered,
    stands_alone,
    text_string,
)
from portal.documents.pagination import FONT, PageNumbers

_MEDIA_BOX = re.compile(rb"/MediaBox ?\[ ?([-\d. ]+?) ?\]")
_CONTENTS = re.compile(rb"/Contents ?(?:\[([^\]]*)\]|(\d+ 0 R))")
#: What a page and the outermost element hang in is not copied, so the reference to it has become nothing.
_PARENT = re.compile(rb"/Parent null")
_OUTPUT_INTENTS = re.compile(rb"/OutputIntents ?\[[^\]]*\]")
_PARENT_ELEMENT = re.compile(rb"/P null")
_KIND = re.compile(rb"/S ?/\w+")
_PARENT_ENTRY = re.compile(rb"(\d+) (\[[^\]]*\]|\d+ 0 R)")
_PART_LINK = re.compile(rb"/A ?<<[^>]*/URI \((part:\d+)\)[^>]*>>")
_LINK_WORDS = re.compile(rb"/Contents ?(?:\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f]*>)", re.DOTALL)


class NotTagged(ValueError):
    """A PDF without a structure tree cannot become part of an accessible document."""


class JoinedPage(NamedTuple):
    """A page of the whole: its object, and its upper edge in points."""

    number: int
    top: float


class LinkTarget(NamedTuple):
    """Where a link of the contents leads: a page of the whole, from 1, and what the link is called."""

    page: int
    words: str


class Joiner:
    """Appends tagged PDFs to a file that is being written, as `render_pdf` writes them.

    That is: a flat page tree, a flat parent tree, no role or class maps, no named destinations, and header
    cells' names that are unique everywhere. `portal.documents.foreign` brings others into that form.
    """

    def __init__(self, writer: Writer, page_total: int, links: Mapping[bytes, LinkTarget]) -> None:
        self.pages: list[JoinedPage] = []
        #: The dictionary that says how colours are meant, taken from the first file.
        self.output_intents = b""
        self._writer = writer
        self._total = page_total
        self._links = links
        self._waiting_links: list[tuple[int, bytes]] = []
        self._page_tree, self._structure, self._document = (writer.number() for _ in range(3))
        self._parts: list[int] = []
        self._parents: list[bytes] = []
        self._next_key = 0
        self._numbers = PageNumbers(writer)

    def append(self, source: PdfFile, title: str) -> None:
        """Add all pages of `source`, with its structure hung under the one document as a titled part."""
        catalogue = source.text(source.root)
        tree = source.reference(catalogue, b"StructTreeRoot")
        page_tree = source.reference(catalogue, b"Pages")
        if tree is None or page_tree is None:
            raise NotTagged(title)
        pages = source.numbers(source.text(page_tree), b"Kids")
        elements = source.numbers(source.text(tree), b"K")
        parent_tree = source.reference(source.text(tree), b"ParentTree")
        entries = _PARENT_ENTRY.findall(source.text(parent_tree)) if parent_tree else []
        frame = {source.root, page_tree, tree, parent_tree}
        beginnings = [*pages, *elements, *(number for _, text in entries for number in references(text))]
        intents = None if self.output_intents else _OUTPUT_INTENTS.search(catalogue)
        if intents:
            beginnings += references(intents[0])
        kept = source.reachable(beginnings, frame)
        numbers = self._writer.numbers_for(source, kept)
        new = new_references(numbers)
        if intents:
            self.output_intents = renumbered(pieces(intents[0]), new)
        fonts = {_font_table(source, page) for page in pages}
        for number, cut in kept.items():
            body = source.objects[number]
            if stands_alone(body, cut):
                continue
            data, text = body.data, moved_in_parent_tree(renumbered(cut, new), self._next_key)
            if number in fonts:
                text = self._with_font(text)
            if number in elements:
                text = self._as_part(text, title)
            elif number in pages:
                text = self._numbered_page(numbers[number], text, pages.index(number))
            if data is None and _PART_LINK.search(text):
                self._waiting_links.append((numbers[number], text))
            else:
                self._writer.add(numbers[number], Body(text, data))
        self.pages += [JoinedPage(numbers[page], _top(source.text(page))) for page in pages]
        self._parts += [numbers[element] for element in elements]
        self._remember_parents(entries, new)

    def finish(self) -> tuple[int, int]:
        """Write links, page tree and structure tree; the numbers of the two trees."""
        for number, text in self._waiting_links:
            self._writer.add(number, Body(self._led(text)))
        kids = b" ".join(b"%d 0 R" % page.number for page in self.pages)
        self._writer.add(
            self._page_tree, Body(b"<</Type /Pages/Kids [%b]/Count %d>>" % (kids, len(self.pages)))
        )
        parts = b" ".join(b"%d 0 R" % part for part in self._parts)
        self._writer.add(
            self._document,
            Body(b"<</Type /StructElem/S /Document/K [%b]/P %d 0 R>>" % (parts, self._structure)),
        )
        parents = self._writer.new(b"<</Nums [%b]>>" % b" ".join(self._parents))
        self._writer.add(
            self._structure,
            Body(
                b"<</Type /StructTreeRoot/K [%d 0 R]/ParentTree %d 0 R/ParentTreeNextKey %d>>"
                % (self._document, parents, self._next_key)
            ),
        )
        return self._page_tree, self._structure

    def destination(self, page: int) -> bytes:
        """The top of a page, from 1; the last page for one that would come after it."""
        target = self.pages[min(page, len(self.pages)) - 1]
        return b"[%d 0 R /XYZ null %.3f null]" % target

    def _numbered_page(self, number: int, text: bytes, place: int) -> bytes:
        """A page hung in the page tree, with "17 (143)" written on it."""
        stamp = self._numbers.stamp(len(self.pages) + place + 1, self._total, _media_box(text))

        def bracketed(match: re.Match[bytes]) -> bytes:
            return b"/Contents [%d 0 R %b %d 0 R]" % (self._numbers.before, match[1] or match[2], stamp)

        text = _PARENT.sub(b"/Parent %d 0 R" % self._page_tree, text, count=1)
        if _CONTENTS.search(text):
            return _CONTENTS.sub(bracketed, text, count=1)
        contents = b"/Contents [%d 0 R %d 0 R]>>" % (self._numbers.before, stamp)
        return text.rstrip().removesuffix(b">>") + contents

    def _as_part(self, text: bytes, title: str) -> bytes:
        """The outermost element of a file, as a titled part of the whole."""
        text = _PARENT_ELEMENT.sub(b"/P %d 0 R" % self._document, text, count=1)
        return _KIND.sub(b"/S /Part/T %b" % text_string(title), text, count=1)

    def _with_font(self, text: bytes) -> bytes:
        """A table of fonts with the one of the page numbers."""
        return text.replace(b"<<", b"<<%b %d 0 R" % (FONT, self._numbers.font), 1)

    def _led(self, text: bytes) -> bytes:
        """A link of the contents, to its page in the whole and called by what it leads to."""
        match = _PART_LINK.search(text)
        target = self._links.get(match[1]) if match else None
        if target is None:
            return text
        text = _LINK_WORDS.sub(b"", _PART_LINK.sub(b"", text))
        place = b"/Dest %b/Contents %b>>" % (self.destination(target.page), text_string(target.words))
        return text.rstrip().removesuffix(b">>") + place

    def _remember_parents(self, entries: Iterable[tuple[bytes, bytes]], new: Mapping[bytes, bytes]) -> None:
        """Which elements the marks on each page belong to; each list is an object of its own."""
        after = self._next_key
        for key, value in entries:
            moved = int(key) + self._next_key
            after = max(after, moved + 1)
            text = renumbered(pieces(value), new)
            if text.startswith(b"["):
                text = b"%d 0 R" % self._writer.new(text)
            self._parents.append(b"%d %b" % (moved, text))
        self._next_key = after


def _font_table(source: PdfFile, page: int) -> int:
    """The object that holds the fonts of a page."""
    resources = source.reference(source.text(page), b"Resources")
    table = source.reference(source.text(resources), b"Font") if resources else None
    if table is None:
        raise Unreadable("The fonts of a page do not lie where WeasyPrint puts them.")
    return table


def _media_box(page: bytes) -> tuple[float, float, float, float]:
    match = _MEDIA_BOX.search(page)
    if match is None:
        raise Unreadable("A page does not say how large it is.")
    left, bottom, right, top = (float(edge) for edge in match[1].split())
    return left, bottom, right, top


def _top(page: bytes) -> float:
    return _media_box(page)[3]

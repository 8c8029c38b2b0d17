"""Page numbers through an assembled document: "17 (143)" stamped on pages that are already made.

The slot is the one `document.css` keeps free at the bottom right of every page.
"""

from __future__ import annotations

import re
import zlib
from functools import cache
from typing import NamedTuple

from portal.documents.objects import Body, PdfFile, Writer, new_references, renumbered, stands_alone
from portal.documents.rendering import render_pdf

MILLIMETRE = 72 / 25.4
#: From the page's right edge, as the margins of `@page` and `@page landscape`, in points.
RIGHT_MARGIN_PORTRAIT = 33 * MILLIMETRE
RIGHT_MARGIN_LANDSCAPE = 18 * MILLIMETRE
#: From the page's lower edge to the line the figures stand on, in points.
BASELINE = 14 * MILLIMETRE + 3.19
SIZE = 9.0
COLOUR = b"0.290196 0.27451 0.25098 rg"

FONT = b"/SamspelNumbers"
_CHARACTERS = "0123456789 ()"
_SPECIMEN = f'<!doctype html><html lang="sv"><title>Siffror</title><body><p>{_CHARACTERS}</p></body></html>'
_MAPPING = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]{4})>")
#: Widths of glyphs: the first glyph's number, then the widths of it and those after it.
_WIDTHS = re.compile(rb"(\d+) \[([\d. ]+)\]")


class _Figures(NamedTuple):
    """A font that holds the figures: the file to copy it from, and per character glyph and width."""

    specimen: PdfFile
    font: int
    glyphs: dict[str, bytes]
    widths: dict[str, float]  # in thousandths of the font size


@cache
def _figures() -> _Figures:
    specimen = PdfFile(render_pdf(_SPECIMEN, title="Siffror", numbered=False))
    (font,) = (number for number, body in specimen.objects.items() if b"/Subtype /Type0" in body.text)
    text = specimen.text(font)
    (descendant,) = specimen.numbers(text, b"DescendantFonts")
    characters = specimen.objects[specimen.reference(text, b"ToUnicode") or 0].data or b""
    mapping = zlib.decompress(characters).partition(b"beginbfchar")[2]
    glyphs = {chr(int(written, 16)): glyph for glyph, written in _MAPPING.findall(mapping)}
    widths: dict[int, float] = {}
    for first, run in _WIDTHS.findall(specimen.text(descendant).partition(b"/W [")[2]):
        widths.update({int(first) + place: float(width) for place, width in enumerate(run.split())})
    return _Figures(
        specimen, font, glyphs, {character: widths[int(glyph, 16)] for character, glyph in glyphs.items()}
    )


class PageNumbers:
    """Writes the numbers of pages into a file: the font once, and a stream for each page."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self.font = self._copy_font()
        # What a page draws may leave any coordinate system behind: it is put in brackets.
        self.before = writer.new(b"<<>>", b"q")

    def stamp(self, number: int, total: int, media_box: tuple[float, float, float, float]) -> int:
        """The stream that writes "number (total)" as an artifact, which reading aloud skips."""
        return self._writer.new(b"<<>>", self._drawing(f"{number} ({total})", media_box))

    def _copy_font(self) -> int:
        specimen, font, _glyphs, _widths = _figures()
        needed = specimen.reachable([font])
        numbers = self._writer.numbers_for(specimen, needed)
        new = new_references(numbers)
        for old, cut in needed.items():
            if not stands_alone(specimen.objects[old], cut):
                self._writer.add(numbers[old], Body(renumbered(cut, new)))
        return numbers[font]

    def _drawing(self, text: str, media_box: tuple[float, float, float, float]) -> bytes:
        left, bottom, right, top = media_box
        margin = RIGHT_MARGIN_LANDSCAPE if right - left > top - bottom else RIGHT_MARGIN_PORTRAIT
        figures = _figures()
        width = sum(figures.widths[character] for character in text) * SIZE / 1000
        x, y = right - margin - width, bottom + BASELINE
        glyphs = b"".join(figures.glyphs[character] for character in text)
        return (
            b"Q /Artifact <</Type /Pagination>> BDC q BT %b %b %.1f Tf 1 0 0 1 %.3f %.3f Tm <%b> Tj ET Q EMC"
            % (COLOUR, FONT, SIZE, x, y, glyphs)
        )

"""Page numbers through an assembled document: "17 (143)" stamped on pages that are already made.

The slot is the one `document.css` keeps free at the bottom right of every page.
"""

from __future__ import annotations

import io
import re
from functools import cache
from typing import NamedTuple

import pikepdf
from pikepdf import Dictionary, Name, Pdf

from portal.documents.rendering import render_pdf

MILLIMETRE = 72 / 25.4
#: From the page's right edge, as the margins of `@page` and `@page landscape`, in points.
RIGHT_MARGIN_PORTRAIT = 33 * MILLIMETRE
RIGHT_MARGIN_LANDSCAPE = 18 * MILLIMETRE
#: From the page's lower edge to the line the figures stand on, in points.
BASELINE = 14 * MILLIMETRE + 3.19
SIZE = 9.0
COLOUR = b"0.290196 0.27451 0.25098 rg"

_FONT = Name("/SamspelNumbers")
_CHARACTERS = "0123456789 ()"
_SPECIMEN = f'<!doctype html><html lang="sv"><title>Siffror</title><body><p>{_CHARACTERS}</p></body></html>'
_MAPPING = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]{4})>")


class _Figures(NamedTuple):
    """A font that holds the figures: a one-page PDF to copy it from, and per character glyph and width."""

    specimen: bytes
    glyphs: dict[str, bytes]
    widths: dict[str, float]  # in thousandths of the font size


@cache
def _figures() -> _Figures:
    specimen = render_pdf(_SPECIMEN, title="Siffror", numbered=False)
    with Pdf.open(io.BytesIO(specimen)) as pdf:
        font = _font_of(pdf)
        mapping = font.ToUnicode.read_bytes().partition(b"beginbfchar")[2]
        glyphs = {chr(int(text, 16)): glyph for glyph, text in _MAPPING.findall(mapping)}
        widths: dict[int, float] = {}
        runs = list(font.DescendantFonts[0].W)  # [first, [width, width, …], first, […], …]
        for first, run in zip(runs[::2], runs[1::2], strict=True):
            widths.update({int(first) + place: float(width) for place, width in enumerate(run)})
    return _Figures(
        specimen, glyphs, {character: widths[int(glyph, 16)] for character, glyph in glyphs.items()}
    )


def _font_of(pdf: Pdf) -> pikepdf.Object:
    (font,) = pdf.pages[0].Resources.Font.values()
    return font


class PageNumbers:
    """Stamps pages of one PDF. The font must be shared with the rest by the caller, like any other."""

    def __init__(self, pdf: Pdf) -> None:
        self._pdf = pdf
        self._specimen = Pdf.open(io.BytesIO(_figures().specimen))
        self.font = pdf.copy_foreign(_font_of(self._specimen))
        # What a page draws may leave any coordinate system behind: it is put in brackets.
        self._before = pdf.make_stream(b"q")

    def stamp(self, page: pikepdf.Page, number: int, total: int) -> None:
        """Write "number (total)" as an artifact, which reading aloud skips."""
        obj = page.obj
        resources = obj.get("/Resources")
        if resources is None:
            resources = obj.Resources = Dictionary()
        if "/Font" not in resources:
            resources.Font = Dictionary()
        resources.Font[_FONT] = self.font
        after = self._pdf.make_stream(self._drawing(f"{number} ({total})", obj.MediaBox))
        contents = obj.get("/Contents", pikepdf.Array())
        streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
        obj.Contents = pikepdf.Array([self._before, *streams, after])

    def _drawing(self, text: str, media_box: pikepdf.Object) -> bytes:
        left, bottom, right, top = (float(edge) for edge in media_box)
        margin = RIGHT_MARGIN_LANDSCAPE if right - left > top - bottom else RIGHT_MARGIN_PORTRAIT
        figures = _figures()
        width = sum(figures.widths[character] for character in text) * SIZE / 1000
        x, y = right - margin - width, bottom + BASELINE
        glyphs = b"".join(figures.glyphs[character] for character in text)
        return (
            b"Q /Artifact <</Type /Pagination>> BDC q BT %b %b %.1f Tf 1 0 0 1 %.3f %.3f Tm <%b> Tj ET Q EMC"
            % (COLOUR, str(_FONT).encode(), SIZE, x, y, glyphs)
        )

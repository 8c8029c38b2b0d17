"""The fonts documents embed, what they can write, and text made fit for them.

Only packaged fonts are ever used: PDF/A forbids a missing glyph, and a system's own fonts would make
the same document look different on two machines. So text is fitted to what the fonts hold.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

FONT_FOLDER = Path(__file__).resolve().parents[2] / "static" / "build" / "fonts"

#: What stands where no packaged font has the character and no equivalent is known.
UNKNOWN = "[?]"

# WeasyPrint's time to break a word grows with the square of its length, unless it finds break points.
_LONG_WORD = re.compile(r"\S{81,}")
_PIECE = re.compile(r"\S{10}(?=\S)")
_BREAK_POINT = "\u200b"

# Layout and hinting tables serve shaping and screens; a PDF draws glyphs already chosen and placed.
_USELESS_IN_PDF = ("BASE", "DSIG", "GDEF", "GPOS", "GSUB", "STAT", "cvt ", "fpgm", "gasp", "prep")

_EQUIVALENTS = {
    "\u202f": "\u00a0",  # narrow no-break space: Unicode's own equivalent would allow a line break
    "\u2007": "\u00a0",
    "\u2011": "-",
    "\u2010": "-",
    "\u2012": "–",
    "\u2015": "—",
    "\u2028": "\n",
    "\u2029": "\n",
    "→": "->",
    "←": "<-",
    "⇒": "=>",
    "≤": "<=",
    "≥": ">=",
    "≈": "~",
    "≠": "!=",
    "☐": "[ ]",
    "□": "[ ]",
    "☑": "[x]",
    "☒": "[x]",
    "✓": "[x]",
    "✔": "[x]",
    "●": "•",
    "▪": "•",
    "■": "•",
    "◦": "•",
    "‣": "•",
    "►": "•",
    "❤": "<3",
}


class FontsMissing(RuntimeError):
    """The fonts are not built yet: an error of the installation, not of the document."""


@dataclass(frozen=True)
class Face:
    """One font file. Its family is its own: two files under one family name are mixed up by WeasyPrint.

    (WeasyPrint 70 knows a font by its description; "Latin" and "Greek" files of one family share it,
    and Greek text is then written with Latin glyphs.)
    """

    family: str
    file: str
    weight: int = 400
    style: str = "normal"

    @property
    def path(self) -> Path:
        return FONT_FOLDER / self.file

    @property
    def css(self) -> str:
        return (
            f'@font-face {{ font-family: "{self.family}"; src: url("asset:{self.file}"); '
            f"font-weight: {self.weight}; font-style: {self.style}; }}"
        )


def _source_sans(family: str, subset: str, *variants: str) -> tuple[Face, ...]:
    return tuple(
        Face(family, f"source-sans-3-{subset}-{variant}.woff2", int(variant[:3]), variant[4:])
        for variant in variants
    )


#: The order is the order in which a character is looked for.
FACES = (
    *_source_sans("Source Sans", "latin", "400-normal", "600-normal", "400-italic"),
    *_source_sans("Source Sans Ext", "latin-ext", "400-normal", "600-normal", "400-italic"),
    *_source_sans("Source Sans Cyrillic", "cyrillic", "400-normal", "600-normal"),
    *_source_sans("Source Sans Greek", "greek", "400-normal", "600-normal"),
    Face("Noto Sans Arabic", "noto-sans-arabic-arabic-400-normal.woff2"),
)
FAMILIES = tuple(dict.fromkeys(face.family for face in FACES))


def require_fonts() -> None:
    """Raise `FontsMissing` when a font file is not there."""
    missing = [face.file for face in FACES if not face.path.is_file()]
    if missing:
        raise FontsMissing(f"Run `make setup`: the fonts of documents are not built ({', '.join(missing)}).")


def stylesheet() -> str:
    """The `@font-face` rules, and the families as the one font of a document."""
    families = ", ".join(f'"{family}"' for family in FAMILIES)
    # Everything inherits it, also what browsers' default sheets set in a typewriter font.
    inherit = "code, kbd, pre, samp, tt, input, textarea, button, select { font-family: inherit; }"
    return "\n".join((*(face.css for face in FACES), f":root {{ font-family: {families}; }}", inherit))


@cache
def full_program(face: Face) -> tuple[bytes, int]:
    """A whole font as a PDF embeds it: zlib-compressed TrueType, and its length uncompressed, in bytes.

    Glyphs keep their numbers, so it can stand in for any subset of the same font.
    """
    font = TTFont(face.path)
    font.flavor = None
    for table in _USELESS_IN_PDF:
        if table in font:
            del font[table]
    font.recalcTimestamp = False  # the same bytes in each process, so that documents share one program
    raw = io.BytesIO()
    font.save(raw)
    return zlib.compress(raw.getvalue(), 9), len(raw.getvalue())


@cache
def _unfit() -> re.Pattern[str]:
    """Matches a run of characters that no packaged font can write (or that must not be written)."""
    covered = {"\t", "\n", "\r"}
    for face in FACES:
        cmap = TTFont(face.path, lazy=True).getBestCmap()
        # Unassigned, control, direction and zero-width characters are kept out even where a font has
        # them: they hide or turn text around, and PDF/A refuses some. The soft hyphen is harmless.
        covered.update(
            char for char in map(chr, cmap) if char == "\u00ad" or unicodedata.category(char)[0] != "C"
        )
    return re.compile(f"[^{re.escape(''.join(sorted(covered)))}]+")


def fit(text: str) -> str:
    """The same text in characters the packaged fonts can write.

    Decomposed letters are composed, invisible control characters go, some signs get an equivalent
    ("→" becomes "->"), and what remains unknown (an emoji, Chinese) becomes one "[?]" per run. Words of
    more than eighty characters get invisible places to break.
    """
    text = unicodedata.normalize("NFC", text)
    text = _unfit().sub(_replacement, text)
    return _LONG_WORD.sub(lambda word: _PIECE.sub(rf"\g<0>{_BREAK_POINT}", word[0]), text)


def _replacement(match: re.Match[str]) -> str:
    written = []
    for char in match[0]:
        if char in _EQUIVALENTS:
            written.append(_EQUIVALENTS[char])
        elif unicodedata.category(char) in ("Cc", "Cf", "Mn", "Me"):
            continue
        elif not _unfit().search(folded := unicodedata.normalize("NFKC", char)):
            written.append(folded)
        elif not written or written[-1] != UNKNOWN:
            written.append(UNKNOWN)
    return "".join(written)

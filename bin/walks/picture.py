"""A picture to take, and a page of a document to draw."""

from dataclasses import dataclass

#: Pixels: how wide the browser is, and where a picture longer than a screen and a half is cut.
WIDTH, TALLEST = 1000, 1300


@dataclass(frozen=True)
class Picture:
    """What to take: a file's name, who looks (empty: a visitor), the address, and its size in pixels."""

    name: str
    who: str
    path: str
    width: int = WIDTH
    tallest: int = TALLEST


@dataclass(frozen=True)
class PrintedPages:
    """Pages of a document to draw beside each other: a file's name, the document, and which (from 1)."""

    name: str
    pdf: bytes
    pages: tuple[int, ...]

"""A picture to take, and a page of a document to draw."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """What to take: a file's name, who looks, and the address of the page."""

    name: str
    who: str
    path: str


@dataclass(frozen=True)
class PrintedPage:
    """A page of a document to draw: a file's name, the document, and which page (from 1)."""

    name: str
    pdf: bytes
    page: int

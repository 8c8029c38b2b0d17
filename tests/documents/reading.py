"""Reading PDFs back: text, places of words, bookmarks and link targets."""

from __future__ import annotations

import io
from typing import Any, NamedTuple

import pikepdf
import pypdf
from pdfminer.high_level import extract_pages
from pdfminer.layout import LTTextContainer, LTTextLine


def page_texts(pdf: bytes) -> list[str]:
    """Text of each page in content order, with ordinary spaces and without line breaks."""
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


class Line(NamedTuple):
    text: str
    left: float
    bottom: float
    right: float


def lines(pdf: bytes, page: int) -> list[Line]:
    """Lines of one page (from 0) with their place in points from the lower left corner."""
    (layout,) = extract_pages(io.BytesIO(pdf), page_numbers=[page])
    return [
        Line(line.get_text().strip(), line.x0, line.y0, line.x1)
        for box in layout
        if isinstance(box, LTTextContainer)
        for line in box
        if isinstance(line, LTTextLine)
    ]


def bookmarks(pdf: bytes) -> list[Any]:
    """Titles with page numbers (from 1); what lies under an entry follows it as a list."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))

    def read(entries: list[Any]) -> list[Any]:
        return [
            read(entry)
            if isinstance(entry, list)
            else (entry.title, (reader.get_destination_page_number(entry) or 0) + 1)
            for entry in entries
        ]

    return read(reader.outline)


def links(pdf: bytes, page: int) -> list[tuple[str, int | str]]:
    """What each link of a page (from 0) is called, and its page (from 1) or address."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        numbers: dict[Any, int] = {item.objgen: number for number, item in enumerate(opened.pages, start=1)}
        return [
            (
                str(annotation.Contents),
                numbers[annotation.Dest[0].objgen] if "/Dest" in annotation else str(annotation.A.URI),
            )
            for annotation in opened.pages[page].obj.get("/Annots", ())
        ]


def structure(pdf: bytes) -> list[str]:
    """Kinds of the structure elements in reading order, containers without meaning left out."""
    found: list[str] = []

    def walk(element: Any) -> None:
        if isinstance(element, pikepdf.Array):
            for child in element:
                walk(child)
        elif isinstance(element, pikepdf.Dictionary) and "/S" in element:
            if element.S not in (pikepdf.Name.NonStruct, pikepdf.Name.Span, pikepdf.Name.Div):
                found.append(str(element.S)[1:])
            walk(element.get("/K", pikepdf.Array()))

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        walk(opened.Root.StructTreeRoot.K)
    return found

"""Pictures: their numbers, their text alternative, no colour alone, and the same in web and PDF."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from portal.documents.drawing import FONT, WIDTH, Bar, stacked_bars
from portal.documents.fonts import FAMILIES
from portal.documents.rendering import render_pdf
from tests.documents.validation import assert_archival_and_accessible

SVG = "{http://www.w3.org/2000/svg}"
PARTS = ["Svag", "Tillräcklig", "God", "Mycket god", "Ingen nivå"]


def drawn(*bars: Bar) -> ElementTree.Element:
    return ElementTree.fromstring(picture(*bars))  # noqa: S314  # our own drawing


def picture(*bars: Bar) -> str:
    return stacked_bars(bars, PARTS, title="Nivåer & ord", description="Effekt: 1 svag, 3 god.", ident="prov")


def texts(svg: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in svg.iter(f"{SVG}text")]


def test_a_picture_has_a_name_and_a_text_alternative() -> None:
    svg = drawn(Bar("Effekt", [1, 0, 3, 0, 0]))
    assert svg.get("role") == "img"
    named = {element.get("id"): element.text for element in svg.iter() if element.get("id")}
    assert [named[ident] for ident in (svg.get("aria-labelledby") or "").split()] == [
        "Nivåer & ord",
        "Effekt: 1 svag, 3 god.",
    ]


def test_the_numbers_are_written_in_the_bar_and_each_part_is_as_wide_as_its_share() -> None:
    svg = drawn(Bar("Effekt", [1, 0, 3, 0, 0]))
    assert texts(svg) == [*PARTS, "Effekt", "4", "1", "3"]
    widths = [float(box.get("width") or 0) for box in svg.iter(f"{SVG}rect") if box.get("height") == "26"]
    assert widths == [WIDTH / 4 - 1, 3 * WIDTH / 4 - 1]


def test_nothing_is_told_by_colour_alone() -> None:
    """Each part has a filling of its own: a pattern, or the one plain colour among them."""
    svg = drawn(Bar("Effekt", [1, 1, 1, 1, 1]))
    fills = [box.get("fill") for box in svg.iter(f"{SVG}rect") if box.get("height") == "26"]
    assert len(set(fills)) == 5
    assert [fill for fill in fills if not str(fill).startswith("url(#prov-")] == ["#0f5b66"]


def test_a_part_too_narrow_for_its_number_leaves_it_to_the_table() -> None:
    assert texts(drawn(Bar("Effekt", [1, 0, 99, 0, 0])))[-2:] == ["100", "99"]


def test_a_bar_of_nothing_is_empty() -> None:
    assert texts(drawn(Bar("Effekt", [0, 0, 0, 0, 0])))[-2:] == ["Effekt", "0"]


@pytest.mark.parametrize("word", ["style=", "<script", "<b>"])
def test_no_inline_style_and_no_markup_from_names(word: str) -> None:
    assert word not in picture(Bar("<b><script>", [1, 0, 0, 0, 0]))


def test_documents_write_it_in_their_own_font() -> None:
    assert FONT.split(", ") == list(FAMILIES[:2])


def test_in_a_document_it_keeps_the_standards() -> None:
    svg = picture(Bar("Effekt", [1, 2, 3, 4, 5]))
    html = f'<!doctype html><html lang="sv"><title>Bild</title><body><p>Bild</p>{svg}</body></html>'
    assert_archival_and_accessible(render_pdf(html, title="Bild"))

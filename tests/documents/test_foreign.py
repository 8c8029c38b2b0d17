"""Files that others made: brought into the pack's form, or left alone when they would break it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pypdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

from portal.documents.assembly import Part, PlacedPart, page_count
from portal.documents.foreign import normalised
from portal.documents.rendering import render_pdf
from tests.documents.reading import page_texts, structure
from tests.documents.validation import assert_archival_and_accessible
from tests.documents.whole import assemble

MakeDocument = Callable[..., str]


def contents(parts: Any, page_total: int) -> str:
    return '<!doctype html><html lang="sv"><title>Innehåll</title><h1>Innehåll</h1>'


@pytest.fixture(scope="module")
def sound(document: MakeDocument) -> bytes:
    """A tagged, archival file with a table, as somebody else might have made it."""
    table = "<table class='facts'><tr><th scope='row'>Namn</th><td>Fyren</td></tr></table>"
    return render_pdf(document(f"<h2>Avtal</h2><p>Text om avtalet.</p>{table}"), title="Avtal")


def changed(pdf: bytes, change: Callable[[Pdf], None]) -> bytes:
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        change(opened)
        opened.save(output, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return output.getvalue()


def as_another_program_writes(pdf: Pdf) -> None:
    """Own kinds of elements, a parent tree with branches, resources on the tree of pages."""
    tree = pdf.Root.StructTreeRoot
    tree.RoleMap = Dictionary({"/Rubrik": Name("/Heading2"), "/Heading2": Name.H2})
    for item in pdf.objects:
        if isinstance(item, Dictionary) and item.get("/S") == Name.H2:
            item.S = Name("/Rubrik")
    numbers = tree.ParentTree.Nums
    branch = pdf.make_indirect(Dictionary(Nums=numbers, Limits=Array([0, 9])))
    tree.ParentTree = pdf.make_indirect(Dictionary(Kids=Array([branch])))
    pdf.Root.Pages.Resources = pdf.pages[0].obj.Resources
    for page in pdf.pages:
        del page.obj["/Resources"]


def test_a_file_of_another_program_becomes_part_of_an_accessible_whole(sound: bytes) -> None:
    ready = normalised(changed(sound, as_another_program_writes))
    assert ready is not None
    whole = assemble([Part("Ett", ready), Part("Två", ready)], title="Allt", contents=contents)
    assert "Text om avtalet." in page_texts(whole.content)[1]
    assert structure(whole.content).count("H2") == 2
    assert "Rubrik" not in structure(whole.content)


def test_two_files_with_the_same_names_of_header_cells_are_kept_apart(sound: bytes) -> None:
    other = changed(sound, lambda pdf: pdf.Root.__setattr__("Lang", String("sv-SE")))
    first, second = normalised(sound), normalised(other)
    assert first is not None
    assert second is not None
    whole = assemble([Part("Ett", first), Part("Två", second)], title="Allt", contents=contents)
    assert_archival_and_accessible(whole.content)


def test_the_same_file_gives_the_same_bytes(sound: bytes) -> None:
    assert normalised(sound) == normalised(sound)


def plain() -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(595, 842)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def test_what_is_not_tagged_or_not_a_pdf_is_left_alone() -> None:
    assert normalised(plain()) is None
    assert normalised(b"%PDF-1.7 and nothing more") is None
    assert normalised(b"") is None


@pytest.mark.parametrize(
    "change",
    [
        lambda pdf: pdf.Root.__setattr__("AcroForm", Dictionary(Fields=Array())),
        lambda pdf: pdf.Root.__setattr__(
            "OpenAction", Dictionary(S=Name.JavaScript, JS=String("app.alert()"))
        ),
        lambda pdf: pdf.Root.StructTreeRoot.__setattr__("ClassMap", Dictionary()),
        lambda pdf: pdf.pages[0].obj.__setattr__("Rotate", 90),
        lambda pdf: pdf.Root.__delitem__("/StructTreeRoot"),
    ],
)
def test_what_would_mean_something_else_in_a_part_is_left_alone(
    sound: bytes, change: Callable[[Pdf], None]
) -> None:
    assert normalised(changed(sound, change)) is None


def test_a_file_whose_fonts_are_not_embedded_is_left_alone(sound: bytes) -> None:
    def strip(pdf: Pdf) -> None:
        for item in list(pdf.objects):
            if isinstance(item, Dictionary) and "/FontFile2" in item:
                del item["/FontFile2"]

    assert normalised(changed(sound, strip)) is None


def test_placed_parts_count_the_pages_of_the_file(sound: bytes) -> None:
    ready = normalised(sound)
    assert ready is not None
    whole = assemble([Part("Avtal", ready)], title="Allt", contents=contents)
    assert whole.parts == (PlacedPart("Avtal", 1, 2, page_count(sound), "part:0"),)

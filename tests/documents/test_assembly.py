"""Parts become one document: contents, bookmarks, links, page numbers, and nothing twice."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pikepdf
import pypdf
import pytest
from django.template.loader import render_to_string

from portal.documents.assembly import Part, PlacedPart, page_count
from portal.documents.joining import NotTagged
from portal.documents.rendering import render_pdf
from tests.documents.reading import bookmarks, lines, links, page_texts, structure
from tests.documents.validation import assert_archival_and_accessible
from tests.documents.whole import Whole, assemble

MakeDocument = Callable[..., str]
TITLE = "Handlingar till socialnämnden 21 december 2026"


def contents(parts: Sequence[PlacedPart], page_total: int) -> str:
    return render_to_string(
        "pdf/contents.html",
        {"committee": "Socialnämnden", "heading": TITLE, "parts": parts, "page_total": page_total},
    )


@pytest.fixture(scope="module")
def parts(report: str, table: str, document: MakeDocument) -> list[Part]:
    """A matter with report (2 pages), chair's proposal (1), table (several) and two sheets (1 each)."""

    def part(html: str, title: str, level: int) -> Part:
        return Part(title, render_pdf(html, title=title, numbered=False), level)

    return [
        Part("Föreningsbidrag 2027", None),
        part(report, "Tjänsteskrivelse", 2),
        part(document("<p>Jag instämmer.</p>", kind="Ordförandeförslag"), "Ordförandeförslag", 2),
        part(table, "Fördelningstabell", 2),
        Part("Bedömningar", None, 2),
        part(document("<p>God effekt.</p>"), "Dagcentralen Ankaret", 3),
        part(document("<p>Svag effekt.</p>"), "Ung i Rörelse", 3),
    ]


@pytest.fixture(scope="module")
def pack(parts: list[Part]) -> Whole:
    return assemble(parts, title=TITLE, contents=contents)


def test_pack_is_archival_and_accessible(pack: Whole) -> None:
    assert_archival_and_accessible(pack.content)
    with pikepdf.open(io.BytesIO(pack.content)) as opened:
        assert str(opened.Root.Lang) == "sv"
        assert str(opened.docinfo["/Title"]) == TITLE
        assert TITLE.encode() in opened.Root.Metadata.read_raw_bytes()


def test_parts_are_placed_after_the_contents(pack: Whole, parts: list[Part]) -> None:
    assert isinstance(parts[3].pdf, bytes)
    table_pages = page_count(parts[3].pdf)
    assert [(part.title, part.first_page, part.page_count) for part in pack.parts] == [
        ("Föreningsbidrag 2027", 2, 0),
        ("Tjänsteskrivelse", 2, 2),
        ("Ordförandeförslag", 4, 1),
        ("Fördelningstabell", 5, table_pages),
        ("Bedömningar", 5 + table_pages, 0),
        ("Dagcentralen Ankaret", 5 + table_pages, 1),
        ("Ung i Rörelse", 6 + table_pages, 1),
    ]
    assert pack.page_count == page_count(pack.content) == 6 + table_pages


def test_bookmarks_nest_as_the_parts_do(pack: Whole) -> None:
    page = {part.title: part.first_page for part in pack.parts}
    assert bookmarks(pack.content) == [
        ("Innehåll", 1),
        ("Föreningsbidrag 2027", 2),
        [
            ("Tjänsteskrivelse", 2),
            ("Ordförandeförslag", 4),
            ("Fördelningstabell", 5),
            ("Bedömningar", page["Bedömningar"]),
            [("Dagcentralen Ankaret", page["Bedömningar"]), ("Ung i Rörelse", page["Ung i Rörelse"])],
        ],
    ]


def test_contents_link_to_the_first_page_of_each_part(pack: Whole) -> None:
    assert links(pack.content, 0) == [
        (f"{part.title}, sidan {part.first_page}", part.first_page) for part in pack.parts
    ]


def test_contents_print_the_page_of_each_part(pack: Whole) -> None:
    printed = page_texts(pack.content)[0]
    assert [part for part in pack.parts if f"{part.first_page} {part.title}" not in printed] == []


def test_pages_are_numbered_through(pack: Whole) -> None:
    total = pack.page_count
    numbers = [[line.text for line in lines(pack.content, page) if line.bottom < 60] for page in range(total)]
    assert numbers == [[f"{page} ({total})"] for page in range(1, total + 1)]


def test_stamped_number_stands_where_a_printed_one_does(pack: Whole, report: str, table: str) -> None:
    def slot(pdf: bytes, page: int) -> tuple[float, float]:
        (line,) = [line for line in lines(pdf, page) if line.bottom < 60]
        return line.right, line.bottom

    assert slot(pack.content, 1) == pytest.approx(slot(render_pdf(report, title="Stående"), 1), abs=0.3)
    assert slot(pack.content, 4) == pytest.approx(slot(render_pdf(table, title="Liggande"), 1), abs=0.3)


def test_text_comes_in_the_order_of_the_parts(pack: Whole) -> None:
    text = " ".join(page_texts(pack.content))
    wanted = [
        TITLE,
        "Sammanfattning",
        "att bevilja",
        "Jag instämmer.",
        "Förening 40",
        "God effekt.",
        "Svag effekt.",
    ]
    places = [text.index(phrase) for phrase in wanted]
    assert places == sorted(places)


def test_one_structure_tree_holds_the_whole(pack: Whole, parts: list[Part]) -> None:
    kinds = structure(pack.content)
    made = [part.pdf for part in parts if isinstance(part.pdf, bytes)]
    assert kinds.count("Document") == 1
    assert kinds.count("H1") == len(made) + 1
    assert kinds.count("TR") == sum(structure(pdf).count("TR") for pdf in made)


def test_table_headers_of_equal_tables_are_kept_apart(document: MakeDocument) -> None:
    def sheet(name: str) -> bytes:
        return render_pdf(
            document(f"<table class='facts'><tr><th scope='row'>Namn</th><td>{name}</td></tr></table>"),
            title=name,
            numbered=False,
        )

    pack = assemble([Part("A", sheet("A")), Part("B", sheet("B"))], title=TITLE, contents=contents)
    assert_archival_and_accessible(pack.content)
    with pikepdf.open(io.BytesIO(pack.content)) as opened:
        cells = [item for item in opened.objects if isinstance(item, pikepdf.Dictionary)]
        headers = [str(cell.ID) for cell in cells if cell.get("/S") == pikepdf.Name.TH]
        references = [str(cell.A.Headers[0]) for cell in cells if cell.get("/S") == pikepdf.Name.TD]
    assert len(set(headers)) == 2
    assert sorted(headers) == sorted(references)


def test_links_inside_parts_lead_to_pages_of_the_pack(document: MakeDocument) -> None:
    html = document("<p><a href='#slut'>Till slutet</a></p><h2 id='slut' class='landscape'>Slut</h2>")
    part = render_pdf(html, title="Del", numbered=False)
    pack = assemble([Part("Ett", part), Part("Två", part)], title=TITLE, contents=contents)
    assert pack.page_count == 5
    assert links(pack.content, 1) == [("Till slutet", 3)]
    assert links(pack.content, 3) == [("Till slutet", 5)]
    assert_archival_and_accessible(pack.content)


def test_pages_are_not_copied_twice_and_fonts_are_shared(document: MakeDocument) -> None:
    made = [
        render_pdf(document(f"<p>Blad {number} <b>fet</b></p>"), title=f"Blad {number}", numbered=False)
        for number in range(30)
    ]
    pack = assemble(
        [Part(f"Blad {number}", pdf) for number, pdf in enumerate(made)], title=TITLE, contents=contents
    )
    assert len(pack.content) < sum(map(len, made)) / 4
    with pikepdf.open(io.BytesIO(pack.content)) as opened:
        items = [item for item in opened.objects if isinstance(item, pikepdf.Dictionary | pikepdf.Stream)]
        assert sum(item.get("/Type") == pikepdf.Name.Page for item in items) == pack.page_count
        programs = {
            item.FontFile2.objgen for item in items if item.get("/Type") == pikepdf.Name.FontDescriptor
        }
        assert len(programs) == 2  # regular and semi-bold


def test_contents_of_several_pages_count_themselves(document: MakeDocument) -> None:
    part = render_pdf(document("<p>Kort</p>"), title="Kort", numbered=False)
    # Titles of several lines, so that the first guess of the number of contents pages is wrong.
    parts = [Part(f"Förening {number} {'med ett långt namn ' * 12}", part) for number in range(40)]
    pack = assemble(parts, title=TITLE, contents=contents)
    front = pack.page_count - 40
    assert front > 2
    assert [placed.first_page for placed in pack.parts] == list(range(front + 1, front + 41))
    texts = page_texts(pack.content)
    assert str(pack.page_count) + " sidor" in texts[0]
    targets = [target for page in range(front) for _, target in links(pack.content, page)]
    assert sorted(set(map(int, targets))) == list(range(front + 1, front + 41))
    assert_archival_and_accessible(pack.content)


def test_heading_without_anything_after_it_points_to_the_last_page(report: str) -> None:
    part = Part("Tjänsteskrivelse", render_pdf(report, title="Del", numbered=False))
    pack = assemble([part, Part("Anmälningsärenden", None)], title=TITLE, contents=contents)
    assert bookmarks(pack.content)[-1] == ("Anmälningsärenden", pack.page_count)


def test_same_parts_give_the_same_bytes(parts: list[Part]) -> None:
    assert assemble(parts, title=TITLE, contents=contents) == assemble(parts, title=TITLE, contents=contents)


def test_parts_may_lie_in_files(parts: list[Part], pack: Whole, tmp_path: Path) -> None:
    def in_file(number: int, part: Part) -> Part:
        if not isinstance(part.pdf, bytes):
            return part
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(part.pdf)
        return Part(part.title, path, part.level)

    filed = [in_file(number, part) for number, part in enumerate(parts)]
    assert assemble(filed, title=TITLE, contents=contents).content == pack.content


def test_pdf_without_structure_is_refused() -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(595, 842)
    plain = io.BytesIO()
    writer.write(plain)
    with pytest.raises(NotTagged, match="Bilaga"):
        assemble([Part("Bilaga", plain.getvalue())], title=TITLE, contents=contents)


@pytest.mark.parametrize("rubbish", [b"", b"%PDF-1.7 and nothing more", b"not a PDF"])
def test_rubbish_is_refused(rubbish: bytes) -> None:
    with pytest.raises(pikepdf.PdfError):
        page_count(rubbish)

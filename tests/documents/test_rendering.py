"""HTML becomes a PDF that is archival, accessible and the same each time."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pikepdf
import pytest

from portal.documents import fonts, rendering
from portal.documents.design import STYLESHEET
from portal.documents.fonts import FontsMissing, fit
from portal.documents.rendering import RenderingError, render_pdf
from tests.documents.reading import Line, lines, links, page_texts, structure
from tests.documents.validation import assert_archival_and_accessible

MakeDocument = Callable[..., str]


def test_report_is_archival_and_accessible(report: str) -> None:
    pdf = render_pdf(report, title="Bidrag till Dagcentralen Ankaret")
    assert_archival_and_accessible(pdf)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert str(opened.Root.Lang) == "sv"
        assert str(opened.docinfo["/Title"]) == "Bidrag till Dagcentralen Ankaret"
        assert b"<pdfuaid:part>1</pdfuaid:part>" in opened.Root.Metadata.read_raw_bytes()


def test_table_is_archival_and_accessible(table: str) -> None:
    pdf = render_pdf(table, title="Fördelning")
    assert_archival_and_accessible(pdf)
    texts = page_texts(pdf)
    assert len(texts) > 2
    assert all("Förening Sökt Barn Skäl" in text for text in texts), "the header row is on each page"
    assert [text.count("Summa 820 000") for text in texts] == [0] * (len(texts) - 1) + [1]


def test_text_is_read_in_the_order_it_is_written(report: str) -> None:
    text = " ".join(page_texts(render_pdf(report, title="Ordning")))
    wanted = [
        "Socialnämnden",
        "21 december 2026",
        "Bidrag till Dagcentralen Ankaret",
        "Dnr 00086/2026",
        "Sammanfattning",
        "Förslag till beslut",
        "att bevilja",
        "samt",
        "att bidraget",
        "Bakgrund",
        "Socialdirektör",
    ]
    places = [text.index(phrase) for phrase in wanted]
    assert places == sorted(places)


def test_structure_follows_headings_and_lists_and_leaves_running_text_out(report: str) -> None:
    kinds = structure(render_pdf(report, title="Struktur"))
    assert [kind for kind in kinds if kind in ("H1", "H2", "L", "LI")] == [
        "H1",
        "H2",
        "H2",
        "L",
        "LI",
        "LI",
        "H2",
    ]
    # Letterhead, registry number, summary, introduction, background, role; nothing of the running head.
    assert kinds.count("P") == 3 + 1 + 1 + 1 + 9 + 1


def test_page_number_stands_at_the_bottom_right_of_each_page(report: str) -> None:
    pdf = render_pdf(report, title="Sidor")
    numbers = [line.text for page in range(2) for line in lines(pdf, page) if line.bottom < 60]
    assert numbers == ["1 (2)", "2 (2)"]


def test_unnumbered_document_leaves_the_slot_empty(report: str) -> None:
    pdf = render_pdf(report, title="Del", numbered=False)
    assert [line for page in range(2) for line in lines(pdf, page) if line.bottom < 60] == []
    assert_archival_and_accessible(pdf)


def test_running_head_begins_on_the_second_page(report: str) -> None:
    pdf = render_pdf(report, title="Huvud")
    heads = [{line.text for line in lines(pdf, page) if line.bottom > 770} for page in range(2)]
    assert heads == [set(), {"Socialnämnden", "21 december 2026", "Dnr 00086/2026", "Tjänsteskrivelse"}]


def test_same_content_gives_the_same_bytes(report: str) -> None:
    assert render_pdf(report, title="Lika") == render_pdf(report, title="Lika")


def test_links_are_called_by_their_words_and_are_one_each(document: MakeDocument) -> None:
    pdf = render_pdf(
        document(
            "<p><a href='https://example.org/villkor'>Läs <b>alla</b> villkor</a> och "
            "<a href='#slut'>hoppa till slutet</a></p><h2 id='slut'>Slut</h2>"
        ),
        title="Länkar",
    )
    assert_archival_and_accessible(pdf)
    assert links(pdf, 0) == [("Läs alla villkor", "https://example.org/villkor"), ("hoppa till slutet", 1)]


def test_letters_of_many_languages_keep_their_meaning(document: MakeDocument) -> None:
    text = "Åsa i Łódź – “Привет” och Ελλάδα, smörgås, 1 234\u00a0500\u202fkr … §"
    pdf = render_pdf(document(f"<p>{text}</p><p><b>Жизнь</b> <i>Łódź</i> مرحبا بالعالم</p>"), title="Språk")
    assert_archival_and_accessible(pdf)
    (page,) = page_texts(pdf)
    assert " ".join(text.split()) in page
    assert "Жизнь" in page
    assert "Łódź" in page


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("a\u030a", "å"),
        ("1\u202f000", "1\u00a0000"),
        ("rad\u2028ny", "rad\nny"),
        ("ett → två ≤ tre", "ett -> två <= tre"),
        ("ja ✓", "ja [x]"),
        ("tack 😀🎉!", "tack [?]!"),
        ("𝐅𝐞𝐭 ﬁ", "Fet fi"),
        ("noll\x00klocka\x07", "nollklocka"),
        ("fil\u202excod.exe", "filxcod.exe"),
        ("noll\u200bbredd\ufeff", "nollbredd"),
        ("tab\toch\nrad", "tab\toch\nrad"),
        ("ensam \ud800 halva", "ensam [?] halva"),
        ("Łódź Привет Ελλάδα", "Łódź Привет Ελλάδα"),
    ],
)
def test_text_is_fitted_to_the_fonts(written: str, printed: str) -> None:
    assert fit(written) == printed


def test_control_characters_and_halves_of_characters_do_not_break(document: MakeDocument) -> None:
    text = "".join(map(chr, range(32))) + "\x7f\x85\ud800\udfff\ufffe\uffff&#1;&#x1F600;&#0;"
    pdf = render_pdf(document(f"<p>före{text}efter</p>"), title=f"Titel{text}")
    assert_archival_and_accessible(pdf)
    assert "efter" in page_texts(pdf)[0]


def test_word_of_two_hundred_thousand_letters_is_broken_into_lines(document: MakeDocument) -> None:
    pdf = render_pdf(document(f"<p>{'å' * 200_000}</p>"), title="Långt ord")
    margin = 210 / 25.4 * 72 - 33 / 25.4 * 72
    assert max(line.right for line in lines(pdf, 1)) <= margin + 1


@pytest.mark.rule(6)
def test_three_thousand_nested_tags_give_a_reason(document: MakeDocument) -> None:
    with pytest.raises(RenderingError) as caught:
        render_pdf(document("<div>" * 3000 + "djupt" + "</div>" * 3000), title="Djupt")
    assert caught.value.technical == "RecursionError in layout"
    assert str(caught.value)
    # The renderer is fit for use afterwards.
    assert page_texts(render_pdf(document("<p>grunt</p>"), title="Grunt"))[0].endswith("grunt 1 (1)")


@pytest.mark.parametrize("html", ["", "bara text", "<p>utan huvud", "<html lang='sv'></html>"])
def test_meagre_html_is_still_a_valid_document(html: str) -> None:
    assert_archival_and_accessible(render_pdf(html, title="Nästan inget"))


def test_the_style_sheet_asks_for_no_font_features() -> None:
    """WeasyPrint 70 never gives back the features of a text; these figures are tabular without."""
    features = re.findall(r"font-(?:variant|feature|kerning)[\w-]*|small-caps", STYLESHEET.read_text())
    assert features == []


def test_missing_fonts_are_the_installations_error(
    document: MakeDocument, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "FONT_FOLDER", tmp_path)
    rendering._press.cache_clear()
    try:
        with pytest.raises(FontsMissing, match="make setup"):
            render_pdf(document("<p>text</p>"), title="Utan typsnitt")
    finally:
        rendering._press.cache_clear()


def test_slot_is_the_same_in_both_directions(table: str, report: str) -> None:
    def slot(pdf: bytes) -> Line:
        (line,) = [line for line in lines(pdf, 1) if line.bottom < 60]
        return line

    upright, lying = slot(render_pdf(report, title="Stående")), slot(render_pdf(table, title="Liggande"))
    assert upright.bottom == pytest.approx(lying.bottom, abs=0.1)
    assert upright.right == pytest.approx((210 - 33) / 25.4 * 72, abs=0.5)
    assert lying.right == pytest.approx((297 - 18) / 25.4 * 72, abs=0.5)

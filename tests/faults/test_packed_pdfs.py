"""PDFs packed in other ways than usual: what they hold is counted too, and what cannot be is refused."""

from __future__ import annotations

import base64
import io
import zlib
from collections.abc import Callable

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from portal.documents import unpacking, uploads
from tests.faults import files
from tests.faults.files import LZW, MEBIBYTE, pdf_packed, runs

pytestmark = [pytest.mark.fault, pytest.mark.rule(12)]

#: Unpacked, what the bombs of these tests hold is more.
LIMIT = 4 * MEBIBYTE
ZEROS = b"\0" * (LIMIT + 1)
SMALL = ZEROS[:MEBIBYTE]


@pytest.fixture(autouse=True)
def _small_limit(settings: Settings) -> None:
    settings.UPLOAD_MAX_UNPACKED_BYTES = LIMIT


def verdict(content: bytes) -> str:
    """The media type of a file that is taken, or the code of its refusal, which says something in words."""
    try:
        return uploads.check(SimpleUploadedFile("a.pdf", content))
    except ValidationError as refusal:
        return str(refusal.code) if refusal.messages[0].endswith(".") else "no sentence"


def as_they_are(data: bytes) -> bytes:
    """Run lengths that say every byte as it is."""
    pieces = [data[at : at + 128] for at in range(0, len(data), 128)]
    return b"".join(bytes([len(piece) - 1]) + piece for piece in pieces) + b"\x80"


def base_85(data: bytes) -> bytes:
    return base64.a85encode(data) + b"~>"


BOMBS: dict[str, Callable[[], bytes]] = {
    "run lengths": lambda: pdf_packed(runs(ZEROS), "/RunLengthDecode"),
    "run lengths by their short name": lambda: pdf_packed(runs(ZEROS), "/RL"),
    "run lengths, deflated": lambda: pdf_packed(
        zlib.compress(runs(ZEROS), 9), "/FlateDecode", "/RunLengthDecode"
    ),
    "deflated, in run lengths": lambda: pdf_packed(
        as_they_are(zlib.compress(ZEROS, 9)), "/RL", "/FlateDecode"
    ),
    "deflated, then no more than a letter": lambda: pdf_packed(
        zlib.compress(ZEROS + b"\x80", 9), "/Fl", "/RL"
    ),
    "deflated, in base 85": lambda: pdf_packed(base_85(zlib.compress(ZEROS, 9)), "/ASCII85Decode", "/Fl"),
    "base 85 alone": lambda: pdf_packed(b"z" * (LIMIT // 4 + 1) + b"~>", "/A85"),
    "deflated, in hexadecimals": lambda: pdf_packed(
        zlib.compress(ZEROS, 9).hex().encode() + b">", "/ASCIIHexDecode", "/FlateDecode"
    ),
}


@pytest.mark.parametrize("make", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_is_refused_however_it_is_packed(make: Callable[[], bytes]) -> None:
    assert verdict(make()) == "unpacked"


LZW_FILES: dict[str, Callable[[], bytes]] = {
    "by its name": lambda: pdf_packed(LZW, "/LZWDecode"),
    "by its short name": lambda: pdf_packed(LZW, "/LZW"),
    "deflated": lambda: pdf_packed(zlib.compress(LZW), "/FlateDecode", "/LZWDecode"),
    "written with a number": lambda: pdf_packed(LZW, "/LZWDecode").replace(b"/LZWD", b"/LZ#57D"),
    "the packed objects themselves": lambda: files.pdf_with_object_stream(10).replace(
        b"/Filter/FlateDecode", b"/Filter/LZWDecode"
    ),
}


@pytest.mark.parametrize("make", LZW_FILES.values(), ids=LZW_FILES.keys())
def test_lzw_is_refused_before_it_is_unpacked(make: Callable[[], bytes]) -> None:
    assert verdict(make()) == "lzw"


def drawn(filters: bytes, before: bytes = b"") -> bytes:
    """A PDF whose page draws a picture that is written in its deflated content (ISO 32000-1, 8.9.7)."""
    content = b"q\n%s\nBI /W 1 /H 1 /BPC 8 /CS /G %s ID %s EI\nQ" % (before, filters, LZW)
    return pdf_packed(zlib.compress(content), "/FlateDecode")


@pytest.mark.parametrize(
    "filters",
    [
        b"/F /LZW",
        b"/Filter/LZWDecode",
        b"/F[/A85/LZW]",
        b"/F [ /AHx /LZW ] /DP [ null null ]",
        b"/F /L#5aW",
        b"/F /#4C#5A#57#44#65#63#6f#64#65",
    ],
)
def test_lzw_in_the_drawing_of_a_page_is_refused(filters: bytes) -> None:
    assert verdict(drawn(filters)) == "lzw"


@pytest.mark.parametrize("shift", range(16))
def test_a_name_that_is_cut_where_a_piece_ends_is_found(shift: int) -> None:
    head = len(b"q\n\nBI /W 1 /H 1 /BPC 8 /CS /G /F /LZW")
    before = b" " * (unpacking.PIECE - head + shift - 4)
    assert verdict(drawn(b"/F /LZW", before)) == "lzw"


def test_lzw_that_goes_on_in_the_pages_next_stream_is_found() -> None:
    made = pikepdf.new()
    made.add_blank_page()
    parts = [b"q BI /W 1 /H 1 /BPC 8 /CS /G /F /LZW", b"ID " + LZW + b" EI Q"]
    made.pages[0].Contents = pikepdf.Array(
        [
            made.make_indirect(pikepdf.Stream(made, zlib.compress(part), Filter=pikepdf.Name.FlateDecode))
            for part in parts
        ]
    )
    assert verdict(saved(made)) == "lzw"


@pytest.mark.parametrize("filters", [b"/F /Fl", b"/F /RL", b"/F [/A85 /Fl]", b"/F /LZWx", b"/LZWF /DCT"])
def test_other_pictures_in_the_drawing_of_a_page_are_taken(filters: bytes) -> None:
    assert verdict(drawn(filters, b"(Packed with LZW) Tj")) == "application/pdf"


def test_pixels_may_say_anything() -> None:
    made = pikepdf.new()
    made.add_blank_page()
    picture = pikepdf.Stream(
        made,
        zlib.compress(b"/LZW 123"),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Width=8,
        Height=1,
        BitsPerComponent=8,
        ColorSpace=pikepdf.Name.DeviceGray,
        Filter=pikepdf.Name.FlateDecode,
    )
    made.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(P=made.make_indirect(picture)))
    assert verdict(saved(made)) == "application/pdf"


def saved(made: pikepdf.Pdf) -> bytes:
    """The file, with its streams packed as they are."""
    target = io.BytesIO()
    made.save(target, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return target.getvalue()


@pytest.mark.parametrize("name", ["/LZWDecode", "/LZW"])
def test_lzw_that_another_object_names_is_found_when_the_file_is_open(name: str) -> None:
    made = pikepdf.new()
    stream = pikepdf.Stream(made, LZW)
    stream["/Filter"] = made.make_indirect(pikepdf.Array([pikepdf.Name(name)]))
    with pytest.raises(unpacking.NotCounted):
        unpacking.count_streams([stream], LIMIT)


def test_the_files_are_what_they_say() -> None:
    """Without this a library that packs anew would make the tests above say nothing."""
    assert runs(ZEROS) in pdf_packed(runs(ZEROS), "/RunLengthDecode")
    assert LZW in pdf_packed(LZW, "/LZWDecode")


@pytest.mark.parametrize(
    "make",
    [
        lambda: pdf_packed(runs(SMALL), "/RunLengthDecode"),
        lambda: pdf_packed(base_85(zlib.compress(b"q Q")), "/A85", "/Fl"),
        lambda: pdf_packed(b"no base 85 \xff", "/A85"),
        lambda: pdf_packed(b"(LZW) /LZWDecoders are no LZW", "/RL"),
    ],
)
def test_what_is_within_the_limit_or_damaged_in_part_is_taken(make: Callable[[], bytes]) -> None:
    assert verdict(make()) == "application/pdf"

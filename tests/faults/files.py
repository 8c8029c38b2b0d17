"""Files that attack: built here from bytes, so that each says what is wrong with it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

import pikepdf

from tests.factories import PDF

MEBIBYTE = 1024**2
TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
#: The anti-virus industry's test file (eicar.org), put together here so that no scanner takes this module.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def pdf(pages: int = 1, root: Mapping[str, object] | None = None, **save: object) -> bytes:
    """A PDF of empty pages, with `root` added to its catalogue."""
    made = pikepdf.new()
    for _page in range(pages):
        made.add_blank_page()
    for name, value in (root or {}).items():
        made.Root[name] = value
    target = io.BytesIO()
    made.save(target, **save)  # type: ignore[arg-type]
    return target.getvalue()


def pdf_with_stream(data: bytes, times: int = 1) -> bytes:
    """A PDF whose page holds a stream that is deflated `times` times over."""
    made = pikepdf.new()
    made.add_blank_page()
    for _time in range(times):
        data = zlib.compress(data, 9)
    stream = pikepdf.Stream(made, data, Filter=pikepdf.Array([pikepdf.Name.FlateDecode] * times))
    made.pages[0].Contents = made.make_indirect(stream)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def pdf_packed(packed: bytes, *filters: str) -> bytes:
    """A PDF whose page holds a stream that says it is packed by these filters, the last one first."""
    made = pikepdf.new()
    made.add_blank_page()
    names = pikepdf.Array([pikepdf.Name(name) for name in filters])
    made.pages[0].Contents = made.make_indirect(pikepdf.Stream(made, packed, Filter=names))
    target = io.BytesIO()
    # As it is: a PDF is otherwise packed anew.
    made.save(target, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return target.getvalue()


def runs(data: bytes) -> bytes:
    """Run lengths of data that is one byte over and over (ISO 32000-1, 7.4.5)."""
    whole, rest = divmod(len(data), 128)
    return bytes([129, data[0]]) * whole + (bytes([rest - 1]) + data[:rest] if rest else b"") + b"\x80"


#: The example of the standard: 45 45 45 45 45 65 45 45 45 66 (ISO 32000-1, 7.4.4.2).
LZW = bytes.fromhex("800B6050220C0C8501")


def pdf_with_object_stream(size: int) -> bytes:
    """A PDF that a reader must unpack to `size` bytes before it finds its objects (ISO 32000-1, 7.5.7)."""
    packed = zlib.compress(b"10 0 <</A 1>> " + b" " * size, 9)
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R/X 10 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>",
        9: b"<</Type/ObjStm/N 1/First 5/Filter/FlateDecode/Length %d>>stream\n%s\nendstream"
        % (len(packed), packed),
    }
    body = b"%PDF-1.5\n"
    places = {}
    for number, content in objects.items():
        places[number] = len(body)
        body += b"%d 0 obj%s endobj\n" % (number, content)
    places[11] = len(body)
    entries = [struct.pack(">BIH", 0, 0, 65535)] * 12
    for number, place in places.items():
        entries[number] = struct.pack(">BIH", 1, place, 0)
    entries[10] = struct.pack(">BIH", 2, 9, 0)
    table = b"".join(entries)
    body += b"11 0 obj<</Type/XRef/Size 12/W[1 4 2]/Root 1 0 R/Length %d>>stream\n" % len(table)
    return body + table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % places[11]


def docx(**parts: bytes) -> bytes:
    """A Word file with more parts, by their paths in it."""
    return office({"word/document.xml": b"<w:document/>"} | parts)


def xlsx(**parts: bytes) -> bytes:
    return office({"xl/workbook.xml": b"<workbook/>"} | parts)


def office(parts: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in ({"[Content_Types].xml": TYPES} | dict(parts)).items():
            archive.writestr(name, content)
    return target.getvalue()


def with_false_size(archive: bytes, name: bytes, size: int) -> bytes:
    """The archive, whose directory says that the part holds `size` bytes when unpacked (APPNOTE 4.3.12)."""
    place = archive.rindex(name) - 46
    assert archive[place : place + 4] == b"PK\x01\x02"
    return archive[: place + 24] + struct.pack("<I", size) + archive[place + 28 :]


def png(width: int = 1, height: int = 1, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG of one colour channel that says it is so large; the pixels need not be there."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    all_chunks = [(b"IHDR", head), *chunks, (b"IDAT", zlib.compress(b"\0" * 2)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in all_chunks
    )


ZIP = office({"a.txt": b"text"})
POLYGLOT = PDF + ZIP
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>'
GIF_AND_SCRIPT = b"GIF89a/*\x01\x00\x00*/=alert(1);//;"
PROGRAM = b"MZ\x90\x00\x03" + b"\0" * 500

"""Files that attack: refused in words before anything is kept, and streamed out so that nothing can run."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageFile
from pytest_django import Settings

from grants.models import Application, Attachment, Section
from portal.documents import uploads
from portal.documents.download import stream
from portal.documents.models import StoredFile
from tests.factories import PDF, ApplicationFactory
from tests.faults import files
from tests.faults.files import MEBIBYTE, docx, pdf, png, xlsx

pytestmark = [pytest.mark.fault, pytest.mark.rule(12)]

#: Unpacked, what the bombs of these tests hold is more.
LIMIT = 4 * MEBIBYTE
ZEROS = b"\0" * (LIMIT + 1)
MACRO_TYPES = files.TYPES.replace(b"/>", b">application/vnd.ms-word.document.macroEnabled.main+xml</Types>")


@pytest.fixture(autouse=True)
def _small_limit(settings: Settings) -> None:
    settings.UPLOAD_MAX_UNPACKED_BYTES = LIMIT


def action(kind: str, **more: Any) -> Dictionary:
    return Dictionary(S=Name(f"/{kind}"), **more)


def verdict(name: str, content: bytes) -> str:
    """The media type of a file that is taken, or the code of its refusal, which says something in words."""
    try:
        return uploads.check(SimpleUploadedFile(name, content))
    except ValidationError as refusal:
        return str(refusal.code) if refusal.messages[0].endswith(".") else "no sentence"


#: What each file is called, what is in it, and why it is refused.
REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "Word bomb": ("a.docx", lambda: docx(**{"word/big": ZEROS}), "unpacked"),
    "Excel bomb": ("a.xlsx", lambda: xlsx(**{"xl/big": ZEROS}), "unpacked"),
    "bomb in many parts": (
        "a.docx",
        lambda: docx(**{f"p{n}": ZEROS[:MEBIBYTE] for n in range(5)}),
        "unpacked",
    ),
    "bomb that says it is small": (
        "a.docx",
        lambda: files.with_false_size(docx(**{"word/big": ZEROS}), b"word/big", 10),
        "damaged",
    ),
    "stream bomb": ("a.pdf", lambda: files.pdf_with_stream(ZEROS), "unpacked"),
    "stream bomb in a bomb": ("a.pdf", lambda: files.pdf_with_stream(ZEROS, times=3), "unpacked"),
    "streams that are a bomb together": ("a.pdf", lambda: _many_streams(), "unpacked"),
    "object stream bomb": ("a.pdf", lambda: files.pdf_with_object_stream(LIMIT), "unpacked"),
    "bomb of a text in a picture": (
        "a.png",
        lambda: png(1, 1, (b"zTXt", b"Comment\0\0" + zlib.compress(b"a" * 2 * MEBIBYTE))),
        "damaged",
    ),
    "huge picture": ("a.png", lambda: png(100_000, 100_000), "pixels"),
    "one pixel too many": ("a.png", lambda: png(40_000_001, 1), "pixels"),
    "picture cut short": ("a.jpg", lambda: _jpeg()[:20], "damaged"),
    "ten thousand pages": ("a.pdf", lambda: pdf(10_000), "pages"),
    "one page too many": ("a.pdf", lambda: pdf(501), "pages"),
    "pages in a ring": ("a.pdf", lambda: PDF.replace(b"Kids[3 0 R]", b"Kids[2 0 R]"), "damaged"),
    "PDF and zip": ("a.pdf", lambda: files.POLYGLOT, "content"),
    "picture and zip": ("a.png", lambda: png() + files.ZIP, "content"),
    "Word and PDF": ("a.docx", lambda: _stored_first(b"%PDF-1.4"), "content"),
    "GIF and script": ("a.gif", lambda: files.GIF_AND_SCRIPT, "extension"),
    "GIF and script named a picture": ("a.jpg", lambda: files.GIF_AND_SCRIPT, "content"),
    "locked": ("a.pdf", lambda: pdf(encryption=pikepdf.Encryption(owner="a", user="b")), "encrypted"),
    "locked, opens for all": (
        "a.pdf",
        lambda: pdf(encryption=pikepdf.Encryption(owner="a", user="")),
        "encrypted",
    ),
    "script": ("a.pdf", lambda: pdf(root={"/OpenAction": action("JavaScript", JS="app.alert(1)")}), "active"),
    "script deep inside": (
        "a.pdf",
        lambda: pdf(root={"/AA": Dictionary(WC=Array([Array([action("JavaScript", JS="1")])]))}),
        "active",
    ),
    "starts a program": ("a.pdf", lambda: pdf(root={"/OpenAction": action("Launch", F="cmd.exe")}), "active"),
    "sends a form away": (
        "a.pdf",
        lambda: pdf(root={"/OpenAction": action("SubmitForm", F="http://127.0.0.1:1/")}),
        "active",
    ),
    "form with scripts of its own": ("a.pdf", lambda: pdf(root={"/AcroForm": Dictionary(XFA="x")}), "active"),
    "file inside": (
        "a.pdf",
        lambda: pdf(root={"/Names": Dictionary(EmbeddedFiles=Dictionary(Names=Array([])))}),
        "active",
    ),
    "escaped name of a script": (
        "a.pdf",
        lambda: PDF.replace(b"/Pages 2 0 R", b"/Pages 2 0 R/OpenAction<</S/J#61vaScript/J#53(1)>>"),
        "active",
    ),
    "Word macros": ("a.docx", lambda: docx(**{"word/vbaProject.bin": b"x"}), "macros"),
    "Word macros by their type": ("a.docx", lambda: docx(**{"[Content_Types].xml": MACRO_TYPES}), "macros"),
    "Excel macros": ("a.xlsx", lambda: xlsx(**{"xl/vbaProject.bin": b"x"}), "macros"),
    "Excel macros of old": ("a.xlsx", lambda: xlsx(**{"xl/macrosheets/sheet1.xml": b"x"}), "macros"),
    "file with macros by name": ("a.docm", lambda: docx(), "extension"),
    "active SVG": ("a.svg", lambda: files.SVG, "extension"),
    "active SVG named a picture": ("a.png", lambda: files.SVG, "content"),
    "page named a PDF": ("a.pdf", lambda: b"<!doctype html><script>alert(1)</script>", "content"),
    "program": ("a.exe", lambda: files.PROGRAM, "extension"),
    "program named a PDF": ("a.pdf", lambda: files.PROGRAM, "content"),
    "program behind two names": ("a.pdf.exe", lambda: files.PROGRAM, "extension"),
    "zip named Word": ("a.docx", lambda: files.ZIP, "content"),
    "Word named Excel": ("a.xlsx", lambda: docx(), "content"),
    "empty": ("a.pdf", lambda: b"", "empty"),
    "no name": ("pdf", lambda: PDF, "extension"),
    "cut short": ("a.docx", lambda: docx()[:-40], "content"),
}


def _many_streams() -> bytes:
    made = pikepdf.new()
    for _page in range(5):
        made.add_blank_page()
        made.pages[-1].Contents = made.make_stream(ZEROS[:MEBIBYTE])
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def _jpeg() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (8, 8)).save(target, "JPEG")
    return target.getvalue()


def _stored_first(head: bytes) -> bytes:
    """A Word file whose first part is named as a PDF's head, where readers look for it."""
    return files.office({head.decode(): b"", "word/document.xml": b"<w:document/>"})


def test_a_process_that_prints_looks_as_closely_at_pictures() -> None:
    """WeasyPrint tells Pillow to overlook damage, for the whole process."""
    import weasyprint  # noqa: F401

    name, make, code = REFUSED["bomb of a text in a picture"]
    assert verdict(name, make()) == code
    assert ImageFile.LOAD_TRUNCATED_IMAGES is True


@pytest.mark.parametrize(("name", "make", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_an_attack_is_refused_in_words(name: str, make: Callable[[], bytes], code: str) -> None:
    assert verdict(name, make()) == code


@pytest.mark.parametrize(
    ("name", "make", "media_type"),
    [
        ("a.pdf", lambda: PDF, "application/pdf"),
        ("A.PDF", lambda: pdf(500), "application/pdf"),
        ("a.pdf", lambda: files.pdf_with_stream(ZEROS[:MEBIBYTE]), "application/pdf"),
        ("a.docx", docx, uploads.DOCX),
        ("a.xlsx", lambda: xlsx(**{"xl/big": ZEROS[:MEBIBYTE]}), uploads.XLSX),
        ("a.png", png, "image/png"),
        ("a.jpeg", _jpeg, "image/jpeg"),
    ],
)
def test_what_people_have_is_taken(name: str, make: Callable[[], bytes], media_type: str) -> None:
    assert verdict(name, make()) == media_type


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    whole=st.sampled_from([("a.pdf", pdf(2)), ("a.png", png()), ("a.jpg", _jpeg()), ("a.docx", docx())]),
    place=st.floats(0, 1),
    put=st.binary(max_size=12),
    end=st.floats(0.2, 1),
)
def test_whatever_is_damaged_is_taken_or_refused_and_never_an_error(
    whole: tuple[str, bytes], place: float, put: bytes, end: float
) -> None:
    name, content = whole
    start = int(place * len(content))
    damaged = content[:start] + put + content[start + len(put) :]
    verdict(name, damaged[: max(1, int(end * len(damaged)))])


MEASURED = """
import resource, sys
import django
django.setup()
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from portal.documents import uploads
name, path = sys.argv[1:]
uploads.check(SimpleUploadedFile("a.pdf", open(path + ".small", "rb").read()))
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    uploads.check(SimpleUploadedFile(name, open(path, "rb").read()))
except ValidationError as refusal:
    print(refusal.code, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_bomb_does_not_fill_the_memory(tmp_path: Any) -> None:
    """The worst way to pack a PDF: what a reader must unpack before it has seen anything of it."""
    path = tmp_path / "bomb"
    path.write_bytes(files.pdf_with_object_stream(100 * MEBIBYTE))
    (tmp_path / "bomb.small").write_bytes(PDF)
    run = [sys.executable, "-c", MEASURED, "a.pdf", str(path)]
    env = {"DJANGO_SETTINGS_MODULE": "portal.settings", "UPLOAD_MAX_UNPACKED_BYTES": str(5 * MEBIBYTE)}
    done = subprocess.run(run, env=os.environ | env, capture_output=True, text=True, check=True)
    code, kilobytes = done.stdout.split()
    assert code == "unpacked"
    assert int(kilobytes) < 40 * 1024


# --- Through the door ------------------------------------------------------------------------------


@pytest.fixture
def draft(db: None) -> Application:
    return ApplicationFactory.create()


@pytest.fixture
def writer(client: Client, draft: Application) -> Client:
    client.force_login(draft.created_by)
    return client


def papers(draft: Application) -> str:
    return reverse("grants:section", args=[draft.pk, Section.PAPERS])


def posted(writer: Client, draft: Application, name: bytes, content: bytes = PDF) -> Any:
    """Send a paper whose name is these very bytes, as a browser or anything else might."""
    line = b'Content-Disposition: form-data; name="%s"'
    body = b"".join(
        b"--x\r\n" + line % field + b"\r\n\r\n" + value + b"\r\n"
        for field, value in ((b"seen", b"{}"), (b"kind", b"ovrigt"))
    )
    body += b"--x\r\n" + line % b"file" + b'; filename="' + name + b'"\r\n'
    body += b"Content-Type: application/pdf\r\n\r\n" + content + b"\r\n--x--\r\n"
    return writer.post(papers(draft), body, content_type="multipart/form-data; boundary=x")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Stadgar å ä ö.pdf".encode(), "Stadgar å ä ö.pdf"),
        (b"../../../etc/passwd.pdf", "passwd.pdf"),
        (b"C:\\\\Users\\\\x\\\\stadgar.pdf", "stadgar.pdf"),
        ("stadgar\u202efdp.exe.pdf".encode(), "stadgarfdp.exe.pdf"),
        (b'a\\"b.pdf', 'a"b.pdf'),
        ("å".encode() * 148 + b".pdf", "å" * 140 + ".pdf"),
        (b"a\x00b\x07.pdf", "ab.pdf"),
        (b"a%0d%0aSet-Cookie: x=1.pdf", "a%0d%0aSet-Cookie: x=1.pdf"),
    ],
)
def test_a_name_is_kept_without_what_could_harm(
    writer: Client, draft: Application, sent: bytes, kept: str
) -> None:
    response = posted(writer, draft, sent)
    assert response.status_code == 302
    paper = Attachment.objects.get().paper
    assert paper.filename == kept
    assert (
        paper.stored_file.file.name == f"sha256/{paper.stored_file.sha256[:2]}/{paper.stored_file.sha256[2:]}"
    )


@pytest.mark.parametrize(
    ("filename", "header"),
    [
        ("Stadgar.pdf", 'attachment; filename="Stadgar.pdf"'),
        ("Årsmöte å ä ö.pdf", "attachment; filename*=utf-8''%C3%85rsm%C3%B6te_%C3%A5_%C3%A4_%C3%B6.pdf"),
        ('a"b\\c.pdf', 'attachment; filename="abc.pdf"'),
        ("a\r\nSet-Cookie: x=1.pdf", 'attachment; filename="aSet-Cookie_x1.pdf"'),
        ("\u202efdp.exe", 'attachment; filename="fdp.exe"'),
        ("../../etc/passwd", 'attachment; filename="....etcpasswd"'),
        ("..", 'attachment; filename="fil"'),
        ("", 'attachment; filename="fil"'),
        ("a" * 300 + ".pdf", f'attachment; filename="{"a" * 140}.pdf"'),
    ],
)
def test_the_way_out_names_it_to_the_byte(db: None, filename: str, header: str) -> None:
    stored = StoredFile.objects.keep(files.PROGRAM, "application/pdf")
    response = stream(stored, filename)
    assert response.headers["Content-Disposition"] == header
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert response.headers["Content-Type"] == "application/pdf"
    response.close()


def test_what_is_refused_leaves_nothing_behind(
    writer: Client, draft: Application, settings: Settings
) -> None:
    before = {path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()}
    for name, make, code in REFUSED.values():
        if code in {"content", "active", "macros"}:
            assert posted(writer, draft, name.encode(), make()).status_code == 422
    assert {path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()} == before
    assert not StoredFile.objects.exists()


def test_a_file_becomes_a_paper_only_when_all_of_the_form_is_right(
    writer: Client, draft: Application
) -> None:
    """First temporary, then claimed: a good file beside a wrong answer is not kept."""
    file = SimpleUploadedFile("bokslut.pdf", PDF)
    response = writer.post(papers(draft), {"seen": "{}", "kind": "bokslut", "year": "snart", "file": file})
    assert response.status_code == 422
    assert (StoredFile.objects.exists(), Attachment.objects.exists()) == (False, False)
    file.seek(0)
    right = writer.post(papers(draft), {"seen": "{}", "kind": "bokslut", "year": "2025", "file": file})
    assert right.status_code == 302
    assert Attachment.objects.get().paper.stored_file.read() == PDF


@pytest.mark.rule(5)
def test_a_full_disk_refuses_in_words_and_takes_the_same_file_when_there_is_room(
    writer: Client, draft: Application, full_disk: Path
) -> None:
    response = posted(writer, draft, b"stadgar.pdf")
    assert response.status_code == 422
    assert response.context["form"].has_error("file", "no_room")
    assert response.context["form"]["kind"].value() == "ovrigt"
    assert (StoredFile.objects.exists(), list(full_disk.iterdir())) == (False, [])
    subprocess.run(["mount", "-o", "remount,size=100m", str(full_disk)], check=True)
    assert posted(writer, draft, b"stadgar.pdf").status_code == 302
    assert Attachment.objects.get().paper.stored_file.read() == PDF

"""Looks at uploaded files before they are kept (reliability: content sniffed, extension agrees, limits)."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from portal.documents.models import StoredFile

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Extension → the media type its content must have.
ALLOWED = {
    ".pdf": "application/pdf",
    ".docx": DOCX,
    ".xlsx": XLSX,
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
}
#: What the `accept` attribute of a file input says.
ACCEPT = ",".join(ALLOWED)
#: Names inside a PDF that make it act by itself.
ACTIVE_PDF_NAMES = frozenset(
    {"/JavaScript", "/JS", "/Launch", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia"}
)


def too_large() -> ValidationError:
    return ValidationError(
        _("The file is larger than %(limit)s. Save it in a smaller size, or split it, and try again."),
        code="too_large",
        params={"limit": filesizeformat(settings.UPLOAD_MAX_BYTES)},
    )


def refuse(text: str, code: str) -> ValidationError:
    return ValidationError(text, code=code)


def check(upload: UploadedFile[Any]) -> str:
    """Return the media type of an acceptable upload.

    Raises ValidationError, in words for the person who chose the file, when it is not.
    """
    size = upload.size or 0
    if size > settings.UPLOAD_MAX_BYTES:
        raise too_large()
    if size == 0:
        raise refuse(_("The file is empty. Choose the file again."), "empty")
    content = upload.read()
    upload.seek(0)
    extension = PurePath(upload.name or "").suffix.lower()
    expected = ALLOWED.get(extension)
    if expected is None:
        raise refuse(
            _("This kind of file cannot be received. Save it as PDF, Word, Excel, JPG or PNG."), "extension"
        )
    if _sniffed(content, extension) != expected:
        raise refuse(
            _(
                "The file is named %(extension)s but contains something else. "
                "Open it in the program you made it with and save it as %(extension)s."
            )
            % {"extension": extension},
            "content",
        )
    _INSPECTORS[expected](content)
    return expected


def _sniffed(content: bytes, extension: str) -> str:
    import magic

    media_type: str = magic.from_buffer(content[:65536], mime=True)
    if media_type in {"application/zip", "application/octet-stream"} and content[:4] == b"PK\x03\x04":
        return _office_type(content)
    return media_type


def _office_type(content: bytes) -> str:
    try:
        names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except zipfile.BadZipFile:
        return "application/zip"
    if "word/document.xml" in names:
        return DOCX
    return XLSX if "xl/workbook.xml" in names else "application/zip"


def _inspect_pdf(content: bytes) -> None:
    import pikepdf

    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            pages = len(pdf.pages)
            encrypted = pdf.is_encrypted
            active = any(_acts_by_itself(obj) for obj in pdf.objects)
    except pikepdf.PasswordError:
        raise refuse(_("The PDF is locked with a password. Save it without one."), "encrypted") from None
    except pikepdf.PdfError:
        raise refuse(_("The PDF is damaged and cannot be opened. Save it again."), "damaged") from None
    if encrypted:
        raise refuse(_("The PDF is locked with a password. Save it without one."), "encrypted")
    if active:
        raise refuse(
            _("The PDF contains a script or an embedded file. Print it to a new PDF and use that."), "active"
        )
    if pages > settings.UPLOAD_MAX_PDF_PAGES:
        raise refuse(
            _("The PDF has %(pages)s pages; the limit is %(limit)s.")
            % {"pages": pages, "limit": settings.UPLOAD_MAX_PDF_PAGES},
            "pages",
        )


def _acts_by_itself(obj: Any) -> bool:
    """Whether an object, or one written inside it, is an action or a file that a reader could start.

    What stands inside by reference is not followed: it is one of the PDF's own objects.
    """
    import pikepdf

    waiting = [obj]
    while waiting:
        found = waiting.pop()
        if isinstance(found, (pikepdf.Dictionary, pikepdf.Stream)):
            names = set(found.keys()) | {str(found.get("/S")), str(found.get("/Type"))}
            if names & ACTIVE_PDF_NAMES:
                return True
            inside = list(found.values()) if isinstance(found, pikepdf.Dictionary) else []
        else:
            inside = list(found) if isinstance(found, pikepdf.Array) else []
        waiting += [child for child in inside if isinstance(child, pikepdf.Object) and not child.is_indirect]
    return False


def _inspect_image(content: bytes) -> None:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as image:
            width, height = image.size
            if width * height > settings.UPLOAD_MAX_PIXELS:
                raise refuse(_("The picture has too many pixels. Save it in a smaller size."), "pixels")
            image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError):
        raise refuse(_("The picture is damaged and cannot be opened. Save it again."), "damaged") from None


def _inspect_office(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > settings.UPLOAD_MAX_UNPACKED_BYTES:
            raise refuse(_("The file is too large when unpacked. Save it as PDF and use that."), "unpacked")
        if any(name.lower().endswith("vbaproject.bin") for name in archive.namelist()):
            raise refuse(_("The file contains macros. Save it without them, or as PDF."), "macros")


_INSPECTORS = {
    "application/pdf": _inspect_pdf,
    "image/jpeg": _inspect_image,
    "image/png": _inspect_image,
    DOCX: _inspect_office,
    XLSX: _inspect_office,
}


def store(upload: UploadedFile[Any]) -> StoredFile:
    """Check the upload and keep its bytes. Raises ValidationError when it is refused."""
    media_type = check(upload)
    return StoredFile.objects.keep(upload.read(), media_type)


def clean_name(name: str) -> str:
    """The name to show: no folders, no control or direction-changing characters, at most 150."""
    printable = "".join(
        character
        for character in PurePath(name.replace("\\", "/")).name
        if unicodedata.category(character) not in {"Cc", "Cf", "Co", "Cs"}
    )
    stem, dot, extension = printable.rpartition(".")
    return f"{stem[:140]}{dot}{extension[:10]}" if dot else printable[:150]

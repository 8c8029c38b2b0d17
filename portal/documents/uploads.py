"""Looks at uploaded files before they are kept: content sniffed, extension agrees, limits, no known virus."""

from __future__ import annotations

import io
import shutil
import unicodedata
import zipfile
import zlib
from pathlib import Path, PurePath
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from portal.documents import unpacking
from portal.documents.download import shortened
from portal.documents.models import StoredFile
from portal.documents.scanning import ScannerUnavailable, is_harmful

logger = structlog.get_logger(__name__)

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
#: Bytes that uploads leave on the disk for documents, logs and whoever mends it.
ROOM_LEFT = 50 * 1024 * 1024
#: What the `accept` attribute of a file input says.
ACCEPT = ",".join(ALLOWED)
#: Names inside a PDF that make it act by itself.
ACTIVE_PDF_NAMES = frozenset(
    {
        "/JavaScript",
        "/JS",
        "/Launch",
        "/SubmitForm",
        "/ImportData",
        "/XFA",
        "/EmbeddedFile",
        "/EmbeddedFiles",
        "/RichMedia",
    }
)
#: Parts of an office file that hold macros, by the end of their name.
MACRO_PARTS = ("vbaproject.bin", "vbadata.xml")
#: Excel's macros from before VBA lie in a folder of their own.
MACRO_FOLDER = "xl/macrosheets/"


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
    if _sniffed(content, extension) != expected or _is_two_files(content, expected):
        raise refuse(
            _(
                "The file is named %(extension)s but contains something else. "
                "Open it in the program you made it with and save it as %(extension)s."
            )
            % {"extension": extension},
            "content",
        )
    _INSPECTORS[expected](content)
    _scan(content)
    _require_room(size)
    upload.checked_as = expected  # type: ignore[attr-defined]  # a form has looked before the view stores
    return expected


def _scan(content: bytes) -> None:
    try:
        harmful = is_harmful(content)
    except ScannerUnavailable as error:
        logger.error("scanner_unavailable", reason=str(error))
        raise refuse(
            _(
                "The file cannot be checked for viruses right now, so it was not received. "
                "Try again in a while."
            ),
            "not_scanned",
        ) from None
    if harmful:
        raise refuse(
            _("The file contains a virus. Check the computer it comes from, and choose another file."),
            "virus",
        )


def _require_room(size: int) -> None:
    """Refuse before the disk is full: what is written then would be lost with an error page."""
    folder = Path(settings.MEDIA_ROOT)
    if folder.is_dir() and shutil.disk_usage(folder).free < size + ROOM_LEFT:
        logger.error("disk_full", size=size)
        raise refuse(
            _("The file cannot be stored right now, so it was not received. Try again in a while."), "no_room"
        )


def _sniffed(content: bytes, extension: str) -> str:
    import magic

    media_type: str = magic.from_buffer(content[:65536], mime=True)
    if media_type in {"application/zip", "application/octet-stream"} and content[:4] == b"PK\x03\x04":
        return _office_type(content)
    return media_type


def _office_type(content: bytes) -> str:
    try:
        names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, RuntimeError, ValueError):
        return "application/zip"
    if "word/document.xml" in names:
        return DOCX
    return XLSX if "xl/workbook.xml" in names else "application/zip"


def _is_two_files(content: bytes, expected: str) -> bool:
    """Whether the bytes are a second kind of file as well: each reader would see its own."""
    if expected in {DOCX, XLSX}:
        return b"%PDF-" in content[:1024]  # where readers look for a PDF's head
    return zipfile.is_zipfile(io.BytesIO(content))


def _inspect_pdf(content: bytes) -> None:
    import pikepdf

    # For the whole process: what it makes itself has no stream near this.
    most = min(settings.UPLOAD_MAX_UNPACKED_BYTES, 2**32 - 1)
    pikepdf.settings.set_qpdf_limits(flate_max_memory=most, run_length_max_memory=most)
    try:
        unpacking.refuse_lzw(content)
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if pdf.is_encrypted:
                raise refuse(_("The PDF is locked with a password. Save it without one."), "encrypted")
            if (pages := len(pdf.pages)) > settings.UPLOAD_MAX_PDF_PAGES:
                raise refuse(
                    _("The PDF has %(pages)s pages; the limit is %(limit)s.")
                    % {"pages": pages, "limit": settings.UPLOAD_MAX_PDF_PAGES},
                    "pages",
                )
            streams = (obj for obj in pdf.objects if isinstance(obj, pikepdf.Stream))
            unpacking.count_streams(streams, settings.UPLOAD_MAX_UNPACKED_BYTES)
            active = any(_acts_by_itself(obj) for obj in pdf.objects)
    except pikepdf.PasswordError:
        raise refuse(_("The PDF is locked with a password. Save it without one."), "encrypted") from None
    except unpacking.TooMuch:
        raise refuse(
            _("The PDF is too large when unpacked. Save it in a smaller size and try again."), "unpacked"
        ) from None
    except unpacking.NotCounted:
        raise refuse(
            _(
                "The PDF is packed in an old way (LZW) that cannot be kept. "
                "Print it to a new PDF and use that."
            ),
            "lzw",
        ) from None
    except (pikepdf.PdfError, RuntimeError, ValueError):  # all three come from damaged files
        raise refuse(_("The PDF is damaged and cannot be opened. Save it again."), "damaged") from None
    if active:
        raise refuse(
            _("The PDF contains a script or an embedded file. Print it to a new PDF and use that."), "active"
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
    from PIL import Image, ImageFile, UnidentifiedImageError

    too_many = refuse(_("The picture has too many pixels. Save it in a smaller size."), "pixels")
    # WeasyPrint, once loaded, lets Pillow overlook what is cut short or swells.
    tolerant, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        with Image.open(io.BytesIO(content)) as image:
            width, height = image.size
            if width * height > settings.UPLOAD_MAX_PIXELS:
                raise too_many
            image.verify()
    except Image.DecompressionBombError:  # Pillow's own limit lies higher
        raise too_many from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise refuse(_("The picture is damaged and cannot be opened. Save it again."), "damaged") from None
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = tolerant


def _inspect_office(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name.lower() for name in archive.namelist()]
            if any(name.endswith(MACRO_PARTS) or name.startswith(MACRO_FOLDER) for name in names):
                raise refuse(_("The file contains macros. Save it without them, or as PDF."), "macros")
            unpacking.count_archive(archive, settings.UPLOAD_MAX_UNPACKED_BYTES)
            if b"macroEnabled" in archive.read("[Content_Types].xml"):
                raise refuse(_("The file contains macros. Save it without them, or as PDF."), "macros")
    except unpacking.TooMuch:
        raise refuse(
            _("The file is too large when unpacked. Save it as PDF and use that."), "unpacked"
        ) from None
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, RuntimeError, ValueError):
        raise refuse(_("The file is damaged and cannot be opened. Save it again."), "damaged") from None


_INSPECTORS = {
    "application/pdf": _inspect_pdf,
    "image/jpeg": _inspect_image,
    "image/png": _inspect_image,
    DOCX: _inspect_office,
    XLSX: _inspect_office,
}


def store(upload: UploadedFile[Any]) -> StoredFile:
    """Keep the bytes of an upload; checks it unless a form has done so, and raises ValidationError then."""
    media_type: str = getattr(upload, "checked_as", None) or check(upload)
    return StoredFile.objects.keep(upload.read(), media_type)


def clean_name(name: str) -> str:
    """The name to show: no folders, no control or direction-changing characters, at most 150."""
    printable = "".join(
        character
        for character in PurePath(name.replace("\\", "/")).name
        if unicodedata.category(character) not in {"Cc", "Cf", "Co", "Cs"}
    )
    return shortened(printable)

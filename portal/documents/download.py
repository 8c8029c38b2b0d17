"""Streams a stored file as a download, never as a page."""

from __future__ import annotations

from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse
from django.utils.text import get_valid_filename

from portal.documents.models import StoredFile


def stream(stored: StoredFile, filename: str, *, inline: bool = False) -> FileResponse:
    """Answer with the file's bytes under a safe file name; `inline` only for PDFs that we made."""
    response = FileResponse(
        stored.file.open("rb"),
        as_attachment=not inline,
        filename=safe_filename(filename),
        content_type=stored.media_type,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def safe_filename(filename: str) -> str:
    """Keep letters such as å, digits, dots, dashes and underscores; nothing that a header could break on."""
    try:
        return shortened(get_valid_filename(filename.strip()))
    except SuspiciousFileOperation:  # nothing is left of it, or only dots
        return "fil"


def shortened(name: str) -> str:
    """At most 150 characters, with the extension kept."""
    stem, dot, extension = name.rpartition(".")
    return f"{stem[:140]}{dot}{extension[:9]}" if dot else name[:150]

"""A sheet to download, sent while it is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import StreamingHttpResponse
from django.utils import timezone

from portal.documents.spreadsheets import CSV_TYPE, XLSX_TYPE, Cell, Column, csv_pieces, xlsx_pieces


def sheet(
    kind: str, name: str, title: str, columns: Sequence[Column], chunks: Iterable[Sequence[Sequence[Cell]]]
) -> StreamingHttpResponse:
    """A CSV (`kind` "csv") or Excel file, called by its name and the day."""
    if kind == "csv":
        pieces, media_type = csv_pieces(columns, chunks), CSV_TYPE
    else:
        pieces, media_type = xlsx_pieces(title, columns, chunks), XLSX_TYPE
    answer = StreamingHttpResponse(pieces, content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate()}.{kind}"'
    # Nothing between us and the reader waits for the whole of it.
    answer["X-Accel-Buffering"] = "no"
    return answer

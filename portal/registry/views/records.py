"""Records of the register, for everyone who may see their case."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404

from portal.documents.download import stream
from portal.people import trail
from portal.people.rules import requires, signed_in
from portal.registry.models import Record, RecordFile


@requires(signed_in)
@trail.reads_people
def record_document(request: HttpRequest, record_id: int) -> FileResponse:
    """The PDF of a record, once a worker has made it."""
    record = get_object_or_404(
        Record.objects.visible_to(request.user).select_related("document__file"), pk=record_id
    )
    if record.document is None or record.document.file is None:
        raise Http404
    return stream(record.document.file, f"{record.title}.pdf", inline=True)


@requires(signed_in)
@trail.reads_people
def record_file(request: HttpRequest, file_id: int) -> FileResponse:
    """A file that came in with a record."""
    attached = get_object_or_404(
        RecordFile.objects.visible_to(request.user).select_related("stored_file"), pk=file_id
    )
    return stream(attached.stored_file, attached.filename)

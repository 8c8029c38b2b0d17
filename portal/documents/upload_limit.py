"""Stops an upload that is too large while it arrives, and lets the rest of the form through."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile


class UploadLimitHandler(FileUploadHandler):
    """Skip a file once it passes `UPLOAD_MAX_BYTES`; nothing of it is stored.

    The names of skipped fields stand in `request.oversized_uploads`, so that the form can say so
    while everything else that was typed is kept.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > settings.UPLOAD_MAX_BYTES:
            skipped: set[str | None] = getattr(self.request, "oversized_uploads", set())
            self.request.oversized_uploads = skipped | {self.field_name}  # type: ignore[union-attr]
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None

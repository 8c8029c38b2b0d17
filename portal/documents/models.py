"""Stored files by content, and documents: rows of work that end in a PDF."""

from __future__ import annotations

import hashlib
import io
from typing import Any, BinaryIO

from django.core.files import File
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import ways_in
from portal.documents.leases import WorkQuerySet, WorkRow


def path_by_content(stored: StoredFile, filename: str) -> str:
    """Where the bytes lie: by their hash, never by a name somebody chose."""
    return f"sha256/{stored.sha256[:2]}/{stored.sha256[2:]}"


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    def visible_to(self, user: Any) -> StoredFileQuerySet:
        """Only by way of what the file belongs to: a record, an attachment, a document."""
        return self.filter(ways_in.through(StoredFile, user))

    def keep(self, content: bytes | BinaryIO, media_type: str) -> StoredFile:
        """Store the bytes once, under their SHA-256; the same bytes give the same row.

        A large document comes as an open file, which is read piece by piece.
        """
        source = io.BytesIO(content) if isinstance(content, bytes) else content
        size = source.seek(0, io.SEEK_END)
        source.seek(0)
        digest = hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]
        existing = self.filter(sha256=digest).first()
        if existing:
            return existing
        stored = StoredFile(sha256=digest, size=size, media_type=media_type)
        stored.file.name = path = path_by_content(stored, "")
        # Two processes may store the same bytes at once: the bytes are equal, so whichever lies
        # there is right, and the row decides who was first. A shorter file was left by a disk that
        # was full or a process that was killed while it wrote.
        storage = stored.file.storage
        if storage.exists(path) and storage.size(path) != size:
            storage.delete(path)
        if not storage.exists(path):
            stored.file.name = storage.save(path, File(source))
        row, _created = self.get_or_create(
            sha256=digest,
            defaults={"size": stored.size, "media_type": media_type, "file": stored.file.name},
        )
        return row


class StoredFile(models.Model):
    """Bytes kept once under their SHA-256, outside the web root; streamed by views that check again."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField(help_text=_("Bytes"))
    media_type = models.CharField(max_length=100)
    file = models.FileField(upload_to=path_by_content, max_length=120)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = StoredFileQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.media_type} {self.sha256[:12]}"

    def read(self) -> bytes:
        with self.file.open("rb") as source:
            return bytes(source.read())


class DocumentState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Needs hands")


class DocumentQuerySet(WorkQuerySet["Document"]):
    def visible_to(self, user: Any) -> DocumentQuerySet:
        """Only by way of what the document belongs to: a record on a case, a part of a pack."""
        return self.filter(ways_in.through(Document, user))

    def need_hands(self) -> DocumentQuerySet:
        return self.filter(state=DocumentState.FAILED)


class Document(WorkRow):
    """One PDF to be made from finished HTML, found again by the hash of its content.

    The HTML is frozen in the row, so that rendering needs nothing else, may happen on any worker, and
    may happen twice with the same result. The same content is rendered once, whoever asks.
    """

    WAITING_STATES = frozenset({DocumentState.QUEUED})

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    html = models.TextField()
    numbered = models.BooleanField(
        default=True, help_text=_("Prints its own page numbers; parts of a pack do not.")
    )
    content_hash = models.CharField(max_length=64, unique=True)

    state = models.CharField(max_length=20, choices=DocumentState.choices, default=DocumentState.QUEUED)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    pages = models.PositiveIntegerField(null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=DocumentState.READY) | Q(file__isnull=False, pages__isnull=False),
                name="documents_ready_has_file",
            ),
            models.CheckConstraint(condition=Q(state__in=DocumentState.values), name="documents_state_known"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state=DocumentState.QUEUED),
                name="documents_waiting",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_ready(self) -> bool:
        return self.state == DocumentState.READY

    @property
    def has_failed(self) -> bool:
        return self.state == DocumentState.FAILED

    def pdf(self) -> bytes:
        """The finished PDF. Raises ValueError while there is none."""
        if self.file is None:
            raise ValueError(f"Document {self.pk} is not ready")
        return self.file.read()

"""Documents as work that must happen: ordered in the database, rendered by whichever worker is free.

`order` writes the row in the transaction of its cause and rings Celery when that commits. A dead
broker is logged and forgotten: `portal.documents.tasks.sweep` finds every due row within a minute.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from portal.documents.design import fingerprint
from portal.documents.leases import MAX_ATTEMPTS, technical_text
from portal.documents.models import Document, DocumentState, StoredFile
from portal.documents.signals import document_settled

logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Source:
    """What a document is made from: its kind, its title and its finished HTML."""

    kind: str
    title: str
    html: str
    numbered: bool = True

    @property
    def content_hash(self) -> str:
        parts = (fingerprint(), self.kind, self.title, str(self.numbered), self.html)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def ring(task: Any, *args: Any) -> None:
    """Ring Celery once the transaction commits; if nobody answers, the sweep will find the row."""

    def call() -> None:
        try:
            task.apply_async(args=args)
        except Exception as error:
            logger.warning("doorbell_unanswered", task=task.name, args=args, error=type(error).__name__)

    transaction.on_commit(call, robust=True)


def order(source: Source) -> Document:
    """Order one document; equal content is the same row, ready or not."""
    return order_all([source])[0]


def order_all(sources: Iterable[Source]) -> list[Document]:
    """Order documents, in a constant number of queries, in the order given."""
    from portal.documents.tasks import render_document

    hashes = []
    wanted = {}
    for source in sources:
        hashes.append(digest := source.content_hash)
        wanted[digest] = source
    with transaction.atomic():
        known = set(Document.objects.filter(content_hash__in=hashes).values_list("content_hash", flat=True))
        missing = [digest for digest in wanted if digest not in known]
        Document.objects.bulk_create(
            (_row(wanted[digest], digest) for digest in missing), ignore_conflicts=True
        )
        found = {
            document.content_hash: document
            for document in Document.objects.filter(content_hash__in=hashes).defer("html")
        }
        for digest in missing:
            ring(render_document, found[digest].pk)
    return [found[digest] for digest in hashes]


def _row(source: Source, digest: str) -> Document:
    # PostgreSQL stores no NUL: one in a sheet must not keep the whole pack from being ordered.
    return Document(
        kind=source.kind,
        title=source.title.replace("\0", "")[:300],
        html=source.html.replace("\0", ""),
        numbered=source.numbered,
        content_hash=digest,
    )


def render(document_id: int) -> None:
    """Render one document if it is due, and say that it is settled; doing so twice changes nothing."""
    from portal.documents.rendering import RenderingError, render_pdf

    document = Document.objects.take(document_id)
    if document is None:
        return
    if document.is_exhausted:
        _fail(document, "The worker stopped each time it tried to make the document.", "")
        return
    try:
        _finish(document, render_pdf(document.html, title=document.title, numbered=document.numbered))
    except RenderingError as error:
        # The fault lies in the content: another attempt with the same content fails alike.
        _fail(document, str(error), technical_text(error))
    except Exception as error:
        if document.attempts >= MAX_ATTEMPTS:
            _fail(document, type(error).__name__, technical_text(error))
        else:
            logger.warning("document_postponed", document_id=document.pk, error=type(error).__name__)
            document.postpone(error)


def _finish(document: Document, pdf: bytes) -> None:
    from portal.documents.assembly import page_count

    stored = StoredFile.objects.keep(pdf, "application/pdf")
    _settle(
        document, state=DocumentState.READY, file=stored, pages=page_count(pdf), error="", technical_error=""
    )


def _fail(document: Document, reason: str, technical: str) -> None:
    logger.error("document_needs_hands", document_id=document.pk, attempts=document.attempts)
    _settle(document, state=DocumentState.FAILED, error=reason, technical_error=technical)


def _settle(document: Document, **fields: Any) -> None:
    """Write the outcome and tell who waits for it."""
    with transaction.atomic():
        if document.give_back(**fields):
            transaction.on_commit(
                partial(document_settled.send, sender=Document, document_id=document.pk), robust=True
            )


def try_again(documents: Iterable[Document]) -> None:
    """Give documents that need hands a new set of attempts."""
    from portal.documents.tasks import render_document

    with transaction.atomic():
        for document in documents:
            failed = Document.objects.filter(pk=document.pk, state=DocumentState.FAILED)
            if failed.update(state=DocumentState.QUEUED, attempts=0, due_at=timezone.now()):
                ring(render_document, document.pk)

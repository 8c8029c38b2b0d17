"""Documents as work that must happen: ordered in the database, rendered by whichever worker is free.

`order` writes the row in the transaction of its cause and rings Celery when that commits. A dead
broker is logged and forgotten: `portal.documents.tasks.sweep` finds every due row within a minute.
"""

from __future__ import annotations

import hashlib
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone

from portal.documents.models import Document, DocumentState, StoredFile
from portal.documents.signals import document_settled

logger = structlog.get_logger(__name__)

#: After this many attempts a document waits for a person ("needs hands").
MAX_ATTEMPTS = 5
#: Wait before attempt number n + 1; the last value is for all further ones.
RETRY_DELAYS = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))


@dataclass(frozen=True)
class Source:
    """What a document is made from: its kind, its title and its finished HTML."""

    kind: str
    title: str
    html: str
    numbered: bool = True

    @property
    def content_hash(self) -> str:
        text = "\0".join((self.kind, self.title, str(self.numbered), self.html))
        return hashlib.sha256(text.encode()).hexdigest()


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

    wanted = list(sources)
    hashes = [source.content_hash for source in wanted]
    with transaction.atomic():
        known = set(Document.objects.filter(content_hash__in=hashes).values_list("content_hash", flat=True))
        missing = {
            digest: Document(
                kind=source.kind,
                title=source.title[:300],
                html=source.html,
                numbered=source.numbered,
                content_hash=digest,
            )
            for digest, source in zip(hashes, wanted, strict=True)
            if digest not in known
        }
        Document.objects.bulk_create(missing.values(), ignore_conflicts=True)
        found = {
            document.content_hash: document
            for document in Document.objects.filter(content_hash__in=hashes).defer("html")
        }
        for digest in missing:
            ring(render_document, found[digest].pk)
    return [found[digest] for digest in hashes]


def take(document_id: int) -> Document | None:
    """Take a due document for this worker by conditional update, or None when another has it."""
    now = timezone.now()
    with transaction.atomic():
        due = Document.objects.due(now).filter(pk=document_id)
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        document = due.first()
        if document is None:
            return None
        document.state = DocumentState.RENDERING
        document.attempts += 1
        document.lease_until = now + document.lease
        document.save(update_fields=["state", "attempts", "lease_until"])
    return document


def render(document_id: int) -> None:
    """Render one document if it is due, and say that it is settled; doing so twice changes nothing."""
    document = take(document_id)
    if document is None:
        return
    if document.attempts > MAX_ATTEMPTS:
        _fail(document, "The document could not be made: the worker stopped each time.", "lease expired")
        return
    try:
        _finish(document, _make(document))
    except Exception as error:
        _postpone(document, error)


def _make(document: Document) -> bytes:
    from portal.documents.rendering import render_pdf

    return render_pdf(document.html, title=document.title, numbered=document.numbered)


def _finish(document: Document, pdf: bytes) -> None:
    from portal.documents.assembly import page_count

    stored = StoredFile.objects.keep(pdf, "application/pdf")
    _settle(
        document, state=DocumentState.READY, file=stored, pages=page_count(pdf), error="", technical_error=""
    )


def _fail(document: Document, reason: str, technical: str) -> None:
    logger.error("document_needs_hands", document_id=document.pk, attempts=document.attempts)
    _settle(document, state=DocumentState.FAILED, error=reason[:500], technical_error=technical)


def _postpone(document: Document, error: Exception) -> None:
    """Count the failed attempt: try again later, or ask for hands."""
    from portal.documents.rendering import RenderingError

    technical = "".join(traceback.format_exception(error))[-5000:]
    reason = str(error) if isinstance(error, RenderingError) else f"{type(error).__name__}"
    # A rendering error lies in the content: another attempt with the same content fails alike.
    if isinstance(error, RenderingError) or document.attempts >= MAX_ATTEMPTS:
        _fail(document, reason, technical)
        return
    delay = RETRY_DELAYS[min(document.attempts, len(RETRY_DELAYS)) - 1]
    logger.warning("document_postponed", document_id=document.pk, error=type(error).__name__)
    Document.objects.filter(pk=document.pk, lease_until=document.lease_until).update(
        state=DocumentState.QUEUED,
        due_at=timezone.now() + delay,
        lease_until=None,
        error=reason[:500],
        technical_error=technical,
    )


def _settle(document: Document, **fields: Any) -> None:
    """Write the outcome, unless another worker has taken over since, and tell who waits for it."""
    with transaction.atomic():
        mine = Document.objects.filter(pk=document.pk, lease_until=document.lease_until)
        if mine.update(lease_until=None, **fields):
            transaction.on_commit(
                partial(document_settled.send, sender=Document, document_id=document.pk), robust=True
            )


def try_again(document: Document) -> None:
    """Give a document that needs hands a new set of attempts."""
    from portal.documents.tasks import render_document

    with transaction.atomic():
        updated = Document.objects.filter(pk=document.pk, state=DocumentState.FAILED).update(
            state=DocumentState.QUEUED, attempts=0, due_at=timezone.now()
        )
        if updated:
            ring(render_document, document.pk)

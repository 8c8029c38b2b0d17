"""Celery's doorbells for documents."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from portal.documents import work
from portal.documents.models import Document

#: Rows rung for in one sweep; the next takes the rest.
SWEEP_SIZE = 100


@shared_task
def render_document(document_id: int) -> None:
    work.render(document_id)


@shared_task
def sweep() -> None:
    """Ring for what has been due since the sweep before: younger rows were rung for when ordered."""
    overdue = Document.objects.due(timezone.now() - timedelta(seconds=settings.SWEEP_SECONDS))
    for document_id in overdue.order_by("due_at").values_list("pk", flat=True)[:SWEEP_SIZE]:
        work.ring(render_document, document_id)

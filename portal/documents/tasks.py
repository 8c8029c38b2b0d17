"""Celery's doorbells for documents."""

from celery import shared_task

from portal.documents import work
from portal.documents.models import Document

#: Rows rung for in one sweep; the next minute takes the rest.
SWEEP_SIZE = 100


@shared_task
def render_document(document_id: int) -> None:
    work.render(document_id)


@shared_task
def sweep() -> None:
    """Ring for every due document, heard before or not."""
    for document_id in Document.objects.due().order_by("due_at").values_list("pk", flat=True)[:SWEEP_SIZE]:
        work.ring(render_document, document_id)

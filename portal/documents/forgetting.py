"""Taking away documents and stored bytes that nothing refers to any more.

Bytes are stored once whoever uses them, so that they go only with the last of their users.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models, transaction

from portal.documents.models import Document, StoredFile


def forget_unused(stored_ids: Iterable[int | None], document_ids: Iterable[int | None]) -> None:
    """Delete those of the documents and files that no row refers to; doing so twice changes nothing."""
    stored = {stored_id for stored_id in stored_ids if stored_id}
    with transaction.atomic():
        for document in Document.objects.select_for_update().filter(pk__in=[d for d in document_ids if d]):
            if not _is_used(document):
                stored |= {document.file_id} if document.file_id else set()
                document.delete()
    for stored_id in stored:
        with transaction.atomic():
            file = StoredFile.objects.select_for_update().filter(pk=stored_id).first()
            if file is None or _is_used(file):
                continue
            name, storage = str(file.file.name), file.file.storage
            file.delete()
        storage.delete(name)


def _is_used(row: models.Model) -> bool:
    """Whether any row of any model points at this one."""
    return any(
        relation.related_model._base_manager.filter(**{relation.field.name: row.pk}).exists()
        for relation in row._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ForeignObjectRel) and relation.related_model is not None
    )

"""Files that a worker makes: taken, made, stored, and said to be ready; making twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, BinaryIO

import structlog
from django.conf import settings
from django.utils import timezone

from portal.documents.leases import MAX_ATTEMPTS, technical_text
from portal.documents.models import StoredFile
from portal.documents.work import ring
from portal.registry.models import MadeFile, PackageState

logger = structlog.get_logger(__name__)

#: Rows rung for in one sweep.
SWEEP_SIZE = 50


def make(row: MadeFile | None, write: Callable[[Any], BinaryIO], media_type: str) -> None:
    """`write(row)` gives the finished file, open at any place; `row` is what `take` gave."""
    if row is None:
        return
    try:
        with write(row) as made:
            stored = StoredFile.objects.keep(made, media_type)
    except Exception as error:
        if row.attempts >= MAX_ATTEMPTS:
            logger.exception("file_needs_hands", model=row._meta.label, row_id=row.pk)
            row.give_back(
                state=PackageState.FAILED, error=type(error).__name__, technical_error=technical_text(error)
            )
        else:
            row.postpone(error)
    else:
        row.give_back(state=PackageState.READY, file=stored, error="", technical_error="")


def sweep(model: type[Any], task: Any) -> None:
    """Ring for what has been due since the sweep before."""
    overdue = model.objects.due(timezone.now() - timedelta(seconds=settings.SWEEP_SECONDS))
    for row_id in overdue.order_by("due_at").values_list("pk", flat=True)[:SWEEP_SIZE]:
        ring(task, row_id)

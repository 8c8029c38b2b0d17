"""What the committee's room holds of a record that is destroyed by rule: it goes with the record.

Reports, proposals, tables and minutes are records of their own and are kept. Packs repeat them together
with sheets and attached files: when one of those goes, so do the packs made with it, and their parts about
the case.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from portal.committee import attached
from portal.committee.models import Letter, MatterAppendix, Pack, PackCopy, PackPart, PackState
from portal.documents.forgetting import forget_unused
from portal.documents.models import StoredFile
from portal.registry.models import Record, RecordFile
from portal.registry.signals import record_destroyed

#: What a pack may repeat: in an attached file, or in the sheet about an application.
IN_PACKS = (Record.Kind.APPENDIX, Record.Kind.APPLICATION, Record.Kind.STATEMENT)


def forget(sender: Any, record: Record, **kwargs: Any) -> None:
    """Take away what the rows hold of a record that is destroyed."""
    _forget_letter(record)
    if record.kind in IN_PACKS:
        files = _detach(record)
        _forget_packs(record.case_id, files)


def _forget_letter(record: Record) -> None:
    """The letter keeps its decision, its outcome and its dates. The one door past its being frozen."""
    models.QuerySet(Letter).filter(record=record).update(parts={}, document=None, cleared_at=timezone.now())


def _detach(record: Record) -> list[int]:
    """Take the record's files off the matters that have them; gives the documents that stand for them."""
    stored = list(StoredFile.objects.filter(pk__in=record.files.values("stored_file")))
    elsewhere = RecordFile.objects.exclude(record=record).filter(stored_file__in=stored)
    kept = set(elsewhere.values_list("stored_file", flat=True))
    going = [file for file in stored if file.pk not in kept]
    of_case = models.Q(matter__case=record.case_id) | models.Q(matter__lines__case=record.case_id)
    rows = MatterAppendix.objects.filter(
        of_case, source=MatterAppendix.FILE, key__in=[file.pk for file in going]
    )
    MatterAppendix.objects.filter(pk__in=rows.values("pk")).delete()
    return attached.documents_of(going)


def _forget_packs(case_id: int, document_ids: list[int]) -> None:
    """Packs with a sheet or a file of the case are no longer there to read; their other parts stay."""
    parts = PackPart.objects.filter(models.Q(case=case_id) | models.Q(document__in=document_ids))
    packs = list(parts.values_list("pack", flat=True).distinct())
    copies = PackCopy.objects.filter(pack__in=packs)
    stored = [
        *Pack.objects.filter(pk__in=packs).values_list("file", flat=True),
        *copies.values_list("file", flat=True),
    ]
    documents = [*document_ids, *parts.values_list("document", flat=True)]
    PackCopy.parts.through.objects.filter(packpart__in=parts.values("pk")).delete()
    parts.delete()
    gone = {"state": PackState.CLEARED, "file": None, "pages": None, "lease_until": None}
    Pack.objects.filter(pk__in=packs).update(**gone, changes=[])
    copies.update(**gone)
    transaction.on_commit(partial(forget_unused, stored, documents), robust=True)


def register() -> None:
    record_destroyed.connect(forget, dispatch_uid="committee.record_destroyed")

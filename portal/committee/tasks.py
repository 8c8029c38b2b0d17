"""Celery's doorbells for decision packs."""

from celery import shared_task

from portal.committee import pack
from portal.committee.models import Pack
from portal.documents.work import ring


@shared_task
def advance_pack(pack_id: int) -> None:
    pack.advance(pack_id)


@shared_task
def sweep_packs() -> None:
    """Ring for every pack that is due, heard before or not."""
    for pack_id in Pack.objects.due().values_list("pk", flat=True):
        ring(advance_pack, pack_id)

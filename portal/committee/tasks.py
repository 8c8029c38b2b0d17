"""Celery's doorbells for decision packs and their copies, and for reminders of minutes."""

from celery import shared_task

from portal.committee import copies, minutes_mail, pack
from portal.committee.models import Pack, PackCopy
from portal.documents.work import ring


@shared_task
def advance_pack(pack_id: int) -> None:
    pack.advance(pack_id)


@shared_task
def advance_copy(copy_id: int) -> None:
    copies.advance(copy_id)


@shared_task
def sweep_packs() -> None:
    """Ring for every pack and copy that is due, heard before or not."""
    for pack_id in Pack.objects.due().values_list("pk", flat=True):
        ring(advance_pack, pack_id)
    for copy_id in PackCopy.objects.due().values_list("pk", flat=True):
        ring(advance_copy, copy_id)


@shared_task
def remind_of_minutes() -> None:
    minutes_mail.remind()

"""Celery's doorbells for decision packs, their copies, letters, and reminders of minutes."""

from celery import shared_task

from portal.committee import copies, letter_making, minutes_mail, pack
from portal.committee.models import Letter, Pack, PackCopy
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


@shared_task
def advance_letter(letter_id: int) -> None:
    letter_making.advance(letter_id)


@shared_task
def sweep_letters() -> None:
    """Ring for every letter that is due, heard before or not."""
    for letter_id in Letter.objects.due().values_list("pk", flat=True):
        ring(advance_letter, letter_id)

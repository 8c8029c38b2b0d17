"""Celery's doorbells for partnerships."""

from celery import shared_task


@shared_task
def keep_partnerships() -> None:
    """Plan follow-ups, remind of ends and end what is over; running it twice does nothing twice."""
    from iop.keeping import keep

    keep()


@shared_task
def keep_ideas_owned() -> None:
    """Give ideas whose owner cannot hold them another; running it twice gives none twice."""
    from iop.owners import find_new_owners

    find_new_owners()

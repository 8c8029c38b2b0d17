"""Celery's doorbells for partnerships."""

from celery import shared_task


@shared_task
def keep_ideas_owned() -> None:
    """Give ideas whose owner cannot hold them another; running it twice gives none twice."""
    from iop.owners import find_new_owners

    find_new_owners()

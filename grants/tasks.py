"""Celery's doorbells for grants."""

from celery import shared_task


@shared_task
def send_reminders() -> None:
    """Remind of what is due; running it twice reminds of nothing twice."""
    from grants.reminders import remind

    remind()

"""The doorbell for mail that waits in the database."""

from celery import shared_task
from django.conf import settings


@shared_task
def send_queued_mail() -> None:
    """Send what waits in django-post-office's queue; running it twice sends nothing twice."""
    from post_office.mail import send_queued_mail_until_done

    send_queued_mail_until_done(lockfile=str(settings.VAR_DIR / "mail.lock"))

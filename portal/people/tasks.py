"""The doorbell for mail that waits in the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from celery import shared_task
from django.conf import settings
from django.db import connection

#: PostgreSQL's name for the lock on sending: any number that nothing else of ours uses.
SENDING = 6_502_871


@shared_task
def send_queued_mail() -> None:
    """Send what waits in django-post-office's queue; twice, or on two hosts, sends nothing twice."""
    send_waiting(str(settings.VAR_DIR / "mail.lock"))


def send_waiting(lockfile: str) -> None:
    """Send what waits, unless another process of this host (the file) or another host (the database) does."""
    from post_office.mail import send_queued_mail_until_done

    with alone() as is_alone:
        if is_alone:
            send_queued_mail_until_done(lockfile=lockfile)


@contextmanager
def alone() -> Iterator[bool]:
    """Whether nobody else sends: post-office's own lock is a file, which other hosts do not see.

    It hangs on a connection of its own, so that PostgreSQL takes it back from a worker that is gone.
    """
    if connection.vendor != "postgresql":
        yield True
        return
    holder = connection.copy()
    try:
        with holder.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [SENDING])
            yield bool(cursor.fetchone()[0])
    finally:
        holder.close()

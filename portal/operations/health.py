"""Is this process alive, is the installation ready, and if not, what is broken.

Ready is what a load balancer asks: without its database or file store a machine should get no visitors. A
broker, cache, scanner or mail server that is gone, or work that nobody takes, keeps no visitor out: the
answer is then `degraded`, and the machine stays. `django-health-check` 4 is not used: its checks run
in threads with database connections of their own, and know no difference between the two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from uuid import uuid4

import structlog
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from portal.celery import app
from portal.documents.scanning import is_harmful
from portal.operations.stuck import stuck

logger = structlog.get_logger(__name__)

#: Seconds to wait for a broker before it counts as gone.
BROKER_SECONDS = 2

State = Literal["ready", "degraded", "not ready"]


@dataclass(frozen=True)
class Check:
    """One thing that must work. `run` returns when it does, and raises when it does not."""

    name: str
    run: Callable[[], None]
    is_vital: bool = False


class Broken(Exception):
    """What is wrong, in words for staff."""


@dataclass(frozen=True)
class Readiness:
    """What each check found: nothing when all is well, else what is wrong."""

    found: dict[str, str]

    @property
    def state(self) -> State:
        broken = {name for name, wrong in self.found.items() if wrong}
        if broken & {check.name for check in CHECKS if check.is_vital}:
            return "not ready"
        return "degraded" if broken else "ready"


def readiness() -> Readiness:
    """Try everything; each check by itself, so that all that is broken is named."""
    return Readiness({check.name: _tried(check) for check in CHECKS})


def _tried(check: Check) -> str:
    try:
        check.run()
    except Broken as error:
        wrong = str(error)
    except Exception as error:
        wrong = type(error).__name__
    else:
        return ""
    logger.warning("not_healthy", check=check.name, wrong=wrong)
    return wrong


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _files() -> None:
    name = default_storage.save(f"health/{uuid4().hex}", ContentFile(b"ok"))
    try:
        with default_storage.open(name, "rb") as file:
            if file.read() != b"ok":
                raise Broken("What was written could not be read back")
    finally:
        default_storage.delete(name)


def _cache() -> None:
    key = f"health-{uuid4().hex}"
    cache.set(key, "ok", timeout=60)
    if cache.get(key) != "ok":
        raise Broken("What was written could not be read back")
    cache.delete(key)


def _broker() -> None:
    with app.connection_for_write(connect_timeout=BROKER_SECONDS) as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_SECONDS)


def _scanner() -> None:
    """Nothing is uploaded while a scanner that is configured does not answer."""
    if is_harmful(b"ok"):
        raise Broken("It takes a harmless file for a harmful one")


def _work() -> None:
    _no_overdue(lambda kind: kind != "post_office.Email")


def _mail() -> None:
    _no_overdue(lambda kind: kind == "post_office.Email")


def _no_overdue(belongs: Callable[[str], bool]) -> None:
    waiting = Counter(row.kind for row in stuck() if row.how == "overdue" and belongs(row.kind))
    if waiting:
        raise Broken(", ".join(f"{count} × {kind} overdue" for kind, count in sorted(waiting.items())))


CHECKS = (
    Check("database", _database, is_vital=True),
    Check("files", _files, is_vital=True),
    Check("cache", _cache),
    Check("broker", _broker),
    Check("scanner", _scanner),
    Check("work", _work),
    Check("mail", _mail),
)

"""PostgreSQL, Redis, gunicorn and disks that go away in mid-work and come back: all work is done, once."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from grants.applying.submission import submit
from grants.models import Application
from grants.states import State
from portal.documents.models import Document, DocumentState, StoredFile
from portal.documents.work import Source, order_all
from portal.registry.models import Case, Record
from tests.conftest import broker_at
from tests.factories import ApplicationFactory, complete
from tests.faults.recovery import recovery
from tests.faults.servers import PostgreSQL, own_postgresql, own_redis, wire
from tests.processes import environment, running_worker, wait_until
from with_services import free_port

pytestmark = [
    pytest.mark.fault,
    pytest.mark.soak,
    pytest.mark.rule(5),
    pytest.mark.django_db(transaction=True),
]

#: Whoever dies is replaced within seconds.
SHORT_LEASES = {
    "SWEEP_SECONDS": "1",
    "TASK_SOFT_SECONDS": "3",
    "TASK_HARD_SECONDS": "4",
    "WORK_LEASE_SECONDS": "5",
}
READY = "SELECT count(*) FROM documents_document WHERE state = 'ready'"


def ordered(count: int) -> list[Document]:
    return order_all(
        Source("prov", f"Prov {n}", f"<!doctype html><html lang='sv'><title>Prov</title><p>Text {n}" * 40)
        for n in range(count)
    )


def all_ready() -> bool:
    return not Document.objects.exclude(state=DocumentState.READY).exists()


def database_url(var_dir: Path) -> str:
    return environment(var_dir, "")["DATABASE_URL"]


@pytest.fixture
def database(place: Path, var_dir: Path) -> Iterator[PostgreSQL]:
    """A PostgreSQL of the test's own, with a dozen documents to make."""
    ordered(12)
    with own_postgresql(place / "postgresql", database_url(var_dir)) as server:
        yield server


def test_postgresql_killed_in_mid_work_costs_no_document(
    database: PostgreSQL, real_broker: str, var_dir: Path
) -> None:
    env = environment(var_dir, real_broker) | {"DATABASE_URL": database.url} | SHORT_LEASES
    with running_worker(env, beat=True):
        wait_until(lambda: database.one(READY) >= 2, "the first documents are made")
        database.kill()
        time.sleep(1)
        database.start()
        with recovery("PostgreSQL killed in mid-work, from its return until 12 documents are made"):
            wait_until(lambda: database.one(READY) == 12, "all documents are made")
    assert database.one("SELECT count(*) FROM documents_document WHERE attempts > 2") == 0
    assert database.one("SELECT count(DISTINCT file_id) FROM documents_document") == 12


def test_a_slow_postgresql_makes_work_slow_and_loses_none(
    database: PostgreSQL, real_broker: str, var_dir: Path
) -> None:
    with wire(database.url) as slow:
        slow.delay = 0.005
        env = environment(var_dir, real_broker) | {"DATABASE_URL": slow.url, "SWEEP_SECONDS": "5"}
        with running_worker(env, beat=True):
            wait_until(lambda: database.one(READY) == 12, "all documents are made")
        assert slow.carried
    assert database.one("SELECT count(*) FROM documents_document WHERE attempts <> 1") == 0


def test_redis_killed_at_submit_costs_nobody_the_receipt_and_it_is_printed_when_redis_is_back(
    transactional_db: None, place: Path, var_dir: Path
) -> None:
    draft = complete(ApplicationFactory.create())
    with own_redis(place / "redis") as redis, broker_at(redis.url):
        env = environment(var_dir, redis.url) | SHORT_LEASES
        with running_worker(env, beat=True):
            ordered(2)
            wait_until(all_ready, "the worker is at work")
            redis.kill()
            began = time.monotonic()
            with recovery("Redis killed: the association's sending"):
                assert submit(draft.pk, draft.created_by).state == State.SUBMITTED
            assert time.monotonic() - began < 15, "a dead broker held the person's request"
            redis.start()
            with recovery("Redis killed at submit, from its return until the receipt is printed"):
                wait_until(all_ready, "the receipt is printed")
    record = Record.objects.get(kind=Record.Kind.RECEIPT)
    assert record.document is not None
    assert record.document.attempts == 1


def test_a_redis_that_never_answers_does_not_hold_the_person(transactional_db: None, broker_url: str) -> None:
    draft = complete(ApplicationFactory.create())
    with wire(broker_url) as dead:
        dead.cut.set()
        with broker_at(dead.url, socket_timeout=1):
            began = time.monotonic()
            with recovery("Redis that never answers: the association's sending, with a limit of 1 s a call"):
                assert submit(draft.pk, draft.created_by).state == State.SUBMITTED
            assert time.monotonic() - began < 15, "a dead broker held the person's request"


def test_two_beats_and_two_workers_make_each_document_once(
    transactional_db: None, real_broker: str, var_dir: Path
) -> None:
    ordered(12)
    env = environment(var_dir, real_broker) | {"SWEEP_SECONDS": "0.3"}
    with running_worker(env, beat=True), running_worker(env, beat=True):
        wait_until(all_ready, "all documents are made")
        time.sleep(1)
    assert set(Document.objects.values_list("attempts", flat=True)) == {1}
    assert StoredFile.objects.count() == 12


# --- The web server --------------------------------------------------------------------------------


@contextmanager
def gunicorn(var_dir: Path, broker_url: str) -> Iterator[tuple[int, int]]:
    """Gunicorn with one worker; its port and its parent's process id."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "portal.wsgi",
        "--workers",
        "1",
        "--bind",
        f"127.0.0.1:{port}",
    ]
    with (var_dir / "gunicorn.log").open("ab") as log:
        server = subprocess.Popen(command, env=environment(var_dir, broker_url), stdout=log, stderr=log)
    try:
        wait_until(lambda: children(server.pid) != [] and is_up(port), "gunicorn answers")
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(20)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_up(port: int) -> bool:
    link = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        link.request("GET", "/")
        return link.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        link.close()


def signed_in(draft: Application) -> str:
    """The session of the signatory."""
    client = Client()
    client.force_login(draft.created_by)
    return client.cookies[django_settings.SESSION_COOKIE_NAME].value


def pressed(port: int, draft: Application, session: str) -> HTTPConnection:
    """A connection on which the signatory has pressed the button; the answer is not read yet."""
    token = "a" * 32
    link = HTTPConnection("127.0.0.1", port, timeout=60)
    link.request(
        "POST",
        reverse("grants:check", args=[draft.pk]),
        urlencode({"signed": "on", "csrfmiddlewaretoken": token}),
        {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"{django_settings.SESSION_COOKIE_NAME}={session}; csrftoken={token}",
        },
    )
    return link


def waits_for_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees the same all along
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


def test_gunicorn_killed_in_mid_submit_leaves_no_half_case_and_pressing_again_sends(
    transactional_db: None, broker_url: str, var_dir: Path
) -> None:
    """kill -9 while it waits inside its transaction; then the button is pressed twice more."""
    draft = complete(ApplicationFactory.create())
    session = signed_in(draft)
    with gunicorn(var_dir, broker_url) as (port, parent):
        with transaction.atomic():
            Application.objects.select_for_update().get(pk=draft.pk)
            link = pressed(port, draft, session)
            wait_until(waits_for_lock, "the request waits in mid-submit")
            (worker,) = children(parent)
            os.kill(worker, signal.SIGKILL)
            with pytest.raises((OSError, HTTPException)):
                link.getresponse()
        with recovery("gunicorn's worker killed in mid-submit, until another answers"):
            wait_until(
                lambda: children(parent) not in ([], [worker]) and is_up(port), "another worker is there"
            )
        assert (Case.objects.count(), Record.objects.count(), Document.objects.count()) == (0, 0, 0)

        answer = [pressed(port, draft, session).getresponse() for _time in range(2)]
    assert [went_to(one) for one in answer] == [reverse("grants:receipt", args=[draft.pk])] * 2
    assert list(Case.objects.values_list("number", flat=True)) == [1], "the number was not used up"
    assert Record.objects.count() == 2


def went_to(answer: HTTPResponse) -> str | None:
    answer.read()
    return answer.headers.get("Location")


# --- A full disk -----------------------------------------------------------------------------------


def test_a_disk_that_fills_while_a_file_is_stored_registers_nothing(full_disk: Path) -> None:
    content = os.urandom(400_000)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        StoredFile.objects.keep(content, "application/pdf")
    assert not StoredFile.objects.exists()
    subprocess.run(["mount", "-o", "remount,size=2m", str(full_disk)], check=True)
    assert StoredFile.objects.keep(content, "application/pdf").read() == content

"""Live, ready and figures: what is broken is really broken here, and named to those who may know."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone
from post_office import mail

from portal.documents import work
from portal.documents.models import Document, DocumentState
from portal.operations import health
from portal.people.models import Role
from tests.factories import staff

TOKEN = {"Authorization": "Bearer till-provet"}
REDIS_NOWHERE = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
}


@pytest.fixture(autouse=True)
def _token() -> Iterator[None]:
    with override_settings(OPERATIONS_TOKEN="till-provet"):
        yield


def checks(client: Client) -> tuple[int, str, dict[str, str]]:
    """Status code, state, and what is broken."""
    answer = client.get("/halsa/redo/", headers=TOKEN)
    told = answer.json()
    return (
        answer.status_code,
        told["status"],
        {name: said for name, said in told["checks"].items() if said != "ok"},
    )


def order(state: str = DocumentState.QUEUED, minutes: int = 0) -> Document:
    """A document that has been due for so long."""
    document = work.order(work.Source("prov", "Prov", f"<p>{Document.objects.count()}</p>"))
    Document.objects.filter(pk=document.pk).update(
        state=state, due_at=timezone.now() - timedelta(minutes=minutes)
    )
    return document


def test_live_asks_nothing_of_anybody(client: Client) -> None:
    """No database mark on this test: a query would fail it."""
    answer = client.get("/halsa/lever/")
    assert (answer.status_code, answer.json()) == (200, {"status": "live"})
    assert "no-store" in answer.headers["Cache-Control"]
    assert client.post("/halsa/lever/").status_code == 405


@pytest.mark.django_db
def test_all_is_well(client: Client, real_broker: str) -> None:
    assert checks(client) == (200, "ready", {})


@pytest.mark.django_db
def test_a_broker_or_a_cache_that_is_gone_keeps_nobody_out(client: Client) -> None:
    """Tests have no broker unless they ask for one."""
    assert checks(client) == (200, "degraded", {"broker": "OperationalError"})
    with override_settings(CACHES=REDIS_NOWHERE):
        code, state, broken = checks(client)
        assert client.get("/").status_code == 200
    assert (code, state, set(broken)) == (200, "degraded", {"broker", "cache"})


@pytest.mark.django_db
def test_a_scanner_that_is_gone_is_named(client: Client, real_broker: str) -> None:
    with override_settings(CLAMAV_ADDRESS="127.0.0.1:1"):
        assert checks(client) == (200, "degraded", {"scanner": "ScannerUnavailable"})


@pytest.mark.django_db
def test_a_file_store_that_cannot_be_written_is_not_ready(
    client: Client, real_broker: str, tmp_path: Path
) -> None:
    (tmp_path / "a file").write_text("no folder")
    with override_settings(MEDIA_ROOT=tmp_path / "a file"):
        assert checks(client) == (503, "not ready", {"files": "NotADirectoryError"})


@contextmanager
def no_database() -> Iterator[None]:
    """The server's port is closed."""
    port = connection.settings_dict["PORT"]
    connection.close()
    connection.settings_dict["PORT"] = "1"
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["PORT"] = port


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no server to lose")
def test_without_a_database_it_lives_and_is_not_ready(client: Client) -> None:
    with no_database():
        assert client.get("/halsa/lever/").status_code == 200
        code, state, broken = checks(client)
        assert client.get("/halsa/redo/").json() == {"status": "not ready"}
    assert (code, state, set(broken)) == (503, "not ready", {"database", "broker", "work", "mail"})


@pytest.mark.django_db
def test_work_and_mail_that_nobody_takes_are_named(client: Client, real_broker: str) -> None:
    order(minutes=14)
    assert checks(client) == (200, "ready", {})
    order(minutes=16)
    letter = mail.send("nagon@example.org", subject="Prov", message="Prov")
    type(letter).objects.update(created=timezone.now() - timedelta(minutes=16))
    assert checks(client) == (
        200,
        "degraded",
        {"work": "1 × documents.Document overdue", "mail": "1 × post_office.Email overdue"},
    )


@pytest.mark.django_db
def test_details_are_for_administrators_and_the_token(client: Client, real_broker: str) -> None:
    def told() -> bool:
        return "checks" in client.get("/halsa/redo/").json()

    assert not told()
    client.force_login(staff(Role.CASE_OFFICER))
    assert not told()
    client.force_login(staff(Role.ADMINISTRATOR))
    assert told()
    client.logout()
    assert "checks" not in client.get("/halsa/redo/", headers={"Authorization": "Bearer fel"}).json()
    with override_settings(OPERATIONS_TOKEN=""):  # none set: an empty one opens nothing
        assert "checks" not in client.get("/halsa/redo/", headers={"Authorization": "Bearer "}).json()


@pytest.mark.django_db
def test_nothing_is_left_behind(client: Client, settings: object) -> None:
    health.readiness()
    from django.core.files.storage import default_storage

    assert default_storage.listdir("health")[1] == []
    assert cache.get("health") is None


@pytest.mark.django_db
def test_figures_tell_work_and_mail_by_state(client: Client) -> None:
    order(minutes=2)
    order(minutes=5)
    order(DocumentState.FAILED, minutes=90)
    mail.send("nagon@example.org", subject="Prov", message="Prov")
    answer = client.get("/matvarden/", headers=TOKEN)
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    figures = dict(
        line.rsplit(" ", 1) for line in answer.content.decode().splitlines() if not line.startswith("#")
    )
    assert figures['samspel_work_rows{kind="documents.Document",state="queued"}'] == "2.0"
    assert figures['samspel_work_rows{kind="documents.Document",state="failed"}'] == "1.0"
    oldest = float(figures['samspel_work_oldest_due_seconds{kind="documents.Document"}'])
    assert 300 <= oldest < 330
    assert figures['samspel_mail{state="queued"}'] == "1.0"
    assert 0 <= float(figures["samspel_mail_oldest_queued_seconds"]) < 30


@pytest.mark.django_db
def test_each_figure_is_one_query(client: Client, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(4):  # type: ignore[operator]
        assert client.get("/matvarden/", headers=TOKEN).status_code == 200

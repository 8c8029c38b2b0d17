"""The unit files' own commands, as in production: a page, a health answer, a document, and what is logged."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from grants.models import Application
from portal.documents.models import Document, DocumentState
from portal.operations import health
from portal.registry.models import Case
from tests.factories import ApplicationFactory, complete
from tests.operations.content_policy import inline_parts
from tests.operations.deployment import DEPLOY, TOKEN, Installation, example_settings, exec_start, running
from tests.processes import wait_until

pytestmark = pytest.mark.fault
UNITS = ("samspel-web.service", "samspel-worker.service", "samspel-beat.service")


@pytest.fixture
def installation(transactional_db: None, broker_url: str, tmp_path: Path) -> Iterator[Installation]:
    with running(tmp_path, broker_url) as started:
        yield started


@pytest.mark.rule(1)
@pytest.mark.rule(14)
@pytest.mark.rule(18)
def test_the_units_serve_pages_tell_their_health_make_documents_and_log_ids(
    installation: Installation,
) -> None:
    pages_are_hardened(installation)
    draft = complete(ApplicationFactory.create())
    sign_in(installation, draft)
    request_id = send(installation, draft)
    assert Case.objects.count() == 1
    waiting = Document.objects.filter(state=DocumentState.QUEUED)
    wait_until(lambda: not waiting.exists(), "the receipt is made")
    assert set(Document.objects.values_list("state", flat=True)) == {DocumentState.READY}
    health_is_told(installation)
    nobody_is_turned_away_while_pages_start_again(installation)
    the_task_logs_the_id_of_its_request(installation, draft, request_id)


def pages_are_hardened(installation: Installation) -> None:
    answer, page = installation.ask("/")
    assert answer.status == 200
    assert inline_parts(page) == []
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    (style, *_) = re.findall(r'href="(/static/samspel/samspel\.[0-9a-f]+\.css)"', page)
    assert installation.ask(style)[0].headers["Cache-Control"] == "max-age=315360000, public, immutable"
    plain, _page = installation.ask("/", **{"X-Forwarded-Proto": "http"})
    assert (plain.status, plain.headers["Location"]) == (301, "https://samspel.example.org/")
    assert installation.ask("/", Host="somewhere.example.com")[0].status == 400
    sign_in_page, _page = installation.ask(reverse("account_login"))
    for cookie in sign_in_page.headers.get_all("Set-Cookie", []):
        assert "Secure" in cookie, cookie


def sign_in(installation: Installation, draft: Application) -> None:
    client = Client()
    client.force_login(draft.created_by)
    installation.cookies["sessionid"] = client.cookies["sessionid"].value


def send(installation: Installation, draft: Application) -> str:
    """Sign and send the application as a person does; returns the id that nginx gave the request."""
    check = reverse("grants:check", args=[draft.pk])
    answer, page = installation.ask(check)
    installation.cookies["csrftoken"] = re.findall(r"csrftoken=(\w+)", str(answer.headers["Set-Cookie"]))[0]
    (token, *_) = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    request_id = "7d2f0c1e5b6a4d3c8e9f0a1b2c3d4e5f"
    sent, page = installation.ask(
        check, "POST", f"signed=on&csrfmiddlewaretoken={token}", **{"X-Request-ID": request_id}
    )
    assert (sent.status, sent.headers["Location"]) == (302, reverse("grants:receipt", args=[draft.pk])), page
    return request_id


def health_is_told(installation: Installation) -> None:
    answer, told = installation.ask("/halsa/redo/", Authorization=f"Bearer {TOKEN}")
    names = [check.name for check in health.CHECKS]
    assert (answer.status, json.loads(told)) == (
        200,
        {"status": "ready", "checks": dict.fromkeys(names, "ok")},
    )
    assert json.loads(installation.ask("/halsa/redo/")[1]) == {"status": "ready"}
    plain, _told = installation.ask("/halsa/lever/", Host="127.0.0.1", **{"X-Forwarded-Proto": "http"})
    assert plain.status == 200  # a load balancer asks each machine by itself
    figures = installation.ask("/matvarden/", Authorization=f"Bearer {TOKEN}")[1]
    assert 'samspel_work_rows{kind="documents.Document",state="ready"}' in figures


def nobody_is_turned_away_while_pages_start_again(installation: Installation) -> None:
    """Asked while nobody serves: the open socket holds the visitor until the new process answers."""
    installation.stop("web")
    with ThreadPoolExecutor() as visitors:
        asked = visitors.submit(installation.ask, "/")
        installation.start("web")
        assert asked.result()[0].status == 200


def the_task_logs_the_id_of_its_request(
    installation: Installation, draft: Application, request_id: str
) -> None:
    web, worker = lines(installation, "web"), lines(installation, "worker")
    lines(installation, "beat")
    sent = [line for line in web if line.get("request_id") == request_id]
    (finished,) = [line for line in sent if line["event"] == "request_finished"]
    route = "POST /ansokningar/<int:application_id>/kontrollera/"
    assert finished["request"] == f"{route} application_id={draft.pk}"
    assert (finished["user_id"], finished["code"]) == (draft.created_by_id, 302)
    rung = {line["child_task_id"] for line in sent if line["event"] == "task_enqueued"}
    done = [line for line in worker if line.get("request_id") == request_id]
    assert {line["task_id"] for line in done if line["event"] == "task_succeeded"} == rung
    assert "portal.documents.tasks.render_document" in {line.get("task") for line in done}
    assert {line["user_id"] for line in done} == {draft.created_by_id}
    everything = "".join(installation.log(name) for name in ("web", "worker", "beat"))
    for content in (draft.title, draft.association.name, draft.association.email, draft.created_by.email):
        assert content not in everything


def lines(installation: Installation, name: str) -> list[dict[str, Any]]:
    """Every line that the process wrote; each is JSON."""
    written = [line for line in installation.log(name).splitlines() if line]
    assert [line for line in written if not line.startswith("{")] == []
    return [json.loads(line) for line in written]


def test_the_units_agree_with_each_other_and_with_the_time_limits() -> None:
    texts = [(DEPLOY / unit).read_text() for unit in UNITS]
    for text in texts:
        for wanted in ("User=samspel", "EnvironmentFile=/etc/samspel/samspel.env", "NoNewPrivileges=yes"):
            assert wanted in text
    assert "127.0.0.1:8000" in exec_start("samspel-web.service")
    assert "ListenStream=127.0.0.1:8000" in (DEPLOY / "samspel-web.socket").read_text()
    assert "server 127.0.0.1:8000;" in (DEPLOY / "nginx.conf").read_text()
    (stop,) = re.findall(r"^TimeoutStopSec=(\d+)", texts[1], re.MULTILINE)
    assert int(stop) > 150  # TASK_HARD_SECONDS


def test_the_example_names_only_settings_that_exist() -> None:
    source = (DEPLOY.parent.parent / "portal" / "settings.py").read_text()
    source += (DEPLOY.parent.parent / "portal" / "file_stores.py").read_text()
    commented = re.findall(
        r"^#?([A-Z][A-Z0-9_]+)=", (DEPLOY / "samspel.env.example").read_text(), re.MULTILINE
    )
    assert set(example_settings()) <= set(commented)
    assert [name for name in commented if f'"{name}"' not in source] == []

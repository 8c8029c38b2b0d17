"""A real nginx with our files before the pages' own unit: what it tells Samspel of when a request came."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from grants.models import Application, Call
from tests.factories import ApplicationFactory, CallFactory, complete
from tests.nginx import Front, nginx_before
from tests.operations.deployment import HOST, Installation, running

pytestmark = [pytest.mark.fault, pytest.mark.rule(9)]

TOKEN = "a" * 32
#: What a busy machine may take from pressing the button until nginx has the form; seconds.
ON_THE_WAY = 4
BODY = urlencode({"signed": "on", "csrfmiddlewaretoken": TOKEN}).encode()


@pytest.fixture
def pages(transactional_db: None, broker_url: str, tmp_path: Path) -> Iterator[Installation]:
    with running(tmp_path, broker_url, units=("web",)) as started:
        yield started


@pytest.fixture
def front(pages: Installation, tmp_path: Path) -> Iterator[Front]:
    with nginx_before(pages.port, tmp_path / "nginx") as started:
        yield started


@pytest.fixture
def draft(transactional_db: None) -> Application:
    """Ready to send, as long as the call is open."""
    return complete(ApplicationFactory.create(call=CallFactory.create()))


def close(draft: Application, at: datetime) -> None:
    Call.objects.filter(pk=draft.call_id).update(closes_at=at)


def headers(draft: Application) -> dict[str, str]:
    client = Client()
    client.force_login(draft.created_by)
    return {
        "Host": HOST,
        "Origin": f"https://{HOST}",
        "Cookie": f"sessionid={client.cookies['sessionid'].value}; csrftoken={TOKEN}",
        "Content-Type": "application/x-www-form-urlencoded",
    }


def send(front: Front, draft: Application, **more: str) -> str:
    """Press the button; returns where the answer leads."""
    browser = front.connect()
    own = headers(draft) | {name.replace("_", "-"): value for name, value in more.items()}
    browser.request("POST", reverse("grants:check", args=[draft.pk]), BODY, own)
    return led_to(browser.getresponse())


def send_slowly(front: Front, draft: Application, seconds: float) -> str:
    """The same by a slow line: the first byte of the form now, and the last after some seconds."""
    browser = front.connect()
    browser.putrequest("POST", reverse("grants:check", args=[draft.pk]), skip_host=True)
    for name, value in (headers(draft) | {"Content-Length": str(len(BODY))}).items():
        browser.putheader(name, value)
    browser.endheaders(BODY[:1])
    time.sleep(seconds)
    browser.send(BODY[1:])
    return led_to(browser.getresponse())


def led_to(answer: HTTPResponse) -> str:
    body = answer.read().decode()
    assert answer.status == 302, body
    return answer.headers["Location"]


def receipt(draft: Application) -> str:
    return reverse("grants:receipt", args=[draft.pk])


def check(draft: Application) -> str:
    return reverse("grants:check", args=[draft.pk])


def test_what_waits_behind_nginx_while_the_call_closes_came_in_time(
    pages: Installation, front: Front, draft: Application
) -> None:
    pages.stop("web")  # the open socket takes the request, and nobody works on it
    closes = timezone.now() + timedelta(seconds=ON_THE_WAY)
    close(draft, closes)
    with ThreadPoolExecutor() as browsers:
        asked = browsers.submit(send, front, draft)
        time.sleep(max(0.0, closes.timestamp() - time.time()) + 1)
        pages.start("web")
        assert asked.result() == receipt(draft)
    sent = Application.objects.get(pk=draft.pk).submitted_at
    assert sent is not None
    assert closes - timedelta(seconds=ON_THE_WAY) <= sent < closes


def test_a_browser_that_dates_back_is_late_all_the_same(front: Front, draft: Application) -> None:
    close(draft, timezone.now() - timedelta(seconds=10))
    earlier = f"t={time.time() - 30:.3f}"
    assert send(front, draft, X_Request_Start=earlier, X_Forwarded_For="192.0.2.1") == check(draft)
    assert send(front, draft, x_request_start=earlier) == check(draft)
    assert Application.objects.get(pk=draft.pk).is_draft


def test_a_form_has_come_when_all_of_it_has(front: Front, draft: Application) -> None:
    close(draft, timezone.now() + timedelta(seconds=1.5))
    assert send_slowly(front, draft, seconds=2) == check(draft)
    close(draft, timezone.now() + timedelta(seconds=60))
    assert send_slowly(front, draft, seconds=0.5) == receipt(draft)


def test_who_has_not_heard_of_https_is_told(front: Front) -> None:
    visitor = HTTPConnection("127.0.0.1", front.plain_port, timeout=30)
    visitor.request("GET", "/sida", headers={"Host": HOST})
    answer = visitor.getresponse()
    assert (answer.status, answer.headers["Location"]) == (308, f"https://{HOST}/sida")

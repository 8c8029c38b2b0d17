"""When a request arrived: a trusted proxy's stamp, and nobody else's word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from grants.models import Application
from portal.people.arrival import ArrivalMiddleware, arrived_at
from tests.factories import ApplicationFactory, CallFactory, complete

pytestmark = [pytest.mark.rule(9), pytest.mark.django_db]

NOW = datetime(2026, 11, 28, 12, 0, 0, 500_000, tzinfo=UTC)
CAME = NOW - timedelta(seconds=20)
BEHIND_NGINX = {"X-Forwarded-For": "192.0.2.7"}


@pytest.fixture(autouse=True)
def _behind_one_proxy(settings: Any) -> Any:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    settings.PROXY_WAIT_SECONDS = 60
    with time_machine.travel(NOW, tick=False):
        yield


def stamp(moment: datetime) -> str:
    """As nginx writes it."""
    return f"t={moment.timestamp():.3f}"


def arrival(**headers: str) -> datetime:
    found: list[datetime] = []

    def view(request: HttpRequest) -> HttpResponse:
        found.append(arrived_at(request))
        return HttpResponse()

    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    ArrivalMiddleware(view)(RequestFactory().get("/", headers=sent))
    return found[0]


def test_the_time_in_the_queue_does_not_count() -> None:
    assert arrival(X_Request_Start=stamp(CAME), **BEHIND_NGINX) == CAME


def test_without_a_stamp_it_is_now() -> None:
    assert arrival(**BEHIND_NGINX) == NOW


@pytest.mark.parametrize(
    ("proxies", "came_by"),
    [(0, BEHIND_NGINX), (1, {}), (1, {"X-Forwarded-For": " , "}), (2, BEHIND_NGINX)],
    ids=["none to trust", "past the proxy", "no address", "past one of two"],
)
def test_who_comes_past_the_proxies_is_not_believed(
    settings: Any, proxies: int, came_by: dict[str, str]
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    assert arrival(X_Request_Start=stamp(CAME), **came_by) == NOW


def test_behind_two_proxies_it_is_believed(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 2
    headers = {"X-Forwarded-For": "192.0.2.7, 10.0.0.4"}
    assert arrival(X_Request_Start=stamp(CAME), **headers) == CAME


@pytest.mark.parametrize(
    ("ago", "is_believed"),
    [(-0.001, False), (0, True), (60, True), (60.001, False), (86_400, False), (-86_400, False)],
)
def test_a_stamp_is_neither_ahead_nor_older_than_anybody_waits(ago: float, is_believed: bool) -> None:
    stamped = NOW - timedelta(seconds=ago)
    assert arrival(X_Request_Start=stamp(stamped), **BEHIND_NGINX) == (stamped if is_believed else NOW)


def test_a_city_can_turn_it_off(settings: Any) -> None:
    settings.PROXY_WAIT_SECONDS = 0
    assert arrival(X_Request_Start=stamp(CAME), **BEHIND_NGINX) == NOW


@pytest.mark.parametrize(
    "value",
    [
        "",
        "t=",
        "nan",
        "t=nan",
        "t=inf",
        "t=-1000000000.000",
        "1795867180.500",
        "t=1795867180",
        "t=1795867180500",
        "t=1795867180.500,t=1795867180.500",
        "t=1795867180.500 ",
        "t=1795867180.500\x00",
        "t=１７９５８６７１８０.５００",
        "t=9999999999.999",
        "t=" + "9" * 5_000,
    ],
)
def test_what_nginx_does_not_write_is_ignored(value: str) -> None:
    assert arrival(X_Request_Start=value, **BEHIND_NGINX) == NOW


def test_sent_in_time_and_taken_after_closing_is_received_with_the_time_it_came() -> None:
    draft = _closed(timedelta(seconds=10))
    answer = _send(draft, {"X-Request-Start": stamp(CAME), **BEHIND_NGINX})
    assert answer.headers["Location"] == reverse("grants:receipt", args=[draft.pk])
    draft.refresh_from_db()
    assert draft.submitted_at == CAME


@pytest.mark.parametrize("ago", [5, 61, 3_600], ids=["after closing", "too old", "an hour"])
def test_sent_after_closing_is_refused_whatever_the_stamp(ago: int) -> None:
    draft = _closed(timedelta(seconds=10))
    answer = _send(draft, {"X-Request-Start": stamp(NOW - timedelta(seconds=ago)), **BEHIND_NGINX})
    assert answer.headers["Location"] == reverse("grants:check", args=[draft.pk])
    draft.refresh_from_db()
    assert draft.is_draft


def test_a_client_that_dates_back_without_a_proxy_comes_late(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    draft = _closed(timedelta(seconds=10))
    answer = _send(draft, {"X-Request-Start": stamp(CAME), **BEHIND_NGINX})
    assert answer.headers["Location"] == reverse("grants:check", args=[draft.pk])
    draft.refresh_from_db()
    assert draft.is_draft


def _closed(ago: timedelta) -> Application:
    """A draft, ready to send, of a call that closed a moment ago."""
    return complete(ApplicationFactory.create(call=CallFactory.create(closes_at=NOW - ago)))


def _send(draft: Application, headers: dict[str, str]) -> Any:
    client = Client()
    client.force_login(draft.created_by)
    return client.post(reverse("grants:check", args=[draft.pk]), {"signed": "on"}, headers=headers)

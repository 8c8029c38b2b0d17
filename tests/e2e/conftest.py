"""A real browser, the web server, a worker and a post office for the walks through Samspel."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

from portal.people.models import Role
from tests.e2e.checks import HEIGHT, WIDE
from tests.e2e.mailbox import Mailbox
from tests.e2e.person import Person
from tests.factories import CommitteeFactory, staff
from tests.processes import environment, running_worker

#: Debian's, without the window that nobody would look at: a third less work for the same pages.
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium-headless-shell")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session", autouse=True)
def _kept_by_the_browser() -> Iterator[None]:
    """Style sheets, scripts and fonts are fetched once a window, as from a city's server (whitenoise)."""

    def serve_kept(handler: StaticFilesHandler, request: HttpRequest) -> HttpResponseBase:
        answer = serve(handler, request)
        answer["Cache-Control"] = "max-age=3600, immutable"
        return answer

    serve = StaticFilesHandler.serve
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "serve", serve_kept)
        yield


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Playwright keeps an event loop in this thread; the tests' own queries are safe beside it."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@contextmanager
def windows(browser: Browser, address: str) -> Iterator[Callable[..., Person]]:
    """Make people, each with a browser window that knows nothing of the others'; closed at the end."""
    contexts = []

    def make(*, scripted: bool = True, checked: bool = True) -> Person:
        context = browser.new_context(
            java_script_enabled=scripted,
            viewport={"width": WIDE, "height": HEIGHT},
            locale="sv-SE",
            timezone_id="Europe/Stockholm",
            reduced_motion="reduce",
            color_scheme="light",
        )
        contexts.append(context)
        return Person(context.new_page(), address, scripted=scripted, checked=checked)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def person(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Person]]:
    """Make people for one test."""
    with windows(browser, live_server.url) as make:
        yield make


@contextmanager
def mail_server() -> Iterator[tuple[Mailbox, str]]:
    """A mail server on this machine: what it got, and its address for `EMAIL_URL`."""
    box = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, f"smtp://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    """The mail server of one test."""
    with mail_server() as box_and_address:
        yield box_and_address


@pytest.fixture
def post(
    live_server: LiveServer, real_broker: str, var_dir: Path, mailbox: tuple[Mailbox, str]
) -> Iterator[Mailbox]:
    """A real worker, which prints documents and sends mail; gives the mailbox where the mail arrives."""
    box, address = mailbox
    with running_worker(environment(var_dir, real_broker) | {"EMAIL_URL": address}):
        yield box


@pytest.fixture
def city(person: Callable[..., Person], transactional_db: None) -> Callable[..., Person]:
    """A committee with its people; sign in as one of them by role."""
    CommitteeFactory()
    for role in (Role.CASE_OFFICER, Role.CHAIR, Role.SECRETARY, Role.MEMBER):
        staff(role, email=f"{role}@example.org")

    def signed_in(role: str, *, checked: bool = True) -> Person:
        member_of_staff = person(checked=checked)
        member_of_staff.sign_in(f"{role}@example.org")
        return member_of_staff

    return signed_in

"""A mail server that is down, slow or refuses, two hosts that send at once, and subjects with line breaks."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.utils import timezone
from post_office import mail
from post_office.models import STATUS, Email
from pytest_django import Settings

from grants.notices import tell
from portal.people import tasks
from tests.factories import ApplicationFactory
from with_services import free_port

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]


@dataclass
class Post:
    """A mail server, what it has taken, and whom it refuses."""

    refused: set[str] = field(default_factory=set)
    taken: list[Any] = field(default_factory=list)
    seconds_each: float = 0.0

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refused:
            return "550 No such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        time.sleep(self.seconds_each)
        self.taken.append(message_from_bytes(envelope.content))
        return "250 Message accepted for delivery"


@pytest.fixture(autouse=True)
def _smtp(settings: Settings, tmp_path: Any) -> None:
    backend = "django.core.mail.backends.smtp.EmailBackend"
    settings.POST_OFFICE = settings.POST_OFFICE | {"BACKENDS": {"default": backend}}
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1
    settings.VAR_DIR = tmp_path


@contextmanager
def open_post(settings: Settings, **how: Any) -> Iterator[Post]:
    post = Post(**how)
    controller = Controller(post, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_PORT = controller.port
    try:
        yield post
    finally:
        controller.stop()


def queued(*receivers: str) -> None:
    for receiver in receivers:
        mail.send(receiver, subject="Kallelse finns", message="Läs.")


def due_again() -> None:
    """Let the time pass until it is tried again."""
    assert Email.objects.filter(scheduled_time__gt=timezone.now()).exists()
    Email.objects.update(scheduled_time=timezone.now() - timedelta(seconds=1))


@pytest.mark.rule(1)
def test_mail_waits_while_the_server_is_down_and_goes_once_when_it_is_back(settings: Settings) -> None:
    queued("a@example.org", "b@example.org")
    tasks.send_queued_mail()
    assert set(Email.objects.values_list("status", "number_of_retries")) == {(STATUS.requeued, 1)}
    due_again()
    with open_post(settings) as post:
        tasks.send_queued_mail()
        tasks.send_queued_mail()
    assert sorted(message["To"] for message in post.taken) == ["a@example.org", "b@example.org"]
    assert set(Email.objects.values_list("status", flat=True)) == {STATUS.sent}


def test_one_refused_receiver_keeps_no_other_waiting(settings: Settings) -> None:
    queued("a@example.org", "fel@example.org", "c@example.org")
    with open_post(settings, refused={"fel@example.org"}) as post:
        tasks.send_queued_mail()
        assert sorted(message["To"] for message in post.taken) == ["a@example.org", "c@example.org"]
        assert Email.objects.get(status=STATUS.requeued).to == ["fel@example.org"]


def test_a_server_that_never_answers_holds_the_worker_for_its_time_and_no_longer(settings: Settings) -> None:
    queued("a@example.org")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_PORT = silent.getsockname()[1]
        began = time.monotonic()
        tasks.send_queued_mail()
        assert 1 <= time.monotonic() - began < 10
    assert Email.objects.get().status == STATUS.requeued


@pytest.mark.rule(3)
def test_two_hosts_that_send_at_once_send_each_mail_once(settings: Settings, tmp_path: Any) -> None:
    """Each host has files of its own, so that a lock in a file is not enough."""
    queued(*(f"p{number}@example.org" for number in range(10)))
    with open_post(settings, seconds_each=0.05) as post:
        start = threading.Barrier(2)

        def host(lockfile: str) -> None:
            start.wait(10)
            tasks.send_waiting(lockfile)

        hosts = [threading.Thread(target=host, args=(str(tmp_path / name),)) for name in ("a", "b")]
        for one in hosts:
            one.start()
        for one in hosts:
            one.join(60)
    assert sorted(message["To"] for message in post.taken) == sorted(f"p{n}@example.org" for n in range(10))


@pytest.mark.rule(13)
def test_a_subject_takes_no_line_break_and_one_that_has_it_stops_nobody_else(settings: Settings) -> None:
    draft = ApplicationFactory.create()
    subject = "Om Fyren\r\nBcc: alla@example.org\nX: y"
    tell(["a@example.org"], subject, "mail/message_to_association.txt", {"application": draft})
    mail.send("fel@example.org", subject=subject, message="Läs.")
    queued("b@example.org")
    with open_post(settings) as post:
        tasks.send_queued_mail()
    assert sorted(message["To"] for message in post.taken) == ["a@example.org", "b@example.org"]
    assert [message["Subject"] for message in post.taken if message["To"] == "a@example.org"] == [
        "Om Fyren Bcc: alla@example.org X: y"
    ]
    assert all(message["Bcc"] is None and message["X"] is None for message in post.taken)
    assert Email.objects.get(status=STATUS.requeued).to == ["fel@example.org"]

"""Fifty associations send in the last second: who got a receipt has one case, nobody came in afterwards."""

from __future__ import annotations

import http.client
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_structlog.signals import bind_extra_request_metadata

from grants.models import Application, Call
from portal.people.arrival import arrived_at
from portal.registry.models import Case, Record, RecordFile
from tests.factories import ApplicationFactory, AssociationFactory, CallFactory, complete

pytestmark = pytest.mark.rule(9)

CLIENTS = 50
#: How long before and after closing they send, in seconds.
SPREAD = 1.5


@dataclass
class Sender:
    """A signatory with a signed-in browser on the page where they sign."""

    application: Application
    session: str
    status: int = 0
    location: str = ""

    def send(self, address: str, ready: Barrier, closes: float, offset: float) -> None:
        """Press the button `offset` seconds from closing; keeps what the server answered."""
        token = "a" * 32
        ready.wait()
        time.sleep(max(0.0, closes + offset - time.time()))
        server = urlsplit(address)
        assert server.hostname
        link = http.client.HTTPConnection(server.hostname, server.port, timeout=60)
        link.request(
            "POST",
            self.path,
            urlencode({"signed": "on", "csrfmiddlewaretoken": token}),
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "Cookie": f"{settings.SESSION_COOKIE_NAME}={self.session}; "
                f"{settings.CSRF_COOKIE_NAME}={token}",
            },
        )
        answer = link.getresponse()
        answer.read()
        self.status, self.location = answer.status, answer.headers.get("Location", "")
        link.close()

    @property
    def path(self) -> str:
        return reverse("grants:check", args=[self.application.pk])

    @property
    def got_receipt(self) -> bool:
        return self.location == reverse("grants:receipt", args=[self.application.pk])


def sender(call: Call) -> Sender:
    draft = complete(ApplicationFactory.create(call=call, association=AssociationFactory.create()))
    client = Client()
    client.force_login(draft.created_by)
    return Sender(draft, client.cookies[settings.SESSION_COOKIE_NAME].value)


@pytest.mark.django_db(transaction=True)
def test_in_the_last_second_everyone_gets_a_receipt_or_a_clear_no(live_server: Any) -> None:
    if connection.vendor != "postgresql":
        pytest.fail("Fifty at once are only promised on PostgreSQL.")
    call = CallFactory.create(closes_at=timezone.now() + timedelta(minutes=5))
    senders = [sender(call) for _number in range(CLIENTS)]
    # By the server's clock: on a busy machine a client may wait for a connection.
    arrived: dict[str, datetime] = {}

    def note_arrival(request: HttpRequest, **kwargs: Any) -> None:
        arrived[request.path] = arrived_at(request)

    closes_at = timezone.now() + timedelta(seconds=4 + SPREAD)
    Call.objects.update(closes_at=closes_at)
    closes = closes_at.timestamp()
    ready = Barrier(CLIENTS)

    bind_extra_request_metadata.connect(note_arrival)
    try:
        with ThreadPoolExecutor(CLIENTS) as pool:
            for number, one in enumerate(senders):
                offset = SPREAD * (2 * number / (CLIENTS - 1) - 1)
                pool.submit(one.send, live_server.url, ready, closes, offset)
    finally:
        bind_extra_request_metadata.disconnect(note_arrival)

    assert {one.status for one in senders} == {302}
    received = [one for one in senders if one.got_receipt]
    refused = [one for one in senders if not one.got_receipt]
    assert 0 < len(received) < CLIENTS
    assert {one.path for one in received} == {path for path, at in arrived.items() if at < closes_at}
    sent = Application.objects.sent()
    assert set(sent.values_list("pk", flat=True)) == {one.application.pk for one in received}
    assert sent.filter(submitted_at__gte=closes_at).count() == 0
    numbers = list(Case.objects.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(received) + 1))
    for one in received:
        record = Record.objects.get(case__application=one.application, kind=Record.Kind.APPLICATION)
        assert RecordFile.objects.filter(record=record).count() == one.application.attachments.count() == 1
    client = Client()
    client.force_login(refused[0].application.created_by)
    page = client.get(reverse("grants:check", args=[refused[0].application.pk]))
    assert (page.status_code, refused[0].application.association.name in page.content.decode()) == (200, True)

"""A virus scanner that finds, is down, slow or talks nonsense: nothing unscanned is kept, nothing lost."""

from __future__ import annotations

import socket
import socketserver
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

import debian
from grants.models import Application, Attachment, Section
from portal.documents.models import StoredFile
from portal.documents.scanning import ScannerUnavailable, is_harmful
from tests.e2e.words import say
from tests.factories import PDF, ApplicationFactory
from tests.faults.files import EICAR, MEBIBYTE
from tests.processes import wait_until
from with_services import free_port, is_free

pytestmark = [pytest.mark.fault, pytest.mark.rule(12)]

INFECTED = PDF + b"% " + EICAR + b"\n"
OUTAGE = "The file cannot be checked for viruses right now, so it was not received. Try again in a while."
VIRUS = "The file contains a virus. Check the computer it comes from, and choose another file."
Answer = Callable[[bytes], bytes]


def finds_eicar(content: bytes) -> bytes:
    return b"stream: Eicar-Test FOUND\0" if EICAR in content else b"stream: OK\0"


@contextmanager
def scanner(answer: Answer, after: threading.Event | None = None) -> Iterator[tuple[str, list[bytes]]]:
    """A server that speaks clamd's INSTREAM, where it listens, and the files it was sent whole."""
    received: list[bytes] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            assert self.rfile.read(10) == b"zINSTREAM\0"
            content = b""
            while (length := struct.unpack(">I", self.rfile.read(4))[0]) > 0:
                content += self.rfile.read(length)
            received.append(content)
            if after:
                after.wait(20)
            self.wfile.write(answer(content))

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            """Whoever asked may have given up."""

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}", received
        server.shutdown()


def test_no_scanner_configured_asks_nobody() -> None:
    assert is_harmful(EICAR) is False


@pytest.mark.parametrize("size", [1, 65_536, 65_537, 3 * MEBIBYTE])
def test_the_whole_file_is_sent_and_the_answer_believed(size: int, settings: Settings) -> None:
    clean, infected = b"a" * size, b"a" * size + EICAR
    with scanner(finds_eicar) as (settings.CLAMAV_ADDRESS, received):
        assert (is_harmful(clean), is_harmful(infected)) == (False, True)
    assert received == [clean, infected]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"INSTREAM size limit exceeded. ERROR\0",
        b"UNKNOWN COMMAND\0",
        b"OK\0",
        b"stream: OK and more\0",
        b"stream: FOUND OK\0",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"a" * 10_000,
    ],
)
def test_any_other_answer_is_no_yes(answer: bytes, settings: Settings) -> None:
    with (
        scanner(lambda _content: answer) as (settings.CLAMAV_ADDRESS, _received),
        pytest.raises(ScannerUnavailable),
    ):
        is_harmful(PDF)


@pytest.mark.parametrize("address", ["127.0.0.1:1", "/nowhere/clamd.ctl", "127.0.0.1", "127.0.0.1:http"])
def test_nobody_at_the_address_is_no_yes(address: str, settings: Settings) -> None:
    settings.CLAMAV_ADDRESS = address
    with pytest.raises(ScannerUnavailable):
        is_harmful(PDF)


def test_a_scanner_that_hangs_up_while_the_file_is_sent_is_no_yes(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings.CLAMAV_ADDRESS = f"127.0.0.1:{listener.getsockname()[1]}"
        threading.Thread(target=lambda: listener.accept()[0].close(), daemon=True).start()
        with pytest.raises(ScannerUnavailable):
            is_harmful(b"a" * 20 * MEBIBYTE)


# --- Through the door ------------------------------------------------------------------------------


@pytest.fixture
def draft(db: None) -> Application:
    return ApplicationFactory.create()


@pytest.fixture
def attach(client: Client, draft: Application) -> Callable[[bytes], Any]:
    client.force_login(draft.created_by)

    def post(content: bytes) -> Any:
        path = reverse("grants:section", args=[draft.pk, Section.PAPERS])
        file = SimpleUploadedFile("protokoll.pdf", content)
        return client.post(path, {"seen": "{}", "kind": "arsmotesprotokoll", "year": "2026", "file": file})

    return post


def assert_refused(response: Any, code: str, text: str) -> None:
    """In words, with all that was written still there and nothing kept."""
    assert response.status_code == 422
    assert response.context["form"].has_error("file", code)
    assert say(text) in response.content.decode()
    assert response.context["form"]["kind"].value() == "arsmotesprotokoll"
    assert response.context["form"]["year"].value() == "2026"
    assert (StoredFile.objects.exists(), Attachment.objects.exists()) == (False, False)


def test_a_virus_is_refused_and_a_clean_file_scanned_once(
    attach: Callable[[bytes], Any], settings: Settings
) -> None:
    with scanner(finds_eicar) as (settings.CLAMAV_ADDRESS, received):
        assert_refused(attach(INFECTED), "virus", VIRUS)
        assert attach(PDF).status_code == 302
    assert received == [INFECTED, PDF]
    assert Attachment.objects.get().paper.stored_file.read() == PDF


def test_a_scanner_that_is_down_refuses_and_the_same_file_is_taken_when_it_is_back(
    attach: Callable[[bytes], Any], settings: Settings
) -> None:
    settings.CLAMAV_ADDRESS = "127.0.0.1:1"
    assert_refused(attach(PDF), "not_scanned", OUTAGE)
    with scanner(finds_eicar) as (settings.CLAMAV_ADDRESS, _received):
        assert attach(PDF).status_code == 302
    assert Attachment.objects.count() == 1


def test_a_slow_scanner_holds_the_person_no_longer_than_the_limit(
    attach: Callable[[bytes], Any], settings: Settings
) -> None:
    settings.CLAMAV_SECONDS = 0.3
    done = threading.Event()
    with scanner(finds_eicar, after=done) as (settings.CLAMAV_ADDRESS, received):
        assert_refused(attach(PDF), "not_scanned", OUTAGE)
        assert received == [PDF]
        done.set()


# --- The real one ----------------------------------------------------------------------------------


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[str]:
    """A clamd that knows one signature, written here: nothing is downloaded."""
    program = debian.program("clamd")
    assert program, "clamd is not installed: `make setup-dev` does that"
    (tmp_path / "signatures").mkdir()
    (tmp_path / "signatures" / "test.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
    port = free_port()
    configuration = tmp_path / "clamd.conf"
    configuration.write_text(
        f"DatabaseDirectory {tmp_path / 'signatures'}\nTCPSocket {port}\nTCPAddr 127.0.0.1\nForeground yes\n"
        f"LocalSocket {tmp_path / 'clamd.ctl'}\nStreamMaxLength 1M\n"
    )
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen([program, "--config-file", str(configuration)], stdout=log, stderr=log)
    try:
        wait_until(lambda: (tmp_path / "clamd.ctl").exists() and not is_free(port), "clamd listens", 60)
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def test_the_real_scanner_finds_eicar_and_being_killed_refuses_all(
    clamd: str, tmp_path: Path, attach: Callable[[bytes], Any], settings: Settings
) -> None:
    settings.CLAMAV_ADDRESS = clamd
    assert_refused(attach(INFECTED), "virus", VIRUS)
    assert_refused(attach(PDF + b"%" * 2 * MEBIBYTE), "not_scanned", OUTAGE)  # more than it takes
    settings.CLAMAV_ADDRESS = str(tmp_path / "clamd.ctl")
    assert is_harmful(EICAR) is True
    assert attach(PDF).status_code == 302
    assert Attachment.objects.get().paper.stored_file.read() == PDF

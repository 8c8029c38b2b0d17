"""Poison in the middle of a pack of a hundred, a full disk, a dead broker: with real workers.

The pack arrives once and whole, or the page says which part failed and why and all other parts are ready.
"""

from __future__ import annotations

import http.server
import io
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pypdf
import pytest
from django.urls import reverse
from django.utils import timezone

from portal.committee import appendices, pack
from portal.committee.models import MatterAppendix, MatterLine, Pack, PackCopy, PackState
from portal.documents.models import Document, DocumentState, StoredFile
from portal.documents.work import Source
from portal.people.models import Role
from portal.registry.models import declare
from tests.committee.building import on_agenda, published_pack, signed_in
from tests.e2e.words import say
from tests.factories import MeetingFactory, staff
from tests.processes import environment, running_worker, wait_until

pytestmark = [pytest.mark.fault, pytest.mark.soak, pytest.mark.django_db(transaction=True)]

APPLICATIONS = 100
DEEP = "<div>" * 3000 + "djupt" + "</div>" * 3000
LONG_WORD = "å" * 200_000
CONTROL = "före" + "".join(map(chr, range(32))) + "\x7f\x85\ufffe\uffffefter"
#: What must fail, by the name of its application, with the reason that staff read.
REFUSED = {
    "Djup": (DEEP, "The text is nested too deeply to be printed."),
    "Bilaga": (
        '<link rel="attachment" href="file:///etc/passwd">',
        "The document refers to something outside itself, which is not allowed.",
    ),
    "Bild": (
        '<img src="http://example.org/outside.png" alt="">',
        "The document refers to something outside itself, which is not allowed.",
    ),
    "Omdirigering": (
        '<img src="{loopback}" alt="">',
        "The document refers to something outside itself, which is not allowed.",
    ),
}
#: What is ugly but can be printed.
PRINTED = {"Ord": LONG_WORD, "Tecken": CONTROL}

_poison: dict[str, str] = {}


def sheets(keys: Sequence[int]) -> dict[int, Source]:
    lines = MatterLine.objects.in_bulk(list(keys))
    return {
        key: Source(
            "prov",
            f"Blad {line.title}",
            f'<!doctype html><html lang="sv"><title>Blad</title><body><h1>Blad {line.pk}</h1>'
            f"{_poison.get(line.title, '')}<p>{line.title}</p></body></html>",
            numbered=False,
        )
        for key, line in lines.items()
    }


appendices.register("poisoned_sheet", sheets)


@pytest.fixture
def loopback() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine that sends everyone on to itself, and the paths it was asked for."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/hemligt")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/x.png", asked
        server.shutdown()


@pytest.fixture
def poisoned(transactional_db: None, loopback: tuple[str, list[str]]) -> Iterator[Pack]:
    """A pack of a hundred applications with the poison in its middle, asked for and ordered."""
    half = (APPLICATIONS - len(REFUSED) - len(PRINTED)) // 2
    names = [f"Förening {number}" for number in range(2 * half)]
    names[half:half] = [*REFUSED, *PRINTED]
    meeting = MeetingFactory.create()
    matter = on_agenda(meeting, *names, title="Fördelning").matter
    MatterAppendix.objects.filter(matter=matter).update(source="poisoned_sheet")
    matter.summary = f"<script>{DEEP}</script>\n\n{LONG_WORD}\n\n{CONTROL.replace(chr(0), '')}"
    matter.save()
    _poison.update({name: html.format(loopback=loopback[0]) for name, (html, _reason) in REFUSED.items()})
    _poison.update(PRINTED)
    made = pack.request_pack(meeting, staff(Role.SECRETARY))
    pack.advance(made.pk)
    yield made
    _poison.clear()


def is_settled(made: Pack) -> bool:
    made.refresh_from_db()
    return not made.is_waiting


@pytest.mark.rule(6)
def test_poison_fails_its_own_part_with_a_reason_and_the_mended_pack_arrives_once(
    poisoned: Pack, loopback: tuple[str, list[str]], real_broker: str, var_dir: Path
) -> None:
    env = environment(var_dir, real_broker) | {"SWEEP_SECONDS": "1"}
    with running_worker(env, concurrency=2, beat=True):
        wait_until(lambda: is_settled(poisoned), "the pack is settled")
        assert poisoned.state == PackState.FAILED
        failed = poisoned.parts.filter(document__state=DocumentState.FAILED)
        assert {part.title: part.document.error for part in failed.select_related("document")} == {
            f"Blad: {name}": say(reason) for name, (_html, reason) in REFUSED.items()
        }
        assert pack.progress(poisoned) == {
            "total": APPLICATIONS + 2,
            "ready": APPLICATIONS + 2 - len(REFUSED),
            "failed": len(REFUSED),
        }
        assert loopback[1] == [], "nobody was asked for anything"
        _poison.clear()
    again = pack.request_pack(poisoned.meeting, poisoned.requested_by)
    pack.advance(again.pk)
    with running_worker(env, concurrency=2, beat=True):
        assert pack.progress(again)["ready"] >= APPLICATIONS - len(REFUSED) - len(PRINTED), "kept as it was"
        wait_until(lambda: is_settled(again), "the mended pack is settled")
    assert again.state == PackState.READY, again.error
    assert again.file is not None
    content = again.file.read()
    reader = pypdf.PdfReader(io.BytesIO(content))
    assert len(reader.pages) == again.pages
    assert b"root:" not in content
    assert Pack.objects.filter(state=PackState.READY).count() == 1
    assert not Document.objects.filter(attempts__gt=1).exists()


@pytest.mark.rule(4)
def test_the_page_says_which_part_failed_and_why(poisoned: Pack, real_broker: str, var_dir: Path) -> None:
    env = environment(var_dir, real_broker) | {"SWEEP_SECONDS": "1"}
    with running_worker(env, concurrency=2, beat=True):
        wait_until(lambda: is_settled(poisoned), "the pack is settled")
    page = signed_in(staff(Role.SECRETARY)).get(reverse("committee:desk", args=[poisoned.meeting_id]))
    text = page.content.decode()
    for name in REFUSED:
        assert f"Blad: {name}" in text, name


@pytest.mark.rule(5)
def test_a_full_disk_stops_the_pack_and_room_on_it_lets_it_arrive_whole(
    transactional_db: None, real_broker: str, var_dir: Path
) -> None:
    meeting = MeetingFactory.create()
    on_agenda(meeting, "Fyren", "Hamnen")
    made = pack.request_pack(meeting, staff(Role.SECRETARY))
    pack.advance(made.pk)
    env = environment(var_dir, real_broker)
    tried = Document.objects.filter(attempts__gte=1, error="OSError", state=DocumentState.QUEUED)
    with running_worker(env, largest_file_kb=20):
        wait_until(lambda: tried.count() == made.parts.count(), "every part has met the full disk")
    assert not StoredFile.objects.exists(), "nothing is registered that does not lie there whole"
    made.refresh_from_db()
    assert made.state == PackState.RENDERING
    Document.objects.update(due_at=timezone.now())
    with running_worker(env | {"SWEEP_SECONDS": "1"}, beat=True):
        wait_until(lambda: is_settled(made), "the pack arrives")
    assert made.state == PackState.READY
    for stored in StoredFile.objects.all():
        assert len(stored.read()) == stored.size
    assert made.file is not None
    assert len(pypdf.PdfReader(io.BytesIO(made.file.read())).pages) == made.pages


@pytest.mark.rule(5)
def test_a_file_cut_short_by_a_full_disk_is_not_taken_for_the_whole(transactional_db: None) -> None:
    whole = b"%PDF " + b"x" * 5000
    stored = StoredFile.objects.keep(whole, "application/pdf")
    path = Path(stored.file.path)
    StoredFile.objects.all().delete()
    path.write_bytes(whole[:100])
    assert StoredFile.objects.keep(whole, "application/pdf").read() == whole


@pytest.mark.rule(1)
@pytest.mark.rule(5)
def test_copies_ordered_while_the_broker_is_gone_are_made_when_it_is_back(
    transactional_db: None, broker_url: str, var_dir: Path
) -> None:
    meeting, member = MeetingFactory.create(), staff(Role.MEMBER)
    matter = on_agenda(meeting, "Fyren", "Hamnen").matter
    declare(matter.lines.get(title="Hamnen").case, member, has_conflict=True)
    published_pack(meeting)
    copy = PackCopy.objects.get()
    assert copy.state == PackState.QUEUED
    with running_worker(environment(var_dir, broker_url) | {"SWEEP_SECONDS": "1"}, beat=True):
        wait_until(lambda: PackCopy.objects.get().is_ready, "the copy is made")
    assert PackCopy.objects.get().pk == copy.pk


@pytest.mark.rule(5)
def test_a_worker_killed_while_it_makes_a_copy_is_replaced(
    transactional_db: None, real_broker: str, var_dir: Path
) -> None:
    """kill -9 at any moment: the lease runs out, and another worker makes the copy once."""
    meeting, member = MeetingFactory.create(), staff(Role.MEMBER)
    matter = on_agenda(meeting, "Fyren", "Hamnen").matter
    published_pack(meeting)
    env = environment(var_dir, real_broker) | {"SWEEP_SECONDS": "1"}
    env |= {"TASK_SOFT_SECONDS": "4", "TASK_HARD_SECONDS": "5", "WORK_LEASE_SECONDS": "6"}
    with running_worker(env, beat=True) as first:
        declare(matter.lines.get(title="Hamnen").case, member, has_conflict=True)
        wait_until(lambda: PackCopy.objects.filter(attempts__gte=1).exists(), "the copy is taken")
        first.kill()
    with running_worker(env, beat=True):
        wait_until(lambda: PackCopy.objects.get().is_ready, "the copy is made")
    made = PackCopy.objects.get()
    assert made.file is not None
    assert len(pypdf.PdfReader(io.BytesIO(made.file.read())).pages) == made.pages

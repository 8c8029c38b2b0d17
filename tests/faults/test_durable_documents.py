"""Work that must happen, with real workers: killed in mid-pack, deaf broker, everything twice."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.utils import timezone

from grants.applying.submission import submit
from grants.states import State
from portal.committee.models import Pack, PackState
from portal.committee.pack import advance, request_pack
from portal.demo import load
from portal.documents import work
from portal.documents.models import Document, DocumentState, StoredFile
from portal.documents.tasks import render_document, sweep
from portal.registry.models import Case, Record
from tests.factories import ApplicationFactory, complete
from tests.processes import environment, running_worker, wait_until

pytestmark = [pytest.mark.fault, pytest.mark.soak, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def demo_pack(db_is_clean: None) -> Pack:
    """The demo's pack, asked for; no worker has heard of it yet."""
    load.load(timezone.localdate())
    pack = load.meeting_of_the_round().latest_pack
    assert pack is not None
    return pack


@pytest.fixture
def db_is_clean(transactional_db: None) -> None:
    assert not Document.objects.exists()


def ready_parts(pack: Pack) -> int:
    return pack.parts.filter(document__state=DocumentState.READY).count()


def pack_is(pack: Pack, state: str) -> bool:
    pack.refresh_from_db()
    return bool(pack.state == state)


@pytest.mark.rule(5)
def test_a_worker_killed_in_mid_pack_is_replaced_and_the_pack_arrives_once(
    demo_pack: Pack, real_broker: str, var_dir: Path
) -> None:
    """kill -9 in mid-render: the leases run out, a new worker takes over, nothing is made twice."""
    env = environment(var_dir, real_broker) | {"SWEEP_SECONDS": "1"}
    env |= {"TASK_SOFT_SECONDS": "4", "TASK_HARD_SECONDS": "5", "WORK_LEASE_SECONDS": "6"}
    with running_worker(env, beat=True) as first:
        wait_until(lambda: ready_parts(demo_pack) >= 3, "the first parts are rendered")
        first.kill()
    assert not pack_is(demo_pack, PackState.READY)
    rendered_before = set(
        Document.objects.filter(state=DocumentState.READY).values_list("pk", "file__created_at")
    )
    with running_worker(env, concurrency=2, beat=True):
        wait_until(lambda: pack_is(demo_pack, PackState.READY), "the pack is ready")
    rendered_after = set(
        Document.objects.filter(state=DocumentState.READY).values_list("pk", "file__created_at")
    )
    assert rendered_before <= rendered_after
    assert Pack.objects.count() == 1
    assert demo_pack.parts.exclude(document__state=DocumentState.READY).count() == 0
    assert demo_pack.pages == len(pages_of(demo_pack))


def pages_of(pack: Pack) -> list[object]:
    import io

    from pypdf import PdfReader

    assert pack.file is not None
    return list(PdfReader(io.BytesIO(pack.file.read())).pages)


@pytest.mark.rule(1)
def test_sending_with_the_broker_gone_gives_the_receipt_and_the_document_comes_later(
    transactional_db: None, broker_url: str, var_dir: Path
) -> None:
    """Redis is away when the association sends; its receipt is printed when a worker is back."""
    draft = complete(ApplicationFactory.create())
    began = time.monotonic()
    application = submit(draft.pk, draft.created_by)
    assert time.monotonic() - began < 10, "a dead broker held the person's request"
    assert application.state == State.SUBMITTED
    receipt = application.received_case.records.get(kind=Record.Kind.RECEIPT).document
    assert receipt is not None
    assert receipt.state == DocumentState.QUEUED
    env = environment(var_dir, broker_url) | {"SWEEP_SECONDS": "1"}
    with running_worker(env, beat=True):
        wait_until(
            lambda: Document.objects.get(pk=receipt.pk).state == DocumentState.READY,
            "the receipt is printed",
        )


@pytest.mark.rule(3)
def test_every_task_run_twice_changes_nothing_the_second_time(
    transactional_db: None, real_broker: str
) -> None:
    load.load(timezone.localdate())
    pack = Pack.objects.get()

    def state() -> tuple[object, ...]:
        return (
            list(Document.objects.order_by("pk").values_list("pk", "state", "attempts", "file")),
            list(Pack.objects.values_list("pk", "state", "file", "pages", "ready_at")),
            list(StoredFile.objects.order_by("pk").values_list("pk", "sha256", "created_at")),
            list(Case.objects.order_by("pk").values_list("registry_number")),
        )

    advance(pack.pk)
    for document in Document.objects.all():
        work.render(document.pk)
    Pack.objects.filter(pk=pack.pk).update(due_at=timezone.now())
    advance(pack.pk)
    first = state()
    advance(pack.pk)
    for document in Document.objects.all():
        work.render(document.pk)
    sweep()
    assert request_pack(pack.meeting, pack.requested_by).version == 2
    Pack.objects.filter(version=2).delete()
    assert state() == first


@pytest.mark.rule(5)
@pytest.mark.rule(2)
def test_two_workers_ringing_at_once_render_each_document_once(
    demo_pack: Pack, real_broker: str, var_dir: Path
) -> None:
    """Duplicate delivery: every doorbell is rung three times over, by two workers with beat."""
    env = environment(var_dir, real_broker) | {"SWEEP_SECONDS": "0.5"}
    with running_worker(env), running_worker(env, beat=True):
        for document_id in list(Document.objects.values_list("pk", flat=True)) * 3:
            work.ring(render_document, document_id)
        wait_until(lambda: pack_is(demo_pack, PackState.READY), "the pack is ready")
    assert set(Document.objects.values_list("attempts", flat=True)) == {1}


@pytest.mark.rule(6)
def test_broken_content_fails_with_a_reason_and_all_other_parts_are_ready(
    transactional_db: None, real_broker: str, var_dir: Path
) -> None:
    poisoned = work.order(work.Source("prov", "Trasig", "<div>" * 3000 + "text"))
    sound = work.order(work.Source("prov", "Hel", "<!doctype html><html lang='sv'><title>Hel</title><p>Text"))
    env = environment(var_dir, real_broker) | {"SWEEP_SECONDS": "1"}
    with running_worker(env, beat=True):
        wait_until(
            lambda: not Document.objects.filter(state=DocumentState.QUEUED).exists(), "both are settled"
        )
    poisoned.refresh_from_db()
    sound.refresh_from_db()
    assert (poisoned.state, sound.state) == (DocumentState.FAILED, DocumentState.READY)
    assert poisoned.error
    assert "Traceback" not in poisoned.error

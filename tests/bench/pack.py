"""A decision pack of a whole round, made by real workers: cold, after a small change, and ten times as large.

A worker here is a Celery worker of concurrency 1: a parent that listens and one process that renders.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median

from django.core.management import call_command
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils import timezone, translation

from assessments.matters import propose_round
from assessments.models import Criterion, Judgement
from portal.committee import proposals
from portal.committee.agenda import put_on_agenda
from portal.committee.binding import bind
from portal.committee.models import Meeting, Pack, PackPart, PackState
from portal.committee.pack import request_pack
from portal.committee.parts import planned_parts
from portal.documents.models import Document, DocumentState, StoredFile
from portal.documents.work import Source, order_all
from portal.people.models import Role, User
from tests.bench import data
from tests.bench.memory import peak_mb
from tests.bench.report import Report
from tests.bench.stage import var_dir
from tests.bench.timing import in_words
from tests.bench.typeset import as_typst, require_typst
from tests.factories import MeetingFactory, staff
from tests.processes import Worker, wait_until

#: Longer than any pack of the benchmark takes, also on a busy machine; seconds.
PATIENCE_SECONDS = 600
#: Whether a pack is ready is asked this seldom, since asking takes of the same two cores; seconds. The times
#: themselves are the database's.
LOOK_SECONDS = 0.5
#: Small documents rendered first, so that every process has loaded what it will use.
WARM_UP_DOCUMENTS = 8


@dataclass(frozen=True)
class Size:
    """Applications in the pack, in the large one, and how often everything is repeated."""

    applications: int
    large: int
    repetitions: int
    changes: int


FULL = Size(applications=100, large=1000, repetitions=3, changes=3)
QUICK = Size(applications=3, large=6, repetitions=1, changes=1)


@dataclass
class Times:
    """Seconds of each repetition; those with the same place in the lists were taken right after another."""

    plain: list[float] = field(default_factory=list)
    cold: dict[int, list[float]] = field(default_factory=lambda: {1: [], 2: []})
    changed: list[float] = field(default_factory=list)
    peaks_mb: list[float] = field(default_factory=list)
    typst: list[float] = field(default_factory=list)
    assembled: list[float] = field(default_factory=list)
    large: float = 0
    pages: int = 0
    size_mb: float = 0


def measure(report: Report, size: Size) -> None:
    """Fill in `pack.*`."""
    require_typst()
    meeting, secretary = _meeting_of_a_round(size.applications)
    times = Times()
    for _repetition in range(size.repetitions):
        times.plain.append(_plain_seconds(meeting))
        for workers, cold in times.cold.items():
            _forget_documents()
            with warm_workers(workers) as started:
                cold.append(_seconds_to_make(meeting, secretary, times))
                if workers == 1:
                    times.changed += _after_changes(meeting, secretary, times, size.changes)
                times.peaks_mb += [peak_mb(worker.process.pid) for worker in started]
        _compare_with_typst(meeting, times)
    pages = times.pages
    _make_a_large_one(size.large, times)
    times.pages = pages
    _tell(report, times, size)


def _tell(report: Report, times: Times, size: Size) -> None:
    one, two = times.cold[1], times.cold[2]
    report.note(f"pack of {size.applications} applications: {times.pages} pages")
    report.note(f"  plain WeasyPrint, one process: {in_words(times.plain, 's')}")
    for workers, cold in times.cold.items():
        speed = times.pages / median(cold)
        report.note(f"  cold, {workers} worker(s): {in_words(cold, 's')}, {speed:.1f} pages a second")
    report.note(f"  after one changed judgement, 1 worker: {in_words(times.changed, 's')}")
    report.note(f"  assembled from ready parts: {in_words(times.assembled, 's')}")
    report.note(f"  typst compiles the same text: {in_words(times.typst, 's')}")
    report.note(f"  {size.large} applications cold, 2 workers: {times.large:.0f} s")
    peaks = ", ".join(f"{peak:.0f}" for peak in times.peaks_mb)
    report.note(f"  peak memory of each worker, parent and child together: {peaks} MB")
    report.figures |= {
        "pack.cold.ratio_to_weasyprint": _median_ratio(one, times.plain),
        "pack.cold.speedup_2_workers": _median_ratio(one, two),
        "pack.after_change.fraction_of_cold": median(times.changed) / median(one),
        "pack.assemble.ratio_to_typst": _median_ratio(times.assembled, times.typst),
        f"pack.growth.{size.large}_over_{size.applications}": times.large / median(two),
        f"pack.size_mb.{size.applications}": times.size_mb,
        "pack.worker_peak_mb": max(times.peaks_mb),
        "pack.pages_per_second": times.pages / median(one),
    }


def _median_ratio(these: list[float], those: list[float]) -> float:
    """Of ratios between neighbours in time, so that a slow minute of the machine hits both."""
    return median(this / that for this, that in zip(these, those, strict=True))


def _meeting_of_a_round(applications: int) -> tuple[Meeting, User]:
    """A meeting whose agenda holds one round, with the chair's proposal; and who may ask for its pack."""
    city = data.found()
    received = data.receive_round(city, applications)
    # The city's own officers have conflicts of interest among the cases, so a colleague distributes.
    matter = propose_round(city.calls[-1], received, staff(Role.CASE_OFFICER))
    proposals.adopt(matter, city.chair)
    meeting = MeetingFactory.create(committee=city.committee)
    put_on_agenda(matter, meeting, city.secretary)
    return meeting, city.secretary


def _seconds_to_make(meeting: Meeting, by: User, times: Times) -> float:
    """From the request until the pack is ready, by the database's own account."""
    asked = timezone.now()
    pack = request_pack(meeting, by)

    def is_settled() -> bool:
        pack.refresh_from_db()
        return not pack.is_waiting

    wait_until(is_settled, "the pack is settled", PATIENCE_SECONDS, LOOK_SECONDS)
    if pack.ready_at is None or pack.pages is None:
        technical = pack.parts.exclude(document__technical_error="").values("document__technical_error")
        raise RuntimeError(f"The pack failed: {pack.error}\n{pack.technical_error}\n{technical.first()}")
    times.pages = pack.pages
    times.size_mb = (pack.file.size if pack.file else 0) / 1e6
    return (pack.ready_at - asked) / timedelta(seconds=1)


def _after_changes(meeting: Meeting, by: User, times: Times, changes: int) -> list[float]:
    """Seconds to make the pack again after a sentence was added to one judgement, for some of them."""
    taken = []
    for judgement in Judgement.objects.filter(criterion=Criterion.EFFEKT).order_by("?")[:changes]:
        # Written past the act `assessments.assessing.save`, which refuses what is before the committee.
        longer = Concat(F("text"), Value(" Bedömningen är kompletterad."))
        Judgement.objects.filter(pk=judgement.pk).update(text=longer)
        taken.append(_seconds_to_make(meeting, by, times))
    return taken


def _forget_documents() -> None:
    """Make everything unmade: rows and files of packs and documents."""
    PackPart.objects.all().delete()
    Pack.objects.update(compared_with=None)
    Pack.objects.all().delete()
    Document.objects.all().delete()
    for stored in StoredFile.objects.filter(pk__in=_made_files()):
        stored.file.delete(save=False)
        stored.delete()


def _made_files() -> list[int]:
    from grants.models import Paper

    attached = Paper.objects.values("stored_file")
    return list(StoredFile.objects.exclude(pk__in=attached).values_list("pk", flat=True))


@contextmanager
def _worker(number: int) -> Iterator[Worker]:
    command = [
        sys.executable,
        "-m",
        "celery",
        "--quiet",
        "-A",
        "portal.celery",
        "worker",
        "--concurrency",
        "1",
    ]
    command += ["--hostname", f"bench{number}@%h", "--loglevel", "WARNING"]
    command += ["--without-gossip", "--without-mingle"]
    with (var_dir() / f"worker{number}.log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    worker = Worker(process)
    try:
        yield worker
    finally:
        worker.stop()


@contextmanager
def warm_workers(count: int) -> Iterator[list[Worker]]:
    """Workers that have rendered something before, as they have on any day but the first."""
    with ExitStack() as stack:
        workers = [stack.enter_context(_worker(number)) for number in range(count)]
        order_all(
            Source("prov", "Prov", f"<!doctype html><html lang='sv'><title>Prov</title><p>Prov {number}")
            for number in range(WARM_UP_DOCUMENTS)
        )
        wait_until(
            lambda: not Document.objects.filter(state=DocumentState.QUEUED).exists(),
            "the workers are warm",
            PATIENCE_SECONDS,
        )
        yield workers


def _make_a_large_one(applications: int, times: Times) -> None:
    """Seconds of a cold pack of many applications with two workers, on empty tables, and their memory."""
    size_mb = times.size_mb
    call_command("flush", interactive=False, verbosity=0)
    meeting, secretary = _meeting_of_a_round(applications)
    with warm_workers(2) as started:
        times.large = _seconds_to_make(meeting, secretary, times)
        times.peaks_mb += [peak_mb(worker.process.pid) for worker in started]
    times.size_mb = size_mb


def _compare_with_typst(meeting: Meeting, times: Times) -> None:
    """Put the ready parts together, and right after let typst compile their text in a new process."""
    pack = Pack.objects.filter(meeting=meeting, state=PackState.READY).latest("version")
    parts = list(pack.parts.select_related("matter", "document__file").defer("document__html"))
    # As workers do when they start: what lies there before is not looked through for garbage.
    gc.collect()
    gc.freeze()
    with translation.override("sv"):
        bind(pack, parts)  # what is loaded with the first pack is no part of any pack's cost
        began = time.perf_counter()
        bind(pack, parts)
        times.assembled.append(time.perf_counter() - began)
    htmls = pack.parts.values_list("document__html", flat=True)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "pack.typ"
        source.write_text(as_typst(htmls))
        command = [sys.executable, "-m", "tests.bench.typeset", str(source)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    times.typst.append(float(json.loads(done.stdout)["seconds"]))


def _plain_seconds(meeting: Meeting) -> float:
    """What plain WeasyPrint takes for the HTML of the same parts, in a process of its own."""
    with translation.override("sv"), tempfile.TemporaryDirectory() as folder:
        sources = [part.source for part in planned_parts(meeting) if part.source]
        for number, source in enumerate(sources):
            (Path(folder) / f"{number:04d}.html").write_text(source.html)
        command = [sys.executable, "-m", "tests.bench.plain", folder]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(json.loads(done.stdout)["seconds"])

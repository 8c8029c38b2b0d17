"""The officers' list taken out as CSV and Excel: how soon it begins, how fast it goes, what memory it takes.

A server with one worker, so that one process's memory tells; everything is asked for once before the clock
starts, so that what is loaded with the first file is no part of it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from statistics import median

from django.urls import reverse

from tests.bench import data
from tests.bench.memory import peak_mb
from tests.bench.pages import Visitor, server, sign_in
from tests.bench.report import Report
from tests.bench.timing import in_words

KINDS = ("csv", "xlsx")


@dataclass(frozen=True)
class Size:
    """Few and many rows to compare memory with, and how often each file is taken out."""

    rows: Sequence[int]
    repetitions: int


FULL = Size(rows=(1_000, 10_000), repetitions=5)
QUICK = Size(rows=(4, 8), repetitions=1)


@dataclass(frozen=True)
class Taken:
    """Seconds until the first byte of the file, and until its last."""

    first_byte: float
    whole: float


def measure(report: Report, size: Size) -> None:
    """Fill in `export.*`."""
    city = data.found()
    cookie = sign_in(city.officers[0])
    peaks = []
    for count in size.rows:
        data.receive(city, count - city.received)
        with server(workers=1) as (port, pid):
            visitor = Visitor(port)
            floor = [visitor.time(f"/floor/{city.committee.authority_id}/") for _request in range(20)][10:]
            for kind in KINDS:
                _take(port, cookie, kind)
            taken = {kind: [_take(port, cookie, kind) for _n in range(size.repetitions)] for kind in KINDS}
            peaks.append(peak_mb(pid))
        report.note(f"export of {count} rows, floor {in_words(floor)}, worker and parent {peaks[-1]:.0f} MB")
        for kind, times in taken.items():
            whole = [each.whole for each in times]
            first = [each.first_byte for each in times]
            report.note(f"  {kind}: first byte {in_words(first)}, whole {in_words(whole, 's')}")
    slowest = max(median(each.whole for each in times) for times in taken.values())
    begins = max(median(each.first_byte for each in times) for times in taken.values())
    report.figures |= {
        "export.first_byte.ratio": begins / median(floor),
        "export.rows_per_second": count / slowest,
        # Zero would be no figure: at least what the measurement can tell.
        "export.memory_growth_mb": max(peaks[-1] - peaks[0], 0.1),
    }


def _take(port: int, cookie: str, kind: str) -> Taken:
    """Take the whole list out. Raises RuntimeError unless it comes whole."""
    headers = {"X-Forwarded-Proto": "https", "Cookie": cookie}
    began = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", reverse("assessments:export", args=[kind]), headers=headers)
    answer = connection.getresponse()
    read = len(answer.read(1))
    first_byte = time.perf_counter() - began
    while piece := answer.read(65_536):
        read += len(piece)
    whole = time.perf_counter() - began
    connection.close()
    if answer.status != 200 or read < 1_000:
        raise RuntimeError(f"The {kind} answered {answer.status} with {read} bytes")
    return Taken(first_byte, whole)

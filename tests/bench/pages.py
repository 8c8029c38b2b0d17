"""The officers' queue, its filters and search, and one application's page, against a view that does little.

Page and floor are asked for in turn, by one client, so that a busy moment of the machine slows both.
Each request is a connection of its own: gunicorn's plain workers keep none open.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from statistics import median

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from grants.models import Application
from portal.people.models import User
from tests.bench import data
from tests.bench.report import Report
from tests.bench.stage import var_dir
from tests.bench.timing import in_words
from tests.processes import wait_until

WORKERS = 2
#: Requests at a time in the measurement of a busy server.
AT_ONCE = 4


@dataclass(frozen=True)
class Size:
    """Numbers of applications to measure with, and requests per page at each."""

    applications: Sequence[int]
    requests: int
    #: Requests for each way to narrow the queue and each search.
    narrowed: int


FULL = Size(applications=(100, 1_000, 10_000), requests=200, narrowed=50)
QUICK = Size(applications=(4, 8), requests=3, narrowed=2)


@dataclass(frozen=True)
class Visitor:
    """Someone who asks a server for pages; with `cookie` it is someone who has signed in."""

    port: int
    cookie: str = ""

    def time(self, path: str) -> float:
        """Seconds until the whole answer is read. Raises RuntimeError unless the answer is a page."""
        # The proxy in front of a city's server tells it that the visitor came by https.
        headers = {"X-Forwarded-Proto": "https"} | ({"Cookie": self.cookie} if self.cookie else {})
        began = time.perf_counter()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{path} answered {answer.status}")
        return time.perf_counter() - began


Pages = dict[str, tuple[Visitor, str]]


def measure(report: Report, size: Size) -> None:
    """Fill in `queue.*` and `application.*`."""
    city = data.found()
    officer = city.officers[0]
    cookie = sign_in(officer)
    growth: dict[str, list[float]] = {"queue": [], "application": []}
    with server() as (port, _pid):
        for count in size.applications:
            data.receive(city, count - city.received)
            pages: Pages = {
                "floor": (Visitor(port), f"/floor/{city.committee.authority_id}/"),
                "queue": (Visitor(port, cookie), reverse("assessments:queue")),
                "application": (Visitor(port, cookie), _newest_application(officer)),
            }
            times = _in_turn(pages, size.requests)
            busy = {name: _at_once(page, size.requests) for name, page in pages.items()}
            report.note(f"{count} applications, floor: {in_words(times['floor'])}")
            for name, growing in growth.items():
                ratio = median(times[name]) / median(times["floor"])
                growing.append(ratio)
                report.figures[f"{name}.ratio.{count}"] = ratio
                report.note(
                    f"  {name}: {in_words(times[name])}, {ratio:.1f} times the floor; "
                    f"{AT_ONCE} at a time {busy['floor'] / busy[name]:.1f} times"
                )
        _narrowed(report, port, city, cookie, size)
    for name, ratios in growth.items():
        report.figures[f"{name}.growth.{size.applications[-1]}_over_{size.applications[0]}"] = (
            ratios[-1] / ratios[0]
        )


def _narrowed(report: Report, port: int, city: data.City, cookie: str, size: Size) -> None:
    """Fill in `queue.filtered.*` and `search.*` with the slowest of each, at the largest size."""
    count = size.applications[-1]
    queue = reverse("assessments:queue")
    newest, oldest = city.calls[-1].pk, city.calls[0].pk
    officer = city.officers[1].pk
    day = timezone.localdate() - timedelta(days=598)
    ways = {
        "queue.filtered": [
            "view=mine",
            "view=unassigned",
            "view=waiting",
            "view=overdue&sort=oldest",
            f"call={newest}",
            f"call={oldest}&sort=association",
            "state=decided",
            "state=submitted&sort=association",
            "grant=utvecklingsbidrag",
            "group=psykisk_ohalsa",
            "group=psykisk_ohalsa&state=decided&sort=association",
            f"officer={officer}&late=1",
            "officer=0&sort=oldest",
            "late=1",
            f"since={day}&until={day}",
            f"view=mine&call={newest}&group=beroende&sort=association",
            "sort=association",
            "sort=state",
        ],
        "search": [
            "q=verksamhet",
            "q=unga+kriminalitet",
            "q=klubbhuset",
            "q=00042",
            f"q=ensamma+kv%C3%A4llar&state=decided&officer={officer}",
            "q=stadens+arbete&sort=association",
        ],
    }
    floor = (Visitor(port), f"/floor/{city.committee.authority_id}/")
    for name, queries in ways.items():
        ratios = {}
        for query in queries:
            pages: Pages = {"floor": floor, "page": (Visitor(port, cookie), f"{queue}?{query}")}
            times = _in_turn(pages, size.narrowed)
            ratios[query] = median(times["page"]) / median(times["floor"])
            report.note(f"  {query}: {in_words(times['page'])}, {ratios[query]:.1f} times the floor")
        report.figures[f"{name}.ratio.{count}"] = max(ratios.values())


def _in_turn(pages: Pages, requests: int) -> dict[str, list[float]]:
    """Seconds of each request, one at a time, after some that warm both of gunicorn's workers."""
    times: dict[str, list[float]] = {name: [] for name in pages}
    for page in pages.values():
        _at_once(page, 10 * WORKERS)
    for _request in range(requests):
        for name, (visitor, path) in pages.items():
            times[name].append(visitor.time(path))
    return times


def _at_once(page: tuple[Visitor, str], requests: int) -> float:
    """Requests a second when some come at a time."""
    visitor, path = page
    began = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as visitors:
        list(visitors.map(visitor.time, [path] * requests))
    return requests / (time.perf_counter() - began)


def sign_in(user: User) -> str:
    client = Client()
    client.force_login(user)
    return "; ".join(f"{morsel.key}={morsel.value}" for morsel in client.cookies.values())


def _newest_application(officer: User) -> str:
    """The address of the last one that came in and that the officer may open."""
    declared = Application.objects.visible_to(officer).filter(
        case__declarations__user=officer, case__declarations__has_conflict=False
    )
    return reverse("assessments:application", args=[declared.latest("submitted_at").pk])


@contextmanager
def server(workers: int = WORKERS) -> Iterator[tuple[int, int]]:
    """Gunicorn as a city would run it; gives its port and the parent's process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "portal.wsgi", "--workers", str(workers)]
    command += ["--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
    with (var_dir() / "gunicorn.log").open("wb") as log:
        process = subprocess.Popen(command, env=os.environ, stdout=log, stderr=subprocess.STDOUT)
    try:
        wait_until(lambda: _answers(port), "gunicorn answers")
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=30)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0

"""The last five minutes before closing: 300 people fill, save, attach and send.

Each person opens the draft, writes three answers and saves them one by one, attaches the statutes, reads the
whole through and sends; every tenth presses the button in two tabs at once. Most send late. nginx and
gunicorn are those of docs/deploy, and a Celery worker prints the receipts meanwhile. Before that some do the
same one after another: the idle server.
"""

from __future__ import annotations

import io
import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from statistics import median, quantiles

import pikepdf
from django.db.models import Count
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from grants.models import Answer as GivenAnswer
from grants.models import Application, Attachment, Call, Section
from portal.documents.models import Document, DocumentState
from portal.registry.models import Case, Record
from tests.bench.browsing import Answer, Browser, Form
from tests.bench.deployed import deployed
from tests.bench.pack import PATIENCE_SECONDS, warm_workers
from tests.bench.pages import sign_in
from tests.bench.report import Report
from tests.bench.timing import in_words
from tests.factories import ApplicationFactory, CallFactory, complete
from tests.nginx import Front
from tests.processes import wait_until

#: The answers that are written in the rush: section and question of the standard form.
WRITTEN = ((Section.NEED, "need"), (Section.ACTIVITIES, "effect"), (Section.COOPERATION, "complement"))
#: One person in so many sends from two tabs at the same moment.
TWO_TABS_EVERY = 10
#: Nobody presses the button later than this before closing; seconds.
LAST_PRESS = 3.0
#: How long a press may be on its way to nginx, as all these people sit at the server's own machine; seconds.
ON_THE_WAY = 1.0
#: Bytes of a scanned paper.
PAPER_BYTES = 300_000


@dataclass(frozen=True)
class Size:
    """People in the rush, its seconds, and people who come one after another before it."""

    people: int
    seconds: float
    alone: int

    def shortened(self, seconds: float) -> Size:
        """As many people a second, for a shorter time."""
        return Size(max(1, round(self.people * seconds / self.seconds)), seconds, self.alone)


FULL = Size(people=300, seconds=300, alone=10)
QUICK = Size(people=3, seconds=10, alone=1)


class Stopped(Exception):
    """A page did not answer as it should; the person gets no further."""


class Person:
    """Somebody of an association with a draft in which three answers and the statutes are missing."""

    def __init__(self, number: int, call: Call) -> None:
        self.number = number
        self.draft = complete(ApplicationFactory.create(call=call))
        Attachment.objects.filter(application=self.draft).delete()
        keys = [key for _section, key in WRITTEN]
        GivenAnswer.objects.filter(application=self.draft, key__in=keys).delete()
        self.cookie = sign_in(self.draft.created_by)
        self.texts = {key: f"Vi är förening {number} och skriver om {key}. " * 20 for key in keys}
        self.paper = _scanned(number)
        self.browsers: list[Browser] = []
        self.pressed_at = self.failed_at = 0.0
        self.failure = ""

    def apply(self, front: Front, begins: float, presses: float) -> None:
        """Everything from opening the draft at `begins` to sending at `presses`, by this machine's clock."""
        try:
            self._apply(front, begins, presses)
        except Stopped as stopped:
            self.failure, self.failed_at = str(stopped), time.time()

    def _apply(self, front: Front, begins: float, presses: float) -> None:
        browser = self._browser(front)
        page = reverse("grants:application", args=[self.draft.pk])
        steps = len(WRITTEN) + 2
        pauses = iter(range(1, steps + 1))

        def pause() -> None:
            _sleep_until(begins + (presses - begins) * next(pauses) / (steps + 1))

        _sleep_until(begins)
        browser.get(page)
        for section, key in WRITTEN:
            pause()
            self._write(browser, section, key)
        pause()
        self._attach(browser)
        pause()
        check = reverse("grants:check", args=[self.draft.pk])
        browser.get(check)
        _sleep_until(presses)
        self.pressed_at = time.time()
        tabs = [browser] + [self._browser(front)] * (self.number % TWO_TABS_EVERY == 0)
        with ThreadPoolExecutor(len(tabs)) as pool:
            list(pool.map(lambda tab: self._send(tab, check), tabs))

    def _browser(self, front: Front) -> Browser:
        high, low = divmod(self.number, 250)
        browser = Browser(front, self.cookie, f"127.1.{high}.{low + 1}")
        self.browsers.append(browser)
        return browser

    def _write(self, browser: Browser, section: Section, key: str) -> None:
        path = reverse("grants:section", args=[self.draft.pk, section])
        form = self._form(browser, path)
        answer = browser.post(path, form.fields | {f"answer_{key}": [self.texts[key]]})
        self._expect(answer.status == 302, f"{key} answered {answer.status}")

    def _attach(self, browser: Browser) -> None:
        path = reverse("grants:section", args=[self.draft.pk, Section.PAPERS])
        form = self._form(browser, path)
        seen = {name: form.fields[name] for name in ("seen", "page")}
        answer = browser.post_file(path, seen | {"kind": ["stadgar"]}, "stadgar.pdf", self.paper)
        self._expect(answer.status == 302, f"the paper answered {answer.status}")

    def _send(self, browser: Browser, check: str) -> None:
        receipt = reverse("grants:receipt", args=[self.draft.pk])
        answer = browser.post(check, {"signed": ["on"]})
        self._expect(answer.location == receipt, f"sending answered {answer.status} {answer.location}")
        self._expect(browser.get(receipt).status == 200, "no receipt")

    def _form(self, browser: Browser, path: str) -> Form:
        answer = browser.get(path)
        form = Form(answer.body)
        self._expect("seen" in form.fields, f"no form, but {answer.status} {answer.location}")
        return form

    def _expect(self, is_so: bool, failure: str) -> None:
        if not is_so:
            raise Stopped(failure)

    def is_late(self, closes: float) -> bool:
        """Whether the call had closed before the person could press, as the pages before were slow."""
        refused = " 302 " in self.failure or " 200 " in self.failure
        pressed_in_time = 0 < self.pressed_at < closes - ON_THE_WAY
        return self.failed_at >= closes and refused and not pressed_in_time

    def is_whole(self) -> bool:
        """Whether all that was written and attached lies in the register, on one case."""
        records = Record.objects.filter(case__application=self.draft, kind=Record.Kind.APPLICATION)
        if len(records) != 1 or records[0].content is None:
            return False
        answers = records[0].content["answers"]
        kept = {key: " ".join(str(answers.get(key, "")).split()) for key in self.texts}
        files = [file.stored_file.read() for file in records[0].files.select_related("stored_file")]
        return kept == {key: text.strip() for key, text in self.texts.items()} and files == [self.paper]


def measure(report: Report, size: Size) -> None:
    """Fill in `rush.*`."""
    call = CallFactory.create()
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        alone = [Person(number, call) for number in range(1, size.alone + 1)]
        people = [Person(size.alone + number, call) for number in range(1, size.people + 1)]
    with deployed() as front, warm_workers(1):
        for person in alone:
            now = time.time()
            person.apply(front, now, now)
        call.closes_at = timezone.now() + timedelta(seconds=size.seconds)
        call.save(update_fields=["closes_at"])
        closes = call.closes_at.timestamp()
        _rush(people, front, closes, size.seconds)
        all_sent = time.monotonic()
        wait_until(
            lambda: not Document.objects.filter(state=DocumentState.QUEUED).exists(),
            "the receipts are printed",
            PATIENCE_SECONDS,
        )
        printed = time.monotonic() - all_sent
    idle = [answer.seconds for person in alone for answer in _answers(person)]
    busy = [answer.seconds for person in people for answer in _answers(person)]
    p95 = quantiles(busy, n=20)[-1]
    in_time = [person for person in (*alone, *people) if not person.is_late(closes)]
    failures = [person.failure for person in in_time if person.failure]
    report.note(f"rush of {size.people} people in {size.seconds:.0f} s: {len(busy)} requests")
    report.note(f"  idle: {in_words(idle)}; in the rush: {in_words(busy)}, 95 % within {p95 * 1000:.0f} ms")
    report.note(
        f"  slowest {max(busy):.1f} s; the last receipt was printed {printed:.0f} s after the last press"
    )
    for failure in failures[:5]:
        report.note(f"  {failure}")
    report.figures |= {
        "rush.lost": sum(not person.is_whole() for person in in_time),
        "rush.late": len(alone) + len(people) - len(in_time),
        "rush.doubled": _doubled(),
        "rush.errors": len(failures) + _broken([*alone, *people]),
        "rush.p95_over_idle_p50": p95 / median(idle),
    }


def _rush(people: Sequence[Person], front: Front, closes: float, seconds: float) -> None:
    """Let everyone apply, each begun at a time of its own; more and more press as closing comes near."""
    chance = random.Random(7)  # noqa: S311  # the same rush each time
    now = time.time()
    with ThreadPoolExecutor(len(people)) as pool:
        done = []
        for person in people:
            presses = closes - LAST_PRESS - (seconds - LAST_PRESS) * 0.8 * chance.random() ** 2
            begins = now + (presses - now) * 0.5 * chance.random()
            done.append(pool.submit(person.apply, front, begins, presses))
    for one in done:
        one.result()


def _answers(person: Person) -> Iterator[Answer]:
    return (answer for browser in person.browsers for answer in browser.answers)


def _broken(people: Sequence[Person]) -> int:
    """Answers of 500 and above, and connections that broke."""
    return sum(answer.status == 0 or answer.status >= 500 for person in people for answer in _answers(person))


def _doubled() -> int:
    """Cases, records and numbers that there are too many of, or numbers that were left out."""
    cases = Case.objects.count()
    numbers = sorted(Case.objects.values_list("number", flat=True))
    records = Application.objects.annotate(records=Count("case__records"))
    twice = records.filter(records__gt=2).count()  # more than the application and its receipt
    return cases - Application.objects.sent().count() + twice + (numbers != list(range(1, cases + 1)))


def _scanned(number: int) -> bytes:
    """A PDF as large as a scan, and each person's own."""
    made = pikepdf.new()
    made.add_blank_page()
    noise = random.Random(number).randbytes(PAPER_BYTES)  # noqa: S311
    made.pages[0].Contents = made.make_stream(b"% " + noise.hex().encode()[:PAPER_BYTES])
    target = io.BytesIO()
    made.save(target, compress_streams=False)
    return target.getvalue()


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.time()))

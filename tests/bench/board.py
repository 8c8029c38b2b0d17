"""The board: one amount changed in a round of many applications over three years, against a bare view.

What is timed is what the browser does when somebody leaves a box: the whole row is posted, and what changed
and the sums come back. Page and floor are asked for in turn, as in `pages`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from http.client import HTTPConnection
from statistics import median
from urllib.parse import urlencode

from django.urls import reverse

from grants.models import Application, Terms, TermsStage, YearAmount
from portal.people.models import Role
from tests.bench import data
from tests.bench.pages import WORKERS, Visitor, server, sign_in
from tests.bench.report import Report
from tests.bench.timing import in_words
from tests.factories import staff

YEARS = 3
#: A secret as long as Django's own; the cookie and the header carry the same.
CSRF = "a" * 32
#: Whole kronor taken away by a change, and given back by the next.
STEP = 1_000


@dataclass(frozen=True)
class Size:
    """Applications in the round, and changes to measure."""

    applications: int
    requests: int


FULL = Size(applications=200, requests=200)
QUICK = Size(applications=6, requests=3)


@dataclass
class Row:
    """One application's row as an open page has it; each change starts from what the last one saved."""

    visitor: Visitor
    url: str
    amounts: dict[int, int]
    lowered: bool = False

    def change(self) -> float:
        """Seconds until the answer to a changed first year is read. Raises RuntimeError unless saved."""
        first = min(self.amounts)
        wanted = self.amounts | {first: self.amounts[first] + (STEP if self.lowered else -STEP)}
        fields = {f"amount_{year}": amount for year, amount in wanted.items()}
        fields |= {f"seen_{year}": amount for year, amount in self.amounts.items()}
        seconds = self._post(urlencode(fields))
        self.amounts, self.lowered = wanted, not self.lowered
        return seconds

    def _post(self, body: str) -> float:
        host = f"127.0.0.1:{self.visitor.port}"
        headers = {
            "X-Forwarded-Proto": "https",
            "Origin": f"https://{host}",
            "Host": host,
            "Cookie": f"{self.visitor.cookie}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
            "HX-Request": "true",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        began = time.perf_counter()
        connection = HTTPConnection("127.0.0.1", self.visitor.port, timeout=60)
        connection.request("POST", self.url, body, headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{self.url} answered {answer.status}")
        return time.perf_counter() - began


def measure(report: Report, size: Size) -> None:
    """Fill in `board.*`."""
    city = data.found()
    data.receive_round(city, size.applications)
    call = city.calls[-1]
    _over_three_years(call.first_year)
    # The city's own officers have conflicts of interest among the cases, so a colleague distributes.
    cookie = sign_in(staff(Role.CASE_OFFICER))
    application = Application.objects.filter(call=call).earliest("pk")
    url = reverse("assessments:amounts", args=[call.pk, application.pk])
    proposed = Terms.objects.get(application=application, stage=TermsStage.PROPOSED)
    with server() as (port, _pid):
        floor = Visitor(port)
        floor_path = f"/floor/{city.committee.authority_id}/"
        row = Row(Visitor(port, cookie), url, proposed.amounts)
        for _request in range(10 * WORKERS):
            floor.time(floor_path)
            row.change()
        times: dict[str, list[float]] = {"floor": [], "board": []}
        for _request in range(size.requests):
            times["floor"].append(floor.time(floor_path))
            times["board"].append(row.change())
    ratio = median(times["board"]) / median(times["floor"])
    report.figures[f"board.ratio.{size.applications}"] = ratio
    report.note(f"{size.applications} applications x {YEARS} years, floor: {in_words(times['floor'])}")
    report.note(f"  one amount changed: {in_words(times['board'])}, {ratio:.1f} times the floor")


def _over_three_years(first: int) -> None:
    """Let everyone apply for, and be proposed, the first year's sum in all three years."""
    firsts = list(YearAmount.objects.filter(year=first).values_list("terms", "amount"))
    YearAmount.objects.exclude(year=first).delete()
    YearAmount.objects.bulk_create(
        YearAmount(terms_id=terms, year=first + place, amount=amount)
        for terms, amount in firsts
        for place in range(1, YEARS)
    )

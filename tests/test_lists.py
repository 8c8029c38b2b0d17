"""Lists take as many queries with 1 000 rows as with 10, in every room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from grants.models import Application, Association
from portal.committee.models import AgendaItem, DecisionPoint, Matter, MatterState, Meeting, Stage
from portal.documents.models import Document, DocumentState
from portal.people.models import User
from portal.registry.models import Case
from tests.bench.data import CALLS_A_YEAR, City, found, receive
from tests.factories import person_of

FEW, MANY = 10, 1000
#: So few, that every way to narrow the queue still finds some.
FEW_OF_ALL_KINDS = 100


def queries(user: User, name: str, args: Sequence[int] = (), query: str = "") -> int:
    """How many queries a page takes for a person whose session exists."""
    client = Client()
    client.force_login(user)
    url = f"{reverse(name, args=args)}?{query}"
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.django_db(transaction=True)  # the data are vacuumed
def test_the_officers_lists() -> None:
    city = found()
    officer = city.officers[0]
    receive(city, FEW_OF_ALL_KINDS)
    pages: dict[str, list[int]] = {
        "assessments:queue": [],
        "assessments:rounds": [],
        "assessments:round": [city.calls[-CALLS_A_YEAR].pk],
    }
    narrowed = [
        *("view=mine", "view=unassigned", "view=waiting", "view=overdue"),
        *("q=verksamhet", "q=unga&sort=oldest", f"call={city.calls[-1].pk}", "state=decided"),
        *("grant=utvecklingsbidrag", "group=psykisk_ohalsa", f"officer={officer.pk}", "officer=0"),
        *("late=1", "since=2000-01-01", "until=2100-01-01", "sort=association", "sort=state"),
    ]

    def counted() -> dict[str, int]:
        """Queries of each page, and of the queue for each way to narrow it; the first 25 rows of each."""
        return {name: queries(officer, name, args) for name, args in pages.items()} | {
            query: queries(officer, "assessments:queue", query=query) for query in narrowed
        }

    few = counted()
    assert max(few[query] for query in narrowed) == 11  # a search, in a transaction that says how to plan it
    receive(city, MANY - FEW_OF_ALL_KINDS)
    assert Application.objects.sent().count() >= MANY
    assert counted() == few


@pytest.mark.django_db(transaction=True)
def test_an_associations_list() -> None:
    city = found()
    receive(city, FEW)
    association = Association.objects.earliest("pk")
    person = person_of(association)

    def drafts(count: int) -> None:
        Application.objects.bulk_create(
            Application(call=city.calls[-1], association=association, title=f"Utkast {n}", created_by=person)
            for n in range(count)
        )

    drafts(FEW)
    few = {name: queries(person, name) for name in ("grants:applications", "home")}
    drafts(MANY)
    assert {name: queries(person, name) for name in few} == few


def add_matters(city: City, count: int) -> None:
    """Matters with a point each: half of them free, half on the agendas of as many meetings."""
    first = Case.objects.count() + 1
    cases = Case.objects.bulk_create(
        Case(
            authority=city.committee.authority,
            year=2020,
            number=first + n,
            registry_number=f"{first + n:05d}/2020",
            public_title="Ärende",
        )
        for n in range(count)
    )
    matters = Matter.objects.bulk_create(
        Matter(
            committee=city.committee,
            case=case,
            title=f"Ärende {case.number}",
            summary="Sammanfattning.",
            created_by=city.secretary,
            state=MatterState.ON_AGENDA if n % 2 else MatterState.PREPARED,
        )
        for n, case in enumerate(cases)
    )
    DecisionPoint.objects.bulk_create(
        DecisionPoint(matter=matter, stage=Stage.OFFICERS, position=1, text="att godkänna")
        for matter in matters
    )
    start = timezone.now() + timedelta(days=first)
    meetings = Meeting.objects.bulk_create(
        Meeting(committee=city.committee, starts_at=start + timedelta(hours=n), place="Rådhuset")
        for n in range(count)
    )
    AgendaItem.objects.bulk_create(
        AgendaItem(meeting=meetings[n], matter=matter, position=1)
        for n, matter in enumerate(matters)
        if n % 2
    )
    Document.objects.bulk_create(
        Document(
            kind="prov", title=f"Trasigt {first + n}", html="", content_hash=f"{first + n:064d}",
            state=DocumentState.FAILED,
        )
        for n in range(count)
    )  # fmt: skip


@pytest.mark.django_db
def test_the_committees_lists() -> None:
    city = found()
    add_matters(city, FEW)
    pages = [
        (city.secretary, "committee:matters"),
        (city.secretary, "committee:meetings"),
        (city.secretary, "committee:documents"),
        (city.secretary, "home"),
        (city.chair, "committee:chair"),
        (city.chair, "committee:meetings"),
    ]
    few = [queries(user, name) for user, name in pages]
    add_matters(city, MANY)
    assert [queries(user, name) for user, name in pages] == few

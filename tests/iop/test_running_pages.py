"""The pages of a running partnership: as many queries with many rows as with few, and nothing from others."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from iop.models import CheckIn, Delivery, Turn
from portal.people.models import User
from tests.iop.building import Partnership
from tests.iop.building_running import running

pytestmark = pytest.mark.django_db

PAGES = ("iop:running", "iop:promises", "iop:deliveries", "iop:check-ins")


def rows(one: Partnership, count: int) -> None:
    for n in range(count):
        day = date(2027, 1, 1) + timedelta(days=n)
        CheckIn.objects.create(
            agreement=one.agreement, planned_on=day, held_on=day, learned="Lärdom", planned_by=one.officer
        )
        for party in (one.association_party, one.unit_party):
            Delivery.objects.create(
                agreement=one.agreement, party=party, kind="lokal", on=day, text=f"Lokal {n}",
                written_by=one.officer,
            )  # fmt: skip
            Turn.objects.create(
                agreement=one.agreement, kind=Turn.Kind.RENEGOTIATION, party=party, reason="Skäl",
                from_day=day, written_by=one.officer,
            )  # fmt: skip


def queries(person: User, one: Partnership) -> dict[str, int]:
    client = Client()
    client.force_login(person)
    counted = {}
    for name in PAGES:
        url = reverse(name, args=[one.agreement.pk])
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        counted[name] = len(captured)
    return counted


def test_the_pages_take_as_many_queries_with_many_rows_as_with_few() -> None:
    one = running()
    rows(one, 1)
    few = {person.pk: queries(person, one) for person in (one.of_association, one.of_unit, one.officer)}
    rows(one, 30)
    assert {
        person.pk: queries(person, one) for person in (one.of_association, one.of_unit, one.officer)
    } == few
    assert max(max(counted.values()) for counted in few.values()) <= 30

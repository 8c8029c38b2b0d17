"""The start page: what can be applied for, what to do next, what waits for staff."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from grants.calls.calendar import WIDTH, calendar_of
from grants.models import Application, Call
from portal.people.models import Role
from tests.factories import ApplicationFactory, CallFactory, sent_application, staff

pytestmark = pytest.mark.django_db


def days(number: int) -> datetime:
    return timezone.now() + timedelta(days=number)


def test_everyone_reads_which_calls_are_open_planned_and_just_closed(client: Client) -> None:
    CallFactory.create(title="Öppen nu")
    CallFactory.create(title="Alltid öppen", closes_at=None)
    CallFactory.create(title="Öppnar sedan", opens_at=days(30), closes_at=days(60))
    CallFactory.create(title="Nyss stängd", opens_at=days(-60), closes_at=days(-30))
    CallFactory.create(title="Länge stängd", opens_at=days(-460), closes_at=days(-400))
    CallFactory.create(title="Hemligt utkast", published=False)

    response = client.get("/")

    part = response.context["parts"][0].context
    assert [call.title for call in part["open_calls"]] == ["Öppen nu", "Alltid öppen"]
    assert [call.title for call in part["planned_calls"]] == ["Öppnar sedan"]
    assert [call.title for call in part["closed_calls"]] == ["Nyss stängd"]
    assert "Hemligt utkast" not in response.content.decode()


def test_an_association_reads_what_to_do_next(client: Client) -> None:
    sent = sent_application()
    draft = ApplicationFactory.create(
        call=sent.call, association=sent.association, created_by=sent.created_by
    )
    released = sent_application(call=sent.call, association=sent.association, created_by=sent.created_by)
    Application.objects.filter(pk=released.pk).update(state="decided", released_at=timezone.now())
    ApplicationFactory.create(call=sent.call)
    client.force_login(sent.created_by)

    parts = client.get("/").context["parts"]
    part = next(part.context for part in parts if part.template == "grants/front_page_own.html")

    assert part["drafts"] == [draft]
    assert [application for application, _status in part["under_way"]] == [sent]
    assert part["decided"] == [released]


def test_an_officer_reads_how_many_wait_and_never_a_draft(client: Client) -> None:
    sent = sent_application()
    ApplicationFactory.create(call=sent.call)
    client.force_login(staff(Role.CASE_OFFICER))

    waiting = client.get("/").context["waiting"]

    assert [row.count for row in waiting][:3] == [1, 0, 0]


def test_everyone_reads_the_statements(client: Client) -> None:
    assert client.get("/tillganglighet/").status_code == 200
    assert client.get("/personuppgifter/").status_code == 200


def test_the_year_is_drawn_with_each_call_in_its_place() -> None:
    stockholm = ZoneInfo("Europe/Stockholm")
    now = datetime(2026, 4, 10, 12, tzinfo=stockholm)
    call = Call(
        title="Vår",
        opens_at=datetime(2026, 4, 1, tzinfo=stockholm),
        closes_at=datetime(2026, 6, 1, tzinfo=stockholm),
        published=True,
    )
    old = Call(
        title="Förra",
        opens_at=datetime(2025, 4, 1, tzinfo=stockholm),
        closes_at=datetime(2025, 6, 1, tzinfo=stockholm),
    )

    calendar = calendar_of([call, old], now)

    assert [month.first_day.month for month in calendar.months] == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 1]
    [bar] = calendar.bars
    april, june = calendar.months[2].x, calendar.months[4].x
    assert (bar.x, round(bar.x + bar.width, 1)) == (april, june)
    assert april < calendar.today_x < june < WIDTH


@pytest.mark.parametrize(
    ("closes", "last"),
    [
        (datetime(2026, 6, 1, tzinfo=ZoneInfo("Europe/Stockholm")), (5, 31)),
        (datetime(2026, 5, 31, 23, 59, tzinfo=ZoneInfo("Europe/Stockholm")), (5, 31)),
        (datetime(2026, 6, 1, 12, tzinfo=ZoneInfo("Europe/Stockholm")), (6, 1)),
    ],
)
def test_the_last_day_is_the_one_people_say(closes: datetime, last: tuple[int, int]) -> None:
    day = Call(opens_at=timezone.now(), closes_at=closes).last_day
    assert day is not None
    assert (day.month, day.day) == last

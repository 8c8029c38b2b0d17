"""When a call is planned, open and closed: by time alone, in Europe/Stockholm, over summer time too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from grants.calls.call_copying import move_day, move_moment, move_years
from grants.models import Call, GrantProgramme
from grants.models.programmes import local_moment
from tests.factories import CallFactory

STOCKHOLM = ZoneInfo("Europe/Stockholm")
D, P, O, C = Call.State.DRAFT, Call.State.PLANNED, Call.State.OPEN, Call.State.CLOSED  # noqa: E741


def at(text: str) -> datetime:
    """A time on the wall in Stockholm: "2027-04-01 08:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


#: opens, closes, moment, published → state. Summer time begins 28 March 2027 and ends 31 October 2027.
TABLE = [
    ("2027-04-01 08:00", "2027-06-01 00:00", "2027-04-01 07:59:59", True, P),
    ("2027-04-01 08:00", "2027-06-01 00:00", "2027-04-01 08:00", True, O),
    ("2027-04-01 08:00", "2027-06-01 00:00", "2027-05-31 23:59:59", True, O),
    ("2027-04-01 08:00", "2027-06-01 00:00", "2027-06-01 00:00", True, C),
    ("2027-04-01 08:00", "2027-06-01 00:00", "2027-05-01 12:00", False, D),
    ("2027-04-01 08:00", None, "2031-01-01 12:00", True, O),
    ("2027-04-01 08:00", None, "2027-03-31 12:00", True, P),
    # A window that opens the night summer time begins: 01:59 is followed by 03:00.
    ("2027-03-28 03:00", "2027-04-30 00:00", "2027-03-28 01:59:59", True, P),
    ("2027-03-28 03:00", "2027-04-30 00:00", "2027-03-28 03:00", True, O),
    # A window that closes at midnight after the day of 25 hours.
    ("2027-10-01 08:00", "2027-11-01 00:00", "2027-10-31 23:59:59", True, O),
    ("2027-10-01 08:00", "2027-11-01 00:00", "2027-11-01 00:00", True, C),
]


@pytest.mark.parametrize(("opens", "closes", "moment", "published", "state"), TABLE)
def test_the_state_follows_from_time_alone(
    opens: str, closes: str | None, moment: str, published: bool, state: Call.State
) -> None:
    call = Call(opens_at=at(opens), closes_at=closes and at(closes), published=published)
    assert call.state_at(at(moment).astimezone(UTC)) == state


@pytest.mark.django_db
@pytest.mark.parametrize(("opens", "closes", "moment", "published", "state"), TABLE)
def test_the_database_sorts_calls_as_they_sort_themselves(
    opens: str, closes: str | None, moment: str, published: bool, state: Call.State
) -> None:
    CallFactory.create(opens_at=at(opens), closes_at=closes and at(closes), published=published)
    in_states = [one for one in Call.State if Call.objects.in_state(one, at(moment)).exists()]
    assert in_states == [state]
    assert Call.objects.open(at(moment)).exists() == (state == O)


@pytest.mark.parametrize(
    ("moment", "years", "moved"),
    [
        ("2026-04-01 08:00", 1, "2027-04-01 08:00"),
        ("2026-06-01 00:00", 1, "2027-06-01 00:00"),
        # The same time on the wall, although one day has summer time and the other not.
        ("2026-03-28 08:00", 1, "2027-03-28 08:00"),
        ("2026-10-25 12:00", 1, "2027-10-25 12:00"),
        ("2028-02-29 08:00", 1, "2029-02-28 08:00"),
        ("2027-02-28 08:00", 1, "2028-02-28 08:00"),
        ("2026-04-01 08:00", 3, "2029-04-01 08:00"),
    ],
)
def test_a_copied_moment_is_the_same_on_the_wall(moment: str, years: int, moved: str) -> None:
    assert move_moment(at(moment), years) == at(moved)


def test_no_closing_stays_no_closing() -> None:
    assert move_moment(None, 1) is None
    assert move_day(None, 1) is None


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("Verksamhetsbidrag 2027", "Verksamhetsbidrag 2028"),
        ("i december 2026", "i december 2027"),
        ("åren 2027–2029", "åren 2028–2030"),
        ("kommunallagen (2017:725)", "kommunallagen (2017:725)"),
        ("Dnr 00086/2020", "Dnr 00086/2020"),
        ("20271 kronor, 120260", "20271 kronor, 120260"),
        ("utan årtal", "utan årtal"),
    ],
)
def test_years_in_texts_move_but_not_laws_and_numbers(text: str, moved: str) -> None:
    assert move_years(text, 1) == moved


def programme(**fields: object) -> GrantProgramme:
    usual = {"opens_month": 4, "opens_day": 1, "opens_time": time(8), "closes_month": 5, "closes_day": 31}
    return GrantProgramme(**(usual | fields))


def test_the_citys_window_lies_the_year_before_the_first_grant_year() -> None:
    window = programme().window(2028)
    assert (window.opens_at, window.closes_at) == (at("2027-04-01 08:00"), at("2027-06-01 00:00"))


def test_a_window_may_cross_the_turn_of_the_year() -> None:
    window = programme(opens_month=11, opens_day=15, closes_month=1, closes_day=31).window(2028)
    assert (window.opens_at, window.closes_at) == (at("2027-11-15 08:00"), at("2028-02-01 00:00"))


def test_a_window_without_an_end_is_always_open() -> None:
    assert programme(always_open=True, closes_month=None, closes_day=None).window(2028).closes_at is None


@pytest.mark.parametrize(
    ("today", "first_year"),
    [
        (date(2027, 1, 1), 2028),
        (date(2027, 5, 31), 2028),
        (date(2027, 6, 1), 2029),
        (date(2027, 12, 31), 2029),
    ],
)
def test_the_next_window_is_the_open_one_or_the_one_to_come(today: date, first_year: int) -> None:
    assert programme().next_first_year(today) == first_year


def test_a_time_that_the_clock_skips_is_still_one_moment() -> None:
    """02:30 does not exist on 28 March 2027; it is kept as half an hour after the change."""
    skipped = local_moment(date(2027, 3, 28), time(2, 30))
    assert skipped.astimezone(UTC) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert skipped - at("2027-03-28 01:30") == timedelta(hours=1)

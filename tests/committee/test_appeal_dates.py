"""Days that the law sets, over thirty years of calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.committee.appeal_dates import (
    announcement_due,
    approval_due,
    days_off,
    is_working_day,
    last_day_of_appeal,
    may_come_down,
)

DAYS = st.dates(date(2020, 1, 1), date(2049, 12, 31))
YEARS = range(2020, 2050)


@pytest.mark.parametrize(
    ("announced", "last"),
    [
        (date(2026, 2, 3), date(2026, 2, 24)),  # an ordinary Tuesday
        (date(2026, 12, 3), date(2026, 12, 28)),  # Christmas Eve, Christmas, Boxing Day, Sunday
        (date(2026, 12, 10), date(2027, 1, 4)),  # New Year's Eve, New Year's Day, weekend
        (date(2026, 12, 16), date(2027, 1, 7)),  # Epiphany
        (date(2026, 3, 13), date(2026, 4, 7)),  # Good Friday until Easter Monday
        (date(2026, 4, 10), date(2026, 5, 4)),  # first of May, a Friday
        (date(2026, 4, 23), date(2026, 5, 15)),  # Ascension Day, a Thursday
        (date(2023, 5, 16), date(2023, 6, 7)),  # the national day, a Tuesday
        (date(2026, 5, 29), date(2026, 6, 22)),  # Midsummer Eve
        (date(2026, 10, 10), date(2026, 11, 2)),  # All Saints' Day
        (date(2020, 12, 22), date(2021, 1, 12)),  # the notice on § 298/2020, had it gone up next day
    ],
)
def test_days_known_by_hand(announced: date, last: date) -> None:
    assert last_day_of_appeal(announced) == last


@given(DAYS)
def test_the_last_day_is_the_first_working_day_after_three_weeks(announced: date) -> None:
    last = last_day_of_appeal(announced)
    assert is_working_day(last)
    assert last.weekday() < 5
    assert last >= announced + timedelta(days=21)
    passed = [announced + timedelta(days=n) for n in range(21, (last - announced).days)]
    assert not any(is_working_day(day) for day in passed)
    assert len(passed) <= 5, "Christmas and Easter take at most five days in a row"


@given(DAYS, DAYS)
def test_a_later_notice_never_ends_sooner(one: date, other: date) -> None:
    first, second = sorted([one, other])
    assert last_day_of_appeal(first) <= last_day_of_appeal(second)


@given(DAYS)
def test_the_notice_stays_up_the_whole_time(announced: date) -> None:
    last = last_day_of_appeal(announced)
    assert may_come_down(last) == last + timedelta(days=1)


def test_holidays_fall_on_their_weekdays_in_every_year() -> None:
    for year in YEARS:
        off = days_off(year)
        spring = sorted(day for day in off if date(year, 3, 20) <= day <= date(year, 4, 26))
        assert [day.weekday() for day in spring] == [4, 6, 0]
        assert spring[2] - spring[0] == timedelta(days=3)
        midsummer = [day for day in off if date(year, 6, 19) <= day <= date(year, 6, 26)]
        assert sorted(day.weekday() for day in midsummer) == [4, 5]
        saints = [day for day in off if date(year, 10, 31) <= day <= date(year, 11, 6)]
        assert [day.weekday() for day in saints] == [5]


def test_approval_and_notice_have_the_law_s_days() -> None:
    assert approval_due(date(2026, 12, 15)) == date(2026, 12, 29)
    assert announcement_due(date(2026, 12, 29)) == date(2026, 12, 31)

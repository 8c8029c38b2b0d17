"""Dates that the law sets: approval of the minutes, their notice, and the last day to appeal.

Pure functions of days in Europe/Stockholm. Kommunallagen (2017:725) 5:69, 8:9–12 and 13:5; lagen (1930:173)
om beräkning av lagstadgad tid; lagen (1989:253) om allmänna helgdagar.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter

#: The minutes are approved at the latest so long after the meeting (kommunallagen 5:69).
TIME_TO_APPROVE = timedelta(days=14)
#: The approval is announced at the latest so long after it (kommunallagen 8:9).
TIME_TO_ANNOUNCE = timedelta(days=2)
#: Three weeks from the day when the approval was announced (kommunallagen 13:5).
TIME_TO_APPEAL = timedelta(weeks=3)

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


def approval_due(meeting: date) -> date:
    """The last day to approve the minutes of a meeting."""
    return meeting + TIME_TO_APPROVE


def announcement_due(approved: date) -> date:
    """The last day to announce on the notice board that the minutes are approved."""
    return approved + TIME_TO_ANNOUNCE


def last_day_of_appeal(announced: date) -> date:
    """The last day to appeal a decision whose minutes were announced as approved on a day.

    The day of the notice itself is not counted. A last day on which nobody works moves to the next weekday
    (1930:173, 2 §).
    """
    last = announced + TIME_TO_APPEAL
    while not is_working_day(last):
        last += _ONE_DAY
    return last


def may_come_down(appeal_until: date) -> date:
    """The first day on which the notice may be taken down: it stays the whole time of appeal (8:12)."""
    return appeal_until + _ONE_DAY


def is_working_day(day: date) -> bool:
    """Neither Saturday nor Sunday, a public holiday, nor the eve of Midsummer, Christmas or New Year."""
    return day.weekday() < _SATURDAY and day not in days_off(day.year)


@cache
def days_off(year: int) -> frozenset[date]:
    """The public holidays of a year (1989:253) and the eves that lag 1930:173 treats as such."""
    easter_day = easter(year)
    midsummer = _first(_SATURDAY, date(year, 6, 20))
    return frozenset(
        {
            date(year, 1, 1),
            date(year, 1, 6),
            easter_day - timedelta(days=2),
            easter_day,
            easter_day + _ONE_DAY,
            date(year, 5, 1),
            easter_day + timedelta(days=39),  # Ascension
            easter_day + timedelta(days=49),  # Whitsun
            date(year, 6, 6),
            midsummer - _ONE_DAY,
            midsummer,
            _first(_SATURDAY, date(year, 10, 31)),  # All Saints
            date(year, 12, 24),
            date(year, 12, 25),
            date(year, 12, 26),
            date(year, 12, 31),
        }
    )


def _first(weekday: int, day: date) -> date:
    """The first such weekday on or after a day."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)

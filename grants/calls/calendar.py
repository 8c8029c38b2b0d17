"""The calls on a line of twelve months, drawn as SVG by the start page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from grants.models import Call

#: Units of the drawing: wide enough for twelve names of months.
WIDTH = 960
ROW_HEIGHT = 56
HEAD = 34


@dataclass(frozen=True)
class Month:
    first_day: date
    x: float


@dataclass(frozen=True)
class Bar:
    """A call's window; `label_x` is where its text begins, inside the drawing."""

    call: Call
    x: float
    y: int
    width: float
    label_x: float
    label_end: bool


@dataclass(frozen=True)
class Calendar:
    months: list[Month]
    bars: list[Bar]
    today_x: float
    height: int
    width: int = WIDTH


def calendar_of(calls: Iterable[Call], now: datetime) -> Calendar:
    """Twelve months that begin two months ago, so that a call that just closed is seen too."""
    today = timezone.localtime(now).date()
    firsts = [_month_later(today.replace(day=1), n - 2) for n in range(13)]
    begin, end = firsts[0], firsts[-1]
    scale = WIDTH / (end - begin).days

    def at(day: date) -> float:
        return round(min(max((day - begin).days * scale, 0), WIDTH), 1)

    shown = [call for call in calls if _last_day(call, end) >= begin and _day(call.opens_at) < end]
    bars = []
    for row, call in enumerate(shown):
        left = at(_day(call.opens_at))
        right = at(_last_day(call, end) + timedelta(days=1))
        # A text that begins far to the right ends at the bar's end instead, so that it is not cut off.
        label_end = left > WIDTH * 0.6
        bars.append(
            Bar(
                call,
                x=left,
                y=HEAD + row * ROW_HEIGHT,
                width=max(right - left, 6),
                label_x=max(right, left + 6) if label_end else left,
                label_end=label_end,
            )
        )
    return Calendar(
        months=[Month(first, at(first)) for first in firsts[:-1]],
        bars=bars,
        today_x=at(today),
        height=HEAD + len(bars) * ROW_HEIGHT + 8,
    )


def _month_later(first: date, months: int) -> date:
    index = first.year * 12 + first.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def _last_day(call: Call, end: date) -> date:
    """The last day of the window; a call without one goes on beyond the drawing."""
    return call.last_day or end

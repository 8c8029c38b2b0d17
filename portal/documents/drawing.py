"""Pictures drawn on the server as inline SVG, the same on pages and in documents.

A picture has a title and a text alternative, and its numbers stand in a table beside it. Nothing is told by
colour alone: parts have patterns, a fixed order and numbers. There is no inline style (the pages' content
security policy): the look is presentation attributes, which print and PDF use as they are, and classes, by
which `static/samspel/drawing.css` gives the colours of the reader's light or dark page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

#: All lengths are in the drawing's own units; a page scales the whole.
WIDTH = 340
TEXT = 12
LINE = 20
BAR = 26
ROW = LINE + BAR + 8
SWATCH = 14
#: About how wide a letter is.
LETTER = 5.9
#: A part narrower than this has no room for its number; the table has it.
ROOM_FOR_NUMBER = 18
#: The packaged fonts of documents (`portal.documents.fonts`, which is slow to load); pages have their own.
FONT = "Source Sans, Source Sans Ext"
INK = "#1d1b19"
PAPER = "#ffffff"
#: Ground of each part in order; the last is for what has no value.
GROUNDS = ("#f6d5c8", "#fbe7b2", "#b9dde2", "#0f5b66", PAPER)
#: What is drawn over each ground; one that is plain needs none.
_MARKS = (
    SafeString('<path d="M0 8L8 0" stroke-width="1.6"/>'),
    SafeString(f'<circle cx="4" cy="4" r="1.3" stroke-width="0" fill="{INK}" class="ink"/>'),
    SafeString('<path d="M0 4H8" stroke-width="0.8"/>'),
    None,
    SafeString('<path d="M4 2V4" stroke-width="0.8"/>'),
)


@dataclass(frozen=True)
class Bar:
    """One row: its name, and how many of each part, in the order of the legend."""

    label: str
    counts: Sequence[int]

    @property
    def total(self) -> int:
        return sum(self.counts)


def stacked_bars(
    bars: Sequence[Bar], parts: Sequence[str], *, title: str, description: str, ident: str
) -> SafeString:
    """Bars of equal length, each divided by the shares of its parts, with the numbers written in them.

    `ident` is unique on the page: the patterns and the text alternative are found by it. At most as many
    parts as there are `GROUNDS`.
    """
    legend, top = _legend(parts, ident)
    rows = format_html_join("", "{}", ((_row(bar, top + n * ROW, ident),) for n, bar in enumerate(bars)))
    return _drawing(top + len(bars) * ROW, parts, title, description, ident, legend, rows)


def _drawing(
    height: int,
    parts: Sequence[str],
    title: str,
    description: str,
    ident: str,
    legend: SafeString,
    rows: SafeString,
) -> SafeString:
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="drawing" viewBox="0 0 {width} {height}" role="img" '
        'aria-labelledby="{ident}-title {ident}-desc" font-size="{text}" '
        'font-family="{families}">'
        '<title id="{ident}-title">{title}</title><desc id="{ident}-desc">{description}</desc>'
        "<defs>{patterns}</defs>{legend}{rows}</svg>",
        width=WIDTH,
        height=height,
        text=TEXT,
        families=FONT,
        ident=ident,
        title=title,
        description=description,
        patterns=_patterns(len(parts), ident),
        legend=legend,
        rows=rows,
    )


@dataclass(frozen=True)
class Measure:
    """One thing measured several times: its name, the values in the order of the legend, and in words."""

    label: str
    values: Sequence[int]
    words: str


#: How thick a bar is when several lie under one name.
THIN_BAR = 12


def measured_bars(
    measures: Sequence[Measure], parts: Sequence[str], *, title: str, description: str, ident: str
) -> SafeString:
    """Bars under each name, one a part, as long as its value; what is measured in one name shares a scale.

    Names may be counted in different things, so bars of different names are not to be compared. The words
    stand under the name. Otherwise as `stacked_bars`.
    """
    legend, top = _legend(parts, ident)
    height = 2 * LINE + len(parts) * (THIN_BAR + 2) + 10
    rows = format_html_join(
        "", "{}", ((_measured(one, top + n * height, ident),) for n, one in enumerate(measures))
    )
    return _drawing(top + len(measures) * height, parts, title, description, ident, legend, rows)


def _measured(one: Measure, top: int, ident: str) -> SafeString:
    drawn = [_text(0, top + 14, one.label), _text(0, top + LINE + 12, one.words)]
    longest = max(*one.values, 1)
    for n, value in enumerate(one.values):
        if value:
            y = top + 2 * LINE + n * (THIN_BAR + 2)
            drawn.append(_box(0.5, y, max(value * (WIDTH - 1) / longest, 1), THIN_BAR, n, ident))
    return format_html_join("", "{}", ((part,) for part in drawn))


@dataclass(frozen=True)
class Point:
    """Something on a day: on which step, counted from 1, and drawn as which mark of the legend."""

    on: date
    step: int
    mark: int


#: Room for the steps' names beside them, and for half a mark at the other end.
NAMES = 92
MARGIN = 8
STEP = 30
#: Years whose names would stand closer than this are left without a name.
YEAR = 36


def steps_over_time(
    points: Sequence[Point],
    steps: Sequence[str],
    marks: Sequence[str],
    *,
    title: str,
    description: str,
    ident: str,
) -> SafeString:
    """Points joined in the order of their days, the first step lowest; each mark has a shape of its own.

    At most four marks: a ring, a disc, a square and a diamond. There must be a point.
    """
    ordered = sorted(points, key=lambda point: point.on)
    first, last = ordered[0].on, ordered[-1].on
    if first == last:
        first, last = first - timedelta(days=15), last + timedelta(days=15)
    keys, top = _mark_legend(marks)
    bottom = top + STEP * len(steps)
    scale = (WIDTH - NAMES - 2 * MARGIN) / (last - first).days

    def across(day: date) -> float:
        return NAMES + MARGIN + (day - first).days * scale

    def up(step: int) -> float:
        return bottom - STEP * (step - 0.5)

    rows = format_html_join(
        "",
        '{}<path d="M{} {}H{}" stroke="{}" stroke-width="0.4" class="edge"/>',
        (
            (_text(0, up(n) + 4, name), NAMES, _written(up(n)), WIDTH, INK)
            for n, name in enumerate(steps, start=1)
        ),
    )
    path = "L".join(f"{_written(across(point.on))} {_written(up(point.step))}" for point in ordered)
    drawn = [_mark(across(point.on), up(point.step), point.mark) for point in ordered]
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" class="drawing" viewBox="0 0 {width} {height}" role="img" '
        'aria-labelledby="{ident}-title {ident}-desc" font-size="{text}" font-family="{families}">'
        '<title id="{ident}-title">{title}</title><desc id="{ident}-desc">{description}</desc>'
        '{keys}{rows}{years}<path d="M{path}" fill="none" stroke="{ink}" stroke-width="1.4" class="edge"/>'
        "{drawn}</svg>",
        width=WIDTH,
        height=bottom + LINE,
        text=TEXT,
        families=FONT,
        ident=ident,
        title=title,
        description=description,
        keys=keys,
        rows=rows,
        years=_years(first, last, across, top, bottom),
        path=path,
        ink=INK,
        drawn=format_html_join("", "{}", ((one,) for one in drawn)),
    )


def _years(first: date, last: date, across: Callable[[date], float], top: float, bottom: float) -> SafeString:
    """A line where each year begins, and the years' names; the first name says when the picture begins."""
    drawn = [_text(NAMES + MARGIN, bottom + 14, str(first.year))]
    taken = across(first)
    for year in range(first.year + 1, last.year + 1):
        x = across(date(year, 1, 1))
        line = format_html(
            '<path d="M{} {}V{}" stroke="{}" stroke-width="0.4" stroke-dasharray="2 3" class="edge"/>',
            _written(x), top, bottom, INK,
        )  # fmt: skip
        drawn.append(line)
        if x - taken >= YEAR and x <= WIDTH - YEAR / 2:
            drawn.append(_text(x, bottom + 14, str(year), anchor="middle"))
            taken = x
    return format_html_join("", "{}", ((one,) for one in drawn))


def _mark_legend(marks: Sequence[str]) -> tuple[SafeString, int]:
    keys = []
    x, y = 0.0, 0
    for n, words in enumerate(marks):
        wide = SWATCH + 6 + len(words) * LETTER + 12
        if x and x + wide > WIDTH:
            x, y = 0.0, y + LINE
        keys.append((_mark(x + 7, y + 10, n), _text(x + SWATCH + 6, y + 14, words)))
        x += wide
    return format_html_join("", "{}{}", keys), y + LINE + 8


#: Ring, disc, square, diamond, drawn round their middle; and the ground of each.
_SHAPES = (
    ("M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z", 4),
    ("M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z", 3),
    ("M-4.5 -4.5h9v9h-9z", 1),
    ("M0 -6L6 0L0 6L-6 0z", 2),
)


def _mark(x: float, y: float, mark: int) -> SafeString:
    shape, ground = _SHAPES[mark]
    return format_html(
        '<path transform="translate({} {})" d="{}" fill="{}" stroke="{}" class="edge ground-{}"/>',
        _written(x), _written(y), shape, GROUNDS[ground], INK, ground,
    )  # fmt: skip


def _patterns(number: int, ident: str) -> SafeString:
    return format_html_join(
        "",
        '<pattern id="{}-{}" width="8" height="8" patternUnits="userSpaceOnUse">'
        '<rect width="8" height="8" fill="{}" class="ground-{}"/>'
        '<g stroke="{}" class="marks">{}</g></pattern>',
        ((ident, n, GROUNDS[n], n, INK, _MARKS[n]) for n in range(number) if _MARKS[n]),
    )


def _legend(parts: Sequence[str], ident: str) -> tuple[SafeString, int]:
    """The legend, as many lines as it needs, and where the drawing goes on below it."""
    keys = []
    x, y = 0.0, 0
    for n, words in enumerate(parts):
        wide = SWATCH + 6 + len(words) * LETTER + 12
        if x and x + wide > WIDTH:
            x, y = 0.0, y + LINE
        keys.append((_box(x + 0.5, y + 3, SWATCH, SWATCH, n, ident), _text(x + SWATCH + 6, y + 14, words)))
        x += wide
    return format_html_join("", "{}{}", keys), y + LINE + 8


def _row(bar: Bar, top: int, ident: str) -> SafeString:
    drawn = [_text(0, top + 14, bar.label), _text(WIDTH, top + 14, str(bar.total), anchor="end")]
    x = 0.0
    for n, count in enumerate(bar.counts):
        if not count:
            continue
        wide = count * WIDTH / bar.total
        drawn.append(_box(x + 0.5, top + LINE, max(wide - 1, 1), BAR, n, ident))
        if wide >= ROOM_FOR_NUMBER:
            drawn.append(_number(x + wide / 2, top + LINE + BAR / 2, count))
        x += wide
    return format_html_join("", "{}", ((one,) for one in drawn))


def _box(x: float, y: float, width: float, height: float, part: int, ident: str) -> SafeString:
    fill = f"url(#{ident}-{part})" if _MARKS[part] else GROUNDS[part]
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="{}" class="edge{}"/>',
        _written(x), _written(y), _written(width), _written(height), fill, INK,
        "" if _MARKS[part] else f" ground-{part}",
    )  # fmt: skip


def _number(x: float, y: float, count: int) -> SafeString:
    """A number on a patch of its own, so that no pattern runs through it."""
    wide = len(str(count)) * 8 + 6
    return format_html(
        '<rect x="{}" y="{}" width="{}" height="16" rx="3" fill="{}" class="paper"/>{}',
        _written(x - wide / 2), _written(y - 8), wide, PAPER, _text(x, y + 4.5, str(count), anchor="middle"),
    )  # fmt: skip


def _text(x: float, y: float, words: str, *, anchor: str = "start") -> SafeString:
    return format_html(
        '<text x="{}" y="{}" text-anchor="{}" fill="{}" class="ink">{}</text>',
        _written(x), _written(y), anchor, INK, words,
    )  # fmt: skip


def _written(length: float) -> str:
    """At most one decimal, with a point whatever the reader's language is."""
    return f"{length:.1f}".removesuffix(".0")

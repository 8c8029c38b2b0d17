"""How Samspel writes sums, dates and numbers, the same on pages and in documents."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import formats, timezone, translation

register = template.Library()

NO_BREAK_SPACE = "\u00a0"


@register.filter
def number(value: Any) -> str:
    """1234500 → "1 234 500" with no-break spaces; nothing for None."""
    return "" if value is None else f"{int(value):,}".replace(",", NO_BREAK_SPACE)


@register.filter
def kronor(value: Any) -> str:
    """Whole kronor: 1234500 → "1 234 500 kr" with no-break spaces; nothing for None."""
    return "" if value is None else f"{number(value)}{NO_BREAK_SPACE}kr"


@register.filter
def percent(value: Any) -> str:
    """18.84 → "18,8 %" (Swedish) or "18.8 %"; one decimal only when there is one."""
    if value is None:
        return ""
    rounded = round(float(value), 1)
    written = formats.number_format(int(rounded) if rounded.is_integer() else rounded)
    return f"{written}{NO_BREAK_SPACE}%"


@register.filter
def swedish_date(value: date | None) -> str:
    """21 December 2020 → "21 december 2020"; in English where the person reads English."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return formats.date_format(value, "j F Y")


@register.filter
def swedish_moment(value: datetime | None) -> str:
    """Date and time in Europe/Stockholm: "21 december 2020 14.32"."""
    if value is None:
        return ""
    return f"{swedish_date(value)} {swedish_time(value)}"


@register.filter
def swedish_time(value: datetime) -> str:
    """The time in Europe/Stockholm: "14.32"; "14:32" where the person reads English."""
    local = timezone.localtime(value)
    return f"{local:%H.%M}" if translation.get_language() == "sv" else f"{local:%H:%M}"


@register.filter
def orgnr(value: str | None) -> str:
    """Ten digits → "802002-8711"; nothing for a group that has no number."""
    if not value:
        return ""
    return f"{value[:6]}-{value[6:]}" if len(value) == 10 else value


@register.filter
def years(value: list[int]) -> str:
    """[2027, 2028, 2029] → "2027–2029"; one year stands alone."""
    if not value:
        return ""
    return str(value[0]) if len(value) == 1 else f"{value[0]}–{value[-1]}"

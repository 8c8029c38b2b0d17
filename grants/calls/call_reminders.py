"""Recurring grants whose next call nobody has begun, told on the officers' start page in good time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from grants.models import Call, GrantProgramme
from grants.models.programmes import Window
from portal.people import rules
from portal.people.front_page import Waiting


@dataclass(frozen=True)
class Coming:
    """The next window of a grant, and the call for it if somebody has begun one."""

    programme: GrantProgramme
    first_year: int
    window: Window
    call: Call | None
    is_due: bool

    @property
    def is_missing(self) -> bool:
        return self.call is None and self.is_due


def coming(user: Any, today: date) -> list[Coming]:
    """Each recurring grant with its next window, two queries in all."""
    programmes = list(GrantProgramme.objects.visible_to(user).select_related("authority"))
    calls = list(Call.objects.visible_to(user)) if programmes else []
    return [_coming(programme, calls, today) for programme in programmes]


def _coming(programme: GrantProgramme, calls: list[Call], today: date) -> Coming:
    first_year = programme.next_first_year(today)
    window = programme.window(first_year)
    own = [
        call
        for call in calls
        if (call.authority_id, call.grant_type) == (programme.authority_id, programme.grant_type)
    ]
    if programme.always_open:
        call = next((call for call in own if call.closes_at is None), None)
        return Coming(programme, first_year, window, call, is_due=True)
    call = next((call for call in own if call.first_year == first_year), None)
    reminded_from = timezone.localtime(window.opens_at).date() - timedelta(days=programme.remind_days)
    return Coming(programme, first_year, window, call, is_due=today >= reminded_from)


def waiting(user: Any) -> Iterable[Waiting]:
    """How many grants soon open, or are open, without a call."""
    if not rules.case_officer(user):
        return
    missing = sum(row.is_missing for row in coming(user, timezone.localdate()))
    if missing:
        text = ngettext(
            "recurring grant soon opens and has no call",
            "recurring grants soon open and have no call",
            missing,
        )
        yield Waiting(missing, text, reverse("grants:programmes"))

"""Second readings in lists: what a person reads, and what waits for an officer to choose a reader."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from assessments.models import SecondReading
from grants.states import OPEN_STATES
from portal.people import rules
from portal.people.front_page import Waiting
from portal.registry.models import ConflictOfInterest

#: As many rows as one page shows of each list; the oldest first of what waits.
MOST_ROWS = 200
MOST_DONE = 50


def read_by(user: Any) -> list[SecondReading]:
    """What the person is to read, the oldest first, and then what they finished last; two queries."""
    own = SecondReading.objects.read_by(user).select_related(
        "application__association", "application__case", "application__call"
    )
    declared = ConflictOfInterest.objects.filter(
        case=OuterRef("application__case"), user=user.pk, has_conflict=False
    )
    waiting = _still_open(own).annotate(is_declared=Exists(declared)).order_by("asked_at", "pk")
    done = own.exclude(done_at=None).order_by("-done_at")
    return [*waiting[:MOST_ROWS], *done[:MOST_DONE]]


def needing_reader(user: Any) -> list[SecondReading]:
    """What nobody reads yet, of the cases that an officer sees; one query, none for others."""
    if not rules.case_officer(user):
        return []
    return list(
        _without_reader(user)
        .select_related("application__association", "application__case", "application__call")
        .order_by("asked_at", "pk")[:MOST_ROWS]
    )


def waiting(user: Any) -> Iterable[Waiting]:
    """What the start page tells a reader, and an officer who has to choose one."""
    if not rules.reader(user):
        return
    url = reverse("assessments:readings")
    if own := _still_open(SecondReading.objects.read_by(user)).count():
        yield Waiting(own, ngettext("case for you to read", "cases for you to read", own), url)
    if rules.case_officer(user) and (missing := _without_reader(user).count()):
        text = ngettext("case needs a second reader", "cases need a second reader", missing)
        yield Waiting(missing, text, url)


def _without_reader(user: Any) -> QuerySet[SecondReading]:
    return _still_open(SecondReading.objects.visible_to(user)).filter(reader=None)


def _still_open(readings: Any) -> Any:
    """Not finished, in cases that are still with the officers."""
    return readings.open().filter(application__state__in=sorted(OPEN_STATES))

"""Minutes that wait for somebody, for the start page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from portal.committee.appeal_dates import TIME_TO_ANNOUNCE, TIME_TO_APPROVE
from portal.committee.models import Meeting, Minutes, MinutesState
from portal.committee.signing import Signing
from portal.people import rules
from portal.people.front_page import Waiting


def waiting(user: Any) -> Iterable[Waiting]:
    """What a person has to approve, and for the secretary what is late by law."""
    if rules.committee_reader(user):
        yield _to_approve(user)
    if rules.secretary(user):
        yield _overdue(user)


def _to_approve(user: Any) -> Waiting:
    """Minutes sent for approval of which something is the person's to approve; few are out at a time."""
    sent = Minutes.objects.visible_to(user).filter(state=MinutesState.FOR_APPROVAL)
    ids = [row.pk for row in sent.select_related("meeting") if Signing(row).asked_of(user)]
    text = ngettext("set of minutes waits for your approval", "minutes wait for your approval", len(ids))
    url = reverse("committee:minutes", args=ids[:1]) if ids else reverse("committee:meetings")
    return Waiting(len(ids), text, url)


def _overdue(user: Any) -> Waiting:
    """Meetings held whose minutes are not approved in time, or whose notice is not up in time."""
    now = timezone.now()
    whole_day = timedelta(days=1)
    not_approved = (
        Meeting.objects.visible_to(user)
        .filter(starts_at__lt=now - TIME_TO_APPROVE - whole_day, agenda__decision__isnull=False)
        .exclude(minutes__is_immediate=False, minutes__state=MinutesState.APPROVED)
        .distinct()
        .count()
    )
    not_announced = (
        Minutes.objects.visible_to(user)
        .unannounced()
        .filter(approved_at__lt=now - TIME_TO_ANNOUNCE - whole_day)
        .count()
    )
    count = not_approved + not_announced
    text = ngettext(
        "meeting is late with its minutes or their notice", "meetings are late with minutes or notice", count
    )
    return Waiting(count, text, reverse("committee:meetings"))

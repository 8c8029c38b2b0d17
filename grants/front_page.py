"""What grants tells on the start page: the calls, an association's own work, and the officers' new cases."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from grants.associations.acting import still_acting_for
from grants.calls.calendar import calendar_of
from grants.models import Application, Call, Contact, PromisedPaper
from grants.received.following import status
from grants.states import State
from portal.people import rules
from portal.people.front_page import Part, Waiting

#: How long a closed call, or a decision, is still news.
RECENT = timedelta(days=180)
#: How many of each an association reads on the start page; the rest stand in its list.
OWN_ROWS = 5


def parts(user: Any) -> Iterable[Part]:
    """The association's own work first, then what can be applied for."""
    if rules.applicant(user):
        yield _own_work(user)
    yield _calls(user)


def _own_work(user: Any) -> Part:
    own = Application.objects.visible_to(user).with_completion().select_related("call", "association", "case")
    if chosen := still_acting_for(user):
        own = own.filter(association=chosen)
    recent = list(own.order_by("-saved_at")[: 4 * OWN_ROWS])
    drafts = [application for application in recent if application.is_draft and application.call.receives]
    sent = [application for application in recent if not application.is_draft]
    promised = PromisedPaper.objects.visible_to(user).filter(
        paper=None, application__in=own.sent().exclude(state=State.DECIDED)
    )
    return Part(
        "grants/front_page_own.html",
        {
            "promised": list(promised.select_related("type", "application__association")[:OWN_ROWS]),
            "drafts": drafts[:OWN_ROWS],
            "decided": [application for application in sent if application.is_released][:OWN_ROWS],
            "under_way": [
                (application, status(application)) for application in sent if not application.is_released
            ][:OWN_ROWS],
        },
    )


def _calls(user: Any) -> Part:
    now = timezone.now()
    calls = list(
        Call.objects.visible_to(user)
        .filter(published=True)
        .filter(Q(closes_at=None) | Q(closes_at__gt=now - RECENT))
        .select_related("authority")
        .order_by(F("closes_at").asc(nulls_last=True), "opens_at")
    )
    return Part(
        "grants/front_page_calls.html",
        {
            "open_calls": [call for call in calls if call.state == Call.State.OPEN],
            "planned_calls": [call for call in calls if call.state == Call.State.PLANNED],
            "closed_calls": [call for call in calls if call.state == Call.State.CLOSED],
            "calendar": calendar_of(calls, now),
            "contacts": list(Contact.objects.visible_to(user)),
        },
    )


def waiting(user: Any) -> Iterable[Waiting]:
    """What case officers find in their queue."""
    if not rules.case_officer(user):
        return
    counts = Application.objects.visible_to(user).aggregate(
        new=Count("pk", filter=Q(state=State.SUBMITTED)),
        under_way=Count("pk", filter=Q(state=State.IN_ASSESSMENT)),
        ready=Count("pk", filter=Q(state=State.ASSESSED)),
    )
    queue, rounds = reverse("assessments:queue"), reverse("assessments:rounds")
    rows = [
        (
            counts["new"],
            ngettext("application is new", "applications are new", counts["new"]),
            queue,
        ),
        (
            counts["under_way"],
            ngettext("application is being assessed", "applications are being assessed", counts["under_way"]),
            queue,
        ),
        (
            counts["ready"],
            ngettext(
                "assessed application can go to the committee",
                "assessed applications can go to the committee",
                counts["ready"],
            ),
            rounds,
        ),
    ]
    yield from (Waiting(count, text, url) for count, text, url in rows)

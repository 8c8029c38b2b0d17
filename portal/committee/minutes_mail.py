"""Mail to those who approve minutes: when they are sent, and once more before the last day.

A mail tells which meeting's minutes wait, never what they say.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from portal.committee.appeal_dates import approval_due
from portal.committee.models import Minutes, MinutesState
from portal.committee.signing import Signing
from portal.documents.work import ring
from portal.people.models import User
from portal.people.tasks import send_queued_mail

#: How long before the last day those who have not approved are reminded.
BEFORE_DUE = timedelta(days=3)


def ask(minutes: Minutes) -> None:
    """Queue a mail to everybody who has to approve minutes that are sent now; in the sender's transaction."""
    _mail(minutes, "Protokollet väntar på din justering")
    ring(send_queued_mail)


def remind(today: date | None = None) -> int:
    """Remind those who have not approved yet, once a sending; tells how many minutes that concerned."""
    today = today or timezone.localdate()
    waiting = Minutes.objects.filter(state=MinutesState.FOR_APPROVAL, reminded_at=None)
    reminded = 0
    for minutes in waiting.select_related("meeting__committee__authority"):
        if approval_due(minutes.meeting.date) - BEFORE_DUE <= today:
            reminded += _remind(minutes)
    if reminded:
        ring(send_queued_mail)
    return reminded


def _remind(minutes: Minutes) -> bool:
    """False when another process was first, or when the minutes wait no more."""
    with transaction.atomic():
        waits = Minutes.objects.filter(pk=minutes.pk, state=MinutesState.FOR_APPROVAL, reminded_at=None)
        if not waits.update(reminded_at=timezone.now()):
            return False
        _mail(minutes, "Påminnelse: protokollet väntar på din justering")
    return True


def _mail(minutes: Minutes, subject: str) -> None:
    from post_office import mail

    with translation.override("sv"):
        text = render_to_string(
            "mail/minutes_to_approve.txt",
            {"meeting": minutes.meeting, "due": approval_due(minutes.meeting.date)},
        )
    for address in _addresses(Signing(minutes)):
        mail.send(address, subject=subject, message=text)


def _addresses(signing: Signing) -> Collection[str]:
    """Of those who have to approve and have not; the secretary sends the minutes and needs no mail."""
    people = {row.person_id for row in signing.signers if row.person_id and row.approval is None}
    found = User.objects.filter(pk__in=people, is_active=True)
    return found.order_by("email").values_list("email", flat=True)

"""Mail to everyone with a seat: that there is something to read, never what.

Papers are read behind a sign-in, where a conflict of interest hides what it concerns.
"""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils import translation

from portal.committee.models import Meeting, Pack
from portal.committee.sitting import seats_at
from portal.documents.work import ring
from portal.people.tasks import send_queued_mail


def tell_of_summons(meeting: Meeting) -> int:
    """Queue the mail that the summons is there; says how many are told."""
    return _tell(meeting, "Kallelse finns", "en kallelse")


def tell_of_papers(pack: Pack) -> int:
    """Queue the mail that the papers of a pack are there; says how many are told."""
    late = f"tilläggshandlingar {pack.supplement}" if pack.supplement else ""
    earlier = Pack.objects.filter(meeting=pack.meeting_id, supplement=pack.supplement).exclude(pk=pack.pk)
    if earlier.filter(published_at__isnull=False).exists():
        return _tell(pack.meeting, "Nya handlingar finns", f"en ny version av {late or 'handlingarna'}")
    return _tell(pack.meeting, "Handlingar finns", late or "handlingar")


def _tell(meeting: Meeting, subject: str, what: str) -> int:
    from post_office import mail

    addresses = {seat.user.email for seat in seats_at(meeting) if seat.user.is_active}
    with translation.override("sv"):
        text = render_to_string("mail/to_seats.txt", {"meeting": meeting, "what": what})
    for address in sorted(addresses):
        mail.send(address, subject=subject, message=text)
    ring(send_queued_mail)
    return len(addresses)

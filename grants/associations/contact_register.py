"""The officers' contact register: who keeps in touch with which association, and what was said."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.models import Association, AssociationEvent, ContactNote, ContactOfficer, note_event
from portal.people.models import Role, User


class CannotHandOver(Exception):
    """The associations cannot be handed over; the message says why."""


def officers() -> Any:
    """Who may be an association's contact: case officers who still sign in."""
    return User.objects.holding(Role.CASE_OFFICER).order_by("display_name", "email")


def set_contact_officer(association: Association, officer: Any, by: Any) -> ContactOfficer | None:
    """Make an officer the association's contact, or nobody; the same again changes nothing."""
    with transaction.atomic():
        Association.objects.select_for_update().get(pk=association.pk)
        before = association.contact_officers.current().select_related("officer").first()
        if (before.officer_id if before else None) == (officer.pk if officer else None):
            return before
        now = timezone.now()
        if before is not None:
            before.until = now
            before.save(update_fields=["until"])
        given = None
        if officer is not None:
            given = ContactOfficer.objects.create(
                association=association, officer=officer, since=now, given_by=by
            )
        note_event(
            association,
            AssociationEvent.Kind.CONTACT_OFFICER,
            by=by,
            detail=f"{before.officer if before else '–'} → {officer or '–'}",
        )
    return given


def hand_over(giver: Any, taker: Any, by: Any) -> int:
    """Give all of one officer's associations to another in one act; returns how many.

    Each gets an event in its own story. Raises CannotHandOver.
    """
    if giver.pk == taker.pk:
        raise CannotHandOver(_("Choose another officer to take over."))
    if not officers().filter(pk=taker.pk).exists():
        raise CannotHandOver(_("Only a case officer can be an association's contact."))
    with transaction.atomic():
        held = list(
            ContactOfficer.objects.current()
            .filter(officer=giver)
            .select_for_update(of=("self",))
            .order_by("pk")
        )
        now = timezone.now()
        ContactOfficer.objects.filter(pk__in=[row.pk for row in held]).update(until=now)
        ContactOfficer.objects.bulk_create(
            ContactOfficer(association_id=row.association_id, officer=taker, since=now, given_by=by)
            for row in held
        )
        AssociationEvent.objects.bulk_create(
            AssociationEvent(
                association_id=row.association_id,
                kind=AssociationEvent.Kind.CONTACT_OFFICER,
                actor=by,
                at=now,
                detail=f"{giver} → {taker}"[:500],
            )
            for row in held
        )
    return len(held)


def write_note(association: Association, by: Any, **fields: Any) -> ContactNote:
    """Write down what was said: day, channel, text, mark, and perhaps a case and a day to follow up."""
    return ContactNote.objects.create(association=association, written_by=by, **fields)


def follow_up(note_id: int, by: Any) -> None:
    """Mark a note as followed up; the first who does so is the one who did."""
    ContactNote.objects.to_follow_up().filter(pk=note_id).update(
        followed_up_at=timezone.now(), followed_up_by=by
    )

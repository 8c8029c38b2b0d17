"""Inviting people to act for an association by a link in a mail, and accepting such an invitation."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from grants.associations.members import NotPossible, Role, Standing, give, locked_for_manager
from grants.models import Association, Invitation
from grants.notices import tell
from portal.people import rules


def invite(association_id: int, email: str, standing: Standing, by: Any, *, site: str) -> Invitation:
    """Invite a person; `site` is the address of Samspel, as "https://samspel.example.org".

    Who is invited again gets a new link, and the old one stops working. Raises NotPossible.
    """
    if not standing.roles:
        raise NotPossible(_("Choose at least one role."))
    if standing.on_behalf_of and Role.MANAGER in standing.roles:
        raise NotPossible(_("Who acts by a mandate cannot manage the association's people."))
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        association = locked_for_manager(association_id, by)
        Invitation.objects.filter(
            association=association, email__iexact=email, accepted_at=None, withdrawn_at=None
        ).update(withdrawn_at=timezone.now())
        invitation = Invitation.objects.create(
            association=association,
            email=email,
            token_hash=Invitation.hash_of(token),
            roles=sorted(standing.roles),
            on_behalf_of=standing.on_behalf_of,
            valid_until=standing.until,
            invited_by=by,
        )
        tell(
            [email],
            "Du är inbjuden att företräda en förening i Samspel",
            "mail/invitation.txt",
            {
                "association": association,
                "link": f"{site}{reverse('grants:invitation', args=[token])}",
                "expires_at": invitation.expires_at,
            },
        )
    return invitation


def withdraw(association_id: int, invitation_id: int, by: Any) -> None:
    """Take an invitation back; one that is accepted or withdrawn stays as it is. Raises NotPossible."""
    with transaction.atomic():
        association = locked_for_manager(association_id, by)
        Invitation.objects.filter(
            association=association, pk=invitation_id, accepted_at=None, withdrawn_at=None
        ).update(withdrawn_at=timezone.now())


def find(token: str) -> Invitation | None:
    """The invitation that a link leads to, whatever has become of it."""
    found = Invitation.objects.filter(token_hash=Invitation.hash_of(token))
    return found.select_related("association").first()


def accept(invitation: Invitation, by: Any) -> Association:
    """Let the person act for the association as the invitation says; accepting twice is harmless.

    Whoever holds the link accepts: the mail may have gone to the association's own address. Raises
    NotPossible when the invitation has expired, was withdrawn, or somebody else has accepted it.
    """
    with transaction.atomic():
        association = Association.objects.select_for_update().get(pk=invitation.association_id)
        invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if invitation.accepted_by_id == by.pk:
            return association
        if not invitation.is_waiting:
            raise NotPossible(_("The invitation no longer works. Ask the association for a new one."))
        if not rules.applicant(by):
            raise NotPossible(
                _("You are signed in with an account of the city. Sign in with an account of your own.")
            )
        standing = Standing(
            roles=frozenset(invitation.roles),
            on_behalf_of=invitation.on_behalf_of,
            until=invitation.valid_until,
        )
        give(association, by, standing, invitation.invited_by)
        invitation.accepted_at, invitation.accepted_by = timezone.now(), by
        invitation.save(update_fields=["accepted_at", "accepted_by"])
        tell(
            [association.email],
            "En person har antagit er inbjudan i Samspel",
            "mail/invitation_accepted.txt",
            {"association": association},
        )
    return association

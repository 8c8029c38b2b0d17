"""Whom a running partnership reminds: all who act for its parties, or its process leaders alone."""

from __future__ import annotations

from collections.abc import Iterable

from grants.notices import tell
from grants.people_of import people_of
from iop.models import Agreement, Party
from iop.telling import tell_partners
from portal.people.models import User
from portal.registry.models import ConflictOfInterest


def people_of_parties(agreements: Iterable[Agreement]) -> dict[int, set[int]]:
    """Ids of the people who act for the parties and of the coordinators, by agreement; a few queries.

    Nobody with a conflict of interest in the case.
    """
    rows = {agreement.pk: agreement for agreement in agreements}
    parties = list(Party.objects.filter(agreement__in=rows, left_on=None).prefetch_related("unit__contacts"))
    of_associations = people_of(party.association_id for party in parties if party.association_id)
    conflicted = set(
        ConflictOfInterest.objects.filter(
            case__in=[row.case_id for row in rows.values()], has_conflict=True
        ).values_list("case", "user")
    )
    found = {pk: {row.coordinator_id} for pk, row in rows.items()}
    for party in parties:
        if party.association_id:
            found[party.agreement_id] |= of_associations[party.association_id]
        elif party.unit:
            found[party.agreement_id] |= {contact.user_id for contact in party.unit.contacts.all()}
    return {
        pk: {user for user in users if (rows[pk].case_id, user) not in conflicted}
        for pk, users in found.items()
    }


def tell_leaders(agreement: Agreement, subject: str, template: str) -> None:
    """Queue a mail to all process leaders and the coordinator; where a party has no leader, to all parties.

    `template` names a file of mail/iop.
    """
    leaders = list(agreement.parties.filter(left_on=None).values_list("process_leader", flat=True))
    if None in leaders:
        tell_partners(agreement, subject, template)
        return
    wanted = {agreement.coordinator_id, *leaders}
    acting = people_of_parties([agreement])[agreement.pk]
    declared = ConflictOfInterest.objects.filter(case=agreement.case_id, has_conflict=True)
    people = User.objects.filter(pk__in=wanted, is_active=True).exclude(pk__in=declared.values("user"))
    addresses = [user.email for user in people if user.is_staff or user.pk in acting]
    tell(addresses, subject, f"mail/iop/{template}.txt", {"agreement": agreement})

"""Mail to the parties: that there is something for them, and nothing of what."""

from __future__ import annotations

from typing import Any

from grants.notices import tell
from iop.models import Agreement, Party
from portal.people.models import User
from portal.registry.models import ConflictOfInterest


def addresses_of(party: Party) -> list[str]:
    """The association's own address, or those of the unit's contacts without a conflict of interest."""
    if party.association is not None:
        return [party.association.email]
    conflicted = ConflictOfInterest.objects.filter(case__agreement=party.agreement_id, has_conflict=True)
    contacts = User.objects.filter(unit_contacts__unit=party.unit_id, is_active=True)
    return list(contacts.exclude(pk__in=conflicted.values("user")).values_list("email", flat=True))


def tell_party(party: Party, subject: str, template: str, more: dict[str, Any] | None = None) -> None:
    """Queue a mail to one party; `template` names a file of mail/iop."""
    context = {"agreement": party.agreement} | (more or {})
    tell(addresses_of(party), subject, f"mail/iop/{template}.txt", context)


def tell_partners(
    agreement: Agreement, subject: str, template: str, more: dict[str, Any] | None = None, *, but: Any = None
) -> None:
    """Queue a mail to all parties and the coordinator, except to the person who acted."""
    parties = agreement.parties.filter(left_on=None).select_related("association", "unit", "agreement")
    addresses = {address for party in parties for address in addresses_of(party)}
    addresses |= {agreement.coordinator.email}
    if but is not None:
        addresses -= {but.email}
    tell(addresses, subject, f"mail/iop/{template}.txt", {"agreement": agreement} | (more or {}))

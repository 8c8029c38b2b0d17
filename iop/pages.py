"""The pages of partnerships: entries in the menu, and names in the audit trail."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.people import rules
from portal.people.navigation import Entry


def takes_part(user: Any) -> bool:
    """Whose menu has the partnerships: who works in them; a secretary comes from the matters."""
    return rules.applicant(user) or rules.unit_contact(user) or rules.case_reader(user)


MENU = (
    Entry(300, _("Partnerships"), "iop:home", takes_part),
    Entry(620, _("Lists"), "iop:lists", rules.administrator),
)
NAMES = {
    "": _("A partnership agreement"),
    "home": _("Partnerships"),
    "whom": _("Whom to talk to"),
    "idea": _("Ideas"),
    "new-idea": _("Ideas"),
    "need": _("Needs"),
    "new-need": _("Needs"),
    "inventory": _("Inventory of needs"),
    "cooperation": _("Co-operation"),
    "new-cooperation": _("Co-operation"),
    "survey": _("The report on co-operation"),
    "list": _("Lists"),
    "agreements": _("Partnership agreements"),
    "agreement-declare": _("Conflict of interest"),
    "parties": _("Parties"),
    "market": _("Market, procurement and state aid"),
    "de-minimis": _("Market, procurement and state aid"),
    "suitability": _("Is IOP right?"),
    "to-committee": _("To the committee"),
    "check-in": _("Check-ins and follow-up"),
    "follow-up": _("Check-ins and follow-up"),
}

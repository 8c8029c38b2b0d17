"""For which party of an agreement somebody acts: the one door through which every act asks."""

from __future__ import annotations

from typing import Any

from iop.models import Agreement, Party
from portal.people import rules


def party_of(agreement: Agreement, user: Any) -> Party | None:
    """The first party of the agreement that the person acts for today; None for coordinators and readers."""
    return Party.objects.of_person(user).filter(agreement=agreement, left_on=None).first()


def may_write(agreement: Agreement, user: Any) -> bool:
    """Whether the person writes in the agreement: for a party, or as a case officer who coordinates."""
    return rules.case_officer(user) or party_of(agreement, user) is not None

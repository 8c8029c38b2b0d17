"""Who may do what in partnerships, besides the rules of `portal.people.rules`."""

from __future__ import annotations

from typing import Any

from portal.people import rules


def partner(user: Any) -> bool:
    """Who may take part in partnerships: associations' people, units' contacts and the administration.

    Which of them they see is `Agreement.objects.visible_to`.
    """
    return rules.applicant(user) or rules.unit_contact(user) or rules.administration(user)


def city_side(user: Any) -> bool:
    """Who speaks for the administration: units' contacts and case officers."""
    return rules.unit_contact(user) or rules.case_officer(user)

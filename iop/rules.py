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


def city_reader(user: Any) -> bool:
    """Who follows partnerships for the city: units' contacts and the administration."""
    return rules.unit_contact(user) or rules.administration(user)


def idea_reader(user: Any) -> bool:
    """Who reads ideas: associations' people their own, the administration all."""
    return rules.applicant(user) or rules.administration(user)


def writes_in_log(user: Any) -> bool:
    """Who writes in the log of a co-operation: both sides, and case officers; a secretary reads."""
    return rules.applicant(user) or city_side(user)

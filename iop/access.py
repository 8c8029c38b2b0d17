"""What partners see in the register: cases of their ideas and agreements, and the records meant for all."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from iop.models import Agreement, Idea
from portal.people import rules
from portal.registry.models import Record

#: Records of a partnership's case that all its parties read.
PARTNERS_KINDS = (
    Record.Kind.IDEA,
    Record.Kind.IDEA_ANSWER,
    Record.Kind.MARKET_ASSESSMENT,
    Record.Kind.AGREEMENT,
    Record.Kind.ADDENDUM,
    Record.Kind.FOLLOW_UP,
)


def cases_of_partners(user: Any) -> Q:
    if not (rules.applicant(user) or rules.unit_contact(user)):
        return Q(pk__in=[])
    own_ideas = Idea.objects.visible_to(user).values("case")
    return Q(pk__in=own_ideas) | Q(pk__in=Agreement.objects.visible_to(user).values("case"))


def records_of_partners(user: Any) -> Q:
    if not (rules.applicant(user) or rules.unit_contact(user)):
        return Q(pk__in=[])
    own_ideas = Idea.objects.visible_to(user).values("case")
    agreements = Agreement.objects.visible_to(user).values("case")
    return Q(case__in=own_ideas, kind__in=(Record.Kind.IDEA, Record.Kind.IDEA_ANSWER)) | Q(
        case__in=agreements, kind__in=PARTNERS_KINDS
    )

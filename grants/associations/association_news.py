"""What waits for a person as one who acts for associations: signatures, answers, facts to confirm."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from grants.associations.acting import still_acting_for
from grants.associations.facts import confirmation_due
from grants.models import Application, Association, Guarantee, Membership, Signature
from grants.states import State
from portal.people import rules
from portal.people.front_page import Part

#: How many of each are shown; there are seldom more than one.
ROWS = 5


def parts(user: Any) -> Iterable[Part]:
    """One part when something waits, else none; a constant number of queries."""
    if not rules.applicant(user):
        return
    signs_for = (
        Membership.objects.current()
        .held_by(user)
        .filter(role=Membership.Role.SIGNATORY)
        .values("association")
    )
    standing = Signature.objects.filter(voided_at=None)
    to_sign = (
        Application.objects.visible_to(user)
        .drafts()
        .filter(
            association__in=signs_for,
            pk__in=standing.values("application"),
        )
        .exclude(pk__in=standing.filter(user_id=user.pk).values("application"))
        .select_related("association", "call")
    )
    asked = (
        Guarantee.objects.visible_to(user)
        .standing()
        .filter(guarantor__in=signs_for, accepted_at=None, application__state=State.DRAFT)
        .select_related("guarantor", "application__association")
    )
    managed = Association.objects.managed_by(user)
    if chosen := still_acting_for(user):
        to_sign = to_sign.filter(association=chosen)
        asked = asked.filter(guarantor=chosen)
        managed = managed.filter(pk=chosen)
    context = {
        "to_sign": [draft for draft in to_sign[:ROWS] if draft.call.is_open],
        "guarantees": list(asked[:ROWS]),
        "to_confirm": list(confirmation_due(managed)[:ROWS]),
    }
    if any(context.values()):
        yield Part("grants/front_page_association.html", context)

"""What an association's people see in the register: their own cases, and the records meant for them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from grants.models import Application
from portal.people import rules
from portal.registry.models import Record

#: Records an association sees of its own case as soon as they exist.
OWN_KINDS = (
    Record.Kind.APPLICATION,
    Record.Kind.RECEIPT,
    Record.Kind.COMPLETION_REQUEST,
    Record.Kind.MESSAGE,
    Record.Kind.WITHDRAWAL,
    Record.Kind.LATE_RULING,
    Record.Kind.PROMISED_PAPER,
    Record.Kind.NOTICE,
)
#: Records it sees once the decision is released.
DECISION_KINDS = (Record.Kind.DECISION_LETTER, Record.Kind.MINUTES_EXTRACT)


def own_cases(user: Any) -> Q:
    if not rules.applicant(user):
        return Q(pk__in=[])
    return Q(pk__in=Application.objects.visible_to(user).exclude(case=None).values("case"))


def own_records(user: Any) -> Q:
    if not rules.applicant(user):
        return Q(pk__in=[])
    own = Application.objects.visible_to(user).exclude(case=None)
    return Q(case__in=own.values("case"), kind__in=OWN_KINDS) | Q(
        case__in=own.exclude(released_at=None).values("case"), kind__in=DECISION_KINDS
    )

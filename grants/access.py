"""What an association's people see in the register: their own cases, and the records meant for them."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from grants.models import Application, Commitment
from portal.people import rules
from portal.registry.models import Event, Record

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


def _settled_by(user: Any) -> Any:
    """The cases in which the person proposed or decided: who did, does not pay out too."""
    kinds = (
        Event.Kind.ASSESSMENT_READY,
        Event.Kind.TO_COMMITTEE,
        Event.Kind.CHAIRS_PROPOSAL,
        Event.Kind.DECIDED,
        Event.Kind.DELEGATED,
    )
    return Event.objects.filter(actor_id=user.pk, kind__in=kinds).values("case")


def cases_to_pay(user: Any) -> Q:
    """A finance officer sees the cases that a decision binds money in."""
    if not rules.finance(user):
        return Q(pk__in=[])
    return Q(pk__in=Commitment.objects.values("case")) & ~Q(pk__in=_settled_by(user))


def applications_to_pay(user: Any) -> Q:
    """A finance officer sees the applications that were granted money, once the association knows."""
    if not rules.finance(user):
        return Q(pk__in=[])
    to_pay = Q(released_at__isnull=False, case__in=Commitment.objects.values("case"))
    return to_pay & ~Q(case__in=_settled_by(user))


def own_records(user: Any) -> Q:
    if not rules.applicant(user):
        return Q(pk__in=[])
    own = Application.objects.visible_to(user).exclude(case=None)
    return Q(case__in=own.values("case"), kind__in=OWN_KINDS) | Q(
        case__in=own.exclude(released_at=None).values("case"), kind__in=DECISION_KINDS
    )

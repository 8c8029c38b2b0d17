"""Decisions by delegation: made by who holds the rule's role, within its limit, reported to the committee.

Kommunallagen 6:37–40 and 7:5–8; conflicts of interest 6:28–32 and 7:4.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.committee.models import Committee, DelegationDecision, DelegationRule, Meeting, MinutesState
from portal.committee.refused import Refused
from portal.documents.templatetags.swedish_text import kronor, swedish_date
from portal.documents.work import Source, order
from portal.people.models import Role
from portal.registry.models import Case, ConflictOfInterest, Event, Record, declare

#: Who may hold a point of the delegation order, as documents print it.
ROLES_PRINTED = {
    Role.CASE_OFFICER: "Handläggare",
    Role.SECRETARY: "Nämndsekreterare",
    Role.CHAIR: "Ordförande",
    Role.HEAD: "Enhetschef",
}


class CannotDecide(Refused):
    """The decision cannot be made by delegation; the message tells why and what to do instead."""


class CannotReport(Refused):
    """The decisions cannot be reported to this meeting."""


class CannotChangeRule(Refused):
    """The rule cannot be written so."""


def decide(
    rule: DelegationRule,
    case: Case,
    by: Any,
    *,
    decision: str,
    reason: str,
    amount: int | None = None,
    decided_on: date | None = None,
) -> DelegationDecision:
    """Decide in a case on the committee's behalf, register the decision and order its document.

    The person says with this that they have no conflict of interest in the case. Numbers run through the
    year without gaps: the committee's row is locked while the next one is taken.
    """
    day = decided_on or timezone.localdate()
    with transaction.atomic():
        committee = Committee.objects.select_for_update().get(pk=rule.committee_id)
        _refuse_unless_allowed(rule, case, by, amount, day)
        if not decision.strip() or not reason.strip():
            raise CannotDecide(_("Write both what is decided and why."))
        same = rule.decisions.filter(
            case=case, decided_by=by, decided_on=day, amount=amount, decision=decision.strip()
        ).first()
        if same is not None:
            raise CannotDecide(
                _("The same decision is registered already, as %(number)s.") % {"number": same}
            )
        made = DelegationDecision.objects.create(
            committee=committee,
            year=day.year,
            number=_next_number(committee, day.year),
            rule=rule,
            case=case,
            decided_on=day,
            decided_by=by,
            decision=decision.strip(),
            reason=reason.strip(),
            amount=amount,
        )
        declare(case, by, has_conflict=False)
        made.document = document = order(decision_source(made))
        made.save(update_fields=["document"])
        case.register(Record.Kind.DELEGATION_DECISION, f"Delegationsbeslut {made}", by=by, document=document)
        case.log(Event.Kind.DELEGATED, by=by, detail=f"{made}, punkt {rule.point}")
    return made


def _refuse_unless_allowed(rule: DelegationRule, case: Case, by: Any, amount: int | None, day: date) -> None:
    if not by.has_role(rule.role):
        raise CannotDecide(
            _("Only a person with the role %(role)s decides by point %(point)s.")
            % {"role": rule.get_role_display(), "point": rule.point}
        )
    if case.authority_id != rule.committee.authority_id:
        raise CannotDecide(_("The case belongs to another committee."))
    if ConflictOfInterest.objects.declared_by(by).filter(case=case).exists():
        raise CannotDecide(_("You have a conflict of interest in this case. Somebody else has to decide."))
    if day > timezone.localdate():
        raise CannotDecide(_("The decision day cannot lie ahead."))
    if not DelegationRule.objects.in_force(day).filter(pk=rule.pk).exists():
        raise CannotDecide(_("The point is not in force on that day. Choose one that is."))
    if amount is not None and rule.amount_limit is None:
        raise CannotDecide(_("No money is decided by this point. Leave the amount empty."))
    if amount is None and rule.amount_limit is not None:
        raise CannotDecide(_("Write the amount that is decided; 0 means none."))
    if amount is not None and rule.amount_limit is not None and amount > rule.amount_limit:
        raise CannotDecide(
            _("The point allows at most %(limit)s. A larger amount is the committee's to decide.")
            % {"limit": kronor(rule.amount_limit)}
        )


def _next_number(committee: Committee, year: int) -> int:
    last = committee.delegation_decisions.filter(year=year).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def decision_source(made: DelegationDecision) -> Source:
    """The document of a decision (delegationsbeslut), as `domain.md` 6.7 has it. Swedish only."""
    with translation.override("sv"):
        html = render_to_string(
            "pdf/delegationsbeslut.html",
            {
                "kind": "Delegationsbeslut",
                "committee": made.committee.name,
                "date": swedish_date(made.decided_on),
                "registry_number": made.case.registry_number,
                "heading": f"Delegationsbeslut {made}",
                "made": made,
                "role": ROLES_PRINTED[Role(made.rule.role)],
                "reason": made.reason.splitlines(),
                "decision": made.decision.splitlines(),
            },
        )
    return Source("delegationsbeslut", f"Delegationsbeslut {made}", html)


def reported_to(meeting: Meeting, user: Any) -> list[DelegationDecision]:
    """The decisions on a meeting's agenda that a person may read."""
    seen = DelegationDecision.objects.visible_to(user).filter(reported_to=meeting)
    return list(seen.select_related("rule", "case", "document"))


def unreported_for(meeting: Meeting, user: Any) -> int:
    """How many decisions wait to be reported to this meeting, among those a person may read."""
    return DelegationDecision.objects.visible_to(user).waiting_for(meeting).count()


def report_to(meeting: Meeting) -> int:
    """Put every decision not reported yet, made until the day of a meeting, on that meeting; says how many.

    Called when the summons goes out, or by the secretary.
    """
    with transaction.atomic():
        Meeting.objects.select_for_update().get(pk=meeting.pk)
        if meeting.minutes.filter(is_immediate=False).exclude(state=MinutesState.DRAFT).exists():
            raise CannotReport(
                _("The minutes of this meeting are sent for approval. Report the decisions to the next one.")
            )
        return DelegationDecision.objects.waiting_for(meeting).update(reported_to=meeting)


def write_rule(rule: DelegationRule, seen: str = "") -> None:
    """Save a new or changed point of the delegation order.

    A point that somebody has decided by keeps what it says: it ends, and a new one begins beside it.
    `seen` is `rule_digest` as the person read it; CannotChangeRule when it has been changed since.
    """
    with transaction.atomic():
        if rule.pk is not None:
            stored = DelegationRule.objects.select_for_update().get(pk=rule.pk)
            if rule_digest(stored) != seen:
                raise CannotChangeRule(
                    _("Somebody else changed the point while you wrote. It now says: %(rule)s")
                    % {"rule": described(stored)}
                )
            if _facts(stored)[:-1] != _facts(rule)[:-1] and stored.decisions.exists():
                raise CannotChangeRule(
                    _("Somebody has decided by this point. Let it end, and write a new one beside it.")
                )
        try:
            with transaction.atomic():
                rule.save()
        except IntegrityError as clash:
            raise CannotChangeRule(_("The same point already begins on that day.")) from clash


def rule_digest(rule: DelegationRule) -> str:
    """What a rule says, to tell whether somebody has changed it since."""
    return hashlib.sha256(repr(_facts(rule)).encode()).hexdigest()


def _facts(rule: DelegationRule) -> tuple[Any, ...]:
    """What a rule says; its last day, which may always be set, comes last."""
    return (rule.point, rule.text, str(rule.role), rule.amount_limit, rule.valid_from, rule.valid_until)


def described(rule: DelegationRule) -> str:
    """A rule in one line."""
    said = [f"{rule.point} {rule.text}", str(rule.get_role_display())]
    if rule.amount_limit is not None:
        said.append(kronor(rule.amount_limit))
    until = swedish_date(rule.valid_until) if rule.valid_until else ""
    return ", ".join([*said, f"{swedish_date(rule.valid_from)}–{until}"])

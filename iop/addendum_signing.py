"""From a written addendum to one in force: frozen, decided where money changes, signed by all, applied."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from iop import addenda, addendum_text, follow_up_plan
from iop.acting import party_of
from iop.addendum_decision import propose
from iop.addendum_money import bind, money_after, needs_decision
from iop.check_ins import locked
from iop.models import Addendum, AgreementText, ClauseVersion, Contribution, Party, Signature
from iop.signing import BY_DELEGATION, SIGNATORY, party_to_sign_for, signatures_of
from iop.telling import tell_partners
from iop.writing import Refused
from portal.documents.work import order
from portal.registry.models import Event, Record


def ready(addendum: Addendum, version: int, by: Any) -> AgreementText:
    """Freeze the addendum: to the committee when the city's money changes, else straight to signing.

    Raises Refused when it changes nothing or the frame has no room, Conflict when somebody saved after
    it was read.
    """
    with transaction.atomic():
        current = addenda.held(addendum, version)
        if not addenda.changes_something(current):
            raise Refused(
                _("The addendum changes nothing yet. Change a clause, a contribution, the day or a party.")
            )
        _take_in_joiners(current)
        text = addendum_text.freeze(current, by)
        if needs_decision(current):
            propose(current, text, by)
            current.state = Addendum.State.BEFORE_COMMITTEE
        else:
            current.state, current.text_to_sign = Addendum.State.TO_SIGN, text
            tell_partners(current.agreement, "Ett tillägg är klart att underteckna", "addendum_to_sign")
        current.version += 1
        current.save()
    return text


def _take_in_joiners(addendum: Addendum) -> None:
    """Who joins becomes a party, so that it reads the agreement and signs the addendum."""
    agreement = addendum.agreement
    last = agreement.parties.aggregate(last=Max("position"))["last"] or 0
    for position, change in enumerate(addendum.party_changes.filter(leaving=None), start=last + 1):
        Party.objects.update_or_create(
            agreement=agreement,
            association_id=change.association_id,
            unit_id=change.unit_id,
            defaults={"left_on": None},
            create_defaults={"position": position},
        )


def sign(addendum: Addendum, sha256: str, by: Any) -> bool:
    """The person signs for their party what the checksum names; returns whether it is now in force.

    Raises Refused when the text is another, or the person may not sign or has signed.
    """
    with transaction.atomic():
        locked(addendum.agreement)
        current = Addendum.objects.select_for_update(of=("self",)).get(pk=addendum.pk)
        text = current.text_to_sign
        if current.state != Addendum.State.TO_SIGN or text is None:
            raise Refused(_("The addendum is not waiting for signatures."))
        if sha256 != text.content_sha256 or not addendum_text.is_as_frozen(current, text):
            raise Refused(
                _("This is another text than the one to be signed. Open the page again and read it.")
            )
        party = party_to_sign_for(current.agreement, by, text.pk)
        if party is None:
            raise Refused(
                _("You are not a signatory of a party whose signature is missing, or have signed already.")
            )
        Signature.objects.create(
            agreement=current.agreement,
            text=text,
            party=party,
            signed_by=by,
            capacity=BY_DELEGATION if party.is_city else SIGNATORY,
            content_sha256=text.content_sha256,
            sign_in_method=by.sign_in_method,
        )
        current.agreement.case.log(
            Event.Kind.AGREEMENT_SIGNED, by=by, detail=f"{party.name}: {addendum_text.heading(text.content)}"
        )
        if any(row.is_missing for row in signatures_of(current.agreement, text.pk)):
            return False
        _put_in_force(current, text, by)
    return True


def _put_in_force(addendum: Addendum, text: AgreementText, by: Any) -> None:
    """All have signed: the agreement's rows say what the addendum says, and the signed copy is registered."""
    agreement = addendum.agreement
    # Before the contributions are changed: what is bound is what the signed text says.
    amounts = money_after(addendum)
    _apply_clauses(addendum, by)
    _apply_contributions(addendum)
    bind(agreement, amounts)
    if addendum.new_end is not None:
        agreement.ends_on = addendum.new_end
        agreement.version += 1
        agreement.save(update_fields=["ends_on", "version"])
        follow_up_plan.plan(agreement, end_moved=True)
    signatures = list(text.signatures.select_related("party__association", "party__unit", "signed_by"))
    leaving = addendum.party_changes.filter(leaving__isnull=False).values("leaving")
    agreement.parties.filter(pk__in=leaving).update(left_on=timezone.localdate())
    addendum.state, addendum.in_force_at = Addendum.State.IN_FORCE, timezone.now()
    addendum.version += 1
    addendum.save()
    agreement.case.register(
        Record.Kind.ADDENDUM,
        addendum_text.heading(text.content),
        content=text.signed_content(signatures),
        document=order(addendum_text.source(text, signatures)),
    )
    agreement.case.log(Event.Kind.AGREEMENT_IN_FORCE, detail=addendum_text.heading(text.content))
    tell_partners(agreement, "Tillägget gäller: alla har undertecknat", "addendum_in_force")


def _apply_clauses(addendum: Addendum, by: Any) -> None:
    for change in addendum.clause_changes.select_related("clause"):
        clause = change.clause
        clause.text = change.text
        clause.version += 1
        clause.save(update_fields=["text", "version"])
        ClauseVersion.objects.create(
            clause=clause,
            number=clause.version,
            text=clause.text,
            written_by=by,
            party=party_of(addendum.agreement, by),
        )


def _apply_contributions(addendum: Addendum) -> None:
    for change in addendum.contribution_changes.all():
        Contribution.objects.update_or_create(
            agreement=addendum.agreement,
            party=change.party,
            kind=change.kind,
            year=change.year,
            defaults={"kronor": change.kronor, "hours": change.hours, "text": change.text},
        )

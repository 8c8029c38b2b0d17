"""Signing: all parties, in any order, each signatory from their own sign-in, on the text that was decided.

The law rarely asks for a signature at all (handbook 7.13); what is kept is the evidence: who, in which
capacity, when, and the checksum of exactly what they signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from iop import follow_up_plan, market, telling
from iop.documents import agreement_document
from iop.freezing import is_as_frozen
from iop.models import Agreement, AgreementText, Party, Signature
from iop.money import release
from iop.states import State, move
from iop.writing import Refused, hold
from portal.documents.work import order
from portal.people import rules
from portal.registry.models import Event, Record

SIGNATORY = "Firmatecknare"
BY_DELEGATION = "Undertecknar enligt delegation"


def sign(agreement: Agreement, checksum: str, by: Any) -> Signature:
    """The person signs for their party what the checksum names; the last one puts the agreement in force.

    Raises Refused, with a text that says what to do, when the person may not sign, has signed, or when what
    lies there is no longer what was decided.
    """
    with transaction.atomic():
        current = hold(agreement, [State.TO_SIGN], by)
        text = current.text_to_sign
        assert text is not None  # the constraint iop_signed_agreement_has_text
        _refuse_unless_as_decided(current, text, checksum)
        party = party_to_sign_for(current, by)
        if party is None:
            raise Refused(
                _("You are not a signatory of a party whose signature is missing, or have signed already.")
            )
        signature = Signature.objects.create(
            agreement=current,
            text=text,
            party=party,
            signed_by=by,
            capacity=BY_DELEGATION if party.is_city else SIGNATORY,
            content_sha256=text.content_sha256,
            sign_in_method=by.sign_in_method,
        )
        current.case.log(Event.Kind.AGREEMENT_SIGNED, by=by, detail=party.name)
        if not any(row.is_missing for row in signatures_of(current)):
            _put_in_force(current, text)
    return signature


def party_to_sign_for(agreement: Agreement, person: Any, text_id: int | None = None) -> Party | None:
    """The party whose signature is missing and that the person may sign for; None where there is none."""
    rows = signatures_of(agreement, text_id)
    for row in rows:
        if any(signature.signed_by_id == person.pk for signature in row.signatures):
            return None
    for row in rows:
        if row.is_missing and row.party.may_be_signed_by(person):
            return row.party
    return None


@dataclass(frozen=True)
class PartySignatures:
    """How far a party has come: its signatures on the text, and how many it takes."""

    party: Party
    signatures: tuple[Signature, ...]

    @property
    def is_missing(self) -> bool:
        return len(self.signatures) < self.party.signatures_needed

    @property
    def left(self) -> int:
        return max(self.party.signatures_needed - len(self.signatures), 0)


def signatures_of(agreement: Agreement, text_id: int | None = None) -> list[PartySignatures]:
    """Each party's signatures on the text that is to be signed, or on an addendum's, in two queries."""
    parties = agreement.parties.filter(left_on=None).select_related("association", "unit")
    signed = list(
        Signature.objects.filter(text=text_id or agreement.text_to_sign_id).select_related(
            "signed_by", "party"
        )
    )
    return [
        PartySignatures(party, tuple(row for row in signed if row.party_id == party.pk)) for party in parties
    ]


def _refuse_unless_as_decided(agreement: Agreement, text: AgreementText, checksum: str) -> None:
    if checksum != text.content_sha256:
        raise Refused(_("This is another text than the one to be signed. Open the page again and read it."))
    if not is_as_frozen(agreement, text):
        raise Refused(
            _(
                "The agreement has been changed since it was decided, so it cannot be signed. The case "
                "officer has to take it back to the parties."
            )
        )
    if not market.holds(agreement):
        raise Refused(
            _(
                "The signature of the assessment of market, procurement and state aid no longer holds. The "
                "case officer has to sign it anew first."
            )
        )


def _put_in_force(agreement: Agreement, text: AgreementText) -> None:
    """All have signed: it runs, and the signed copy is registered on the case."""
    signatures = list(text.signatures.select_related("party__association", "party__unit", "signed_by"))
    document = order(agreement_document(text, signatures))
    move(agreement, State.RUNNING)
    follow_up_plan.plan(agreement)
    agreement.case.register(
        Record.Kind.AGREEMENT,
        f"Överenskommelse: {agreement.title}",
        content=text.signed_content(signatures),
        document=document,
    )
    agreement.case.log(Event.Kind.AGREEMENT_IN_FORCE)
    telling.tell_partners(agreement, "Partnerskapet gäller: alla har undertecknat", "in_force")


def write_again(agreement: Agreement, words: str, by: Any) -> None:
    """Take a decided agreement back to the parties: it needs another decision, and what it bound is free."""
    if not words.strip():
        raise Refused(_("Write a few words to the parties on why it is taken back."))
    with transaction.atomic():
        current = hold(agreement, [State.TO_SIGN], by)
        if not rules.case_officer(by):
            raise Refused(_("The case officer takes a decided agreement back to the parties."))
        release(current, by)
        move(current, State.WRITING)
        current.text_to_sign = None
        current.save(update_fields=["text_to_sign"])
        current.case.log(Event.Kind.AGREEMENT_RETURNED, by=by, detail=words[:500])
        telling.tell_partners(current, "Överenskommelsen skrivs om", "returned", {"words": words}, but=by)

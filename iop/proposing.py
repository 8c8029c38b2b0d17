"""From a finished text to a matter for the committee, and from a changed decision straight to signing."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from grants.models import Frame
from iop import telling
from iop.freezing import freeze
from iop.matter_words import PartnershipWords, points
from iop.models import Agreement, AgreementText, Proposal
from iop.money import bind
from iop.promising import city_money
from iop.readiness import changed_decision, lacking, lacking_to_sign
from iop.states import State, move
from iop.writing import Refused, hold
from portal.committee.models import (
    Committee,
    DecisionPoint,
    LineAmount,
    Matter,
    MatterAppendix,
    MatterLine,
    MatterSection,
    Stage,
)
from portal.people import rules
from portal.registry.models import Event


def send_to_committee(agreement: Agreement, by: Any) -> Matter:
    """Freeze the agreement and push it to the committee as a matter. Refused when something is missing."""
    with transaction.atomic():
        Frame.objects.hold(agreement.case.authority_id)
        current = hold(agreement, [State.WRITING], by)
        _refuse_others(by)
        if lacks := lacking(current):
            raise Refused(" ".join(lack.text for lack in lacks))
        text = freeze(current, by)
        matter = _write_matter(current, text, by)
        Proposal.objects.create(agreement=current, text=text, matter=matter)
        move(current, State.BEFORE_COMMITTEE)
        current.case.log(Event.Kind.TO_COMMITTEE, by=by, detail=current.case.registry_number)
        telling.tell_partners(current, "Överenskommelsen är på väg till nämnden", "to_committee", but=by)
    return matter


def go_to_signing(agreement: Agreement, by: Any) -> AgreementText:
    """Freeze the text with exactly the decided amounts, to be signed without another decision.

    Raises Refused when anything else differs from what the committee had before it.
    """
    with transaction.atomic():
        current = hold(agreement, [State.WRITING], by)
        _refuse_others(by)
        if lacks := lacking_to_sign(current):
            raise Refused(" ".join(lack.text for lack in lacks))
        text = freeze(current, by)
        current.text_to_sign = text
        current.save(update_fields=["text_to_sign"])
        move(current, State.TO_SIGN)
        bind(current, city_money(current), by)
        telling.tell_partners(current, "Överenskommelsen är klar att underteckna", "to_sign", but=by)
    return text


def may_go_to_signing(agreement: Agreement) -> bool:
    return changed_decision(agreement) is not None


def _refuse_others(by: Any) -> None:
    if not rules.case_officer(by):
        raise Refused(_("The case officer sends the agreement on when all parties have said yes."))


def _write_matter(agreement: Agreement, text: AgreementText, by: Any) -> Matter:
    amounts = city_money(agreement)
    words = PartnershipWords(agreement, text.content, amounts)
    matter = Matter.objects.create(
        committee=Committee.objects.get(authority_id=agreement.case.authority_id),
        case=agreement.case,
        title=words.title,
        summary=words.summary,
        preparation=words.preparation,
        send_to="\n".join(words.recipients),
        created_by=by,
    )
    MatterSection.objects.bulk_create(
        MatterSection(matter=matter, position=position, heading=heading, body=body)
        for position, (heading, body) in enumerate(words.sections, start=1)
    )
    DecisionPoint.objects.write(matter, Stage.OFFICERS, points(text.content, amounts, amounts))
    line = MatterLine.objects.create(matter=matter, case=agreement.case, position=1, title=words.names)
    LineAmount.objects.bulk_create(
        LineAmount(line=line, stage=Stage.OFFICERS, year=year, amount=amount)
        for year, amount in amounts.items()
    )
    MatterAppendix.objects.create(
        matter=matter,
        position=1,
        title="Förslag till överenskommelse",
        source="iop_agreement",
        key=text.pk,
        case=agreement.case,
    )
    return matter

"""An addendum as it is decided and signed: frozen plain values with a checksum, and the PDF made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Max
from django.template.loader import render_to_string
from django.utils import timezone, translation

from iop.addendum_money import money_after
from iop.models import Addendum, AgreementText, Contribution, ContributionKind, Signature
from iop.promising import city_money
from portal.committee.matter_text import paragraphs
from portal.documents.templatetags.swedish_text import kronor, number, orgnr, swedish_date
from portal.documents.work import Source, order
from portal.registry.models import Record

KINDS = {
    ContributionKind.PENGAR: "Pengar",
    ContributionKind.LOKAL: "Lokal",
    ContributionKind.KOMPETENS: "Kompetens och personaltid",
    ContributionKind.ADMINISTRATION: "Administration",
    ContributionKind.IDEELL_TID: "Ideell tid",
}


def content_of(addendum: Addendum) -> dict[str, Any]:
    """All that the addendum changes, as plain values in Swedish; the same rows give the same content."""
    agreement = addendum.agreement
    changes = addendum.party_changes.select_related(
        "leaving__association", "leaving__unit", "association", "unit"
    )
    with translation.override("sv"):
        return {
            "registry_number": agreement.case.registry_number,
            "agreement": agreement.title,
            "number": addendum.number,
            "title": addendum.title,
            "reason": addendum.reason,
            "parties": [_party(party) for party in addendum.agreement.parties.filter(left_on=None)],
            "leaving": [row.name for row in changes if not row.joins],
            "joining": [row.name for row in changes if row.joins],
            "last_day": agreement.last_day.isoformat(),
            "new_last_day": addendum.new_end.isoformat() if addendum.new_end else "",
            "clauses": [
                {
                    "number": row.clause.number,
                    "heading": row.clause.heading,
                    "before": row.clause.text,
                    "after": row.text,
                }
                for row in addendum.clause_changes.select_related("clause")
            ],
            "contributions": _contributions(addendum),
            "money_before": {str(year): amount for year, amount in city_money(agreement).items()},
            "money_after": {str(year): amount for year, amount in money_after(addendum).items()},
        }


def _party(party: Any) -> dict[str, Any]:
    number_of = party.association.organisation_number if party.association else ""
    return {"id": party.pk, "name": party.name, "number": number_of or "", "is_city": party.is_city}


def _contributions(addendum: Addendum) -> list[dict[str, Any]]:
    now = {
        (row.party_id, row.kind, row.year): row
        for row in Contribution.objects.filter(agreement=addendum.agreement_id)
    }
    rows = []
    for change in addendum.contribution_changes.select_related("party__association", "party__unit"):
        before = now.get((change.party_id, change.kind, change.year))
        rows.append(
            {
                "party": change.party.name,
                "kind": change.kind,
                "year": change.year,
                "before": _amount(before) if before else None,
                "after": _amount(change),
            }
        )
    return rows


def _amount(row: Any) -> dict[str, Any]:
    return {"kronor": row.kronor, "hours": row.hours, "text": row.text}


def freeze(addendum: Addendum, by: Any) -> AgreementText:
    """Write the addendum as the agreement's next text and order its PDF, within the caller's transaction."""
    content = content_of(addendum)
    last = addendum.agreement.texts.aggregate(last=Max("number"))["last"] or 0
    text = AgreementText(
        agreement=addendum.agreement,
        addendum=addendum,
        number=last + 1,
        content=content,
        content_sha256=Record.checksum(content),
        frozen_by=by,
    )
    text.document = order(source(text))
    text.save()
    return text


def is_as_frozen(addendum: Addendum, text: AgreementText) -> bool:
    """Whether the text is what its checksum says, and the present rows still say it."""
    return (
        text.content_sha256 == Record.checksum(text.content)
        and Record.checksum(content_of(addendum)) == text.content_sha256
    )


def heading(content: Mapping[str, Any]) -> str:
    return f"Tillägg {content['number']} till överenskommelsen ”{content['agreement']}”"


def source(text: AgreementText, signatures: Iterable[Signature] = (), *, numbered: bool = True) -> Source:
    """The addendum's document; with signatures it is the signed copy."""
    content = text.content
    with translation.override("sv"):
        context = {
            "committee": "Idéburet offentligt partnerskap (IOP)",
            "kind": "Tillägg till överenskommelse",
            "date": swedish_date(timezone.localtime(text.frozen_at).date()),
            "registry_number": content["registry_number"],
            "heading": heading(content),
            "content": content,
            "checksum": text.content_sha256,
            "reason": paragraphs(content["reason"]),
            "parties": [row | {"number": orgnr(row["number"])} for row in content["parties"]],
            "last_day": _day(content["last_day"]),
            "new_last_day": _day(content["new_last_day"]),
            "clauses": [
                row | {"before": paragraphs(row["before"]), "after": paragraphs(row["after"])}
                for row in content["clauses"]
            ],
            "contributions": [
                row
                | {
                    "kind": KINDS[ContributionKind(row["kind"])],
                    "before": in_words(row["before"]),
                    "after": in_words(row["after"]),
                }
                for row in content["contributions"]
            ],
            "money": [
                (year, content["money_before"].get(year, 0), content["money_after"].get(year, 0))
                for year in sorted(content["money_before"].keys() | content["money_after"].keys())
                if content["money_before"].get(year, 0) != content["money_after"].get(year, 0)
            ],
            "signatures": [
                {
                    "name": str(row.signed_by),
                    "capacity": row.capacity,
                    "party": row.party.name,
                    "at": row.signed_at,
                }
                for row in signatures
            ],
        }
        html = render_to_string("pdf/iop_tillagg.html", context)
    return Source("iop_tillagg", f"{context['heading']}, {content['registry_number']}", html, numbered)


def appendices(keys: Sequence[int]) -> dict[int, Source]:
    """The addendum of each frozen text, as part of a pack: without page numbers of its own."""
    texts = AgreementText.objects.filter(pk__in=keys)
    return {text.pk: source(text, numbered=False) for text in texts}


def in_words(amount: Mapping[str, Any] | None) -> str:
    """What is promised, in Swedish; a dash where nothing is."""
    if amount is None:
        return "–"
    said = [kronor(amount["kronor"])] if amount["kronor"] is not None else []
    said += [f"{number(amount['hours'])} timmar"] if amount["hours"] is not None else []
    said += [amount["text"]] if amount["text"] else []
    return ", ".join(said)


def _day(value: str) -> str:
    return swedish_date(date.fromisoformat(value)) if value else ""

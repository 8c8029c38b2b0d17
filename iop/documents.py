"""The agreement as a document: Swedish, from frozen content alone, with its checksum printed in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation

from iop.models import AgreementText, ContributionKind, GoalLevel, Signature, SteeringSeat
from iop.models.running import FollowUp
from portal.committee.matter_text import blocks
from portal.committee.models import Committee
from portal.documents.templatetags.swedish_text import number, orgnr, swedish_date
from portal.documents.work import Source

KIND = "iop_overenskommelse"
#: Words of the document; it is Swedish whatever language the reader has.
KINDS = {
    ContributionKind.PENGAR: ("Pengar", "kronor"),
    ContributionKind.LOKAL: ("Lokal", "kronor"),
    ContributionKind.KOMPETENS: ("Kompetens och personaltid", "timmar"),
    ContributionKind.ADMINISTRATION: ("Administration", "timmar"),
    ContributionKind.IDEELL_TID: ("Ideell tid", "timmar"),
}
LEVELS = {
    GoalLevel.SAMHALLE: "Samhällsmål",
    GoalLevel.EFFEKT: "Effektmål, för dem det gäller",
    GoalLevel.VERKSAMHET: "Verksamhetsmål, det vi gör",
}
GROUPS = {
    SteeringSeat.Group.STEERING: "Styrgrupp",
    SteeringSeat.Group.LEADING: "Ledningsgrupp",
    SteeringSeat.Group.WORKING: "Arbetsgrupp",
}
METHODS = {
    "ersattningskostnad": "ersättningskostnad",
    "alternativkostnad": "alternativkostnad",
    "resultatvarde": "resultatvärde",
}
FOLLOW_UPS = {FollowUp.Kind.YEARLY: "Gemensam årsuppföljning", FollowUp.Kind.EVALUATION: "Utvärdering"}


@dataclass(frozen=True)
class SignedBy:
    """A signature as it is printed."""

    party_id: int
    party: str
    role: str
    name: str
    at: Any


def agreement_document(
    text: AgreementText, signatures: Iterable[Signature] = (), *, numbered: bool = True
) -> Source:
    """The agreement of one frozen text; with signatures it is the signed copy."""
    with translation.override("sv"):
        signed = [
            SignedBy(row.party_id, row.party.name, row.capacity, str(row.signed_by), row.signed_at)
            for row in signatures
        ]
        context = context_of(text, signed)
        html = render_to_string("pdf/iop_overenskommelse.html", context)
    return Source(KIND, f"Överenskommelse: {text.content['title']}", html, numbered)


def agreement_appendices(keys: Sequence[int]) -> dict[int, Source]:
    """The agreement of each frozen text, as part of a pack: without page numbers of its own."""
    texts = AgreementText.objects.filter(pk__in=keys).select_related("agreement__case__authority")
    return {text.pk: agreement_document(text, numbered=False) for text in texts}


def context_of(text: AgreementText, signed: Sequence[SignedBy] = ()) -> dict[str, Any]:
    content = text.content
    names = {party["id"]: party["name"] for party in content["parties"]}
    leaders = {row["party"]: row["name"] for row in content.get("process_leaders", [])}
    committee = Committee.objects.select_related("authority").get(
        authority_id=text.agreement.case.authority_id
    )
    years = years_of(content)
    return {
        # The head names no side: the document is the parties' together.
        "committee": "Idéburet offentligt partnerskap",
        "administration": committee.administration_name,
        "kind": "Överenskommelse",
        "date": swedish_date(timezone.localtime(text.frozen_at).date()),
        "registry_number": content["registry_number"],
        "heading": content["title"],
        "content": content,
        "checksum": text.content_sha256,
        "starts_on": _day(content["starts_on"]),
        "ends_on": _day(content["ends_on"]),
        "parties": [
            party
            | {
                "number": orgnr(party["number"]),
                "process_leader": leaders.get(party["id"], ""),
                "signers": _signers(party, signed),
            }
            for party in content["parties"]
        ],
        "clauses": [row | {"blocks": blocks(row["text"])} for row in content["clauses"]],
        "goals": _goals(content),
        "years": years,
        "is_one_year": len(years) == 1,
        "contributions": _contributions(content, names, years),
        "values": values_of(content),
        "budget": _budget(content, years),
        "groups": _groups(content, names),
        "check_ins": [row | {"day": _day(row["day"])} for row in content["check_ins"]],
        "follow_ups": [
            row | {"name": FOLLOW_UPS[FollowUp.Kind(row["kind"])], "due_on": _day(row["due_on"])}
            for row in content["follow_ups"]
        ],
        "taken_over": content["taken_over"],
        "signed": signed,
    }


def years_of(content: dict[str, Any]) -> list[int]:
    first, last = content["starts_on"], content["ends_on"]
    return list(range(int(first[:4]), int(last[:4]) + 1)) if first and last else []


def _day(value: str) -> str:
    return swedish_date(date.fromisoformat(value)) if value else ""


def _signers(party: dict[str, Any], signed: Sequence[SignedBy]) -> list[SignedBy]:
    return [row for row in signed if row.party_id == party["id"]]


def _goals(content: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    by_level: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for goal in content["goals"]:
        by_level[goal["level"]].append(goal)
    return [(name, by_level[level]) for level, name in LEVELS.items() if by_level.get(level)]


def _contributions(
    content: dict[str, Any], names: dict[int, str], years: Sequence[int]
) -> list[dict[str, Any]]:
    """One row for each party and kind: a cell a year."""
    grouped: dict[tuple[int, str], dict[int, dict[str, Any]]] = defaultdict(dict)
    for row in content["contributions"]:
        grouped[row["party"], row["kind"]][row["year"]] = row
    order = {party: place for place, party in enumerate(names)}
    kinds = {str(kind): place for place, kind in enumerate(KINDS)}
    rows = []
    for (party, kind), cells in sorted(
        grouped.items(), key=lambda item: (order.get(item[0][0], 99), kinds[item[0][1]])
    ):
        name, unit = KINDS[ContributionKind(kind)]
        text = next(iter(cells.values()))["text"]
        rows.append(
            {
                "party": names.get(party, ""),
                "kind": name,
                "text": text,
                "unit": unit,
                "cells": [_cell(cells.get(year), unit) for year in years],
            }
        )
    return rows


def _cell(row: dict[str, Any] | None, unit: str) -> str:
    if row is None:
        return "–"
    amount = row["hours"] if row["hours"] is not None else row["kronor"]
    if amount is None:
        return "enligt texten"
    return f"{number(amount)} {'tim' if unit == 'timmar' else 'kr'}"


def values_of(content: dict[str, Any]) -> list[dict[str, Any]]:
    """What the hours are worth by each named method, at the rates that were in force."""
    hours: dict[str, int] = defaultdict(int)
    for row in content["contributions"]:
        if row["hours"] is not None and row["method"]:
            hours[row["method"]] += row["hours"]
    rates = content.get("rates", {})
    return [
        {
            "hours": count,
            "method": METHODS[method],
            "rate": rates[method]["kronor"],
            "source": rates[method]["source"],
            "kronor": count * rates[method]["kronor"],
        }
        for method, count in sorted(hours.items())
        if method in rates
    ]


def _budget(content: dict[str, Any], years: Sequence[int]) -> list[dict[str, Any]]:
    """Income, counted and written, and costs: a row each with a sum a year, and the sums."""
    names = {party["id"]: party["name"] for party in content["parties"]}
    income: dict[str, dict[int, int]] = defaultdict(dict)
    costs: dict[str, dict[int, int]] = defaultdict(dict)
    for row in content["contributions"]:
        if row["kind"] == ContributionKind.PENGAR:
            income[f"Bidrar: {names.get(row['party'], '')}"][row["year"]] = row["kronor"]
    for row in content["budget"]:
        side = income if row["side"] == "intakt" else costs
        side[row["text"]][row["year"]] = row["kronor"]
    if not income and not costs:
        return []
    return [
        {
            "name": name,
            "rows": [
                {"text": text, "cells": [amounts.get(year, 0) for year in years]}
                for text, amounts in side.items()
            ],
            "sums": [sum(amounts.get(year, 0) for amounts in side.values()) for year in years],
        }
        for name, side in (("Intäkter", income), ("Kostnader", costs))
    ]


def _groups(content: dict[str, Any], names: dict[int, str]) -> list[tuple[str, list[str]]]:
    by_group: dict[str, list[str]] = defaultdict(list)
    for row in content["groups"]:
        by_group[row["group"]].append(f"{row['role']} ({names.get(row['party'], '')})")
    return [(name, by_group[group]) for group, name in GROUPS.items() if by_group.get(group)]

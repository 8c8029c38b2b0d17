"""Freezing an agreement: what it holds is written as a text with a checksum, and its PDF is ordered.

What is frozen is what the committee decides on and the parties sign. Before each signature the present rows
are compared with it, so that nobody signs another agreement than was decided.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import Max
from django.utils import timezone, translation

from iop import documents
from iop.models import Agreement, AgreementText
from iop.promising import rates_in_force
from portal.documents.work import order
from portal.registry.models import Record

#: What is printed but does not belong to what the parties agree: it is as it was on the day of freezing.
SHOWN_ONLY = frozenset({"rates", "process_leaders"})


def freeze(agreement: Agreement, by: Any) -> AgreementText:
    """Write the agreement as its next text, and order its PDF, within the caller's transaction."""
    content = content_of(agreement) | {"rates": _rates(), "process_leaders": _process_leaders(agreement)}
    last = agreement.texts.aggregate(last=Max("number"))["last"] or 0
    text = AgreementText(
        agreement=agreement,
        number=last + 1,
        content=content,
        content_sha256=Record.checksum(content),
        frozen_by=by,
    )
    text.document = order(documents.agreement_document(text))
    text.save()
    return text


def is_as_frozen(agreement: Agreement, text: AgreementText) -> bool:
    """Whether the present rows say what the text says, and the text is what its checksum says."""
    return text.content_sha256 == Record.checksum(text.content) and not differing(
        content_of(agreement), text.content
    )


def differing(one: dict[str, Any], other: dict[str, Any], but: Collection[str] = ()) -> set[str]:
    """The parts in which two contents differ, apart from those in `but`."""
    keys = (one.keys() | other.keys()) - SHOWN_ONLY - set(but)
    return {key for key in keys if one.get(key) != other.get(key)}


def content_of(agreement: Agreement) -> dict[str, Any]:
    """All that the parties agree, as plain values in Swedish: the same rows always give the same content."""
    with translation.override("sv"):
        return {
            "registry_number": agreement.case.registry_number,
            "title": agreement.title,
            "summary": agreement.summary,
            "area": agreement.area.name_sv,
            "target_groups": [group.name_sv for group in agreement.target_groups.all()],
            "starts_on": agreement.starts_on.isoformat() if agreement.starts_on else "",
            "ends_on": agreement.ends_on.isoformat() if agreement.ends_on else "",
            "parties": [
                {
                    "id": party.pk,
                    "name": party.name,
                    "number": (party.association.organisation_number or "") if party.association else "",
                    "is_city": party.is_city,
                }
                for party in agreement.parties.filter(left_on=None).select_related("association", "unit")
            ],
            "clauses": [
                {"number": row.number, "key": row.key, "heading": row.heading, "text": row.text}
                for row in agreement.clauses.all()
            ],
            "goals": _goals(agreement),
            "contributions": [
                {
                    "party": row.party_id,
                    "kind": row.kind,
                    "year": row.year,
                    "kronor": row.kronor,
                    "hours": row.hours,
                    "method": row.method,
                    "text": row.text,
                }
                for row in agreement.contributions.order_by("party__position", "kind", "year")
            ],
            "budget": [
                {"side": row.side, "text": row.text, "year": row.year, "kronor": row.kronor}
                for row in agreement.budget_rows.order_by("side", "pk")
            ],
            "groups": [
                {"group": row.group, "party": row.party_id, "role": row.role}
                for row in agreement.steering_seats.all()
            ],
            "check_ins": [
                {"day": row.planned_on.isoformat(), "place": row.place}
                for row in agreement.check_ins.filter(cancelled_at=None)
            ],
            "follow_ups": [
                {"kind": row.kind, "year": row.year, "due_on": row.due_on.isoformat()}
                for row in agreement.follow_ups.all()
            ],
            "taken_over": [
                {"case": row.grant_case.registry_number, "year": row.year, "kronor": row.kronor}
                for row in agreement.taken_over.select_related("grant_case").order_by("grant_case", "year")
            ],
        }


def _goals(agreement: Agreement) -> list[dict[str, Any]]:
    return [
        {
            "level": goal.level,
            "text": goal.text,
            "indicators": [
                {"text": row.text, "unit": row.unit, "baseline": row.baseline, "target": row.target}
                for row in goal.indicators.all()
            ],
        }
        for goal in agreement.goals.prefetch_related("indicators")
    ]


def _process_leaders(agreement: Agreement) -> list[dict[str, Any]]:
    """Who holds the work together for each party; they may be followed by others without an addendum."""
    leading = agreement.parties.filter(left_on=None, process_leader__isnull=False)
    return [
        {"party": party.pk, "name": str(party.process_leader)}
        for party in leading.select_related("process_leader")
    ]


def _rates() -> dict[str, dict[str, Any]]:
    return {
        method: {"kronor": rate.kronor, "source": rate.source}
        for method, rate in rates_in_force(timezone.localdate()).items()
    }

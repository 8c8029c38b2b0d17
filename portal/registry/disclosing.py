"""Trying requests for public documents: received, decided record by record by a person, told in writing.

Tryckfrihetsförordningen 2:15–19; offentlighets- och sekretesslagen 6:2–8. A mark of secrecy decides nothing:
each request is tried anew.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.documents.templatetags.swedish_text import swedish_date
from portal.documents.work import Source, order
from portal.registry.models import Case, DisclosedRecord, DisclosureRequest, Event, Record


class CannotDisclose(Exception):
    """The decision cannot be written so; the text tells why."""


def receive(
    *, asked_for: str, contact: str = "", case: Case | None = None, by: Any = None
) -> DisclosureRequest:
    """Note a request; `by` is who entered it for somebody who called, wrote or came."""
    return DisclosureRequest.objects.create(
        asked_for=asked_for.strip(), contact=contact.strip(), case=case, entered_by=by
    )


def decide(
    request_id: int, record: Record, by: Any, *, outcome: str, paragraph: str = "", reason: str = ""
) -> DisclosedRecord:
    """Decide about one record for one request. Raises CannotDisclose when the request is closed or tried."""
    with transaction.atomic():
        asked = DisclosureRequest.objects.select_for_update().get(pk=request_id)
        if asked.closed_at is not None:
            raise CannotDisclose(_("The request is answered. Enter a new one if the person asks again."))
        if asked.decisions.filter(record=record).exists():
            raise CannotDisclose(_("That record is decided already for this request."))
        if outcome != DisclosedRecord.Outcome.GIVEN and not (paragraph.strip() and reason.strip()):
            raise CannotDisclose(_("Say by which section of the law, and why."))
        is_given = outcome == DisclosedRecord.Outcome.GIVEN
        decision = DisclosedRecord.objects.create(
            request=asked,
            record=record,
            outcome=outcome,
            paragraph="" if is_given else paragraph.strip(),
            reason="" if is_given else reason.strip(),
            decided_by=by,
        )
        record.case.log(
            Event.Kind.DISCLOSURE_TRIED, by=by, detail=f"{asked}: {decision.get_outcome_display()}"
        )
    return decision


def answer(request_id: int, by: Any) -> DisclosureRequest:
    """Close the request; what was masked or refused gets a written decision that can be appealed.

    The decision is registered on each case it speaks of, once per case. Answering twice changes nothing.
    """
    with transaction.atomic():
        asked = DisclosureRequest.objects.select_for_update().get(pk=request_id)
        if asked.closed_at is not None:
            return asked
        kept = list(
            asked.decisions.exclude(outcome=DisclosedRecord.Outcome.GIVEN).select_related(
                "record__case__authority", "decided_by"
            )
        )
        if kept:
            asked.decision = order(decision_source(asked, kept, by))
            for case in {one.record.case for one in kept}:
                case.register(
                    Record.Kind.DISCLOSURE_DECISION,
                    f"Beslut om utlämnande {asked}",
                    by=by,
                    document=asked.decision,
                )
        asked.closed_at, asked.closed_by = timezone.now(), by
        asked.save(update_fields=["closed_at", "closed_by", "decision"])
    return asked


def decision_source(asked: DisclosureRequest, kept: list[DisclosedRecord], by: Any) -> Source:
    """The written decision with how to appeal (offentlighets- och sekretesslagen 6:7). Swedish only."""
    with translation.override("sv"):
        html = render_to_string(
            "pdf/utlamnandebeslut.html",
            {
                "kind": "Beslut",
                "committee": kept[0].record.case.authority.name,
                "date": swedish_date(timezone.localdate()),
                "registry_number": ", ".join(sorted({one.record.case.registry_number for one in kept})),
                "heading": "Beslut om att inte lämna ut uppgifter",
                "asked": asked,
                "kept": kept,
                "by": by,
            },
        )
    return Source("beslut_om_utlamnande", f"Beslut om utlämnande {asked}", html)


def set_case(request_id: int, case: Case) -> None:
    """Say which case a request is about; only while nothing of it is decided."""
    with transaction.atomic():
        asked = DisclosureRequest.objects.select_for_update().get(pk=request_id)
        if asked.closed_at is not None or asked.decisions.exists():
            raise CannotDisclose(_("Something of the request is decided already. Enter a new one."))
        asked.case = case
        asked.save(update_fields=["case"])


def records_to_try(asked: DisclosureRequest, user: Any) -> QuerySet[Record]:
    """The records of the request's case that the person sees."""
    return Record.objects.visible_to(user).filter(case=asked.case_id)

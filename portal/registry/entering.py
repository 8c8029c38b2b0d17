"""What a registrar writes in the register: the public entry of a record, and marks of secrecy."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from portal.registry.models import Case, Event, Record, RegisterEntry, SecrecyMark


def enter(record: Record, by: Any, *, brief: str, counterpart: str) -> RegisterEntry:
    """Write what the public register says of a record; the event names the record's kind alone."""
    with transaction.atomic():
        entry, _created = RegisterEntry.objects.update_or_create(
            record=record,
            defaults={
                "brief": brief.strip(),
                "counterpart": counterpart.strip(),
                "changed_by": by,
                "changed_at": timezone.now(),
            },
        )
        record.case.log(Event.Kind.ENTRY_CHANGED, by=by, detail=str(record.get_kind_display()))
    return entry


def mark(case: Case, by: Any, *, paragraph: str, reason: str, record: Record | None = None) -> SecrecyMark:
    """Warn that the case, or one record of it, may hold something secret (OSL 5:5)."""
    if record is not None and record.case_id != case.pk:
        raise ValueError(f"Record {record.pk} is not of case {case.pk}")
    with transaction.atomic():
        made = SecrecyMark.objects.create(
            case=case, record=record, paragraph=paragraph.strip(), reason=reason.strip(), set_by=by
        )
        case.log(Event.Kind.SECRECY_MARKED, by=by, detail=made.paragraph)
    return made


def lift(mark_id: int, by: Any) -> bool:
    """Lift a mark; False when it was lifted already."""
    with transaction.atomic():
        lifted = SecrecyMark.objects.standing().filter(pk=mark_id)
        if not lifted.update(lifted_at=timezone.now(), lifted_by=by):
            return False
        made = SecrecyMark.objects.select_related("case").get(pk=mark_id)
        made.case.log(Event.Kind.SECRECY_LIFTED, by=by, detail=made.paragraph)
    return True

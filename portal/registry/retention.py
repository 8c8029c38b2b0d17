"""Keeping and destroying by rule (bevarande och gallring): what would go and why, and letting it go.

A person orders; a worker destroys record by record, each an own row of work. What stays is the case's
skeleton: number, dates, events, and for each record its kind, its date, the checksums of what it was, the
rule and who ordered it. Arkivlagen 10 §.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial, reduce
from operator import or_
from typing import Any

import structlog
from django.conf import settings
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from portal.documents.forgetting import forget_unused
from portal.documents.leases import MAX_ATTEMPTS, technical_text
from portal.documents.work import ring
from portal.registry.models import (
    ArchivePackage,
    Case,
    Destruction,
    DestructionState,
    Event,
    LegalHold,
    MaskedCopy,
    PackageState,
    Record,
    RecordFile,
    RetentionRule,
)
from portal.registry.signals import record_destroyed

logger = structlog.get_logger(__name__)

#: Rows ordered, or rung for, at a time.
AT_A_TIME = 500
#: How long what goes by itself is shown before it goes; a rule that was changed waits as long.
WARNING = timedelta(days=30)


@dataclass(frozen=True)
class Own:
    """What is destroyed by rule though it hangs on no case, such as an association's own drafts.

    `run(rule, now)` does what is due, warnings first, and says how much went; doing so twice changes nothing
    more. `due(rule, now)` says how much would go; without it nobody of the staff sees what it is about.
    """

    code: str
    label: str | Promise
    run: Callable[[RetentionRule, datetime], int]
    due: Callable[[RetentionRule, datetime], int] | None = None


@dataclass(frozen=True)
class Going:
    """How much of one kind goes by itself with the next run, and how much more within the time of warning."""

    code: str
    label: str | Promise
    rule: RetentionRule
    now: int
    soon: int


_own: dict[str, Own] = {}


def register_own(own: Own) -> None:
    _own[own.code] = own


def kinds() -> list[tuple[str, str]]:
    """(code, label) of all that a rule can be about, in the alphabet's order."""
    found = [(own.code, str(own.label)) for own in _own.values()]
    found += [(kind.value, str(kind.label)) for kind in Record.Kind]
    return sorted(found, key=lambda kind: in_alphabet(kind[1]))


def in_alphabet(text: str) -> str:
    """A key to sort by as Swedish does: å, ä and ö come after z, in this order."""
    return text.casefold().translate(str.maketrans("åäö", "{|}"))


def last_day_closed(rule: RetentionRule, today: date) -> datetime:
    """Cases closed before this moment are old enough for the rule: whole calendar years are counted."""
    assert rule.years is not None
    return timezone.make_aware(datetime(today.year - rule.years, 1, 1))  # noqa: DTZ001  # made aware


def rules_by_kind(today: date) -> dict[str, RetentionRule]:
    """The rule in force for each kind; where two are, the one that began last."""
    found = RetentionRule.objects.in_force(today).order_by("what", "valid_from")
    return {rule.what: rule for rule in found}


def due(today: date | None = None) -> QuerySet[Record]:
    """The records that their rule lets go: of closed cases, not held back, not gone or ordered already."""
    today = today or timezone.localdate()
    old_enough = [
        Q(kind=kind, case__closed_at__lt=last_day_closed(rule, today))
        for kind, rule in rules_by_kind(today).items()
        if rule.destroys and kind in Record.Kind.values and kind not in Record.KEPT_FOR_EVER
    ]
    if not old_enough:
        return Record.objects.none()
    held = LegalHold.objects.standing().values("case")
    return (
        Record.objects.filter(reduce(or_, old_enough), destruction=None)
        .exclude(case__in=held)
        .order_by("case__year", "case__number", "pk")
    )


def order(by: Any, today: date | None = None) -> int:
    """Order the destruction of all that is due among what the person sees; ordering twice adds nothing."""
    from portal.registry.tasks import destroy_record

    today = today or timezone.localdate()
    rules = rules_by_kind(today)
    seen = due(today).filter(case__in=Case.objects.visible_to(by))
    ordered = 0
    with transaction.atomic():
        for record_id, case_id, kind in seen.values_list("pk", "case", "kind"):
            row, is_new = Destruction.objects.get_or_create(
                record_id=record_id,
                defaults={"case_id": case_id, "rule": rules[kind], "ordered_by": by},
            )
            if is_new:
                ordered += 1
                ring(destroy_record, row.pk)
    return ordered


def destroy(destruction_id: int) -> None:
    """Destroy one record if it is due; doing so twice changes nothing. A hold set meanwhile stops it."""
    row = Destruction.objects.take(destruction_id)
    if row is None:
        return
    try:
        _destroy(row)
    except Exception as error:
        if row.attempts >= MAX_ATTEMPTS:
            logger.exception("destruction_needs_hands", destruction_id=row.pk)
            row.give_back(
                state=DestructionState.FAILED,
                error=type(error).__name__,
                technical_error=technical_text(error),
            )
        else:
            row.postpone(error)


def _destroy(row: Destruction) -> None:
    with transaction.atomic():
        # The case's row is held by whoever holds the case back, so that one of the two comes first.
        case = Case.objects.select_for_update().get(pk=row.case_id)
        if case.closed_at is None:  # opened again by a new record since it was ordered
            Destruction.objects.filter(pk=row.pk).delete()
            return
        if LegalHold.objects.standing().filter(case=case).exists():
            row.give_back(state=DestructionState.HELD, error="Ärendet är undantaget från gallring.")
            return
        if RetentionRule.objects.filter(pk=row.rule_id, is_paused=True).exists():
            row.give_back(state=DestructionState.HELD, error="Regeln är undantagen från gallring för nu.")
            return
        record = Record.objects.select_related("document__file").get(pk=row.record_id)
        files = list(record.files.select_related("stored_file"))
        document = record.document
        stored = {file.stored_file_id for file in files}
        sums = [record.content_sha256, *(file.stored_file.sha256 for file in files)]
        if document is not None and document.file is not None:
            sums.append(document.file.sha256)
        record_destroyed.send(sender=Record, record=record)
        _forget_copies(case, record)
        # The one door past `WrittenOnce`: what the law orders destroyed is destroyed.
        models.QuerySet(RecordFile).filter(record=record).delete()
        models.QuerySet(Record).filter(pk=record.pk).update(
            content=None, document=None, title=str(Record.Kind(record.kind).value)
        )
        done = row.give_back(
            state=DestructionState.DONE,
            done_at=timezone.now(),
            checksums=[checksum for checksum in sums if checksum],
            error="",
            technical_error="",
        )
        if not done:
            raise RuntimeError("Another worker has taken over")  # rolls back; the other one does it
        case.log(Event.Kind.DESTROYED, by=row.ordered_by, detail=_said(record, row.rule))
        transaction.on_commit(partial(forget_unused, stored, [document.pk] if document else []), robust=True)


def _said(record: Record, rule: RetentionRule) -> str:
    """What went and by which rule, as the case's story keeps it."""
    day = timezone.localtime(record.created_at).date().isoformat()
    code = f"{rule.class_code}, " if rule.class_code else ""
    return f"{record.kind} {day}: {code}{rule.years} år efter avslutat ärende"


def _forget_copies(case: Case, record: Record) -> None:
    """Copies and archive packages made earlier hold the same: the copies go, the packages are made anew."""
    for copy in MaskedCopy.objects.filter(case=case).select_related("document"):
        if copy.document and any(entry["record"] == record.pk for entry in copy.log):
            document_id = copy.document_id
            copy.files.clear()
            copy.document = None
            copy.save(update_fields=["document"])
            transaction.on_commit(partial(forget_unused, [], [document_id]), robust=True)
    for package in ArchivePackage.objects.filter(case=case).exclude(file=None):
        stored_id = package.file_id
        ArchivePackage.objects.filter(pk=package.pk).update(
            state=PackageState.ORDERED, file=None, attempts=0, due_at=timezone.now(), lease_until=None
        )
        transaction.on_commit(partial(forget_unused, [stored_id], []), robust=True)


def hold(case: Case, by: Any, reason: str) -> LegalHold:
    """Keep all of a case from being destroyed; the hold that stands already is the answer to a second."""
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=case.pk)
        standing = LegalHold.objects.standing().filter(case=case).first()
        if standing is not None:
            return standing
        made = LegalHold.objects.create(case=case, reason=reason.strip(), set_by=by)
        case.log(Event.Kind.HELD, by=by, detail=made.reason)
    return made


def lift(hold_id: int, by: Any) -> bool:
    """Let the rules count again; what was ordered and held back is no longer ordered."""
    with transaction.atomic():
        standing = LegalHold.objects.standing().filter(pk=hold_id)
        if not standing.update(lifted_at=timezone.now(), lifted_by=by):
            return False
        case = LegalHold.objects.select_related("case").get(pk=hold_id).case
        Destruction.objects.filter(case=case, state=DestructionState.HELD).delete()
        case.log(Event.Kind.HOLD_LIFTED, by=by)
    return True


def sweep() -> None:
    """Ring for destructions that have been due since the sweep before."""
    from portal.registry.tasks import destroy_record

    overdue = Destruction.objects.due(timezone.now() - timedelta(seconds=settings.SWEEP_SECONDS))
    for row_id in overdue.order_by("due_at").values_list("pk", flat=True)[:AT_A_TIME]:
        ring(destroy_record, row_id)


def run_own(now: datetime | None = None) -> dict[str, int]:
    """Warn of and destroy what hangs on no case, by the rules in force; says how much of each went."""
    now = now or timezone.now()
    return {own.code: own.run(rule, now) for own, rule in _own_by_rule(now)}


def was_shown(rule: RetentionRule, now: datetime) -> bool:
    """Whether the rule has stood as it is for as long as what goes is shown before."""
    return rule.changed_at <= now - WARNING


def going(now: datetime | None = None) -> list[Going]:
    """What goes by itself, now and within the time of warning; drafts are not among it."""
    now = now or timezone.now()
    found = []
    for own, rule in _own_by_rule(now):
        if own.due is not None:
            first = own.due(rule, now) if was_shown(rule, now) else 0
            found.append(Going(own.code, own.label, rule, first, own.due(rule, now + WARNING) - first))
    return found


def _own_by_rule(now: datetime) -> list[tuple[Own, RetentionRule]]:
    rules = rules_by_kind(timezone.localtime(now).date())
    return [(own, rules[code]) for code, own in _own.items() if code in rules and rules[code].destroys]

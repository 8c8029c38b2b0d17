"""Copies of a published pack for those who may not read all of it (kommunallagen 6:28-32).

A copy is ordered in the transaction that publishes the pack or records the conflict of interest, and made
by a worker from the parts that are ready already and a summons of its own.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.committee.binding import bind
from portal.committee.hiding import cases_of
from portal.committee.models import Meeting, Pack, PackCopy, PackPart, PackState
from portal.committee.summons import delegation_cases, summons
from portal.committee.supplement import NumberedItem, numbered_items
from portal.documents.leases import LOOK_AGAIN, MAX_ATTEMPTS, technical_text
from portal.documents.models import Document, DocumentState
from portal.documents.work import Source, order, ring, try_again
from portal.people.models import COMMITTEE_ROLES
from portal.registry.models import ConflictOfInterest

logger = structlog.get_logger(__name__)


def order_for_pack(pack: Pack) -> None:
    """Order a copy for each set of conflicts that readers have declared in the cases of a published pack."""
    declared = ConflictOfInterest.objects.filter(
        has_conflict=True,
        case__in=pack.cases.all(),
        user__role_assignments__role__in=COMMITTEE_ROLES,
    )
    conflicts: dict[int, set[int]] = defaultdict(set)
    for user_id, case_id in declared.values_list("user", "case"):
        conflicts[user_id].add(case_id)
    for hidden in {frozenset(cases) for cases in conflicts.values()}:
        _order(pack, hidden)


def order_for_declaration(sender: Any, instance: ConflictOfInterest, **kwargs: Any) -> None:
    """Somebody has declared: order a copy of each published pack that speaks of the case.

    A receiver of `post_save`, so that it happens wherever the declaration is made.
    """
    for pack in Pack.objects.newest_published().filter(cases=instance.case_id):
        order_for_pack(pack)


def copy_for(pack: Pack, user: Any) -> PackCopy | None:
    """The copy that hides exactly what this person must not read; None when there is none."""
    hidden = hidden_cases(pack, user)
    return PackCopy.objects.visible_to(user).filter(pack=pack, key=_key(hidden)).first()


def hidden_cases(pack: Pack, user: Any) -> set[int]:
    """The cases of a pack in which the person has a conflict of interest."""
    declared = ConflictOfInterest.objects.declared_by(user)
    return set(declared.filter(case__in=pack.cases.all()).values_list("case", flat=True))


def partial_packs(meeting: Meeting, user: Any) -> QuerySet[Pack]:
    """The newest published packs that speak of a case in which the person has a conflict of interest."""
    declared = ConflictOfInterest.objects.declared_by(user).values("case")
    spoken_of = Pack.cases.through.objects.filter(case__in=declared).values("pack")
    return Pack.objects.newest_published().filter(meeting=meeting, pk__in=spoken_of)


def ring_for_copies_waiting_on(document_id: int) -> None:
    """A summons is settled: ring for the copies that waited for it."""
    from portal.committee.tasks import advance_copy

    waiting = PackCopy.objects.filter(summons_id=document_id, state=PackState.RENDERING)
    for copy_id in waiting.values_list("pk", flat=True):
        PackCopy.objects.filter(pk=copy_id).update(due_at=timezone.now())
        ring(advance_copy, copy_id)


def retry(copy: PackCopy) -> None:
    """Try a failed copy again, with a new set of attempts for it and for its summons."""
    from portal.committee.tasks import advance_copy

    with transaction.atomic():
        if copy.summons:
            try_again([copy.summons])
        failed = PackCopy.objects.filter(pk=copy.pk, state=PackState.FAILED)
        if failed.update(state=PackState.QUEUED, attempts=0, error="", due_at=timezone.now()):
            ring(advance_copy, copy.pk)


def advance(copy_id: int) -> None:
    """Bring a copy as far as it can come now; doing so twice changes nothing."""
    copy = PackCopy.objects.take(copy_id)
    if copy is None:
        return
    if copy.is_exhausted:
        copy.give_back(state=PackState.FAILED, error=_("The work stopped half way each time it was tried."))
        return
    try:
        with translation.override("sv"):
            _advance(copy)
    except Exception as error:
        logger.warning("copy_postponed", copy_id=copy.pk, error=type(error).__name__)
        if copy.attempts >= MAX_ATTEMPTS:
            reason = _("The parts could not be put together (%(error)s).") % {"error": type(error).__name__}
            copy.give_back(state=PackState.FAILED, error=reason, technical_error=technical_text(error))
        else:
            copy.postpone(error)


def _order(pack: Pack, hidden: Collection[int]) -> None:
    """Write the row of a copy with what it shows, once; equal conflicts share it."""
    from portal.committee.tasks import advance_copy

    with transaction.atomic():
        copy, is_new = PackCopy.objects.get_or_create(pack=pack, key=_key(hidden))
        if is_new:
            copy.hidden.set(hidden)
            copy.parts.set(_shown(pack, hidden))
            ring(advance_copy, copy.pk)


def _key(hidden: Iterable[int]) -> str:
    return hashlib.sha256(",".join(map(str, sorted(hidden))).encode()).hexdigest()


def _shown(pack: Pack, hidden: Collection[int]) -> list[PackPart]:
    parts = pack.parts.exclude(matter=None).select_related("matter").prefetch_related("matter__lines")
    return [part for part in parts if not cases_of(part).intersection(hidden)]


def _advance(copy: PackCopy) -> None:
    hidden = set(copy.hidden.values_list("pk", flat=True))
    if copy.summons is None:
        with transaction.atomic():
            copy.summons = order(_summons(copy.pack, hidden))
            copy.save(update_fields=["summons"])
    copy.summons.refresh_from_db(fields=["state", "file", "error"])
    if copy.summons.has_failed:
        copy.give_back(state=PackState.FAILED, error=copy.summons.error)
    elif not copy.summons.is_ready:
        copy.give_back(state=PackState.RENDERING, attempts=0, due_at=timezone.now() + LOOK_AGAIN)
        if Document.objects.filter(pk=copy.summons.pk, state=DocumentState.READY).exists():
            ring_for_copies_waiting_on(copy.summons.pk)  # it was settled while this worker held the copy
    else:
        _put_together(copy, copy.summons, hidden)


def _summons(pack: Pack, hidden: set[int]) -> Source:
    """The summons over what the pack speaks of; what came to the meeting later is left out."""
    numbers = dict(pack.parts.exclude(matter=None).values_list("matter", "number"))
    items = [
        NumberedItem(numbers[row.matter.pk], row.item)
        for row in numbered_items(pack.meeting, pack.supplement)
        if row.matter.pk in numbers
    ]
    unknown = delegation_cases(pack.meeting) - set(pack.cases.values_list("pk", flat=True))
    return summons(pack.meeting, items, pack.supplement, hidden | unknown)


def _put_together(copy: PackCopy, call: Document, hidden: Collection[int]) -> None:
    parts = list(copy.pack.parts.select_related("matter", "document__file").defer("document__html"))
    shown = set(copy.parts.values_list("pk", flat=True))
    stored, pages = bind(copy.pack, parts, summons=call, hidden=hidden, shown=shown)
    copy.give_back(state=PackState.READY, file=stored, pages=pages, error="", technical_error="")

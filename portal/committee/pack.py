"""Making a decision pack: order its parts, wait until each is settled, put them together.

`advance` does whatever can be done now and may run any number of times, on any worker. Each part is
rendered once and found again by its content, so a pack after a small change costs the change.
"""

from __future__ import annotations

from typing import Any

import structlog
from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.committee import copies
from portal.committee.binding import bind
from portal.committee.changes import changes_since, version_before
from portal.committee.models import Meeting, Pack, PackPart, PackState
from portal.committee.parts import order_parts, write_parts
from portal.committee.refused import Refused
from portal.committee.seats_mail import tell_of_papers
from portal.committee.supplement import matters_of
from portal.documents.leases import LOOK_AGAIN, MAX_ATTEMPTS, technical_text
from portal.documents.models import DocumentState
from portal.documents.work import ring, try_again

logger = structlog.get_logger(__name__)


class CannotMakePack(Refused):
    """The pack cannot be made or published; the message tells the secretary why."""


def request_pack(meeting: Meeting, by: Any, supplement: int = 0) -> Pack:
    """Ask for a new version of the meeting's pack, or of the papers of one supplement.

    While one is in the making, that one is returned. Raises CannotMakePack when it would hold nothing.
    """
    from portal.committee.tasks import advance_pack

    with transaction.atomic():
        Meeting.objects.select_for_update().get(pk=meeting.pk)
        in_the_making = meeting.packs.waiting().first()
        if in_the_making:
            return in_the_making
        if not matters_of(meeting, supplement):
            raise CannotMakePack(_("Nothing stands on the agenda yet. Put a matter on it first."))
        last = meeting.packs.filter(supplement=supplement).aggregate(last=Max("version"))["last"] or 0
        pack = Pack.objects.create(meeting=meeting, version=last + 1, supplement=supplement, requested_by=by)
        ring(advance_pack, pack.pk)
    return pack


def publish(pack: Pack) -> None:
    """Let the members read a ready pack, tell them by mail, and order copies for conflicts of interest.

    Publishing twice changes nothing. Raises CannotMakePack when it is not ready, when a newer version is
    published already, or when the agenda has changed since it was made.
    """
    with transaction.atomic():
        Meeting.objects.select_for_update().get(pk=pack.meeting_id)
        pack.refresh_from_db(fields=["state", "published_at"])
        if pack.published_at:
            return
        if not pack.is_ready:
            raise CannotMakePack(_("The pack is not ready yet."))
        newer = Pack.objects.filter(meeting=pack.meeting_id, supplement=pack.supplement)
        if newer.filter(version__gt=pack.version, published_at__isnull=False).exists():
            raise CannotMakePack(_("A newer version is already published."))
        in_pack = set(pack.parts.exclude(matter=None).values_list("matter", flat=True))
        if in_pack != matters_of(pack.meeting, pack.supplement):
            raise CannotMakePack(_("The agenda has changed since this pack was made. Make a new one."))
        Pack.objects.filter(pk=pack.pk).update(published_at=timezone.now())
        copies.order_for_pack(pack)
        tell_of_papers(pack)


def retry(pack: Pack) -> None:
    """Try a failed pack again, with a new set of attempts for it and for the parts that failed."""
    from portal.committee.tasks import advance_pack

    with transaction.atomic():
        parts = pack.parts.filter(document__state=DocumentState.FAILED).select_related("document")
        try_again(part.document for part in parts)
        state = PackState.RENDERING if pack.parts.exists() else PackState.QUEUED
        failed = Pack.objects.filter(pk=pack.pk, state=PackState.FAILED)
        if failed.update(state=state, attempts=0, error="", due_at=timezone.now()):
            ring(advance_pack, pack.pk)


def progress(pack: Pack) -> dict[str, int]:
    """How many parts there are, are ready, have failed."""
    return pack.parts.aggregate(
        total=Count("pk"),
        ready=Count("pk", filter=Q(document__state=DocumentState.READY)),
        failed=Count("pk", filter=Q(document__state=DocumentState.FAILED)),
    )


def ring_for_packs_waiting_on(document_id: int, **kwargs: Any) -> None:
    """A document is settled: ring for the packs that waited for it and now wait for nothing else."""
    _ring_if_settled(Pack.objects.filter(parts__document_id=document_id))
    copies.ring_for_copies_waiting_on(document_id)


def _ring_if_settled(packs: QuerySet[Pack]) -> None:
    from portal.committee.tasks import advance_pack

    unsettled = PackPart.objects.filter(document__state=DocumentState.QUEUED).values("pack")
    settled = packs.filter(state=PackState.RENDERING).exclude(pk__in=unsettled)
    for pack_id in settled.values_list("pk", flat=True):
        Pack.objects.filter(pk=pack_id).update(due_at=timezone.now())
        ring(advance_pack, pack_id)


def advance(pack_id: int) -> None:
    """Bring a pack as far as it can come now: order parts, or put them together, or say what failed."""
    pack = Pack.objects.take(pack_id)
    if pack is None:
        return
    if pack.is_exhausted:
        pack.give_back(state=PackState.FAILED, error=_("The work stopped half way each time it was tried."))
        return
    try:
        _advance(pack)
    except Exception as error:
        logger.warning("pack_postponed", pack_id=pack.pk, error=type(error).__name__)
        if pack.attempts >= MAX_ATTEMPTS:
            reason = _("The parts could not be put together (%(error)s).") % {"error": type(error).__name__}
            pack.give_back(state=PackState.FAILED, error=reason, technical_error=technical_text(error))
        else:
            pack.postpone(error)


def _advance(pack: Pack) -> None:
    if pack.state == PackState.QUEUED:
        _order_parts(pack)
    parts = list(pack.parts.select_related("matter", "document__file").defer("document__html"))
    failed = [part for part in parts if part.document.has_failed]
    if any(not part.document.is_ready and not part.document.has_failed for part in parts):
        pack.give_back(state=PackState.RENDERING, attempts=0, due_at=timezone.now() + LOOK_AGAIN)
        # The last part may have been settled while this worker still held the pack.
        _ring_if_settled(Pack.objects.filter(pk=pack.pk))
    elif failed:
        reasons = "\n".join(f"{part.place}: {part.document.error}" for part in failed)
        pack.give_back(state=PackState.FAILED, error=reasons)
    else:
        with translation.override("sv"):
            _put_together(pack, parts)


def _order_parts(pack: Pack) -> None:
    """Order what the pack consists of, and write down what is new in it."""
    with translation.override("sv"):
        parts = order_parts(pack)
        with transaction.atomic():
            write_parts(pack, parts)
            pack.compared_with = version_before(pack)
            pack.changes = changes_since(pack.compared_with, pack) if pack.compared_with else []
            pack.state = PackState.RENDERING
            pack.save(update_fields=["compared_with", "changes", "state"])


def _put_together(pack: Pack, parts: list[PackPart]) -> None:
    Pack.objects.filter(pk=pack.pk, lease_until=pack.lease_until).update(state=PackState.ASSEMBLING)
    stored, pages = bind(pack, parts)
    pack.give_back(
        state=PackState.READY,
        file=stored,
        pages=pages,
        ready_at=timezone.now(),
        error="",
        technical_error="",
    )

"""Making a decision pack: order its parts, wait until each is settled, put them together.

`advance` does whatever can be done now and may run any number of times, on any worker. Each part is
rendered once and found again by its content, so a pack after a small change costs the change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any

import structlog
from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.committee import appendices
from portal.committee.matter_text import MatterText
from portal.committee.models import AgendaItem, Meeting, Pack, PackPart, PackState
from portal.committee.papers import chairs_proposal, officers_report
from portal.committee.refused import Refused
from portal.documents.leases import MAX_ATTEMPTS, technical_text
from portal.documents.models import DocumentState, StoredFile
from portal.documents.templatetags.swedish_text import swedish_date
from portal.documents.work import Source, order_all, ring, try_again

if TYPE_CHECKING:
    from portal.documents.assembly import Part, PlacedPart

logger = structlog.get_logger(__name__)

#: A pack that waits for its parts is looked at this often, should no doorbell be heard.
LOOK_AGAIN = timedelta(seconds=30)


class CannotMakePack(Refused):
    """The pack cannot be made or published; the message tells the secretary why."""


def request_pack(meeting: Meeting, by: Any) -> Pack:
    """Ask for a new version of the meeting's pack; while one is in the making, that one is returned.

    Raises CannotMakePack when nothing stands on the agenda.
    """
    from portal.committee.tasks import advance_pack

    with transaction.atomic():
        Meeting.objects.select_for_update().get(pk=meeting.pk)
        in_the_making = meeting.packs.waiting().first()
        if in_the_making:
            return in_the_making
        if not meeting.agenda.exists():
            raise CannotMakePack(_("Nothing stands on the agenda yet. Put a matter on it first."))
        last = meeting.packs.aggregate(last=Max("version"))["last"] or 0
        pack = Pack.objects.create(meeting=meeting, version=last + 1, requested_by=by)
        ring(advance_pack, pack.pk)
    return pack


def publish(pack: Pack) -> None:
    """Let the members read a ready pack; publishing twice changes nothing.

    Raises CannotMakePack when it is not ready, when a newer version is published already, or when the
    agenda has changed since it was made.
    """
    with transaction.atomic():
        Meeting.objects.select_for_update().get(pk=pack.meeting_id)
        pack.refresh_from_db(fields=["state", "published_at"])
        if pack.published_at:
            return
        if not pack.is_ready:
            raise CannotMakePack(_("The pack is not ready yet."))
        if pack.meeting.packs.filter(version__gt=pack.version, published_at__isnull=False).exists():
            raise CannotMakePack(_("A newer version is already published."))
        on_agenda = set(pack.meeting.agenda.values_list("matter", flat=True))
        if on_agenda != set(pack.parts.values_list("matter", flat=True)):
            raise CannotMakePack(_("The agenda has changed since this pack was made. Make a new one."))
        Pack.objects.filter(pk=pack.pk).update(published_at=timezone.now())


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
        reasons = "; ".join(f"{part.matter.title}, {part.title}: {part.document.error}" for part in failed)
        pack.give_back(state=PackState.FAILED, error=reasons[:500])
    else:
        with translation.override("sv"):
            _put_together(pack, parts)


def part_sources(meeting: Meeting) -> list[tuple[AgendaItem, Any, str, Source]]:
    """The parts of a meeting's pack in order: (agenda item, case or None, title, source).

    The number of queries depends on matters and kinds of appendix, not on how many appendices.
    """
    items = list(
        meeting.agenda.select_related("matter__case", "matter__committee__authority").prefetch_related(
            "matter__appendices__case",
            "matter__chairs_proposal",
            "matter__decision_points",
            "matter__sections",
            "matter__decisions",
        )
    )
    keys: dict[str, list[int]] = defaultdict(list)
    for item in items:
        for appendix in item.matter.appendices.all():
            keys[appendix.source].append(appendix.key)
    made = {source: appendices.make(source, wanted) for source, wanted in keys.items()}
    parts: list[tuple[AgendaItem, Any, str, Source]] = []
    for item in items:
        matter = item.matter
        text = MatterText.from_matter(matter, meeting=meeting)
        parts.append((item, None, "Tjänsteskrivelse", officers_report(text, numbered=False)))
        if matter.has_chairs_proposal:
            parts.append((item, None, "Ordförandeförslag", chairs_proposal(text, numbered=False)))
        parts += [
            (item, appendix.case, appendix.title, made[appendix.source][appendix.key])
            for appendix in matter.appendices.all()
        ]
    return parts


def _order_parts(pack: Pack) -> None:
    with translation.override("sv"):
        parts = part_sources(pack.meeting)
    with transaction.atomic():
        documents = order_all(source for _item, _case, _title, source in parts)
        pack.parts.all().delete()
        PackPart.objects.bulk_create(
            PackPart(
                pack=pack, position=position, matter=item.matter, case=case, title=title, document=document
            )
            for position, ((item, case, title, _source), document) in enumerate(
                zip(parts, documents, strict=True), start=1
            )
        )
        Pack.objects.filter(pk=pack.pk).update(state=PackState.RENDERING)
    pack.state = PackState.RENDERING


def _put_together(pack: Pack, parts: list[PackPart]) -> None:
    from portal.documents.assembly import assemble

    Pack.objects.filter(pk=pack.pk, lease_until=pack.lease_until).update(state=PackState.ASSEMBLING)
    title = f"Handlingar till {pack.meeting.committee.name}"
    assembled = assemble(_entries(parts), title=title, contents=partial(_contents, pack, title))
    stored = StoredFile.objects.keep(assembled.content, "application/pdf")
    pack.give_back(
        state=PackState.READY,
        file=stored,
        pages=assembled.page_count,
        ready_at=timezone.now(),
        error="",
        technical_error="",
    )


def _entries(parts: list[PackPart]) -> list[Part]:
    """The pack's bookmarks and contents: each matter as a heading, its parts under it."""
    from portal.documents.assembly import Part

    entries = []
    for number, (_matter, group) in enumerate(groupby(parts, key=lambda part: part.matter_id), start=1):
        of_matter = list(group)
        entries.append(Part(f"{number}. {of_matter[0].matter.title}", None, level=1))
        entries += [Part(part.title, part.document.pdf(), level=2) for part in of_matter]
    return entries


def _contents(pack: Pack, title: str, placed: Sequence[PlacedPart], page_total: int) -> str:
    meeting = pack.meeting
    return render_to_string(
        "pdf/contents.html",
        {
            "heading": title,
            "committee": meeting.committee.name,
            "date": swedish_date(meeting.date),
            "introduction": f"Sammanträde i {meeting.place}. Version {pack.version}.",
            "parts": placed,
            "page_total": page_total,
        },
    )

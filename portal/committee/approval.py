"""Approval of minutes (justering) by secretary, chair and approvers, each from their own sign-in.

Who approves which paragraphs is told by `signing`. When the last of them has approved, the minutes are
approved: registered, printed with who approved and when, and never changed. What was wrong is said in a
correction, which is a new entry (kommunallagen 5:69).
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from portal.committee.minutes_print import filename, order_print, paragraphs_printed
from portal.committee.models import (
    Decision,
    Minutes,
    MinutesApproval,
    MinutesCorrection,
    MinutesParagraph,
    MinutesState,
)
from portal.committee.refused import Refused
from portal.committee.signing import Signing
from portal.documents.models import Document
from portal.documents.templatetags.swedish_text import swedish_date
from portal.documents.work import Source, order
from portal.registry.models import Case, Event, Record


class CannotApprove(Refused):
    """The minutes cannot be approved or corrected so; the message tells why."""


def approve(minutes: Minutes, by: Any, content_sha256: str) -> bool:
    """Record that a person approves what is theirs of the text they have read; True when that was the last.

    `content_sha256` is the checksum of what their page showed. The row of the minutes is locked, so that
    two who approve at once leave two approvals and one approved document.
    """
    with transaction.atomic():
        stored = Minutes.objects.select_for_update().get(pk=minutes.pk)
        if not stored.is_for_approval:
            raise CannotApprove(_("The minutes do not wait to be approved."))
        if stored.content_sha256 != content_sha256:
            raise CannotApprove(
                _("The minutes have been sent anew since you opened the page. Read them again, then approve.")
            )
        asked = Signing(stored).asked_of(by)
        if not asked:
            raise CannotApprove(_("You have approved already, or the minutes are not yours to approve."))
        for signer in asked:
            approval = MinutesApproval.objects.create(
                minutes=stored, role=signer.role, person=by, content_sha256=content_sha256
            )
            approval.paragraphs.set(signer.paragraphs)
        is_last = Signing(stored).is_complete
        if is_last:
            _settle(stored, by)
        minutes.refresh_from_db()
    return is_last


def _settle(minutes: Minutes, by: Any) -> None:
    """Everybody has approved: freeze, print with the signatures, register, and tell each case."""
    minutes.state, minutes.approved_at = MinutesState.APPROVED, timezone.now()
    minutes.save(update_fields=["state", "approved_at"])
    minutes.document = order_print(minutes)
    minutes.save(update_fields=["document"])
    paragraphs = (
        minutes.paragraphs.select_related("decision__matter__case", "decision__extract")
        .prefetch_related("decision__matter__lines__case")
        .order_by("decision__paragraph")
    )
    for paragraph in paragraphs:
        extract = _extract_as_approved(minutes, paragraph)
        for case in cases_of(paragraph.decision):
            _register(minutes, paragraph, case, by)
            if extract is not None:
                title = f"Protokollsutdrag § {paragraph.decision.paragraph}, justerad text"
                case.register(Record.Kind.MINUTES_EXTRACT, title, by=by, document=extract)


def cases_of(decision: Decision) -> list[Case]:
    """The matter's case and those of its lines, each once; reads prefetched rows."""
    matter = decision.matter
    return list({case.pk: case for case in (matter.case, *(row.case for row in matter.lines.all()))}.values())


def _register(minutes: Minutes, paragraph: MinutesParagraph, case: Case, by: Any) -> None:
    """Write on a case which minutes hold its paragraph, and the paragraph's text.

    The record refers to the minutes by file name and checksum instead of carrying the whole document: that
    one tells of all other cases, and a conflict of interest in one of them must keep hiding it.
    """
    decision = paragraph.decision
    case.register(
        Record.Kind.MINUTES,
        f"Protokoll § {decision.paragraph}/{decision.year}",
        by=by,
        content={
            "protokoll": filename(minutes),
            "sammantrade": minutes.meeting.date,
            "justerat": minutes.approved_at,
            "sha256": minutes.content_sha256,
            "paragraf": decision.paragraph,
            "text": paragraph.text,
        },
    )
    case.log(Event.Kind.MINUTES_APPROVED, by=by, detail=f"§ {decision.paragraph}")


def _extract_as_approved(minutes: Minutes, paragraph: MinutesParagraph) -> Document | None:
    """A new extract where the approved text is not the one the first extract was made from."""
    if not paragraph.is_edited:
        return None
    decision = paragraph.decision
    with translation.override("sv"):
        shown = paragraphs_printed([paragraph])[0]
        html = render_to_string(
            "pdf/protokollsutdrag_justerat.html",
            {
                "kind": "Protokollsutdrag",
                "committee": minutes.meeting.committee.name,
                "date": swedish_date(minutes.meeting.date),
                "place": minutes.meeting.place,
                "approved_on": swedish_date(minutes.approved_at),
                "registry_number": shown.registry_number,
                "heading": shown.title,
                "paragraph": shown,
            },
        )
    source = Source("protokollsutdrag", f"Protokollsutdrag § {shown.number}: {shown.title}", html)
    document = order(source)
    Decision.objects.filter(pk=decision.pk).update(extract=document)
    return document


def is_in_approved_minutes(decision: Decision) -> bool:
    """Whether the paragraph is approved, with the rest of the meeting or at once."""
    return MinutesParagraph.objects.filter(decision=decision, minutes__state=MinutesState.APPROVED).exists()


def correct(minutes: Minutes, text: str, by: Any, decision: Decision | None = None) -> MinutesCorrection:
    """Add a correction to approved minutes; the text stays, later prints carry the correction too."""
    with transaction.atomic():
        stored = Minutes.objects.select_for_update().get(pk=minutes.pk)
        if not stored.is_approved:
            raise CannotApprove(_("Minutes that are not approved yet are changed, not corrected."))
        if decision is not None and not stored.paragraphs.filter(decision=decision).exists():
            raise CannotApprove(_("The paragraph does not stand in these minutes."))
        correction = MinutesCorrection.objects.create(minutes=stored, decision=decision, text=text, by=by)
        stored.document = order_print(stored)
        stored.save(update_fields=["document"])
        minutes.refresh_from_db()
    return correction

"""Writing the minutes of a meeting: begun from what was recorded, edited by passages, sent for approval.

Paragraphs that the meeting declared approved at once get minutes of their own, which are approved and
announced before the rest. The other acts on minutes are in `approval` and `notice`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.committee.minutes_mail import ask
from portal.committee.minutes_print import order_print
from portal.committee.models import (
    ApprovalRole,
    Decision,
    Meeting,
    Minutes,
    MinutesParagraph,
    MinutesState,
    Seat,
)
from portal.committee.passages import Passage, passages_of
from portal.committee.refused import Refused
from portal.committee.signing import Gap, Signing, presiding_seat

#: Where and when, until the secretary writes something else. Documents are Swedish.
DIGITAL_APPROVAL = "Digitalt i Samspel"


class CannotChangeMinutes(Refused):
    """The minutes cannot be changed or sent so; the message tells the secretary what to do."""


class ChangedMeanwhile(Refused):
    """Somebody else saved the same text since it was shown; nothing was written."""

    def __init__(self, stored: MinutesParagraph) -> None:
        super().__init__(_("Somebody else saved this paragraph while you wrote. Both texts are shown below."))
        self.stored = stored


class FrontChangedMeanwhile(Refused):
    """Somebody else saved page one since it was shown; nothing was written."""


def begin(meeting: Meeting, *, immediate: bool = False) -> Minutes:
    """The minutes being written of a meeting, or of its paragraphs approved at once; begun if there are none.

    Decisions recorded since are taken in. Raises CannotChangeMinutes when there is nothing to take in.
    """
    with transaction.atomic():
        Meeting.objects.select_for_update().get(pk=meeting.pk)
        open_one = meeting.minutes.filter(is_immediate=immediate, state=MinutesState.DRAFT).first()
        waiting = _without_text(meeting, immediate)
        if open_one is None:
            if not immediate and meeting.minutes.filter(is_immediate=False).exists():
                raise CannotChangeMinutes(_("The minutes of this meeting are already sent for approval."))
            if not waiting.exists() and (immediate or not meeting.agenda.exists()):
                raise CannotChangeMinutes(_("No decision is recorded that these minutes could hold."))
            open_one = Minutes.objects.create(
                meeting=meeting,
                is_immediate=immediate,
                approval_place=DIGITAL_APPROVAL,
                kept_at=meeting.committee.administration_name,
            )
        _take_in(open_one, waiting)
        _follow_the_record(open_one)
    return open_one


def _without_text(meeting: Meeting, immediate: bool) -> QuerySet[Any]:
    """The decisions of a meeting that stand in no minutes yet."""
    return Decision.objects.filter(
        agenda_item__meeting=meeting, is_immediate=immediate, paragraph_text=None
    ).select_related("extract")


def _take_in(minutes: Minutes, decisions: QuerySet[Any]) -> None:
    MinutesParagraph.objects.bulk_create(
        MinutesParagraph(minutes=minutes, decision=decision, text=passages_of(decision))
        for decision in decisions
    )


def _follow_the_record(minutes: Minutes) -> None:
    """Make anew each paragraph nobody has edited: a dissent may have been announced since it was made."""
    for paragraph in minutes.paragraphs.filter(is_edited=False).select_related("decision__extract"):
        recorded = passages_of(paragraph.decision)
        if recorded != paragraph.text:
            MinutesParagraph.objects.filter(pk=paragraph.pk).update(
                text=recorded, version=F("version") + 1, saved_at=timezone.now()
            )


def write(
    paragraph: MinutesParagraph, passages: Sequence[Passage], version: int, by: Any, *, is_edited: bool = True
) -> MinutesParagraph:
    """Save a paragraph's text on top of the `version` that the person read.

    Raises ChangedMeanwhile when it has another one now, CannotChangeMinutes when it is sent for approval.
    """
    with transaction.atomic():
        _draft(paragraph.minutes_id)
        stored = MinutesParagraph.objects.select_related("saved_by").get(pk=paragraph.pk)
        if stored.version != version:
            raise ChangedMeanwhile(stored)
        if stored.text != passages:
            MinutesParagraph.objects.filter(pk=stored.pk).update(
                text=passages,
                version=F("version") + 1,
                is_edited=is_edited,
                saved_by=by,
                saved_at=timezone.now(),
            )
            stored.refresh_from_db()
    return stored


def make_anew(paragraph: MinutesParagraph, version: int, by: Any) -> MinutesParagraph:
    """Throw away what was edited: the text is made again from what was recorded."""
    decision = Decision.objects.select_related("extract").get(pk=paragraph.decision_id)
    return write(paragraph, passages_of(decision), version, by, is_edited=False)


def write_front(
    minutes: Minutes,
    *,
    approvers: Sequence[Seat],
    approval_place: str,
    others_present: str,
    kept_at: str,
    seen: str,
) -> None:
    """Save what page one says beside what was recorded. `seen` is `front_digest` as the person read it."""
    with transaction.atomic():
        stored = _draft(minutes.pk)
        if front_digest(stored) != seen:
            raise FrontChangedMeanwhile(
                _("Somebody else saved page one while you wrote. What they wrote is shown below.")
            )
        stored.approval_place, stored.others_present = approval_place, others_present
        stored.kept_at = kept_at
        stored.save(update_fields=["approval_place", "others_present", "kept_at"])
        stored.approvers.set(approvers)


def front_digest(minutes: Minutes) -> str:
    """What page one said, to tell whether somebody has changed it since."""
    approvers = sorted(minutes.approvers.values_list("pk", flat=True))
    fields = (approvers, minutes.approval_place, minutes.others_present, minutes.kept_at)
    return hashlib.sha256(repr(fields).encode()).hexdigest()


def send_for_approval(minutes: Minutes, by: Any) -> None:
    """Freeze the minutes, and ask those who approve them by mail to read and approve them.

    Raises CannotChangeMinutes with what is still missing.
    """
    with transaction.atomic():
        Meeting.objects.select_for_update().get(pk=minutes.meeting_id)
        stored = _draft(minutes.pk)
        if missing := what_is_missing(stored):
            raise CannotChangeMinutes(" ".join(missing))
        _follow_the_record(stored)
        stored.document = order_print(stored)
        stored.sent_for_approval_at = timezone.now()
        stored.state = MinutesState.FOR_APPROVAL
        stored.reminded_at = None
        stored.save(update_fields=["document", "sent_for_approval_at", "state", "reminded_at"])
        ask(stored)
        minutes.refresh_from_db()


def what_is_missing(minutes: Minutes) -> list[str]:
    """What has to be there before the minutes can be approved, each as a sentence that says what to do."""
    meeting = minutes.meeting
    chair = presiding_seat(meeting)
    approvers = list(minutes.approvers.all())
    missing = []
    if meeting.is_in_session:
        missing.append(_("Close the meeting first: a dissent may be announced until then."))
    if not minutes.is_immediate and meeting.agenda.filter(decision=None).exists():
        missing.append(_("Record a decision for every matter on the agenda."))
    if _without_text(meeting, minutes.is_immediate).exists():
        missing.append(_("Take in the decisions recorded since the minutes were begun."))
    if chair is None:
        missing.append(_("Record who served at the meeting, and who of the presidium led it."))
    if not approvers:
        missing.append(_("Choose who approves the minutes together with the chair."))
    if chair is not None and any(seat.user_id == chair.user_id for seat in approvers):
        missing.append(_("Choose approvers who are not the chair."))
    if chair is not None and approvers:
        missing += [_to_fill(gap) for gap in Signing(minutes).gaps]
    if not minutes.kept_at.strip():
        missing.append(_("Write where the minutes are kept: the notice has to say it."))
    return missing


def _to_fill(gap: Gap) -> str:
    """What to do about paragraphs that nobody chosen may approve."""
    if gap.role == ApprovalRole.CHAIR:
        return _("Record at %(numbers)s who served: everybody who did has a conflict of interest.") % {
            "numbers": gap.numbers
        }
    return _(
        "Choose one more who approves %(numbers)s: somebody who took part there, did not chair it and has no "
        "conflict of interest."
    ) % {"numbers": gap.numbers}


def take_back(minutes: Minutes) -> None:
    """The secretary takes sent minutes back to change them: what was approved counts no more."""
    with transaction.atomic():
        taken = Minutes.objects.filter(pk=minutes.pk, state=MinutesState.FOR_APPROVAL).update(
            state=MinutesState.DRAFT, sent_for_approval_at=None
        )
        if not taken:
            raise CannotChangeMinutes(
                _("Only minutes that wait to be approved can be taken back. Write a correction instead.")
            )
        minutes.refresh_from_db()


def refuse_when_sent(meeting: Meeting) -> None:
    """Raise CannotChangeMinutes when what is recorded now would come too late for the meeting's minutes."""
    if meeting.minutes.filter(is_immediate=False).exclude(state=MinutesState.DRAFT).exists():
        raise CannotChangeMinutes(
            _("The minutes of the meeting are sent for approval. Take them back before you record more.")
        )


def _draft(minutes_id: int) -> Minutes:
    """The minutes with their row locked. Raises CannotChangeMinutes unless they are being written."""
    stored = Minutes.objects.select_for_update().get(pk=minutes_id)
    if not stored.is_draft:
        raise CannotChangeMinutes(
            _("The minutes are sent for approval and stand as they are. Take them back to change them.")
        )
    return stored

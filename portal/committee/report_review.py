"""Heads approve officers' reports before they go to chair and agenda, or send them back to the officers."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from portal.committee.models import Matter, MatterState, ReportReview, awaiting_heads
from portal.committee.refused import Refused
from portal.committee.signals import report_sent_back
from portal.registry.models import Event


class CannotReview(Refused):
    """The report cannot be approved or sent back now; the message tells the head why."""


class AwaitsApproval(Refused):
    """The report has to be approved by a head first."""


def approve(matter: Matter, by: Any) -> ReportReview:
    """Approve the report as it stands. Raises CannotReview when it awaits no approval by this head."""
    with transaction.atomic():
        held = _held(matter, by)
        held.case.log(Event.Kind.REPORT_APPROVED, by=by)
        return ReportReview.objects.create(matter=held, verdict=ReportReview.Verdict.APPROVED, by=by)


def send_back(matter: Matter, by: Any, reason: str) -> ReportReview:
    """Send the report back: the matter ends, and the room that pushed it opens its work again.

    Raises CannotReview without a reason, and when the matter stands on an agenda already.
    """
    reason = reason.strip()
    if not reason:
        raise CannotReview(_("Write what the officers have to change."))
    with transaction.atomic():
        held = _held(matter, by)
        if held.state == MatterState.ON_AGENDA:
            raise CannotReview(
                _("The matter stands on an agenda. Ask the secretary to take it off before you send it back.")
            )
        if held.decisions.exists():
            raise CannotReview(_("The committee has tabled the matter: only the committee refers it back."))
        held.state = MatterState.SENT_BACK
        held.save(update_fields=["state"])
        held.case.log(Event.Kind.REPORT_SENT_BACK, by=by, detail=reason[:500])
        review = ReportReview.objects.create(
            matter=held, verdict=ReportReview.Verdict.SENT_BACK, reason=reason, by=by
        )
        report_sent_back.send(Matter, matter=held, review=review)
    return review


def to_approve(user: Any) -> QuerySet[Matter]:
    """Matters whose report awaits this head."""
    return Matter.objects.wholly_visible_to(user).filter(awaiting_heads()).exclude(created_by=user)


def refuse_unless_approved(matter: Matter) -> None:
    """Raises AwaitsApproval while a head has to approve the matter's report."""
    if Matter.objects.filter(awaiting_heads(), pk=matter.pk).exists():
        raise AwaitsApproval(_("The head has not approved the officers' report yet."))


def _held(matter: Matter, by: Any) -> Matter:
    """The matter, locked, if this head may approve its report now."""
    held = Matter.objects.select_for_update(of=("self",)).select_related("case").get(pk=matter.pk)
    if held.created_by_id == by.pk:
        raise CannotReview(_("You wrote the report yourself. Somebody else has to approve it."))
    if held.is_closed:
        raise CannotReview(_("The committee has already decided the matter or sent it back."))
    if not Matter.objects.filter(awaiting_heads(), pk=held.pk).exists():
        raise CannotReview(_("The report is approved already."))
    return held

"""The notice on the city's board that minutes are approved, the time of appeal, and when a decision is final.

Samspel has no notice board of its own: it writes the text to paste on the city's (kommunallagen 8:9–12).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models, transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.committee.appeal_dates import last_day_of_appeal, may_come_down
from portal.committee.approval import cases_of
from portal.committee.minutes_print import order_print
from portal.committee.models import Appeal, Decision, Minutes
from portal.committee.phrases import paragraph_range
from portal.committee.refused import Refused
from portal.registry.models import Event


class CannotAnnounce(Refused):
    """The notice or appeal cannot be recorded so; the message tells why."""


class Standing(models.TextChoices):
    """How far a decision is on its way to being final (laga kraft)."""

    NOT_ANNOUNCED = "not_announced", gettext_lazy("Not announced yet")
    OPEN = "open", gettext_lazy("May be appealed")
    APPEALED = "appealed", gettext_lazy("Appealed")
    ANNULLED = "annulled", gettext_lazy("Annulled by the court")
    FINAL = "final", gettext_lazy("Final")


_FARTHEST_FIRST = (
    Standing.NOT_ANNOUNCED,
    Standing.APPEALED,
    Standing.ANNULLED,
    Standing.OPEN,
    Standing.FINAL,
)


def notice_text(minutes: Minutes, up_on: date) -> str:
    """The notice as plain text, to go up on a day: what kommunallagen 8:9–12 asks for, and how to appeal."""
    until = last_day_of_appeal(up_on)
    numbers = minutes.paragraphs.values_list("decision__paragraph", flat=True)
    with translation.override("sv"):
        return render_to_string(
            "committee/minutes/anslag.txt",
            {
                "committee": minutes.meeting.committee.name,
                "meeting_date": minutes.meeting.date,
                "approved_on": minutes.approved_at,
                "paragraphs": paragraph_range(numbers),
                "up_on": up_on,
                "down_on": may_come_down(until),
                "appeal_until": until,
                "kept_at": minutes.kept_at,
            },
        )


def put_up(minutes: Minutes, up_on: date, by: Any) -> None:
    """Record on which day the notice went up; the days to appeal and to take it down follow.

    A day that was recorded wrongly is recorded again: both stand in the story of each case.
    """
    with transaction.atomic():
        stored = Minutes.objects.select_for_update().get(pk=minutes.pk)
        if stored.approved_at is None or not stored.is_approved:
            raise CannotAnnounce(_("The minutes are not approved yet, so there is nothing to announce."))
        if up_on < timezone.localtime(stored.approved_at).date():
            raise CannotAnnounce(_("The notice cannot have gone up before the minutes were approved."))
        if up_on > timezone.localdate():
            raise CannotAnnounce(_("The day has not come yet. Record the notice when it is up."))
        stored.notice_up_on = up_on
        stored.appeal_until = last_day_of_appeal(up_on)
        stored.notice_down_on = may_come_down(stored.appeal_until)
        stored.save(update_fields=["notice_up_on", "appeal_until", "notice_down_on"])
        stored.document = order_print(stored)
        stored.save(update_fields=["document"])
        paragraphs = stored.paragraphs.select_related("decision__matter__case").prefetch_related(
            "decision__matter__lines__case"
        )
        for paragraph in paragraphs:
            for case in cases_of(paragraph.decision):
                case.log(Event.Kind.NOTICE_UP, by=by, detail=up_on.isoformat())
        minutes.refresh_from_db()


def register_appeal(decision: Decision, came_on: date, note: str, by: Any) -> Appeal:
    """Register that somebody appealed: the decision is not final while the appeal is open."""
    with transaction.atomic():
        if came_on > timezone.localdate():
            raise CannotAnnounce(_("The day has not come yet. Write the day when the appeal came in."))
        appeal = Appeal.objects.create(decision=decision, came_on=came_on, note=note, registered_by=by)
        for case in cases_of(decision):
            case.log(Event.Kind.APPEALED, by=by, detail=came_on.isoformat())
    return appeal


def settle_appeal(appeal: Appeal, settled_on: date, *, annulled: bool, by: Any) -> None:
    """Record how the court left an appeal: the decision stands, or is annulled (kommunallagen 13:8)."""
    with transaction.atomic():
        if not appeal.came_on <= settled_on <= timezone.localdate():
            raise CannotAnnounce(_("Write a day after the appeal came in, and not later than today."))
        settled = Appeal.objects.filter(pk=appeal.pk, settled_on=None).update(
            settled_on=settled_on, annulled=annulled
        )
        if not settled:
            raise CannotAnnounce(_("The appeal is settled already."))
        detail = "upphävt" if annulled else "står fast"
        for case in cases_of(appeal.decision):
            case.log(Event.Kind.APPEAL_SETTLED, by=by, detail=detail)
        appeal.refresh_from_db()


def standing_of(decision: Decision, today: date) -> Standing:
    """Where a decision stands on a day; reads its paragraph's minutes and its appeals."""
    appeals = [appeal for appeal in decision.appeals.all() if appeal.came_on <= today]
    settled = [appeal for appeal in appeals if appeal.settled_on and appeal.settled_on <= today]
    if any(appeal.annulled for appeal in settled):
        return Standing.ANNULLED
    if len(settled) < len(appeals):
        return Standing.APPEALED
    paragraph = getattr(decision, "paragraph_text", None)
    minutes = paragraph.minutes if paragraph else None
    if minutes is None or minutes.notice_up_on is None or today < minutes.notice_up_on:
        return Standing.NOT_ANNOUNCED
    return Standing.OPEN if today <= minutes.appeal_until else Standing.FINAL


def standing_of_minutes(minutes: Minutes, today: date) -> Standing:
    """Where the paragraphs stand that are furthest from being final; reads their decisions and appeals."""
    standings = [standing_of(row.decision, today) for row in minutes.paragraphs.all()]
    return min(standings, key=_FARTHEST_FIRST.index, default=Standing.NOT_ANNOUNCED)


def has_become_final(decision: Decision, today: date) -> bool:
    """Whether the decision has won legal force (laga kraft): the time is over and no appeal is open."""
    return standing_of(decision, today) == Standing.FINAL

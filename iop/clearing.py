"""What partnerships' rows hold of a record that is destroyed by rule: it goes with the record.

Agreements and addenda are always kept, and with them the rows that they were made from.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from iop import follow_up, market
from iop.models import FollowUp, Idea, IdeaNote, MarketAssessment, PartyView, Reading
from portal.registry.models import Record
from portal.registry.signals import CLEARED, record_destroyed


def forget(sender: Any, record: Record, **kwargs: Any) -> None:
    """Take away what the rows hold of a record that is destroyed."""
    if record.kind == Record.Kind.IDEA:
        Idea.objects.filter(case=record.case_id).update(title=CLEARED, text="")
        _forget_thread(record.case_id)
    elif record.kind == Record.Kind.IDEA_ANSWER:
        answered = Idea.objects.filter(case=record.case_id).exclude(outcome="")
        answered.update(answer=CLEARED, referred_to=CLEARED)
        answered.exclude(what_else="").update(what_else=CLEARED)
    elif record.kind == Record.Kind.MARKET_ASSESSMENT:
        MarketAssessment.objects.filter(agreement__case=record.case_id).update(
            **dict.fromkeys(market.TEXTS, CLEARED), state_aid_reason=""
        )
    elif record.kind == Record.Kind.FOLLOW_UP:
        _forget_follow_up(record)


def _forget_thread(case_id: int) -> None:
    """What was said about the idea. The one door past `WrittenOnce`; each note stays with its day."""
    notes: QuerySet[IdeaNote] = QuerySet(IdeaNote)
    notes.filter(~Q(text=""), idea__case=case_id).update(text=CLEARED)


def _forget_follow_up(record: Record) -> None:
    found = FollowUp.objects.filter(agreement__case=record.case_id, document=record.document_id)
    PartyView.objects.filter(follow_up__in=found.values("pk")).update(worked="", hindered="")
    Reading.objects.filter(follow_up__in=found.values("pk")).update(value="", text="")
    found.update(
        **dict.fromkeys(follow_up.EVALUATION_TEXTS, ""),
        content=None,
        document=None,
        cleared_at=timezone.now(),
    )


def register() -> None:
    record_destroyed.connect(forget, dispatch_uid="iop.record_destroyed")

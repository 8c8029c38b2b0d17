"""The thread of an idea: words both ways, another day, another owner, and the end, always with words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from grants.models import Call
from grants.notices import tell
from iop import cooperating, owners
from iop.beginning import Facts, Parties, begin_agreement
from iop.models import Agreement, Area, CooperationEntry, Idea, IdeaNote, Level
from portal.people import rules
from portal.people.models import Unit, User
from portal.registry.models import Event, Record, has_declared

#: An idea is not put off further than this at a time.
LONGEST_WAIT = timedelta(days=90)


class CannotAnswer(Exception):
    """The act is not possible; the message says why, and what to do."""


@dataclass(frozen=True)
class Ending:
    """How an idea ends, and where it goes on: which of the rest is needed depends on `outcome`."""

    outcome: str
    answer: str
    what_else: str = ""
    unit: Unit | None = None
    area: Area | None = None
    call: Call | None = None
    referred_to: str = ""


def say(idea: Idea, text: str, by: Any, *, is_shared: bool = True) -> IdeaNote:
    """Write in the thread: the association's words, an officer's to it, or officers' among themselves."""
    from_association = rules.applicant(by)
    with transaction.atomic():
        note = IdeaNote.objects.create(
            idea=idea, text=text, is_shared=is_shared or from_association, written_by=by
        )
        if from_association:
            owners.tell_owner(idea)
        elif note.is_shared:
            _tell_association(idea)
    return note


def move_day(idea: Idea, day: date, words: str, by: Any) -> None:
    """Follow up on another day; the association reads why. Raises CannotAnswer."""
    today = timezone.localdate()
    if not today < day <= today + LONGEST_WAIT:
        raise CannotAnswer(_("Choose a day from tomorrow and at most 90 days ahead."))
    if not words.strip():
        raise CannotAnswer(_("Write to the association why it takes longer."))
    with transaction.atomic():
        current = _locked_open(idea)
        current.follow_up_on = day
        current.save(update_fields=["follow_up_on"])
        IdeaNote.objects.create(
            idea=current, kind=IdeaNote.Kind.DAY, day=day, text=words.strip(), written_by=by
        )
        _tell_association(current)


def hand_over(idea: Idea, to: User, words: str, by: Any) -> None:
    """Let another officer hold the idea. Raises CannotAnswer."""
    with transaction.atomic():
        current = _locked_open(idea)
        if current.owner_id == to.pk:
            raise CannotAnswer(_("They hold the idea already. Choose somebody else."))
        if not owners.able(current.association, current.case).filter(pk=to.pk).exists():
            raise CannotAnswer(_("They cannot hold this idea. Choose somebody else."))
        owners.give(current, to, by=by, words=words.strip())


def end(idea: Idea, ending: Ending, by: Any) -> Agreement | None:
    """Answer the idea and lead it on; the agreement when it becomes one. Raises CannotAnswer.

    Whoever answers has declared that they have no conflict of interest (kommunallagen 7:4).
    """
    with transaction.atomic():
        current = _locked_open(idea)
        if not has_declared(current.case, by):
            raise CannotAnswer(_("Declare first that you have no conflict of interest in this case."))
        for field in ("outcome", "answer", "what_else", "unit", "call", "referred_to"):
            setattr(current, field, getattr(ending, field))
        current.ended_at, current.ended_by = timezone.now(), by
        current.save()
        case = current.case
        case.log(Event.Kind.IDEA_ENDED, by=by, detail=str(Idea.Outcome(ending.outcome).label))
        case.register(
            Record.Kind.IDEA_ANSWER,
            "Svar på idé",
            by=by,
            content={
                "outcome": ending.outcome,
                "answer": ending.answer,
                "what_else": ending.what_else,
                "referred_to": ending.referred_to,
                "unit": str(ending.unit or ""),
                "call": str(ending.call or ""),
            },
        )
        agreement = _lead_on(current, ending, by)
        tell(
            [current.association.email],
            "Ni har fått svar på er idé",
            "mail/iop/idea_answered.txt",
            {"idea": current},
        )
    return agreement


def _lead_on(idea: Idea, ending: Ending, by: Any) -> Agreement | None:
    """A dialogue goes on in the log of the co-operation, a partnership as an agreement to write together."""
    if ending.outcome == Idea.Outcome.IOP:
        assert ending.unit is not None
        assert ending.area is not None
        facts = Facts(idea.title, ending.area, idea.text, list(idea.target_groups.all()))
        return begin_agreement(facts, Parties([idea.association], [ending.unit]), by, idea)
    if ending.outcome == Idea.Outcome.DIALOGUE:
        assert ending.unit is not None
        level = Level.of_dialogue()
        if level is None:
            raise CannotAnswer(_("No level of co-operation is in use. Add one in the lists first."))
        cooperating.write(
            cooperating.between(idea.association, ending.unit),
            cooperating.Happened(
                on=timezone.localdate(),
                kind=CooperationEntry.Kind.OTHER,
                level=level,
                text=f"Föreningens idé ”{idea.title}” ({idea.case.registry_number}) går vidare i dialog.",
            ),
            by,
        )
    return None


def _locked_open(idea: Idea) -> Idea:
    """The idea as it is now, locked. Raises CannotAnswer when a colleague has answered it."""
    current = (
        Idea.objects.select_for_update(of=("self",))
        .select_related("association", "case", "owner", "area")
        .get(pk=idea.pk)
    )
    if not current.is_open:
        raise CannotAnswer(_("A colleague has answered the idea meanwhile. Read the answer first."))
    return current


def _tell_association(idea: Idea) -> None:
    tell(
        [idea.association.email], "Vi har skrivit till er om er idé", "mail/iop/idea_news.txt", {"idea": idea}
    )

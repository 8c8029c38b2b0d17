"""What tests of letters build: matters that a stand-in room writes about, and the work of workers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.utils import timezone

from portal.committee import letter_making, letter_release
from portal.committee.letter_facts import LetterFacts, Parts, Writer, register
from portal.committee.minutes import record_decision
from portal.committee.models import (
    Decision,
    Letter,
    LetterOutcome,
    LetterState,
    MatterAppendix,
    MatterLine,
    Meeting,
    Outcome,
)
from portal.documents import work
from portal.people.models import Role
from portal.registry.models import Record
from tests.committee.building import approve_minutes, on_agenda
from tests.factories import MeetingFactory, staff

_OUTCOMES = {
    Outcome.GRANTED: LetterOutcome.GRANT,
    Outcome.REJECTED: LetterOutcome.REJECT,
    Outcome.TABLED: LetterOutcome.TABLED,
    Outcome.REFERRED_BACK: LetterOutcome.REFERRED_BACK,
}


def _cases(cases: Collection[int]) -> set[int]:
    """Those of matters made by `make_matter`, which the rooms above know nothing of."""
    return set(
        MatterAppendix.objects.filter(source="prov_sheet", case__in=cases).values_list("case", flat=True)
    )


def _facts(letters: Sequence[Letter]) -> dict[int, LetterFacts]:
    own = _cases([letter.line.case_id for letter in letters])
    # What somebody records later: the line's own title.
    titles = dict(MatterLine.objects.filter(case__in=own).values_list("pk", "title"))
    return {
        letter.pk: LetterFacts(
            outcome=_OUTCOMES[Outcome(letter.decision.outcome)],
            record_kind=Record.Kind.DECISION_LETTER,
            kind="Beslut",
            heading="Beslut om er ansökan",
            registry_number=letter.line.case.registry_number,
            address=(titles[letter.line_id],),
            body="pdf/_paragraphs.html",
            content={"paragraphs": [f"Nämnden har beslutat om {titles[letter.line_id]}."]},
            suggested=Parts("Tack för er ansökan.", "Räkna besöken.", "föreningssamordnaren", ""),
        )
        for letter in letters
        if letter.line.case_id in own and titles[letter.line_id] != "Okänd"
    }


def _tell(letter: Letter, by: Any) -> Any:
    """Mails whom the line names; a name with a line break cannot be mailed."""
    from post_office import mail

    if letter.line.title == "Utan post":
        return None
    return mail.send(f"{letter.line.title}@example.org".lower(), subject="Beslut finns", message="Läs.")


register("prov", Writer(_cases, _facts, _tell))


def decided_meeting(*names: str, outcome: str = Outcome.GRANTED, meeting: Meeting | None = None) -> Meeting:
    """A meeting that decided one matter with these lines, its minutes approved."""
    meeting = meeting or MeetingFactory.create()
    record_decision(on_agenda(meeting, *names), outcome, staff(Role.SECRETARY), instruction="mer underlag")
    approve_minutes(meeting)
    return meeting


def work_on_letters() -> None:
    """What workers do with the letters that wait: write them, render them, see that they are there."""
    for letter in Letter.objects.due():
        letter_making.advance(letter.pk)
        letter.refresh_from_db()
        if letter.document_id:
            work.render(letter.document_id)
        Letter.objects.filter(pk=letter.pk).exclude(state=LetterState.RELEASED).update(due_at=timezone.now())
        letter_making.advance(letter.pk)


def made_letters(*names: str, **fields: Any) -> list[Letter]:
    """The letters of a meeting that decided about these, made and ready to release."""
    meeting = decided_meeting(*names, **fields)
    letter_making.order_letters(meeting, staff(Role.SECRETARY))
    work_on_letters()
    return list(Letter.objects.of_meeting(meeting))


def release_all(meeting: Meeting, by: Any) -> letter_release.Released:
    """Make and release every letter of a meeting whose minutes are approved."""
    letter_making.order_letters(meeting, by)
    work_on_letters()
    return letter_release.release(Letter.objects.of_meeting(meeting), by)


def letters_of(decision: Decision) -> list[Letter]:
    """The decision's letters as they stand now."""
    return list(letter_making.with_relations(Letter.objects.filter(decision=decision)))

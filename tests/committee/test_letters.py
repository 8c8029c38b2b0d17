"""Letters: made in bulk as drafts, edited, made anew, held back when they fell behind, released."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from post_office.models import STATUS, Email

from portal.committee import letter_editing, letter_making, letter_release
from portal.committee.letter_editing import LetterChangedMeanwhile
from portal.committee.letter_facts import Parts
from portal.committee.letter_making import CannotWrite
from portal.committee.letter_reading import rows_of, shown, text_of
from portal.committee.minutes import record_decision
from portal.committee.models import Decision, Letter, LetterOutcome, LetterState, MatterLine, Outcome
from portal.documents import work
from portal.documents.leases import MAX_ATTEMPTS
from portal.documents.models import Document, DocumentState
from portal.people.models import Role, User
from portal.registry.models import Event, Record, declare
from tests.committee.building import BROKEN, on_agenda
from tests.committee.letters import decided_meeting, made_letters, work_on_letters
from tests.factories import MeetingFactory, staff

pytestmark = pytest.mark.django_db
MINE = Parts("Hej!", "Sök igen.", "föreningssamordnaren", "Välkomna på möte.")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def secretary() -> User:
    return staff(Role.SECRETARY)


def again(letter: Letter) -> Letter:
    return shown(Letter.objects.all()).get(pk=letter.pk)


def is_behind(letter: Letter) -> bool:
    return rows_of([again(letter)])[0].is_behind


def record_more(letter: Letter, title: str = "Kajen") -> None:
    """Change what is recorded of the letter's case."""
    MatterLine.objects.filter(pk=letter.line_id).update(title=title)


# --- Making ----------------------------------------------------------------------------------------
def test_no_letters_before_the_minutes_are_approved(secretary: User) -> None:
    meeting = MeetingFactory.create()
    record_decision(on_agenda(meeting, "Fyren"), Outcome.GRANTED, secretary)
    with pytest.raises(CannotWrite, match="when the minutes are approved"):
        letter_making.order_letters(meeting, secretary)
    assert not Letter.objects.exists()


def test_twenty_two_at_once_and_only_once(secretary: User) -> None:
    meeting = decided_meeting(*[f"Förening {number}" for number in range(22)])
    assert letter_making.order_letters(meeting, secretary) == 22
    assert set(Letter.objects.values_list("state", "outcome")) == {(LetterState.DRAFT, "")}
    assert letter_making.order_letters(meeting, secretary) == 0
    work_on_letters()
    assert set(Letter.objects.values_list("state", "outcome")) == {(LetterState.READY, LetterOutcome.GRANT)}
    assert Letter.objects.values("document").distinct().count() == 22
    assert letter_making.order_letters(meeting, secretary) == 0
    assert not Record.objects.filter(kind=Record.Kind.DECISION_LETTER).exists()
    assert not Event.objects.filter(kind=Event.Kind.RELEASED).exists()


def test_ordering_takes_as_many_queries_for_many(secretary: User) -> None:
    assert secretary.roles  # read once per request

    def queries(count: int) -> int:
        meeting = decided_meeting(*[f"F{count} {number}" for number in range(count)])
        with CaptureQueriesContext(connection) as captured:
            letter_making.order_letters(meeting, secretary)
        return len(captured)

    assert queries(2) == queries(9)


@pytest.mark.parametrize("outcome", [Outcome.TABLED, Outcome.REFERRED_BACK, Outcome.REJECTED])
def test_a_letter_knows_its_outcome(outcome: str) -> None:
    [letter] = made_letters("Fyren", outcome=outcome)
    assert (letter.state, letter.outcome) == (LetterState.READY, outcome)


@pytest.mark.rule(3)
def test_a_worker_may_come_twice_or_late(secretary: User) -> None:
    meeting = decided_meeting("Fyren")
    letter_making.order_letters(meeting, secretary)
    letter = Letter.objects.get()
    for _time in range(2):
        letter_making.advance(letter.pk)
    letter.refresh_from_db()
    assert (letter.state, letter.parts["greeting"]) == (LetterState.MAKING, "Tack för er ansökan.")
    assert letter.document_id
    work.render(letter.document_id)
    Letter.objects.update(due_at=timezone.now())
    for _time in range(2):
        letter_making.advance(letter.pk)
    letter.refresh_from_db()
    assert (letter.state, Document.objects.filter(kind="beslutsbrev").count()) == (LetterState.READY, 1)


@pytest.mark.rule(2)
def test_a_letter_left_by_a_killed_worker_is_due_again(secretary: User) -> None:
    """kill -9 between taking and writing: the row is there, its lease runs out, the sweep finds it."""
    letter_making.order_letters(decided_meeting("Fyren"), secretary)
    taken = Letter.objects.take(Letter.objects.get().pk)
    assert taken is not None
    assert not Letter.objects.due().exists()
    letter_making.advance(taken.pk)
    assert Letter.objects.get().state == LetterState.DRAFT
    Letter.objects.update(lease_until=timezone.now())
    assert Letter.objects.due().get() == taken
    work_on_letters()
    assert Letter.objects.get().state == LetterState.READY


@pytest.mark.rule(4)
def test_a_letter_tried_too_often_says_so(secretary: User) -> None:
    letter_making.order_letters(decided_meeting("Fyren"), secretary)
    Letter.objects.update(attempts=MAX_ATTEMPTS)
    letter_making.advance(Letter.objects.get().pk)
    assert Letter.objects.get().error == "The work stopped half way each time it was tried."


def test_a_case_without_anything_recorded_fails_with_the_reason(secretary: User) -> None:
    meeting = decided_meeting("Fyren")
    MatterLine.objects.update(title="Okänd")
    letter_making.order_letters(meeting, secretary)
    work_on_letters()
    letter = Letter.objects.get()
    assert letter.state == LetterState.FAILED
    assert letter.error == "Nothing is recorded for this case that the letter could be made from."


def test_a_letter_that_cannot_be_rendered_comes_back_with_its_error_and_can_be_tried_again(
    secretary: User,
) -> None:
    meeting = decided_meeting("Fyren", "Hamnen")
    letter_making.order_letters(meeting, secretary)
    poisoned, other = Letter.objects.all()
    letter_making.advance(poisoned.pk)
    document = Document.objects.get(kind="beslutsbrev")
    Document.objects.filter(pk=document.pk).update(html=BROKEN)
    work.render(document.pk)
    Letter.objects.update(due_at=timezone.now())
    letter_making.advance(poisoned.pk)
    work_on_letters()
    poisoned.refresh_from_db()
    other.refresh_from_db()
    document.refresh_from_db()
    assert (poisoned.state, other.state) == (LetterState.FAILED, LetterState.READY)
    assert poisoned.error == document.error != ""
    assert poisoned.technical_error == document.technical_error
    assert letter_release.release([poisoned], secretary).count == 0
    Document.objects.filter(pk=document.pk).update(html="<!doctype html><title>Brev</title><p>Hel.")
    letter_making.retry(poisoned)
    assert again(poisoned).state == LetterState.DRAFT
    document.refresh_from_db()
    assert document.state == DocumentState.QUEUED
    work_on_letters()
    assert (again(poisoned).state, again(poisoned).error) == (LetterState.READY, "")


def test_ordering_again_tries_what_failed(secretary: User) -> None:
    [letter] = made_letters("Fyren")
    Letter.objects.update(state=LetterState.FAILED, error="Något.")
    assert letter_making.order_letters(letter.decision.agenda_item.meeting, secretary) == 1
    work_on_letters()
    assert again(letter).is_ready


# --- Editing ---------------------------------------------------------------------------------------
def test_what_is_edited_stands_in_the_letter_and_who_did_it(secretary: User) -> None:
    [letter] = made_letters("Fyren")
    letter_editing.write(letter, MINE, letter.version, secretary)
    assert again(letter).state == LetterState.DRAFT
    work_on_letters()
    edited = again(letter)
    assert (edited.state, edited.version, edited.is_edited) == (LetterState.READY, 2, True)
    assert (edited.edited_by, edited.outcome) == (secretary, LetterOutcome.GRANT)
    text = str(text_of(edited))
    for said in ("Hej!", "Välkomna på möte.", "Nämnden har beslutat om Fyren."):
        assert f"<p>{said}</p>" in text


@pytest.mark.rule(13)
def test_what_is_typed_is_text_and_never_markup(secretary: User) -> None:
    [letter] = made_letters("Fyren")
    letter_editing.write(letter, Parts(extra=f"<b>{BROKEN}</b> & å"), letter.version, secretary)
    work_on_letters()
    edited = again(letter)
    assert edited.is_ready
    assert "&lt;b&gt;" in text_of(edited)
    assert "<img" not in text_of(edited)


@pytest.mark.rule(16)
def test_the_second_of_two_editors_is_shown_both_and_overwrites_nothing(secretary: User) -> None:
    [letter] = made_letters("Fyren")
    letter_editing.write(letter, MINE, 1, secretary)
    with pytest.raises(LetterChangedMeanwhile) as refused:
        letter_editing.write(letter, Parts("Min hälsning"), 1, staff(Role.SECRETARY))
    assert refused.value.stored.parts["greeting"] == "Hej!"
    letter_editing.write(letter, Parts("Min hälsning"), refused.value.stored.version, secretary)
    assert again(letter).parts["greeting"] == "Min hälsning"


def test_an_edit_while_a_worker_holds_the_letter_wins(secretary: User) -> None:
    [letter] = made_letters("Fyren")
    letter_editing.follow_record(letter)
    held = Letter.objects.take(letter.pk)
    assert held is not None
    letter_editing.write(letter, MINE, 1, secretary)
    letter_making._write(held)
    assert again(letter).state == LetterState.DRAFT
    work_on_letters()
    assert "Välkomna på möte." in text_of(again(letter))


def test_made_anew_throws_away_what_was_edited(secretary: User) -> None:
    [letter] = made_letters("Fyren")
    letter_editing.write(letter, MINE, 1, secretary)
    with pytest.raises(LetterChangedMeanwhile):
        letter_editing.make_anew(letter, 1, secretary)
    letter_editing.make_anew(letter, 2, secretary)
    work_on_letters()
    fresh = again(letter)
    assert (fresh.is_edited, fresh.version, fresh.parts["greeting"]) == (False, 3, "Tack för er ansökan.")


# --- Falling behind --------------------------------------------------------------------------------
def test_a_draft_that_fell_behind_says_so_and_does_not_go_out(secretary: User) -> None:
    [letter] = made_letters("Fyren")
    letter_editing.write(letter, MINE, 1, secretary)
    work_on_letters()
    assert not is_behind(letter)
    record_more(letter)
    assert is_behind(letter)
    [(_held, reason)] = letter_release.release([again(letter)], secretary).held
    assert reason == "What is recorded has changed since the letter was made. Make it anew."
    letter_editing.follow_record(letter)
    work_on_letters()
    assert not is_behind(letter)
    text = text_of(again(letter))
    assert "<p>Hej!</p>" in text
    assert "Nämnden har beslutat om Kajen." in text
    assert letter_release.release([again(letter)], secretary).count == 1


def test_ordering_again_makes_what_fell_behind(secretary: User) -> None:
    letter, other = made_letters("Fyren", "Hamnen")
    record_more(letter)
    assert letter_making.order_letters(letter.decision.agenda_item.meeting, secretary) == 1
    assert (again(letter).state, again(other).state) == (LetterState.DRAFT, LetterState.READY)


def told() -> QuerySet[Email]:
    """The mails of released letters; those who approve the minutes have been mailed too."""
    return Email.objects.filter(subject="Beslut finns")


# --- Releasing -------------------------------------------------------------------------------------
def test_a_release_registers_tells_and_mails_once(secretary: User) -> None:
    first, second = made_letters("Fyren", "Hamnen")
    result = letter_release.release([first], secretary)
    assert (result.count, result.held) == (1, [])
    first = again(first)
    assert (first.state, first.released_by) == (LetterState.RELEASED, secretary)
    [record] = Record.objects.filter(kind=Record.Kind.DECISION_LETTER)
    assert (record, record.case, record.document) == (first.record, first.line.case, first.document)
    assert [mail.to for mail in told()] == [["fyren@example.org"]]
    assert first.line.case.events.filter(kind=Event.Kind.RELEASED).count() == 1
    assert first.decision.released_at is None
    assert letter_release.release([first, second], secretary).count == 1
    assert letter_release.release([first, second], secretary).count == 0
    assert (Record.objects.filter(kind=Record.Kind.DECISION_LETTER).count(), told().count()) == (2, 2)
    assert again(second).decision.released_at is not None
    own = first.decision.matter.case.events.filter(kind=Event.Kind.RELEASED)
    assert own.count() == 1


def test_a_letter_registered_before_letters_were_rows_is_the_one_that_goes_out(secretary: User) -> None:
    letter, other = made_letters("Fyren", "Kajen")
    earlier = letter.line.case.register(Record.Kind.DECISION_LETTER, "Beslut", document=other.document)
    assert letter_release.release([letter, other], secretary).count == 2
    records = Record.objects.filter(kind=Record.Kind.DECISION_LETTER)
    assert [row.pk for row in records.filter(case=letter.line.case)] == [earlier.pk]
    letter = again(letter)
    assert (letter.record, letter.document) == (earlier, other.document)
    assert records.get(case=other.line.case).document == other.document


def test_a_decision_that_was_released_before_gets_no_letter_again(secretary: User) -> None:
    meeting = decided_meeting("Fyren")
    Decision.objects.filter(agenda_item__meeting=meeting).update(released_at=timezone.now())
    assert letter_making.order_letters(meeting, secretary) == 0
    assert not Letter.objects.exists()


def test_a_letter_that_cannot_go_out_stops_no_other_and_comes_back(secretary: User) -> None:
    bad, good = made_letters("Ingen adress här", "Hamnen")
    result = letter_release.release([bad, good], secretary)
    assert result.count == 1
    bad = again(bad)
    assert bad.state == LetterState.FAILED
    assert bad.error.startswith("The letter could not go out (ValidationError: ")
    assert not Record.objects.filter(case=bad.line.case, kind=Record.Kind.DECISION_LETTER).exists()
    letter_making.retry(bad)
    work_on_letters()
    assert again(bad).is_ready


def test_nobody_to_mail_is_no_failure(secretary: User) -> None:
    [letter] = made_letters("Utan post")
    assert letter_release.release([letter], secretary).count == 1
    assert again(letter).mail is None


def test_a_mail_that_was_given_up_comes_back_and_is_sent_again(secretary: User) -> None:
    [letter] = made_letters("Fyren")
    letter_release.release([letter], secretary)
    mail = told().get()
    told().update(status=STATUS.failed)
    mail.logs.create(status=STATUS.failed, message="550 No such mailbox here", exception_type="SMTPError")
    row = rows_of([again(letter)])[0]
    assert (row.letter.mail_has_failed, row.mail_error) == (True, "550 No such mailbox here")
    assert Letter.objects.waiting_for_the_secretary().get() == letter
    letter_release.mail_again(row.letter)
    letter_release.mail_again(row.letter)
    assert told().get().status == STATUS.queued
    assert not Letter.objects.waiting_for_the_secretary().exists()


def test_only_the_version_that_was_read_goes_out(secretary: User) -> None:
    [letter] = made_letters("Fyren")
    letter_editing.write(letter, MINE, 1, secretary)
    work_on_letters()
    [(_held, reason)] = letter_release.release([letter], secretary).held
    assert reason == "The letter has been changed since you read it. Read it again."


def test_what_is_released_stands(secretary: User) -> None:
    [letter] = made_letters("Fyren")
    letter_release.release([letter], secretary)
    for act in (
        lambda: letter_editing.write(letter, MINE, 1, secretary),
        lambda: letter_editing.make_anew(letter, 1, secretary),
        lambda: letter_editing.follow_record(letter),
    ):
        with pytest.raises(CannotWrite, match="stands as it went out"):
            act()
    with pytest.raises(TypeError):
        Letter.objects.filter(pk=letter.pk).update(parts={})
    with pytest.raises(TypeError):
        again(letter).save()
    with pytest.raises(TypeError):
        letter.delete()
    with pytest.raises(TypeError):
        Letter.objects.all().delete()
    record_more(letter)
    assert not is_behind(letter)
    letter_making.retry(letter)
    assert again(letter).is_released


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "released"},
        {"state": "failed"},
        {"state": "lost"},
        {"outcome": "kanske"},
        {"state": "ready", "document": None},
        {"is_edited": True, "edited_by": None},
        {"released_at": timezone.now()},
    ],
)
def test_the_database_refuses_a_letter_that_does_not_hold_together(fields: dict[str, Any]) -> None:
    [letter] = made_letters("Fyren")
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(**fields)


def test_one_letter_for_each_line_of_a_decision(secretary: User) -> None:
    [letter] = made_letters("Fyren")
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.create(decision=letter.decision, line=letter.line, ordered_by=secretary)


# --- Who sees it -----------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [role for role in Role if role != Role.SECRETARY])
def test_a_draft_is_the_secretarys_alone(role: Role) -> None:
    [letter] = made_letters("Fyren")
    person = staff(role)
    assert not Letter.objects.visible_to(person).exists()
    assert letter.document not in Document.objects.visible_to(person)


def test_a_conflict_of_interest_hides_the_matters_letters(secretary: User) -> None:
    first, second = made_letters("Fyren", "Hamnen")
    declare(first.line.case, secretary, has_conflict=True)
    assert not Letter.objects.visible_to(secretary).exists()
    with pytest.raises(CannotWrite):
        letter_making.order_letters(first.decision.agenda_item.meeting, secretary)
    assert set(Letter.objects.visible_to(staff(Role.SECRETARY))) == {first, second}

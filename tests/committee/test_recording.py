"""What is recorded becomes the minutes' own text; decisions line by line; numbers without gaps."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.committee import minutes, proposals
from portal.committee.deliberating import announce_dissent, move, step_aside, vote, withdraw
from portal.committee.minutes import CannotRecord, Decided, Note, record, record_decision
from portal.committee.models import (
    AgendaItem,
    BallotChoice,
    Decision,
    LineOutcome,
    Meeting,
    MotionKind,
    Outcome,
    Seat,
    Stage,
)
from portal.committee.phrases import points_with_rejections
from portal.committee.signals import matter_decided
from portal.documents.rendering import render_pdf
from portal.people.models import Role, User
from tests.committee.building import YEARS, on_agenda
from tests.committee.document_lines import main_lines
from tests.committee.sitting import call_roll, seated
from tests.committee.test_acts import Heard, amounts, points
from tests.documents.validation import assert_archival_and_accessible
from tests.factories import MeetingFactory, staff

YES, NO, ABSTAIN = BallotChoice.YES, BallotChoice.NO, BallotChoice.ABSTAIN


def said(decision: Decision, heading: str) -> list[str]:
    """What the extract says from a heading on, to where the decision is sent."""
    decision.refresh_from_db()
    assert decision.extract is not None
    lines = main_lines(decision.extract.html)
    return lines[lines.index(heading) : lines.index("Beslutet ska skickas till")]


@pytest.fixture
def room(db: None) -> tuple[AgendaItem, list[Seat], list[Seat], User]:
    """An item that the chair adopted, in a meeting where five members serve and two substitutes listen."""
    meeting, members, substitutes = seated(5, 2)
    item = on_agenda(meeting, "Fyren", "Hamnen")
    proposals.adopt(item.matter, staff(Role.CHAIR))
    call_roll(meeting, members, substitutes)
    found = AgendaItem.objects.select_related("matter", "meeting").get(pk=item.pk)
    return found, members, substitutes, staff(Role.SECRETARY)


Room = tuple[AgendaItem, list[Seat], list[Seat], User]


# --- Golden texts ----------------------------------------------------------------------------------
def test_page_one_says_who_served_and_who_listened(room: Room) -> None:
    item, _members, _substitutes, secretary = room
    decision = record_decision(item, Outcome.GRANTED, secretary)
    lines = said(decision, "Beslutande")
    assert lines[:5] == [
        "Beslutande",
        "Ledamot 1 (A), ordförande Ledamot 2 (B), 1:e vice ordförande Ledamot 3 (C), 2:e vice ordförande "
        "Ledamot 4 (A) Ledamot 5 (B)",
        "Ersättare",
        "Ersättare 1 (A) Ersättare 2 (B)",
        "§ 1",
    ]
    assert decision.extract is not None
    assert_archival_and_accessible(render_pdf(decision.extract.html, title=decision.extract.title))
    assert said(decision, "Behandling av förslag")[1] == (
        "Ordföranden konstaterar att det bara finns ett förslag till beslut och finner att socialnämnden "
        "beslutar i enlighet med ordförandens förslag."
    )


def test_a_rejection_that_won_without_a_vote(room: Room) -> None:
    item, members, _substitutes, secretary = room
    move(item, MotionKind.GRANT, members[0])
    move(item, MotionKind.REJECT, members[3], [members[4], members[2]])
    withdraw(move(item, MotionKind.TABLE, members[1]))
    assert said(record_decision(item, Outcome.REJECTED, secretary), "Yrkanden") == [
        "Yrkanden",
        "Ledamot 1 (A) yrkar bifall till ordförandens förslag.",
        "Ledamot 4 (A) yrkar avslag. Ledamot 3 (C) och Ledamot 5 (B) instämmer i yrkandet.",
        "Behandling av förslag",
        "Ordföranden ställer bifall till ordförandens förslag mot avslag och finner att socialnämnden "
        "beslutar att avslå.",
        "Socialnämnden beslutar",
        "att avslå ansökan från Fyren; samt",
        "att avslå ansökan från Hamnen.",
    ]


def test_a_partial_grant_by_a_motion_to_change(room: Room) -> None:
    item, members, _substitutes, secretary = room
    fyren, hamnen = item.matter.lines.all()
    motion = move(
        item, MotionKind.CHANGE, members[1],
        text="att bevilja Fyren 50 000 kronor för 2027\natt avslå ansökan från Hamnen.",
    )  # fmt: skip
    decided = Decided(
        Outcome.GRANTED, motion=motion, amounts={fyren.pk: {2027: 50_000}}, rejected=frozenset({hamnen.pk})
    )
    decision = record(item, decided, secretary)
    assert said(decision, "Yrkanden") == [
        "Yrkanden",
        "Ledamot 2 (B) yrkar att nämnden i stället beslutar att bevilja Fyren 50 000 kronor för 2027; samt "
        "att avslå ansökan från Hamnen.",
        "Behandling av förslag",
        "Ordföranden ställer de framlagda förslagen mot varandra och finner att nämnden beslutar enligt "
        "yrkandet från Ledamot 2 (B).",
        "Socialnämnden beslutar",
        "att bevilja Fyren 50 000 kronor för 2027; samt",
        "att avslå ansökan från Hamnen.",
    ]
    assert amounts(item.matter, Stage.DECIDED) == {"Fyren": {2027: 50_000}, "Hamnen": {}}
    assert [(row.line, row.outcome) for row in decision.line_outcomes.all()] == [(hamnen, Outcome.REJECTED)]


def test_a_motion_that_changes_one_point_wins_beside_the_rest_of_the_proposal(room: Room) -> None:
    item, members, _substitutes, secretary = room
    changed = "att bevilja Fyren 50 000 kronor för 2027"
    motion = move(item, MotionKind.CHANGE, members[1], text=changed)
    points = [changed, "att bevilja Hamnen bidrag", "att godkänna redovisningen"]
    amounts_of_fyren = {item.matter.lines.get(title="Fyren").pk: {2027: 50_000}}
    decided = Decided(Outcome.GRANTED, motion=motion, points=points, amounts=amounts_of_fyren)
    assert said(record(item, decided, secretary), "Yrkanden") == [
        "Yrkanden",
        "Ledamot 2 (B) yrkar att nämnden i stället beslutar att bevilja Fyren 50 000 kronor för 2027.",
        "Behandling av förslag",
        "Ordföranden ställer de framlagda förslagen mot varandra och finner att nämnden beslutar enligt "
        "yrkandet från Ledamot 2 (B).",
        "Socialnämnden beslutar",
        "att bevilja Fyren 50 000 kronor för 2027;",
        "att bevilja Hamnen bidrag; samt",
        "att godkänna redovisningen.",
    ]


def test_points_that_all_agree_to_change_are_not_called_the_proposal(room: Room) -> None:
    item, _members, _substitutes, secretary = room
    decided = Decided(Outcome.GRANTED, points=["att bevilja Fyren bidrag i ett år"])
    assert said(record(item, decided, secretary), "Behandling av förslag") == [
        "Behandling av förslag",
        "Ordföranden konstaterar att nämnden enas om att ändra ordförandens förslag och finner att "
        "socialnämnden beslutar enligt det ändrade förslaget.",
        "Socialnämnden beslutar",
        "att bevilja Fyren bidrag i ett år.",
    ]


def test_tabled_after_the_question_was_put(room: Room) -> None:
    item, members, _substitutes, secretary = room
    move(item, MotionKind.TABLE, members[2])
    move(item, MotionKind.REJECT, members[3])
    assert said(record_decision(item, Outcome.TABLED, secretary), "Yrkanden") == [
        "Yrkanden",
        "Ledamot 3 (C) yrkar att ärendet bordläggs.",
        "Ledamot 4 (A) yrkar avslag.",
        "Behandling av förslag",
        "Ordföranden ställer frågan om ärendet ska avgöras i dag eller bordläggas och finner att "
        "socialnämnden beslutar att bordlägga ärendet.",
        "Socialnämnden beslutar",
        "att bordlägga ärendet till nämndens nästa sammanträde.",
    ]


def test_referred_back_by_a_vote(room: Room) -> None:
    item, members, _substitutes, secretary = room
    move(item, MotionKind.REFER_BACK, members[2], text="att höra föreningarna")
    ballots = dict(zip(members, [YES, NO, NO, NO, ABSTAIN], strict=True))
    vote(item, "förslaget att avgöra ärendet i dag", "yrkandet om återremiss", ballots)
    decision = record_decision(item, Outcome.REFERRED_BACK, secretary, instruction="att höra föreningarna")
    assert said(decision, "Yrkanden") == [
        "Yrkanden",
        "Ledamot 3 (C) yrkar att ärendet återremitteras till förvaltningen för att höra föreningarna.",
        "Behandling av förslag",
        "Ordföranden ställer frågan om ärendet ska avgöras i dag eller återremitteras.",
        "Votering begärs. Ja-röst för förslaget att avgöra ärendet i dag, nej-röst för yrkandet om "
        "återremiss.",
        "Med 1 ja-röst mot 3 nej-röster och 1 som avstår beslutar nämnden enligt yrkandet om återremiss.",
        "Ja-röst: Ledamot 1 (A).",
        "Nej-röst: Ledamot 2 (B), Ledamot 3 (C), Ledamot 4 (A).",
        "Avstår: Ledamot 5 (B).",
        "Socialnämnden beslutar",
        "att återremittera ärendet till förvaltningen för att höra föreningarna.",
    ]


def test_a_vote_with_casting_vote_and_dissent_in_writing_and_immediate_approval(room: Room) -> None:
    item, members, _substitutes, secretary = room
    move(item, MotionKind.REJECT, members[3])
    ballots = dict(zip(members, [YES, NO, YES, NO, ABSTAIN], strict=True))
    vote(item, "ordförandens förslag", "yrkandet om avslag", ballots)
    announce_dissent(item, [members[1], members[3]], "Pengarna behövs bättre på annat håll.")
    decided = Decided(
        Outcome.GRANTED, is_immediate=True,
        notes=[Note("protokollsanteckning", "Ledamot 5 (B) lämnar en anteckning.")],
    )  # fmt: skip
    assert said(record(item, decided, secretary), "Behandling av förslag") == [
        "Behandling av förslag",
        "Ordföranden ställer bifall till ordförandens förslag mot avslag.",
        "Votering begärs. Ja-röst för ordförandens förslag, nej-röst för yrkandet om avslag.",
        "Rösterna är lika många: 2 ja-röster mot 2 nej-röster och 1 som avstår. Med ordförandens utslagsröst "
        "beslutar nämnden enligt ordförandens förslag.",
        "Ja-röst: Ledamot 1 (A), Ledamot 3 (C).",
        "Nej-röst: Ledamot 2 (B), Ledamot 4 (A).",
        "Avstår: Ledamot 5 (B).",
        "Socialnämnden beslutar",
        "att bevilja Fyren bidrag;",
        "att bevilja Hamnen bidrag; samt",
        "att godkänna redovisningen.",
        "Reservation",
        "Mot beslutet reserverar sig Ledamot 2 (B) och Ledamot 4 (A) till förmån för eget yrkande.",
        "Pengarna behövs bättre på annat håll.",
        "Protokollsanteckning",
        "Ledamot 5 (B) lämnar en anteckning.",
        "Omedelbar justering",
        "Paragrafen förklaras omedelbart justerad.",
    ]


def test_a_conflict_of_interest_with_a_substitute_who_votes(room: Room) -> None:
    item, members, substitutes, secretary = room
    step_aside(item, members[0], substitutes[0], secretary)
    move(item, MotionKind.REJECT, members[3])
    # The first vice chair chairs, so that the tie is theirs.
    ballots = dict(zip([*members[1:], substitutes[0]], [NO, NO, YES, ABSTAIN, YES], strict=True))
    vote(item, "ordförandens förslag", "yrkandet om avslag", ballots)
    lines = said(record_decision(item, Outcome.REJECTED, secretary), "Behandling av förslag")
    assert lines[3:5] == [
        "Rösterna är lika många: 2 ja-röster mot 2 nej-röster och 1 som avstår. Med ordförandens utslagsröst "
        "beslutar nämnden enligt yrkandet om avslag.",
        "Ja-röst: Ledamot 4 (A), Ersättare 1 (A).",
    ]
    assert lines[-2:] == [
        "Jäv",
        "Ledamot 1 (A) anmäler jäv och deltar inte i handläggningen av ärendet. Ersättare 1 (A) tjänstgör. "
        "Ledamot 2 (B) är ordförande vid handläggningen av ärendet.",
    ]


def test_a_lost_motion_to_table_and_then_one_proposal(room: Room) -> None:
    item, members, _substitutes, secretary = room
    move(item, MotionKind.TABLE, members[2])
    assert said(record_decision(item, Outcome.GRANTED, secretary), "Behandling av förslag")[1:3] == [
        "Ordföranden ställer frågan om ärendet ska avgöras i dag eller bordläggas och finner att ärendet ska "
        "avgöras i dag.",
        "Ordföranden konstaterar att det bara finns ett förslag till beslut och finner att socialnämnden "
        "beslutar i enlighet med ordförandens förslag.",
    ]


# --- Line by line ----------------------------------------------------------------------------------
def test_a_rejected_line_gets_nothing_and_its_point_says_so(room: Room) -> None:
    item, _members, _substitutes, secretary = room
    heard = Heard(matter_decided)
    hamnen = item.matter.lines.get(title="Hamnen")
    decision = record(item, Decided(Outcome.GRANTED, rejected=frozenset({hamnen.pk})), secretary)
    assert points(item.matter, Stage.DECIDED) == [
        "att bevilja Fyren bidrag", "att avslå ansökan från Hamnen", "att godkänna redovisningen",
    ]  # fmt: skip
    assert amounts(item.matter, Stage.DECIDED) == {"Fyren": dict.fromkeys(YEARS, 100_000), "Hamnen": {}}
    assert LineOutcome.objects.get().line == hamnen
    assert [told["decision"] for told in heard] == [decision]


def test_changed_amounts_need_points_that_say_them(room: Room) -> None:
    item, _members, _substitutes, secretary = room
    fyren = item.matter.lines.get(title="Fyren")
    changed = {fyren.pk: {2027: 5, 2028: 100_000}}
    with pytest.raises(CannotRecord):
        record(item, Decided(Outcome.GRANTED, amounts=changed), secretary)
    record(item, Decided(Outcome.GRANTED, amounts=changed, points=["att bevilja Fyren 5 kronor"]), secretary)
    assert points(item.matter, Stage.DECIDED) == ["att bevilja Fyren 5 kronor"]
    assert amounts(item.matter, Stage.DECIDED)["Fyren"] == {2027: 5, 2028: 100_000}
    assert amounts(item.matter, Stage.DECIDED)["Hamnen"] == dict.fromkeys(YEARS, 100_000)


def test_another_matters_line_is_refused(room: Room) -> None:
    item, _members, _substitutes, secretary = room
    other = on_agenda(item.meeting, "Kajen").matter.lines.get()
    for decided in (
        Decided(Outcome.GRANTED, rejected=frozenset({other.pk})),
        Decided(Outcome.GRANTED, amounts={other.pk: {2027: 1}}, points=["att bevilja"]),
    ):
        with pytest.raises(CannotRecord):
            record(item, decided, secretary)
    assert not Decision.objects.exists()


def test_a_name_within_a_name_does_not_take_its_point() -> None:
    given = ["att bevilja Fyren Syd bidrag", "att bevilja Fyren bidrag", "att finansiering sker"]
    assert points_with_rejections(given, ["Fyren"], ["Fyren", "Fyren Syd"]) == [
        "att bevilja Fyren Syd bidrag", "att avslå ansökan från Fyren", "att finansiering sker",
    ]  # fmt: skip
    assert points_with_rejections(["att godkänna"], ["Fyren"], ["Fyren"]) == [
        "att godkänna", "att avslå ansökan från Fyren",
    ]  # fmt: skip
    both = ["att avslå ansökan från Fyren, om x", "att i stället bevilja Fyren y"]
    assert points_with_rejections(both, ["Fyren"], ["Fyren"]) == ["att avslå ansökan från Fyren"]


# --- Paragraphs ------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_paragraphs_have_no_gaps_when_many_record_at_once() -> None:
    meeting, by = MeetingFactory.create(), staff(Role.SECRETARY)
    items = [on_agenda(meeting, f"Fyren {number}").pk for number in range(8)]
    start = Barrier(8)

    def record_one(pk: int) -> int | None:
        try:
            item = AgendaItem.objects.select_related("meeting", "matter").get(pk=pk)
            # Two of them try to record what cannot be recorded: they take no number.
            outcome = Outcome.REFERRED_BACK if pk in items[:2] else Outcome.GRANTED
            start.wait(timeout=30)
            return record_decision(item, outcome, by).paragraph
        except CannotRecord:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as people:
        numbers = list(people.map(record_one, items))
    assert numbers[:2] == [None, None]
    assert sorted(number for number in numbers[2:] if number) == [1, 2, 3, 4, 5, 6]


def undone(item: AgendaItem, by: User) -> None:
    """Record in a transaction that is undone, as when a listener fails."""
    with transaction.atomic():
        record_decision(item, Outcome.TABLED, by)
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*Outcome.values, "fel", "för sent"]), min_size=1, max_size=6))
def test_paragraphs_count_up_whatever_is_recorded_refused_or_undone(tries: list[str]) -> None:
    with transaction.atomic():
        meeting: Meeting = MeetingFactory.create()
        by, taken = staff(Role.SECRETARY), []
        for number, outcome in enumerate(tries):
            item = on_agenda(meeting, f"Fyren {number}")
            if outcome == "fel":
                with pytest.raises(CannotRecord):
                    record_decision(item, Outcome.REFERRED_BACK, by)
            elif outcome == "för sent":
                undone(item, by)
            else:
                taken.append(record_decision(item, outcome, by, instruction="att höra").paragraph)
        assert taken == list(range(1, len(taken) + 1))
        transaction.set_rollback(True)


def test_the_proposed_amounts_are_the_chairs_or_else_the_officers(room: Room) -> None:
    item, *_rest = room
    fyren = item.matter.lines.get(title="Fyren")
    item.matter.refresh_from_db()
    proposals.change(item.matter, staff(Role.CHAIR), {fyren.pk: {2027: 7}}, "Skäl.")
    item.matter.refresh_from_db()
    assert minutes.proposed_amounts(item.matter)[fyren.pk] == {2027: 7, 2028: 100_000}

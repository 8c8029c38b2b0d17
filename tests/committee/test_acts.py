"""The committee's acts: proposal, agenda, pack, decision, release."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest
from django.dispatch import Signal
from django.utils import timezone

from portal.committee import pack, proposals
from portal.committee.agenda import CannotChangeAgenda, put_on_agenda, take_off_agenda
from portal.committee.minutes import CannotRecord, Note, record_decision
from portal.committee.models import (
    AgendaItem,
    DecisionPoint,
    Matter,
    MatterState,
    MinutesNote,
    Outcome,
    Pack,
    PackState,
    Stage,
)
from portal.committee.pack import CannotMakePack
from portal.committee.proposals import CannotPropose
from portal.committee.signals import matter_decided, matter_returned
from portal.documents import work
from portal.documents.models import Document, DocumentState
from portal.people.models import Role
from portal.registry.models import Event, Record
from tests.committee.building import (
    YEARS,
    make_matter,
    on_agenda,
    published_pack,
    work_until_settled,
)
from tests.factories import MeetingFactory, staff

pytestmark = pytest.mark.django_db


def amounts(matter: Matter, stage: str) -> dict[str, dict[int, int]]:
    return {line.title: line.amounts_of(stage) for line in matter.lines.prefetch_related("amounts")}


def points(matter: Matter, stage: str) -> list[str]:
    return [point.text for point in DecisionPoint.objects.filter(matter=matter, stage=stage)]


class Heard(list[dict[str, Any]]):
    """What a signal told, as long as the object lives."""

    def __init__(self, signal: Signal) -> None:
        super().__init__()
        signal.connect(self._hear, weak=True)

    def _hear(self, **told: Any) -> None:
        self.append(told)


# --- The chair's proposal --------------------------------------------------------------------------
def test_adopting_copies_amounts_and_points() -> None:
    matter = make_matter("Fyren", "Hamnen")
    proposal = proposals.adopt(matter, staff(Role.CHAIR))
    assert proposal.adopts
    assert amounts(matter, Stage.CHAIR) == amounts(matter, Stage.OFFICERS)
    assert points(matter, Stage.CHAIR) == points(matter, Stage.OFFICERS)
    assert matter.case.events.filter(kind=Event.Kind.CHAIRS_PROPOSAL).count() == 1


def test_changing_one_amount_keeps_all_others() -> None:
    matter = make_matter("Fyren", "Hamnen")
    line = matter.lines.get(title="Hamnen")
    proposals.change(matter, staff(Role.CHAIR), {line.pk: {2028: 130_000}}, "Hamnen behöver mer.")
    assert amounts(matter, Stage.CHAIR) == {
        "Fyren": {2027: 100_000, 2028: 100_000},
        "Hamnen": {2027: 100_000, 2028: 130_000},
    }
    assert amounts(matter, Stage.OFFICERS)["Hamnen"] == {2027: 100_000, 2028: 100_000}


def test_adopting_after_a_change_takes_the_officers_amounts_again() -> None:
    matter, chair = make_matter("Fyren"), staff(Role.CHAIR)
    proposals.change(matter, chair, {matter.lines.get().pk: {2027: 1}}, "Skäl.")
    proposals.adopt(matter, chair)
    matter.refresh_from_db()
    assert matter.chairs_proposal.adopts
    assert amounts(matter, Stage.CHAIR) == amounts(matter, Stage.OFFICERS)


@pytest.mark.parametrize("comment", ["", "   "])
def test_other_amounts_need_a_reason(comment: str) -> None:
    matter = make_matter("Fyren")
    with pytest.raises(CannotPropose):
        proposals.change(matter, staff(Role.CHAIR), {matter.lines.get().pk: {2027: 5}}, comment)


def test_equal_amounts_are_no_change() -> None:
    matter = make_matter("Fyren")
    with pytest.raises(CannotPropose):
        proposals.change(matter, staff(Role.CHAIR), {matter.lines.get().pk: {2027: 100_000}}, "Skäl.")


def test_a_line_of_another_matter_is_refused() -> None:
    matter, other = make_matter("Fyren"), make_matter("Hamnen")
    with pytest.raises(CannotPropose):
        proposals.change(matter, staff(Role.CHAIR), {other.lines.get().pk: {2027: 5}}, "Skäl.")
    assert amounts(other, Stage.CHAIR) == {"Hamnen": {}}


@pytest.mark.parametrize("outcome", [Outcome.GRANTED, Outcome.REFERRED_BACK])
def test_no_proposal_on_a_closed_matter(outcome: str) -> None:
    item = on_agenda(MeetingFactory.create(), "Fyren")
    record_decision(item, outcome, staff(Role.SECRETARY), instruction="att höra föreningen")
    with pytest.raises(CannotPropose):
        proposals.adopt(item.matter, staff(Role.CHAIR))
    assert not Matter.objects.awaiting_chair().exists()


# --- The agenda ------------------------------------------------------------------------------------
def test_a_matter_stands_on_one_agenda() -> None:
    first, second = MeetingFactory.create(), MeetingFactory.create()
    item = on_agenda(first, "Fyren")
    for meeting in (first, second):
        with pytest.raises(CannotChangeAgenda):
            put_on_agenda(item.matter, meeting, staff(Role.SECRETARY))
    assert AgendaItem.objects.count() == 1


def test_taken_off_it_is_free_and_can_be_put_back() -> None:
    meeting = MeetingFactory.create()
    item = on_agenda(meeting, "Fyren")
    take_off_agenda(item)
    matter = Matter.objects.get()
    assert matter.state == MatterState.PREPARED
    assert put_on_agenda(matter, meeting, staff(Role.SECRETARY)).position == 1


def test_what_the_members_have_is_not_taken_off_but_a_late_item_is() -> None:
    meeting = MeetingFactory.create()
    told = on_agenda(meeting, "Fyren")
    published_pack(meeting)
    late = on_agenda(meeting, "Hamnen")
    with pytest.raises(CannotChangeAgenda):
        take_off_agenda(told)
    take_off_agenda(late)
    assert list(meeting.agenda.all()) == [told]


def test_a_decided_item_stays() -> None:
    item = on_agenda(MeetingFactory.create(), "Fyren")
    record_decision(item, Outcome.GRANTED, staff(Role.SECRETARY))
    with pytest.raises(CannotChangeAgenda):
        take_off_agenda(item)


def test_a_tabled_matter_comes_back_at_the_next_meeting_but_not_at_the_same() -> None:
    first, second, secretary = MeetingFactory.create(), MeetingFactory.create(), staff(Role.SECRETARY)
    item = on_agenda(first, "Fyren")
    record_decision(item, Outcome.TABLED, secretary)
    item.matter.refresh_from_db()
    assert item.matter.state == MatterState.TABLED
    with pytest.raises(CannotChangeAgenda):
        put_on_agenda(item.matter, first, secretary)
    again = put_on_agenda(item.matter, second, secretary)
    take_off_agenda(again)
    item.matter.refresh_from_db()
    assert item.matter.state == MatterState.TABLED
    again = put_on_agenda(item.matter, second, secretary)
    assert record_decision(again, Outcome.GRANTED, secretary).is_final


# --- Decisions -------------------------------------------------------------------------------------
def test_paragraphs_run_through_the_year_without_gaps_also_past_refusals() -> None:
    meeting, secretary = MeetingFactory.create(), staff(Role.SECRETARY)
    items = [on_agenda(meeting, f"Fyren {n}") for n in range(4)]
    record_decision(items[0], Outcome.GRANTED, secretary)
    with pytest.raises(CannotRecord):
        record_decision(items[1], Outcome.REFERRED_BACK, secretary)
    outcomes = [Outcome.REJECTED, Outcome.TABLED, Outcome.REFERRED_BACK]
    decisions = [
        record_decision(item, outcome, secretary, instruction="att räkna om")
        for item, outcome in zip(items[1:], outcomes, strict=True)
    ]
    assert [decision.paragraph for decision in decisions] == [2, 3, 4]
    assert {decision.year for decision in decisions} == {meeting.date.year}


def test_paragraphs_begin_anew_each_year() -> None:
    meeting, secretary = MeetingFactory.create(), staff(Role.SECRETARY)
    later = MeetingFactory.create(starts_at=meeting.starts_at.replace(year=meeting.date.year + 1))
    assert record_decision(on_agenda(meeting, "Fyren"), Outcome.GRANTED, secretary).paragraph == 1
    assert record_decision(on_agenda(later, "Hamnen"), Outcome.GRANTED, secretary).paragraph == 1


def test_deciding_twice_is_refused() -> None:
    item, secretary = on_agenda(MeetingFactory.create(), "Fyren"), staff(Role.SECRETARY)
    record_decision(item, Outcome.GRANTED, secretary)
    with pytest.raises(CannotRecord):
        record_decision(item, Outcome.REJECTED, secretary)
    assert points(item.matter, Stage.DECIDED) == ["att bevilja Fyren bidrag", "att godkänna redovisningen"]


def test_as_proposed_means_as_the_chair_proposed() -> None:
    item = on_agenda(MeetingFactory.create(), "Fyren")
    line = item.matter.lines.get()
    proposals.change(item.matter, staff(Role.CHAIR), {line.pk: {2027: 90_000}}, "Mindre.")
    record_decision(Matter.objects.get().agenda_items.get(), Outcome.GRANTED, staff(Role.SECRETARY))
    assert amounts(item.matter, Stage.DECIDED) == {"Fyren": {2027: 90_000, 2028: 100_000}}


def test_where_the_chair_is_silent_the_officers_amounts_are_decided() -> None:
    item = on_agenda(MeetingFactory.create(), "Fyren")
    record_decision(item, Outcome.GRANTED, staff(Role.SECRETARY))
    assert amounts(item.matter, Stage.DECIDED) == {"Fyren": dict.fromkeys(YEARS, 100_000)}


@pytest.mark.parametrize(
    ("outcome", "state", "decided", "signal"),
    [
        (Outcome.REJECTED, MatterState.DECIDED, ["att avslå ansökan från Fyren"], matter_decided),
        (
            Outcome.TABLED,
            MatterState.TABLED,
            ["att bordlägga ärendet till nämndens nästa sammanträde"],
            None,
        ),
        (
            Outcome.REFERRED_BACK,
            MatterState.REFERRED_BACK,
            ["att återremittera ärendet till förvaltningen för att höra föreningen"],
            matter_returned,
        ),
    ],
)
def test_other_outcomes_give_no_money(outcome: str, state: str, decided: list[str], signal: Any) -> None:
    heard = {one: Heard(one) for one in (matter_decided, matter_returned)}
    item = on_agenda(MeetingFactory.create(), "Fyren")
    record_decision(item, outcome, staff(Role.SECRETARY), instruction="att höra föreningen.")
    item.matter.refresh_from_db()
    assert item.matter.state == state
    assert points(item.matter, Stage.DECIDED) == decided
    assert amounts(item.matter, Stage.DECIDED) == {"Fyren": {}}
    assert [one for one, told in heard.items() if told] == ([signal] if signal else [])


def test_a_matter_sent_back_is_not_put_on_an_agenda() -> None:
    item, secretary = on_agenda(MeetingFactory.create(), "Fyren"), staff(Role.SECRETARY)
    record_decision(item, Outcome.REFERRED_BACK, secretary, instruction="att höra föreningen")
    with pytest.raises(CannotChangeAgenda):
        put_on_agenda(item.matter, MeetingFactory.create(), secretary)


def test_notes_and_extract_are_kept_with_the_decision() -> None:
    item = on_agenda(MeetingFactory.create(), "Fyren", "Hamnen")
    notes = [
        Note(MinutesNote.Kind.DISSENT, "Ledamot 1 reserverar sig."),
        Note(MinutesNote.Kind.CONFLICT, "Jäv."),
    ]
    decision = record_decision(item, Outcome.GRANTED, staff(Role.SECRETARY), notes=notes)
    assert [(note.kind, note.position) for note in decision.notes.all()] == [("reservation", 1), ("jav", 2)]
    assert decision.extract is not None
    assert "Ledamot 1 reserverar sig." in decision.extract.html
    registered = Record.objects.filter(kind=Record.Kind.MINUTES_EXTRACT)
    assert {record.document for record in registered} == {decision.extract}
    cases = {item.matter.case_id, *item.matter.lines.values_list("case", flat=True)}
    assert {record.case_id for record in registered} == cases


# --- The pack --------------------------------------------------------------------------------------
def test_asking_again_while_one_is_in_the_making_gives_the_same() -> None:
    meeting, secretary = MeetingFactory.create(), staff(Role.SECRETARY)
    on_agenda(meeting, "Fyren")
    first = pack.request_pack(meeting, secretary)
    assert pack.request_pack(meeting, secretary) == first
    pack.advance(first.pk)
    assert pack.request_pack(meeting, secretary) == first
    work_until_settled(first)
    assert pack.request_pack(meeting, secretary).version == 2


def test_no_pack_without_an_agenda() -> None:
    with pytest.raises(CannotMakePack):
        pack.request_pack(MeetingFactory.create(), staff(Role.SECRETARY))
    assert not Pack.objects.exists()


def test_the_pack_holds_every_part_in_order_and_is_made_once() -> None:
    meeting = MeetingFactory.create()
    item = on_agenda(meeting, "Fyren", "Hamnen")
    proposals.adopt(item.matter, staff(Role.CHAIR))
    made = pack.request_pack(meeting, staff(Role.SECRETARY))
    pack.advance(made.pk)
    assert pack.progress(made) == {"total": 5, "ready": 0, "failed": 0}
    titles = list(made.parts.values_list("title", flat=True))
    assert titles == [
        "Kallelse till socialnämnden",
        "Tjänsteskrivelse",
        "Ordförandeförslag",
        "Blad: Fyren",
        "Blad: Hamnen",
    ]
    before = list(Pack.objects.values()), list(Document.objects.values())
    pack.advance(made.pk)
    assert (list(Pack.objects.values()), list(Document.objects.values())) == before
    work_until_settled(made)
    assert made.state == PackState.READY
    assert made.file is not None
    with pikepdf.open(io.BytesIO(made.file.read())) as opened:
        assert len(opened.pages) == made.pages
    Pack.objects.update(due_at=timezone.now())
    settled = list(Pack.objects.values()), list(Document.objects.values())
    pack.advance(made.pk)
    assert (list(Pack.objects.values()), list(Document.objects.values())) == settled


def test_after_a_small_change_only_what_changed_is_rendered() -> None:
    meeting = MeetingFactory.create()
    item = on_agenda(meeting, "Fyren", "Hamnen")
    work_until_settled(pack.request_pack(meeting, staff(Role.SECRETARY)))
    item.matter.lines.filter(title="Hamnen").update(title="Hamnens Vänner")
    again = pack.request_pack(meeting, staff(Role.SECRETARY))
    pack.advance(again.pk)
    assert pack.progress(again) == {"total": 4, "ready": 3, "failed": 0}


def test_a_part_that_fails_fails_the_pack_with_its_name_and_can_be_tried_again() -> None:
    meeting = MeetingFactory.create()
    item = on_agenda(meeting, "Fyren", "Trasig", title="Fördelning")
    made = work_until_settled(pack.request_pack(meeting, staff(Role.SECRETARY)))
    assert made.state == PackState.FAILED
    assert made.error.startswith("Fördelning, Blad: Trasig: ")
    broken = made.parts.get(title="Blad: Trasig").document
    assert broken.state == DocumentState.FAILED
    pack.retry(made)
    made.refresh_from_db()
    broken.refresh_from_db()
    assert (made.state, broken.state, broken.attempts) == (PackState.RENDERING, DocumentState.QUEUED, 0)
    Document.objects.filter(pk=broken.pk).update(
        html=broken.html.replace("http://example.org/outside.png", "")
    )
    work.render(broken.pk)
    Pack.objects.update(due_at=timezone.now())
    pack.advance(made.pk)
    made.refresh_from_db()
    assert (made.state, made.error) == (PackState.READY, "")
    assert item.matter.pack_parts.count() == 3


def test_a_new_version_after_a_failure() -> None:
    meeting = MeetingFactory.create()
    on_agenda(meeting, "Trasig")
    first = work_until_settled(pack.request_pack(meeting, staff(Role.SECRETARY)))
    assert first.state == PackState.FAILED
    assert pack.request_pack(meeting, staff(Role.SECRETARY)).version == 2


def test_only_a_ready_pack_of_the_agenda_as_it_is_can_be_published() -> None:
    meeting, secretary = MeetingFactory.create(), staff(Role.SECRETARY)
    on_agenda(meeting, "Fyren")
    old = pack.request_pack(meeting, secretary)
    with pytest.raises(CannotMakePack):
        pack.publish(old)
    work_until_settled(old)
    on_agenda(meeting, "Hamnen")
    with pytest.raises(CannotMakePack):
        pack.publish(old)
    new = published_pack(meeting)
    published_at = new.published_at
    pack.publish(new)
    new.refresh_from_db()
    assert new.published_at == published_at
    old.refresh_from_db()
    assert old.published_at is None
    with pytest.raises(CannotMakePack):
        pack.publish(old)

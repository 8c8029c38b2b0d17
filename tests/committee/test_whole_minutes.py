"""The minutes of a meeting: made from what was recorded, edited, sent, approved, frozen, corrected."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from django.db import connection, transaction

from portal.committee import whole_minutes
from portal.committee.agenda import put_on_agenda
from portal.committee.approval import CannotApprove, approve, correct
from portal.committee.minutes import Note, record_decision
from portal.committee.minutes_print import minutes_source
from portal.committee.models import (
    AgendaItem,
    Attendance,
    Decision,
    Letter,
    Meeting,
    Minutes,
    MinutesApproval,
    MinutesCorrection,
    MinutesNote,
    MinutesParagraph,
    MinutesState,
    Outcome,
    Seat,
    SeatKind,
    StandingItem,
)
from portal.committee.passages import written
from portal.committee.phrases import conflict_sentence, dissent_sentence, paragraph_range
from portal.committee.signing import Signing
from portal.committee.whole_minutes import CannotChangeMinutes, ChangedMeanwhile, FrontChangedMeanwhile
from portal.documents.models import Document
from portal.documents.rendering import render_pdf
from portal.people.models import Role
from portal.registry.models import Event, Record
from tests.committee.building import approve_minutes, on_agenda, seats_for, sent_minutes
from tests.committee.document_lines import main_lines
from tests.committee.letters import release_all
from tests.documents.reading import page_texts
from tests.documents.validation import assert_archival_and_accessible
from tests.factories import MeetingFactory, staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings: Any) -> None:
    """Refusals in the language of their msgids."""
    settings.LANGUAGE_CODE = "en"


def decided(
    meeting: Meeting, *names: str, outcome: str = Outcome.GRANTED, immediate: bool = False
) -> Decision:
    """One matter, decided at the meeting."""
    item = on_agenda(meeting, *names, title=f"Bidrag till {names[0]}")
    decision = record_decision(item, outcome, staff(Role.SECRETARY))
    if immediate:
        Decision.objects.filter(pk=decision.pk).update(is_immediate=True)
    return decision


def draft(*names: str) -> MinutesParagraph:
    """Minutes being written, with one paragraph."""
    meeting = MeetingFactory.create()
    decided(meeting, *(names or ("Fyren",)))
    return whole_minutes.begin(meeting).paragraphs.get()


# --- Made from what was recorded -------------------------------------------------------------------
def test_a_paragraph_says_what_the_extract_says() -> None:
    meeting = MeetingFactory.create()
    item = on_agenda(meeting, "Fyren")
    notes = [Note(MinutesNote.Kind.DISSENT, "Mot beslutet reserverar sig Ledamot 2 (B).")]
    record_decision(item, Outcome.GRANTED, staff(Role.SECRETARY), notes=notes)
    paragraph = whole_minutes.begin(meeting).paragraphs.get()
    assert [passage["heading"] for passage in paragraph.text] == [
        "Sammanfattning",
        "Förvaltningens förslag",
        "Behandling av förslag",
        "Socialnämnden beslutar",
        "Reservation",
        "Beslutet ska skickas till",
    ]
    by_heading = {passage["heading"]: passage["paragraphs"] for passage in paragraph.text}
    assert by_heading["Socialnämnden beslutar"] == [
        "att bevilja Fyren bidrag; samt",
        "att godkänna redovisningen.",
    ]
    assert by_heading["Reservation"] == ["Mot beslutet reserverar sig Ledamot 2 (B)."]
    assert by_heading["Beslutet ska skickas till"] == ["- Akt"]


def test_an_earlier_meeting_keeps_its_points_when_the_matter_is_decided_later() -> None:
    first = MeetingFactory.create()
    tabled = decided(first, "Fyren", outcome=Outcome.TABLED)
    later = MeetingFactory.create(committee=first.committee)
    tabled.matter.refresh_from_db()
    item = put_on_agenda(tabled.matter, later, staff(Role.SECRETARY))
    record_decision(item, Outcome.GRANTED, staff(Role.SECRETARY))
    text = str(whole_minutes.begin(first).paragraphs.get().text)
    assert "att bordlägga ärendet till nämndens nästa sammanträde" in text
    assert "att bevilja" not in text.split("Socialnämnden beslutar")[1]


def test_what_is_recorded_later_is_taken_in() -> None:
    meeting = MeetingFactory.create()
    decided(meeting, "Fyren")
    minutes = whole_minutes.begin(meeting)
    decided(meeting, "Hamnen")
    assert whole_minutes.begin(meeting) == minutes
    assert list(minutes.paragraphs.values_list("decision__paragraph", flat=True)) == [1, 2]


def test_no_minutes_of_a_meeting_without_agenda() -> None:
    with pytest.raises(CannotChangeMinutes):
        whole_minutes.begin(MeetingFactory.create())


# --- What kommunallagen asks of minutes: 5:65–67 and 6:35 -------------------------------------------
@pytest.fixture
def printed() -> str:
    """The printed minutes of a meeting where all that the law asks for happened."""
    meeting = MeetingFactory.create(place="Rådhuset, sal 2")
    StandingItem.objects.create(meeting=meeting, position=1, title="Upprop")
    item = on_agenda(meeting, "Fyren", title="Bidrag till Fyren")
    record_decision(
        item,
        Outcome.GRANTED,
        staff(Role.SECRETARY),
        notes=[
            Note(MinutesNote.Kind.DISSENT, dissent_sentence(["Ledamot 2 (B)"])),
            Note(MinutesNote.Kind.STATEMENT, "Ledamot 1 (B) vill att målet följs upp."),
            Note(MinutesNote.Kind.CONFLICT, conflict_sentence("Ledamot 3 (C)")),
        ],
    )  # fmt: skip
    _chair, first, second = seats_for(meeting)
    substitute = Seat.objects.create(
        committee=meeting.committee,
        user=staff(Role.MEMBER, display_name="Ersättare 1"),
        kind=SeatKind.SUBSTITUTE,
        party="B",
        order=9,
        valid_from="2020-01-01",
    )
    idle = Seat.objects.create(
        committee=meeting.committee,
        user=staff(Role.MEMBER, display_name="Ersättare 2"),
        kind=SeatKind.SUBSTITUTE,
        party="C",
        order=10,
        valid_from="2020-01-01",
    )
    Attendance.objects.filter(meeting=meeting, seat=second).delete()
    Attendance.objects.create(meeting=meeting, seat=substitute, is_serving=True, serves_for=second)
    Attendance.objects.create(meeting=meeting, seat=idle)
    Attendance.objects.filter(meeting=meeting, seat=first).update(left_at=time(15, 30), is_remote=True)
    minutes = whole_minutes.begin(meeting)
    minutes.approvers.set([first])
    minutes.others_present = "Socialdirektör\nHandläggare, § 1"
    minutes.save()
    return "\n".join(main_lines(minutes_source(minutes).html))


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("organ", "Organ\nSocialnämnden"),
        ("place and time", "Plats och tid\nRådhuset, sal 2, klockan"),
        ("serving members", "Ordförande 1 (A), ordförande"),
        ("members there for a part, and at a distance", "Ledamot 1 (B), på distans, till klockan 15.30"),
        ("substitutes who served, and for whom", "Ersättare 1 (B), tjänstgör för Ledamot 2 (B)"),
        ("others who took part", "Ersättare 2 (C), tjänstgör inte Socialdirektör Handläggare, § 1"),
        ("who approves", "Utses att justera\nLedamot 1 (B)"),
        ("where and when it is approved", "Justeringens plats och tid\nDigitalt i Samspel"),
        ("paragraphs", "Paragrafer\n§ 1"),
        ("items", "§ 1 Bidrag till Fyren"),
        ("the order in which proposals were put", "Behandling av förslag\nOrdföranden konstaterar"),
        ("proposals", "Förvaltningens förslag\nSocialförvaltningens förslag till socialnämnden är"),
        ("decisions", "Socialnämnden beslutar\natt bevilja Fyren bidrag; samt\natt godkänna redovisningen."),
        ("dissent", "Reservation\nMot beslutet reserverar sig Ledamot 2 (B) till förmån för eget yrkande."),
        ("notes to the minutes", "Protokollsanteckning\nLedamot 1 (B) vill att målet följs upp."),
        ("conflicts of interest", "Jäv\nLedamot 3 (C) anmäler jäv och deltar inte"),
        ("signature of the secretary", "Underskrifter\nSekreterare"),
        ("signature of the chair", "Ordförande\nOrdförande 1 (A)"),
        ("signature of the approver", "Justerare\nLedamot 1 (B)"),
        ("notice: organ and paragraphs", "Organ och paragrafer\nSocialnämnden § 1"),
        ("notice: when it goes up", "Anslaget sätts upp"),
        ("notice: when it comes down", "Anslaget tas ned"),
        ("notice: where the minutes are kept", "Förvaringsplats för protokollet\nSocialförvaltningen"),
        ("standing items", "Inledning\nUpprop"),
    ],
)  # fmt: skip
def test_the_minutes_say_what_the_law_asks_for(printed: str, what: str, text: str) -> None:
    assert text in printed.replace("\u00a0", " "), what


def test_the_pdf_is_archival_and_accessible_with_both_footers() -> None:
    meeting = MeetingFactory.create()
    for name in ("Fyren", "Hamnen", "Kajen"):
        decided(meeting, name)
    minutes = approve_minutes(meeting)
    decision = minutes.paragraphs.earliest("pk").decision
    correct(minutes, "Beloppet ska vara 10 kronor.", staff(Role.SECRETARY), decision)
    assert minutes.document is not None
    pdf = render_pdf(minutes.document.html, title=minutes.document.title, numbered=True)
    assert_archival_and_accessible(pdf)
    for page in page_texts(pdf):
        assert "Justerares signatur" in page
        assert "Utdragsbestyrkande" in page
    whole = " ".join(page_texts(pdf))
    assert "Godkänt med egen inloggning" in whole
    assert "Beloppet ska vara 10 kronor." in whole


@pytest.mark.parametrize(
    ("numbers", "text"),
    [([4], "§ 4"), ([1, 2, 3], "§§ 1–3"), ([5, 1, 2], "§§ 1–2, 5"), ([1, 3], "§§ 1, 3"), ([], "")],
)
def test_paragraphs_are_named_in_runs(numbers: list[int], text: str) -> None:
    assert paragraph_range(numbers) == text


# --- Editing ---------------------------------------------------------------------------------------
def test_a_paragraph_is_edited_and_made_anew() -> None:
    paragraph, secretary = draft(), staff(Role.SECRETARY)
    made = paragraph.text
    edited = whole_minutes.write(paragraph, [written("Egen", "Rad 1\n\nRad 2")], 1, secretary)
    assert edited.text == [{"heading": "Egen", "paragraphs": ["Rad 1", "Rad 2"]}]
    assert (edited.version, edited.is_edited, edited.saved_by) == (2, True, secretary)
    anew = whole_minutes.make_anew(edited, 2, secretary)
    assert (anew.text, anew.version, anew.is_edited) == (made, 3, False)


def test_who_saves_second_is_told_and_nothing_is_overwritten() -> None:
    paragraph, first, second = draft(), staff(Role.SECRETARY), staff(Role.SECRETARY)
    whole_minutes.write(paragraph, [written("Först", "Text")], 1, first)
    with pytest.raises(ChangedMeanwhile) as told:
        whole_minutes.write(paragraph, [written("Sedan", "Text")], 1, second)
    assert told.value.stored.text[0]["heading"] == "Först"
    with pytest.raises(ChangedMeanwhile):
        whole_minutes.make_anew(paragraph, 1, second)
    paragraph.refresh_from_db()
    assert paragraph.text[0]["heading"] == "Först"


def test_page_one_is_not_overwritten_in_silence() -> None:
    minutes = draft().minutes
    seen = whole_minutes.front_digest(minutes)

    def save(place: str) -> None:
        whole_minutes.write_front(
            minutes, approvers=[], approval_place=place, others_present="", kept_at="Arkivet", seen=seen
        )

    save("Stadshuset")
    with pytest.raises(FrontChangedMeanwhile):
        save("Biblioteket")
    minutes.refresh_from_db()
    assert minutes.approval_place == "Stadshuset"


# --- Sending ---------------------------------------------------------------------------------------
def test_what_is_missing_stops_the_sending_with_a_sentence_each() -> None:
    meeting = MeetingFactory.create()
    decided(meeting, "Fyren")
    on_agenda(meeting, "Hamnen")
    minutes = whole_minutes.begin(meeting)
    Minutes.objects.filter(pk=minutes.pk).update(kept_at="")
    with pytest.raises(CannotChangeMinutes) as refused:
        whole_minutes.send_for_approval(minutes, staff(Role.SECRETARY))
    for text in (
        "Record a decision for every matter on the agenda.",
        "Record who served at the meeting",
        "Choose who approves the minutes together with the chair.",
        "Write where the minutes are kept",
    ):
        assert text in str(refused.value)
    minutes.refresh_from_db()
    assert minutes.state == MinutesState.DRAFT


def test_the_chair_is_no_approver() -> None:
    meeting = MeetingFactory.create()
    decided(meeting, "Fyren")
    chair, _member, _other = seats_for(meeting)
    minutes = whole_minutes.begin(meeting)
    minutes.approvers.set([chair])
    with pytest.raises(CannotChangeMinutes, match="Choose approvers who are not the chair"):
        whole_minutes.send_for_approval(minutes, staff(Role.SECRETARY))


def test_nothing_more_is_recorded_while_the_minutes_are_out() -> None:
    meeting = MeetingFactory.create()
    decided(meeting, "Fyren")
    minutes = sent_minutes(meeting)
    item = on_agenda(meeting, "Hamnen")
    with pytest.raises(CannotChangeMinutes):
        record_decision(item, Outcome.GRANTED, staff(Role.SECRETARY))
    with pytest.raises(CannotChangeMinutes):
        whole_minutes.begin(meeting)
    whole_minutes.take_back(minutes)
    record_decision(item, Outcome.GRANTED, staff(Role.SECRETARY))


# --- Approving -------------------------------------------------------------------------------------
def test_all_three_approve_in_any_order_and_then_it_is_registered() -> None:
    meeting = MeetingFactory.create()
    decision = decided(meeting, "Fyren")
    minutes = sent_minutes(meeting)
    chair, member, _other = seats_for(meeting)
    secretary = staff(Role.SECRETARY)
    sha = minutes.content_sha256
    assert not approve(minutes, member.user, sha)
    assert not approve(minutes, secretary, sha)
    assert minutes.state == MinutesState.FOR_APPROVAL
    assert approve(minutes, chair.user, sha)
    assert minutes.is_approved
    assert minutes.content_sha256 == sha
    assert {row.role for row in minutes.approvals_that_count} == {"sekreterare", "ordforande", "justerare"}
    for case in (decision.matter.case, decision.matter.lines.get().case):
        record = Record.objects.get(case=case, kind=Record.Kind.MINUTES)
        assert record.content is not None
        assert record.content["sha256"] == sha
        assert record.document is None
        assert case.events.filter(kind=Event.Kind.MINUTES_APPROVED).count() == 1


@pytest.mark.rule(11)
def test_nobody_approves_twice_and_nobody_else_at_all() -> None:
    meeting = MeetingFactory.create()
    decided(meeting, "Fyren")
    minutes = sent_minutes(meeting)
    _chair, member, other = seats_for(meeting)
    sha = minutes.content_sha256
    approve(minutes, member.user, sha)
    for person in (member.user, other.user, staff(Role.CHAIR), staff(Role.CASE_OFFICER)):
        with pytest.raises(CannotApprove):
            approve(minutes, person, sha)
    approve(minutes, staff(Role.SECRETARY), sha)
    with pytest.raises(CannotApprove):
        approve(minutes, staff(Role.SECRETARY), sha)
    assert MinutesApproval.objects.count() == 2


def test_taking_back_starts_approval_anew_even_with_the_same_words() -> None:
    meeting = MeetingFactory.create()
    decided(meeting, "Fyren")
    minutes = sent_minutes(meeting)
    chair, member, _other = seats_for(meeting)
    first = minutes.content_sha256
    approve(minutes, member.user, first)
    whole_minutes.take_back(minutes)
    whole_minutes.send_for_approval(minutes, staff(Role.SECRETARY))
    with pytest.raises(CannotApprove):
        approve(minutes, chair.user, first)
    assert [signer.approval for signer in Signing(minutes).signers] == [None, None, None]
    for person in (member.user, chair.user, staff(Role.SECRETARY)):
        approve(minutes, person, minutes.content_sha256)
    assert minutes.is_approved


def test_approved_minutes_are_not_taken_back() -> None:
    meeting = MeetingFactory.create()
    decided(meeting, "Fyren")
    with pytest.raises(CannotChangeMinutes):
        whole_minutes.take_back(approve_minutes(meeting))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_who_approve_at_once_leave_two_approvals_and_one_set_of_records() -> None:
    meeting = MeetingFactory.create()
    decision = decided(meeting, "Fyren")
    minutes = sent_minutes(meeting)
    chair, member, _other = seats_for(meeting)
    sha = minutes.content_sha256
    approve(minutes, staff(Role.SECRETARY), sha)
    failed: list[Exception] = []

    def run(person: object) -> None:
        try:
            approve(Minutes.objects.get(pk=minutes.pk), person, sha)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    people = [chair.user, member.user, chair.user, member.user]
    threads = [threading.Thread(target=run, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    minutes.refresh_from_db()
    assert minutes.is_approved
    assert [type(error) for error in failed] == [CannotApprove, CannotApprove]
    assert Record.objects.filter(case=decision.matter.case, kind=Record.Kind.MINUTES).count() == 1


def test_an_edited_paragraph_gets_a_new_extract_when_it_is_approved() -> None:
    paragraph = draft()
    before = paragraph.decision.extract_id
    whole_minutes.write(paragraph, [written("Egen", "Så sade nämnden.")], 1, staff(Role.SECRETARY))
    approve_minutes(paragraph.minutes.meeting)
    decision = Decision.objects.get(pk=paragraph.decision_id)
    assert decision.extract is not None
    assert decision.extract_id != before
    assert "Så sade nämnden." in decision.extract.html
    assert decision.matter.case.records.filter(document=decision.extract).count() == 1


# --- Frozen: every door ----------------------------------------------------------------------------
DOORS: dict[str, Callable[[Minutes, MinutesParagraph], object]] = {
    "save a paragraph": lambda minutes, paragraph: paragraph.save(),
    "update paragraphs": lambda minutes, paragraph: MinutesParagraph.objects.update(text=[]),
    "bulk update": lambda minutes, paragraph: MinutesParagraph.objects.bulk_update([paragraph], ["text"]),
    "add a paragraph": lambda minutes, paragraph: MinutesParagraph.objects.bulk_create(
        [MinutesParagraph(minutes=minutes, decision=paragraph.decision, text=[])]
    ),
    "delete a paragraph": lambda minutes, paragraph: paragraph.delete(),
    "delete paragraphs": lambda minutes, paragraph: MinutesParagraph.objects.all().delete(),
    "update page one": lambda minutes, paragraph: Minutes.objects.update(kept_at="Annanstans"),
    "save page one": lambda minutes, paragraph: _change(minutes),
    "choose approvers": lambda minutes, paragraph: minutes.approvers.clear(),
    "delete": lambda minutes, paragraph: minutes.delete(),
    "delete all": lambda minutes, paragraph: Minutes.objects.all().delete(),
    "change an approval": lambda minutes, paragraph: MinutesApproval.objects.update(role="x"),
    "delete approvals": lambda minutes, paragraph: MinutesApproval.objects.all().delete(),
}
ACTS: dict[str, Callable[[Minutes, MinutesParagraph], object]] = {
    "write": lambda minutes, paragraph: whole_minutes.write(paragraph, [], 1, None),
    "make anew": lambda minutes, paragraph: whole_minutes.make_anew(paragraph, 1, None),
    "page one": lambda minutes, paragraph: whole_minutes.write_front(
        minutes, approvers=[], approval_place="", others_present="", kept_at="", seen=""
    ),
    "send": lambda minutes, paragraph: whole_minutes.send_for_approval(minutes, None),
}


def _change(minutes: Minutes) -> None:
    minutes.others_present = "Någon annan"
    minutes.save()


@pytest.mark.parametrize("is_approved", [False, True])
@pytest.mark.parametrize("door", DOORS)
def test_sent_minutes_refuse_to_change_through_every_door(door: str, is_approved: bool) -> None:
    meeting = MeetingFactory.create()
    decided(meeting, "Fyren")
    minutes = approve_minutes(meeting) if is_approved else sent_minutes(meeting)
    paragraph = minutes.paragraphs.get()
    before = minutes_source(minutes).html
    with pytest.raises(TypeError), transaction.atomic():
        DOORS[door](minutes, paragraph)
    assert minutes_source(Minutes.objects.get(pk=minutes.pk)).html == before


@pytest.mark.parametrize("act", ACTS)
def test_sent_minutes_refuse_every_act_that_writes(act: str) -> None:
    meeting = MeetingFactory.create()
    decided(meeting, "Fyren")
    minutes = sent_minutes(meeting)
    with pytest.raises(CannotChangeMinutes):
        ACTS[act](minutes, minutes.paragraphs.get())


def test_a_correction_is_a_new_entry_and_the_text_stays() -> None:
    meeting = MeetingFactory.create()
    decision = decided(meeting, "Fyren")
    minutes = approve_minutes(meeting)
    text = minutes.paragraphs.get().text
    before = minutes.document_id
    correct(
        minutes, "Rätt datum är den 3 mars.", staff(Role.SECRETARY, display_name="Sekreterare 1"), decision
    )
    assert minutes.paragraphs.get().text == text
    assert minutes.document_id != before
    lines = main_lines(minutes.document.html)  # type: ignore[union-attr]
    assert "Bilaga: rättelser efter justeringen" in lines
    assert "Rätt datum är den 3 mars." in lines
    with pytest.raises(TypeError):
        MinutesCorrection.objects.update(text="")
    with pytest.raises(TypeError):
        MinutesCorrection.objects.get().delete()


def test_minutes_that_are_not_approved_are_not_corrected() -> None:
    meeting = MeetingFactory.create()
    decided(meeting, "Fyren")
    with pytest.raises(CannotApprove):
        correct(sent_minutes(meeting), "Fel", staff(Role.SECRETARY))


# --- Approved at once ------------------------------------------------------------------------------
def test_immediate_paragraphs_have_minutes_of_their_own_and_are_released_before_the_rest() -> None:
    meeting, secretary = MeetingFactory.create(), staff(Role.SECRETARY)
    ordinary = decided(meeting, "Fyren")
    at_once = decided(meeting, "Hamnen", immediate=True)
    rest = whole_minutes.begin(meeting)
    own = approve_minutes(meeting, immediate=True)
    assert [row.decision for row in rest.paragraphs.all()] == [ordinary]
    assert [row.decision for row in own.paragraphs.all()] == [at_once]
    assert "Paragrafen förklaras omedelbart justerad." in str(own.paragraphs.get().text)
    assert release_all(meeting, secretary).count == 1
    assert [letter.decision for letter in Letter.objects.all()] == [at_once]
    assert "§ 2 är omedelbart justerade och står i ett eget protokoll." in main_lines(
        minutes_source(rest).html
    )
    assert AgendaItem.objects.filter(meeting=meeting, decision=None).count() == 0


def test_a_dissent_recorded_after_the_minutes_were_begun_is_in_what_is_sent() -> None:
    paragraph = draft()
    edited = whole_minutes.begin(paragraph.minutes.meeting).paragraphs.get()
    extract = Decision.objects.get(pk=paragraph.decision_id).extract
    assert extract is not None
    later = extract.html.replace(
        "</main>", "<h2>Reservation</h2><p>Mot beslutet reserverar sig en.</p></main>"
    )
    Document.objects.filter(pk=extract.pk).update(html=later)
    sent = sent_minutes(paragraph.minutes.meeting)
    assert "Mot beslutet reserverar sig en." in str(sent.paragraphs.get().text)
    assert sent.paragraphs.get().version == edited.version + 1


def test_a_paragraph_edited_by_hand_is_left_as_it_is_when_it_is_sent() -> None:
    paragraph = draft()
    whole_minutes.write(paragraph, [written("Egen", "Egna ord.")], 1, staff(Role.SECRETARY))
    sent = sent_minutes(paragraph.minutes.meeting)
    assert sent.paragraphs.get().text == [{"heading": "Egen", "paragraphs": ["Egna ord."]}]

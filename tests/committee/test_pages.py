"""The pages of chair, secretary and members, as they are used."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.committee import pack, proposals
from portal.committee.minutes import record_decision
from portal.committee.models import (
    AgendaItem,
    Decision,
    Matter,
    MatterState,
    Meeting,
    MinutesNote,
    Outcome,
    Pack,
    PackState,
    Stage,
)
from portal.documents import work
from portal.documents.models import Document, DocumentState
from portal.people.models import Role, User
from portal.registry.models import Authority, ConflictOfInterest, declare
from tests.committee.building import (
    approve_minutes,
    make_matter,
    on_agenda,
    published_pack,
    signed_in,
    work_until_settled,
)
from tests.factories import PASSWORD, CommitteeFactory, MeetingFactory, staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings: Any) -> None:
    """The pages in the language of their msgids."""
    settings.LANGUAGE_CODE = "en"


def text_of(client: Client, name: str, *args: Any) -> str:
    response = client.get(reverse(f"committee:{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


def told(client: Client, address: str, data: dict[str, Any] | None = None) -> list[str]:
    """Post, follow the redirect, and return the messages shown."""
    response = client.post(address, data or {}, follow=True)
    assert response.redirect_chain, response.status_code
    assert response.status_code == 200
    return [str(message) for message in response.context["messages"]]


# --- The chair -------------------------------------------------------------------------------------
def amounts_of(matter: Matter, **changes: str) -> dict[str, str]:
    """What the browser sends from the chair's form, unchanged but for `changes` by title and year."""
    fields = {}
    for line in matter.lines.prefetch_related("amounts"):
        for year, amount in line.amounts_of(Stage.OFFICERS).items():
            name = f"amount_{line.pk}_{year}"
            fields[name] = changes.get(f"{line.title}_{year}", str(amount))
    return fields


def test_the_chair_sees_what_awaits_and_what_is_done() -> None:
    make_matter("Fyren", title="Väntar")
    done = make_matter("Hamnen", title="Gjort")
    proposals.adopt(done, staff(Role.CHAIR))
    response = signed_in(staff(Role.CHAIR)).get(reverse("committee:chair"))
    assert [matter.title for matter in response.context["awaiting"]] == ["Väntar"]
    assert [matter.title for matter in response.context["done"]] == ["Gjort"]


def test_the_chair_adopts_with_one_button() -> None:
    matter, client = make_matter("Fyren"), signed_in(staff(Role.CHAIR))
    assert "100\u00a0000\u00a0kr" in text_of(client, "chair-matter", matter.pk)
    address = reverse("committee:chair-adopt", args=[matter.pk])
    assert told(client, address) == ["You adopt the officers' proposal."]
    matter.refresh_from_db()
    assert matter.chairs_proposal.adopts
    assert "You adopt the officers' proposal" in text_of(client, "chair-matter", matter.pk)


def test_the_chair_raises_and_lowers_and_sees_the_change_in_kronor() -> None:
    matter, client = make_matter("Fyren", "Hamnen"), signed_in(staff(Role.CHAIR))
    fields = amounts_of(matter, Fyren_2027="80 000", Hamnen_2027="120\u00a0000 kr")
    address = reverse("committee:chair-matter", args=[matter.pk])
    assert told(client, address, fields | {"comment": "Jag flyttar."}) == ["Your proposal is saved."]
    page = text_of(client, "chair-matter", matter.pk)
    assert "+20\u00a0000\u00a0kr" in page
    assert "−20\u00a0000\u00a0kr" in page
    assert [line.amounts_of(Stage.CHAIR)[2027] for line in matter.lines.all()] == [80_000, 120_000]


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ("-5", "Write whole kronor with digits"),
        ("12,50", "Write whole kronor with digits"),
        ("tio tusen", "Write whole kronor with digits"),
        ("٣٠٠", "Write whole kronor with digits"),
        ("100000001", "Write at most"),
        ("", "Write an amount; 0 means no grant."),
    ],
)
def test_a_wrong_amount_is_told_and_nothing_typed_is_lost(wrong: str, text: str) -> None:
    matter, client = make_matter("Fyren", "Hamnen"), signed_in(staff(Role.CHAIR))
    fields = amounts_of(matter, Fyren_2027=wrong, Hamnen_2028="77 000") | {"comment": "Skäl som står kvar."}
    response = client.post(reverse("committee:chair-matter", args=[matter.pk]), fields)
    page = response.content.decode()
    assert response.status_code == 422
    assert text in page
    assert "Fyren, 2027" in page
    assert 'value="77 000"' in page
    assert "Skäl som står kvar." in page
    assert not Matter.objects.get().has_chairs_proposal


def test_other_amounts_without_a_reason_come_back() -> None:
    matter, client = make_matter("Fyren"), signed_in(staff(Role.CHAIR))
    fields = amounts_of(matter, Fyren_2027="5") | {"comment": "  "}
    response = client.post(reverse("committee:chair-matter", args=[matter.pk]), fields)
    assert response.status_code == 422
    assert "Write why you propose something else." in response.content.decode()


def test_unchanged_amounts_are_refused_with_a_message_and_the_text_stays() -> None:
    matter, client = make_matter("Fyren"), signed_in(staff(Role.CHAIR))
    fields = amounts_of(matter) | {"comment": "Skäl som står kvar."}
    response = client.post(reverse("committee:chair-matter", args=[matter.pk]), fields)
    assert response.status_code == 422
    assert "This is the officers&#x27; own proposal." in response.content.decode()
    assert "Skäl som står kvar." in response.content.decode()


def test_what_the_chair_typed_survives_a_session_that_ended() -> None:
    matter, chair = make_matter("Fyren"), staff(Role.CHAIR)
    client, address = Client(), reverse("committee:chair-matter", args=[matter.pk])
    sent = client.post(address, amounts_of(matter, Fyren_2027="66 000") | {"comment": "Kvar."}, follow=True)
    login = sent.redirect_chain[-1][0]
    assert "konto/login" in login
    back = client.post(login, {"login": chair.email, "password": PASSWORD}, follow=True)
    page = back.content.decode()
    assert back.request["PATH_INFO"] == address
    assert 'value="66 000"' in page
    assert "Kvar." in page
    assert not Matter.objects.get().has_chairs_proposal


def test_a_line_without_proposal_may_get_money() -> None:
    matter, client = make_matter("Fyren", "Hamnen"), signed_in(staff(Role.CHAIR))
    hamnen = matter.lines.get(title="Hamnen")
    hamnen.amounts.filter(stage=Stage.OFFICERS).delete()
    fields = amounts_of(matter) | {f"amount_{hamnen.pk}_2027": "40 000", f"amount_{hamnen.pk}_2028": "0"}
    told(client, reverse("committee:chair-matter", args=[matter.pk]), fields | {"comment": "Nytt."})
    assert matter.lines.get(title="Hamnen").amounts_of(Stage.CHAIR) == {2027: 40_000}


def test_a_decided_matter_has_no_form() -> None:
    item = on_agenda(MeetingFactory.create(), "Fyren")
    record_decision(item, Outcome.GRANTED, staff(Role.SECRETARY))
    page = text_of(signed_in(staff(Role.CHAIR)), "chair-matter", item.matter_id)
    assert "Propose this" not in page
    assert "Adopt the officers' proposal" not in page


# --- The secretary ---------------------------------------------------------------------------------
@pytest.fixture
def secretary() -> User:
    return staff(Role.SECRETARY)


@pytest.fixture
def desk(secretary: User) -> Client:
    return signed_in(secretary)


def new_meeting(desk: Client, **changes: str) -> Any:
    day = (timezone.localdate() + timedelta(days=10)).isoformat()
    fields = {"date": day, "time": "13:00", "place": "Rådhuset, sal 2"} | changes
    return desk.post(reverse("committee:new-meeting"), fields)


def test_a_meeting_is_made_and_leads_to_its_page(desk: Client) -> None:
    CommitteeFactory.create()
    response = new_meeting(desk)
    meeting = Meeting.objects.get()
    assert response.headers["Location"] == reverse("committee:desk", args=[meeting.pk])
    assert timezone.localtime(meeting.starts_at).strftime("%H:%M") == "13:00"
    assert "Rådhuset, sal 2" in text_of(desk, "desk", meeting.pk)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"date": "2020-01-01"}, "The day has passed."),
        ({"time": "femton"}, "Write the time as 13:00."),
        ({"place": ""}, "This field is required."),
    ],
)
def test_a_wrong_meeting_comes_back(desk: Client, changes: dict[str, str], text: str) -> None:
    CommitteeFactory.create()
    response = new_meeting(desk, **changes)
    assert response.status_code == 422
    assert text in response.content.decode()
    assert not Meeting.objects.exists()


def test_two_meetings_at_one_time_are_refused_and_two_committees_are_asked_between(desk: Client) -> None:
    CommitteeFactory.create()
    new_meeting(desk)
    assert new_meeting(desk).status_code == 422
    other = CommitteeFactory.create(authority=Authority.objects.create(name="Kulturnämnden"))
    assert new_meeting(desk).status_code == 422
    assert new_meeting(desk, committee=str(other.pk)).status_code == 302
    assert list(Meeting.objects.values_list("committee__authority__name", flat=True)) == [
        "Socialnämnden",
        "Kulturnämnden",
    ]


def test_matters_are_listed_by_what_can_be_done_with_them(desk: Client) -> None:
    meeting = MeetingFactory.create()
    make_matter("Fyren", title="Fritt", committee=meeting.committee)
    on_agenda(meeting, "Hamnen", title="På dagordning")
    closed = on_agenda(meeting, "Ankaret", title="Beslutat")
    record_decision(closed, Outcome.GRANTED, staff(Role.SECRETARY))
    context = desk.get(reverse("committee:matters")).context
    assert [matter.title for matter in context["free"]] == ["Fritt"]
    assert [matter.title for matter in context["on_agenda"]] == ["På dagordning"]
    assert [matter.title for matter in context["closed"]] == ["Beslutat"]


def test_a_free_matter_is_put_on_and_taken_off(desk: Client) -> None:
    meeting = MeetingFactory.create()
    matter = make_matter("Fyren", committee=meeting.committee)
    address = reverse("committee:desk", args=[meeting.pk])
    assert told(desk, address, {"matter": str(matter.pk)}) == ["The matter stands on the agenda."]
    matter.refresh_from_db()
    assert matter.state == MatterState.ON_AGENDA
    again = desk.post(address, {"matter": str(matter.pk)})
    assert again.status_code == 422  # it is free no more, so it is no choice
    item = AgendaItem.objects.get()
    take_off = reverse("committee:take-off", args=[item.pk])
    assert told(desk, take_off) == ["The matter is taken off the agenda."]
    assert not AgendaItem.objects.exists()


def test_another_committees_matter_is_no_choice(desk: Client) -> None:
    meeting = MeetingFactory.create()
    other = CommitteeFactory.create(authority=Authority.objects.create(name="Kulturnämnden"))
    matter = make_matter("Fyren", committee=other)
    response = desk.post(reverse("committee:desk", args=[meeting.pk]), {"matter": str(matter.pk)})
    assert response.status_code == 422
    assert not AgendaItem.objects.exists()


def test_the_pack_is_followed_from_queue_to_the_members(desk: Client) -> None:
    meeting = MeetingFactory.create()
    assert told(desk, reverse("committee:pack-make", args=[meeting.pk])) == [
        "Nothing stands on the agenda yet. Put a matter on it first."
    ]
    on_agenda(meeting, "Fyren")
    told(desk, reverse("committee:pack-make", args=[meeting.pk]))
    told(desk, reverse("committee:pack-make", args=[meeting.pk]))
    made = Pack.objects.get()
    assert "Queued" in text_of(desk, "desk", meeting.pk)
    pack.advance(made.pk)
    assert "Rendering 0 of 3" in text_of(desk, "desk", meeting.pk)
    work.render(made.parts.first().document_id)  # type: ignore[union-attr]
    assert "Rendering 1 of 3" in text_of(desk, "desk", meeting.pk)
    work_until_settled(made)
    page = text_of(desk, "desk", meeting.pk)
    assert "The pack is ready" in page
    assert f"{made.pages} pages" in page
    publish = reverse("committee:pack-publish", args=[made.pk])
    assert told(desk, publish) == ["The members can now read the pack."]
    made.refresh_from_db()
    assert made.published_at is not None


def test_the_progress_says_nothing_twice_and_ends_with_a_reload(desk: Client) -> None:
    meeting = MeetingFactory.create()
    on_agenda(meeting, "Fyren")
    made = pack.request_pack(meeting, staff(Role.SECRETARY))
    pack.advance(made.pk)
    address = reverse("committee:pack-status", args=[meeting.pk])
    htmx = {"HX-Request": "true"}
    first = desk.get(address, {"seen": "queued-0"}, headers=htmx)
    assert "Rendering 0 of 3" in first.content.decode()
    assert "<html" not in first.content.decode()
    assert desk.get(address, {"seen": "rendering-0"}, headers=htmx).status_code == 204
    back = reverse("committee:desk", args=[meeting.pk])
    assert desk.get(address).headers["Location"] == f"{back}#handlingar"
    work_until_settled(made)
    assert desk.get(address, {"seen": "rendering-0"}, headers=htmx).headers["HX-Refresh"] == "true"


def test_a_failed_pack_tells_why_on_both_pages_and_is_tried_again(desk: Client) -> None:
    meeting = MeetingFactory.create()
    on_agenda(meeting, "Trasig", title="Fördelning")
    made = work_until_settled(pack.request_pack(meeting, staff(Role.SECRETARY)))
    assert "Fördelning, Blad: Trasig: " in text_of(desk, "desk", meeting.pk)
    page = text_of(desk, "documents")
    assert "Fördelning, Blad: Trasig: " in page
    assert "Blad Trasig" in page
    broken = Document.objects.get(state=DocumentState.FAILED)
    retry = reverse("committee:document-retry", args=[broken.pk])
    assert told(desk, retry) == ["The document is being tried again."]
    broken.refresh_from_db()
    assert broken.state == DocumentState.QUEUED
    assert told(desk, reverse("committee:pack-retry", args=[made.pk])) == ["The pack is being tried again."]
    made.refresh_from_db()
    assert made.state == PackState.RENDERING
    assert "Everything is made" in text_of(desk, "documents")


def decision_form(**changes: str) -> dict[str, str]:
    empty = {f"notes-{row}-{field}": "" for row in range(3) for field in ("kind", "text")}
    management = {"notes-TOTAL_FORMS": "3", "notes-INITIAL_FORMS": "0"}
    return {"outcome": "bifall", "instruction": "", "confirmed": "on"} | empty | management | changes


def test_a_decision_is_recorded_with_its_notes_and_told(desk: Client) -> None:
    item = on_agenda(MeetingFactory.create(), "Fyren")
    address = reverse("committee:record", args=[item.pk])
    notes = {"notes-0-kind": "reservation", "notes-0-text": "Ledamot 1 reserverar sig."}
    assert told(desk, address, decision_form(**notes)) == [
        "The decision is recorded. The extract of the minutes is being made."
    ]
    decision = Decision.objects.get()
    assert [note.text for note in decision.notes.all()] == ["Ledamot 1 reserverar sig."]
    page = text_of(desk, "desk", item.meeting_id)
    assert "§ 1" in page
    assert "The extract of the minutes is being made." in page
    assert told(desk, address, decision_form()) == ["A decision is already recorded for this item."]
    order = reverse("committee:letters-order", args=[item.meeting_id])
    assert told(desk, order) == ["The letters are made when the minutes are approved, not before."]
    assert "Told when the minutes are approved" in page
    approve_minutes(item.meeting)
    assert told(desk, order) == ["1 letter is being made."]


def test_the_extract_is_linked_when_a_worker_has_made_it(desk: Client) -> None:
    item = on_agenda(MeetingFactory.create(), "Fyren")
    decision = record_decision(item, Outcome.GRANTED, staff(Role.SECRETARY))
    assert decision.extract_id is not None
    work.render(decision.extract_id)
    address = reverse("committee:extract", args=[decision.pk])
    assert address in text_of(desk, "desk", item.meeting_id)
    response = desk.get(address)
    assert response.getvalue().startswith(b"%PDF-")
    assert f"protokollsutdrag-{decision.year}-1.pdf" in response.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"outcome": ""}, "Choose what the committee decided."),
        ({"confirmed": ""}, "Tick the box when you have checked the decision."),
        ({"outcome": "aterremiss"}, "Write what the administration is to prepare."),
        ({"notes-1-text": "Utan slag."}, "Choose what kind of note it is."),
        ({"notes-1-kind": "jav"}, "Write the text, or clear the kind."),
    ],
)
def test_an_unfinished_decision_comes_back_as_written(
    desk: Client, changes: dict[str, str], text: str
) -> None:
    item = on_agenda(MeetingFactory.create(), "Fyren")
    kept = {"notes-0-kind": "reservation", "notes-0-text": "Står kvar."}
    response = desk.post(reverse("committee:record", args=[item.pk]), decision_form(**(kept | changes)))
    page = response.content.decode()
    assert response.status_code == 422
    assert text in page
    assert "Står kvar." in page
    assert not Decision.objects.exists()


def test_a_members_conflict_begins_a_note_but_an_officers_does_not(desk: Client) -> None:
    item = on_agenda(MeetingFactory.create(), "Fyren")
    case = item.matter.lines.get().case
    declare(case, staff(Role.MEMBER, display_name="Ledamot 2"), has_conflict=True)
    declare(case, staff(Role.CASE_OFFICER, display_name="Handläggare 9"), has_conflict=True)
    page = text_of(desk, "record", item.pk)
    assert "Ledamot 2 anmäler jäv och deltar inte i handläggningen av ärendet." in page
    assert "Handläggare 9" not in page


def test_a_suggested_note_left_standing_is_recorded(desk: Client) -> None:
    item = on_agenda(MeetingFactory.create(), "Fyren")
    declare(item.matter.case, staff(Role.MEMBER, display_name="Ledamot 2"), has_conflict=True)
    untouched = {
        "notes-INITIAL_FORMS": "1",
        "notes-TOTAL_FORMS": "4",
        "notes-0-kind": "jav",
        "notes-0-text": "Ledamot 2 anmäler jäv och deltar inte i handläggningen av ärendet.",
    }
    told(desk, reverse("committee:record", args=[item.pk]), decision_form(**untouched))
    assert MinutesNote.objects.get().text.startswith("Ledamot 2 anmäler jäv")


@pytest.mark.parametrize("name", ["take-off", "pack-make", "letters-order"])
def test_addresses_that_only_act_lead_back_when_they_are_opened(desk: Client, name: str) -> None:
    item = on_agenda(MeetingFactory.create(), "Fyren")
    pk = item.pk if name == "take-off" else item.meeting_id
    response = desk.get(reverse(f"committee:{name}", args=[pk]))
    assert response.headers["Location"] == reverse("committee:desk", args=[item.meeting_id])
    assert not Pack.objects.exists()
    assert AgendaItem.objects.exists()


# --- The readers -----------------------------------------------------------------------------------
def test_a_member_reads_a_matter_as_its_papers_have_it() -> None:
    meeting = MeetingFactory.create()
    first = on_agenda(meeting, "Fyren", "Hamnen", title="Första").matter
    second = on_agenda(meeting, "Kajen", title="Andra").matter
    line = first.lines.get(title="Hamnen")
    proposals.change(first, staff(Role.CHAIR), {line.pk: {2027: 130_000}}, "Hamnen behöver mer.")
    made = published_pack(meeting)
    client = signed_in(staff(Role.MEMBER))
    page = text_of(client, "matter", meeting.pk, first.pk)
    order = [
        "Föreningar söker bidrag.",
        "Ärendet är berett av handläggare.",
        "att bevilja Fyren bidrag",
        "Hamnen behöver mer.",
        "130\u00a0000\u00a0kr",
        "+30\u00a0000\u00a0kr",
        "<li>rad ett</li>",
    ]
    places = [page.index(text) for text in order]
    assert places == sorted(places)
    for part in made.parts.filter(matter=first):
        assert reverse("committee:part-file", args=[part.pk]) in page
    assert reverse("committee:matter", args=[meeting.pk, second.pk]) in page
    response = client.get(reverse("committee:pack-file", args=[made.pk]))
    assert response.getvalue().startswith(b"%PDF-")
    assert made.filename in response.headers["Content-Disposition"]


def test_after_the_decision_readers_see_paragraph_points_notes_and_extract() -> None:
    meeting, secretary = MeetingFactory.create(), staff(Role.SECRETARY)
    item = on_agenda(meeting, "Fyren")
    published_pack(meeting)
    decision = record_decision(item, Outcome.REFERRED_BACK, secretary, instruction="att höra föreningen")
    assert decision.extract_id is not None
    work.render(decision.extract_id)
    page = text_of(signed_in(staff(Role.MEMBER)), "matter", meeting.pk, item.matter_id)
    assert "Decision, § 1" in page
    assert "att återremittera ärendet till förvaltningen för att höra föreningen" in page
    assert reverse("committee:extract", args=[decision.pk]) in page


def test_an_earlier_meeting_does_not_show_the_points_of_a_later_decision() -> None:
    first, second, secretary = MeetingFactory.create(), MeetingFactory.create(), staff(Role.SECRETARY)
    item = on_agenda(first, "Fyren")
    published_pack(first)
    record_decision(item, Outcome.TABLED, secretary)
    from portal.committee.agenda import put_on_agenda

    item.matter.refresh_from_db()
    record_decision(put_on_agenda(item.matter, second, secretary), Outcome.REJECTED, secretary)
    client = signed_in(secretary)
    earlier = text_of(client, "matter", first.pk, item.matter_id)
    assert "Decision, § 1" in earlier
    assert "att avslå" not in earlier
    assert "att avslå ansökan från Fyren" in text_of(client, "matter", second.pk, item.matter_id)


def test_a_member_declares_a_conflict_and_the_matter_closes() -> None:
    meeting = MeetingFactory.create()
    item = on_agenda(meeting, "Fyren")
    published_pack(meeting)
    client = signed_in(member := staff(Role.MEMBER))
    address = reverse("committee:conflict", args=[meeting.pk, item.matter_id])
    assert client.post(address, {"case": ""}).status_code == 422
    assert client.post(address, {"case": "999999"}).status_code == 422
    assert not ConflictOfInterest.objects.exists()
    fields = {"case": str(item.matter.case_id), "note": "Sitter i styrelsen."}
    assert told(client, address, fields) == [
        "Your conflict of interest is recorded. What it concerns is hidden from you."
    ]
    declared = ConflictOfInterest.objects.get()
    assert (declared.user, declared.case, declared.note) == (member, item.matter.case, "Sitter i styrelsen.")
    page = text_of(client, "meeting", meeting.pk)
    assert "Fördelning av bidrag" in page
    assert "You have a conflict of interest. The papers are hidden from you." in page
    assert "A copy without it is being made for you." in page
    assert client.get(reverse("committee:matter", args=[meeting.pk, item.matter_id])).status_code == 404


def test_what_people_write_is_escaped() -> None:
    meeting = MeetingFactory.create()
    item = on_agenda(meeting, "<script>alert(1)</script>", title="<b>Titel</b>")
    for role, name, args in [
        (Role.CHAIR, "chair-matter", [item.matter_id]),
        (Role.SECRETARY, "desk", [meeting.pk]),
        (Role.SECRETARY, "matter", [meeting.pk, item.matter_id]),
        (Role.SECRETARY, "record", [item.pk]),
    ]:
        page = text_of(signed_in(staff(role)), name, *args)
        assert "<script>alert" not in page
        assert "<b>Titel" not in page


# --- Size ------------------------------------------------------------------------------------------
def queries_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def full_meeting(items: int) -> Meeting:
    """A meeting whose items have every optional column filled."""
    meeting, secretary, chair = MeetingFactory.create(), staff(Role.SECRETARY), staff(Role.CHAIR)
    for n in range(items):
        item = on_agenda(meeting, f"Fyren {n}")
        proposals.adopt(item.matter, chair)
        record_decision(item, Outcome.GRANTED, secretary)
    pack.advance(pack.request_pack(meeting, secretary).pk)
    return meeting


def test_a_meeting_of_forty_items_takes_as_many_queries_as_one_of_three() -> None:
    small, large = full_meeting(3), full_meeting(40)
    for role, names in [(Role.SECRETARY, ["desk", "meeting"]), (Role.CHAIR, ["meeting"])]:
        client = signed_in(staff(role))
        for name in names:
            few, many = (
                queries_of(client, reverse(f"committee:{name}", args=[meeting.pk]))
                for meeting in (small, large)
            )
            assert few == many, name


def test_lists_and_a_matter_of_many_lines_take_a_constant_number_of_queries() -> None:
    def counts(item: AgendaItem) -> dict[str, int]:
        chair, desk = signed_in(staff(Role.CHAIR)), signed_in(staff(Role.SECRETARY))
        return {
            "chair": queries_of(chair, reverse("committee:chair")),
            "chair's matter": queries_of(chair, reverse("committee:chair-matter", args=[item.matter_id])),
            "matters": queries_of(desk, reverse("committee:matters")),
            "meetings": queries_of(desk, reverse("committee:meetings")),
            "matter": queries_of(desk, reverse("committee:matter", args=[item.meeting_id, item.matter_id])),
            "record": queries_of(desk, reverse("committee:record", args=[item.pk])),
        }

    full_meeting(2)
    make_matter("Fri")
    before = counts(on_agenda(MeetingFactory.create(), "Fyren", "Hamnen"))
    for _n in range(10):
        full_meeting(1)
        make_matter("Fri")
    assert counts(on_agenda(MeetingFactory.create(), *(f"Fyren {n}" for n in range(30)))) == before

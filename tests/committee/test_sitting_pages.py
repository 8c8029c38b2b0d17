"""The secretary's pages in the meeting, as they are used."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.committee import proposals
from portal.committee.deliberating import announce_dissent, move, step_aside, vote
from portal.committee.models import (
    AgendaItem,
    Attendance,
    Ballot,
    BallotChoice,
    Decision,
    Dissent,
    Meeting,
    Motion,
    MotionKind,
    Recusal,
    Seat,
    Stage,
    Vote,
)
from portal.people.models import Role
from portal.registry.models import declare
from tests.committee.building import on_agenda, published_pack, signed_in
from tests.committee.sitting import call_roll, seated
from tests.committee.test_acts import amounts, points
from tests.committee.test_pages import decision_form, told
from tests.factories import MeetingFactory, staff

pytestmark = pytest.mark.django_db
Room = tuple[AgendaItem, list[Seat], list[Seat]]


@pytest.fixture(autouse=True)
def _english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def desk() -> Client:
    return signed_in(staff(Role.SECRETARY))


@pytest.fixture
def room() -> Room:
    meeting, members, substitutes = seated(3, 1)
    item = on_agenda(meeting, "Fyren", "Hamnen")
    call_roll(meeting, members, substitutes)
    return item, members, substitutes


def page_of(client: Client, name: str, *args: Any) -> str:
    answer = client.get(reverse(f"committee:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def roll_of(desk: Client, meeting: Meeting, **changes: str) -> dict[str, str]:
    """What the browser sends from the roll as it is shown."""
    form = desk.get(reverse("committee:attendance", args=[meeting.pk])).context["form"]
    fields = {name: form[name].value() for name in form.fields}
    return {name: str(value) for name, value in fields.items() if value} | changes


# --- The meeting -----------------------------------------------------------------------------------
def test_a_meeting_is_opened_its_roll_called_a_substitute_let_in_and_closed(desk: Client) -> None:
    meeting, members, substitutes = seated(3, 1)
    on_agenda(meeting, "Fyren")
    assert "The roll is not called yet." in page_of(desk, "room", meeting.pk)
    told(desk, reverse("committee:open-meeting", args=[meeting.pk]))
    absent = {f"state_{members[0].pk}": "absent", f"state_{members[1].pk}": "absent"}
    fields = roll_of(desk, meeting, **absent, **{f"state_{substitutes[0].pk}": "listens"})
    fields |= {f"came_{members[2].pk}": "13.10", f"remote_{members[2].pk}": "on"}
    address = reverse("committee:attendance", args=[meeting.pk])
    assert told(desk, address, fields) == ["The attendance is saved."]
    row = Attendance.objects.get(seat=members[2])
    assert (row.is_serving, row.is_remote, str(row.arrived_at)) == (True, True, "13:10:00")
    page = page_of(desk, "room", meeting.pk)
    assert "Too few to decide" in page
    assert "Ledamot 1 (A) does not serve. Ersättare 1 (A) is next in turn." in page
    serve = {"substitute": substitutes[0].pk, "member": members[0].pk}
    assert told(desk, reverse("committee:let-serve", args=[meeting.pk]), serve) == ["Ersättare 1 (A) serves."]
    assert "2 of 3 serve." in page_of(desk, "room", meeting.pk)
    wrong = desk.post(reverse("committee:let-serve", args=[meeting.pk]), {"substitute": "1", "member": "x"})
    assert wrong.status_code == 404
    told(desk, reverse("committee:close-meeting", args=[meeting.pk]))
    meeting.refresh_from_db()
    assert meeting.closed_at is not None


def test_the_second_roll_is_told_and_shown_both(desk: Client) -> None:
    meeting, members, _substitutes = seated(3, 0)
    first, second = roll_of(desk, meeting), roll_of(desk, meeting, **{f"came_{members[0].pk}": "13:45"})
    address = reverse("committee:attendance", args=[meeting.pk])
    told(desk, address, first)
    answer = desk.post(address, second)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody else has written the attendance." in page
    assert "Saved now" in page
    assert 'value="13:45"' in page
    assert told(desk, address, second | {"seen": answer.context["form"]["seen"].value()})
    assert str(Attendance.objects.get(seat=members[0]).arrived_at) == "13:45:00"


def test_a_meeting_without_seats_says_that_decisions_can_be_recorded_anyway(desk: Client) -> None:
    item = on_agenda(MeetingFactory.create(), "Fyren")
    assert "there is no roll to call" in page_of(desk, "room", item.meeting_id)
    assert "Call the roll first" in page_of(desk, "item", item.pk)
    told(desk, reverse("committee:record", args=[item.pk]), decision_form())
    assert Decision.objects.get().paragraph == 1


# --- One item --------------------------------------------------------------------------------------
def test_everything_is_noted_and_taken_back(desk: Client, room: Room) -> None:
    item, members, substitutes = room
    address, undo = (reverse(f"committee:{name}", args=[item.pk]) for name in ("item", "undo"))
    seats = {"seat": members[2].pk, "substitute": substitutes[0].pk}
    assert told(desk, address, {"what": "aside"} | seats) == ["It is noted."]
    motion = {"kind": "avslag", "moved_by": members[1].pk, "supported_by": [substitutes[0].pk]}
    told(desk, address, {"what": "motion"} | motion)
    ballots = {f"ballot_{seat.pk}": "ja" for seat in (*members[:2], substitutes[0])}
    names = {"yes_means": "förvaltningens förslag", "no_means": "yrkandet om avslag"}
    told(desk, address, {"what": "vote"} | names | ballots)
    told(desk, address, {"what": "dissent", "seats": [members[1].pk], "dissent_text": "Nej."})
    page = page_of(desk, "item", item.pk)
    for text in [
        "Ledamot 3 (C) anmäler jäv och deltar inte i handläggningen av ärendet. Ersättare 1 (A) tjänstgör.",
        "Ledamot 2 (B) yrkar avslag. Ersättare 1 (A) instämmer i yrkandet.",
        "Med 3 ja-röster mot 0 nej-röster beslutar nämnden enligt förvaltningens förslag.",
    ]:
        assert text in page
    rows: list[tuple[str, Any]] = [
        ("dissent", Dissent),
        ("vote", Vote),
        ("withdraw", Motion),
        ("motion", Motion),
        ("aside", Recusal),
    ]
    for what, model in rows:
        pk = model.objects.get().pk
        assert told(desk, undo, {"what": what, "pk": pk}) == ["It is taken back."]
    assert [model.objects.count() for _what, model in rows] == [0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"what": "aside"}, "Choose who steps aside."),
        ({"what": "motion", "text": "Står kvar"}, "Choose what is moved."),
        ({"what": "vote"}, "Choose how Ledamot 1 (A) votes."),
        ({"what": "dissent", "dissent_text": "Står kvar"}, "Choose who dissents."),
        ({"what": "annat"}, "Motions"),
    ],
)
def test_an_unfinished_note_comes_back_open_and_as_written(
    desk: Client, room: Room, fields: dict[str, str], text: str
) -> None:
    answer = desk.post(reverse("committee:item", args=[room[0].pk]), fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert text in page
    assert ("Står kvar" in page) == ("Står kvar" in fields.values())
    assert ('<details class="ds-details" open>' in page) == (fields["what"] != "annat")


def test_what_is_refused_is_said_and_kept(desk: Client, room: Room) -> None:
    item, members, _substitutes = room
    fields = {"what": "motion", "kind": "andring", "moved_by": members[0].pk, "text": "bevilja mer"}
    answer = desk.post(reverse("committee:item", args=[item.pk]), fields)
    assert answer.status_code == 422
    assert "Each begins with &quot;att&quot;." in answer.content.decode()
    assert "bevilja mer" in answer.content.decode()


@pytest.mark.rule(8)
def test_what_others_have_noted_is_not_taken_back_through_another_item(desk: Client, room: Room) -> None:
    item, members, _substitutes = room
    other = on_agenda(item.meeting, "Kajen")
    noted = move(item, MotionKind.REJECT, members[0])
    address = reverse("committee:undo", args=[other.pk])
    assert desk.post(address, {"what": "motion", "pk": noted.pk}).status_code == 404
    assert desk.post(address, {"what": "motion", "pk": "x"}).status_code == 404
    assert desk.post(address, {"what": "annat", "pk": noted.pk}).status_code == 404
    assert Motion.objects.exists()


def test_a_declared_conflict_is_proposed_with_the_next_substitute(desk: Client, room: Room) -> None:
    item, members, _substitutes = room
    declare(item.matter.lines.first().case, members[1].user, has_conflict=True)  # type: ignore[union-attr]
    page = page_of(desk, "item", item.pk)
    assert "Ledamot 2 (B) has declared a conflict of interest." in page
    assert "Steps aside, Ersättare 1 (A) serves" in page


def test_the_item_says_who_chairs_it_and_when_nobody_of_the_presidium_can(desk: Client, room: Room) -> None:
    item, members, _substitutes = room
    page = page_of(desk, "item", item.pk)
    assert f"{members[0]} chairs the item." in page
    assert "Nobody of the presidium" not in page
    Seat.objects.all().update(presidium="")
    page = page_of(desk, "item", item.pk)
    assert "Nobody of the presidium can chair the item" in page
    assert f"Until it has, {members[0]} counts as chair" in page


def test_a_secretary_with_a_conflict_sees_nothing_of_the_item(room: Room) -> None:
    item, members, _substitutes = room
    move(item, MotionKind.CHANGE, members[0], text="att bevilja Fyren 7 kronor")
    conflicted = staff(Role.SECRETARY)
    declare(item.matter.lines.first().case, conflicted, has_conflict=True)  # type: ignore[union-attr]
    client = signed_in(conflicted)
    for name in ("item", "undo", "record", "change-item", "move-item"):
        assert client.get(reverse(f"committee:{name}", args=[item.pk])).status_code == 404
        assert (
            client.post(reverse(f"committee:{name}", args=[item.pk]), {"what": "motion"}).status_code == 404
        )
    page = page_of(client, "room", item.meeting_id)
    assert item.matter.case.registry_number not in page
    assert reverse("committee:item", args=[item.pk]) not in page


def test_what_was_said_is_hidden_with_its_matter(room: Room) -> None:
    item, members, _substitutes = room
    published_pack(item.meeting)
    move(item, MotionKind.REJECT, members[0])
    vote(item, "förvaltningens förslag", "yrkandet om avslag", dict.fromkeys(members, BallotChoice.YES))
    announce_dissent(item, [members[1]])
    models: list[Any] = [Motion, Vote, Dissent, Ballot]
    reader, conflicted, stranger = members[2].user, staff(Role.MEMBER), staff(Role.CASE_OFFICER)
    declare(item.matter.lines.first().case, conflicted, has_conflict=True)  # type: ignore[union-attr]
    assert [model.objects.visible_to(reader).count() for model in models] == [1, 1, 1, 3]
    assert [model.objects.visible_to(conflicted).count() for model in models] == [0, 0, 0, 0]
    declare(item.matter.case, stranger, has_conflict=True)
    assert [model.objects.visible_to(stranger).count() for model in models] == [0, 0, 0, 0]
    assert Attendance.objects.visible_to(reader).count() == 4
    assert not Attendance.objects.visible_to(AnonymousUser()).exists()


# --- Recording -------------------------------------------------------------------------------------
def test_a_motion_that_won_is_recorded_with_its_amounts_and_a_rejected_line(desk: Client, room: Room) -> None:
    item, members, _substitutes = room
    fyren, hamnen = item.matter.lines.all()
    motion = move(item, MotionKind.CHANGE, members[0], text="att bevilja Fyren 7 kronor")
    page = page_of(desk, "record", item.pk)
    assert "Yrkandet från Ledamot 1 (A)" in page
    fields = decision_form(follows=str(motion.pk), is_immediate="on") | {
        f"decided_{fyren.pk}_2027": "7", f"decided_{fyren.pk}_2028": "0", f"rejected_{hamnen.pk}": "on",
    }  # fmt: skip
    told(desk, reverse("committee:record", args=[item.pk]), fields)
    decision = Decision.objects.get()
    assert decision.is_immediate
    assert points(item.matter, Stage.DECIDED) == ["att bevilja Fyren 7 kronor"]
    assert amounts(item.matter, Stage.DECIDED) == {"Fyren": {2027: 7, 2028: 0}, "Hamnen": {}}
    assert [row.line for row in decision.line_outcomes.all()] == [hamnen]


def test_what_a_vote_gave_is_chosen_already(desk: Client, room: Room) -> None:
    item, members, _substitutes = room
    address = reverse("committee:record", args=[item.pk])
    assert not desk.get(address).context["form"]["outcome"].value()
    motion = move(item, MotionKind.CHANGE, members[0], text="att bevilja Fyren 7 kronor")
    move(item, MotionKind.TABLE, members[1])
    ballots = dict.fromkeys(members, BallotChoice.YES)
    vote(item, "förslaget att avgöra ärendet i dag", "yrkandet om bordläggning", ballots)
    assert not desk.get(address).context["form"]["outcome"].value()
    vote(item, "yrkandet från Ledamot 1 (A)", "förvaltningens förslag", ballots)
    form = desk.get(address).context["form"]
    assert (form["outcome"].value(), form["follows"].value()) == ("bifall", str(motion.pk))


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"decided_2027": ""}, "Write an amount; 0 means no grant."),
        ({"decided_2027": "tio"}, "Write whole kronor with digits"),
        ({"decided_2027": "5"}, "The amounts differ from the proposal."),
        ({"points": "bevilja"}, "Each begins with &quot;att&quot;."),
        ({"outcome": "avslag", "follows": "motion"}, "A motion to change is followed only by a decision"),
    ],
)
def test_what_does_not_hold_together_comes_back(
    desk: Client, room: Room, changes: dict[str, str], text: str
) -> None:
    item, members, _substitutes = room
    motion = move(item, MotionKind.CHANGE, members[0], text="att bevilja Fyren 7 kronor")
    fyren = item.matter.lines.first()
    assert fyren is not None
    fields = {
        name.replace("decided_2027", f"decided_{fyren.pk}_2027"): value.replace("motion", str(motion.pk))
        for name, value in changes.items()
    }
    written = decision_form(**({"follows": "proposal"} | fields))
    answer = desk.post(reverse("committee:record", args=[item.pk]), written)
    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert not Decision.objects.exists()


# --- The chair's own points ------------------------------------------------------------------------
def test_the_chair_writes_own_points_and_every_reader_sees_what_differs() -> None:
    meeting = MeetingFactory.create()
    item = on_agenda(meeting, title="Riktlinjer")
    chair = signed_in(staff(Role.CHAIR))
    address = reverse("committee:chair-matter", args=[item.matter_id])
    fields = {"comment": "Tydligare så.", "own_points": "att anta riktlinjerna.\natt godkänna redovisningen"}
    unfinished = chair.post(address, fields | {"own_points": "anta"})
    assert unfinished.status_code == 422
    assert told(chair, address, fields) == ["Your proposal is saved."]
    assert points(item.matter, Stage.CHAIR) == ["att anta riktlinjerna", "att godkänna redovisningen"]
    assert "att anta riktlinjerna\natt godkänna" in chair.get(address).content.decode()
    published_pack(meeting)
    page = page_of(signed_in(staff(Role.MEMBER)), "matter", meeting.pk, item.matter_id)
    changed = page[page.index("att anta riktlinjerna") :]
    assert "Changed" in changed[: changed.index("</li>")]
    same = changed[changed.index("att godkänna redovisningen") :]
    assert "Changed" not in same[: same.index("</li>")]


def test_own_points_are_kept_beside_amounts_and_go_when_the_chair_adopts() -> None:
    item = on_agenda(MeetingFactory.create(), "Fyren")
    chair = staff(Role.CHAIR)
    proposals.change(item.matter, chair, {}, "Skäl.", ["att bevilja Fyren bidrag på villkor"])
    assert points(item.matter, Stage.CHAIR) == ["att bevilja Fyren bidrag på villkor"]
    proposals.adopt(item.matter, chair)
    assert points(item.matter, Stage.CHAIR) == points(item.matter, Stage.OFFICERS)
    item.matter.refresh_from_db()
    assert item.matter.chairs_proposal.own_points == ""


# --- Size ------------------------------------------------------------------------------------------
def test_the_pages_take_as_many_queries_with_much_noted_as_with_little(desk: Client, room: Room) -> None:
    item, members, substitutes = room

    def counts() -> list[int]:
        found = []
        for name, pk in [
            ("room", item.meeting_id), ("attendance", item.meeting_id),
            ("item", item.pk), ("record", item.pk),
        ]:  # fmt: skip
            address = reverse(f"committee:{name}", args=[pk])
            desk.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert desk.get(address).status_code == 200
            found.append(len(captured))
        return found

    def note(times: int) -> None:
        for _time in range(times):
            move(item, MotionKind.CHANGE, members[0], [members[1]], "att bevilja Fyren 7 kronor")
            vote(item, "x", "y", dict.fromkeys([members[0], members[1], substitutes[0]], BallotChoice.YES))
            announce_dissent(item, [members[1]], "Nej.")
            on_agenda(item.meeting, "Kajen")

    step_aside(item, members[2], substitutes[0], staff(Role.SECRETARY))
    note(1)
    few = counts()
    note(10)
    assert counts() == few

"""Who sees what of meetings, matters and packs; a conflict of interest hides what it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import reverse

from portal.committee import proposals
from portal.committee.front_page import waiting
from portal.committee.minutes import record_decision
from portal.committee.models import (
    AgendaItem,
    Decision,
    DecisionPoint,
    LineAmount,
    Matter,
    MatterLine,
    MatterSection,
    Meeting,
    Outcome,
    Pack,
    PackPart,
)
from portal.committee.reading import agenda_for, readable_parts, whole_pack
from portal.documents.models import Document, StoredFile
from portal.people.models import Role, User
from portal.registry.models import Case, declare
from tests.committee.building import on_agenda, published_pack, signed_in, work_until_settled
from tests.factories import MeetingFactory, UserFactory, staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings: Any) -> None:
    """The pages in the language of their msgids."""
    settings.LANGUAGE_CODE = "en"


@dataclass
class World:
    """A meeting with two matters of two lines each, and its pack."""

    meeting: Meeting
    first: Matter
    second: Matter
    pack: Pack


@pytest.fixture
def published() -> World:
    meeting = MeetingFactory.create()
    first = on_agenda(meeting, "Fyren", "Hamnen", title="Första ärendet").matter
    second = on_agenda(meeting, "Ankaret", "Kajen", title="Andra ärendet").matter
    proposals.adopt(first, staff(Role.CHAIR))
    return World(meeting, Matter.objects.get(pk=first.pk), second, published_pack(meeting))


def person(role: str) -> User:
    return UserFactory.create() if role == "nobody" else staff(role)


def conflict_in_matter(world: World, someone: User) -> User:
    declare(world.first.case, someone, has_conflict=True)
    return someone


def conflict_in_line(world: World, someone: User) -> User:
    declare(world.first.lines.get(title="Hamnen").case, someone, has_conflict=True)
    return someone


# --- Truth tables ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "before", "after"),
    [
        (Role.SECRETARY, True, True),
        (Role.CASE_OFFICER, True, True),
        (Role.CHAIR, True, True),
        (Role.MEMBER, False, True),
        ("nobody", False, False),
    ],
)
def test_members_see_what_is_published_others_by_their_role(role: str, before: bool, after: bool) -> None:
    meeting, someone = MeetingFactory.create(), person(role)
    on_agenda(meeting, "Fyren")
    models: list[Any] = [Meeting, AgendaItem, Matter, MatterLine, LineAmount, DecisionPoint, MatterSection]
    assert [model.objects.visible_to(someone).exists() for model in models] == [before] * len(models)
    published_pack(meeting)
    models += [Pack, PackPart]
    assert [model.objects.visible_to(someone).exists() for model in models] == [after] * len(models)


def test_a_late_item_shows_its_title_only_until_a_pack_with_it_is_published() -> None:
    meeting, member = MeetingFactory.create(), staff(Role.MEMBER)
    on_agenda(meeting, "Fyren")
    published_pack(meeting)
    on_agenda(meeting, "Hamnen", title="Sent ärende")
    assert [entry.is_readable for entry in agenda_for(meeting, member)] == [True, False]
    page = signed_in(member).get(reverse("committee:meeting", args=[meeting.pk])).content.decode()
    assert "Sent ärende" in page
    assert "The papers are not published yet." in page
    published_pack(meeting)
    assert [entry.is_readable for entry in agenda_for(meeting, member)] == [True, True]


def test_an_unpublished_new_version_is_not_the_members(published: World) -> None:
    from portal.committee.pack import request_pack

    newer = work_until_settled(request_pack(published.meeting, staff(Role.SECRETARY)))
    member, secretary = staff(Role.MEMBER), staff(Role.SECRETARY)
    assert whole_pack(published.meeting, member) == published.pack
    assert whole_pack(published.meeting, secretary) == newer
    parts = readable_parts(published.meeting, published.first, member)
    assert {part.pack_id for part in parts} == {published.pack.pk}
    assert signed_in(member).get(reverse("committee:pack-file", args=[newer.pk])).status_code == 404


@pytest.mark.rule(10)
@pytest.mark.parametrize("role", [Role.MEMBER, Role.CHAIR, Role.SECRETARY, Role.CASE_OFFICER])
def test_a_conflict_in_the_matter_hides_all_but_number_and_title(published: World, role: str) -> None:
    someone = conflict_in_matter(published, staff(role))
    first, second = agenda_for(published.meeting, someone)
    assert (first.number, first.matter.title, first.is_readable, first.is_whole) == (
        1,
        "Första ärendet",
        False,
        False,
    )
    assert (second.is_readable, second.is_whole) == (True, True)
    assert list(Matter.objects.visible_to(someone)) == [published.second]
    assert not Pack.objects.visible_to(someone).exists()
    assert whole_pack(published.meeting, someone) is None
    assert readable_parts(published.meeting, published.first, someone) == []
    assert [part.title for part in readable_parts(published.meeting, published.second, someone)] == [
        "Tjänsteskrivelse",
        "Blad: Ankaret",
        "Blad: Kajen",
    ]
    for model in (MatterLine, DecisionPoint, MatterSection):
        rows = model.objects.visible_to(someone)
        assert {row.matter_id for row in rows} == {published.second.pk}
    assert not Case.objects.visible_to(someone).filter(pk=published.first.case_id).exists()


@pytest.mark.parametrize("role", [Role.MEMBER, Role.CHAIR, Role.SECRETARY])
def test_a_conflict_in_one_line_leaves_the_sheets_of_the_others(published: World, role: str) -> None:
    someone = conflict_in_line(published, staff(role))
    first, second = agenda_for(published.meeting, someone)
    assert (first.is_readable, first.is_whole) == (True, False)
    assert (second.is_readable, second.is_whole) == (True, True)
    parts = readable_parts(published.meeting, published.first, someone)
    assert [part.title for part in parts] == ["Blad: Fyren"]
    assert whole_pack(published.meeting, someone) is None
    lines = MatterLine.objects.visible_to(someone)
    assert [line.title for line in lines.order_by("pk")] == ["Fyren", "Ankaret", "Kajen"]
    assert not LineAmount.objects.visible_to(someone).filter(line__title="Hamnen").exists()
    assert {point.matter_id for point in DecisionPoint.objects.visible_to(someone)} == {published.second.pk}
    hidden = PackPart.objects.exclude(pk__in=PackPart.objects.visible_to(someone))
    assert {part.title for part in hidden} == {
        "Kallelse till socialnämnden",
        "Tjänsteskrivelse",
        "Ordförandeförslag",
        "Blad: Hamnen",
    }
    files = StoredFile.objects.visible_to(someone)
    assert not files.filter(pk__in=[part.document.file_id for part in hidden]).exists()
    assert not files.filter(pk__in=[published.pack.file_id]).exists()
    documents = Document.objects.visible_to(someone)
    assert {document.title for document in documents if "Hamnen" in document.html} == set()


def test_no_conflict_declared_hides_nothing(published: World) -> None:
    member = staff(Role.MEMBER)
    declare(published.first.case, member, has_conflict=False)
    declare(published.first.lines.first().case, member, has_conflict=False)  # type: ignore[union-attr]
    assert [entry.is_whole for entry in agenda_for(published.meeting, member)] == [True, True]
    assert whole_pack(published.meeting, member) == published.pack


@pytest.mark.rule(10)
def test_counts_leave_out_what_a_conflict_hides(published: World) -> None:
    chair = staff(Role.CHAIR)
    assert [row.count for row in waiting(chair)] == [1, 1]
    conflict_in_line(published, chair)
    declare(published.second.lines.get(title="Kajen").case, chair, has_conflict=True)
    assert [row.count for row in waiting(chair)] == [0, 1]


# --- Pages -----------------------------------------------------------------------------------------
def texts_of(published: World, someone: User) -> dict[str, tuple[int, str]]:
    """Status and text of the reader's pages and files of the first matter."""
    client, meeting, matter = signed_in(someone), published.meeting, published.first
    parts = {part.title: part for part in published.pack.parts.filter(matter=matter)}
    addresses = {
        "meeting": reverse("committee:meeting", args=[meeting.pk]),
        "matter": reverse("committee:matter", args=[meeting.pk, matter.pk]),
        "declare": reverse("committee:conflict", args=[meeting.pk, matter.pk]),
        "pack": reverse("committee:pack-file", args=[published.pack.pk]),
        "report": reverse("committee:part-file", args=[parts["Tjänsteskrivelse"].pk]),
        "sheet": reverse("committee:part-file", args=[parts["Blad: Hamnen"].pk]),
        "other sheet": reverse("committee:part-file", args=[parts["Blad: Fyren"].pk]),
    }
    answers = {}
    for name, address in addresses.items():
        response = client.get(address)
        text = "" if response.streaming else response.content.decode()
        answers[name] = (response.status_code, text)
    return answers


def statuses(published: World, someone: User) -> dict[str, int]:
    return {name: status for name, (status, _text) in texts_of(published, someone).items()}


ALL_OPEN = dict.fromkeys(["meeting", "matter", "declare", "pack", "report", "sheet", "other sheet"], 200)


def test_pages_and_files_follow_the_same_table(published: World) -> None:
    assert statuses(published, staff(Role.MEMBER)) == ALL_OPEN
    in_matter = conflict_in_matter(published, staff(Role.MEMBER))
    assert statuses(published, in_matter) == dict.fromkeys(ALL_OPEN, 404) | {"meeting": 200}
    in_line = conflict_in_line(published, staff(Role.MEMBER))
    assert statuses(published, in_line) == ALL_OPEN | {"pack": 404, "report": 404, "sheet": 404}
    for role in (Role.CASE_OFFICER, "nobody"):
        assert statuses(published, person(role)) == dict.fromkeys(ALL_OPEN, 404)


def test_the_page_of_who_has_a_conflict_in_one_line_says_nothing_of_it(published: World) -> None:
    someone = conflict_in_line(published, staff(Role.MEMBER))
    pages = texts_of(published, someone)
    for name in ("meeting", "matter", "declare"):
        assert "Hamnen" not in pages[name][1], name
    assert "Fyren" in pages["matter"][1]
    assert published.first.summary.splitlines()[0] not in pages["matter"][1]
    assert reverse("committee:pack-file", args=[published.pack.pk]) not in pages["meeting"][1]
    assert "A copy without it is being made for you." in pages["meeting"][1]


def test_after_the_decision_paragraph_and_extract_follow_the_matter(published: World) -> None:
    item = published.first.agenda_items.get()
    decision = record_decision(item, Outcome.GRANTED, staff(Role.SECRETARY))
    extract = reverse("committee:extract", args=[decision.pk])
    for someone, seen in [
        (staff(Role.MEMBER), True),
        (conflict_in_line(published, staff(Role.MEMBER)), False),
        (conflict_in_matter(published, staff(Role.MEMBER)), False),
    ]:
        assert Decision.objects.visible_to(someone).exists() is seen
        assert Document.objects.visible_to(someone).filter(pk__in=[decision.extract_id]).exists() is seen
        page = signed_in(someone).get(reverse("committee:meeting", args=[published.meeting.pk]))
        assert ("§ 1" in page.content.decode()) is seen
        assert signed_in(someone).get(extract).status_code == 404  # the worker has not made it yet


@pytest.mark.rule(11)
def test_chair_and_secretary_with_a_conflict_take_no_act(published: World) -> None:
    chair = conflict_in_line(published, staff(Role.CHAIR))
    secretary = conflict_in_line(published, staff(Role.SECRETARY))
    item, client = published.first.agenda_items.get(), signed_in(secretary)
    adopt = reverse("committee:chair-adopt", args=[published.first.pk])
    assert signed_in(chair).post(adopt).status_code == 404
    assert client.post(reverse("committee:record", args=[item.pk]), {"outcome": "bifall"}).status_code == 404
    assert client.post(reverse("committee:take-off", args=[item.pk])).status_code == 404
    listed = signed_in(chair).get(reverse("committee:chair")).content.decode()
    assert "Andra ärendet" in listed
    assert "Första ärendet" not in listed
    assert not Decision.objects.exists()
    assert AgendaItem.objects.filter(pk=item.pk).exists()

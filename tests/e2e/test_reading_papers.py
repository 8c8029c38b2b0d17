"""A member reads the papers of a meeting: by keyboard and swipe, with notes of their own, and searches."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from portal.committee import agenda, pack
from portal.committee.models import Meeting, PrivateNote
from portal.people.models import Role
from tests.committee.building import make_matter, on_agenda
from tests.e2e.person import Person
from tests.e2e.words import say
from tests.factories import MeetingFactory, staff
from tests.world import stand_in_for_worker

pytestmark = [pytest.mark.e2e, pytest.mark.soak, pytest.mark.django_db(transaction=True)]

#: A finger that moves across the middle of the page, as the browser tells it.
SWIPE = """([from, to]) => {
  const touch = (x) => new Touch({ identifier: 1, target: document.body, clientX: x, clientY: 300 });
  const tell = (kind, x, touches) => document.body.dispatchEvent(
    new TouchEvent(kind, { touches, changedTouches: [touch(x)], bubbles: true }));
  tell("touchstart", from, [touch(from)]);
  tell("touchend", to, []);
}"""
TITLES = ("Bidrag till Fyren", "Bidrag till Hamnen", "Bidrag till Ankaret")


def publish(meeting: Meeting) -> None:
    """A new version of the pack, as if a worker had made it."""
    made = pack.request_pack(meeting, staff(Role.SECRETARY))
    pack.advance(made.pk)
    stand_in_for_worker(made)
    made.refresh_from_db()
    pack.publish(made)


def swipe(page: Page, start: int, end: int) -> None:
    page.evaluate(SWIPE, [start, end])


@pytest.fixture
def meeting(city: Callable[..., Person]) -> Meeting:
    meeting: Meeting = MeetingFactory.create()
    for title in TITLES:
        on_agenda(meeting, title.removeprefix("Bidrag till "), title=title)
    publish(meeting)
    return meeting


@pytest.fixture
def reader(city: Callable[..., Person], meeting: Meeting) -> Person:
    """A member with the agenda open."""
    member = city(Role.MEMBER)
    member.open(reverse("committee:meeting", args=[meeting.pk]))
    return member


def test_from_matter_to_matter_by_keyboard_and_by_swipe(reader: Person) -> None:
    first, second, third = TITLES
    page, heading = reader.page, reader.page.get_by_role("heading", level=1)
    reader.follow(first)
    for act, title in (
        (lambda: page.keyboard.press("ArrowRight"), second),
        (lambda: page.keyboard.press("ArrowRight"), third),
        (lambda: page.keyboard.press("ArrowRight"), third),
        (lambda: page.keyboard.press("ArrowLeft"), second),
        (lambda: swipe(page, 300, 100), third),
        (lambda: swipe(page, 100, 300), second),
        (lambda: swipe(page, 300, 250), second),
    ):
        act()
        expect(heading).to_have_text(title)
    page.locator("form[data-note] textarea").press("ArrowLeft")
    expect(heading).to_have_text(second)
    reader.open(reader.page.url.removeprefix(reader.address).partition("arenden/")[0])
    go_on = page.locator("[data-go-on] a")
    expect(go_on).to_contain_text(second)
    go_on.click()
    expect(heading).to_have_text(second)


def test_notes_are_saved_while_they_are_written_and_follow_to_a_new_pack(
    reader: Person, meeting: Meeting, city: Callable[..., Person]
) -> None:
    page = reader.page
    reader.follow(TITLES[0])
    page.locator("form[data-note] textarea").press_sequentially("Fråga om hyran.")
    expect(page.locator("[data-note-state]")).to_have_text(say("Saved"))
    assert PrivateNote.objects.get().text == "Fråga om hyran."
    agenda.put_on_agenda(
        make_matter("Sen", title="Sent ärende", committee=meeting.committee), meeting, staff(Role.SECRETARY)
    )
    publish(meeting)
    reader.look_again()
    assert reader.has_written("text") == "Fråga om hyran."
    chair = city(Role.CHAIR)
    chair.open(page.url.removeprefix(reader.address))
    assert chair.has_written("text") == ""


def test_a_search_leads_to_the_place_in_the_papers(reader: Person, meeting: Meeting) -> None:
    reader.fill(q="hamnen")
    reader.press(say("Search"))
    reader.sees(TITLES[1])
    reader.does_not_see(TITLES[0])
    reader.follow(f"2. {TITLES[1]}")
    expect(reader.page.get_by_role("heading", level=1)).to_have_text(TITLES[1])

"""Writing together and saving by itself, in real browsers: no text that somebody typed is lost."""

from __future__ import annotations

import itertools
import json
import re
import time
from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.sessions.backends.cached_db import SessionStore
from django.urls import reverse
from playwright.sync_api import Locator, Route, expect

from grants.models import Application, FieldVersion, Section
from tests.e2e.person import Person
from tests.e2e.words import say
from tests.factories import PASSWORD, ApplicationFactory, person_of

pytestmark = [pytest.mark.e2e, pytest.mark.soak, pytest.mark.django_db(transaction=True)]

MakePerson = Callable[..., Person]
#: For how long two people write in the same section at once, in seconds.
WRITING_SECONDS = 60
PATIENCE_MS = 20_000
FIELDS = ("answer_need", "answer_purpose")


@pytest.fixture
def draft(transactional_db: None) -> Application:
    return ApplicationFactory.create()


@pytest.fixture
def writers(draft: Application, person: MakePerson) -> list[Person]:
    """Two of the association's people, each with the section on need open."""
    found = []
    for email in (draft.created_by.email, person_of(draft.association).email):
        writer = person(checked=False)
        writer.sign_in(email)
        writer.open(reverse("grants:section", args=[draft.pk, Section.NEED]))
        found.append(writer)
    return found


def field(writer: Person, name: str) -> Locator:
    return writer.page.locator(f"main [name='{name}']")


def state(writer: Person, name: str) -> Locator:
    """What the page says under a field of how it stands with saving."""
    return writer.page.locator(f"#div_id_{name} > .save-state")


def write_on(writer: Person, name: str, word: str) -> None:
    """Type a word at the end of a field, key by key."""
    control = field(writer, name)
    control.press("Control+End")
    control.press_sequentially(f" {word}", delay=15)


def settle(writer: Person, name: str, how: str) -> str:
    """Choose where both have written: one's own text, both put together, or the colleague's.

    Gives the text that the person gave up knowingly.
    """
    note = writer.page.locator(f"[data-conflict='{name}']")
    theirs = note.locator(".field-note-text").inner_text()
    mine = field(writer, name).input_value()
    if how == "both":
        field(writer, name).fill(f"{mine} {theirs}")
    note.locator(f"[value='{'theirs' if how == 'theirs' else 'mine'}']").check()
    return mine if how == "theirs" else ""


def on_screen(writer: Person) -> str:
    """All that a person can read on the page, what stands in the fields included."""
    return writer.reads() + " ".join(field(writer, name).input_value() for name in FIELDS)


def test_two_people_write_in_one_application_and_no_text_is_lost(
    writers: list[Person], draft: Application
) -> None:
    pauses = itertools.cycle([0, 400, 0, 1500, 0, 2500])
    typed: set[str] = set()
    given_up = ""
    conflicts = 0
    until = time.monotonic() + WRITING_SECONDS
    turn = 0
    while time.monotonic() < until:
        turn += 1
        # One turn in different fields, one in the same, with the words between each other's.
        names = FIELDS if turn % 2 else (FIELDS[turn // 2 % 2],) * 2
        for writer, name, sign in zip(writers, names, "ab", strict=True):
            word = f"{sign}{turn}ord"
            write_on(writer, name, word)
            typed.add(word)
        writers[0].page.wait_for_timeout(next(pauses))
        for writer in writers:
            for name in FIELDS:
                if turn % 3 == 0 and writer.page.locator(f"[data-conflict='{name}']").count():
                    conflicts += 1
                    given_up += settle(writer, name, ("mine", "both", "theirs")[conflicts % 3])

    # Whatever is still on its way arrives.
    for writer in writers:
        writer.page.keyboard.press("Tab")
        expect(writer.page.locator(".save-state[data-state='saving']")).to_have_count(0, timeout=PATIENCE_MS)
    saved = json.dumps(Application.objects.get().answers_by_key(), ensure_ascii=False)
    versions = json.dumps(list(FieldVersion.objects.values_list("value", flat=True)), ensure_ascii=False)
    screens = " ".join(on_screen(writer) for writer in writers)
    lost = {word for word in typed if word not in saved + versions + screens + given_up}
    assert lost == set()
    assert conflicts, "they never came in each other's way: the test is no test"
    assert len(typed) > WRITING_SECONDS / 2
    assert [writer.complaints for writer in writers] == [[], []]


def test_what_only_a_colleague_wrote_comes_to_the_page_by_itself(writers: list[Person]) -> None:
    one, other = writers
    field(one, "answer_purpose").fill("Fler har en vän")
    expect(state(one, "answer_purpose")).to_have_text(saved_words(one), timeout=PATIENCE_MS)

    field(other, "answer_need").fill("Unga är ensamma")

    expect(field(other, "answer_purpose")).to_have_value("Fler har en vän", timeout=PATIENCE_MS)
    expect(state(other, "answer_need")).to_have_text(saved_words(other), timeout=PATIENCE_MS)


def saved_words(writer: Person) -> re.Pattern[str]:
    before, after = say("Saved {time}").split("{time}")
    return re.compile(rf"^{re.escape(before)}\d\d\.\d\d{re.escape(after)}$")


def test_a_conflict_is_shown_at_its_field_and_the_page_is_for_everybody(
    writers: list[Person], draft: Application
) -> None:
    one, other = writers
    field(one, "answer_need").fill("Kollegans text")
    expect(state(one, "answer_need")).to_have_text(saved_words(one), timeout=PATIENCE_MS)
    field(other, "answer_need").fill("Min text")

    other.waits_for("Kollegans text")
    other.checked = True
    other._arrive()
    assert field(other, "answer_need").input_value() == "Min text"
    other.page.locator("[data-conflict] [value='theirs']").check()
    expect(field(other, "answer_need")).to_have_value("Kollegans text", timeout=PATIENCE_MS)
    assert draft.answers.get(key="need").value == "Kollegans text"


def test_who_writes_on_after_choosing_the_other_text_keeps_what_they_wrote(writers: list[Person]) -> None:
    one, other = writers
    field(one, "answer_need").fill("Kollegans text")
    expect(state(one, "answer_need")).to_have_text(saved_words(one), timeout=PATIENCE_MS)
    field(other, "answer_need").fill("Min text")
    other.page.locator("[data-conflict]").wait_for()
    # Both within the pause before the next saving.
    other.page.evaluate(
        """() => {
          document.querySelector('[data-conflict] [value="theirs"]').click();
          const field = document.querySelector('[name="answer_need"]');
          field.value += ' och mer';
          field.dispatchEvent(new Event('input', { bubbles: true }));
        }"""
    )

    other.page.wait_for_timeout(3000)
    assert field(other, "answer_need").input_value() == "Min text och mer"
    expect(state(other, "answer_need")).to_have_text(say("Not saved: choose which text shall stand"))


def test_a_session_that_ends_while_writing_is_taken_up_in_place(
    writers: list[Person], draft: Application
) -> None:
    writer = writers[0]
    (cookie,) = (c for c in writer.page.context.cookies() if c["name"] == settings.SESSION_COOKIE_NAME)
    SessionStore(cookie["value"]).delete()

    write_on(writer, "answer_need", "Mitt i en mening")
    writer.waits_for(
        say("You have been signed out. What you wrote is still here. Sign in again, and it is saved.")
    )
    write_on(writer, "answer_need", "skriver jag vidare")
    with writer.page.expect_popup() as opened:
        writer.page.get_by_role("link", name=say("Sign in again in a new window")).click()
    window = opened.value
    window.locator("main [name='login']").fill(draft.created_by.email)
    window.locator("main [name='password']").fill(PASSWORD)
    window.locator("main").get_by_role("button", name=say("Sign in"), exact=True).click()
    expect(window.locator("h1")).to_have_text(say("You are signed in again"))
    window.close()

    expect(state(writer, "answer_need")).to_have_text(saved_words(writer), timeout=PATIENCE_MS)
    assert draft.answers.get(key="need").value == "Mitt i en mening skriver jag vidare"
    write_on(writer, "answer_need", "och vidare")
    writer.page.wait_for_timeout(100)
    expect(state(writer, "answer_need")).to_have_text(saved_words(writer), timeout=PATIENCE_MS)
    assert draft.answers.get(key="need").value.endswith("och vidare")


def test_with_the_server_out_of_reach_the_text_is_kept_and_comes_back(
    writers: list[Person], draft: Application
) -> None:
    writer = writers[0]

    def unplugged(route: Route) -> None:
        if route.request.method == "POST":
            route.abort()
        else:
            route.continue_()

    writer.page.route("**/*", unplugged)
    field(writer, "answer_need").fill("Skrivet utan nät")
    expect(state(writer, "answer_need")).to_have_text(say("Could not save – try again"), timeout=PATIENCE_MS)
    assert not draft.answers.exists()

    writer.page.reload()
    writer.sees(
        say("Here is text that had not been saved when the page was closed. It stands in its fields again.")
    )
    assert writer.has_written("answer_need") == "Skrivet utan nät"
    writer.page.get_by_role("button", name=say("Try again")).wait_for()
    writer.page.unroute("**/*")
    expect(state(writer, "answer_need")).to_have_text(saved_words(writer), timeout=PATIENCE_MS)
    assert draft.answers.get(key="need").value == "Skrivet utan nät"
    assert writer.page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('samspel:'))") == []


def test_rows_are_added_saved_and_restored_without_leaving_the_page(
    writers: list[Person], draft: Application
) -> None:
    writer = writers[0]
    writer.open(reverse("grants:section", args=[draft.pk, Section.ACTIVITIES]))
    field(writer, "answer_goal_rows-0-goal").fill("Fler har en vän")
    writer.page.get_by_role("button", name=say("Save and add a row")).click()
    field(writer, "answer_goal_rows-1-goal").fill("Fler i skolan")

    expect(state(writer, "answer_goal_rows")).to_have_text(saved_words(writer), timeout=PATIENCE_MS)
    writer.page.wait_for_timeout(2000)
    assert [row["goal"] for row in draft.answers.get(key="goal_rows").value] == [
        "Fler har en vän",
        "Fler i skolan",
    ]


def test_signing_out_leaves_no_text_in_the_browser(writers: list[Person]) -> None:
    writer = writers[0]
    writer.page.route("**/behov/", lambda route: route.abort())
    field(writer, "answer_need").fill("På en dator som flera använder")
    expect(state(writer, "answer_need")).to_have_text(say("Could not save – try again"), timeout=PATIENCE_MS)

    writer.sign_out()

    assert writer.page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('samspel:'))") == []

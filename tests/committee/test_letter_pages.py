"""The secretary's pages about letters: list, one letter, editing, making anew, releasing what is shown."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.committee import letter_editing
from portal.committee.letter_facts import Parts
from portal.committee.models import Letter, LetterState, MatterLine, Outcome
from portal.people.models import Role, User
from tests.committee.building import signed_in
from tests.committee.letters import decided_meeting, made_letters, work_on_letters
from tests.factories import staff

pytestmark = pytest.mark.django_db
LIST = reverse("committee:letters")
RELEASE = reverse("committee:letters-release")


@pytest.fixture
def secretary() -> User:
    return staff(Role.SECRETARY)


@pytest.fixture
def desk(secretary: User) -> Client:
    client = signed_in(secretary)
    client.cookies["django_language"] = "en"
    return client


def address(name: str, letter: Letter) -> str:
    return reverse(f"committee:{name}", args=[letter.pk])


def page(desk: Client, url: str) -> str:
    response = desk.get(url)
    assert response.status_code == 200
    return response.content.decode()


def told(desk: Client, url: str, data: dict[str, Any] | None = None) -> list[str]:
    return [str(message) for message in desk.post(url, data or {}, follow=True).context["messages"]]


def parts(letter: Letter, **changes: str) -> dict[str, Any]:
    """The form as the page shows it, with changes."""
    return {"version": letter.version, **letter.parts} | changes


def listed(desk: Client, query: str = "") -> list[str]:
    rows = desk.get(f"{LIST}?{query}").context["rows"]
    return [row.letter.line.title for row in rows]


def test_the_list_is_narrowed_by_meeting_outcome_state_and_name(desk: Client) -> None:
    granted = made_letters("Fyren", "Hamnen")
    meeting = granted[0].decision.agenda_item.meeting
    made_letters("Kajen", outcome=Outcome.REJECTED)
    decided_meeting("Piren")
    Letter.objects.filter(pk=granted[1].pk).update(state=LetterState.FAILED, error="Trasigt tecken.")
    assert listed(desk) == ["Fyren", "Hamnen", "Kajen"]
    assert listed(desk, f"meeting={meeting.pk}") == ["Fyren", "Hamnen"]
    assert listed(desk, "outcome=avslag") == ["Kajen"]
    assert listed(desk, "state=failed") == ["Hamnen"]
    assert listed(desk, "state=mail_failed") == []
    assert listed(desk, "q=fyr&meeting=99999&outcome=x&state=%00") == ["Fyren"]
    assert "Trasigt tecken." in page(desk, LIST)


def test_the_list_takes_as_many_queries_for_many(desk: Client, secretary: User) -> None:
    def queries() -> int:
        desk.get(LIST)
        with CaptureQueriesContext(connection) as captured:
            desk.get(LIST)
        return len(captured)

    made_letters("Fyren")
    few = queries()
    made_letters(*[f"Förening {number}" for number in range(4)])
    made_letters("Hamnen", outcome=Outcome.REJECTED)
    for letter in Letter.objects.all()[:3]:
        letter_editing.write(letter, Parts(extra="Hej"), 1, secretary)
    MatterLine.objects.filter(title="Förening 3").update(title="Ny")
    assert queries() == few
    assert len(listed(desk)) == 6


def test_a_letter_is_read_as_its_document_says_it(desk: Client) -> None:
    [letter] = made_letters("Fyren")
    read = page(desk, address("letter", letter))
    assert "<p>Nämnden har beslutat om Fyren.</p>" in read
    assert "Release this letter" in read
    response = desk.get(address("letter-file", letter))
    assert response.getvalue().startswith(b"%PDF-")
    assert "beslutsbrev-" in response.headers["Content-Disposition"]


def test_the_free_texts_are_edited_and_nothing_else(desk: Client, secretary: User) -> None:
    [letter] = made_letters("Fyren")
    form = parts(letter, greeting="Hej på er!", outcome="avslag", content="Allt annat", state="released")
    assert told(desk, address("letter-edit", letter), form) == ["The letter is saved and being made."]
    work_on_letters()
    letter.refresh_from_db()
    assert (letter.outcome, letter.state, letter.edited_by) == ("bifall", "ready", secretary)
    assert set(letter.parts) == {"greeting", "could_change", "talk_to", "extra"}
    read = page(desk, address("letter", letter))
    assert "<p>Hej på er!</p>" in read
    assert "Edited by" in read


def test_who_comes_second_is_shown_both_texts(desk: Client) -> None:
    [letter] = made_letters("Fyren")
    letter_editing.write(letter, Parts("Kollegans hälsning"), 1, staff(Role.SECRETARY))
    response = desk.post(address("letter-edit", letter), parts(letter, greeting="Min hälsning"))
    shown = response.content.decode()
    assert response.status_code == 422
    assert "Kollegans hälsning" in shown
    assert "Min hälsning" in shown
    assert 'name="version" value="2"' in shown
    form = parts(letter, greeting="Min hälsning", version="2")
    assert told(desk, address("letter-edit", letter), form) == ["The letter is saved and being made."]


def test_a_text_that_is_too_long_comes_back_as_written(desk: Client) -> None:
    [letter] = made_letters("Fyren")
    response = desk.post(address("letter-edit", letter), parts(letter, talk_to="x" * 201, extra="Står kvar."))
    assert response.status_code == 422
    assert "Står kvar." in response.content.decode()
    letter.refresh_from_db()
    assert letter.version == 1


def test_making_anew_shows_first_what_goes(desk: Client, secretary: User) -> None:
    [letter] = made_letters("Fyren")
    letter_editing.write(letter, Parts("Min hälsning", talk_to="någon annan"), 1, secretary)
    check = page(desk, address("letter-anew", letter))
    for text in ("Min hälsning", "någon annan", "Tack för er ansökan.", "föreningssamordnaren"):
        assert text in check
    letter.refresh_from_db()
    assert letter.is_edited
    stale = told(desk, address("letter-anew", letter), {"version": "1"})
    assert stale == ["Somebody else saved this letter since you opened the page. Look at it again."]
    done = told(desk, address("letter-anew", letter), {"version": "2"})
    assert done == ["The letter is being made anew from what is recorded."]
    letter.refresh_from_db()
    assert not letter.is_edited


def test_a_draft_that_fell_behind_is_made_again_with_what_was_written(desk: Client, secretary: User) -> None:
    [letter] = made_letters("Fyren")
    letter_editing.write(letter, Parts("Min hälsning"), 1, secretary)
    work_on_letters()
    MatterLine.objects.update(title="Kajen")
    assert "Fell behind" in page(desk, LIST)
    read = page(desk, address("letter", letter))
    assert "What is recorded has changed since the letter was made" in read
    assert "Release this letter" not in read
    told(desk, address("letter-follow", letter))
    work_on_letters()
    read = page(desk, address("letter", letter))
    assert "beslutat om Kajen" in read
    assert "Min hälsning" in read


def released() -> set[str]:
    return set(Letter.objects.filter(state=LetterState.RELEASED).values_list("line__title", flat=True))


def test_what_the_filter_shows_is_released_and_nothing_else(desk: Client) -> None:
    made_letters("Fyren", "Hamnen", "Kajen")
    made_letters("Piren", outcome=Outcome.REJECTED)
    Letter.objects.filter(line__title="Kajen").update(state=LetterState.FAILED, error="Trasig")
    response = desk.get(f"{RELEASE}?outcome=bifall")
    going = [row.letter for row in response.context["going"]]
    assert [letter.line.title for letter in going] == ["Fyren", "Hamnen"]
    assert [row.letter.line.title for row in response.context["staying"]] == ["Kajen"]
    form = {"letter": [f"{letter.pk}:{letter.version}" for letter in going]}
    done = told(desk, f"{RELEASE}?outcome=bifall", form)
    assert done == ["2 letters are released. The associations see them now."]
    assert released() == {"Fyren", "Hamnen"}
    assert told(desk, RELEASE, form) == ["Nothing was released: there was nothing that could go out."]


def test_what_changed_since_it_was_shown_is_held_back(desk: Client, secretary: User) -> None:
    first, second = made_letters("Fyren", "Hamnen")
    form = {"letter": [f"{first.pk}:1", f"{second.pk}:1", "x:1", "1", f"{first.pk}:"]}
    letter_editing.write(first, Parts("Ändrad"), 1, secretary)
    work_on_letters()
    assert told(desk, RELEASE, form) == [
        "1 letter is released. The association sees it now.",
        "Fyren: The letter has been changed since you read it. Read it again.",
    ]
    assert released() == {"Hamnen"}


def test_a_released_letter_is_read_and_not_edited(desk: Client) -> None:
    [letter] = made_letters("Fyren")
    told(desk, RELEASE, {"letter": f"{letter.pk}:1"})
    read = page(desk, address("letter", letter))
    assert "stands as it went out" in read
    assert address("letter-edit", letter) not in read
    for name in ("letter-edit", "letter-anew"):
        refused = told(desk, address(name, letter), parts(letter))
        assert refused == ["The letter is released and stands as it went out."]
    assert "stands as it went out" in told(desk, address("letter-follow", letter))[0]


def test_a_letter_that_is_not_made_yet_is_not_edited(desk: Client, secretary: User) -> None:
    meeting = decided_meeting("Fyren")
    told(desk, reverse("committee:letters-order", args=[meeting.pk]))
    letter = Letter.objects.get()
    assert "being made" in page(desk, address("letter", letter))
    response = desk.get(address("letter-edit", letter), follow=True)
    assert [str(m) for m in response.context["messages"]] == [
        "The letter is not made yet. Wait a moment, then open it again."
    ]
    assert desk.get(address("letter-file", letter)).status_code == 404


def test_a_failed_letter_is_tried_again_from_the_list(desk: Client) -> None:
    [letter] = made_letters("Fyren")
    Letter.objects.update(state=LetterState.FAILED, error="Trasig", technical_error="Traceback: rad 1")
    assert "Traceback: rad 1" in page(desk, f"{LIST}?state=failed")
    url = f"{address('letter-retry', letter)}?state=failed"
    assert desk.post(url, {"to": "list"}).headers["Location"] == f"{LIST}?state=failed"
    work_on_letters()
    letter.refresh_from_db()
    assert letter.is_ready


@pytest.mark.rule(8)
def test_ids_of_letters_behind_a_conflict_are_worth_nothing(desk: Client, secretary: User) -> None:
    from portal.registry.models import declare

    [letter] = made_letters("Fyren")
    declare(letter.line.case, secretary, has_conflict=True)
    assert told(desk, RELEASE, {"letter": f"{letter.pk}:1"}) == [
        "Nothing was released: there was nothing that could go out."
    ]
    assert desk.get(address("letter", letter)).status_code == 404
    assert listed(desk) == []


def test_letters_wait_on_the_start_page(desk: Client) -> None:
    made_letters("Fyren")
    assert LIST in page(desk, "/")

"""Two officers distribute a round in their browsers, one with script and one without."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from assessments.models import Scenario
from grants.models import Application
from portal.people.models import Role, User
from tests.assessments.rounds import assessed_round, frame_of, proposed
from tests.e2e.person import Person
from tests.e2e.words import say
from tests.factories import staff

pytestmark = [pytest.mark.e2e, pytest.mark.soak, pytest.mark.django_db(transaction=True)]
YEARS = (2027, 2028)


@pytest.fixture
def rows(transactional_db: None) -> list[Application]:
    """Two assessed applications, proposed 80 000 and 50 000 kr a year, of 200 000 kr."""
    _call, applications = assessed_round(staff(Role.CASE_OFFICER), 80_000, 50_000, years=YEARS)
    frame_of(2027, 200_000)
    frame_of(2028, 200_000)
    return applications


def officer_at(person: Callable[..., Person], path: str, *, scripted: bool = True) -> tuple[User, Person]:
    user = staff(Role.CASE_OFFICER)
    window = person(scripted=scripted)
    window.sign_in(user.email)
    window.open(path)
    return user, window


def board_of(application: Application) -> str:
    return reverse("assessments:round", args=[application.call_id])


def write(window: Person, application: Application, year: int, text: str) -> None:
    """Write an amount and go on to the next box by keyboard."""
    box = window.page.locator(f"#row-{application.pk} input[name='amount_{year}']")
    box.fill(text)
    box.press("Tab")


def test_amounts_are_saved_one_by_one_and_only_the_sums_change(
    person: Callable[..., Person], rows: list[Application]
) -> None:
    one, other = rows
    _user, window = officer_at(person, board_of(one))
    write(window, one, 2027, "75 000")
    expect(window.page.locator("#sum-2027")).to_have_text("125\u00a0000")
    focused = "document.activeElement.name + document.activeElement.form.id"
    assert window.page.evaluate(focused) == f"amount_2028form-{one.pk}"
    write(window, one, 2028, "60000")
    expect(window.page.locator("#sum-2028")).to_have_text("110\u00a0000")
    assert proposed(one) == {2027: 75_000, 2028: 60_000}
    write(window, other, 2027, "150 000")
    expect(window.page.locator(f"#note-{other.pk}")).to_contain_text("100 000 kr")
    assert proposed(other)[2027] == 50_000
    assert window.page.locator(f"#row-{other.pk} input[name='amount_2027']").input_value() == "150 000"
    window.complaints.clear()  # what was stopped came back with 422, not as a page
    window.look_again()
    window.sees("75 000")


def test_a_colleague_without_script_is_told_and_chooses(
    person: Callable[..., Person], rows: list[Application]
) -> None:
    one, _other = rows
    _first, quick = officer_at(person, board_of(one))
    _second, slow = officer_at(person, board_of(one), scripted=False)
    write(quick, one, 2027, "70 000")
    expect(quick.page.locator("#sum-2027")).to_have_text("120\u00a0000")
    slow.page.locator(f"#row-{one.pk} input[name='amount_2027']").fill("60 000")
    slow.page.locator(f"#row-{one.pk} button").click()
    slow.page.wait_for_load_state()
    slow.sees("60 000 kr")
    slow.sees("70 000 kr")
    assert proposed(one)[2027] == 70_000
    slow.complaints.clear()  # told with 409
    slow.press(say("Save mine"))
    slow.sees(say("The amounts are saved."))
    assert proposed(one)[2027] == 60_000


def test_a_scenario_is_made_compared_and_chosen(
    person: Callable[..., Person], rows: list[Application]
) -> None:
    one, other = rows
    _user, window = officer_at(person, board_of(one))
    window.follow(say("Set the frames, reserves and the goal for children"))
    window.follow("2027")
    window.fill(reserve="50 000")
    window.press_in_form(say("Save"))
    window.open(board_of(one))
    window.follow(say("Make a scenario"))
    window.fill(name="Lika procent", method=Scenario.Method.EQUAL)
    window.press(say("Make the scenario"))
    window.sees("75 000")
    window.follow(say("Compare with the proposal"))
    window.sees("−5 000 kr")
    window.open(reverse("assessments:scenario", args=[one.call_id, Scenario.objects.get().pk]))
    window.follow(say("Choose as the proposal"))
    window.fill(reason="Alla behandlas lika.")
    window.press(say("Choose as the proposal"))
    window.sees("Alla behandlas lika.")
    assert [proposed(row)[2027] for row in (one, other)] == [75_000, 75_000]

"""A form by keyboard alone: past the menu, through the fields and away, with the focus always to be seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from grants.models import Application, Section
from tests.e2e.person import Person
from tests.e2e.words import say
from tests.factories import ApplicationFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

#: The control with the focus. Radio buttons and boxes have their ring around their label too.
FOCUSED = """() => {
  const element = document.activeElement;
  const around = [element, element.closest(".ds-field, label")].filter(Boolean);
  const ringed = around.map((one) => getComputedStyle(one));
  const {top, bottom} = element.getBoundingClientRect();
  return {
    name: element.name || "",
    text: element.textContent.trim(),
    value: element.value || "",
    isSeen: ringed.some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
    isOnScreen: bottom > 0 && top < innerHeight,
  };
}"""


def tab_to(page: Page, name: str, *, value: str = "") -> None:
    """Press Tab until the control with this name has the focus; each stop on the way must be visible."""
    for _step in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        assert focused["isSeen"], focused
        assert focused["isOnScreen"], focused
        if focused["name"] == name and (not value or focused["value"] == value):
            return
    raise AssertionError(f"Tab does not reach {name}")


def test_a_section_is_filled_in_and_saved_by_keyboard(
    person: Callable[..., Person], transactional_db: None
) -> None:
    draft = ApplicationFactory.create()
    writer = person(checked=False)
    writer.sign_in(draft.created_by.email)
    writer.open(reverse("grants:section", args=[draft.pk, Section.GRANT]))
    page = writer.page

    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED)["text"] == say("Skip to the main content")
    assert page.evaluate(FOCUSED)["isSeen"]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"

    tab_to(page, "title")
    page.keyboard.type("Öppet hus")
    tab_to(page, "years")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(FOCUSED)["value"] == "2"
    tab_to(page, "amount_2027")
    page.keyboard.type("100 000")
    tab_to(page, "amount_2028")
    page.keyboard.type("hundratusen")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    # What is wrong gets the focus; its link leads to the field.
    page.locator("[data-error-summary]:focus").wait_for()
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED)["isSeen"]
    page.keyboard.press("Enter")
    assert page.evaluate(FOCUSED)["name"] == "amount_2028"
    page.keyboard.press("Control+a")
    page.keyboard.type("110 000")
    tab_to(page, "answer_continuity")
    page.keyboard.press("Space")
    tab_to(page, "go", value="next")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert page.url.partition("#")[0].endswith(reverse("grants:section", args=[draft.pk, Section.NEED]))
    saved = Application.objects.get()
    assert saved.title == "Öppet hus"
    assert saved.applied is not None
    assert saved.applied.amounts == {2027: 100_000, 2028: 110_000}

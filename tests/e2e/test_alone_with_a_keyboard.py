"""The whole application by keyboard alone, on 320 pixels, without script, in English."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page

from grants.models import Application, Section
from portal.registry.models import Record
from tests.e2e import applying
from tests.e2e.person import Person
from tests.factories import PASSWORD, PDF, ApplicationFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

#: What has the focus, and whether a person sees that it has.
FOCUSED = """() => {
  const element = document.activeElement;
  const around = [element, element.closest(".ds-field, label, .task")].filter(Boolean);
  return {
    name: element.name || "",
    kind: element.type || element.tagName.toLowerCase(),
    value: element.value || "",
    checked: Boolean(element.checked),
    text: element.textContent.trim(),
    isSeen: around.map((one) => getComputedStyle(one))
      .some((style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2),
  };
}"""
#: More steps than any section has controls.
STEPS = 160


@pytest.fixture
def writer(person: Callable[..., Person], transactional_db: None) -> Person:
    one = person(scripted=False, checked=False)
    one.page.set_viewport_size({"width": 320, "height": 640})
    one.page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": one.address}])
    return one


def stop(page: Page) -> dict[str, Any]:
    """Go to the next control, which must show that it has the focus."""
    page.keyboard.press("Tab")
    focused: dict[str, Any] = page.evaluate(FOCUSED)
    assert focused["isSeen"], f"{page.url}: {focused}"
    return focused


def answer(page: Page, focused: dict[str, Any], wanted: Any) -> None:
    """Give the control with the focus its answer, by keys."""
    keys = page.keyboard
    if focused["kind"] == "radio":
        keys.press("Space")
        for _step in range(20):
            if page.evaluate(FOCUSED)["value"] == wanted:
                return
            keys.press("ArrowDown")
        raise AssertionError(f"{focused['name']}: no {wanted}")
    if focused["kind"] == "checkbox":
        ticks = wanted is True or focused["value"] in wanted
        if ticks != focused["checked"]:
            keys.press("Space")
    elif focused["kind"] == "select-one":
        for _step in range(30):
            if page.evaluate(FOCUSED)["value"] == wanted:
                return
            keys.press("ArrowDown")
        raise AssertionError(f"{focused['name']}: no {wanted}")
    else:
        keys.press("Control+a")
        keys.type(str(wanted))


def fill_and_press(page: Page, fields: dict[str, Any], name: str = "", value: str = "") -> None:
    """Tab through the page, answer what is asked for, and press the button at the end."""
    answered = set()
    for _step in range(STEPS):
        focused = stop(page)
        if focused["name"] in fields:
            answer(page, focused, fields[focused["name"]])
            answered.add(focused["name"])
            continue
        # The head of the page has buttons of its own: the one meant comes after the last answer.
        is_button = (focused["kind"], focused["name"], focused["value"]) == ("submit", name, value)
        if is_button and answered == set(fields):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"not reached by Tab: {set(fields) - answered or name}")


def follow(page: Page, text: str) -> None:
    """Tab to a link and open it."""
    for _step in range(STEPS):
        if text in stop(page)["text"]:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"no link {text!r} by Tab")


def is_narrow_and_english(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url
    assert page.evaluate("document.documentElement.lang") == "en"


def test_a_whole_application(writer: Person, tmp_path: Path) -> None:
    draft = ApplicationFactory.create()
    page, call = writer.page, draft.call
    writer.open(reverse("account_login"))
    fill_and_press(page, {"login": draft.created_by.email, "password": PASSWORD})
    for section in list(Section)[:-1]:
        writer.open(reverse("grants:section", args=[draft.pk, section]))
        is_narrow_and_english(page)
        fields = applying.own_fields(call, section, [120_000]) | applying.answers(call, section)
        fill_and_press(page, fields, "go", "tasks")

    writer.open(reverse("grants:section", args=[draft.pk, Section.PAPERS]))
    is_narrow_and_english(page)
    statutes = tmp_path / "statutes.pdf"
    statutes.write_bytes(PDF)
    for _step in range(STEPS):
        focused = stop(page)
        if focused["name"] == "kind":
            answer(page, focused, "stadgar")
        elif focused["name"] == "file":
            with page.expect_file_chooser() as chooser:
                page.keyboard.press("Space")
            chooser.value.set_files(statutes)
            break
    fill_and_press(page, {}, "go", "tasks")

    follow(page, "democracy conditions")
    is_narrow_and_english(page)
    fill_and_press(page, {"confirmed": True})
    follow(page, "Check and send")
    is_narrow_and_english(page)
    fill_and_press(page, {"signed": True})

    is_narrow_and_english(page)
    assert "We have received your application" in writer.reads()
    content = Record.objects.get(kind=Record.Kind.APPLICATION).content
    assert content is not None
    assert Application.objects.get().state == "submitted"
    assert (content["title"], content["answers"]["need"]) == (applying.TITLE, applying.ANSWER)
    assert [paper["filename"] for paper in content["attachments"]] == ["statutes.pdf"]

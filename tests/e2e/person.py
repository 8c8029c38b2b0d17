"""Somebody at a browser: opens pages, follows links, fills in forms and reads what stands there.

Each page they come to is checked as `checks.visit` says, unless their browser runs no script.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import ConsoleMessage, Dialog, Locator, Page, Response, TimeoutError, expect

from tests.e2e.checks import visit
from tests.e2e.words import say
from tests.factories import PASSWORD

#: A machine that also runs a worker and a database may take its time.
PATIENCE_MS = 15_000


class Person:
    """A browser window of their own, signed in by their own hand."""

    def __init__(self, page: Page, address: str, *, scripted: bool = True, checked: bool = True) -> None:
        self.page = page
        self.address = address
        self.checked = scripted and checked
        self.complaints: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("dialog", self._agree)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", self._watch)

    @staticmethod
    def _agree(dialog: Dialog) -> None:
        dialog.accept()

    def _hear(self, message: ConsoleMessage) -> None:
        # Chromium also reports a form that came back with 422; that is no fault.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(message.text)

    def _watch(self, response: Response) -> None:
        # A page that saves by itself is told that the session is over; that is no fault.
        if response.status == 401 and "x-autosave" in response.request.headers:
            return
        # A form that came back with 422 is a page like any other.
        if response.status >= (500 if response.request.resource_type == "document" else 400):
            self.complaints.append(f"{response.status} {response.url}")

    def _arrive(self) -> None:
        self.page.wait_for_load_state()
        if self.checked:
            visit(self.page)
        assert self.complaints == [], self.page.url

    # --- Going somewhere ----------------------------------------------------------------------
    def open(self, path: str) -> None:
        """Open a page by its address."""
        self.page.goto(self.address + path)
        self._arrive()

    def follow(self, text: str, *, exact: bool = True) -> None:
        """Follow the first link with this text, or with the text in it unless `exact`."""
        self._go(self.page.get_by_role("link", name=text, exact=exact).first, text)

    def press(self, text: str, *, exact: bool = True) -> None:
        """Press the button with this text, which leads to a page."""
        self._go(self.page.get_by_role("button", name=text, exact=exact), text)

    def follow_first_row(self) -> None:
        """Follow the link that heads the first row of the page's first table."""
        self._go(self.page.get_by_role("rowheader").get_by_role("link").first, "the first row")

    def look_again(self) -> None:
        """Load the page anew."""
        self.page.reload()
        self._arrive()

    def _go(self, control: Locator, text: str) -> None:
        try:
            with self.page.expect_navigation():
                control.click()
        except TimeoutError:
            raise AssertionError(
                f"{text!r} leads nowhere on {self.page.url}, which says: {self.reads()}"
            ) from None
        self._arrive()

    def sign_in(self, email: str) -> None:
        self.open("/konto/login/")
        self.fill(login=email, password=PASSWORD)
        self.press_in_form(say("Sign in"))

    def press_in_form(self, text: str) -> None:
        """Press a button of the page's own form, when the head of the page has one like it."""
        self._go(self.page.locator("main").get_by_role("button", name=text, exact=True), text)

    def sign_out(self) -> None:
        self.press(say("Sign out"))

    # --- Writing ------------------------------------------------------------------------------
    def fill(self, **fields: Any) -> None:
        """Fill in fields by name: text as it is, True for a tick, a list for several ticks."""
        for name, value in fields.items():
            for one in value if isinstance(value, list) else [value]:
                self._fill(name, one)

    def _fill(self, name: str, value: Any) -> None:
        field = self.page.locator(f"main [name='{name}']:not([type='hidden'])")
        kind = field.first.evaluate("field => field.type")
        if value is True:
            field.check()
        elif kind in {"radio", "checkbox"}:
            self.page.locator(f"main [name='{name}'][value='{value}']").check()
        elif kind == "file":
            field.set_input_files(value)
        elif kind == "select-one":
            field.select_option(value)
        else:
            field.fill(str(value))

    def has_written(self, name: str) -> str:
        """What stands in a text field."""
        return self.page.locator(f"main [name='{name}']").input_value()

    # --- Reading ------------------------------------------------------------------------------
    def reads(self) -> str:
        """The page's main text, with ordinary spaces."""
        return " ".join(self.page.locator(".page").inner_text().split())

    def sees(self, text: str) -> None:
        assert " ".join(text.split()) in self.reads(), f"{self.page.url} says: {self.reads()}"

    def does_not_see(self, text: str) -> None:
        assert text not in self.reads(), f"{self.page.url} says: {self.reads()}"

    def waits_for(self, text: str) -> None:
        """Look until the text is there, without doing anything."""
        expect(self.page.locator(".page")).to_contain_text(text, timeout=4 * PATIENCE_MS)
        self._arrive()

    def looks_again_until_link(self, text: str) -> None:
        """Load the page anew until it has a link with this text in it."""
        link = self.page.locator("main, aside").get_by_role("link", name=text)
        for _attempt in range(60):
            if link.count():
                self._arrive()
                return
            self.page.wait_for_timeout(500)
            self.page.reload()
        raise AssertionError(f"No link {text!r} on {self.page.url}: {self.reads()}")

    def downloads(self, link: str) -> bytes:
        """The file behind the first link of the page with this text in it."""
        href = self.page.locator("main, aside").get_by_role("link", name=link).first.get_attribute("href")
        response = self.page.context.request.get(f"{self.address}{href}")
        assert response.status == 200
        return response.body()

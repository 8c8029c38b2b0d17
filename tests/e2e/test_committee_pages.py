"""Every page of the committee, as each role sees it: axe, light and dark, wide and at 320 pixels."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from portal.committee.urls import urlpatterns
from tests.committee.building import signed_in
from tests.e2e import checks
from tests.e2e.committee_world import CommitteeWorld, address

pytestmark = [pytest.mark.e2e, pytest.mark.soak, pytest.mark.django_db(transaction=True)]

#: Addresses that are no pages: what buttons post to, files, parts of pages.
NO_PAGES = {
    "report-approve", "chair-adopt", "renew-calendar", "calendar-feed", "appendix-take-off", "summon",
    "open-meeting",
    "close-meeting", "let-serve", "pack-make", "pack-status", "move-item", "undo", "take-off",
    "extract", "letters-order", "letter-file", "letter-follow", "letter-retry", "pack-file",
    "pack-publish", "pack-retry", "copy-file", "copy-retry", "part-file", "delegation-report",
    "minutes-file", "minutes-send", "minutes-take-back", "minutes-approve", "minutes-notice-text",
    "minutes-paragraph-anew", "delegation-file", "document-retry", "note",
}  # fmt: skip


def test_every_page_is_accessible_and_fits_a_narrow_window(browser: Browser, live_server: LiveServer) -> None:
    pages = CommitteeWorld().pages()
    assert {name for _person, name, _args in pages} | NO_PAGES == {route.name for route in urlpatterns}
    context = browser.new_context(
        reduced_motion="reduce",
        locale="sv-SE",
        color_scheme="light",
        viewport={"width": checks.WIDE, "height": checks.HEIGHT},
    )
    page, who = context.new_page(), None
    found: list[str] = []
    for person, name, args in pages:
        if person != who:
            session = signed_in(person).cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
            who = person
        answer = page.goto(live_server.url + address(name, args))
        if answer is None or answer.status != 200:
            found.append(f"{name} does not open for {person}")
            continue
        try:
            checks.visit(page, widths=(checks.NARROW, checks.WIDE))
        except AssertionError as failure:
            found.append(str(failure))
    context.close()
    assert found == []

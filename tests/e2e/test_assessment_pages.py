"""The desk, the closed assessment, its correction and its versions, looked at in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from assessments import assessing, correcting
from assessments.facts import FactChanges, NewFact
from tests.assessments.building import address, officer, opened_by, signed_in, written
from tests.assessments.test_versions import before_committee, changed
from tests.e2e import checks
from tests.factories import CallFactory, CommitteeFactory

pytestmark = [pytest.mark.e2e, pytest.mark.soak, pytest.mark.django_db(transaction=True)]


def test_axe_finds_nothing_and_the_way_leads_from_case_to_case(
    browser: Browser, live_server: LiveServer
) -> None:
    CommitteeFactory.create()
    person = officer()
    call = CallFactory.create()
    first, second = opened_by(person, call=call), opened_by(person, call=call)
    facts = FactChanges((NewFact("effekt", "Når 120 personer.", "question:need"),))
    for application in (first, second):
        assessing.save(assessing.begin(application, person), written(), 1, person, facts)
    closed = before_committee(person)
    correcting.correct(closed, changed(closed, risks="Rättad."), closed.version, "Fel.", person, facts)
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 1280, "height": 900})
    session = signed_in(person).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page: Page = context.new_page()

    page.goto(live_server.url + address("assess", first))
    for summary in page.locator(".desk-right summary").all():
        summary.click()
    checks.visit(page)
    page.locator("[name=amount_2027]").fill("70 000")
    assert page.locator("[data-sum-of=proposal]").inner_text() == "70\u00a0000\u00a0kr"
    page.get_by_role("button", name="Spara").first.click()
    page.wait_for_load_state()
    assert page.locator("[name=amount_2027]").input_value() == "70\u00a0000"
    onward, back = page.locator("a[rel=next]"), page.locator("a[rel=prev]")
    assert onward.get_attribute("accesskey") == "n"
    onward.press("Enter")
    page.wait_for_url(f"**{address('assess', second)}")
    assert back.get_attribute("accesskey") == "p"
    back.press("Enter")
    page.wait_for_url(f"**{address('assess', first)}")

    desk = address("assess", closed.application)
    for path in (desk, address("correct", closed.application), f"{desk}version/2/"):
        page.goto(live_server.url + path)
        checks.visit(page)
    context.close()

"""A running partnership looked at in a browser: its pages in light and dark, wide and narrow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from iop import addenda, addendum_signing, check_ins, deliveries, follow_up, turns
from iop.deliveries import Written as Delivered
from iop.models import ContributionKind
from tests.e2e import checks
from tests.iop.building import Partnership
from tests.iop.building_running import running
from tests.iop.test_check_ins import signed_in
from tests.iop.test_follow_up import evaluation, views, write

pytestmark = [pytest.mark.e2e, pytest.mark.soak, pytest.mark.django_db(transaction=True)]


def lived() -> Partnership:
    """A partnership that began a year ago and has some of everything, an addendum too."""
    today = timezone.localdate()
    one = running((today - timedelta(days=330), today + timedelta(days=20)))
    [past, _next] = check_ins.plan(
        one.agreement, [today - timedelta(days=60), today + timedelta(days=7)], "Fyren", one.of_unit
    )
    told = check_ins.Written(
        past.planned_on, "Fyren", "Hur många kommer?", past.planned_on, "Processledarna", "Vi räknade.",
        "Måndagar når fler än fredagar.", "Vi öppnar en kväll till.",
    )  # fmt: skip
    check_ins.save(past, told, past.version, one.of_unit)
    day = today - timedelta(days=30)
    deliveries.register(one.unit_party, Delivered(ContributionKind.PENGAR, day, kronor=60_000), one.of_unit)
    hours = Delivered(ContributionKind.IDEELL_TID, day, hours=450, women=12, men=9)
    deliveries.register(one.association_party, hours, one.of_association, past)
    row = write(evaluation(one))
    views(one, row)
    follow_up.agree(row, one.unit_party, follow_up.checksum(row), one.of_unit)
    turns.ask_renegotiation(
        one.agreement, one.association_party, "Fler kommer än vi tänkt.", one.of_association
    )
    addendum = addenda.begin(
        one.agreement, addenda.Written("Fler kvällar", "Fler unga kommer.", None), one.of_unit
    )
    addendum = addenda.change_clause(
        addendum, one.agreement.clauses.get(number=7), "Två kvällar i veckan.", addendum.version
    )
    addenda.change_contribution(
        addendum,
        addenda.Promise(one.association_party, ContributionKind.IDEELL_TID, today.year, None, 600, ""),
    )
    return one


def pages(one: Partnership) -> dict[str, str]:
    """The pages of the partnership, by route."""
    past = one.agreement.check_ins.earliest("planned_on")
    more: dict[str, list[Any]] = {
        "running": [], "promises": [], "deliveries": [], "deliver": [], "check-ins": [], "plan-check-ins": [],
        "check-in": [past.pk], "write-check-in": [past.pk],
        "follow-up": [evaluation(one).pk], "write-follow-up": [evaluation(one).pk],
        "write-own-view": [evaluation(one).pk],
        "ask-renegotiation": [], "pause": [], "give-notice": [], "renew": [],
        "addendum": [1], "write-addendum": [1], "change-clause": [1, 7], "change-contribution": [1],
        "change-parties": [1],
    }  # fmt: skip
    return {name: reverse(f"iop:{name}", args=[one.agreement.pk, *args]) for name, args in more.items()}


def window(browser: Browser, live_server: LiveServer, person: Any) -> Page:
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 1280, "height": 900})
    session = signed_in(person).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return context.new_page()


def test_axe_finds_nothing_on_any_page_and_the_last_yes_and_signature_are_given(
    browser: Browser, live_server: LiveServer
) -> None:
    one = lived()
    page = window(browser, live_server, one.of_association)
    for path in pages(one).values():
        page.goto(live_server.url + path)
        for summary in page.locator("main summary").all():
            summary.click()
        checks.visit(page)
    page.goto(live_server.url + pages(one)["follow-up"])
    page.locator("form[action$='/ja/'] button").click()
    page.wait_for_load_state()
    evaluated = evaluation(one)
    assert evaluated.finished_at is not None
    addendum = one.agreement.addenda.get()
    text = addendum_signing.ready(addendum, addendum.version, one.of_unit)
    addendum_signing.sign(addendum, text.content_sha256, one.of_unit)
    page.goto(live_server.url + pages(one)["addendum"])
    checks.visit(page)
    page.locator("form[action$='/skriv-under/'] button").click()
    page.wait_for_load_state()
    addendum.refresh_from_db()
    assert addendum.state == addendum.State.IN_FORCE
    for name in ("running", "follow-up", "addendum"):
        page.goto(live_server.url + pages(one)[name])
        checks.visit(page)
    page.context.close()

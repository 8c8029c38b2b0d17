"""A partnership agreement in a browser: its pages without faults, from the first clause to signing."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from iop import market, promising, wording
from iop.models import Agreement, SuitabilityQuestion
from portal.people.models import User
from tests.committee.building import signed_in
from tests.e2e import checks
from tests.e2e.words import say
from tests.iop.agreeing import decided_partnership, written_partnership
from tests.world import stand_in_for_worker

pytestmark = [pytest.mark.e2e, pytest.mark.soak, pytest.mark.django_db(transaction=True)]

#: The pages of an agreement that is being written.
WRITTEN = (
    "agreement",
    "agreement-facts",
    "parties",
    "suitability",
    "market",
    "clauses-yes",
    "contributions",
    "budget",
    "goals",
    "groups",
    "plan",
    "to-committee",
)


def window(browser: Browser, live_server: LiveServer, person: User) -> Page:
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 1280, "height": 900})
    session = signed_in(person).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return context.new_page()


def look(page: Page, live_server: LiveServer, name: str, *args: int) -> None:
    page.goto(live_server.url + reverse(f"iop:{name}", args=args))
    for summary in page.locator("main summary").all():
        summary.click()
    checks.visit(page)


def test_every_page_of_writing_is_whole_for_the_parties_and_the_officer(
    browser: Browser, live_server: LiveServer
) -> None:
    made = written_partnership()
    agreement = made.agreement
    clause = agreement.clauses.get(key="syfte")
    wording.save_text(clause, "Vi gör det ihop.", clause.version, made.of_unit)
    wording.comment(clause, "Barnen saknas.", "Vi gör det ihop, med barnen.", made.of_association)
    wording.say_yes(agreement.clauses.get(key="syfte"), 2, made.of_unit)
    promising.plan_check_in(agreement, date(2027, 8, 15), "Gården", made.of_unit)
    promising.add_seat(agreement, "arbetsgrupp", made.unit_party, "Enhetschef", made.of_unit)
    market.add_aid(
        agreement, made.association_party, date(2026, 1, 1), "Staden", 250_000, made.of_association
    )
    page = window(browser, live_server, made.of_association)
    for name in WRITTEN:
        look(page, live_server, name, agreement.pk)
    look(page, live_server, "clause", agreement.pk, clause.number)
    look(page, live_server, "clause", agreement.pk, 8)
    look(page, live_server, "party-contributions", agreement.pk, made.association_party.pk)
    question = SuitabilityQuestion.objects.earliest("position")
    look(page, live_server, "suitability-question", agreement.pk, question.pk)
    look(page, live_server, "agreements")
    page.context.close()
    page = window(browser, live_server, made.officer)
    for name in ("agreement", "market", "budget", "take-over", "to-committee", "agreement-drop"):
        look(page, live_server, name, agreement.pk)
    look(page, live_server, "agreement-begin")
    page.context.close()


def test_both_parties_sign_in_their_own_windows(browser: Browser, live_server: LiveServer) -> None:
    made = decided_partnership()
    stand_in_for_worker()
    address = reverse("iop:sign", args=[made.agreement.pk])
    for person in (made.of_unit, made.of_association):
        page = window(browser, live_server, person)
        look(page, live_server, "agreement", made.agreement.pk)
        page.goto(live_server.url + address)
        checks.visit(page)
        page.locator("main form button[type=submit]").click()
        page.wait_for_url(f"**{reverse('iop:agreement', args=[made.agreement.pk])}")
        page.context.close()
    page = window(browser, live_server, made.of_unit)
    look(page, live_server, "agreement", made.agreement.pk)
    assert say("The partnership runs") in page.locator("main").inner_text()
    page.context.close()
    assert Agreement.objects.get(pk=made.agreement.pk).state == "pagar"

"""Dialogue before an agreement, in a browser: its pages without faults for all who meet in them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from grants.models import Association
from iop import answering_ideas, cooperating, lists_file, publishing_needs
from iop.answering_ideas import Ending
from iop.leaving_ideas import Thought, leave
from iop.list_pages import PAGES
from iop.models import Area, Idea, Level, Need, TargetGroup, UnitProfile
from portal.people.models import Role, Unit, User
from portal.registry.models import declare
from tests.committee.building import signed_in
from tests.e2e import checks
from tests.e2e.words import say
from tests.factories import AssociationFactory, AuthorityFactory, person_of, staff
from tests.iop.building import unit_with_contact

pytestmark = [pytest.mark.e2e, pytest.mark.soak, pytest.mark.django_db(transaction=True)]

YEAR = timezone.localdate().year


def window(browser: Browser, live_server: LiveServer, person: User | None) -> Page:
    context = browser.new_context(reduced_motion="reduce", viewport={"width": 1280, "height": 900})
    if person is not None:
        session = signed_in(person).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    return context.new_page()


def look(page: Page, live_server: LiveServer, name: str, *args: Any) -> None:
    page.goto(live_server.url + reverse(f"iop:{name}", args=args))
    for summary in page.locator("main summary").all():
        summary.click()
    checks.visit(page)


def association_unit_and_people() -> tuple[Association, User, Unit, User, User]:
    AuthorityFactory.create()
    lists_file.install_shipped()
    association = AssociationFactory.create(open_in_register=True)
    unit, contact = unit_with_contact()
    profile = UnitProfile.objects.create(
        unit=unit, area=Area.objects.get(code="ifo"), contact_role="Samordnare", email="enheten@example.org"
    )
    profile.target_groups.set(TargetGroup.objects.filter(code="barn_unga"))
    return association, person_of(association), unit, contact, staff(Role.CASE_OFFICER)


def need_of(unit: Unit, contact: User) -> Need:
    fields = {"unit": unit, "area": Area.objects.get(code="ifo"), "title": "Vuxna", "text": "Vuxna saknas."}
    need = publishing_needs.write(fields, TargetGroup.objects.filter(code="barn_unga"), contact)
    publishing_needs.publish(need)
    need.refresh_from_db()
    return need


def test_every_page_of_dialogue_is_whole_for_all_who_meet(browser: Browser, live_server: LiveServer) -> None:
    association, person, unit, contact, officer = association_unit_and_people()
    groups = TargetGroup.objects.filter(code="barn_unga")
    idea = leave(association, Thought("Ett kafé", "Vi tänker", Area.objects.get(code="ifo"), groups), person)
    ended = leave(association, Thought("En lägenhet"), person)
    answering_ideas.say(idea, "Berätta mer.", officer)
    declare(ended.case, officer, has_conflict=False)
    answering_ideas.end(ended, Ending("nej", "Inte nu.", "Sök bidrag."), officer)
    need, other = need_of(unit, contact), need_of(unit, contact)
    given = publishing_needs.answer(other, association, "innovator", "Vi kan.", person)
    pair = cooperating.between(association, unit)
    for month, code in ((1, "information"), (2, "dialog"), (3, "samhandling")):
        happened = cooperating.Happened(
            date(YEAR, month, 1), "mote", Level.objects.get(code=code), "Vi sågs.", "utforare"
        )
        cooperating.write(pair, happened, person)
    shown: dict[User | None, tuple[tuple[Any, ...], ...]] = {
        person: (
            *(("home",), ("ideas",), ("new-idea",), ("idea", idea.pk), ("idea", ended.pk), ("need", need.pk)),
            *(("need-answer", need.pk), ("cooperations",), ("new-cooperation",), ("cooperation", pair.pk)),
            ("cooperation-of-association", association.pk),
        ),
        contact: (
            *(("home",), ("new-need",), ("need", other.pk), ("need-edit", need.pk), ("need-close", need.pk)),
            *(("need-reply", given.pk), ("inventory",), ("cooperation-of-unit", unit.pk)),
        ),
        officer: (
            *(("home",), ("ideas",), ("idea", idea.pk), ("idea-day", idea.pk), ("idea-owner", idea.pk)),
            *(("idea-conflict", idea.pk), ("idea-answer", idea.pk), ("survey", YEAR), ("lists",)),
            *(("survey-answers", YEAR, "ifo"), ("list", "standardtexter"), ("list-new", "enhetsprofiler")),
            *(("list-new", slug) for slug in ("lamplighetsfragor", "undertecknare")),
        ),
        None: (("whom",), ("needs",), ("need", need.pk), ("survey", YEAR)),
    }
    for who, pages in shown.items():
        page = window(browser, live_server, who)
        for name, *args in pages:
            look(page, live_server, str(name), *args)
        page.context.close()
    page = window(browser, live_server, officer)
    for slug in PAGES:
        row = PAGES[slug].model._default_manager.first()
        if row is not None:
            look(page, live_server, "list-row", slug, row.pk)
    page.context.close()


def test_an_idea_of_a_few_words_is_left_and_answered(browser: Browser, live_server: LiveServer) -> None:
    _association, person, _unit, _contact, officer = association_unit_and_people()
    page = window(browser, live_server, person)
    page.goto(live_server.url + reverse("iop:home"))
    page.get_by_role("link", name=say("Leave an idea")).click()
    page.locator("input[name=title]").fill("Ett kafé")
    page.get_by_role("button", name=say("Leave the idea")).click()
    idea = Idea.objects.get()
    assert idea.case.registry_number in page.locator("main").inner_text()
    desk = window(browser, live_server, officer)
    desk.goto(live_server.url + reverse("iop:idea", args=[idea.pk]))
    desk.get_by_role("link", name=say("Answer the idea")).click()
    desk.locator("input[name=declared]").check()
    desk.locator("input[name=outcome][value=nej]").check()
    desk.locator("textarea[name=answer]").fill("Inte hos oss.")
    desk.get_by_role("button", name=say("Send the answer")).click()
    # A no also says what else might fit: the page asks, and keeps what was written.
    assert desk.locator("textarea[name=answer]").input_value() == "Inte hos oss."
    desk.locator("textarea[name=what_else]").fill("Fråga kulturen.")
    desk.get_by_role("button", name=say("Send the answer")).click()
    page.reload()
    read = page.locator("main").inner_text()
    assert "Inte hos oss." in read
    assert "Fråga kulturen." in read
    page.context.close()
    desk.context.close()

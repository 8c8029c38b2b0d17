"""The pages of administrator, auditor, finance officer and head: axe, light and dark, wide and narrow."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from grants.associations.accounts import NewAccount, enter
from portal.documents.models import StoredFile
from portal.people import trail
from portal.people.models import Role, User
from tests.committee.building import signed_in
from tests.e2e import checks
from tests.factories import PDF
from tests.world import build_world

pytestmark = [pytest.mark.e2e, pytest.mark.soak, pytest.mark.django_db(transaction=True)]


def test_every_page_is_accessible_and_fits_a_narrow_window(browser: Browser, live_server: LiveServer) -> None:
    world = build_world()
    people = world.people
    evidence = StoredFile.objects.keep(PDF, "application/pdf")
    account = enter(
        world.application.association,
        NewAccount("bankgiro", "50501055", "Föreningen", evidence, "bevis.pdf"),
        people["own"],
    )
    ids = {"application_id": world.application.pk}
    trail.note(trail.Kind.READ, by=people["case_officer"], route="assessments:application", ids=ids)
    member = people["second_reader"]
    assert member is not None
    pages = {
        Role.ADMINISTRATOR: [
            reverse("home"),
            reverse("roles"),
            reverse("give-role"),
            reverse("end-role", args=[member.role_assignments.get().pk]),
            reverse("grants:payment-rules"),
            reverse("iop:lists"),
        ],
        Role.AUDITOR: [
            reverse("registry:trail"),
            reverse("registry:trail") + "?kind=refused&case=1/1999",
            reverse("assessments:frames"),
            reverse("assessments:frame", args=[world.call.authority_id, world.call.first_year]),
            reverse("committee:delegation"),
        ],
        Role.FINANCE: [
            reverse("grants:payments"),
            reverse("grants:check-account", args=[account.association_id, account.pk]),
        ],
        Role.HEAD: [
            reverse("assessments:queue"),
            reverse("assessments:application", args=[world.application.pk]),
            reverse("assessments:version", args=[world.application.pk, 1]),
            reverse("assessments:round", args=[world.round_call.pk]),
        ],
    }
    context = browser.new_context(
        reduced_motion="reduce",
        locale="sv-SE",
        color_scheme="light",
        viewport={"width": checks.WIDE, "height": checks.HEIGHT},
    )
    page = context.new_page()
    found: list[str] = []
    for role, addresses in pages.items():
        person = people[role]
        assert isinstance(person, User)
        session = signed_in(person).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        for address in addresses:
            answer = page.goto(live_server.url + address)
            if answer is None or answer.status != 200:
                found.append(f"{address} does not open for {role}")
                continue
            try:
                checks.visit(page, widths=(checks.NARROW, checks.WIDE))
            except AssertionError as failure:
                found.append(str(failure))
    context.close()
    assert found == []

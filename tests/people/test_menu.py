"""The menu of each role, put together by the rooms, and the names that pages have in the audit trail."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse
from django.utils import translation

from portal.people import trail
from portal.people.matrix import StandIn, _routes
from portal.people.models import Role
from portal.people.navigation import navigation
from portal.people.page_names import page_name
from tests.factories import staff

PARTNERSHIPS = "iop:home"
DELEGATION = "committee:delegation"
ASSOCIATION = ["grants:applications", "grants:associations", PARTNERSHIPS]
MENUS: dict[Role, list[str]] = {
    Role.CASE_OFFICER: [
        *("assessments:queue", "assessments:rounds", "grants:calls", "grants:register"),
        *("assessments:readings", PARTNERSHIPS, DELEGATION),
    ],
    Role.SECRETARY: ["committee:matters", "committee:letters", "committee:meetings", DELEGATION],
    Role.CHAIR: ["committee:chair", "committee:meetings", DELEGATION],
    Role.MEMBER: ["committee:meetings"],
    Role.SECOND_READER: ["assessments:readings"],
    Role.UNIT_CONTACT: ["assessments:statements", PARTNERSHIPS],
    Role.HEAD: [
        *("assessments:queue", "assessments:rounds", "assessments:frames", PARTNERSHIPS),
        *("committee:reports", DELEGATION),
    ],
    Role.FINANCE: ["grants:payments", "assessments:frames"],
    Role.REGISTRAR: [
        *("registry:desk", "registry:requests", "registry:retention", "registry:obstacles"),
        "registry:extracts",
    ],
    Role.DATA_PROTECTION_OFFICER: ["registry:trail", "registry:extracts"],
    Role.AUDITOR: ["assessments:frames", DELEGATION, "committee:approved-minutes", "registry:trail"],
    Role.ADMINISTRATOR: ["roles", "grants:payment-rules", "iop:lists"],
}


def menu_of(person: StandIn, path: str = "/") -> list[tuple[str, bool]]:
    request = RequestFactory().get(path)
    request.user, request.session = person, {}  # type: ignore[assignment]
    return [(item.url, item.current) for item in navigation(request)["navigation"]]


@pytest.mark.parametrize("role", Role)
def test_each_role_has_its_own_menu(role: Role) -> None:
    expected = [(reverse(route), False) for route in MENUS[role]]
    assert menu_of(StandIn(frozenset({role}))) == expected


def test_an_association_has_its_own_and_a_visitor_none() -> None:
    assert menu_of(StandIn()) == [(reverse(route), False) for route in ASSOCIATION]
    assert menu_of(StandIn(is_authenticated=False)) == []


def test_where_one_is_is_the_longest_address_that_fits() -> None:
    rounds = reverse("assessments:rounds")
    current = [url for url, here in menu_of(StandIn(frozenset({Role.HEAD})), f"{rounds}7/") if here]
    assert current == [rounds]


@pytest.mark.parametrize(
    ("route", "keys"), [("seats", []), ("record", [5]), ("item", [5]), ("minutes", [5]), ("calendar", [])]
)
def test_pages_reached_from_the_meetings_lie_under_them(route: str, keys: list[int]) -> None:
    path = reverse(f"committee:{route}", args=keys)
    current = [url for url, here in menu_of(StandIn(frozenset({Role.SECRETARY})), path) if here]
    assert current == [reverse("committee:meetings")]


def test_every_page_that_can_stand_in_the_trail_has_a_name() -> None:
    guarded = [name for name, entry in _routes(get_resolver()) if hasattr(entry.callback, "rule")]
    assert [name for name in guarded if not page_name(name)] == []


@pytest.mark.django_db
def test_the_trail_says_the_name_in_the_readers_language_and_keeps_the_route_beside_it() -> None:
    auditor = staff(Role.AUDITOR)
    trail.note(trail.Kind.READ, by=staff(Role.CASE_OFFICER), route="grants:known-association")
    client = Client()
    client.force_login(auditor)
    with translation.override("en"):
        name = page_name("grants:known-association")
    assert name == "An association in the register"
    assert name not in client.get(reverse("registry:trail")).content.decode()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(reverse("registry:trail")).content.decode()
    assert name in page
    assert "<code>grants:known-association</code>" in page
    taken = b"".join(client.get(reverse("registry:trail-export"))).decode()
    assert "grants:known-association" in taken

"""Where associations sign in by e-identity only: passwords are for staff in need."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.test import Client
from django.urls import reverse

from portal.people.models import Role
from tests.factories import PASSWORD, UserFactory, staff
from tests.people.identity_provider import Provider
from tests.people.visitor import come_in, signed_in_as

pytestmark = [pytest.mark.django_db, pytest.mark.rule(18)]


@pytest.fixture(autouse=True)
def _off(settings: Any, provider: Provider) -> None:
    settings.ASSOCIATION_PASSWORDS = False


@pytest.mark.parametrize(
    ("page", "args"),
    [
        ("account_signup", []),
        ("account_reset_password", []),
        ("account_reset_password_done", []),
        ("account_reset_password_from_key", ["1", "key"]),
        ("account_reset_password_from_key_done", []),
        ("account_change_password", []),
        ("account_set_password", []),
    ],
)
def test_the_pages_of_passwords_are_not_there(client: Client, page: str, args: list[str]) -> None:
    assert client.get(reverse(page, args=args)).status_code == 404
    assert client.post(reverse(page, args=args), {"email": "a@example.org"}).status_code == 404
    client.force_login(UserFactory.create())
    assert client.get(reverse(page, args=args)).status_code == 404


def test_a_right_password_of_an_association_is_as_good_as_a_wrong_one(client: Client) -> None:
    person = UserFactory.create()
    answers = [
        client.post(reverse("account_login"), {"login": person.email, "password": password})
        .context["form"]
        .errors
        for password in (PASSWORD, "fel-losenord")
    ]
    assert answers[0] == answers[1] != {}
    assert signed_in_as(client) is None


def test_staff_in_need_sign_in_and_change_their_password(client: Client) -> None:
    officer = staff(Role.CASE_OFFICER)
    client.post(reverse("account_login"), {"login": officer.email, "password": PASSWORD})
    assert signed_in_as(client) == officer
    assert client.get(reverse("account_change_password")).status_code == 200


def test_people_of_associations_come_in_by_e_identity_also_as_new(client: Client, provider: Provider) -> None:
    come_in(client, "eid")
    client.post(reverse("socialaccount_signup"), {"email": "ny@example.org"})
    person = signed_in_as(client)
    assert person is not None
    assert person.email == "ny@example.org"


def test_the_sign_in_page_offers_no_account_and_no_new_password(client: Client) -> None:
    page = client.get(reverse("account_login")).text
    assert reverse("openid_login", args=["eid"]) in page
    assert reverse("openid_login", args=["directory"]) in page
    assert reverse("account_signup") not in page
    assert reverse("account_reset_password") not in page


def test_a_city_that_would_lock_all_associations_out_is_told(settings: Any) -> None:
    assert [message for message in run_checks() if message.id == "samspel.E108"] == []
    settings.SOCIALACCOUNT_PROVIDERS = {"openid": {"APPS": []}}
    assert [message.id for message in run_checks() if message.id == "samspel.E108"] == ["samspel.E108"]

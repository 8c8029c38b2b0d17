"""Signing in through a provider, second factor and visits, as people meet them in a browser."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import expect

from portal.people.models import Role, User
from tests.e2e.person import Person
from tests.e2e.words import say
from tests.factories import PASSWORD, UserFactory, staff
from tests.people.identity_provider import Provider, running_provider, settings_for

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True), pytest.mark.rule(18)]
#: Seconds for which a code is the same: the test need not be quick.
UNCHANGING = 10**8
BROKER, DIRECTORY = "BankID eller Freja", "kommunens konto"


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: Provider, settings: Any) -> Provider:
    running.forget()
    apps = [settings_for(running, "eid", name=BROKER), settings_for(running, "directory", name=DIRECTORY)]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid": {"APPS": apps}}
    settings.OIDC_STAFF_GROUPS = {"SG-Handläggare": [Role.CASE_OFFICER.value]}
    return running


def choose(visitor: Person, name: str) -> None:
    """Press a provider's button: the way leads over our page to the provider, and back."""
    visitor.open(reverse("account_login"))
    button = visitor.page.get_by_role("button", name=say("Sign in with %(name)s", name=name))
    with visitor.page.expect_navigation(url=lambda url: not url.endswith(("/eid/", "/directory/"))):
        button.click()
    visitor.page.wait_for_load_state()


def test_somebody_new_comes_in_by_e_identity_and_writes_an_address(
    person: Callable[..., Person], provider: Provider
) -> None:
    visitor = person()
    choose(visitor, BROKER)
    assert visitor.page.url.endswith(reverse("socialaccount_signup"))
    visitor.look_again()
    visitor.fill(email="egen@example.org")
    visitor.press_in_form(say("Go on"))
    assert User.objects.get().email == "egen@example.org"
    visitor.open(reverse("account_email"))
    assert say("You can sign in with %(name)s.", name=BROKER) in visitor.reads()


def test_an_employee_comes_in_by_the_directory_and_without_a_group_gets_a_page(
    person: Callable[..., Person], provider: Provider
) -> None:
    provider.person = {
        "sub": "e1",
        "email": "o@example.org",
        "email_verified": True,
        "groups": "SG-Handläggare",
    }
    visitor = person()
    choose(visitor, DIRECTORY)
    visitor.open(reverse("home"))
    assert say("What waits for you") in visitor.reads()
    provider.person["groups"] = []
    other = person()
    choose(other, DIRECTORY)
    assert say("You have no access to Samspel yet") in other.reads()


def test_staff_with_a_password_set_up_a_second_factor_before_anything_else(
    person: Callable[..., Person], settings: Any
) -> None:
    settings.STAFF_SECOND_FACTOR = True
    settings.MFA_TOTP_PERIOD = UNCHANGING
    officer = staff(Role.CASE_OFFICER)
    visitor = person()
    visitor.sign_in(officer.email)
    assert reverse("account_reauthenticate") in visitor.page.url
    visitor.fill(password=PASSWORD)
    visitor.press_in_form(say("Go on"))
    visitor.page.get_by_text(say("Can the app not read the picture?")).click()
    key = visitor.page.locator(".code-key")
    expect(key).to_be_visible()
    secret = key.inner_text()
    visitor.fill(code="000000")
    visitor.press_in_form(say("Done"))
    visitor.fill(code=format_hotp_value(hotp_value(secret, int(time.time()) // UNCHANGING)))
    visitor.press_in_form(say("Done"))
    assert say("Recovery codes") in visitor.reads()
    for page in ("mfa_index", "mfa_generate_recovery_codes", "mfa_deactivate_totp", "home"):
        visitor.open(reverse(page))
    assert say("What waits for you") in visitor.reads()
    visitor.sign_out()
    visitor.sign_in(officer.email)
    assert visitor.page.url.endswith(reverse("mfa_authenticate"))
    cache.clear()  # the code above has been used
    visitor.fill(code=format_hotp_value(hotp_value(secret, int(time.time()) // UNCHANGING)))
    visitor.press_in_form(say("Go on"))
    assert say("What waits for you") in visitor.reads()


def test_a_person_ends_another_visit(person: Callable[..., Person]) -> None:
    owner = UserFactory.create()
    here, there = person(), person(checked=False)
    here.sign_in(owner.email)
    there.sign_in(owner.email)
    here.open(reverse("account_email"))
    here.follow(say("Where you are signed in"))
    with here.page.expect_navigation():
        here.page.locator("main form[action*='avsluta'] button").click()
    assert say("That visit is ended.") in here.reads()
    there.open(reverse("grants:applications"))
    assert reverse("account_login") in there.page.url


def test_the_sign_in_page_when_one_is_too_fast_and_when_passwords_are_for_staff_only(
    person: Callable[..., Person], provider: Provider, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    cache.clear()
    visitor = person()
    visitor.open(reverse("account_login"))
    for _attempt in range(2):
        visitor.fill(login="a@example.org", password="fel")
        visitor.press_in_form(say("Sign in"))
    assert say("A little too fast") in visitor.reads()
    settings.ACCOUNT_RATE_LIMITS = False
    visitor.press_in_form(say("Try again"))
    assert visitor.has_written("login") == "a@example.org"
    settings.ASSOCIATION_PASSWORDS = False
    visitor.open(reverse("account_login"))
    password = visitor.page.locator("[name='password']")
    assert not password.is_visible()
    visitor.page.get_by_text(say("For staff when the city's sign-in is down")).click()
    expect(password).to_be_visible()

"""Signing in through a provider: what it must vouch for, and every way in which it does not."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse

from portal.people.models import User
from tests.factories import PASSWORD, UserFactory
from tests.people.identity_provider import Provider, settings_for
from tests.people.visitor import back, come_in, onward, signed_in_as

pytestmark = [pytest.mark.django_db, pytest.mark.rule(18)]


def known(subject: str = "subject-1", **fields: Any) -> User:
    """Somebody who has signed in with an e-identity before."""
    user = UserFactory.create(**fields)
    SocialAccount.objects.create(user=user, provider="eid", uid=subject)
    return user


def test_a_known_person_comes_in_and_goes_on_where_they_were(client: Client, provider: Provider) -> None:
    person = known()
    answer = come_in(client, "eid", next=reverse("grants:associations"))
    assert answer.status_code == 302
    assert answer.headers["Location"] == reverse("grants:associations")
    assert signed_in_as(client) == person


def test_the_question_has_state_nonce_and_proof_of_who_asked(client: Client, provider: Provider) -> None:
    first, second = (parse_qs(urlsplit(onward(client, "eid")).query) for _ in range(2))
    assert first["response_type"] == ["code"]
    assert first["code_challenge_method"] == ["S256"]
    assert set(first["scope"][0].split()) == {"openid", "profile", "email"}
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name][0]) >= 16
        assert first[name] != second[name]


def test_an_address_cannot_choose_what_the_provider_is_asked(client: Client, provider: Provider) -> None:
    """allauth would take parameters from it: even where the answer goes."""
    evil = {"auth_params": "redirect_uri=https://evil.example&nonce=known", "scope": "everything"}
    page = client.post(f"{reverse('openid_login', args=['eid'])}?{urlencode(evil)}")
    asked = parse_qs(urlsplit(page.context["onward"]).query)
    assert asked["redirect_uri"] == ["http://testserver" + reverse("openid_callback", args=["eid"])]
    assert asked["nonce"] != ["known"]
    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        ("nonce", {"nonce": "of-another-question"}),
        ("MissingRequiredClaimError", {"nonce": None}),
        ("InvalidAudienceError", {"aud": "another-service"}),
        ("InvalidAudienceError", {"aud": ["another-service"]}),
        ("authorized_party", {"aud": ["samspel", "another"], "azp": "another"}),
        ("InvalidIssuerError", {"iss": "https://another.example"}),
        ("ExpiredSignatureError", {"exp": int(time.time()) - 3600}),
        ("MissingRequiredClaimError", {"exp": None}),
        ("ImmatureSignatureError", {"iat": int(time.time()) + 3600}),
        ("MissingRequiredClaimError", {"sub": None}),
        ("subject_is_personal_number", {"sub": "19811228-9874"}),
    ],
)
def test_a_token_that_does_not_answer_our_question_opens_nothing(
    client: Client, provider: Provider, reason: str, changes: dict[str, Any], log: list[dict[str, Any]]
) -> None:
    known()
    provider.changes = changes
    answer = come_in(client, "eid")
    assert answer.status_code == 401
    assert signed_in_as(client) is None
    assert [entry["reason"] for entry in log if entry["event"] == "sign_in_not_vouched"] == [reason]


@pytest.mark.parametrize("signs", ["none", "secret", "stranger", "changed"])
def test_a_token_that_the_provider_has_not_signed_opens_nothing(
    client: Client, provider: Provider, signs: str
) -> None:
    """allauth skips the signature of what it fetches itself."""
    known()
    known("somebody-else")
    provider.signs = signs
    assert come_in(client, "eid").status_code == 401
    assert signed_in_as(client) is None


def test_a_provider_that_names_another_issuer_is_not_believed(client: Client, provider: Provider) -> None:
    provider.says_issuer = "https://another.example"
    answer = client.post(reverse("openid_login", args=["eid"]))
    assert answer.status_code == 401


@pytest.mark.parametrize("state", ["made-up", ""])
def test_an_answer_to_a_question_nobody_asked_is_refused(
    client: Client, provider: Provider, state: str
) -> None:
    known()
    address = back(onward(client, "eid"))
    code = parse_qs(urlsplit(address).query)["code"][0]
    answer = client.get(urlsplit(address).path, {"code": code, "state": state})
    assert answer.status_code == 401
    assert signed_in_as(client) is None
    assert provider.token_requests == 0


def test_an_answer_in_another_browser_is_refused(client: Client, provider: Provider) -> None:
    """Or somebody could be lured into another's account."""
    known()
    address = back(onward(client, "eid"))
    other = Client()
    assert other.get(address).status_code == 401
    assert signed_in_as(other) is None


def test_an_answer_of_one_provider_is_none_of_the_other(client: Client, provider: Provider) -> None:
    address = back(onward(client, "eid"))
    eid, directory = (reverse("openid_callback", args=[one]) for one in ("eid", "directory"))
    assert client.get(address.replace(eid, directory)).status_code == 401
    assert signed_in_as(client) is None


def test_an_answer_counts_once(client: Client, provider: Provider) -> None:
    known()
    address = back(onward(client, "eid"))
    assert client.get(address).status_code == 302
    client.logout()
    assert client.get(address).status_code == 401
    assert signed_in_as(client) is None


def test_a_code_counts_once_even_with_a_new_question(client: Client, provider: Provider) -> None:
    known()
    used = parse_qs(urlsplit(back(onward(client, "eid"))).query)["code"][0]
    provider.asked.pop(used)
    fresh = urlsplit(back(onward(client, "eid")))
    state = parse_qs(fresh.query)["state"][0]
    assert client.get(fresh.path, {"code": used, "state": state}).status_code == 401


def test_a_provider_that_is_down_gives_a_page_that_says_so(client: Client, settings: Any) -> None:
    nobody = Provider()
    nobody.address = "http://127.0.0.1:1"
    settings.SOCIALACCOUNT_PROVIDERS = {"openid": {"APPS": [settings_for(nobody, "eid")]}}
    answer = client.post(reverse("openid_login", args=["eid"]))
    assert answer.status_code == 401
    assert answer.templates[0].name == "socialaccount/authentication_error.html"


def test_a_provider_that_is_not_set_up_is_not_there(client: Client) -> None:
    assert client.post(reverse("openid_login", args=["eid"])).status_code == 404
    assert client.get(reverse("openid_callback", args=["eid"])).status_code == 404


def test_the_level_of_assurance_is_asked_for_and_held_to(
    client: Client, provider: Provider, settings: Any
) -> None:
    person = known()
    apps = [settings_for(provider, "eid", acr=["loa3", "mfa"])]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid": {"APPS": apps}}
    assert parse_qs(urlsplit(onward(client, "eid")).query)["acr_values"] == ["loa3 mfa"]
    provider.changes = {"acr": "loa1", "amr": ["pwd"]}
    assert come_in(client, "eid").status_code == 401
    provider.changes = {"acr": "loa1", "amr": ["pwd", "mfa"]}
    come_in(client, "eid")
    assert signed_in_as(client) == person


def test_more_about_a_person_must_be_about_that_person(
    client: Client, provider: Provider, settings: Any
) -> None:
    known()
    settings.SOCIALACCOUNT_PROVIDERS = {"openid": {"APPS": [settings_for(provider, "eid", userinfo=True)]}}
    provider.userinfo = {"sub": "somebody-else"}
    assert come_in(client, "eid").status_code == 401
    provider.userinfo = {"sub": "subject-1"}
    assert come_in(client, "eid").status_code == 302


# --- Whose account --------------------------------------------------------------------------------
def confirmed(user: User) -> User:
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def test_an_unknown_person_with_a_verified_address_gets_an_account(
    client: Client, provider: Provider
) -> None:
    provider.person = {"sub": "new", "name": "Ny person", "email": "ny@example.org", "email_verified": True}
    come_in(client, "eid")
    person = User.objects.get(email="ny@example.org")
    assert signed_in_as(client) == person
    assert (person.display_name, person.has_usable_password(), person.is_staff) == ("Ny person", False, False)
    assert SocialAccount.objects.get(user=person).extra_data == {}
    assert EmailAddress.objects.get(user=person).verified


@pytest.mark.parametrize("verified", [None, False, "true"])
def test_an_address_that_is_not_verified_is_asked_for(
    client: Client, provider: Provider, verified: Any
) -> None:
    owner = confirmed(UserFactory.create(email="agd@example.org"))
    provider.person = {"sub": "new", "email": "agd@example.org", "email_verified": verified}
    answer = come_in(client, "eid")
    assert answer.headers["Location"] == reverse("socialaccount_signup")
    assert signed_in_as(client) is None
    page = client.get(reverse("socialaccount_signup"))
    assert "agd@example.org" not in page.text
    client.post(reverse("socialaccount_signup"), {"email": "agd@example.org"})
    assert signed_in_as(client) is None
    assert not SocialAccount.objects.filter(user=owner).exists()


def test_somebody_without_an_address_writes_one(client: Client, provider: Provider) -> None:
    come_in(client, "eid")
    client.post(reverse("socialaccount_signup"), {"email": "egen@example.org"})
    person = signed_in_as(client)
    assert person is not None
    assert person.email == "egen@example.org"
    assert not EmailAddress.objects.get(user=person).verified
    assert SocialAccount.objects.get(user=person).uid == "subject-1"


def test_an_address_verified_by_both_sides_opens_the_account_and_joins_the_subject(
    client: Client, provider: Provider
) -> None:
    owner = confirmed(UserFactory.create(email="agd@example.org"))
    provider.person = {"sub": "new", "email": "AGD@example.org", "email_verified": True}
    come_in(client, "eid")
    assert signed_in_as(client) == owner
    assert SocialAccount.objects.get(user=owner).uid == "new"


def test_an_account_whose_address_was_never_confirmed_is_not_opened_by_it(
    client: Client, provider: Provider
) -> None:
    """Somebody may have made it with another's address, to wait for them there."""
    UserFactory.create(email="agd@example.org")
    provider.person = {"sub": "new", "email": "agd@example.org", "email_verified": True}
    come_in(client, "eid")
    assert signed_in_as(client) is None
    assert SocialAccount.objects.count() == 0


def test_an_address_that_went_to_another_person_does_not_open_the_first_ones_account(
    client: Client, provider: Provider
) -> None:
    owner = confirmed(known("first", email="ordforande@example.org"))
    provider.person = {"sub": "second", "email": "ordforande@example.org", "email_verified": True}
    come_in(client, "eid")
    assert signed_in_as(client) is None
    assert [account.uid for account in SocialAccount.objects.filter(user=owner)] == ["first"]


def test_a_closed_account_stays_closed(client: Client, provider: Provider) -> None:
    known(is_active=False)
    come_in(client, "eid")
    assert signed_in_as(client) is None


# --- An account that has a password ---------------------------------------------------------------
def test_who_has_a_password_connects_their_e_identity_and_keeps_the_account(
    client: Client, provider: Provider
) -> None:
    owner = UserFactory.create()
    client.post(reverse("account_login"), {"login": owner.email, "password": PASSWORD})
    answer = come_in(client, "eid", process="connect")
    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert SocialAccount.objects.get(user=owner).uid == "subject-1"
    client.logout()
    come_in(client, "eid")
    assert signed_in_as(client) == owner


def test_an_e_identity_of_one_person_is_not_connected_to_another(client: Client, provider: Provider) -> None:
    first = known()
    other = UserFactory.create()
    client.post(reverse("account_login"), {"login": other.email, "password": PASSWORD})
    come_in(client, "eid", process="connect")
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert SocialAccount.objects.get().user == first

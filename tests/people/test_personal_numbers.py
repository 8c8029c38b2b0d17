"""Personnummer from an e-identity: kept apart, sealed, and nowhere else."""

from __future__ import annotations

import json
import logging
from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.apps import apps
from django.core.management import call_command
from django.core.serializers import serialize
from django.test import Client
from django.urls import reverse

from portal.people.models import PersonalNumber, User
from portal.people.personal_numbers import keep, looks_like_one
from portal.people.sealing import seal, unseal
from tests.factories import PASSWORD, UserFactory
from tests.people.identity_provider import Provider
from tests.people.visitor import back, come_in, onward, signed_in_as

pytestmark = [pytest.mark.django_db, pytest.mark.rule(14)]
#: From the Tax Agency's list of numbers for tests, which nobody has.
NUMBER = "199001012385"


def everything_kept() -> str:
    """All rows of all tables as text, sessions unpacked."""
    text = [
        serialize("json", model._base_manager.all()) for model in apps.get_models() if model._meta.managed
    ]
    sessions = apps.get_model("sessions", "Session").objects.all()
    return "\n".join(text + [json.dumps(session.get_decoded()) for session in sessions])


@pytest.mark.parametrize("said", [NUMBER, "19900101-2385"])
def test_the_number_is_kept_sealed_with_its_person(client: Client, provider: Provider, said: str) -> None:
    provider.person |= {"personalNumber": said, "email": "p@example.org", "email_verified": True}
    come_in(client, "eid")
    person = signed_in_as(client)
    kept = PersonalNumber.objects.get(user=person)
    assert unseal(kept.sealed) == NUMBER
    assert not PersonalNumber.objects.visible_to(person).exists()
    assert NUMBER not in f"{kept} {kept!r}"


def test_the_number_is_nowhere_in_the_clear_at_any_step(
    client: Client, provider: Provider, caplog: pytest.LogCaptureFixture, log: list[dict[str, Any]]
) -> None:
    """Somebody new without an address: the sign-in waits in the session for it."""
    provider.person |= {"personalNumber": NUMBER, "name": "Ny person"}
    caplog.set_level(logging.DEBUG)
    pages = [come_in(client, "eid").content.decode()]
    half_way = everything_kept()
    assert "subject-1" in half_way  # the waiting sign-in is there to leak
    pages.append(client.get(reverse("socialaccount_signup")).text)
    client.post(reverse("socialaccount_signup"), {"email": "p@example.org"})
    pages += [client.get(reverse(name)).text for name in ("home", "account_email", "usersessions_list")]
    assert PersonalNumber.objects.get().user == signed_in_as(client)
    for text in (*pages, half_way, everything_kept(), caplog.text, str(log)):
        assert NUMBER not in text
        assert NUMBER[2:] not in text


def test_a_number_that_is_none_is_not_kept(client: Client, provider: Provider) -> None:
    provider.person |= {"personalNumber": "199001012386", "email": "p@example.org", "email_verified": True}
    come_in(client, "eid")
    assert signed_in_as(client) is not None
    assert PersonalNumber.objects.count() == 0


def test_the_directory_tells_no_numbers(client: Client, provider: Provider) -> None:
    provider.person |= {"personalNumber": NUMBER, "email": "p@example.org", "email_verified": True}
    provider.person["groups"] = ["SG-Registrator"]
    come_in(client, "directory")
    assert signed_in_as(client) is not None
    assert PersonalNumber.objects.count() == 0


def test_connecting_an_e_identity_keeps_its_number(client: Client, provider: Provider) -> None:
    owner = UserFactory.create()
    provider.person |= {"personalNumber": NUMBER}
    client.post(reverse("account_login"), {"login": owner.email, "password": PASSWORD})
    client.get(back(onward(client, "eid", process="connect")))
    assert NUMBER not in everything_kept()
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert unseal(PersonalNumber.objects.get(user=owner).sealed) == NUMBER


def test_keeping_twice_keeps_one() -> None:
    person = UserFactory.create()
    keep(person, seal("199001012385"))
    keep(person, seal("199001022384"))
    assert unseal(PersonalNumber.objects.get().sealed) == "199001022384"


def test_a_new_key_takes_over_and_the_old_one_can_go(settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.IDENTITY_KEYS = [old]
    keep(UserFactory.create(), seal(NUMBER))
    settings.IDENTITY_KEYS = [new, old]
    assert unseal(PersonalNumber.objects.get().sealed) == NUMBER
    said = StringIO()
    call_command("reseal", stdout=said)
    assert said.getvalue() == "Sealed anew: 1 personnummer, 0 secrets of second factors.\n"
    settings.IDENTITY_KEYS = [new]
    assert unseal(PersonalNumber.objects.get().sealed) == NUMBER
    settings.IDENTITY_KEYS = [old]
    with pytest.raises(InvalidToken):
        unseal(PersonalNumber.objects.get().sealed)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("199001012385", True),
        ("19900101-2385", True),
        ("900101-2385", True),
        ("9001012385", True),
        ("197010632391", True),  # a samordningsnummer: 60 added to the day
        ("199001012386", False),
        ("199013012385", False),
        ("٩٠٠١٠١٢٣٨٥", False),
        ("subject-1", False),
        ("", False),
    ],
)
def test_what_looks_like_a_number(text: str, is_one: bool) -> None:
    assert looks_like_one(text) is is_one


def test_no_relation_of_a_person_leads_to_the_number() -> None:
    assert not hasattr(User, "personalnumber")
    assert PersonalNumber._meta.get_field("user").remote_field.hidden

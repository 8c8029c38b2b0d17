"""A browser without pictures: signs in through a provider as a person would, step by step."""

from __future__ import annotations

import re
import time
from html import unescape
from typing import Any

import requests
from allauth.account.internal.flows import login
from django.test import Client
from django.urls import reverse

from portal.people.models import User


def onward(client: Client, provider_id: str, **fields: str) -> str:
    """Press the button of the provider: the address that the page sends on to."""
    page = client.post(reverse("openid_login", args=[provider_id]), fields)
    assert page.status_code == 200
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.text)
    assert found
    return unescape(found[1])


def back(address: str) -> str:
    """Show the provider who one is: the address it sends the visitor back to."""
    answer = requests.get(address, allow_redirects=False, timeout=5)
    assert answer.status_code == 302
    return answer.headers["Location"].removeprefix("http://testserver")


def come_in(client: Client, provider_id: str, **fields: str) -> Any:
    """The whole way: what the visitor gets when they are back."""
    return client.get(back(onward(client, provider_id, **fields)))


def signed_in_as(client: Client) -> User | None:
    user_id = client.session.get("_auth_user_id")
    return None if user_id is None else User.objects.get(pk=user_id)


def signed_in_through(provider_id: str, person: User) -> Client:
    """A visit as it stands after the person has come in through a provider, without asking one."""
    client = Client()
    client.force_login(person)
    session = client.session
    came_in = {"method": "socialaccount", "provider": provider_id, "at": time.time()}
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [came_in]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.pk)
    session.save()
    return client

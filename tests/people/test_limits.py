"""How often one may try, from where one really comes, and what becomes of what was typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import reverse

from grants.models import Application
from portal.people.models import Role
from tests.factories import PASSWORD, PDF, ApplicationFactory, UserFactory, complete, staff

pytestmark = [pytest.mark.django_db, pytest.mark.rule(18)]


@pytest.fixture(autouse=True)
def _limits_are_on(settings: Any) -> Iterator[None]:
    settings.ACCOUNT_RATE_LIMITS = {"login": "3/m/ip", "signup": "2/m/ip", "reset_password": "2/m/ip"}
    settings.REQUEST_RATES = dict.fromkeys(("upload", "submit", "search", "code"), "2/m/key")
    cache.clear()
    with time_machine.travel("2026-11-28 12:00:30+01:00", tick=False):
        yield
    cache.clear()


def statuses(client: Client, times: int, path: str, data: Any = None, **extra: Any) -> list[int]:
    ask = client.get if data is None else client.post
    return [ask(path, data, **extra).status_code for _ in range(times)]


def test_signing_in_is_limited_and_the_page_says_until_when(client: Client) -> None:
    typed = {"login": "a@example.org", "password": "hemligt-losenord"}
    assert statuses(client, 3, reverse("account_login"), typed) == [200, 200, 200]
    answer = client.post(reverse("account_login"), typed)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert "12.01.30" in answer.text
    assert "a@example.org" in answer.text
    assert "hemligt-losenord" not in answer.text


def test_signing_up_and_asking_for_a_new_password_are_limited(client: Client) -> None:
    assert statuses(client, 3, reverse("account_signup"), {"email": "x"}) == [200, 200, 429]
    assert statuses(client, 3, reverse("account_reset_password"), {"email": "a@example.org"})[-1] == 429


def test_passwords_of_one_account_are_limited_from_wherever_they_are_tried(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "3/5m/key"}
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    person = UserFactory.create()
    for number in range(3):
        wrong = {"login": person.email, "password": "fel"}
        Client().post(reverse("account_login"), wrong, headers={"X-Forwarded-For": f"192.0.2.{number}"})
    right = {"login": person.email, "password": PASSWORD}
    client = Client()
    client.post(reverse("account_login"), right, headers={"X-Forwarded-For": "192.0.2.9"})
    assert "_auth_user_id" not in client.session


def test_searching_is_limited_per_person_and_reading_is_not(client: Client) -> None:
    officer, other = staff(Role.CASE_OFFICER), staff(Role.CASE_OFFICER)
    client.force_login(officer)
    queue = reverse("assessments:queue")
    assert statuses(client, 4, queue) == [200] * 4
    assert statuses(client, 3, queue, None, QUERY_STRING="q=lek") == [200, 200, 429]
    assert statuses(client, 1, queue) == [200]
    client.force_login(other)
    assert statuses(client, 1, queue, None, QUERY_STRING="q=lek") == [200]


def test_the_limit_passes(client: Client) -> None:
    client.force_login(staff(Role.CASE_OFFICER))
    queue = reverse("assessments:queue")
    assert statuses(client, 3, queue, None, QUERY_STRING="q=lek")[-1] == 429
    with time_machine.travel("2026-11-28 12:01:31+01:00", tick=False):
        assert statuses(client, 1, queue, None, QUERY_STRING="q=lek") == [200]


def test_codes_of_invitations_are_limited(client: Client) -> None:
    path = reverse("grants:invitation", args=["gissad"])
    assert statuses(client, 3, path) == [404, 404, 429]


@pytest.fixture
def draft() -> Application:
    return complete(ApplicationFactory.create())


def test_sending_is_limited_and_what_was_ticked_is_sent_once_more(client: Client, draft: Application) -> None:
    client.force_login(draft.created_by)
    path = reverse("grants:check", args=[draft.pk])
    assert statuses(client, 2, path, {"text": 'Vi "bad" om <mer>\n och fler'}) == [422, 422]
    answer = client.post(path, {"text": 'Vi "bad" om <mer>\n och fler', "confirm": ["a", "b"]})
    assert answer.status_code == 429
    fields = [("text", 'Vi "bad" om <mer>\n och fler'), ("confirm", "a"), ("confirm", "b")]
    assert answer.context["fields"] == fields
    assert "Vi &quot;bad&quot; om &lt;mer&gt;\n och fler</textarea>" in answer.text
    assert f'action="{path}"' in answer.text


def test_every_file_counts_whichever_page_it_is_for(client: Client, draft: Application) -> None:
    client.force_login(draft.created_by)
    pages = [
        reverse("grants:add-paper", args=[draft.association_id]),
        reverse("grants:account", args=[draft.association_id]),
        reverse("grants:add-paper", args=[draft.association_id]),
    ]
    answers = [
        client.post(page, {"file": SimpleUploadedFile("a.pdf", PDF), "note": "Kvar"}) for page in pages
    ]
    assert [answer.status_code for answer in answers] == [422, 422, 429]
    assert answers[-1].context["had_files"]
    assert answers[-1].context["fields"] == [("note", "Kvar")]
    assert client.post(pages[0], {"note": "Utan fil"}).status_code == 422


def test_what_a_page_saves_by_itself_gets_no_page(client: Client, draft: Application) -> None:
    client.force_login(draft.created_by)
    path = reverse("grants:check", args=[draft.pk])
    statuses(client, 2, path, {})
    answer = client.post(path, {}, headers={"X-Autosave": "1"})
    assert (answer.status_code, answer.content) == (429, b"")


# --- Where somebody comes from --------------------------------------------------------------------
@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, None, "198.51.100.7"),
        (0, "192.0.2.1", "198.51.100.7"),  # nobody's word but the connection's
        (1, "192.0.2.1", "192.0.2.1"),
        (1, "10.0.0.1, 192.0.2.1", "192.0.2.1"),  # the first is what the visitor wrote
        (2, "10.0.0.1, 192.0.2.1, 203.0.113.5", "192.0.2.1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "[2001:db8::1]:4711", "2001:db8::1"),
        (1, None, "198.51.100.7"),
        (2, "192.0.2.1", "198.51.100.7"),  # came past the outer proxy
    ],
)
def test_the_address_is_the_one_our_own_proxies_saw(
    settings: Any, proxies: int, forwarded: str | None, address: str
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = RequestFactory(REMOTE_ADDR="198.51.100.7").get("/", headers=headers)
    assert get_adapter().get_client_ip(request) == address


def test_an_invented_address_buys_no_further_attempts(client: Client, settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    answers = [
        client.post(
            reverse("account_login"),
            {"login": "a@example.org", "password": "x"},
            headers={"X-Forwarded-For": f"10.0.0.{number}, 192.0.2.1"},
        ).status_code
        for number in range(4)
    ]
    assert answers == [200, 200, 200, 429]
    other = client.post(
        reverse("account_login"),
        {"login": "a@example.org", "password": "x"},
        headers={"X-Forwarded-For": "192.0.2.2"},
    )
    assert other.status_code == 200


def test_neighbours_in_one_network_of_the_new_kind_count_as_one(client: Client, settings: Any) -> None:
    """A household has a /64: else it had as many attempts as addresses."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    answers = [
        client.get(
            reverse("grants:invitation", args=["gissad"]), headers={"X-Forwarded-For": f"2001:db8::{number}"}
        ).status_code
        for number in range(1, 4)
    ]
    assert answers == [404, 404, 429]

"""Getting back in, and signing up, tell nobody who has an account."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from grants.models import Invitation
from portal.people.models import User
from tests.factories import PASSWORD, AssociationFactory, UserFactory, person_of

pytestmark = [pytest.mark.django_db, pytest.mark.rule(18)]
KNOWN, UNKNOWN = "finns@example.org", "finns-inte@example.org"


@pytest.fixture(autouse=True)
def _as_in_a_city(settings: Any) -> User:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    person = UserFactory.create(email=KNOWN)
    EmailAddress.objects.create(user=person, email=KNOWN, verified=True, primary=True)
    return person


class Work:
    """How often a password is hashed: what takes by far the most time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        hashed = MD5PasswordHasher.encode

        def counted(hasher: MD5PasswordHasher, password: str, salt: str) -> str:
            self.times += 1
            return hashed(hasher, password, salt)

        monkeypatch.setattr(MD5PasswordHasher, "encode", counted)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    return Work(monkeypatch)


def told(answer: Any) -> tuple[int, str, str]:
    """All that a visitor can tell one answer from another by."""
    page = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken": )"[^"]+"', "", answer.text)
    return answer.status_code, answer.headers.get("Location", ""), page.replace(KNOWN, UNKNOWN)


def ask(url: str, email: str, **fields: str) -> tuple[tuple[int, str, str], tuple[int, str, str]]:
    client = Client()
    answer = client.post(reverse(url), {"email": email} | fields)
    after = client.get(answer.headers["Location"]) if answer.status_code == 302 else answer
    return told(answer), told(after)


def test_asking_for_a_new_password(work: Work, mailoutbox: list[Any]) -> None:
    assert ask("account_reset_password", KNOWN) == ask("account_reset_password", UNKNOWN)
    assert [message.to for message in mailoutbox] == [[KNOWN], [UNKNOWN]]
    assert work.times == 0


def test_signing_up(work: Work, mailoutbox: list[Any]) -> None:
    new = {"password1": "ett-annat-langt-losenord"}
    taken = ask("account_signup", KNOWN, **new)
    after_taken = work.times
    assert taken == ask("account_signup", UNKNOWN, **new)
    assert work.times == 2 * after_taken > 0
    assert [message.to for message in mailoutbox] == [[KNOWN], [UNKNOWN]]
    assert User.objects.get(email=KNOWN).check_password(PASSWORD)


def test_signing_in(work: Work) -> None:
    wrong = {"password": "fel-losenord"}
    client = Client()
    first = told(client.post(reverse("account_login"), {"login": KNOWN} | wrong))
    after_known = work.times
    assert first == told(client.post(reverse("account_login"), {"login": UNKNOWN} | wrong))
    assert work.times == 2 * after_known > 0


def test_inviting_somebody(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """Who invites learns only that a mail went out."""
    association = AssociationFactory.create()
    client = Client()
    client.force_login(person_of(association, "manager"))
    answers = []
    for email in (KNOWN, UNKNOWN):
        answer = client.post(
            reverse("grants:invite", args=[association.pk]), {"email": email, "roles": ["writer"]}
        )
        answers.append((answer.status_code, answer.headers["Location"]))
    assert answers[0] == answers[1]
    assert [invitation.email for invitation in Invitation.objects.order_by("pk")] == [KNOWN, UNKNOWN]


def test_an_address_of_somebody_elses_is_not_told_apart_when_it_is_added() -> None:
    client = Client()
    client.force_login(UserFactory.create())
    answers = [
        told(client.post(reverse("account_email"), {"action_add": "", "email": email}))
        for email in (KNOWN, UNKNOWN)
    ]
    assert answers[0][:2] == answers[1][:2]

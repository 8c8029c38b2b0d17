"""Sessions and forms that somebody else made: fixed before sign-in, without a token, after sign-out."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.cached_db import SessionStore
from django.test import Client
from django.urls import reverse

from grants.models import Application, Section
from tests.bench.browsing import Form
from tests.factories import PASSWORD, ApplicationFactory, complete

pytestmark = [pytest.mark.fault, pytest.mark.django_db]


@pytest.fixture
def draft() -> Application:
    return complete(ApplicationFactory.create())


def sign_in(client: Client, draft: Application) -> Any:
    return client.post(reverse("account_login"), {"login": draft.created_by.email, "password": PASSWORD})


@pytest.mark.rule(18)
def test_a_session_chosen_before_sign_in_opens_nothing_afterwards(draft: Application) -> None:
    """Fixation: the key is new, and the one that somebody planted stays nobody's."""
    planted = SessionStore()
    planted["is"] = "planted"
    planted.save()
    victim, thief = Client(), Client()
    for client in (victim, thief):
        client.cookies[settings.SESSION_COOKIE_NAME] = str(planted.session_key)
    assert sign_in(victim, draft).status_code == 302
    assert victim.cookies[settings.SESSION_COOKIE_NAME].value != planted.session_key
    page = reverse("grants:application", args=[draft.pk])
    assert victim.get(page).status_code == 200
    assert thief.get(page).status_code == 302


@pytest.mark.rule(18)
def test_a_session_kept_after_sign_out_opens_nothing(draft: Application) -> None:
    person, thief = Client(), Client()
    sign_in(person, draft)
    thief.cookies[settings.SESSION_COOKIE_NAME] = person.cookies[settings.SESSION_COOKIE_NAME].value
    page = reverse("grants:application", args=[draft.pk])
    assert thief.get(page).status_code == 200
    person.post(reverse("account_logout"))
    assert thief.get(page).status_code == 302


@pytest.mark.rule(18)
@pytest.mark.parametrize("token", [None, "", "a" * 32, "\x00", "å" * 64])
def test_a_form_without_the_session_s_token_changes_nothing(draft: Application, token: str | None) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(draft.created_by)
    path = reverse("grants:section", args=[draft.pk, Section.NEED])
    fields = Form(client.get(path).content).fields | {"answer_need": ["Någon annans ord"]}
    right = fields.pop("csrfmiddlewaretoken")
    before = draft.answers.get(key="need").value
    wrong = {} if token is None else {"csrfmiddlewaretoken": [token]}
    for target, sent in ((path, fields), (reverse("grants:check", args=[draft.pk]), {"signed": ["on"]})):
        assert client.post(target, sent | wrong).status_code == 403
    draft.refresh_from_db()
    assert (draft.answers.get(key="need").value, draft.is_draft) == (before, True)
    assert client.post(path, fields | {"csrfmiddlewaretoken": right}).status_code == 302
    assert draft.answers.get(key="need").value == "Någon annans ord"


@pytest.mark.rule(18)
def test_no_address_outside_is_gone_to_after_sign_in(draft: Application) -> None:
    for outside in ("https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"):
        client = Client()
        fields = {"login": draft.created_by.email, "password": PASSWORD, "next": outside}
        answer = client.post(reverse("account_login"), fields)
        assert answer.status_code == 302
        assert re.match(r"/[^/\\]|/$", answer.headers["Location"]), outside


@pytest.mark.rule(16)
def test_two_tabs_of_one_person_overwrite_nothing(draft: Application) -> None:
    """The second tab, opened before the first saved, is shown both texts."""
    client = Client()
    client.force_login(draft.created_by)
    path = reverse("grants:section", args=[draft.pk, Section.NEED])
    tabs = [Form(client.get(path).content).fields for _tab in range(2)]
    first = client.post(path, tabs[0] | {"answer_need": ["Från den första fliken"]})
    second = client.post(path, tabs[1] | {"answer_need": ["Från den andra fliken"]})
    assert first.status_code == 302
    page = second.content.decode()
    assert "Från den första fliken" in page
    assert "Från den andra fliken" in page
    assert draft.answers.get(key="need").value == "Från den första fliken"

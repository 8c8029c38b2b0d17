"""Visits: seen, ended one by one or all, ended by a new password, and by leaving one's desk."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from portal.people.models import Role, User
from portal.people.templatetags.sign_in import browser_name
from tests.factories import PASSWORD, UserFactory, staff
from tests.people.visitor import signed_in_as

pytestmark = [pytest.mark.django_db, pytest.mark.rule(18)]


def visit(user: User, browser: str = "Firefox") -> Client:
    client = Client(HTTP_USER_AGENT=browser)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert signed_in_as(client) == user
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("account_email")).status_code == 200


def test_a_person_sees_their_own_visits_and_no_others() -> None:
    person, other = UserFactory.create(), UserFactory.create()
    here = visit(person)
    visit(person, "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Safari/604.1")
    visit(other, "Mozilla/5.0 (Windows NT 10.0) Chrome/131.0 Safari/537.36 Edg/131.0")
    page = here.get(reverse("usersessions_list"))
    assert {session.user_id for session in page.context["sessions"]} == {person.pk}
    assert "iPhone" in page.text
    assert "Edge" not in page.text


@pytest.mark.parametrize(
    ("says", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/131.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Firefox", "Firefox"),
        ("curl/8", "Unknown browser"),
    ],
)
def test_a_browser_is_named_as_people_know_it(says: str, name: str) -> None:
    with translation.override("en"):
        assert browser_name(says) == name


def test_one_visit_is_ended() -> None:
    person = UserFactory.create()
    here, there, third = visit(person), visit(person), visit(person)
    row = UserSession.objects.get(session_key=there.session.session_key)
    here.post(reverse("end_session", args=[row.pk]))
    assert [is_in(client) for client in (here, there, third)] == [True, False, True]


def test_nobody_ends_anothers_visit() -> None:
    here, other = visit(UserFactory.create()), visit(UserFactory.create())
    row = UserSession.objects.get(session_key=other.session.session_key)
    assert here.post(reverse("end_session", args=[row.pk])).status_code == 404
    assert is_in(other)


def test_all_other_visits_are_ended() -> None:
    person = UserFactory.create()
    here, there, third = visit(person), visit(person), visit(person)
    here.post(reverse("usersessions_list"))
    assert [is_in(client) for client in (here, there, third)] == [True, False, False]


def test_a_new_password_ends_all_other_visits() -> None:
    person = UserFactory.create()
    here, there = visit(person), visit(person)
    new = "ett-helt-annat-losenord"
    here.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new}
    )
    assert [is_in(client) for client in (here, there)] == [True, False]


def test_signing_in_changes_the_key_of_the_visit(client: Client) -> None:
    """Or whoever planted one would be signed in too."""
    client.get(reverse("grants:applications"))
    client.post(reverse("account_login"), {"login": "nobody@example.org", "password": "x"})
    client.session.save()
    before = client.session.session_key
    person = UserFactory.create()
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    assert client.session.session_key != before


@pytest.mark.parametrize(("role", "ends"), [(Role.CASE_OFFICER, True), (None, False)])
def test_who_works_for_the_city_is_signed_out_after_a_while(
    settings: Any, role: str | None, ends: bool
) -> None:
    settings.STAFF_IDLE_SECONDS = 600
    person = staff(role) if role else UserFactory.create()
    client = visit(person)
    with time_machine.travel(timezone.now() + timedelta(seconds=601), tick=False):
        assert is_in(client) is not ends


def test_each_thing_one_does_moves_the_end(settings: Any) -> None:
    settings.STAFF_IDLE_SECONDS = 600
    begun = timezone.now()
    client = visit(staff(Role.CASE_OFFICER))
    for seconds in (500, 1000, 1500):
        with time_machine.travel(begun + timedelta(seconds=seconds), tick=False):
            assert is_in(client)
    with time_machine.travel(begun + timedelta(seconds=2200), tick=False):
        assert not is_in(client)


@pytest.mark.parametrize(("role", "ends"), [(Role.CASE_OFFICER, True), (None, False)])
def test_staff_sign_in_anew_each_working_day_however_busy(
    settings: Any, role: str | None, ends: bool
) -> None:
    settings.STAFF_VISIT_SECONDS = 1000
    begun = timezone.now()
    client = visit(staff(role) if role else UserFactory.create())
    for seconds in (500, 999):
        with time_machine.travel(begun + timedelta(seconds=seconds), tick=False):
            assert is_in(client)
    with time_machine.travel(begun + timedelta(seconds=1010), tick=False):
        assert is_in(client) is not ends


def test_a_visit_that_began_before_this_was_noted_ends_too(settings: Any) -> None:
    settings.STAFF_VISIT_SECONDS = 1000
    begun = timezone.now()
    client = visit(staff(Role.CASE_OFFICER))
    session = client.session
    del session["came_in_at"]
    session.save()
    for seconds, stays in ((500, True), (1400, True), (1510, False)):
        with time_machine.travel(begun + timedelta(seconds=seconds), tick=False):
            assert is_in(client) is stays


def test_what_was_written_when_the_visit_ended_is_kept(settings: Any) -> None:
    settings.STAFF_VISIT_SECONDS = 600
    client = visit(staff(Role.CASE_OFFICER))
    with time_machine.travel(timezone.now() + timedelta(seconds=700), tick=False):
        answer = client.post(reverse("grants:register"), {"note": "Det jag skrev"})
        assert answer.headers["Location"].startswith(reverse("account_login"))
        assert "Det+jag+skrev" in client.session["kept_form"]["fields"]


def test_a_page_that_asks_by_itself_does_not_keep_an_empty_desk_signed_in(settings: Any) -> None:
    settings.STAFF_IDLE_SECONDS = 600
    begun = timezone.now()
    client = visit(staff(Role.CASE_OFFICER))
    for seconds in (300, 599):
        with time_machine.travel(begun + timedelta(seconds=seconds), tick=False):
            assert client.get(reverse("home"), headers={"HX-Request": "true"}).status_code == 200
    with time_machine.travel(begun + timedelta(seconds=700), tick=False):
        assert not is_in(client)


def test_what_staff_had_typed_too_late_is_kept(settings: Any) -> None:
    settings.STAFF_IDLE_SECONDS = 600
    client = visit(staff(Role.CASE_OFFICER))
    with time_machine.travel(timezone.now() + timedelta(seconds=700), tick=False):
        answer = client.post(reverse("grants:register"), {"note": "Det jag skrev"})
        assert answer.headers["Location"].startswith(reverse("account_login"))
        assert "Det+jag+skrev" in client.session["kept_form"]["fields"]


def test_being_seen_costs_no_query_within_a_minute(
    client: Client, django_assert_num_queries: Any, settings: Any
) -> None:
    settings.STAFF_SECOND_FACTOR = True
    client.force_login(UserFactory.create())
    assert time.time() - client.session["seen_at"] < 5
    with django_assert_num_queries(2):  # the person, and the roles that the menu asks for
        client.get(reverse("accessibility"))

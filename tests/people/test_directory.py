"""Staff from the city's directory: groups are roles at each sign-in, and nothing else is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core.checks import run_checks
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.people import trail
from portal.people.audit_event import AuditEvent
from portal.people.models import Role, RoleAssignment, User
from tests.e2e.words import say
from tests.factories import PASSWORD, UserFactory, staff
from tests.people.identity_provider import Provider
from tests.people.visitor import come_in, signed_in_as

pytestmark = [pytest.mark.django_db, pytest.mark.rule(18)]
ADDRESS = "handlaggare@example.org"


def changes() -> list[tuple[str, str]]:
    """The changes of roles in the audit trail, in order: what was done, and the role with its cause."""
    told = AuditEvent.objects.filter(kind__in=[trail.Kind.ROLE_GIVEN, trail.Kind.ROLE_ENDED])
    return list(told.order_by("pk").values_list("kind", "detail"))


def employee(provider: Provider, *groups: str, **claims: Any) -> None:
    provider.person = {"sub": "e1", "email": ADDRESS, "email_verified": True, "groups": list(groups)} | claims


def test_an_employee_gets_an_account_with_roles(client: Client, provider: Provider) -> None:
    employee(provider, "SG-Chef", "SG-Annat")
    come_in(client, "directory")
    person = signed_in_as(client)
    assert person is not None
    assert person.roles == {Role.HEAD, Role.CASE_OFFICER}
    assert changes() == [("role_given", "case_officer, directory"), ("role_given", "head, directory")]
    assert client.get(reverse("assessments:queue")).status_code == 200


def test_a_lost_group_ends_its_role_at_once_and_in_every_visit(client: Client, provider: Provider) -> None:
    employee(provider, "SG-Handläggare", "SG-Registrator")
    come_in(client, "directory")
    person = signed_in_as(client)
    assert person is not None
    assert client.get(reverse("assessments:queue")).status_code == 200
    employee(provider, "SG-Registrator")
    before = len(changes())
    come_in(Client(), "directory")
    assert client.get(reverse("assessments:queue")).status_code == 404
    assert User.objects.get(pk=person.pk).roles == {Role.REGISTRAR}
    assert changes()[before:] == [("role_ended", "case_officer, directory")]
    kept = RoleAssignment.objects.get(user=person, role=Role.CASE_OFFICER)
    assert kept.valid_until == timezone.localdate() - timedelta(days=1)


def test_a_lost_group_ends_its_role_within_a_working_day_also_in_a_visit_that_is_never_idle(
    client: Client, provider: Provider, settings: Any
) -> None:
    settings.STAFF_VISIT_SECONDS = 9 * 3600
    employee(provider, "SG-Handläggare", "SG-Registrator")
    begun = timezone.now()
    come_in(client, "directory")
    employee(provider, "SG-Registrator")
    queue = reverse("assessments:queue")
    for minutes in range(30, 9 * 60, 30):
        with time_machine.travel(begun + timedelta(minutes=minutes), tick=False):
            assert client.get(queue).status_code == 200
    with time_machine.travel(begun + timedelta(hours=9, minutes=1), tick=False):
        answer = client.get(queue)
        assert answer.headers["Location"].startswith(reverse("account_login"))
        said = say("You were signed out, since you signed in long ago. Sign in again to go on.")
        assert said in client.get(answer.headers["Location"]).text
        come_in(client, "directory")
        person = signed_in_as(client)
        assert person is not None
        assert person.roles == {Role.REGISTRAR}
        assert client.get(queue).status_code == 404


def test_who_has_lost_all_groups_is_not_let_in(client: Client, provider: Provider) -> None:
    employee(provider, "SG-Handläggare")
    come_in(client, "directory")
    person = signed_in_as(client)
    assert person is not None
    client.logout()
    employee(provider)
    answer = come_in(client, "directory")
    assert answer.status_code == 403
    assert answer.templates[0].name == "people/not_let_in.html"
    assert signed_in_as(client) is None
    assert User.objects.get(pk=person.pk).roles == frozenset()


def test_a_role_that_comes_back_the_same_day_is_held_again(client: Client, provider: Provider) -> None:
    for groups in (["SG-Handläggare"], [], ["SG-Handläggare"], [], ["SG-Handläggare"]):
        employee(provider, *groups)
        come_in(client, "directory")
    assert User.objects.get(email=ADDRESS).roles == {Role.CASE_OFFICER}
    assert RoleAssignment.objects.count() == 1


def test_signing_in_twice_changes_nothing_the_second_time(client: Client, provider: Provider) -> None:
    employee(provider, "SG-Chef")
    come_in(client, "directory")
    before = list(RoleAssignment.objects.values()), changes()
    come_in(client, "directory")
    assert (list(RoleAssignment.objects.values()), changes()) == before


def test_a_group_may_be_said_as_one_text(client: Client, provider: Provider) -> None:
    employee(provider, groups="SG-Registrator")
    come_in(client, "directory")
    assert User.objects.get(email=ADDRESS).roles == {Role.REGISTRAR}


def test_an_employee_without_a_mapped_group_gets_a_page_and_no_account(
    client: Client, provider: Provider
) -> None:
    employee(provider, "SG-Vaktmästeri")
    answer = come_in(client, "directory")
    assert answer.status_code == 403
    assert answer.context["why"] == "no_role"
    assert (User.objects.count(), signed_in_as(client)) == (0, None)


def test_roles_that_no_group_gives_are_left_alone(client: Client, provider: Provider) -> None:
    """A seat in the committee gives chair and member; the directory does not take them away."""
    person = staff(Role.MEMBER, email=ADDRESS)
    EmailAddress.objects.create(user=person, email=ADDRESS, verified=True, primary=True)
    employee(provider)
    come_in(client, "directory")
    assert signed_in_as(client) == person
    assert User.objects.get(pk=person.pk).roles == {Role.MEMBER}


def test_a_broker_gives_no_roles_whatever_it_says(client: Client, provider: Provider) -> None:
    employee(provider, "SG-Chef")
    come_in(client, "eid")
    person = signed_in_as(client)
    assert person is not None
    assert person.roles == frozenset()


def test_a_broker_does_not_open_an_account_of_staff_by_address(client: Client, provider: Provider) -> None:
    officer = staff(Role.CASE_OFFICER, email=ADDRESS)
    EmailAddress.objects.create(user=officer, email=ADDRESS, verified=True, primary=True)
    provider.person = {"sub": "p1", "email": ADDRESS, "email_verified": True}
    come_in(client, "eid")
    assert signed_in_as(client) is None
    assert SocialAccount.objects.count() == 0


def test_nobody_connects_the_directory_to_their_own_account(client: Client, provider: Provider) -> None:
    """Or a person of an association could raise their own role with a colleague's help."""
    applicant = UserFactory.create()
    client.force_login(applicant)
    employee(provider, "SG-Chef")
    answer = come_in(client, "directory", process="connect")
    assert answer.status_code == 403
    assert User.objects.get(pk=applicant.pk).roles == frozenset()
    assert SocialAccount.objects.count() == 0


@pytest.mark.parametrize("verified", [False, None])
def test_a_directory_that_does_not_vouch_for_the_address_opens_nothing(
    client: Client, provider: Provider, settings: Any, verified: Any
) -> None:
    employee(provider, "SG-Handläggare", email_verified=verified)
    assert come_in(client, "directory").context["why"] == "address"
    assert User.objects.count() == 0
    settings.OIDC_STAFF_EMAIL_DOMAINS = ["Example.org"]
    come_in(client, "directory")
    assert signed_in_as(client) == User.objects.get(email=ADDRESS)


def test_an_account_that_the_city_made_opens_the_first_time(
    client: Client, provider: Provider, settings: Any
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    made = User.objects.create_user(ADDRESS)
    employee(provider, "SG-Registrator")
    come_in(client, "directory")
    assert signed_in_as(client) == made
    assert User.objects.get(pk=made.pk).roles == {Role.REGISTRAR}


@pytest.mark.parametrize("used", ["password", "address", "visit", "broker"])
def test_an_account_that_somebody_may_wait_in_does_not(client: Client, provider: Provider, used: str) -> None:
    made = User.objects.create_user(ADDRESS, password=PASSWORD if used == "password" else None)
    if used == "address":
        EmailAddress.objects.create(user=made, email=ADDRESS, verified=False, primary=True)
    if used == "visit":
        User.objects.filter(pk=made.pk).update(last_login=timezone.now())
    if used == "broker":
        SocialAccount.objects.create(user=made, provider="eid", uid="p1")
    employee(provider, "SG-Registrator")
    assert come_in(client, "directory").context["why"] == "address"
    assert signed_in_as(client) is None


def test_an_address_that_went_to_a_new_employee_opens_no_old_account(
    client: Client, provider: Provider
) -> None:
    employee(provider, "SG-Handläggare")
    come_in(client, "directory")
    client.logout()
    employee(provider, "SG-Handläggare", sub="e2")
    answer = come_in(client, "directory")
    assert answer.context["why"] == "address"
    assert signed_in_as(client) is None
    assert [account.uid for account in SocialAccount.objects.all()] == ["e1"]


def test_a_group_cannot_give_what_a_seat_gives_or_what_does_not_exist(settings: Any) -> None:
    settings.OIDC_STAFF_GROUPS = {"A": ["chair"], "B": ["king", "head"]}
    found = [message for message in run_checks() if message.id == "samspel.E107"]
    assert [message.msg for message in found] == [
        "OIDC_STAFF_GROUPS gives what no group can give: chair, king."
    ]

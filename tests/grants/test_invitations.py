"""Inviting by mail: who accepts, links that do not work, accepting twice."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from grants.associations import invitations
from grants.associations.members import NotPossible, Role, Standing
from grants.models import Association, Invitation, Membership
from portal.people.models import Role as StaffRole
from portal.people.models import User
from tests.factories import PASSWORD, AssociationFactory, UserFactory, person_of, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def association() -> Association:
    return AssociationFactory.create()


@pytest.fixture
def manager(association: Association) -> User:
    return person_of(association)


def invite(association: Association, manager: User, **fields: object) -> str:
    """Invite through the page; returns the path of the link in the mail."""
    client = Client()
    client.force_login(manager)
    data = {"email": "ny@example.org", "roles": [Role.WRITER]} | fields
    response = client.post(reverse("grants:invite", args=[association.pk]), data)
    assert response.status_code == 302, response.context["form"].errors
    mail = Email.objects.filter(to="ny@example.org").latest("pk")
    found = re.search(r"https?://[^/\s]+(/inbjudan/\S+/)", mail.message)
    assert found is not None
    return found[1]


def test_who_has_an_account_accepts_and_acts_at_once(
    association: Association, manager: User, client: Client
) -> None:
    link = invite(association, manager)
    person = UserFactory.create(email="ny@example.org")
    client.force_login(person)

    page = client.get(link)
    response = client.post(link)

    assert association.name in page.content.decode()
    assert response["Location"] == reverse("grants:association", args=[association.pk])
    assert list(Membership.objects.current().held_by(person).values_list("role", flat=True)) == ["writer"]
    assert Invitation.objects.get().accepted_by == person


def test_who_has_none_creates_one_and_comes_back(
    association: Association, manager: User, client: Client
) -> None:
    link = invite(association, manager)

    page = client.get(link).content.decode()
    signup = f"{reverse('account_signup')}?next={link}"
    answer = client.post(signup, {"email": "ny@example.org", "password1": PASSWORD, "next": link})

    assert signup in page
    assert answer["Location"] == link
    assert client.post(link).status_code == 302
    assert Membership.objects.current().filter(user__email="ny@example.org").count() == 1


def test_accepting_twice_is_harmless(association: Association, manager: User, client: Client) -> None:
    link = invite(association, manager)
    client.force_login(UserFactory.create())

    first, second, again = client.post(link), client.post(link), client.get(link)

    assert first["Location"] == second["Location"] == again["Location"]
    assert Membership.objects.filter(association=association).exclude(user=manager).count() == 1


def test_a_link_works_for_one_person(association: Association, manager: User, client: Client) -> None:
    link = invite(association, manager)
    client.force_login(UserFactory.create())
    client.post(link)
    other = UserFactory.create()
    client.force_login(other)

    assert client.get(link).status_code == 410
    assert client.post(link).status_code == 422
    assert not Membership.objects.held_by(other).exists()


def test_an_expired_link_says_so_kindly(association: Association, manager: User, client: Client) -> None:
    link = invite(association, manager)
    person = UserFactory.create()
    with time_machine.travel(timezone.now() + timedelta(days=14, minutes=1)):
        client.force_login(person)
        page = client.get(link)
        assert page.status_code == 410
        assert association.name not in page.content.decode()
        assert client.post(link).status_code == 422
    assert not Membership.objects.held_by(person).exists()


def test_a_withdrawn_link_and_a_wrong_one_open_nothing(
    association: Association, manager: User, client: Client
) -> None:
    link = invite(association, manager)
    client.force_login(manager)
    withdraw = reverse("grants:withdraw-invitation", args=[association.pk, Invitation.objects.get().pk])

    assert client.post(withdraw).status_code == 302
    assert client.get(link).status_code == 410
    wrong = client.get(reverse("grants:invitation", args=["fel"]))
    assert wrong.status_code == 404
    assert wrong.context["invitation"] is None


def test_a_new_invitation_replaces_the_old(association: Association, manager: User, client: Client) -> None:
    old = invite(association, manager)
    new = invite(association, manager, roles=[Role.SIGNATORY])

    assert client.get(old).status_code == 410
    assert client.get(new).status_code == 200


def test_the_token_is_not_kept(association: Association, manager: User) -> None:
    token = invite(association, manager).split("/")[2]
    kept = Invitation.objects.get()

    assert token not in str(vars(kept))
    assert invitations.find(token) == kept


def test_staff_accept_nothing_with_their_staff_account(
    association: Association, manager: User, client: Client
) -> None:
    link = invite(association, manager)
    officer = staff(StaffRole.CASE_OFFICER)
    client.force_login(officer)

    assert client.get(link).status_code == 200
    assert client.post(link).status_code == 422
    assert not Membership.objects.held_by(officer).exists()


def test_a_mandate_needs_a_last_day_that_has_not_passed(
    association: Association, manager: User, client: Client
) -> None:
    client.force_login(manager)
    page = reverse("grants:invite", args=[association.pk])
    data = {"email": "byra@example.org", "roles": [Role.WRITER], "on_behalf_of": "Redovisningsbyrån"}
    yesterday = timezone.localdate() - timedelta(days=1)

    without = client.post(page, data)
    passed = client.post(page, {**data, "until": yesterday})
    managing = client.post(page, {**data, "roles": [Role.MANAGER], "until": timezone.localdate()})

    assert "until" in without.context["form"].errors
    assert "until" in passed.context["form"].errors
    assert "roles" in managing.context["form"].errors
    assert "byra@example.org" in without.content.decode()
    assert not Invitation.objects.exists()


def test_an_invitation_gives_what_it_says_and_takes_nothing(association: Association, manager: User) -> None:
    writer = person_of(association, Role.WRITER)
    until = timezone.localdate() + timedelta(days=30)
    token = invite(
        association, manager, roles=[Role.WRITER, Role.SIGNATORY], on_behalf_of="Byrån", until=until
    ).split("/")[2]
    found = invitations.find(token)
    assert found is not None

    invitations.accept(found, writer)

    rows = Membership.objects.current().held_by(writer).values_list("role", "valid_until", "on_behalf_of")
    assert set(rows) == {("writer", None, ""), ("signatory", until, "Byrån")}


def test_a_writer_invites_nobody(association: Association, client: Client) -> None:
    writer = person_of(association, Role.WRITER)
    client.force_login(writer)

    assert client.get(reverse("grants:invite", args=[association.pk])).status_code == 404
    writing = Standing(frozenset({Role.WRITER}))
    with pytest.raises(NotPossible):
        invitations.invite(association.pk, "x@example.org", writing, writer, site="http://x")

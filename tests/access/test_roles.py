"""Giving and ending roles: by administrators, never their own, and never what has to be kept apart."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.committee import seats
from portal.committee.models import SeatKind
from portal.people import roles, trail
from portal.people.models import AuditEvent, Role, RoleAssignment, User
from portal.people.roles import CannotChange
from tests.factories import AssociationFactory, CommitteeFactory, UserFactory, person_of, staff

pytestmark = [pytest.mark.django_db, pytest.mark.rule(11)]


@pytest.fixture
def administrator() -> User:
    return staff(Role.ADMINISTRATOR)


def today() -> date:
    return timezone.localdate()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def roles_of(user: User) -> frozenset[str]:
    return User.objects.get(pk=user.pk).roles


def test_an_administrator_gives_a_role_to_somebody_new(administrator: User) -> None:
    answer = signed_in(administrator).post(
        reverse("give-role"),
        {"email": "ny@example.org", "name": "Ny handläggare", "role": "case_officer", "first_day": today()},
    )
    assert answer.headers["Location"] == reverse("roles")
    person = User.objects.get(email="ny@example.org")
    assert person.roles == {Role.CASE_OFFICER}
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.ROLE_GIVEN)
    assert (event.actor, event.subject, event.detail) == (administrator, person, Role.CASE_OFFICER)


def test_a_role_ends_with_its_day_and_at_once_with_yesterday(administrator: User) -> None:
    officer = staff(Role.CASE_OFFICER)
    held = officer.role_assignments.get()
    url = reverse("end-role", args=[held.pk])
    signed_in(administrator).post(url, {"last_day": today()})
    assert roles_of(officer) == {Role.CASE_OFFICER}
    signed_in(administrator).post(url, {"last_day": today() - timedelta(days=1)})
    assert roles_of(officer) == frozenset()
    assert AuditEvent.objects.filter(kind=AuditEvent.Kind.ROLE_ENDED, subject=officer).count() == 2
    refused = signed_in(administrator).post(url, {"last_day": today()})
    assert refused.status_code == 422
    assert roles_of(officer) == frozenset()


def test_nobody_changes_their_own_roles(administrator: User) -> None:
    client = signed_in(administrator)
    own = administrator.role_assignments.get()
    asked = {"email": administrator.email.upper(), "name": "–", "role": "registrar", "first_day": today()}
    assert client.post(reverse("give-role"), asked).status_code == 422
    assert client.post(reverse("end-role", args=[own.pk]), {"last_day": today()}).status_code == 422
    assert list(RoleAssignment.objects.values_list("role", "valid_until")) == [("administrator", None)]


@pytest.mark.parametrize("role", sorted(roles.ELECTED))
def test_roles_that_follow_seats_are_not_given_or_ended_here(administrator: User, role: Role) -> None:
    with pytest.raises(CannotChange):
        roles.give("ny@example.org", "", role, today(), by=administrator)
    held = staff(role).role_assignments.get()
    with pytest.raises(CannotChange):
        roles.end(held.pk, today(), by=administrator)
    held.refresh_from_db()
    assert held.valid_until is None


def test_what_is_kept_apart_is_refused_both_ways_and_all_else_is_allowed() -> None:
    people = {role: staff(role) for role in Role}
    for held, asked in permutations(Role, 2):
        refused = roles.reason_against(people[held], asked, today(), None) != ""
        assert refused == (roles.kept_apart(held, asked) is not None), (held, asked)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Role.CHAIR, Role.CASE_OFFICER),
        (Role.MEMBER, Role.HEAD),
        (Role.FINANCE, Role.CASE_OFFICER),
        (Role.FINANCE, Role.HEAD),
        (Role.FINANCE, Role.SECRETARY),
        (Role.FINANCE, Role.CHAIR),
        (Role.AUDITOR, Role.FINANCE),
        (Role.DATA_PROTECTION_OFFICER, Role.ADMINISTRATOR),
        (Role.ADMINISTRATOR, Role.CASE_OFFICER),
    ],
)
def test_who_decides_pays_or_reviews_does_one_of_them(one: Role, other: Role) -> None:
    assert roles.kept_apart(one, other) is not None
    assert roles.kept_apart(other, one) == roles.kept_apart(one, other)


def test_what_is_kept_apart_may_follow_one_upon_the_other(administrator: User) -> None:
    person = staff(Role.CASE_OFFICER)
    roles.end(person.role_assignments.get().pk, today(), by=administrator)
    with pytest.raises(CannotChange):
        roles.give(person.email, "", Role.FINANCE, today(), by=administrator)
    roles.give(person.email, "", Role.FINANCE, today() + timedelta(days=1), by=administrator)
    assert roles_of(person) == {Role.CASE_OFFICER}


def test_who_acts_for_an_association_gets_no_role(administrator: User) -> None:
    person = person_of(AssociationFactory.create())
    with pytest.raises(CannotChange):
        roles.give(person.email, "", Role.CASE_OFFICER, today(), by=administrator)
    assert not person.role_assignments.exists()


def test_a_case_officer_gets_no_seat_and_a_seat_is_a_change_of_role_in_the_trail() -> None:
    secretary, officer = staff(Role.SECRETARY), staff(Role.CASE_OFFICER)
    committee = CommitteeFactory.create()
    facts = seats.SeatFacts(SeatKind.MEMBER, "A")
    with pytest.raises(seats.CannotSeat):
        seats.give_seat(committee, officer.email, "", facts, today(), by=secretary)
    seat = seats.give_seat(committee, "ledamot@example.org", "Ledamot", facts, today(), by=secretary)
    seats.end_seat(seat, today(), seen=seats.seat_mark(seat), by=secretary)
    changes = AuditEvent.objects.order_by("pk").values_list("kind", "actor", "subject", "detail")
    assert list(changes) == [
        ("role_given", secretary.pk, seat.user_id, "member"),
        ("role_ended", secretary.pk, seat.user_id, "member"),
    ]


def test_a_role_is_not_given_when_the_trail_cannot_be_written(
    administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(trail, "note", broken)
    with pytest.raises(DatabaseError):
        roles.give("ny@example.org", "", Role.REGISTRAR, today(), by=administrator)
    assert not User.objects.filter(email="ny@example.org").exists()


def test_the_list_takes_as_many_queries_for_thirty_as_for_one(
    administrator: User, django_assert_num_queries: object
) -> None:
    client = signed_in(administrator)
    client.get(reverse("roles"))
    with django_assert_num_queries(5):  # type: ignore[operator]
        client.get(reverse("roles"))
    for _number in range(30):
        staff(Role.CASE_OFFICER)
    with django_assert_num_queries(5):  # type: ignore[operator]
        page = client.get(reverse("roles")).content.decode()
    assert page.count("<tr>") == 32


def test_the_command_begins_an_installation_and_keeps_to_the_same_rules() -> None:
    call_command("staff", "admin@example.org", give=["administrator"])
    assert User.objects.get(email="admin@example.org").roles == {Role.ADMINISTRATOR}
    with pytest.raises(CommandError):
        call_command("staff", "admin@example.org", give=["case_officer"])
    assert AuditEvent.objects.get().actor is None


def test_a_person_without_the_role_gets_404_for_every_door(administrator: User) -> None:
    officer = staff(Role.CASE_OFFICER)
    held = administrator.role_assignments.get()
    client = signed_in(officer)
    asked = {"email": officer.email, "name": "–", "role": "administrator", "first_day": today()}
    assert client.post(reverse("give-role"), asked).status_code == 404
    assert client.post(reverse("end-role", args=[held.pk]), {"last_day": today()}).status_code == 404
    assert roles_of(officer) == {Role.CASE_OFFICER}
    assert UserFactory.create().roles == frozenset()

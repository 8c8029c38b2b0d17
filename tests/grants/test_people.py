"""Who acts for an association: roles, leaving, the last manager, mandates that end by themselves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from grants.associations import members
from grants.associations.members import NotPossible, Role, Standing
from grants.models import Application, Association, Invitation, Membership, may_sign
from grants.people_of import people_of
from portal.people.models import User
from tests.factories import ApplicationFactory, AssociationFactory, person_of, sent_application

pytestmark = pytest.mark.django_db


@pytest.fixture
def association() -> Association:
    return AssociationFactory.create()


def roles_of(person: User) -> set[str]:
    return set(Membership.objects.current().held_by(person).values_list("role", flat=True))


def test_who_leaves_opens_nothing_more_and_the_row_stays(association: Association, client: Client) -> None:
    draft = ApplicationFactory.create(association=association)
    leaving, _staying = draft.created_by, person_of(association)
    client.force_login(leaving)

    response = client.post(reverse("grants:end-access", args=[association.pk, leaving.pk]))

    assert response["Location"] == reverse("grants:associations")
    assert roles_of(leaving) == set()
    assert Membership.objects.held_by(leaving).exclude(ended_at=None).count() == 2
    assert not Association.objects.visible_to(leaving).exists()
    assert not Application.objects.visible_to(leaving).exists()
    assert not may_sign(leaving, association)
    assert leaving.pk not in people_of([association.pk])[association.pk]
    assert client.get(reverse("grants:application", args=[draft.pk])).status_code == 404


def test_who_is_removed_is_told_and_their_open_invitations_are_withdrawn(association: Association) -> None:
    manager, removed = person_of(association), person_of(association)
    Invitation.objects.create(
        association=association, email="vag@in.example.org", token_hash="x", roles=["manager"],
        invited_by=removed,
    )  # fmt: skip

    members.end_access(association.pk, removed.pk, manager)
    members.end_access(association.pk, removed.pk, manager)

    assert roles_of(removed) == set()
    assert Invitation.objects.get().withdrawn_at is not None
    assert Email.objects.get().to == [removed.email]


def test_only_managers_remove_others(association: Association, client: Client) -> None:
    manager, writer = person_of(association), person_of(association, Role.WRITER)
    client.force_login(writer)

    assert client.post(reverse("grants:end-access", args=[association.pk, manager.pk])).status_code == 404
    assert client.get(reverse("grants:person", args=[association.pk, manager.pk])).status_code == 404
    with pytest.raises(NotPossible):
        members.end_access(association.pk, manager.pk, writer)
    assert roles_of(manager) == {Role.MANAGER, Role.SIGNATORY}


def test_the_last_manager_stays(association: Association, client: Client) -> None:
    manager = person_of(association)
    person_of(association, Role.WRITER)
    client.force_login(manager)

    response = client.post(reverse("grants:end-access", args=[association.pk, manager.pk]))

    assert response.status_code == 422
    with pytest.raises(NotPossible):
        members.change(association.pk, manager.pk, Standing(frozenset({Role.SIGNATORY})), manager)
    assert roles_of(manager) == {Role.MANAGER, Role.SIGNATORY}


@pytest.mark.django_db(transaction=True)
def test_of_two_managers_who_leave_at_the_same_moment_one_stays() -> None:
    association = AssociationFactory.create()
    both = [person_of(association, Role.MANAGER) for _n in range(2)]
    start = Barrier(2)

    def leave(person: Any) -> bool:
        try:
            start.wait(timeout=10)
            members.end_access(association.pk, person.pk, person)
        except NotPossible:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as people:
        left = list(people.map(leave, both))

    assert sorted(left) == [False, True]
    assert Membership.objects.current().filter(role=Role.MANAGER).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_managers_who_remove_each_other_at_the_same_moment_one_stays() -> None:
    association = AssociationFactory.create()
    first, second = (person_of(association, Role.MANAGER) for _n in range(2))
    start = Barrier(2)

    def remove(pair: tuple[Any, Any]) -> bool:
        try:
            start.wait(timeout=10)
            members.end_access(association.pk, pair[1].pk, pair[0])
        except NotPossible:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as people:
        removed = list(people.map(remove, [(first, second), (second, first)]))

    assert sorted(removed) == [False, True]
    assert Membership.objects.current().filter(role=Role.MANAGER).count() == 1


def test_a_manager_changes_somebodys_roles(association: Association, client: Client) -> None:
    client.force_login(person_of(association))
    writer = person_of(association, Role.WRITER)
    today = timezone.localdate()

    response = client.post(
        reverse("grants:person", args=[association.pk, writer.pk]),
        {"roles": [Role.SIGNATORY], "signs_from": today, "signs_until": today + timedelta(days=30)},
    )

    assert response["Location"] == reverse("grants:people", args=[association.pk])
    assert roles_of(writer) == {Role.SIGNATORY}
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert not may_sign(writer, association)
        assert not Association.objects.visible_to(writer).exists()


@pytest.mark.rule(11)
def test_nobody_gives_themselves_more(association: Association, client: Client) -> None:
    manager = person_of(association, Role.MANAGER)
    client.force_login(manager)
    page = reverse("grants:person", args=[association.pk, manager.pk])

    response = client.post(page, {"roles": [Role.MANAGER, Role.SIGNATORY]})

    assert response.status_code == 422
    assert response.context["form"].non_field_errors()
    assert roles_of(manager) == {Role.MANAGER}


def test_a_mandate_ends_by_itself_at_the_end_of_its_last_day(association: Association) -> None:
    manager, agent = person_of(association), person_of(association, Role.WRITER)
    last_day = timezone.localdate() + timedelta(days=10)
    members.change(
        association.pk,
        agent.pk,
        Standing(frozenset({Role.WRITER}), on_behalf_of="Redovisningsbyrån", until=last_day),
        manager,
    )
    midnight = timezone.make_aware(datetime.combine(last_day, time.min))

    with time_machine.travel(midnight + timedelta(hours=23, minutes=59)):
        assert Association.objects.visible_to(agent).get() == association
        assert not may_sign(agent, association)
    with time_machine.travel(midnight + timedelta(days=1, minutes=1)):
        assert not Association.objects.visible_to(agent).exists()


def test_a_mandate_signs_only_when_it_says_so(association: Association) -> None:
    manager, agent = person_of(association), person_of(association, Role.WRITER)
    until = timezone.localdate() + timedelta(days=10)
    mandate = Standing(frozenset({Role.SIGNATORY}), on_behalf_of="Paraplyet", until=until)

    assert not may_sign(agent, association)
    members.change(association.pk, agent.pk, mandate, manager)
    assert may_sign(agent, association)
    with pytest.raises(NotPossible):
        members.change(
            association.pk, agent.pk,
            Standing(frozenset({Role.MANAGER}), on_behalf_of="Paraplyet", until=until), manager,
        )  # fmt: skip


@pytest.mark.parametrize(
    "fields",
    [
        {"role": "writer", "on_behalf_of": "Paraplyet"},
        {"role": "manager", "valid_until": "2030-01-01"},
        {"role": "manager", "valid_until": "2030-01-01", "on_behalf_of": "Paraplyet"},
        {"role": "signatory", "valid_from": "2030-01-02", "valid_until": "2030-01-01"},
        {"role": "chief"},
    ],
    ids=["mandate without end", "manager with end", "manager by mandate", "wrong order", "unknown role"],
)
def test_the_database_keeps_roles_sound(association: Association, fields: dict[str, Any]) -> None:
    person = person_of(AssociationFactory.create())
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(association=association, user=person, **fields)


def test_a_person_chooses_for_which_association_they_act(client: Client) -> None:
    first = sent_application()
    person = first.created_by
    second = sent_application(call=first.call)
    for role in (Role.MANAGER, Role.WRITER):
        Membership.objects.create(association=second.association, user=person, role=role)
    client.force_login(person)
    choose, listed = reverse("grants:choose-association"), reverse("grants:applications")

    def rows() -> set[int]:
        return {application.pk for application, _status in client.get(listed).context["rows"]}

    assert rows() == {first.pk, second.pk}
    client.post(choose, {"association": second.association_id})
    page = client.get("/")
    assert rows() == {second.pk}
    own = next(part for part in page.context["parts"] if part.template == "grants/front_page_own.html")
    assert [row for row, _status in own.context["under_way"]] == [second]
    assert page.context["acting_for"] == second.association.name
    assert client.get(reverse("grants:application", args=[first.pk])).status_code == 200
    client.post(choose, {"association": ""})
    assert rows() == {first.pk, second.pk}


def test_choosing_never_opens_anything(client: Client) -> None:
    own, other = sent_application(), sent_application()
    client.force_login(own.created_by)
    choose = reverse("grants:choose-association")

    assert client.post(choose, {"association": other.association_id}).status_code == 404
    client.post(choose, {"association": own.association_id})
    Membership.objects.held_by(own.created_by).update(ended_at=timezone.now())

    assert client.get("/").status_code == 200
    page = client.get(reverse("grants:applications"))
    assert page.context["rows"] == []
    assert client.get("/").context["acting_for"] == ""


def test_the_page_of_people_hides_invitations_and_controls_from_writers(
    association: Association, client: Client
) -> None:
    manager, writer = person_of(association), person_of(association, Role.WRITER)
    Invitation.objects.create(
        association=association, email="ny@fyren.example.org", token_hash="x", roles=["writer"],
        invited_by=manager,
    )  # fmt: skip
    page = reverse("grants:people", args=[association.pk])

    client.force_login(writer)
    as_writer = client.get(page).content.decode()
    client.force_login(manager)
    as_manager = client.get(page).content.decode()

    change = f'"{reverse("grants:person", args=[association.pk, writer.pk])}"'
    assert ("ny@fyren.example.org" in as_writer, change in as_writer) == (False, False)
    assert ("ny@fyren.example.org" in as_manager, change in as_manager) == (True, True)

"""Registering an association and beginning an application."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from grants.associations.registration import AlreadyRegistered, register_association
from grants.models import Application, Association, Membership
from portal.people.models import Role
from tests.factories import AssociationFactory, CallFactory, UserFactory, person_of, staff

pytestmark = pytest.mark.django_db

REGISTER = "/foreningar/ny/"
FIELDS = {
    "organisation_number": "16802002-8711",
    "name": "Öppna Dörren",
    "legal_form": "ideell_forening",
    "email": "kontakt@dorren.example.org",
    "street": "Storgatan 1",
    "postcode": "25220",
    "city": "Helsingborg",
}


def test_who_registers_manages_and_signs(client: Client) -> None:
    person = UserFactory.create()
    client.force_login(person)

    response = client.post(REGISTER, FIELDS)

    association = Association.objects.get()
    assert response.status_code == 302
    assert (association.organisation_number, association.postcode) == ("8020028711", "252 20")
    assert set(Membership.objects.values_list("user", "role")) == {
        (person.pk, "manager"),
        (person.pk, "signatory"),
    }


def test_who_came_from_a_call_goes_back_to_it(client: Client) -> None:
    call = CallFactory.create()
    client.force_login(UserFactory.create())

    asked = client.get(reverse("grants:start", args=[call.pk]))
    response = client.post(asked["Location"], FIELDS)

    assert asked["Location"] == f"{REGISTER}?omgang={call.pk}"
    assert response["Location"] == reverse("grants:start", args=[call.pk])


def test_a_wrong_number_says_why_and_keeps_what_was_typed(client: Client) -> None:
    client.force_login(UserFactory.create())

    response = client.post(REGISTER, {**FIELDS, "organisation_number": "811218-9876"})

    assert response.status_code == 422
    assert "organisation_number" in response.context["form"].errors
    assert "Öppna Dörren" in response.content.decode()
    assert not Association.objects.exists()


def test_an_association_is_registered_once_and_nobody_learns_who_has_it(client: Client) -> None:
    association = AssociationFactory.create(organisation_number="8020028711", name="Redan Här")
    manager = person_of(association)
    client.force_login(UserFactory.create())

    response = client.post(REGISTER, FIELDS)

    page = response.content.decode()
    assert response.status_code == 422
    assert response.context["form"].has_error("organisation_number", "already_registered")
    assert manager.email not in page
    assert "Redan Här" not in page
    assert Association.objects.count() == 1


def test_of_two_who_register_at_once_one_is_told() -> None:
    AssociationFactory.create(organisation_number="8020028711")

    with pytest.raises(AlreadyRegistered):
        register_association(AssociationFactory.build(organisation_number="8020028711"), UserFactory.create())
    assert Membership.objects.count() == 0


def test_starting_twice_gives_one_draft(client: Client) -> None:
    call = CallFactory.create()
    association = AssociationFactory.create()
    client.force_login(person_of(association))
    start = reverse("grants:start", args=[call.pk])

    first = client.post(start, {"association": association.pk})
    second = client.post(start, {"association": association.pk})

    assert Application.objects.count() == 1
    assert (
        first["Location"]
        == second["Location"]
        == reverse("grants:application", args=[Application.objects.get().pk])
    )


def test_nobody_starts_for_another_association(client: Client) -> None:
    call = CallFactory.create()
    other = AssociationFactory.create()
    client.force_login(person_of(AssociationFactory.create()))

    response = client.post(reverse("grants:start", args=[call.pk]), {"association": other.pk})

    assert response.status_code == 422
    assert not Application.objects.exists()


@pytest.mark.parametrize("days", [(-20, -1), (1, 20)])
def test_nothing_starts_outside_the_window(client: Client, days: tuple[int, int]) -> None:
    opens, closes = (timezone.now() + timedelta(days=day) for day in days)
    call = CallFactory.create(opens_at=opens, closes_at=closes)
    association = AssociationFactory.create()
    client.force_login(person_of(association))

    response = client.post(reverse("grants:start", args=[call.pk]), {"association": association.pk})

    assert response["Location"] == reverse("grants:call", args=[call.pk])
    assert not Application.objects.exists()


def test_staff_apply_for_nothing(client: Client) -> None:
    client.force_login(staff(Role.CASE_OFFICER))

    assert client.get(REGISTER).status_code == 404
    assert client.get("/ansokningar/").status_code == 404


def test_all_questions_are_read_before_signing_in(client: Client) -> None:
    call = CallFactory.create()

    page = client.get(reverse("grants:call", args=[call.pk])).content.decode()

    assert all(question.label_sv in page for question in call.questions.all())
    assert reverse("grants:start", args=[call.pk]) in page


def test_an_unpublished_call_is_nobodys_but_the_officers(client: Client) -> None:
    call = CallFactory.create(published=False)

    assert client.get(reverse("grants:call", args=[call.pk])).status_code == 404
    client.force_login(staff(Role.CASE_OFFICER))
    assert client.get(reverse("grants:call", args=[call.pk])).status_code == 200

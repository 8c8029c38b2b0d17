"""Who handles an application: taken, given, given back, in bulk, and never by whom must not."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from assessments import assigning
from grants.models import Application, Membership
from portal.people.models import Role
from portal.registry.models import ConflictOfInterest, Event, declare
from tests.assessments.building import many_received, officer, opened_by, signed_in
from tests.factories import ApplicationFactory, complete, sent_application, staff

pytestmark = pytest.mark.django_db


def post(client: Client, *applications: Application, **fields: Any) -> Any:
    data = {"application": [application.pk for application in applications]} | fields
    return client.post(reverse("assessments:assign"), data, follow=True)


def test_an_officer_takes_an_application_and_the_case_tells_so() -> None:
    person = officer(display_name="Handläggare 1")
    application = opened_by(person)
    post(signed_in(person), application, take="1", officer="", back="case")
    application.refresh_from_db()
    assert application.officer == person
    event = Event.objects.get(kind=Event.Kind.ASSIGNED)
    assert (event.case, event.detail, event.actor) == (application.case, "Handläggare 1", person)


def test_given_to_a_colleague_and_given_back() -> None:
    person, colleague = officer(), officer()
    application = sent_application()
    post(signed_in(person), application, officer=colleague.pk)
    application.refresh_from_db()
    assert application.officer == colleague
    post(signed_in(person), application, officer="0")
    application.refresh_from_db()
    assert application.officer is None
    kinds = set(application.received_case.events.values_list("kind", flat=True))
    assert kinds >= {Event.Kind.ASSIGNED, Event.Kind.UNASSIGNED}


def test_assigning_the_same_again_tells_nothing() -> None:
    person = officer()
    application = sent_application()
    assigning.assign([application.pk], person, person)
    outcome = assigning.assign([application.pk], person, person)
    assert (outcome.changed, outcome.refused) == ([], [])
    assert Event.objects.filter(kind=Event.Kind.ASSIGNED).count() == 1


@pytest.mark.rule(11)
def test_an_officer_with_a_conflict_of_interest_is_not_assigned() -> None:
    person, conflicted = officer(), officer(display_name="Jävig")
    application, other = sent_application(), sent_application()
    declare(application.received_case, conflicted, has_conflict=True)
    page = post(signed_in(person), application, other, officer=conflicted.pk)
    application.refresh_from_db()
    other.refresh_from_db()
    assert (application.officer, other.officer) == (None, conflicted)
    assert application.received_case.registry_number in page.content.decode()


def test_an_officer_who_acts_for_the_association_is_not_assigned() -> None:
    person, member = officer(), officer()
    application = sent_application()
    Membership.objects.create(association=application.association, user=member, role="writer")
    outcome = assigning.assign([application.pk], member, person)
    assert (outcome.changed, outcome.refused) == ([], [application])


def test_who_declares_a_conflict_gives_the_case_back() -> None:
    person = officer()
    application = sent_application()
    assigning.assign([application.pk], person, person)
    declare(application.received_case, person, has_conflict=True)
    application.refresh_from_db()
    assert application.officer is None
    assert application.received_case.events.filter(kind=Event.Kind.UNASSIGNED).count() == 1


@pytest.mark.rule(8)
def test_nobody_assigns_a_draft_or_a_case_hidden_from_them() -> None:
    person, colleague = officer(), officer()
    draft = complete(ApplicationFactory.create())
    hidden = sent_application()
    declare(hidden.received_case, person, has_conflict=True)
    post(signed_in(person), draft, hidden, officer=colleague.pk)
    assert not Application.objects.exclude(officer=None).exists()


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.CHAIR, Role.MEMBER])
def test_only_case_officers_can_be_assigned(role: Role) -> None:
    person, other = officer(), staff(role)
    application = sent_application()
    page = post(signed_in(person), application, officer=other.pk)
    application.refresh_from_db()
    assert application.officer is None
    assert page.status_code == 200


def test_assigning_hides_nothing_from_colleagues() -> None:
    person, colleague = officer(), officer()
    application = sent_application()
    assigning.assign([application.pk], person, person)
    assert list(Application.objects.visible_to(colleague)) == [application]


def test_the_list_comes_back_as_it_was_narrowed_and_nowhere_else() -> None:
    person = officer()
    application = sent_application()
    answer = signed_in(person).post(
        reverse("assessments:assign"),
        {"application": application.pk, "officer": person.pk, "address": "view=unassigned&q=h%C3%A4st"},
    )
    assert answer.headers["Location"] == f"{reverse('assessments:queue')}?view=unassigned&q=h%C3%A4st"


@pytest.mark.parametrize("number", [1, 50])
def test_as_many_queries_for_fifty_as_for_one(number: int, django_assert_num_queries: Any) -> None:
    many_received(number)
    person = officer()
    ids = list(Application.objects.values_list("pk", flat=True))
    # The transaction's two, who asks, the applications, three that bar, the update and the events.
    with django_assert_num_queries(9):
        assert len(assigning.assign(ids, person, person).changed) == number
    assert not ConflictOfInterest.objects.exists()

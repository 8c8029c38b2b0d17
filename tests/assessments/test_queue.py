"""The officers' queue: what is in it, for whom, how it is narrowed, and what it costs."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from grants.models import Application, GrantType
from grants.states import State
from portal.people.models import Role, User
from portal.registry.models import declare
from tests.assessments.building import many_received, officer
from tests.factories import (
    ApplicationFactory,
    AssociationFactory,
    CallFactory,
    complete,
    person_of,
    sent_application,
    staff,
)

pytestmark = pytest.mark.django_db


def page(client: Client, person: User, **query: Any) -> Any:
    client.force_login(person)
    return client.get(reverse("assessments:queue"), query)


def names(response: Any) -> list[str]:
    assert response.status_code == 200
    return [row["association__name"] for row in response.context["rows"]]


def test_a_row_says_who_what_and_how_much(client: Client) -> None:
    application = sent_application()
    [row] = page(client, officer()).context["rows"]
    assert row["association__name"] == application.association.name
    assert row["case__registry_number"] == application.received_case.registry_number
    assert (row["title"], row["sought"], row["tag"].text) == (
        "Öppen mötesplats",
        100_000,
        State.SUBMITTED.label,
    )
    assert f'href="{application.pk}/"' in page(client, officer()).content.decode()


def test_the_first_years_sum_is_shown(client: Client) -> None:
    application = sent_application()
    assert application.applied is not None
    application.applied.set_amounts({2028: 7, 2027: 5, 2029: 9})
    [row] = page(client, officer()).context["rows"]
    assert row["sought"] == 5


def test_newest_first_and_25_a_page(client: Client) -> None:
    many_received(30)
    newest = sent_application(association=AssociationFactory.create(name="Nyast"))
    person = officer()
    first, second = page(client, person), page(client, person, page=2)
    assert names(first)[0] == newest.association.name
    assert (len(names(first)), len(names(second))) == (25, 6)
    assert first.context["page_obj"].paginator.count == 31
    received = [row["submitted_at"] for response in (first, second) for row in response.context["rows"]]
    assert received == sorted(received, reverse=True)


def test_drafts_are_never_listed_counted_or_found(client: Client) -> None:
    association = AssociationFactory.create(name="Hemliga utkastet")
    sent_application(association=association, created_by=person_of(association))
    complete(ApplicationFactory.create(association=AssociationFactory.create(name="Hemliga utkastet 2")))
    person = officer()
    assert names(page(client, person)) == ["Hemliga utkastet"]
    for query in ({"q": "Hemliga"}, {"state": "draft"}, {"state": "", "call": ""}):
        response = page(client, person, **query)
        assert names(response) == ["Hemliga utkastet"]
        assert response.context["page_obj"].paginator.count == 1
    assert "draft" not in dict(response.context["selects"][1]["choices"])


@pytest.mark.rule(8)
def test_a_conflict_of_interest_takes_the_case_out_of_rows_count_and_search(client: Client) -> None:
    hidden = sent_application(association=AssociationFactory.create(name="Jävsföreningen"))
    shown = sent_application(association=AssociationFactory.create(name="Andra föreningen"))
    person, colleague = officer(), officer()
    declare(hidden.received_case, person, has_conflict=True)
    response = page(client, person)
    assert names(response) == [shown.association.name]
    assert response.context["page_obj"].paginator.count == 1
    assert "Jävsföreningen" not in response.content.decode()
    for found in ("jävs", hidden.received_case.registry_number):
        assert names(page(client, person, q=found)) == []
    assert len(names(page(client, colleague))) == 2


@pytest.mark.parametrize("role", [Role.SECRETARY, Role.CHAIR, Role.MEMBER])
def test_only_case_officers_have_a_queue(client: Client, role: Role) -> None:
    assert page(client, staff(role)).status_code == 404


def test_an_applicant_has_no_queue(client: Client) -> None:
    assert page(client, sent_application().created_by).status_code == 404


def test_found_by_name_whatever_its_case_and_by_registry_number(client: Client) -> None:
    person = officer()
    doors = sent_application(association=AssociationFactory.create(name="Öppna Dörren"))
    sent_application(association=AssociationFactory.create(name="Klubbhuset Hamnen"))
    number = doors.received_case.registry_number
    for text in ("öppna", "ÖPPNA", "Öppna", number, number[:5]):
        assert names(page(client, person, q=text)) == ["Öppna Dörren"]
    assert names(page(client, person, q="finns inte")) == []


def test_narrowed_by_call_and_state(client: Client) -> None:
    development = CallFactory.create(
        grant_type=GrantType.UTVECKLINGSBIDRAG, closes_at=None, title="Utveckling"
    )
    one = sent_application(call=development)
    two = sent_application()
    Application.objects.filter(pk=two.pk).update(state=State.ASSESSED)
    person = officer()
    assert names(page(client, person, call=development.pk)) == [one.association.name]
    assert names(page(client, person, state="assessed")) == [two.association.name]
    assert names(page(client, person, call=development.pk, state="assessed")) == []


def test_what_was_chosen_follows_to_the_next_page(client: Client) -> None:
    call = many_received(30)
    response = page(client, officer(), call=call.pk, q="Förening")
    assert f"call={call.pk}&amp;q=F%C3%B6rening&amp;page=2" in response.content.decode()


def test_nonsense_in_the_address_is_no_error(client: Client) -> None:
    sent_application()
    person = officer()
    for query in ({"call": "x"}, {"page": "x"}, {"page": "-1"}, {"state": "'"}, {"call": "999999999999"}):
        assert len(names(page(client, person, **query))) == 1


@pytest.mark.parametrize("rows", [1, 10, 200])
def test_seven_queries_however_many_rows(client: Client, rows: int, django_assert_num_queries: Any) -> None:
    many_received(rows)
    CallFactory.create(title="En omgång till")
    person = officer()
    client.force_login(person)
    client.get(reverse("assessments:queue"))
    # The person, their roles, the officers and calls to choose from, the worklists' numbers, the count, the
    # rows with all that stands beside them; the session is cached.
    with django_assert_num_queries(7):
        client.get(reverse("assessments:queue"))


def test_the_page_does_not_grow_with_the_number_of_applications(client: Client) -> None:
    person = officer()
    call = many_received(100)
    small = len(page(client, person).content)
    many_received(900, call)
    assert len(page(client, person).content) == pytest.approx(small, rel=0.02)


def test_an_archive_is_counted_and_turned_only_so_far(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assessments.views.queue.MOST_ROWS", 50)
    person = officer()
    call = many_received(50)
    assert page(client, person).context["page_obj"].paginator.has_older is False
    many_received(3, call)
    paginator = page(client, person).context["page_obj"].paginator
    assert (paginator.count, paginator.num_pages, paginator.has_older) == (50, 2, True)

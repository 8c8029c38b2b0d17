"""The registry entry: public and protected title, what they reveal, and their history."""

from __future__ import annotations

from typing import Any

import pytest

from assessments.registry_entry import revealed
from grants.models import Application
from portal.people.models import Role, User
from portal.registry.models import EarlierTitle, Event
from tests.assessments.building import address, officer, opened_by, signed_in
from tests.factories import AssociationFactory, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return officer()


@pytest.fixture
def application(person: User) -> Application:
    return opened_by(person)


def post(person: User, application: Application, **fields: str) -> Any:
    client = signed_in(person)
    seen = client.get(address("registry-entry", application)).context["form"]["seen"].value()
    return client.post(address("registry-entry", application), {"seen": seen} | fields)


def test_titles_change_with_history_and_an_event_that_tells_only_the_public_one(
    person: User, application: Application
) -> None:
    case = application.received_case
    before = case.public_title
    answer = post(person, application, public_title="Ansökan från en jour", protected_title="Jouren Solros")
    assert answer.status_code == 302
    case.refresh_from_db()
    assert (case.public_title, case.protected_title) == ("Ansökan från en jour", "Jouren Solros")
    earlier = EarlierTitle.objects.get()
    assert (earlier.public_title, earlier.changed_by) == (before, person)
    event = Event.objects.get(kind=Event.Kind.TITLE_CHANGED)
    assert event.detail == "Ansökan från en jour"
    assert "Solros" not in event.detail


def test_a_public_title_with_protected_words_needs_a_tick(person: User, application: Application) -> None:
    fields = {"public_title": "Ansökan från Jouren Solros", "protected_title": "Jouren Solros, Storgatan 3"}
    answer = post(person, application, **fields)
    assert answer.status_code == 422
    assert "jouren, solros" in answer.content.decode()
    assert not EarlierTitle.objects.exists()
    assert post(person, application, **fields, confirmed="on").status_code == 302


def test_what_reveals() -> None:
    open_address = AssociationFactory.build(street="Storgatan 1", protected_address=False)
    secret_address = AssociationFactory.build(street="Lilla Storgatan 1", protected_address=True)
    assert revealed("Ansökan om verksamhetsbidrag", "Ansökan om verksamhetsbidrag, NN", open_address) == []
    assert revealed("Ansökan från Solros", "Solros", open_address) == ["solros"]
    assert revealed("Ansökan, Storgatan 1", "", open_address) == []
    assert revealed("Ansökan, Storgatan 1", "", secret_address) == ["storgatan"]


def test_a_personal_number_needs_a_tick(person: User, application: Application) -> None:
    assert post(person, application, public_title="Ansökan 19640823-3234").status_code == 422


def test_two_who_change_it_are_told(person: User, application: Application) -> None:
    colleague = officer()
    case = application.received_case
    client = signed_in(person)
    seen = client.get(address("registry-entry", application)).context["form"]["seen"].value()
    case.rename(public_title="Kollegans", protected_title="", seen=(case.public_title, ""), by=colleague)
    answer = client.post(address("registry-entry", application), {"seen": seen, "public_title": "Min titel"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Kollegans" in page
    assert "Min titel" in page
    again = answer.context["form"]["seen"].value()
    client.post(address("registry-entry", application), {"seen": again, "public_title": "Min titel"})
    case.refresh_from_db()
    assert case.public_title == "Min titel"
    assert EarlierTitle.objects.count() == 2


def test_saving_the_same_again_tells_nothing(person: User, application: Application) -> None:
    title = application.received_case.public_title
    assert post(person, application, public_title=title, confirmed="on").status_code == 302
    assert not EarlierTitle.objects.exists()


def test_the_case_page_marks_what_is_protected(person: User, application: Application) -> None:
    post(person, application, public_title="Ansökan", protected_title="Hemligt namn")
    page = signed_in(person).get(address("application", application)).content.decode()
    assert "Hemligt namn" in page
    assert 'data-color="danger"' in page


def test_an_earlier_title_is_never_changed_and_seen_by_the_administration(
    person: User, application: Application
) -> None:
    post(person, application, public_title="Ansökan", protected_title="Hemligt namn")
    earlier = EarlierTitle.objects.get()
    with pytest.raises(TypeError):
        earlier.save()
    assert list(EarlierTitle.objects.visible_to(staff(Role.SECRETARY))) == [earlier]
    for other in (staff(Role.CHAIR), staff(Role.MEMBER), application.created_by):
        assert not EarlierTitle.objects.visible_to(other).exists()

"""Hints of duplicates and double funding: what gives one, what does not, and whose cases they tell of."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory
from django.utils import translation

from assessments import case_file, hints
from assessments.views.impartial import received
from grants.applying.submission import submit
from grants.models import Answer, Application, Association, TermsStage
from grants.received.likeness import likeness, may_be_alike, nearly_equal
from grants.states import State
from portal.people.models import User
from portal.registry.models import declare
from tests.assessments.building import address, officer, opened_by, signed_in
from tests.factories import ApplicationFactory, AssociationFactory, CallFactory, complete, sent_application

pytestmark = pytest.mark.django_db

NEED = (
    "Många unga i norra delen av staden står utan någonstans att gå på kvällarna. Det visar stadens egen "
    "undersökning och det ser vi själva varje vecka när vi möter dem på torget och vid stationen."
)


def texts(application: Application, person: User) -> list[str]:
    request: Any = RequestFactory().get("/")
    request.user = person
    read = received(request, application.pk)
    file = case_file.read(read, person)
    return [hint.text for hint in [*hints.own(read, file.history), *hints.compared(read, person)]]


def in_english(application: Application, person: User) -> list[str]:
    with translation.override("en"):
        return texts(application, person)


def sent_with_need(need: str, **fields: Any) -> Application:
    draft = complete(ApplicationFactory.create(**fields))
    Answer.objects.filter(application=draft, key="need").update(value=need)
    return submit(draft.pk, draft.created_by)


def test_two_open_applications_for_the_same_year_give_a_hint_with_a_link() -> None:
    person = officer()
    association = AssociationFactory.create()
    one = opened_by(person, association=association)
    two = sent_application(association=association)
    assert any("2027" in text for text in texts(one, person))
    page = signed_in(person).get(address("application", one)).content.decode()
    assert address("application", two) in page


def test_other_years_and_refused_applications_give_none() -> None:
    person = officer()
    association = AssociationFactory.create()
    one = opened_by(person, association=association)
    later = sent_application(association=association)
    assert later.applied is not None
    later.applied.set_amounts({2030: 5})
    refused = sent_application(association=association)
    Application.objects.filter(pk=refused.pk).update(state=State.DECIDED)
    refused.terms.create(stage=TermsStage.DECIDED, grant_type=refused.call.grant_type)
    assert not any("2027" in text for text in texts(one, person))


def test_nearly_the_same_need_is_told_of_another_association_only() -> None:
    person = officer()
    own = sent_with_need(NEED)
    declare(own.received_case, person, has_conflict=False)
    copied = sent_with_need(
        NEED.replace("kvällarna", "helgerna"), association=AssociationFactory.create(name="Kopian")
    )
    sent_with_need("Helt andra ord om äldre som är ensamma och vill dricka kaffe tillsammans med andra.")
    sent_with_need(NEED, association=own.association)
    [text] = [text for text in texts(own, person) if "Kopian" in text]
    declare(copied.received_case, person, has_conflict=True)
    assert text not in texts(own, person)


def test_the_same_contacts_are_told_of_associations_with_a_visible_case() -> None:
    person = officer()
    own = opened_by(person, association=AssociationFactory.create(email="Delad@example.org", phone="042-1"))
    other = sent_application(association=AssociationFactory.create(name="Grannen", email="delad@example.org"))
    AssociationFactory.create(name="Bara utkast", email="delad@example.org")
    found = texts(own, person)
    assert len([text for text in found if "Grannen" in text]) == 1
    assert not any("Bara utkast" in text for text in found)
    declare(other.received_case, person, has_conflict=True)
    assert not any("Grannen" in text for text in texts(own, person))


def test_an_empty_telephone_is_shared_by_nobody() -> None:
    person = officer()
    own = opened_by(person)
    sent_application()
    assert Association.objects.filter(phone="").count() >= 2
    assert not any("same telephone" in text for text in in_english(own, person))


def test_other_committees_named_in_an_answer_are_told() -> None:
    person = officer()
    own = opened_by(person)
    Answer.objects.update_or_create(
        application=own,
        key="other_funding",
        defaults={
            "value": "Vi har sökt hos kulturnämnden och vård- och omsorgsnämnden, och av socialnämnden."
        },
    )
    [text] = [text for text in texts(own, person) if "nämnden" in text]
    assert "kulturnämnden, vård- och omsorgsnämnden" in text


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Socialnämnden har gett oss medel.", []),
        ("Nämndens bidrag räcker inte.", []),
        (
            "Sökt hos Kulturnämnden, idrotts- och fritidsnämnden.",
            ["Kulturnämnden", "idrotts- och fritidsnämnden"],
        ),
        ("Vi har inte sökt.", []),
    ],
)
def test_which_committees_a_text_names(text: str, named: list[str]) -> None:
    assert hints.other_committees(text, "Socialnämnden") == named


def test_likeness_tells_near_from_far() -> None:
    near = likeness(NEED.replace("kvällarna", "helgerna"))
    far = likeness("Något helt annat som handlar om båtar, segling och vinterförvaring av master i hamnen.")
    assert may_be_alike(likeness(NEED), near)
    assert not may_be_alike(likeness(NEED), far)
    assert not may_be_alike(0, 0)
    assert nearly_equal(NEED, NEED.upper())
    assert not nearly_equal(NEED, "")


def test_the_money_of_each_year_is_shown() -> None:
    person = officer()
    association = AssociationFactory.create()
    one = opened_by(person, association=association)
    two = sent_application(association=association, call=CallFactory.create(first_year=2028))
    decided = two.terms.create(stage=TermsStage.DECIDED, grant_type=two.call.grant_type)
    decided.set_amounts({2028: 60_000})
    years = signed_in(person).get(address("application", one)).context["years"]
    assert [(row.year, row.applied, row.proposed, row.decided) for row in years] == [
        (2028, 100_000, None, 60_000),
        (2027, 100_000, None, None),
    ]
    declare(two.received_case, person, has_conflict=True)
    years = signed_in(person).get(address("application", one)).context["years"]
    assert [row.year for row in years] == [2027]

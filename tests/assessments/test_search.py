"""Search over what was sent: what it finds by, in which order, and what it never tells."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from grants.models import Answer, Application, SearchText, TargetGroup
from grants.received import searching
from portal.people.models import User
from portal.registry.models import declare
from tests.assessments.building import officer, opened_by
from tests.factories import ApplicationFactory, AssociationFactory, complete, person_of, sent_application

pytestmark = pytest.mark.django_db


def found(client: Client, person: User, text: str, **query: Any) -> list[str]:
    client.force_login(person)
    page = client.get(reverse("assessments:queue"), {"q": text} | query)
    assert page.status_code == 200
    return [row["association__name"] for row in page.context["rows"]]


def sent_with(name: str, **answers: Any) -> Application:
    association = AssociationFactory.create(name=name)
    draft = complete(ApplicationFactory.create(association=association))
    for key, value in answers.items():
        Answer.objects.update_or_create(application=draft, key=key, defaults={"value": value})
    from grants.applying.submission import submit

    return submit(draft.pk, draft.created_by)


def test_found_by_name_title_numbers_and_answers(client: Client) -> None:
    person = officer()
    application = sent_with("Klubbhuset Hamnen", need="Många seglare saknar gemenskap på vintern.")
    sent_with("Öppna Dörren")
    number = application.association.organisation_number
    assert number is not None
    for text in (
        "hamnen",
        "klubb",
        "seglare vinter",
        number,
        f"{number[:6]}-{number[6:]}",
        application.received_case.registry_number,
    ):
        assert found(client, person, text) == ["Klubbhuset Hamnen"], text


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Vi driver två föreningar.", "förening"),
        ("Föreningen finns.", "FÖRENINGAR"),
        ("Ungdomarna träffas.", "ungdomar"),
        ("Barnens rätt.", "barn"),
        ("Unga/vuxna möts här.", "vuxna"),
    ],
)
def test_words_are_found_in_other_forms(client: Client, written: str, asked: str) -> None:
    sent_with("Rätt", purpose=written)
    assert found(client, officer(), asked) == ["Rätt"]


def test_every_word_must_be_there(client: Client) -> None:
    person = officer()
    sent_with("Ena", purpose="Musik för äldre.")
    sent_with("Andra", purpose="Musik för hästar.")
    assert found(client, person, "musik hästar") == ["Andra"]
    assert found(client, person, "musik flygplan") == []


def test_chosen_options_are_found_by_their_words_and_narrow_the_list(client: Client) -> None:
    person = officer()
    sent_with("Hem", target_groups=["hemloshet"])
    sent_with("Brott", target_groups=["brottsoffer"])
    assert found(client, person, "hemlöshet") == ["Hem"]
    assert found(client, person, "", group="brottsoffer") == ["Brott"]


def test_a_hit_in_the_name_comes_before_one_in_the_text(client: Client) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("rank is PostgreSQL's")
    sent_with("Fyren vid havet")
    sent_with("Nyare", purpose="Vi samarbetar med en fyren gång.")
    assert found(client, officer(), "fyren")[0] == "Fyren vid havet"


def test_drafts_have_no_words(client: Client) -> None:
    draft = complete(ApplicationFactory.create(association=AssociationFactory.create(name="Utkastet")))
    searching.index([draft.pk])
    assert not SearchText.objects.exists()
    assert not TargetGroup.objects.exists()
    assert found(client, officer(), "utkastet") == []


@pytest.mark.rule(8)
def test_a_conflict_of_interest_hides_the_hit_and_its_number(client: Client) -> None:
    application = sent_with("Hemlig", purpose="Enhörning.")
    person, colleague = officer(), officer()
    declare(application.received_case, person, has_conflict=True)
    assert found(client, person, "enhörning") == []
    assert found(client, colleague, "enhörning") == ["Hemlig"]
    seen = Application.objects.visible_to(person)
    assert not seen.filter(searching.found_by("enhörning", person)).exists()


def test_a_protected_title_is_searched_by_those_who_may_open_the_case(client: Client) -> None:
    opened, stranger = officer(), officer()
    application = opened_by(opened)
    application.received_case.rename(
        public_title="Ansökan om verksamhetsbidrag",
        protected_title="Ansökan om verksamhetsbidrag, Solrosvägen",
        seen=(application.received_case.public_title, ""),
        by=opened,
    )
    searching.index([application.pk])
    assert found(client, opened, "solrosvägen") == [application.association.name]
    assert found(client, stranger, "solrosvägen") == []


def test_indexing_again_changes_nothing() -> None:
    application = sent_with("Igen")
    before = SearchText.objects.values().get()
    searching.index([application.pk])
    assert SearchText.objects.values().get() == before
    assert TargetGroup.objects.filter(application=application).count() == 2


@pytest.mark.parametrize("text", ["'", "& | !", ":*", "\\", "  ", "och", "%", "_", "a" * 500, "1/2"])
def test_nothing_that_is_typed_is_an_error(client: Client, text: str) -> None:
    sent_application()
    found(client, officer(), text)


def test_sending_and_indexing_are_one(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from grants.applying.submission import submit

    association = AssociationFactory.create()
    draft = complete(ApplicationFactory.create(association=association, created_by=person_of(association)))

    def broken(ids: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("grants.received.searching.index", broken)
    with pytest.raises(RuntimeError):
        submit(draft.pk, draft.created_by)
    draft.refresh_from_db()
    assert draft.is_draft

"""Needs: everyone reads what is published, associations answer with a role, the unit tells how it went."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from post_office.models import Email

from grants.models import Answer, Association
from grants.models import TargetGroup as NamedGroup
from iop import lists_file, matching, publishing_needs
from iop.leaving_ideas import Thought, leave
from iop.models import Area, Need, NeedAnswer, TargetGroup
from iop.publishing_needs import CannotChange
from portal.people.models import Role, Unit, User
from portal.registry.models import declare
from tests.factories import (
    ApplicationFactory,
    AssociationFactory,
    AuthorityFactory,
    CallFactory,
    person_of,
    sent_application,
    staff,
)
from tests.iop.building import unit_with_contact

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city() -> None:
    AuthorityFactory.create()
    lists_file.install_shipped()


def written(unit: Unit, contact: User, *codes: str, area: str = "ifo", title: str = "Kafé") -> Need:
    fields = {
        "unit": unit,
        "area": Area.objects.get(code=area),
        "title": title,
        "text": "Det saknas ett kafé.",
        "contributes": "Lokal",
    }
    return publishing_needs.write(fields, TargetGroup.objects.filter(code__in=codes or ("aldre",)), contact)


def published(*codes: str, area: str = "ifo", title: str = "Kafé") -> tuple[Need, User]:
    unit, contact = unit_with_contact(f"Enhet {Unit.objects.count()}")
    need = written(unit, contact, *codes, area=area, title=title)
    publishing_needs.publish(need)
    need.refresh_from_db()
    return need, contact


def client_of(person: User | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def test_a_need_is_the_units_own_until_it_is_published() -> None:
    unit, contact = unit_with_contact()
    other = unit_with_contact("En annan enhet")[1]
    need = written(unit, contact)
    url = reverse("iop:need", args=[need.pk])
    assert client_of(contact).get(url).status_code == 200
    assert client_of(other).get(url).status_code == 404
    assert client_of(None).get(url).status_code == 404
    assert need.title not in client_of(None).get(reverse("iop:needs")).content.decode()
    client_of(contact).post(reverse("iop:need-publish", args=[need.pk]))
    first = Need.objects.get().published_at
    client_of(contact).post(reverse("iop:need-publish", args=[need.pk]))
    assert Need.objects.get().published_at == first
    assert client_of(None).get(url).status_code == 200
    assert need.title in client_of(None).get(reverse("iop:needs")).content.decode()


def test_a_contact_writes_for_their_own_units_only() -> None:
    _unit, contact = unit_with_contact()
    foreign, _other = unit_with_contact("En annan enhet")
    data = {"unit": foreign.pk, "title": "T", "text": "T", "area": Area.objects.first().pk}  # type: ignore[union-attr]
    groups = [TargetGroup.objects.first().pk]  # type: ignore[union-attr]
    answer = client_of(contact).post(reverse("iop:new-need"), data | {"target_groups": groups})
    assert answer.status_code == 422
    assert not Need.objects.exists()


def test_an_association_answers_with_a_role_and_the_unit_replies() -> None:
    need, contact = published()
    association = AssociationFactory.create()
    person = person_of(association)
    url = reverse("iop:need-answer", args=[need.pk])
    data = {"association": association.pk, "role": "innovator", "text": "Vi prövar."}
    assert client_of(person).post(url, data).status_code == 302
    assert client_of(person).post(url, data | {"text": "Vi prövar gärna."}).status_code == 302
    given = NeedAnswer.objects.get()
    assert (given.text, given.role) == ("Vi prövar gärna.", "innovator")
    reply = reverse("iop:need-reply", args=[given.pk])
    assert client_of(contact).post(reply, {"reply": "Kom på tisdag."}).status_code == 302
    assert client_of(person).post(url, data | {"text": "Ångrar oss."}).status_code == 422
    given.refresh_from_db()
    assert (given.text, given.reply, given.replied_by) == ("Vi prövar gärna.", "Kom på tisdag.", contact)
    assert sorted({(mail.to[0], mail.subject) for mail in Email.objects.all()}) == sorted(
        [
            (contact.email, "En förening har svarat på ett behov"),
            (association.email, "Ni har fått svar från verksamheten"),
        ]
    )
    assert "Kom på tisdag." in client_of(person).get(reverse("iop:need", args=[need.pk])).content.decode()


def test_answers_are_read_by_their_association_and_the_unit_alone() -> None:
    need, contact = published()
    association = AssociationFactory.create()
    publishing_needs.answer(need, association, "utforare", "Hemligt svar", person_of(association))
    other = person_of(AssociationFactory.create())
    url = reverse("iop:need", args=[need.pk])
    readers = {
        "unit": contact,
        "own": person_of(association),
        "officer": staff(Role.CASE_OFFICER),
        "other": other,
        "other unit": unit_with_contact("En annan enhet")[1],
        "anyone": None,
    }
    seen = {
        who
        for who, person in readers.items()
        if "Hemligt svar" in client_of(person).get(url).content.decode()
    }
    assert seen == {"unit", "own", "officer"}


def test_a_need_is_closed_with_words_and_takes_no_more_answers() -> None:
    need, contact = published()
    url = reverse("iop:need-close", args=[need.pk])
    assert client_of(contact).post(url, {"words": " "}).status_code == 422
    assert client_of(contact).post(url, {"words": "Kaféet är öppet."}).status_code == 302
    need.refresh_from_db()
    assert not need.is_open
    association = AssociationFactory.create()
    with pytest.raises(CannotChange):
        publishing_needs.answer(need, association, "utforare", "Vi", person_of(association))
    assert "Kaféet är öppet." in client_of(None).get(reverse("iop:need", args=[need.pk])).content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        Need.objects.filter(pk=need.pk).update(closing_words="")


def test_the_second_to_save_a_need_is_shown_what_the_first_wrote() -> None:
    unit, contact = unit_with_contact()
    need = written(unit, contact)
    url = reverse("iop:need-edit", args=[need.pk])
    client = client_of(contact)
    form = client.get(url).context["form"]
    data: dict[str, Any] = {
        "unit": unit.pk,
        "title": "Mitt kafé",
        "text": need.text,
        "contributes": need.contributes,
        "area": need.area_id,
        "target_groups": list(need.target_groups.values_list("pk", flat=True)),
        "seen": form["seen"].value(),
    }
    Need.objects.filter(pk=need.pk).update(title="Deras kafé")
    stopped = client.post(url, data)
    assert stopped.status_code == 422
    page = stopped.content.decode()
    assert "Deras kafé" in page
    assert "Mitt kafé" in page
    need.refresh_from_db()
    assert need.title == "Deras kafé"
    again = client.post(url, data | {"seen": stopped.context["form"]["seen"].value()})
    assert again.status_code == 302
    need.refresh_from_db()
    assert need.title == "Mitt kafé"


# --- Matching ----------------------------------------------------------------------------------


def sent_about(*codes: str, **fields: Any) -> Association:
    """An association whose sent application names the groups."""
    application = sent_application(association=AssociationFactory.create(**fields))
    NamedGroup.objects.filter(application=application).delete()
    NamedGroup.objects.bulk_create(NamedGroup(application=application, code=code) for code in codes)
    return application.association


def test_needs_are_suggested_by_what_was_sent_and_said_never_by_a_draft() -> None:
    staff(Role.CASE_OFFICER)
    wanted, _contact = published("aldre", "ensamhet", title="Två grupper")
    published("aldre", title="En grupp")
    published("suicid", title="Ingen grupp")
    association = sent_about("aldre", "ensamhet")
    person = person_of(association)
    draft = ApplicationFactory.create(call=CallFactory.create(), association=association, created_by=person)
    Answer.objects.create(application=draft, key="target_groups", value=["suicid"])
    own = Association.objects.filter(pk=association.pk)
    assert [match.need.title for match in matching.needs_for(own, person)] == ["Två grupper", "En grupp"]
    assert "Två grupper" in client_of(person).get(reverse("home")).content.decode()
    idea_groups = TargetGroup.objects.filter(code="suicid")
    leave(association, Thought("Efterlevande", target_groups=idea_groups), person)
    assert len(matching.needs_for(own, person)) == 3
    publishing_needs.answer(wanted, association, "utforare", "Vi kan", person)
    assert wanted not in [match.need for match in matching.needs_for(own, person)]


def test_an_area_of_an_idea_suggests_too() -> None:
    staff(Role.CASE_OFFICER)
    need, contact = published("aldre", area="aldreomsorg")
    association = AssociationFactory.create(open_in_register=True)
    person = person_of(association)
    leave(association, Thought("Sällskap", area=Area.objects.get(code="aldreomsorg")), person)
    own = Association.objects.filter(pk=association.pk)
    assert [(match.shared, match.same_area) for match in matching.needs_for(own, person)] == [([], True)]
    assert [match.association for match in matching.associations_for(need, contact)] == [association]


def test_associations_are_suggested_for_a_need_most_shared_first() -> None:
    need, contact = published("aldre", "ensamhet")
    one = sent_about("aldre", open_in_register=True)
    two = sent_about("aldre", "ensamhet")
    sent_about("suicid")
    officer = staff(Role.CASE_OFFICER)
    assert [match.association for match in matching.associations_for(need, officer)] == [two, one]
    # A unit's contact reads of those that may be shown in the city's public register.
    assert [match.association for match in matching.associations_for(need, contact)] == [one]


def test_a_conflict_of_interest_hides_an_association_from_the_suggestions() -> None:
    need, _contact = published("aldre")
    association = sent_about("aldre")
    officer = staff(Role.CASE_OFFICER)
    case = association.applications.get().received_case
    declare(case, officer, has_conflict=True)
    assert matching.associations_for(need, officer) == []


# --- Inventory ---------------------------------------------------------------------------------


def test_the_inventory_counts_answers_by_role_and_is_exported() -> None:
    need, contact = published("aldre", title="=Kafé")
    for role in ("utforare", "utforare", "rostbarare"):
        association = AssociationFactory.create()
        publishing_needs.answer(need, association, role, "Vi", person_of(association))
    written(need.unit, contact, title="Inte publicerat")
    officer = staff(Role.CASE_OFFICER)
    page = client_of(officer).get(reverse("iop:inventory"))
    row = page.context["page_obj"][0]
    assert (row.answered_rostbarare, row.answered_utforare, row.answered_innovator) == (1, 2, 0)
    text = client_of(officer).get(reverse("iop:inventory-sheet", args=["csv"])).getvalue().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert [row[2] for row in rows[1:]] == ["'=Kafé"]
    assert rows[1][-3:] == ["1", "2", "0"]
    book = client_of(officer).get(reverse("iop:inventory-sheet", args=["xlsx"])).getvalue()
    sheet = load_workbook(io.BytesIO(book)).active
    assert [cell.value for cell in sheet[2]][-3:] == [1, 2, 0]

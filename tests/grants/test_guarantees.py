"""Temporary groups: no organisation number, and an association that stands behind them."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from grants.applying.submission import CannotSubmit, submit
from grants.associations import guarantees
from grants.associations.members import NotPossible, Role
from grants.models import Application, Association, Guarantee, LegalForm
from portal.people.models import Role as StaffRole
from portal.people.models import User
from portal.registry.models import Case, Record
from tests.factories import (
    ApplicationFactory,
    AssociationFactory,
    UserFactory,
    complete,
    organisation_number,
    person_of,
    staff,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft() -> Application:
    """A complete application of a temporary group, for 100 000 kronor."""
    group = AssociationFactory.create(
        name="Grannarna på Söder", legal_form=LegalForm.TILLFALLIG_GRUPP, organisation_number=None
    )
    return complete(ApplicationFactory.create(association=group))


@pytest.fixture
def guarantor() -> Association:
    return AssociationFactory.create(name="Stabila Föreningen")


@pytest.fixture
def signatory(guarantor: Association) -> User:
    return person_of(guarantor)


def number_of(association: Association) -> str:
    assert association.organisation_number is not None
    return association.organisation_number


def test_only_groups_lack_a_number() -> None:
    for legal_form, number in (
        (LegalForm.IDEELL_FORENING, None),
        (LegalForm.TILLFALLIG_GRUPP, organisation_number(77_777)),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            AssociationFactory.create(legal_form=legal_form, organisation_number=number)


@pytest.mark.parametrize(
    ("legal_form", "number", "status"),
    [
        ("tillfallig_grupp", "", 302),
        ("tillfallig_grupp", "802002-8711", 422),
        ("ideell_forening", "", 422),
    ],
)
def test_the_form_asks_for_a_number_of_all_but_groups(
    client: Client, legal_form: str, number: str, status: int
) -> None:
    client.force_login(UserFactory.create())
    fields = {
        "organisation_number": number, "name": "Grannarna", "legal_form": legal_form,
        "email": "grannarna@example.org", "street": "Storgatan 1", "postcode": "25220", "city": "Helsingborg",
    }  # fmt: skip

    response = client.post("/foreningar/ny/", fields)

    assert response.status_code == status
    assert Association.objects.exists() == (status == 302)


def test_two_groups_may_lack_a_number(client: Client) -> None:
    for _n in range(2):
        AssociationFactory.create(legal_form=LegalForm.TILLFALLIG_GRUPP, organisation_number=None)
    assert Association.objects.filter(organisation_number=None).count() == 2


def test_without_a_guarantor_nothing_is_sent(draft: Application, client: Client) -> None:
    with pytest.raises(CannotSubmit):
        submit(draft.pk, draft.created_by)
    client.force_login(draft.created_by)

    assert (
        reverse("grants:guarantor", args=[draft.pk])
        in client.get(reverse("grants:check", args=[draft.pk])).content.decode()
    )
    assert not Case.objects.exists()


def test_the_group_asks_the_guarantor_accepts_and_the_record_keeps_it(
    draft: Application, guarantor: Association, signatory: User, client: Client
) -> None:
    client.force_login(draft.created_by)
    asked = client.post(
        reverse("grants:guarantor", args=[draft.pk]), {"organisation_number": number_of(guarantor)}
    )
    guarantee = Guarantee.objects.get()
    client.force_login(signatory)
    page = reverse("grants:guarantee", args=[guarantee.pk])
    shown = client.get(page)
    client.post(page, {"seen": "100000", "answer": "yes"})
    sent = submit(draft.pk, draft.created_by)

    assert asked.status_code == 302
    assert shown.context["sought"] == 100_000
    assert {mail.to[0] for mail in Email.objects.all()} >= {signatory.email, draft.association.email}
    content = Record.objects.get(case=sent.case, kind=Record.Kind.APPLICATION).content
    assert content is not None
    assert content["guarantor"]["name"] == "Stabila Föreningen"
    assert content["guarantor"]["accepted_amount"] == 100_000
    assert content["guarantor"]["accepted_by"] == str(signatory)


def test_the_guarantor_answers_for_no_larger_sum_than_it_accepted(
    draft: Application, guarantor: Association, signatory: User
) -> None:
    guarantee = guarantees.ask(draft.pk, number_of(guarantor), draft.created_by)
    guarantees.accept(guarantee.pk, signatory, seen=100_000)
    terms = draft.terms.get()
    terms.set_amounts({draft.call.first_year: 150_000})
    fresh = Application.objects.get(pk=draft.pk)

    assert not guarantees.holds(guarantees.current(fresh), fresh)
    with pytest.raises(NotPossible):
        guarantees.accept(guarantee.pk, signatory, seen=100_000)
    guarantees.accept(guarantee.pk, signatory, seen=150_000)
    assert guarantees.holds(guarantees.current(fresh), fresh)


def test_only_a_signatory_of_the_guarantor_answers(
    draft: Application, guarantor: Association, client: Client
) -> None:
    writer = person_of(guarantor, Role.WRITER)
    guarantee = guarantees.ask(draft.pk, number_of(guarantor), draft.created_by)
    client.force_login(writer)

    page = client.get(reverse("grants:guarantee", args=[guarantee.pk]))

    assert not page.context["may_answer"]
    for person in (writer, draft.created_by):
        with pytest.raises(NotPossible):
            guarantees.accept(guarantee.pk, person, seen=100_000)


def test_the_guarantor_reads_no_answers_and_no_other_page_of_the_draft(
    draft: Application, guarantor: Association, signatory: User, client: Client
) -> None:
    guarantee = guarantees.ask(draft.pk, number_of(guarantor), draft.created_by)
    client.force_login(signatory)

    page = client.get(reverse("grants:guarantee", args=[guarantee.pk])).content.decode()

    assert draft.title in page
    assert "Vi möter människor varje vecka." not in page
    assert client.get(reverse("grants:application", args=[draft.pk])).status_code == 404
    assert not Guarantee.objects.visible_to(staff(StaffRole.CASE_OFFICER)).exists()


def test_a_no_lets_the_group_ask_another(draft: Application, guarantor: Association, signatory: User) -> None:
    guarantee = guarantees.ask(draft.pk, number_of(guarantor), draft.created_by)
    guarantees.accept(guarantee.pk, signatory, seen=100_000)
    guarantees.decline(guarantee.pk, signatory)

    assert guarantees.current(draft) is None
    again = guarantees.ask(draft.pk, number_of(AssociationFactory.create()), draft.created_by)
    assert guarantees.current(draft) == again
    with pytest.raises(NotPossible):
        guarantees.accept(guarantee.pk, signatory, seen=100_000)


def test_whom_a_group_cannot_ask(draft: Application) -> None:
    with pytest.raises(NotPossible):
        guarantees.ask(draft.pk, "8020028711", draft.created_by)
    assert not Guarantee.objects.exists()


def test_after_sending_the_guarantor_no_longer_changes(
    draft: Application, guarantor: Association, signatory: User
) -> None:
    guarantee = guarantees.ask(draft.pk, number_of(guarantor), draft.created_by)
    guarantees.accept(guarantee.pk, signatory, seen=100_000)
    submit(draft.pk, draft.created_by)

    with pytest.raises(NotPossible):
        guarantees.decline(guarantee.pk, signatory)
    assert Guarantee.objects.visible_to(staff(StaffRole.CASE_OFFICER)).get() == guarantee

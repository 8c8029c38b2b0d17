"""Signing alone and two jointly: what each signature is bound to, and what sends the application."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from grants.applying import drafts
from grants.applying.drafts import section_values
from grants.applying.picking import unpick
from grants.applying.signing import sign
from grants.applying.submission import CannotSubmit, submit
from grants.associations import members
from grants.associations.members import Role
from grants.forms.sections import section_form
from grants.models import Application, Association, Membership, Section, Signature, SigningRule
from portal.people.models import Role as StaffRole
from portal.people.models import User
from portal.registry.models import Case, Record, declare
from tests.factories import ApplicationFactory, AssociationFactory, complete, person_of, staff
from tests.people.visitor import signed_in_through

pytestmark = pytest.mark.django_db


@pytest.fixture
def joint() -> Application:
    """A complete draft of an association where two sign together, and one signatory is there."""
    association = AssociationFactory.create(signing_rule=SigningRule.JOINTLY)
    return complete(ApplicationFactory.create(association=association))


def second_of(draft: Application) -> User:
    return person_of(draft.association, Role.SIGNATORY)


def change(draft: Application) -> None:
    fresh = Application.objects.get(pk=draft.pk)
    values = section_values(fresh, Section.NEED)
    key = next(name for name, value in values.items() if isinstance(value, str))
    changed = {**values, key: "Vi har skrivit om det här."}
    seen = section_form(fresh, Section.NEED).sights()
    drafts.save_section(draft.pk, Section.NEED, changed, seen=seen, by=draft.created_by)


def content(application: Application) -> dict[str, Any]:
    kept = Record.objects.get(case=application.case, kind=Record.Kind.APPLICATION).content
    assert isinstance(kept, dict)
    return kept


def test_who_signs_alone_sends_and_the_record_says_who() -> None:
    draft = complete(ApplicationFactory.create())

    sent = sign(draft.pk, draft.created_by)

    assert sent.state == "submitted"
    assert [row["name"] for row in content(sent)["signatures"]] == [str(draft.created_by)]
    assert Signature.objects.get().user == draft.created_by


@pytest.mark.parametrize("provider", ["eid", ""], ids=["e-identity", "not known"])
def test_the_record_says_how_who_signed_had_signed_in(provider: str) -> None:
    draft = complete(ApplicationFactory.create())
    client = Client()
    client.force_login(draft.created_by)
    if provider:
        client = signed_in_through(provider, draft.created_by)
    client.post(reverse("grants:check", args=[draft.pk]), {"signed": "on"})
    draft.refresh_from_db()
    assert [row["sign_in_method"] for row in content(draft)["signatures"]] == [provider]


@pytest.mark.rule(11)
def test_the_first_of_two_waits_and_the_others_are_told(joint: Application) -> None:
    second, writer = second_of(joint), person_of(joint.association, Role.WRITER)

    waiting = sign(joint.pk, joint.created_by)
    again = sign(joint.pk, joint.created_by)

    assert waiting.is_draft
    assert again.is_draft
    assert not Case.objects.exists()
    assert [mail.to for mail in Email.objects.all()] == [[second.email]]
    assert writer.email not in str(Email.objects.get().to)


def test_the_second_sends_it_and_both_stand_in_the_record(joint: Application) -> None:
    second = second_of(joint)
    sign(joint.pk, joint.created_by)

    sent = sign(joint.pk, second)
    again = sign(joint.pk, second)

    assert sent.case_id == again.case_id == Case.objects.get().pk
    assert {row["name"] for row in content(sent)["signatures"]} == {str(joint.created_by), str(second)}


def test_the_association_and_the_officer_read_who_signed(joint: Application, client: Client) -> None:
    second = second_of(joint)
    sign(joint.pk, joint.created_by)
    sent = sign(joint.pk, second)
    officer = staff(StaffRole.CASE_OFFICER)
    declare(sent.received_case, officer, has_conflict=False)

    client.force_login(second)
    own = client.get(reverse("grants:answers", args=[sent.pk])).content.decode()
    client.force_login(officer)
    read = client.get(reverse("assessments:application", args=[sent.pk])).content.decode()

    for page in (own, read):
        assert all(f"{person}, " in page for person in (joint.created_by, second))


def test_one_of_two_cannot_send_by_another_way(joint: Application) -> None:
    with pytest.raises(CannotSubmit):
        submit(joint.pk, joint.created_by)
    assert not Signature.objects.exists()
    assert not Case.objects.exists()


def test_a_change_voids_the_first_signature_and_says_so(joint: Application, client: Client) -> None:
    second = second_of(joint)
    sign(joint.pk, joint.created_by)
    change(joint)

    client.force_login(second)
    page = client.get(reverse("grants:check", args=[joint.pk]))
    waiting = sign(joint.pk, second)

    assert Signature.objects.get(user=joint.created_by).voided_at is not None
    assert page.context["signing"].lapsed == [str(joint.created_by)]
    assert waiting.is_draft
    assert sign(joint.pk, joint.created_by).state == "submitted"


def test_saving_the_same_again_voids_nothing(joint: Application) -> None:
    sign(joint.pk, joint.created_by)
    fresh = Application.objects.get(pk=joint.pk)
    values = section_values(fresh, Section.NEED)
    seen = section_form(fresh, Section.NEED).sights()
    drafts.save_section(joint.pk, Section.NEED, values, seen=seen, by=joint.created_by)

    assert Signature.objects.get().voided_at is None


def test_taking_out_a_paper_voids(joint: Application) -> None:
    sign(joint.pk, joint.created_by)
    unpick(joint.pk, joint.attachments.get().pk)

    assert Signature.objects.get().voided_at is not None


def test_who_is_no_longer_a_signatory_does_not_count(joint: Application) -> None:
    second, third = second_of(joint), second_of(joint)
    manager = person_of(joint.association, Role.MANAGER)
    sign(joint.pk, second)
    members.end_access(joint.association_id, second.pk, manager)

    assert sign(joint.pk, third).is_draft
    assert sign(joint.pk, joint.created_by).state == "submitted"


@pytest.mark.parametrize(("first", "last"), [(1, 30), (-30, -1)], ids=["not yet", "no longer"])
def test_a_signatory_signs_between_their_dates(joint: Application, first: int, last: int) -> None:
    today = timezone.localdate()
    person = person_of(joint.association, Role.WRITER)
    Membership.objects.create(
        association=joint.association, user=person, role=Role.SIGNATORY,
        valid_from=today + timedelta(days=first), valid_until=today + timedelta(days=last),
    )  # fmt: skip

    with pytest.raises(CannotSubmit):
        sign(joint.pk, person)


def test_the_page_shows_who_has_signed_and_who_is_awaited(joint: Application, client: Client) -> None:
    second = second_of(joint)
    client.force_login(joint.created_by)
    check = reverse("grants:check", args=[joint.pk])

    answer = client.post(check, {"signed": "on"})
    page = client.get(check)
    listed = client.get(reverse("grants:applications"))

    assert answer["Location"] == check
    assert page.context["signing"].has_signed
    assert page.context["signing"].awaited == [str(second)]
    assert 'name="signed"' not in page.content.decode()
    assert [status.color for _row, status in listed.context["rows"]] == ["warning"]
    assert client.get(reverse("grants:application", args=[joint.pk])).context["signing"].is_waiting


def test_too_few_signatories_is_said(joint: Application, client: Client) -> None:
    client.force_login(joint.created_by)

    page = client.get(reverse("grants:check", args=[joint.pk]))

    assert page.context["signing"].too_few
    assert reverse("grants:people", args=[joint.association_id]) in page.content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule(16)
def test_two_signatories_at_the_same_second_give_one_case() -> None:
    association: Association = AssociationFactory.create(signing_rule=SigningRule.JOINTLY)
    draft = complete(ApplicationFactory.create(association=association))
    both = [draft.created_by, person_of(association, Role.SIGNATORY)]
    start = Barrier(4)

    def press(by: Any) -> bool:
        try:
            start.wait(timeout=10)
            return sign(draft.pk, by).is_draft
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as people:
        waits = list(people.map(press, both * 2))

    assert Counter(waits)[False] >= 1
    case = Case.objects.get()
    assert Application.objects.get().case == case
    assert Record.objects.filter(case=case).count() == 2
    assert Signature.objects.filter(voided_at=None).count() == 2

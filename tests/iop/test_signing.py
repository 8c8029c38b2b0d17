"""Signing: all parties, in any order, on exactly what was decided; the last one puts it in force, once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from grants.models import Association, Membership, SigningRule
from iop import beginning, freezing, market, signing
from iop.documents import agreement_document
from iop.models import Agreement, Contribution, MarketAssessment, Party, Signature, UnitSignatory
from iop.states import State
from iop.writing import Refused
from portal.documents.rendering import render_pdf
from portal.registry.models import Event, Record, declare
from tests.committee.building import signed_in
from tests.documents.validation import assert_archival_and_accessible
from tests.factories import AssociationFactory, person_of
from tests.iop.agreeing import decided_partnership, ready_partnership, reloaded
from tests.iop.building import Partnership
from tests.people.visitor import signed_in_through

pytestmark = pytest.mark.django_db


def checksum(made: Partnership) -> str:
    text = reloaded(made.agreement).text_to_sign
    assert text is not None
    return text.content_sha256


def sign(made: Partnership, by: Any) -> Signature:
    return signing.sign(made.agreement, checksum(made), by)


@pytest.mark.parametrize("first", ["association", "unit"])
def test_all_sign_in_any_order_and_then_it_runs(first: str) -> None:
    made = decided_partnership()
    people = [made.of_association, made.of_unit]
    for person in people if first == "association" else reversed(people):
        assert reloaded(made.agreement).state == State.TO_SIGN
        sign(made, person)
    agreement = reloaded(made.agreement)
    assert agreement.state == State.RUNNING
    assert {row.capacity for row in agreement.signatures.all()} == {signing.SIGNATORY, signing.BY_DELEGATION}
    record = agreement.case.records.get(kind=Record.Kind.AGREEMENT)
    assert record.content is not None
    assert record.content["content_sha256"] == checksum(made)
    assert [row["party"] for row in record.content["signatures"]].count(made.association.name) == 1
    assert record.document is not None
    assert agreement.case.events.filter(kind=Event.Kind.AGREEMENT_IN_FORCE).count() == 1


def test_each_signature_tells_how_its_signatory_had_signed_in() -> None:
    made = decided_partnership()
    url = reverse("iop:sign", args=[made.agreement.pk])
    for person, provider in ((made.of_association, "eid"), (made.of_unit, "directory")):
        signed_in_through(provider, person).post(url, {"checksum": checksum(made)})
    told = {row.signed_by: row.sign_in_method for row in made.agreement.signatures.all()}
    assert told == {made.of_association: "eid", made.of_unit: "directory"}
    content = made.agreement.case.records.get(kind=Record.Kind.AGREEMENT).content
    assert content is not None
    assert [row["sign_in_method"] for row in content["signatures"]] == ["eid", "directory"]


def test_a_joint_association_signs_twice_with_two_people() -> None:
    made = decided_partnership()
    Association.objects.update(signing_rule=SigningRule.JOINTLY)
    second = person_of(made.association)
    sign(made, made.of_unit)
    sign(made, made.of_association)
    with pytest.raises(Refused):
        sign(made, made.of_association)
    assert reloaded(made.agreement).state == State.TO_SIGN
    sign(made, second)
    assert reloaded(made.agreement).state == State.RUNNING


def test_the_checksum_of_what_was_read_travels_with_the_signature() -> None:
    made = decided_partnership()
    with pytest.raises(Refused):
        signing.sign(made.agreement, "0" * 64, made.of_association)
    url = reverse("iop:sign", args=[made.agreement.pk])
    client = signed_in(made.of_association)
    body = client.get(url).content.decode()
    assert f'name="checksum" value="{checksum(made)}"' in body
    client.post(url, {"checksum": checksum(made)})
    assert made.agreement.signatures.get().signed_by == made.of_association


def _change_clause(made: Partnership) -> None:
    made.agreement.clauses.filter(key="syfte").update(text="Ändrat.")


def _change_amount(made: Partnership) -> None:
    Contribution.objects.filter(kind="pengar").update(kronor=151_000)


def _change_party(made: Partnership) -> None:
    Party.objects.filter(pk=made.association_party.pk).update(association=AssociationFactory.create())


def _add_party(made: Partnership) -> None:
    Party.objects.create(agreement=made.agreement, position=9, association=AssociationFactory.create())


def _change_days(made: Partnership) -> None:
    Agreement.objects.update(ends_on="2027-12-31")


@pytest.mark.parametrize("change", [_change_clause, _change_amount, _change_party, _add_party, _change_days])
def test_what_changed_past_the_acts_since_the_decision_is_not_signed(change: Any) -> None:
    made = decided_partnership()
    change(made)
    with pytest.raises(Refused):
        sign(made, made.of_unit)
    assert not Signature.objects.exists()
    page = signed_in(made.of_unit).get(reverse("iop:sign", args=[made.agreement.pk]))
    assert page.context["is_as_decided"] is False
    assert 'name="checksum"' not in page.content.decode()


def test_who_is_no_longer_a_signatory_does_not_sign() -> None:
    made = decided_partnership()
    UnitSignatory.objects.all().delete()
    Membership.objects.filter(user=made.of_association, role=Membership.Role.SIGNATORY).update(
        ended_at=timezone.now(), ended_by=made.officer
    )
    for person in (made.of_unit, made.of_association):
        with pytest.raises(Refused):
            sign(made, person)


def test_who_has_a_conflict_of_interest_does_not_sign() -> None:
    made = decided_partnership()
    for person in (made.of_unit, made.of_association):
        declare(made.agreement.case, person, has_conflict=True)
        with pytest.raises(Refused):
            sign(made, person)


def test_an_officer_or_another_partnerships_signatory_signs_nothing() -> None:
    made, other = decided_partnership(), decided_partnership()
    for person in (made.officer, other.of_association, other.of_unit):
        with pytest.raises(Refused):
            sign(made, person)
    assert signed_in(other.of_unit).get(reverse("iop:sign", args=[made.agreement.pk])).status_code == 404


def test_the_market_assessments_signature_has_to_hold_and_may_be_renewed() -> None:
    made = decided_partnership()
    MarketAssessment.objects.update(market="Ändrat i databasen.")
    with pytest.raises(Refused):
        sign(made, made.of_unit)
    market.sign(made.agreement, market.assessment_of(made.agreement).version, made.officer)
    sign(made, made.of_unit)


def test_nothing_is_signed_before_the_decision_or_after_the_last_signature() -> None:
    made = ready_partnership()
    with pytest.raises(Refused):
        signing.sign(made.agreement, "", made.of_unit)
    made = decided_partnership()
    digest = checksum(made)
    sign(made, made.of_unit)
    sign(made, made.of_association)
    with pytest.raises(Refused):
        signing.sign(made.agreement, digest, made.of_unit)


def test_taken_back_it_is_written_again_and_binds_nothing() -> None:
    made = decided_partnership()
    sign(made, made.of_unit)
    with pytest.raises(Refused):
        signing.write_again(made.agreement, "Nya dagar.", made.of_unit)
    signing.write_again(made.agreement, "Nya dagar.", made.officer)
    agreement = reloaded(made.agreement)
    assert (agreement.state, agreement.text_to_sign) == (State.WRITING, None)
    assert not agreement.case.commitments.exists()
    assert agreement.signatures.count() == 1  # what was signed stays in the story


def test_the_agreement_is_an_archival_and_accessible_document_with_its_checksum() -> None:
    made = decided_partnership()
    text = reloaded(made.agreement).text_to_sign
    assert text is not None
    for signatures in ([], [sign(made, made.of_unit), sign(made, made.of_association)]):
        source = agreement_document(text, signatures)
        assert text.content_sha256 in source.html.replace(" ", "")
        assert_archival_and_accessible(render_pdf(source.html, title=source.title, numbered=True))
    assert "Undertecknade elektroniskt" in source.html


def test_the_document_names_each_partys_process_leader_as_it_was_when_frozen() -> None:
    made = ready_partnership()
    leader, successor = person_of(made.association), person_of(made.association)
    beginning.choose_process_leader(made.agreement, made.association_party, leader, made.of_association)
    text = freezing.freeze(reloaded(made.agreement), made.officer)
    assert f"Processledare: {leader}" in agreement_document(text).html
    assert agreement_document(text).html.count("Processledare") == 1
    Party.objects.filter(pk=made.association_party.pk).update(process_leader=successor)
    assert freezing.is_as_frozen(reloaded(made.agreement), text)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_two_signers_at_the_same_second_put_it_in_force_once() -> None:
    made = decided_partnership()
    digest = checksum(made)
    start = Barrier(4)

    def press(by: Any) -> bool:
        try:
            start.wait(timeout=60)
            signing.sign(made.agreement, digest, by)
        except Refused:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as people:
        signed = list(people.map(press, [made.of_association, made.of_unit] * 2))

    assert sorted(signed) == [False, False, True, True]
    agreement = reloaded(made.agreement)
    assert agreement.state == State.RUNNING
    assert agreement.signatures.count() == 2
    assert agreement.case.records.filter(kind=Record.Kind.AGREEMENT).count() == 1
    assert agreement.case.events.filter(kind=Event.Kind.AGREEMENT_IN_FORCE).count() == 1

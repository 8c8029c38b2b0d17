"""Who sees a partnership, acts in it and may sign: for as long as they act for a party, never another's."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from iop.acting import may_write, party_of
from iop.models import Agreement, UnitSignatory
from portal.people.models import UnitContact
from portal.registry.models import declare
from tests.iop.building import partnership

pytestmark = pytest.mark.django_db


def test_parties_see_their_own_partnership_and_never_another() -> None:
    one, other = partnership(), partnership()
    for person in (one.of_association, one.of_unit):
        assert list(Agreement.objects.visible_to(person)) == [one.agreement]
        assert party_of(other.agreement, person) is None
        assert not may_write(other.agreement, person)


@pytest.mark.rule(10)
def test_a_conflict_of_interest_hides_the_partnership_from_all() -> None:
    one = partnership()
    for person in (one.of_association, one.of_unit, one.officer):
        declare(one.agreement.case, person, has_conflict=True)
        assert not Agreement.objects.visible_to(person).exists()


def test_who_no_longer_acts_for_a_party_neither_sees_nor_signs() -> None:
    one = partnership()
    one.association.memberships.update(ended_at=timezone.now(), ended_by=one.officer)
    UnitContact.objects.filter(user=one.of_unit).delete()
    assert not Agreement.objects.visible_to(one.of_association).exists()
    assert not Agreement.objects.visible_to(one.of_unit).exists()
    assert not one.association_party.may_be_signed_by(one.of_association)
    assert not one.unit_party.may_be_signed_by(one.of_unit)


def test_a_signatory_of_a_unit_signs_within_the_days_of_the_delegation() -> None:
    one = partnership()
    assert one.association_party.may_be_signed_by(one.of_association)
    assert one.unit_party.may_be_signed_by(one.of_unit)
    assert not one.unit_party.may_be_signed_by(one.of_association)
    UnitSignatory.objects.update(valid_until=date(2026, 1, 1))
    assert not one.unit_party.may_be_signed_by(one.of_unit)

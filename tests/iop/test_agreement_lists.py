"""The list of agreements and the start pages take as many queries with one row as with many."""

from __future__ import annotations

import pytest

from iop.models import Agreement, Party
from portal.people.models import User
from tests.iop.building import Partnership, partnership
from tests.test_lists import queries

pytestmark = pytest.mark.django_db


def more(made: Partnership, count: int) -> None:
    """Further agreements of the same parties."""
    for _number in range(count):
        case = made.agreement.case.authority.open_case(public_title="Partnerskap", by=made.officer)
        agreement = Agreement.objects.create(
            case=case,
            title=f"Partnerskap {case.number}",
            area=made.agreement.area,
            coordinator=made.officer,
            created_by=made.officer,
        )
        Party.objects.create(agreement=agreement, position=1, association=made.association)
        Party.objects.create(agreement=agreement, position=2, unit=made.unit)


def test_lists_do_not_grow_in_queries() -> None:
    made = partnership()
    people: list[User] = [made.of_association, made.of_unit, made.officer]
    pages = ("iop:agreements", "home")
    few = [queries(person, page) for person in people for page in pages]
    more(made, 12)
    assert [queries(person, page) for person in people for page in pages] == few

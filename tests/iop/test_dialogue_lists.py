"""Lists of ideas, needs and co-operation take as many queries with thirty rows as with two."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.utils import timezone

from iop import cooperating, lists_file, publishing_needs
from iop.leaving_ideas import Thought, leave
from iop.models import Area, Level, TargetGroup, UnitProfile
from portal.people.models import Role, User
from tests.factories import AssociationFactory, AuthorityFactory, person_of, staff
from tests.iop.building import unit_with_contact
from tests.test_lists import queries

pytestmark = pytest.mark.django_db

FEW, MANY = 2, 30
YEAR = timezone.localdate().year


#: The name of a page → who opens it, with which query and which objects.
Opened = dict[str, list[tuple[User, str, list[int]]]]


def pages() -> tuple[Callable[[int], None], Opened]:
    """A function that adds rows of every kind, and the pages to count with whom they are opened by."""
    AuthorityFactory.create()
    lists_file.install_shipped()
    officer = staff(Role.CASE_OFFICER)
    association = AssociationFactory.create()
    person = person_of(association)
    unit, contact = unit_with_contact()
    UnitProfile.objects.create(unit=unit, area=Area.objects.get(code="ifo"))
    area, groups = Area.objects.get(code="ifo"), TargetGroup.objects.all()[:3]
    pair = cooperating.between(association, unit)

    levels = list(Level.objects.all())

    def add(count: int) -> None:
        for n in range(count):
            leave(association, Thought(f"Idé {n}", "Text", area, groups), person)
            fields = {"unit": unit, "area": area, "title": f"Behov {n}", "text": "T", "contributes": "C"}
            need = publishing_needs.write(fields, groups, contact)
            if n % 2:
                publishing_needs.publish(need)
                need.refresh_from_db()
                other = AssociationFactory.create(open_in_register=True)
                publishing_needs.answer(need, other, "utforare", "Vi", person_of(other))
                another = unit_with_contact(f"Enhet {need.pk}")[0]
                UnitProfile.objects.create(unit=another, area=area).target_groups.set(groups)
                cooperating.between(other, another)
                cooperating.between(other, unit)
            happened = cooperating.Happened(date(YEAR, 1, 1), "mote", levels[n % 5], "x", "utforare")
            cooperating.write(pair, happened, person)

    everyone = [officer, contact, person]
    opened: Opened = {
        "iop:home": [(who, "", []) for who in everyone],
        "iop:ideas": [(officer, "view=mine", []), (officer, "area=ifo&group=aldre", []), (person, "", [])],
        "iop:needs": [(who, "", []) for who in everyone],
        "iop:inventory": [(officer, "", [])],
        "iop:whom": [(person, "", []), (person, "area=ifo", [])],
        "iop:cooperations": [(who, "", []) for who in everyone],
        "iop:cooperation": [(who, "", [pair.pk]) for who in everyone],
        "iop:cooperation-of-association": [(officer, "", [association.pk])],
        "iop:cooperation-of-unit": [(contact, "", [unit.pk])],
        "iop:survey": [(officer, "", [YEAR])],
        "home": [(who, "", []) for who in everyone],
    }
    return add, opened


def test_no_list_asks_more_for_more_rows() -> None:
    add, opened = pages()

    def counted() -> dict[tuple[str, int, str], int]:
        return {
            (name, who.pk, query): queries(who, name, args, query)
            for name, calls in opened.items()
            for who, query, args in calls
        }

    add(FEW)
    few = counted()
    add(MANY - FEW)
    assert counted() == few

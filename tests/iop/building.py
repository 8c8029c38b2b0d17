"""What the tests of partnerships build: an agreement of an association and a unit, with people of both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from grants.models import Association
from iop.models import Agreement, Area, Level, Party, UnitSignatory
from portal.people.models import Role, Unit, UnitContact, User
from portal.registry.models import declare
from tests.factories import AssociationFactory, AuthorityFactory, CommitteeFactory, person_of, staff


@dataclass
class Partnership:
    """An agreement being written by one association and one unit, and who acts for whom."""

    agreement: Agreement
    association: Association
    unit: Unit
    association_party: Party
    unit_party: Party
    #: A signatory of the association; the unit's contact and signatory; the case officer who coordinates.
    of_association: User
    of_unit: User
    officer: User


def area() -> Area:
    return Area.objects.get_or_create(
        code="ifo", defaults={"name_sv": "IFO", "name_en": "IFC", "position": 2}
    )[0]


#: The shipped levels, the least first, with how each counts in the yearly report.
LEVELS = {
    "information": ("Information", "Information", Level.CountsAs.INFORMATION),
    "konsultation": ("Konsultation", "Consultation", Level.CountsAs.TAKING_PART),
    "dialog": ("Dialog", "Dialogue", Level.CountsAs.TAKING_PART),
    "samhandling": ("Samhandling", "Joint action", Level.CountsAs.TAKING_PART),
    "partnerskap": ("Partnerskap", "Partnership", Level.CountsAs.TAKING_PART),
}


def level(code: str = "dialog") -> Level:
    """A level of co-operation; all five are made with the first."""
    if not Level.objects.exists():
        Level.objects.bulk_create(
            Level(
                code=key, name_sv=sv, name_en=en, counts_as=counts_as, position=place,
                begins_dialogue=key == "dialog",
            )
            for place, (key, (sv, en, counts_as)) in enumerate(LEVELS.items(), start=1)
        )  # fmt: skip
    return Level.objects.get(code=code)


def unit_with_contact(name: str = "Enheten för unga", **fields: Any) -> tuple[Unit, User]:
    """A unit and a contact who also signs for it."""
    unit = Unit.objects.create(name=name)
    contact = staff(Role.UNIT_CONTACT, **fields)
    UnitContact.objects.create(unit=unit, user=contact)
    UnitSignatory.objects.create(unit=unit, user=contact, valid_from=date(2020, 1, 1), given_by=contact)
    return unit, contact


def partnership(association: Association | None = None, own: User | None = None) -> Partnership:
    """An agreement in writing, 1 July–31 October of next year, without clauses, promises or assessment."""
    CommitteeFactory.create()
    association = association or AssociationFactory.create()
    own = own or person_of(association)
    unit, contact = unit_with_contact(f"Enheten för unga {Unit.objects.count()}")
    officer = staff(Role.CASE_OFFICER)
    case = AuthorityFactory.create().open_case(public_title="Partnerskap", by=officer)
    declare(case, officer, has_conflict=False)
    agreement = Agreement.objects.create(
        case=case,
        title="Unga hjälper unga",
        summary="Vi vill nå fler unga tillsammans.",
        area=area(),
        starts_on=date(2027, 7, 1),
        ends_on=date(2027, 10, 31),
        coordinator=officer,
        created_by=officer,
    )
    return Partnership(
        agreement,
        association,
        unit,
        Party.objects.create(agreement=agreement, position=1, association=association),
        Party.objects.create(agreement=agreement, position=2, unit=unit),
        own,
        contact,
        officer,
    )

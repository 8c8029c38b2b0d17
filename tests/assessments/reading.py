"""What the tests of second readings and statements build: readers, contacts, and what they write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assessments import readings
from assessments.models import Criterion, SecondReading
from assessments.readings import Written
from grants.models import Application
from portal.people.models import Role, Unit, UnitContact, User
from portal.registry.models import declare
from tests.factories import staff

#: What only the reader has written, to be looked for where it must not stand.
SEEN_BY_READER = "Läsarens egen syn"


def second_reader(**fields: Any) -> User:
    return staff(Role.SECOND_READER, **fields)


def read(levels: Mapping[str, str] | str = "god", **changes: Any) -> Written:
    """A finished reading; one level for all criteria, or each its own."""
    given = dict.fromkeys(Criterion.values, levels) if isinstance(levels, str) else dict(levels)
    fields: dict[str, Any] = {
        "levels": given,
        "texts": {code: f"{SEEN_BY_READER} på {code}." for code in Criterion.values},
        "comment": f"{SEEN_BY_READER} i stort.",
    }
    return Written(**(fields | changes))


def asked_to_read(reader: User, application: Application, by: User) -> SecondReading:
    """The reading, with the reader chosen by an officer and the declaration made."""
    reading = readings.choose_reader(application, reader, by)
    declare(application.received_case, reader, has_conflict=False)
    return reading


def finished(reading: SecondReading, levels: Mapping[str, str] | str = "god") -> SecondReading:
    """The reading as its reader has written and finished it."""
    reading.refresh_from_db()
    saved = readings.save(reading, read(levels), reading.version, reading.reader)
    readings.finish(saved, reading.reader)
    reading.refresh_from_db()
    return reading


def as_posted(version: int, written: Written) -> dict[str, Any]:
    """The reader's form as a browser posts it."""
    return {
        "version": version,
        "comment": written.comment,
        **{f"level_{code}": level for code, level in written.levels.items()},
        **{f"text_{code}": text for code, text in written.texts.items()},
    }


def unit_with(*contacts: User, name: str = "Enheten för stöd") -> Unit:
    unit = Unit.objects.create(name=name)
    UnitContact.objects.bulk_create(UnitContact(unit=unit, user=contact) for contact in contacts)
    return unit


def contact(**fields: Any) -> User:
    return staff(Role.UNIT_CONTACT, **fields)

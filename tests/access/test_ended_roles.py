"""A role that has ended gives nothing: no page, no mail, and no place among those who can be chosen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from assessments import assigning, readings
from assessments.models import ReadingCause, SecondReading
from assessments.models.statements import contacts_for
from grants import notices
from grants.associations import contact_register
from grants.models import Application
from portal.people import rules
from portal.people.models import Role, RoleAssignment, Unit, UnitContact, User
from portal.registry.models import Case, Record, declare
from tests.access.mutation import loosened_rule
from tests.factories import sent_application, staff

pytestmark = [pytest.mark.django_db, pytest.mark.rule(7)]


def ended(role: str) -> User:
    """Somebody who held the role until yesterday."""
    person = staff(role)
    RoleAssignment.objects.filter(user=person).update(valid_until=timezone.localdate() - timedelta(days=1))
    return person


def test_who_was_a_case_officer_opens_nothing_and_is_chosen_for_nothing() -> None:
    left, stays = ended(Role.CASE_OFFICER), staff(Role.CASE_OFFICER)
    application = sent_application()
    for person in (left, stays):
        declare(application.received_case, person, has_conflict=False)
    client = Client()
    client.force_login(left)
    assert client.get(reverse("assessments:application", args=[application.pk])).status_code == 404
    assert assigning.officers() == [stays]
    assert list(contact_register.officers()) == [stays]
    assert readings.readers(application) == [stays]
    assert notices.case_officers(application) == [stays]


def test_who_was_a_second_reader_sees_the_case_no_more_unless_the_rule_is_loosened() -> None:
    application = sent_application()
    left = ended(Role.SECOND_READER)
    RoleAssignment.objects.create(user=left, role=Role.UNIT_CONTACT)
    SecondReading.objects.create(application=application, causes=[ReadingCause.SAMPLE], reader=left)
    declare(application.received_case, left, has_conflict=False)
    person = User.objects.get(pk=left.pk)

    def seen() -> list[bool]:
        rows = (Application.objects, Case.objects, Record.objects)
        return [manager.visible_to(person).exists() for manager in rows]

    assert seen() == [False, False, False]
    with loosened_rule(rules.reader):
        assert seen() == [True, True, True]


def test_who_was_a_units_contact_is_asked_for_nothing() -> None:
    unit = Unit.objects.create(name="Enheten för stöd")
    left, stays = ended(Role.UNIT_CONTACT), staff(Role.UNIT_CONTACT)
    for person in (left, stays):
        UnitContact.objects.create(unit=unit, user=person)
    found = contacts_for(sent_application(), unit)
    assert [contact.user for contact in found] == [stays]

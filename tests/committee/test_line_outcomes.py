"""A line that the committee rejected, or gave another amount, reaches the application behind it."""

from __future__ import annotations

import pytest

from assessments.matters import propose_single
from grants.models import Application, Commitment, GrantType
from portal.committee.agenda import put_on_agenda
from portal.committee.minutes import Decided, record
from portal.committee.models import Matter, MatterLine, Outcome
from portal.people.models import Role
from portal.registry.models import declare
from tests.factories import CallFactory, CommitteeFactory, MeetingFactory, sent_application, staff
from tests.world import assess

pytestmark = pytest.mark.django_db


@pytest.fixture
def proposed() -> tuple[Application, Matter, MatterLine]:
    CommitteeFactory.create()
    call = CallFactory.create(grant_type=GrantType.UTVECKLINGSBIDRAG, closes_at=None, max_years=1)
    application = sent_application(call=call)
    officer = staff(Role.CASE_OFFICER)
    declare(application.received_case, officer, has_conflict=False)
    assess(application, officer)
    matter = propose_single(application, officer)
    return application, matter, matter.lines.get()


def decide(matter: Matter, decided: Decided) -> None:
    secretary = staff(Role.SECRETARY)
    record(put_on_agenda(matter, MeetingFactory.create(), secretary), decided, secretary)


def test_a_rejected_line_gives_no_money(proposed: tuple[Application, Matter, MatterLine]) -> None:
    application, matter, line = proposed
    decide(matter, Decided(Outcome.GRANTED, rejected=frozenset({line.pk})))
    application.refresh_from_db()
    assert application.decided is not None
    assert not application.decided.is_grant
    assert not Commitment.objects.filter(case=application.case, amount__gt=0).exists()


def test_another_amount_is_what_is_bound(proposed: tuple[Application, Matter, MatterLine]) -> None:
    application, matter, line = proposed
    [year] = line.amounts_of("officers")
    changed = Decided(
        Outcome.GRANTED, amounts={line.pk: {year: 40_000}}, points=["att bevilja föreningen 40 000 kronor"]
    )
    decide(matter, changed)
    application.refresh_from_db()
    assert application.decided is not None
    assert application.decided.amounts == {year: 40_000}
    assert Commitment.objects.get(case=application.case).amount == 40_000

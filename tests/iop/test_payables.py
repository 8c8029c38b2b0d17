"""What finance sees of partnerships: their money beside grants, each krona once, and what it waits for."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from grants.models import Commitment, CommitmentSource
from grants.payables import Payable, by_month, payables
from iop import signing
from iop.models import Agreement, Party
from iop.proposing import send_to_committee
from iop.states import State
from portal.committee.models import Decision
from portal.people.models import Role, User
from portal.registry.models import Event, declare
from tests.factories import AssociationFactory, staff
from tests.grants.test_payables import account_of, announced
from tests.iop.agreeing import decide, decided_partnership, reloaded
from tests.iop.building import Partnership
from tests.iop.test_frame import with_grant

pytestmark = pytest.mark.django_db


def seen(person: User | None = None, today: date | None = None) -> list[Payable]:
    found = payables(person or staff(Role.FINANCE), today or timezone.localdate())
    return [row for row in found if row.source == CommitmentSource.IOP]


def signed(made: Partnership) -> None:
    text = reloaded(made.agreement).text_to_sign
    assert text is not None
    for person in (made.of_association, made.of_unit):
        signing.sign(made.agreement, text.content_sha256, person)


def test_a_decided_partnership_is_a_payment_a_year_and_waits_for_the_signatures() -> None:
    made = decided_partnership(150_000)
    [row] = seen()
    assert (row.association, row.organisation_number) == (
        made.association.name,
        made.association.organisation_number,
    )
    assert row.registry_number == made.agreement.case.registry_number
    # It begins in July: the money comes at the beginning of the co-operation.
    assert (row.payment.year, row.payment.month, row.payment.amount) == (2027, 7, 150_000)
    assert row.waits_for
    assert [month.amount for month in by_month([row])] == [150_000]


def test_it_is_due_when_all_have_signed_the_decision_is_final_and_the_account_is_checked() -> None:
    made = decided_partnership()
    day = date(2027, 7, 1)
    announced(Decision.objects.get(), days_ago=60)
    assert not seen(today=day)[0].is_due
    signed(made)
    [row] = seen(today=day)
    assert (row.waits_for, row.is_final, row.is_due) == ("", True, False)
    account_of(made.association)
    assert [row.is_due for row in seen(today=day)] == [True]
    assert [row.is_due for row in seen(today=date(2026, 12, 31))] == [False]
    Agreement.objects.update(state=State.PAUSED)
    assert [row.is_due for row in seen(today=day)] == [False]


def test_several_associations_have_no_account_to_pay_to_until_somebody_has_read_the_agreement() -> None:
    made = decided_partnership()
    signed(made)
    other = AssociationFactory.create(name="Hamnen")
    Party.objects.create(agreement=made.agreement, position=9, association=other)
    [row] = seen()
    assert row.association == f"{made.association.name}, Hamnen"
    assert (row.account, row.organisation_number, row.is_due) == (None, "", False)
    assert row.waits_for


def test_a_grant_taken_over_in_part_is_paid_once() -> None:
    made, grant = with_grant(granted=100_000, taken=60_000)
    grant.case.application.released_at = timezone.now()
    grant.case.application.save(update_fields=["released_at"])

    def sums() -> dict[str, int]:
        found = payables(staff(Role.FINANCE), date(2026, 1, 1))
        return {
            source: sum(row.payment.amount for row in found if row.source == source)
            for source in CommitmentSource.values
        }

    assert sums() == {"grant": 100_000, "iop": 0}
    decide(send_to_committee(made.agreement, made.officer))
    assert sums() == {"grant": 40_000, "iop": 150_000}
    assert sum(sums().values()) == sum(Commitment.objects.values_list("amount", flat=True))


def test_who_has_a_conflict_of_interest_or_decided_does_not_see_it() -> None:
    made = decided_partnership()
    conflicted, decider = staff(Role.FINANCE), staff(Role.FINANCE)
    declare(made.agreement.case, conflicted, has_conflict=True)
    made.agreement.case.log(Event.Kind.DECIDED, by=decider)
    assert (seen(conflicted), seen(decider)) == ([], [])
    assert seen(staff(Role.MEMBER)) == []


def test_the_page_and_the_sheet_tell_it_in_a_constant_number_of_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    made = decided_partnership()
    client = Client()
    client.force_login(staff(Role.FINANCE))
    page, sheet = reverse("grants:payments"), reverse("grants:payments-export", args=["csv"])
    number = made.agreement.case.registry_number
    assert number in client.get(page).content.decode()
    assert number in client.get(sheet).getvalue().decode()
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    for _number in range(2):
        decided_partnership()
    with django_assert_num_queries(len(few)):
        client.get(page)

"""What finance sees: instalments, sums of each month, and whether the decision behind them is final."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from assessments.matters import propose_single
from grants.associations import accounts
from grants.associations.accounts import NewAccount
from grants.models import Application, Association, PaymentRule
from grants.payables import Month, Payable, by_month, payables
from portal.committee import minutes
from portal.committee.agenda import put_on_agenda
from portal.committee.models import Decision, Outcome
from portal.committee.notice import put_up, register_appeal, settle_appeal
from portal.documents.models import StoredFile
from portal.people.models import AuditEvent, Role
from portal.registry.models import Event
from tests.committee.building import approve_minutes
from tests.factories import (
    PDF,
    CommitteeFactory,
    MeetingFactory,
    person_of,
    sent_application,
    staff,
)
from tests.world import assess

pytestmark = pytest.mark.django_db


def granted(months: list[int] | None = None) -> tuple[Application, Decision]:
    """An application that is granted, and told so; paid in these months."""
    CommitteeFactory.create()
    application = sent_application()
    if months:
        PaymentRule.objects.get_or_create(authority=application.call.authority, months=months)
    assess(application, staff(Role.CASE_OFFICER))
    matter = propose_single(application, staff(Role.CASE_OFFICER))
    # Soon, so that the decision can be final before the grant's first year begins.
    meeting = MeetingFactory.create(committee=matter.committee, starts_at=timezone.now() + timedelta(days=1))
    item = put_on_agenda(matter, meeting, staff(Role.SECRETARY))
    decision = minutes.record_decision(item, Outcome.GRANTED, staff(Role.SECRETARY))
    Application.objects.filter(pk=application.pk).update(released_at=timezone.now())
    application.refresh_from_db()
    return application, decision


def announced(decision: Decision, days_ago: int) -> None:
    """The minutes are approved, and their notice went up so many days ago."""
    written = approve_minutes(decision.agenda_item.meeting)
    up_on = timezone.localdate() - timedelta(days=days_ago)
    type(written).objects.filter(pk=written.pk).update(approved_at=timezone.now() - timedelta(days=days_ago))
    written.refresh_from_db()
    put_up(written, up_on, staff(Role.SECRETARY))


def seen(today: date | None = None) -> list[Payable]:
    return payables(staff(Role.FINANCE), today or timezone.localdate())


def with_account(application: Application) -> None:
    account_of(application.association)


def account_of(association: Association) -> None:
    """The association has an account that two people have checked."""
    evidence = StoredFile.objects.keep(PDF, "application/pdf")
    account = NewAccount("bankgiro", "50501055", "Föreningen", evidence, "bevis.pdf")
    entered = accounts.enter(association, account, person_of(association))
    accounts.verify(entered.pk, staff(Role.CASE_OFFICER))
    accounts.confirm(entered.pk, staff(Role.FINANCE))


def test_each_instalment_is_a_row_and_the_sums_are_exact() -> None:
    application, decision = granted([2, 8])
    assert application.decided is not None
    [(year, amount)] = application.decided.amounts.items()
    found = seen(date(year, 1, 1))
    assert [(row.payment.year, row.payment.number, row.payment.of) for row in found] == [
        (year, number, len(found)) for number in range(1, len(found) + 1)
    ]
    assert sum(row.payment.amount for row in found) == amount
    assert {row.registry_number for row in found} == {application.received_case.registry_number}
    assert sum(month.amount for month in by_month(found)) == amount
    assert [month.count for month in by_month(found)] == [1] * len(found)
    assert found[0].decision is not None
    assert found[0].decision.name == str(decision)


def test_two_grants_of_a_month_are_one_sum() -> None:
    granted([8])
    granted()
    found = seen()
    [month] = by_month(found)
    assert month == Month(*found[0].when, 2, sum(row.payment.amount for row in found), 0)


def test_before_the_notice_nothing_may_be_paid() -> None:
    granted()
    [row, *_rest] = seen()
    assert row.decision is not None
    assert (row.decision.final_since, row.decision.appeal_until, row.is_due) == (None, None, False)


def test_while_it_may_be_appealed_the_last_day_is_told() -> None:
    _application, decision = granted()
    announced(decision, days_ago=3)
    [row, *_rest] = seen()
    assert row.decision is not None
    assert row.decision.appeal_until == decision.agenda_item.meeting.minutes.get().appeal_until
    assert not row.is_final


def test_a_final_decision_with_an_account_may_be_paid_when_its_year_has_come() -> None:
    application, decision = granted()
    announced(decision, days_ago=60)
    until = decision.agenda_item.meeting.minutes.get().appeal_until
    assert until is not None
    [row, *_rest] = seen()
    assert row.decision is not None
    assert row.decision.final_since == until + timedelta(days=1)
    assert not row.is_due
    with_account(application)
    year = row.payment.year
    assert [row.is_due for row in seen(date(year, 1, 1))] == [True] * len(seen())
    assert [row.is_due for row in seen(date(year - 1, 12, 31))] == [False] * len(seen())
    assert sum(month.due for month in by_month(seen(date(year, 1, 1)))) == sum(
        row.payment.amount for row in seen()
    )


@pytest.mark.parametrize(("annulled", "is_final"), [(False, True), (True, False)])
def test_an_appeal_stops_the_money_until_the_court_has_spoken(annulled: bool, is_final: bool) -> None:
    _application, decision = granted()
    announced(decision, days_ago=60)
    today, secretary = timezone.localdate(), staff(Role.SECRETARY)
    appeal = register_appeal(decision, today - timedelta(days=50), "Mål 1", secretary)
    assert not seen()[0].is_final
    settle_appeal(appeal, today, annulled=annulled, by=secretary)
    [row, *_rest] = seen()
    assert row.decision is not None
    assert row.decision.final_since == (today if is_final else None)


def test_the_page_tells_all_of_it_in_a_constant_number_of_queries(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    application, decision = granted([2, 8])
    announced(decision, days_ago=3)
    with_account(application)
    client = Client()
    client.force_login(staff(Role.FINANCE))
    url = reverse("grants:payments")
    page = client.get(url).content.decode()
    for text in (str(decision), application.received_case.registry_number, "5050-1055"):
        assert text in page
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for _number in range(2):
        _other, later = granted([2, 8])
        announced(later, days_ago=3)
    with django_assert_num_queries(len(few)):
        client.get(url)


# --- Taken out as a sheet ----------------------------------------------------------------------------
def taken_out(kind: str) -> bytes:
    client = Client()
    client.force_login(staff(Role.FINANCE))
    return client.get(reverse("grants:payments-export", args=[kind])).getvalue()


def sheet_rows() -> list[dict[str, str]]:
    text = taken_out("csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_the_sheet_has_every_instalment_of_the_page(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"
    application, decision = granted([2, 8])
    announced(decision, days_ago=60)
    with_account(application)
    found = seen()
    rows = sheet_rows()
    assert [int(row["Kronor"]) for row in rows] == [row.payment.amount for row in found]
    assert {row["Account in use"] for row in rows} == {"5050-1055"}
    assert {row["The decision"] for row in rows} == {str(decision)}
    assert found[0].decision is not None
    final = found[0].decision.final_since
    assert final is not None
    assert {row["Final since"] for row in rows} == {final.isoformat()}
    last = found[-1].day
    assert last is not None
    assert rows[-1]["Paid at the latest on"] == f"{last.year}-08-31"
    book = load_workbook(io.BytesIO(taken_out("xlsx")))
    assert book.active is not None
    [head, *cells] = book.active.iter_rows(values_only=True)
    assert [row[head.index("Kronor")] for row in cells] == [row.payment.amount for row in found]


@pytest.mark.rule(13)
def test_an_association_called_as_a_formula_is_text_in_the_sheet() -> None:
    application, _decision = granted()
    Association.objects.filter(pk=application.association_id).update(name="=1+1")
    assert b";'=1+1;" in taken_out("csv")
    book = load_workbook(io.BytesIO(taken_out("xlsx")))
    assert book.active is not None
    assert [(cell.value, cell.data_type) for cell in book.active["C"][1:]] == [("=1+1", "s")] * len(seen())


def test_who_takes_the_sheet_out_is_noted_and_what_they_settled_is_not_in_it() -> None:
    application, _decision = granted()
    person = staff(Role.FINANCE)
    application.received_case.log(Event.Kind.DECIDED, by=person)
    client = Client()
    client.force_login(person)
    text = client.get(reverse("grants:payments-export", args=["csv"])).getvalue().decode()
    assert application.received_case.registry_number not in text
    noted = AuditEvent.objects.get(kind=AuditEvent.Kind.EXPORTED)
    assert (noted.actor, noted.route, noted.detail) == (person, "grants:payments-export", "csv")

"""Payment accounts: two people, no silence, no conflict of interest, and a table of moves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from grants.associations import accounts, association_register
from grants.associations.account_states import TRANSITIONS, AccountState
from grants.associations.accounts import AccountRefused, NewAccount
from grants.models import Association, AssociationEvent, Membership, PaymentAccount
from portal.documents.models import StoredFile
from portal.people.models import Role, User
from portal.registry.models import declare
from tests.factories import PDF, AssociationFactory, person_of, sent_application, staff

pytestmark = pytest.mark.django_db


def new(number: str = "50501055", kind: str = "bankgiro") -> NewAccount:
    return NewAccount(
        kind, number, "Föreningen Fyren", StoredFile.objects.keep(PDF, "application/pdf"), "bevis.pdf"
    )


@pytest.fixture
def association() -> Association:
    return AssociationFactory.create()


@pytest.fixture
def manager(association: Association) -> User:
    return person_of(association)


@pytest.fixture
def first() -> User:
    return staff(Role.CASE_OFFICER)


@pytest.fixture
def second() -> User:
    return staff(Role.CASE_OFFICER)


def in_use(association: Association, number: str, manager: User, first: User, second: User) -> PaymentAccount:
    account = accounts.enter(association, new(number), manager)
    accounts.verify(account.pk, first)
    return accounts.confirm(account.pk, second)


@pytest.mark.rule(11)
def test_an_account_comes_into_use_after_two_officers(
    association: Association, manager: User, first: User, second: User
) -> None:
    account = accounts.enter(association, new(), manager)
    assert not association.accounts.effective().exists()
    accounts.verify(account.pk, first)
    assert not association.accounts.effective().exists()
    accounts.confirm(account.pk, second)

    assert association.accounts.effective().get() == account
    kinds = AssociationEvent.objects.filter(association=association).values_list("kind", "actor")
    assert list(kinds) == [
        ("account_entered", manager.pk),
        ("account_verified", first.pk),
        ("account_confirmed", second.pk),
    ]
    told = [mail.to for mail in Email.objects.all()]
    assert told.count([association.email]) == told.count([manager.email]) == 3
    assert all("5050" not in mail.message + mail.subject for mail in Email.objects.all())


def test_the_same_officer_cannot_confirm(association: Association, manager: User, first: User) -> None:
    account = accounts.enter(association, new(), manager)
    accounts.verify(account.pk, first)
    with pytest.raises(AccountRefused):
        accounts.confirm(account.pk, first)
    assert not association.accounts.effective().exists()


def test_the_database_wants_two_people(association: Association, manager: User, first: User) -> None:
    account = accounts.enter(association, new(), manager)
    now = timezone.now()
    for checkers in ((first, first), (manager, first), (first, manager)):
        with pytest.raises(IntegrityError), transaction.atomic():
            PaymentAccount.objects.filter(pk=account.pk).update(
                state=AccountState.EFFECTIVE,
                verified_by=checkers[0],
                verified_at=now,
                confirmed_by=checkers[1],
                confirmed_at=now,
            )
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentAccount.objects.filter(pk=account.pk).update(state=AccountState.EFFECTIVE)


def test_the_old_account_stays_until_the_new_one_is_verified_twice(
    association: Association, manager: User, first: User, second: User
) -> None:
    old = in_use(association, "50501055", manager, first, second)
    account = accounts.enter(association, new("9001827"), manager)
    accounts.verify(account.pk, second)
    assert association.accounts.effective().get() == old
    accounts.confirm(account.pk, first)
    assert association.accounts.effective().get() == account
    old.refresh_from_db()
    assert (old.state, old.settled_by) == (AccountState.REPLACED, first)


def test_entering_again_takes_back_what_waits(association: Association, manager: User, first: User) -> None:
    waiting = accounts.enter(association, new(), manager)
    accounts.verify(waiting.pk, first)
    accounts.enter(association, new("9001827"), manager)
    waiting.refresh_from_db()
    assert waiting.state == AccountState.WITHDRAWN


def test_what_is_in_use_is_not_entered_again(
    association: Association, manager: User, first: User, second: User
) -> None:
    in_use(association, "50501055", manager, first, second)
    with pytest.raises(AccountRefused):
        accounts.enter(association, new(), manager)


def test_writers_enter_no_account(association: Association) -> None:
    writer = person_of(association, Membership.Role.WRITER)
    with pytest.raises(AccountRefused):
        accounts.enter(association, new(), writer)


def test_a_refusal_says_why(association: Association, manager: User, first: User) -> None:
    account = accounts.enter(association, new(), manager)
    with pytest.raises(AccountRefused):
        accounts.refuse(account.pk, "  ", first)
    accounts.refuse(account.pk, "Innehavaren är en person.", first)
    account.refresh_from_db()
    assert (account.state, account.reason) == ("refused", "Innehavaren är en person.")
    with pytest.raises(IntegrityError), transaction.atomic():
        PaymentAccount.objects.filter(pk=account.pk).update(reason="")


@pytest.mark.rule(11)
@pytest.mark.parametrize("step", ["verify", "confirm", "refuse"])
def test_a_conflict_of_interest_keeps_an_officer_out(step: str, first: User, second: User) -> None:
    application = sent_application()
    manager = application.created_by
    account = accounts.enter(application.association, new(), manager)
    if step == "confirm":
        accounts.verify(account.pk, second)
    declare(application.received_case, first, has_conflict=True)
    more: tuple[Any, ...] = ("Fel.",) if step == "refuse" else ()
    with pytest.raises(AccountRefused):
        getattr(accounts, step)(account.pk, *more, first)


def test_what_is_not_in_the_table_is_refused(
    association: Association, manager: User, first: User, second: User
) -> None:
    account = in_use(association, "50501055", manager, first, second)
    steps = (
        lambda: accounts.verify(account.pk, first),
        lambda: accounts.confirm(account.pk, second),
        lambda: accounts.refuse(account.pk, "Fel.", first),
        lambda: accounts.withdraw(account.pk, manager),
    )
    for step in steps:
        with pytest.raises(AccountRefused):
            step()
    assert association.accounts.effective().get() == account
    assert {to for _from, to in TRANSITIONS} == set(AccountState) - {AccountState.ENTERED}


def test_the_start_page_of_finance_counts_accounts_to_check(association: Association, manager: User) -> None:
    finance = staff(Role.FINANCE)
    assert list(association_register.waiting(finance)) == []
    accounts.enter(association, new(), manager)
    rows = [(row.count, row.url) for row in association_register.waiting(finance)]
    assert rows == [(1, reverse("grants:payments"))]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_two_officers_at_the_same_moment_verify_once() -> None:
    association = AssociationFactory.create()
    account = accounts.enter(association, new(), person_of(association))
    officers = [staff(Role.CASE_OFFICER) for _n in range(4)]

    def verify(officer: User) -> bool:
        try:
            accounts.verify(account.pk, officer)
        except AccountRefused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(verify, officers)) == 1

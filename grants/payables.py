"""What is to be paid: every instalment of what decisions bind, and whether it may be paid now.

Partnerships are paid too; the room above that knows them registers what it owes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from grants.decided import Decided, decided
from grants.models import (
    Application,
    Commitment,
    CommitmentSource,
    PaymentAccount,
    PaymentRule,
    TermsStage,
    YearAmount,
)
from grants.payment_plan import Payment, plan, rules_for


@dataclass(frozen=True)
class Payable:
    """One instalment of what is bound for a year, with the account in use and the decision behind it."""

    #: As it is to be read; several names, and no number, where it goes to several associations.
    association: str
    organisation_number: str
    registry_number: str
    payment: Payment
    account: PaymentAccount | None
    decision: Decided | None
    #: The grant's later years are paid once the report on the year before is approved.
    is_later_year: bool
    today: date
    source: str = CommitmentSource.GRANT
    #: What else has to happen before anything is paid, in words.
    waits_for: str = ""

    @property
    def is_final(self) -> bool:
        return self.decision is not None and self.decision.final_since is not None

    @property
    def is_due(self) -> bool:
        """Whether nothing known stands in the way: it is final, has an account, and its year has come."""
        is_open = self.account is not None and not self.waits_for
        return self.is_final and is_open and self.payment.year <= self.today.year

    @property
    def when(self) -> tuple[int, int]:
        """The year, and the month by whose end it is paid; 0 for as soon as the decision is final."""
        return (self.payment.year, self.payment.month or 0)

    @property
    def day(self) -> date | None:
        return _day(*self.when)


@dataclass(frozen=True)
class Month:
    """What is paid by the end of one month: how many instalments, and whole kronor in all and due."""

    year: int
    month: int
    count: int
    amount: int
    due: int

    @property
    def day(self) -> date | None:
        return _day(self.year, self.month)


#: Answers what a person pays of another kind than grants, this year and later.
Finder = Callable[[Any, date], list[Payable]]

_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """Called once for a page; what it finds starts at what the person may see."""
    if finder not in _finders:
        _finders.append(finder)


def _day(year: int, month: int) -> date | None:
    """The first day of the month; None where the money is paid as soon as the decision is final."""
    return date(year, month, 1) if month else None


def payables(user: Any, today: date) -> list[Payable]:
    """The instalments of this year and later ones, the nearest first; a constant number of queries.

    Cases in which the person proposed or decided, or has a conflict of interest, are not among them.
    """
    found = _of_grants(user, today) + [payable for find in _finders for payable in find(user, today)]
    return sorted(found, key=lambda payable: (payable.when, payable.association, payable.registry_number))


def by_month(found: Iterable[Payable]) -> list[Month]:
    """The sums of each month, of instalments in their order."""
    months = []
    for (year, month), group in groupby(found, key=lambda payable: payable.when):
        parts = list(group)
        amount = sum(part.payment.amount for part in parts)
        due = sum(part.payment.amount for part in parts if part.is_due)
        months.append(Month(year, month, len(parts), amount, due))
    return months


def _of_grants(user: Any, today: date) -> list[Payable]:
    rows = list(_granted(user, today.year))
    decisions = decided({row.case_id for row in rows})
    rules = list(PaymentRule.objects.filter(authority__in={row.authority for row in rows}))
    return [payable for row in rows for payable in _of_year(row, decisions.get(row.case_id), rules, today)]


def _granted(user: Any, first_year: int) -> Iterable[Any]:
    """What is bound of each grant and year, with what its instalments are told by.

    The ledger has it without what a partnership took over, which is paid as the partnership's.
    """
    application = "case__application"
    in_use = PaymentAccount.objects.effective().filter(association=OuterRef(f"{application}__association"))
    years = YearAmount.objects.filter(
        terms__application=OuterRef(application), terms__stage=TermsStage.DECIDED, amount__gt=0
    ).order_by("year")
    return Commitment.objects.filter(
        case__application__in=Application.objects.visible_to(user),
        source=CommitmentSource.GRANT,
        year__gte=first_year,
    ).annotate(
        association=F(f"{application}__association__name"),
        organisation_number=F(f"{application}__association__organisation_number"),
        registry_number=F("case__registry_number"),
        call=F(f"{application}__call"),
        authority=F(f"{application}__call__authority"),
        granted_from=Coalesce(Subquery(years.values("year")[:1]), F("year")),
        account_kind=Subquery(in_use.values("kind")[:1]),
        account_number=Subquery(in_use.values("number")[:1]),
    )


def _of_year(
    row: Any, decision: Decided | None, rules: Sequence[PaymentRule], today: date
) -> Iterable[Payable]:
    account = PaymentAccount(kind=row.account_kind, number=row.account_number) if row.account_number else None
    its_rules = rules_for(row.call, row.authority, rules)
    for payment in plan({row.year: row.amount}, its_rules, decision.on if decision else today):
        yield Payable(
            row.association,
            row.organisation_number,
            row.registry_number,
            payment,
            account,
            decision,
            row.year > row.granted_from,
            today,
        )

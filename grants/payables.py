"""What is to be paid: every instalment of what is granted, and whether it may be paid now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import F, OuterRef, Subquery

from grants.decided import Decided, decided
from grants.models import Application, PaymentAccount, PaymentRule, TermsStage, YearAmount
from grants.payment_plan import Payment, plan, rules_for


@dataclass(frozen=True)
class Payable:
    """One instalment of a grant for a year, with the account in use and the decision behind it."""

    association: str
    organisation_number: str
    registry_number: str
    payment: Payment
    account: PaymentAccount | None
    decision: Decided | None
    #: The grant's later years are paid once the report on the year before is approved.
    is_later_year: bool
    today: date

    @property
    def is_final(self) -> bool:
        return self.decision is not None and self.decision.final_since is not None

    @property
    def is_due(self) -> bool:
        """Whether nothing known stands in the way: it is final, has an account, and its year has come."""
        return self.is_final and self.account is not None and self.payment.year <= self.today.year

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


def _day(year: int, month: int) -> date | None:
    """The first day of the month; None where the money is paid as soon as the decision is final."""
    return date(year, month, 1) if month else None


def payables(user: Any, today: date) -> list[Payable]:
    """The instalments of this year's grants and later ones', the nearest first; a constant number of queries.

    Cases in which the person proposed or decided, or has a conflict of interest, are not among them.
    """
    rows = list(_granted(user, today.year))
    decisions = decided({row.case for row in rows})
    rules = list(PaymentRule.objects.filter(authority__in={row.authority for row in rows}))
    found = [payable for row in rows for payable in _of_year(row, decisions.get(row.case), rules, today)]
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


def _granted(user: Any, first_year: int) -> Iterable[Any]:
    """The decided amounts of each grant and year, with what their instalments are told by."""
    application = "terms__application"
    in_use = PaymentAccount.objects.effective().filter(association=OuterRef(f"{application}__association"))
    years = YearAmount.objects.filter(terms=OuterRef("terms"), amount__gt=0).order_by("year")
    return YearAmount.objects.filter(
        terms__application__in=Application.objects.visible_to(user),
        terms__stage=TermsStage.DECIDED,
        amount__gt=0,
        year__gte=first_year,
    ).annotate(
        association=F(f"{application}__association__name"),
        organisation_number=F(f"{application}__association__organisation_number"),
        registry_number=F(f"{application}__case__registry_number"),
        case=F(f"{application}__case"),
        call=F(f"{application}__call"),
        authority=F(f"{application}__call__authority"),
        granted_from=Subquery(years.values("year")[:1]),
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

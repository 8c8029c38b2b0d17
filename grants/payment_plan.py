"""When and in which parts a grant is paid: pure functions over the decided amounts and the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from grants.models import Call, PaymentRule

#: Without a rule a year is paid at once, at the latest in this month (payment per calendar year).
DEFAULT_MONTHS = (2,)
#: A decision is not final before the minutes are approved (at most 14 days), announced (two days) and three
#: weeks have passed (kommunallagen 5:69, 8:9, 13:5): so many months after its own it surely is.
MONTHS_UNTIL_FINAL = 2


@dataclass(frozen=True)
class Payment:
    """One payment: whole kronor of the grant for `year`, number `number` of that year's `of`.

    `month` is the month of that year by whose end it is paid; None means as soon as the decision is final.
    """

    year: int
    number: int
    of: int
    month: int | None
    amount: int


def plan(amounts: Mapping[int, int], rules: Sequence[PaymentRule], decided_on: date) -> list[Payment]:
    """The payments of a grant: each year's sum up to its amount exactly.

    What would have been paid before the decision can be final comes in one payment as soon as it is.
    """
    payments = []
    for year, amount in sorted(amounts.items()):
        if amount:
            payments += _of_year(year, amount, months_for(amount, rules), decided_on)
    return payments


def rules_of(call: Call, rules: Sequence[PaymentRule]) -> list[PaymentRule]:
    """Of these rules, those that a call is paid by: its own when it has any, else its authority's."""
    return rules_for(call.pk, call.authority_id, rules)


def rules_for(call_id: int, authority_id: int, rules: Sequence[PaymentRule]) -> list[PaymentRule]:
    """As `rules_of`, for who knows the call by its id alone."""
    own = [rule for rule in rules if rule.call_id == call_id]
    return own or [rule for rule in rules if rule.call_id is None and rule.authority_id == authority_id]


def months_for(amount: int, rules: Sequence[PaymentRule]) -> Sequence[int]:
    """The months in which a year's amount is paid, by the rule with the highest sum that it reaches."""
    reached = [rule for rule in rules if rule.from_amount <= amount]
    return max(reached, key=lambda rule: rule.from_amount).months if reached else DEFAULT_MONTHS


def split(amount: int, parts: int) -> list[int]:
    """Whole kronor in equal parts; what does not divide comes with the first ones, a krona each."""
    each, left = divmod(amount, parts)
    return [each + (number < left) for number in range(parts)]


def _of_year(year: int, amount: int, months: Sequence[int], decided_on: date) -> list[Payment]:
    # A grant of fewer kronor than payments has no part for each of them.
    shares = list(zip(months, split(amount, min(len(months), amount)), strict=False))
    early = sum(share for month, share in shares if not _is_final_by(year, month, decided_on))
    later = [(month, share) for month, share in shares if _is_final_by(year, month, decided_on)]
    parts: list[tuple[int | None, int]] = [*([(None, early)] if early else []), *later]
    return [Payment(year, number, len(parts), month, share) for number, (month, share) in enumerate(parts, 1)]


def _is_final_by(year: int, month: int, decided_on: date) -> bool:
    return (year - decided_on.year) * 12 + month - decided_on.month >= MONTHS_UNTIL_FINAL

"""Payment plans: whatever the rules, the parts are whole kronor that sum up to the grant exactly."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from grants.models import PaymentRule
from grants.models.payment_rules import check_months
from grants.payment_plan import DEFAULT_MONTHS, MONTHS_UNTIL_FINAL, Payment, months_for, plan, split

YEAR = 2027
BEFORE = date(2026, 12, 15)


def rule(from_amount: int, *months: int) -> PaymentRule:
    return PaymentRule(from_amount=from_amount, months=list(months))


amounts = st.dictionaries(st.integers(YEAR, YEAR + 4), st.integers(0, 100_000_000), max_size=5)
rules = st.lists(
    st.builds(
        lambda start, months: rule(start, *sorted(months)),
        st.integers(0, 5_000_000),
        st.sets(st.integers(1, 12), min_size=1),
    ),
    unique_by=lambda one: one.from_amount,
    max_size=4,
)
days = st.dates(date(2026, 1, 1), date(2031, 12, 31))


@given(amounts, rules, days)
def test_the_parts_of_each_year_sum_up_to_its_grant(
    granted: dict[int, int], having: list[PaymentRule], day: date
) -> None:
    payments = plan(granted, having, day)
    assert sum(payment.amount for payment in payments) == sum(granted.values())
    for year, amount in granted.items():
        parts = [payment for payment in payments if payment.year == year]
        assert sum(part.amount for part in parts) == amount
        assert [part.number for part in parts] == list(range(1, len(parts) + 1))
        assert {part.of for part in parts} <= {len(parts)}
        assert all(type(part.amount) is int and part.amount > 0 for part in parts)


@given(amounts, rules, days)
def test_nothing_is_paid_before_the_decision_can_be_final(
    granted: dict[int, int], having: list[PaymentRule], day: date
) -> None:
    for payment in plan(granted, having, day):
        if payment.month is not None:
            months = (payment.year - day.year) * 12 + payment.month - day.month
            assert months >= MONTHS_UNTIL_FINAL
            assert payment.month in months_for(granted[payment.year], having)


@given(st.integers(0, 100_000_000), st.integers(1, 12))
def test_parts_differ_by_a_krona_at_most(amount: int, parts: int) -> None:
    shares = split(amount, parts)
    assert (len(shares), sum(shares)) == (parts, amount)
    assert max(shares) - min(shares) <= 1
    assert shares == sorted(shares, reverse=True)


def test_without_rules_a_year_is_paid_at_once() -> None:
    assert plan({2028: 5, 2027: 7}, [], BEFORE) == [
        Payment(2027, 1, 1, DEFAULT_MONTHS[0], 7),
        Payment(2028, 1, 1, DEFAULT_MONTHS[0], 5),
    ]


def test_the_rule_with_the_highest_sum_reached_holds() -> None:
    having = [rule(500_000, 2, 8), rule(0, 2), rule(2_000_000, 1, 4, 7, 10)]
    assert [months_for(amount, having) for amount in (499_999, 500_000, 2_000_000)] == [
        [2],
        [2, 8],
        [1, 4, 7, 10],
    ]
    assert months_for(10, [rule(500_000, 2, 8)]) == DEFAULT_MONTHS


def test_what_is_too_soon_is_paid_together_once_the_decision_is_final() -> None:
    having = [rule(0, 1, 4, 7, 10)]
    assert plan({YEAR: 100_001}, having, date(2027, 4, 20)) == [
        Payment(YEAR, 1, 3, None, 50_001),
        Payment(YEAR, 2, 3, 7, 25_000),
        Payment(YEAR, 3, 3, 10, 25_000),
    ]


@pytest.mark.parametrize("months", [[], [0], [13], [2, 1], [1, 1], ["1"], "1", None, [True]])
def test_months_are_months(months: object) -> None:
    with pytest.raises(ValidationError):
        check_months(months)

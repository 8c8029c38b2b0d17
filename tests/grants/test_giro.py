"""Bankgiro and plusgiro numbers: what is read, what is refused, and how they are written."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from grants.associations.giro import LENGTHS, GiroKind, normalise_giro, written_giro

pytestmark = pytest.mark.rule(15)


@st.composite
def valid_numbers(draw: st.DrawFn) -> tuple[str, str]:
    """A kind and a number with a right check digit."""
    kind = draw(st.sampled_from(list(GiroKind)))
    shortest, longest = LENGTHS[kind]
    head = draw(st.text("0123456789", min_size=shortest - 1, max_size=longest - 1))
    number = head + luhn.calc_check_digit(head)
    return kind, number if int(
        number
    ) else f"{'1' * (shortest - 1)}{luhn.calc_check_digit('1' * (shortest - 1))}"


@given(valid_numbers())
def test_what_is_written_is_read_back(case: tuple[str, str]) -> None:
    kind, number = case
    assert normalise_giro(kind, number) == number
    assert normalise_giro(kind, written_giro(kind, number)) == number


@pytest.mark.rule(15)
@given(valid_numbers(), st.integers(0, 7), st.integers(1, 9))
def test_one_wrong_digit_is_found(case: tuple[str, str], place: int, more: int) -> None:
    kind, number = case
    place %= len(number)
    wrong = number[:place] + str((int(number[place]) + more) % 10) + number[place + 1 :]
    with pytest.raises(ValidationError) as refused:
        normalise_giro(kind, wrong)
    assert refused.value.code == "check_digit"


@pytest.mark.rule(15)
@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("bankgiro", "505-105", "length"),
        ("bankgiro", "5050-10555", "length"),
        ("bankgiro", "5050–1055", "characters"),  # an en dash, as some programs write it
        ("bankgiro", "5050-1056", "check_digit"),
        ("bankgiro", "0000-0000", "check_digit"),
        ("plusgiro", "8", "length"),
        ("plusgiro", "123456789", "length"),
        ("plusgiro", "٢٨ ٦٥", "characters"),
        ("plusgiro", "28 65 43-5", "check_digit"),
    ],
)
def test_what_cannot_be_a_number_is_refused(kind: str, text: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        normalise_giro(kind, text)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("kind", "digits", "written"),
    [
        ("bankgiro", "50501055", "5050-1055"),
        ("bankgiro", "9001827", "900-1827"),
        ("plusgiro", "2865434", "28\u00a065\u00a043-4"),
        ("plusgiro", "18", "1-8"),
        ("plusgiro", "12345674", "1\u00a023\u00a045\u00a067-4"),
    ],
)
def test_numbers_are_written_as_on_paper(kind: str, digits: str, written: str) -> None:
    assert written_giro(kind, digits) == written

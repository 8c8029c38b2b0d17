"""Organisation numbers: what people write, what is refused, and that python-stdnum agrees where it should."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.se import orgnr

from grants.organisation_number import normalise_organisation_number

pytestmark = pytest.mark.rule(15)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("802002-8711", "8020028711"),
        ("212000-1157", "2120001157"),
        ("8020028711", "8020028711"),
        ("16802002-8711", "8020028711"),
        ("168020028711", "8020028711"),
        (" 802002 8711 ", "8020028711"),
        ("802002\u00a08711", "8020028711"),
        ("899900-0014", "8999000014"),
    ],
)
def test_numbers_are_stored_as_ten_digits(written: str, stored: str) -> None:
    assert normalise_organisation_number(written) == stored


@pytest.mark.rule(15)
@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("802002-8712", "check_digit"),
        ("212000-1158", "check_digit"),
        ("811218-9876", "personal"),
        ("19811218-9876", "length"),
        ("811278-9873", "personal"),
        ("0000000000", "personal"),
        ("802002–8711", "characters"),
        ("８020028711", "characters"),
        ("٨٠٢٠٠٢٨٧١١", "characters"),
        ("80200287", "length"),
        ("80200287111", "length"),
        ("", "characters"),
        ("föreningen", "characters"),
    ],
)
def test_what_cannot_be_one_is_refused_with_its_reason(written: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        normalise_organisation_number(written)
    assert refused.value.code == code


@given(st.text(max_size=16))
def test_any_text_gives_a_valid_number_or_a_refusal(text: str) -> None:
    try:
        number = normalise_organisation_number(text)
    except ValidationError:
        return
    assert orgnr.is_valid(number)
    assert number[2] >= "2"


@given(st.integers(min_value=10_0000000, max_value=99_9999999), st.sampled_from(["", "-", " ", "16"]))
def test_every_number_stdnum_takes_and_that_is_no_personal_number_is_taken(body: int, style: str) -> None:
    digits = f"{body:09d}"
    digits += luhn.calc_check_digit(digits)
    written = f"16{digits}" if style == "16" else f"{digits[:6]}{style}{digits[6:]}"
    if digits[2] < "2":
        with pytest.raises(ValidationError):
            normalise_organisation_number(written)
    else:
        assert normalise_organisation_number(written) == orgnr.compact(digits)

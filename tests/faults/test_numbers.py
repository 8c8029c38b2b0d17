"""Sums as people and attackers write them: whole kronor or a refusal in words; the server counts."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from grants.forms.fields import HIGHEST_AMOUNT, KronorField
from grants.models import Application, Section, YearAmount
from tests.bench.browsing import Form
from tests.factories import ApplicationFactory, complete

pytestmark = [pytest.mark.fault, pytest.mark.rule(15)]

REFUSED = {
    "negative": "-1",
    "minus": "\u2212100",
    "dash": "\u2013100",
    "öre": "100,50",
    "point": "100.50",
    "thousands by points": "1.000",
    "exponent": "1e9",
    "capital exponent": "1E3",
    "hexadecimal": "0x10",
    "underscore": "1_000",
    "infinite": "inf",
    "no number": "NaN",
    "Arabic digits": "١٠٠٠",
    "Devanagari digits": "१०००",
    "full width digits": "１０００",
    "superscript": "10²",
    "fraction": "½",
    "Roman": "Ⅻ",
    "formula": "=1+1",
    "a hidden character": "10\u200b00",
    "right to left": "\u202e001",
    "NUL": "10\x0000",
    "too much": str(HIGHEST_AMOUNT + 1),
    "huge": "9" * 5000,
    "words": "hundra",
    "euro": "100 €",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_whole_sum_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        KronorField().clean(text)
    assert refusal.value.messages[0].endswith(".")
    assert refusal.value.code in {None, "invalid", "too_high"}


@pytest.mark.parametrize(
    ("text", "kronor"),
    [("0", 0), ("1000", 1000), ("1 000", 1000), ("1\u00a0000 kr", 1000), ("1\u202f000:-", 1000), ("007", 7)],
)
def test_sums_as_people_write_them_are_read(text: str, kronor: int) -> None:
    assert KronorField().clean(text) == kronor


@settings(max_examples=50)
@given(st.text(max_size=12))
def test_any_text_is_a_sum_within_bounds_or_a_refusal(text: str) -> None:
    try:
        kronor = KronorField().clean(text)
    except ValidationError:
        return
    assert kronor is None or 0 <= kronor <= HIGHEST_AMOUNT


@pytest.mark.soak
@pytest.mark.django_db
def test_a_sum_that_is_posted_along_is_not_believed(client: Client) -> None:
    """The page shows totals; what a browser says of them, and of years not asked for, counts for nothing."""
    draft: Application = complete(ApplicationFactory.create(call__max_years=1))
    client.force_login(draft.created_by)
    path = reverse("grants:section", args=[draft.pk, Section.GRANT])
    fields: dict[str, Any] = Form(client.get(path).content).fields
    lies = {name: ["999999"] for name in ("total", "sum", "amount", "amount_2019", "amount_total")}
    assert client.post(path, fields | {"amount_2027": ["120 000"]} | lies).status_code == 302
    assert list(YearAmount.objects.filter(terms__application=draft).values_list("year", "amount")) == [
        (2027, 120_000)
    ]

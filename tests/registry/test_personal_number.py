"""Texts that look as if they held a personal identity number."""

from __future__ import annotations

import pytest

from portal.registry.personal_number import looks_like_personal_number

pytestmark = pytest.mark.rule(14)


@pytest.mark.rule(14)
@pytest.mark.parametrize(
    "text",
    [
        "811218-9876",
        "Kontakta 19811218-9876 om ni undrar",
        "198112189876",
        "8112189876",
        "811218 9876",
        "811218+9876",
        "811278-9873",
        "(20010203-1234)",
    ],
)
def test_what_looks_like_one_is_found(text: str) -> None:
    assert looks_like_personal_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "802002-8711",
        "Vi nådde 1 234 personer år 2025",
        "070-123 45 67",
        "0701234567",
        "Dnr 00086/2020",
        "2026-11-22",
        "811318-9876",
        "bankgiro 5050-1055",
    ],
)
def test_other_figures_are_left_alone(text: str) -> None:
    assert not looks_like_personal_number(text)

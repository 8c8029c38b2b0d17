"""The sums of a round: the demonstration round's figures come out, counted both ways."""

from __future__ import annotations

import pytest
from django.utils import translation

from assessments.figures import Figures, figures
from grants.models import TermsStage
from portal.documents.templatetags.swedish_text import percent
from tests.assessments.terms import before_committee, loaded
from tests.factories import CallFactory

pytestmark = pytest.mark.django_db

#: (sought a year, granted a year, years, share for children and young people)
ROUND = [
    (2_400_000, 1_900_000, 3, 0),
    (1_900_000, 1_700_000, 3, 0),
    (1_200_000, 900_000, 3, 0),
    (900_000, 700_000, 2, 0),
    (800_000, 600_000, 3, 15),
    (1_100_000, 600_000, 1, 100),
    (650_000, 450_000, 3, 10),
    (400_000, 300_000, 1, 100),
    (450_000, 300_000, 2, 5),
    (320_000, 250_000, 2, 0),
    (400_000, 250_000, 1, 10),
    (500_000, 250_000, 1, 10),
    (250_000, 200_000, 2, 100),
    (350_000, 200_000, 2, 35),
    (300_000, 200_000, 1, 80),
    (200_000, 150_000, 2, 100),
    (180_000, 120_000, 3, 0),
    (150_000, 100_000, 2, 10),
    (200_000, 90_000, 1, 0),
    (120_000, 80_000, 1, 100),
    (90_000, 60_000, 1, 0),
    (60_000, 0, 1, 0),
]


def test_the_round_s_sums() -> None:
    call = CallFactory.create()
    rows = [
        before_committee(
            call,
            f"Förening {number}",
            child_share=share,
            applied={2027 + year: sought for year in range(years)},
            proposed={2027 + year: granted for year in range(years)},
        )
        for number, (sought, granted, years, share) in enumerate(ROUND)
    ]
    sums = figures(loaded(*rows), TermsStage.PROPOSED)
    assert sums == Figures(
        count=22,
        granted_count=21,
        sought=12_920_000,
        granted=9_400_000,
        child_kronor_weighted=1_770_000,
        child_kronor_whole=1_330_000,
    )
    with translation.override("sv"):
        shares = [percent(sums.child_percent_weighted), percent(sums.child_percent_whole)]
    assert shares == [
        "18,8\u00a0%",
        "14,1\u00a0%",
    ]


def test_a_stage_without_terms_is_nothing_granted() -> None:
    row = before_committee(CallFactory.create(), "A", child_share=100, applied={2027: 100})
    sums = figures(loaded(row), TermsStage.DECIDED)
    assert (sums.sought, sums.granted, sums.granted_count) == (100, 0, 0)
    assert (sums.child_percent_weighted, sums.child_percent_whole) == (0.0, 0.0)


def test_no_share_given_counts_as_none() -> None:
    row = before_committee(CallFactory.create(), "A", proposed={2027: 100})
    row.child_share = None
    row.save()
    assert figures(loaded(row), TermsStage.PROPOSED).child_kronor_weighted == 0


def test_small_grants_are_rounded_together() -> None:
    """Three times 0.5 kronor are 1.5; rounded one by one they would be 0 (or 3)."""
    call = CallFactory.create()
    rows = [before_committee(call, name, child_share=50, proposed={2027: 1}) for name in "ABC"]
    assert figures(loaded(*rows), TermsStage.PROPOSED).child_kronor_weighted == 2


def test_only_the_first_year_counts() -> None:
    row = before_committee(CallFactory.create(), "A", applied={2028: 5, 2027: 3}, proposed={2027: 2, 2028: 9})
    sums = figures(loaded(row), TermsStage.PROPOSED)
    assert (sums.sought, sums.granted) == (3, 2)


def test_loaded_rows_ask_nothing(django_assert_num_queries: object) -> None:
    rows = loaded(before_committee(CallFactory.create(), "A", applied={2027: 1}, proposed={2027: 1}))
    with django_assert_num_queries(0):  # type: ignore[operator]
        figures(rows, TermsStage.PROPOSED)

"""Decision points in the committee's standard sentences."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from assessments.sentences import points_for_round, points_for_single, years_in_words
from assessments.shortening import first_sentences
from grants.models import Application, GrantType, Terms, TermsReport, TermsStage
from tests.assessments.terms import before_committee, loaded, set_terms
from tests.factories import CallFactory

pytestmark = pytest.mark.django_db

NUMBER = "8999000014"
WHOM = "Kvinnojouren Sundet, 899900-0014"
FINANCING = "att finansiering sker inom nämndens ram för föreningsbidrag 2027"
REPAYMENT = "att bidrag som inte använts för sitt ändamål ska återbetalas"
ONE_REPORT = "att redovisning ska lämnas senast den 31\u00a0mars 2028"
REPORT_EACH_YEAR = "att redovisning för varje bidragsår ska lämnas senast den 31\u00a0mars året efter"


def proposed(amounts: dict[int, int], *, grant_type: str = "", conditions: str = "") -> Application:
    row = before_committee(
        CallFactory.create(), "Kvinnojouren Sundet", number=NUMBER, applied={2027: 2_400_000}
    )
    set_terms(row, TermsStage.PROPOSED, amounts, grant_type=grant_type, conditions=conditions)
    return loaded(row)[0]


def test_a_grant_of_several_years() -> None:
    row = proposed(dict.fromkeys((2027, 2028, 2029), 1_900_000))
    assert points_for_single(row, TermsStage.PROPOSED) == [
        f"att bevilja {WHOM}, verksamhetsbidrag med 1\u00a0900\u00a0000\u00a0kronor per år för åren "
        "2027–2029, totalt 5\u00a0700\u00a0000\u00a0kronor",
        "att bidraget för åren 2028–2029 gäller under förutsättning att nämnden får budgetmedel och att "
        "redovisning för föregående år godkänts",
        FINANCING,
        REPORT_EACH_YEAR,
        REPAYMENT,
    ]


def test_a_grant_of_one_year() -> None:
    assert points_for_single(proposed({2027: 90_000}), TermsStage.PROPOSED) == [
        f"att bevilja {WHOM}, verksamhetsbidrag med 90\u00a0000\u00a0kronor för 2027",
        FINANCING,
        ONE_REPORT,
        REPAYMENT,
    ]


def test_amounts_that_differ_from_year_to_year() -> None:
    row = proposed({2027: 200_000, 2028: 150_000, 2029: 100_000})
    assert points_for_single(row, TermsStage.PROPOSED)[0] == (
        f"att bevilja {WHOM}, verksamhetsbidrag med 200\u00a0000\u00a0kronor för 2027, "
        "150\u00a0000\u00a0kronor för 2028 och 100\u00a0000\u00a0kronor för 2029, totalt "
        "450\u00a0000\u00a0kronor"
    )


def test_another_type_than_was_applied_for() -> None:
    row = proposed({2027: 80_000}, grant_type=GrantType.UTVECKLINGSBIDRAG)
    assert points_for_single(row, TermsStage.PROPOSED)[:2] == [
        f"att avslå ansökan från {WHOM}, om verksamhetsbidrag",
        f"att i stället bevilja {WHOM}, utvecklingsbidrag med 80\u00a0000\u00a0kronor för 2027",
    ]


@pytest.mark.parametrize("stage", [TermsStage.PROPOSED, TermsStage.DECIDED])
def test_a_no(stage: TermsStage) -> None:
    """Terms without amounts are a no, and so are no terms at all; and a no costs nothing."""
    assert points_for_single(proposed({}), stage) == [f"att avslå ansökan från {WHOM}"]


def referred(referral: str, referred_to: str = "") -> Application:
    row = proposed({})
    Terms.objects.filter(application=row, stage=TermsStage.PROPOSED).update(
        referral=referral, referred_to=referred_to
    )
    return loaded(row)[0]


def test_a_referral_follows_the_no() -> None:
    to_committee = referred("committee", "vård- och omsorgsnämnden")
    assert points_for_single(to_committee, TermsStage.PROPOSED) == [
        f"att avslå ansökan från {WHOM}",
        "att hänvisa Kvinnojouren Sundet till vård- och omsorgsnämnden",
    ]


def test_a_referral_to_a_partnership() -> None:
    assert points_for_single(referred("iop"), TermsStage.PROPOSED)[1:] == [
        "att hänvisa Kvinnojouren Sundet till dialog om idéburet offentligt partnerskap",
    ]


def report(row: Application, days: dict[int, date]) -> None:
    terms = row.proposed
    TermsReport.objects.bulk_create(
        TermsReport(terms=terms, year=year, due_on=day) for year, day in days.items()
    )


def test_report_days_of_one_application() -> None:
    row = proposed({2027: 10, 2028: 10})
    report(row, {2027: date(2028, 2, 15), 2028: date(2029, 4, 30), 2029: date(2030, 1, 1)})
    assert points_for_single(loaded(row)[0], TermsStage.PROPOSED)[3] == (
        "att redovisning ska lämnas för 2027 senast den 15\u00a0februari 2028 och för 2028 senast den "
        "30\u00a0april 2029"
    )


@pytest.mark.parametrize("language", ["sv", "en"])
def test_report_days_that_all_share_are_said_once_in_swedish(language: str) -> None:
    row = proposed({2027: 10, 2028: 10})
    report(row, {2027: date(2028, 2, 15), 2028: date(2029, 2, 15)})
    with translation.override(language):
        assert points_for_single(loaded(row)[0], TermsStage.PROPOSED)[3] == (
            "att redovisning för varje bidragsår ska lämnas senast den 15\u00a0februari året efter"
        )


def test_the_usual_day_said_of_each_is_the_common_sentence() -> None:
    row = proposed({2027: 90_000})
    report(row, {2027: date(2028, 3, 31)})
    assert ONE_REPORT in points_for_single(loaded(row)[0], TermsStage.PROPOSED)


def test_report_days_that_differ_are_said_of_each_application() -> None:
    call = CallFactory.create()
    rows = [
        before_committee(call, "A", number="8999000014", proposed={2027: 10}),
        before_committee(call, "B", number="8999000022", proposed={2027: 20}),
        before_committee(call, "C", number="8999000030", proposed={}),
    ]
    report(loaded(rows[1])[0], {2027: date(2028, 1, 31)})
    points = points_for_round(loaded(*rows), TermsStage.PROPOSED)
    assert points[-3:] == [
        "att A, 899900-0014, ska lämna redovisning för 2027 senast den 31\u00a0mars 2028",
        "att B, 899900-0022, ska lämna redovisning för 2027 senast den 31\u00a0januari 2028",
        REPAYMENT,
    ]
    assert ONE_REPORT not in points


def test_conditions_are_part_of_the_grant() -> None:
    conditions = "att boendet redovisas skilt.\n\n  chatten är öppen på kvällar;\natt ledare utses"
    assert points_for_single(proposed({2027: 90_000}, conditions=conditions), TermsStage.PROPOSED)[0] == (
        f"att bevilja {WHOM}, verksamhetsbidrag med 90\u00a0000\u00a0kronor för 2027, på villkor att "
        "boendet redovisas skilt, att chatten är öppen på kvällar och att ledare utses"
    )


def test_a_round_says_once_what_all_share() -> None:
    call = CallFactory.create()
    rows = loaded(
        before_committee(call, "A", number="8999000014", chair={2027: 10}),
        before_committee(call, "B", number="8999000022", chair={2027: 20, 2028: 20}),
        before_committee(call, "C", number="8999000030", chair={}),
    )
    assert points_for_round(rows, TermsStage.CHAIR) == [
        "att bevilja A, 899900-0014, verksamhetsbidrag med 10\u00a0kronor för 2027",
        "att bevilja B, 899900-0022, verksamhetsbidrag med 20\u00a0kronor per år för åren 2027–2028, totalt "
        "40\u00a0kronor",
        "att avslå ansökan från C, 899900-0030",
        "att bidragen för 2028 gäller under förutsättning att nämnden får budgetmedel och att redovisning "
        "för föregående år godkänts",
        FINANCING,
        REPORT_EACH_YEAR,
        REPAYMENT,
    ]


def test_no_point_ends_in_a_mark() -> None:
    row = proposed({2027: 1, 2028: 2}, conditions="att ett villkor gäller.")
    for point in points_for_single(row, TermsStage.PROPOSED):
        assert point.startswith("att ")
        assert point[-1].isalnum()


@pytest.mark.parametrize(
    ("years", "words"),
    [
        ([2027], "2027"),
        ([2027, 2028], "åren 2027–2028"),
        ([2027, 2029], "åren 2027 och 2029"),
        ([2027, 2029, 2030], "åren 2027, 2029 och 2030"),
    ],
)
def test_years_in_words(years: list[int], words: str) -> None:
    assert years_in_words(years) == words


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("En mening. Två meningar. Tre.", 24, "En mening. Två meningar."),
        ("En mening.\n\nTvå meningar.", 100, "En mening. Två meningar."),
        ("Kl. 14 öppnar ca. femtio. Slut.", 25, "Kl. 14 öppnar ca. femtio."),
        ("En enda mycket lång mening utan slut", 16, "En enda mycket…"),
        ("Ja.", 3, "Ja."),
        ("", 10, ""),
    ],
)
def test_judgements_are_shortened_between_sentences(text: str, limit: int, short: str) -> None:
    assert first_sentences(text, limit) == short

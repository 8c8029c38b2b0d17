"""Key figures, each by an example computed by hand; what is missing is unknown and never zero."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from assessments.key_figures import Change, KeyFigures, granted_before, in_words, key_figures
from grants.models import Answer, Application, TermsStage
from tests.assessments.building import address, assessed_by, officer, opened_by, signed_in
from tests.assessments.terms import loaded, set_terms
from tests.factories import CallFactory, sent_application, write_budget


def figures(**changes: Any) -> KeyFigures:
    """240 000 kr of costs, 60 000 earned, 120 000 sought, 80 000 in last year's grant."""
    known: dict[str, Any] = {
        "year": 2027,
        "sought": 120_000,
        "proposed": 100_000,
        "previous": 80_000,
        "costs": 240_000,
        "own_income": 60_000,
        "capital": 40_000,
        "reached": 150,
    }
    return KeyFigures(**(known | changes))


def test_by_hand() -> None:
    found = figures()
    assert found.self_financing == 25
    assert found.dependence == 50
    assert found.equity_percent == pytest.approx(16.667, abs=0.001)
    assert found.equity_months == pytest.approx(2)
    assert found.cost_per_person == 1_600
    assert (found.sought_change, found.proposed_change) == (Change(120_000, 80_000), Change(100_000, 80_000))
    assert (Change(100_000, 80_000).kronor, Change(100_000, 80_000).percent) == (20_000, 25)


@pytest.mark.parametrize(
    ("missing", "unknown"),
    [
        (
            {"costs": None},
            ["self_financing", "dependence", "equity_percent", "equity_months", "cost_per_person"],
        ),
        ({"own_income": None}, ["self_financing"]),
        ({"capital": None}, ["equity_percent", "equity_months"]),
        ({"reached": None}, ["cost_per_person"]),
        ({"reached": 0}, ["cost_per_person"]),
        ({"previous": None}, ["sought_change", "proposed_change"]),
        ({"proposed": None}, ["proposed_change"]),
    ],
)
def test_what_is_missing_is_unknown_and_the_rest_is_not(missing: dict[str, Any], unknown: list[str]) -> None:
    every = ["self_financing", "dependence", "equity_percent", "equity_months", "cost_per_person",
             "sought_change", "proposed_change"]  # fmt: skip
    found = figures(**missing)
    assert [name for name in every if getattr(found, name) is None] == unknown


def test_zero_that_the_association_told_is_a_figure() -> None:
    found = figures(own_income=0, capital=0, previous=0)
    assert (found.self_financing, found.equity_percent, found.equity_months) == (0, 0, 0)
    assert found.sought_change is not None
    assert (found.sought_change.kronor, found.sought_change.percent) == (120_000, None)


def test_in_words_each_says_how_it_was_computed() -> None:
    with translation.override("en"):
        said = {figure.label: (figure.value, figure.how) for figure in in_words(figures())}
    assert said["Self-financing"] == (
        "25\u00a0%",
        "Fees, sales, gifts and own contribution, 60\u00a0000\u00a0kr, of the costs, 240\u00a0000\u00a0kr",
    )
    assert said["Own capital against a year's costs"][0] == "16.7\u00a0%, 2 months"
    assert "never for ranking alone" in said["Cost per person reached"][1]
    assert said["Applied for against last year's grant"][0] == "+40\u00a0000\u00a0kr (+50\u00a0%)"


def test_in_words_a_cut_has_a_minus_and_the_unknown_no_value() -> None:
    with translation.override("en"):
        cut = in_words(figures(sought=60_000))[4]
        unknown = in_words(figures(costs=None, capital=None, reached=0, previous=None))
    assert cut.value == "\u221220\u00a0000\u00a0kr (\u221225\u00a0%)"
    assert [figure.value for figure in unknown] == ["", "", "", "", ""]
    assert unknown[2].how == "The association has not stated its own capital."
    assert unknown[3].how.startswith("The association states that it reaches nobody")


def read(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


@pytest.mark.django_db
def test_from_the_budget_and_the_answers_of_the_first_year() -> None:
    application = sent_application()
    application.budget_lines.all().delete()
    write_budget(application, fees=10_000, sales=5_000, gifts=1_000, own=4_000, pay=150_000, premises=50_000)
    heading = application.call.budget_headings.get(key="pay")
    application.budget_lines.create(heading=heading, year=2028, amount=999_999)
    Answer.objects.filter(application=application, key="own_capital").update(value=0)
    found = key_figures(read(application), None)
    assert (found.year, found.sought, found.proposed, found.previous) == (2027, 100_000, None, None)
    assert (found.costs, found.own_income, found.capital, found.reached) == (200_000, 20_000, 0, 120)


@pytest.mark.django_db
def test_without_a_budget_or_answers_nothing_is_known() -> None:
    application = sent_application()
    application.budget_lines.all().delete()
    application.answers.filter(key__in=["own_capital", "persons_reached"]).delete()
    found = key_figures(read(application), None)
    assert (found.costs, found.own_income, found.capital, found.reached) == (None, None, None, None)


@pytest.mark.django_db
def test_a_budget_that_asks_for_no_own_income_leaves_it_unknown() -> None:
    application = sent_application()
    application.budget_lines.exclude(heading__side="cost").delete()
    application.call.budget_headings.filter(key__in=["fees", "sales", "gifts", "own"]).delete()
    found = key_figures(read(application), None)
    assert (found.costs, found.own_income) == (120_000, None)


@pytest.mark.django_db
def test_last_years_grant_is_what_was_decided_for_the_year_before() -> None:
    application = sent_application()
    last = sent_application(
        association=application.association, call=CallFactory.create(first_year=2026, title="2026")
    )
    assert granted_before(read(application), loaded(last)) is None
    set_terms(last, TermsStage.DECIDED, {2026: 70_000, 2027: 60_000})
    assert granted_before(read(application), loaded(last)) == 70_000
    set_terms(last, TermsStage.DECIDED, {})
    assert granted_before(read(application), loaded(last)) == 0


@pytest.mark.django_db
def test_the_case_page_and_the_desk_show_them() -> None:
    person = officer()
    application = opened_by(person)
    client = signed_in(person)
    case = client.get(address("application", application)).content.decode()
    assert "83,3\u00a0%" in case
    assessed_by(person, application)
    client.post(address("reopen", application))
    desk = client.get(address("assess", application)).content.decode()
    assert "+30\u00a0000\u00a0kr (+42,9\u00a0%)" in desk

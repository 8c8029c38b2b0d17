"""The assessment of market, procurement and state aid: signed, held to, and the sum of minor aid."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from iop import market
from iop.market import CEILING, CEILING_SGEI, three_years_before
from iop.models import MarketAssessment
from iop.writing import Conflict, Refused
from portal.registry.models import Event, Record, declare
from tests.committee.building import signed_in
from tests.iop.agreeing import ANSWERS, assess_market
from tests.iop.building import Partnership, partnership

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Partnership:
    made = partnership()
    declare(made.agreement.case, made.of_unit, has_conflict=False)
    return made


def saved(made: Partnership, **otherwise: object) -> MarketAssessment:
    current = market.assessment_of(made.agreement)
    return market.save(made.agreement, ANSWERS | otherwise, current.version, made.officer)


def test_it_is_signed_when_it_is_answered_and_registered_with_name_and_content(made: Partnership) -> None:
    assert not market.holds(made.agreement)
    assess_market(made)
    assert market.holds(made.agreement)
    record = made.agreement.case.records.get(kind=Record.Kind.MARKET_ASSESSMENT)
    assert record.content is not None
    assert record.content["market"] == ANSWERS["market"]
    assert record.content["signed_by"] == str(made.officer)
    assert made.agreement.case.events.filter(kind=Event.Kind.MARKET_ASSESSED).count() == 1


@pytest.mark.parametrize("name", market.TEXTS)
def test_an_unanswered_question_stops_the_signature(made: Partnership, name: str) -> None:
    assessment = saved(made, **{name: ""})
    with pytest.raises(Refused):
        market.sign(made.agreement, assessment.version, made.officer)


def test_economic_activity_has_to_be_answered_and_explained(made: Partnership) -> None:
    for otherwise in ({"supports_economic_activity": None}, {"supports_economic_activity": True}):
        assessment = saved(made, **otherwise)
        with pytest.raises(Refused):
            market.sign(made.agreement, assessment.version, made.officer)
    assessment = saved(made, supports_economic_activity=True, state_aid_reason="Ryms i de minimis.")
    with pytest.raises(Refused):  # the association has not declared what it has had
        market.sign(made.agreement, assessment.version, made.officer)
    aid(made, timezone.localdate(), 0)
    market.sign(made.agreement, market.assessment_of(made.agreement).version, made.officer)


def test_who_is_above_every_limit_stops_the_signature() -> None:
    made = partnership()
    saved(made, supports_economic_activity=True, state_aid_reason="Vi prövar.")
    aid(made, timezone.localdate(), CEILING_SGEI + 1)
    with pytest.raises(Refused):
        market.sign(made.agreement, market.assessment_of(made.agreement).version, made.officer)


def test_a_change_after_signing_asks_for_a_new_signature(made: Partnership) -> None:
    assess_market(made)
    saved(made, market="En till har börjat.")
    assert not market.holds(made.agreement)
    assert not market.assessment_of(made.agreement).is_signed


def test_a_change_past_the_acts_is_found_by_the_checksum(made: Partnership) -> None:
    assess_market(made)
    MarketAssessment.objects.update(market="Ändrat i databasen.")
    assert market.assessment_of(made.agreement).is_signed
    assert not market.holds(made.agreement)


def test_only_the_case_officer_writes_and_signs(made: Partnership) -> None:
    current = market.assessment_of(made.agreement)
    for person in (made.of_association, made.of_unit):
        with pytest.raises(Refused):
            market.save(made.agreement, ANSWERS, current.version, person)
        with pytest.raises(Refused):
            market.sign(made.agreement, current.version, person)


def test_the_version_that_was_read_is_the_one_signed(made: Partnership) -> None:
    assessment = saved(made)
    with pytest.raises(Conflict):
        market.sign(made.agreement, assessment.version - 1, made.officer)
    with pytest.raises(Conflict):
        market.save(made.agreement, ANSWERS | {"market": "Annat"}, assessment.version - 1, made.officer)


def aid(made: Partnership, day: date, euros: int) -> None:
    market.add_aid(made.agreement, made.association_party, day, "Staden", euros, made.of_association)


def test_minor_aid_is_summed_over_three_rolling_years(made: Partnership) -> None:
    today = date(2027, 6, 1)
    aid(made, date(2024, 6, 1), 500_000)  # three years ago to the day: outside
    aid(made, date(2024, 6, 2), 100_000)
    aid(made, date(2027, 6, 1), 50_000)
    aid(made, date(2027, 6, 2), 70_000)  # after the day
    [total] = market.aid_sums(made.agreement, today)
    assert (total.euros, total.left) == (150_000, 150_000)
    assert not total.is_near
    assert not total.is_over


@pytest.mark.parametrize(
    ("euros", "near", "over", "over_sgei"),
    [
        (239_999, False, False, False),
        (240_000, True, False, False),
        (CEILING, True, False, False),
        (CEILING + 1, False, True, False),
        (750_000, False, True, False),
        (750_001, False, True, True),
    ],
)
def test_a_warning_at_eighty_percent(
    made: Partnership, euros: int, near: bool, over: bool, over_sgei: bool
) -> None:
    aid(made, date(2027, 1, 1), euros)
    [total] = market.aid_sums(made.agreement, date(2027, 6, 1))
    assert (total.is_near, total.is_over, total.is_over_for_sgei) == (near, over, over_sgei)


def test_a_leap_day_has_a_day_three_years_before() -> None:
    assert three_years_before(date(2028, 2, 29)) == date(2025, 2, 28)


def test_declared_aid_takes_the_signature_away(made: Partnership) -> None:
    assess_market(made)
    aid(made, date(2027, 1, 1), 10)
    assert not market.holds(made.agreement)


def test_each_party_declares_its_own(made: Partnership) -> None:
    with pytest.raises(Refused):
        market.add_aid(made.agreement, made.association_party, date(2027, 1, 1), "Staden", 10, made.of_unit)


def test_all_parties_read_it_and_only_the_officer_gets_the_form(made: Partnership) -> None:
    assess_market(made)
    url = reverse("iop:market", args=[made.agreement.pk])
    for person in (made.of_association, made.of_unit):
        body = signed_in(person).get(url).content.decode()
        assert ANSWERS["market"] in body
        assert 'name="market"' not in body
    assert 'name="market"' in signed_in(made.officer).get(url).content.decode()
    posted = signed_in(made.of_association).post(url, {"version": 1, "market": "Intrång"})
    assert posted.status_code == 200
    assert market.assessment_of(made.agreement).market == ANSWERS["market"]

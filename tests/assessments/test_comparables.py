"""Comparable associations: who is like, who is not, whose cases they tell of, and what finding them costs."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from assessments import comparables as module
from assessments.comparables import Comparable, comparables
from assessments.models import SecondReading
from grants.models import Answer, Application, GrantType, TargetGroup, TermsStage
from grants.received import searching
from grants.states import State
from portal.people.models import Role, User
from portal.registry.models import declare
from tests.assessments.building import address, assessed_by, many_received, officer, opened_by, signed_in
from tests.assessments.terms import set_terms
from tests.factories import AssociationFactory, CallFactory, sent_application, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return officer()


@pytest.fixture
def own(person: User) -> Application:
    """100 000 kr sought, 120 000 kr of costs, for children and relatives."""
    return without_main_group(opened_by(person))


def found(own: Application, person: User) -> list[Comparable]:
    read = Application.objects.select_related("call", "case").get(pk=own.pk)
    with translation.override("en"):
        return comparables(read, person)


def names(own: Application, person: User) -> list[str]:
    return [row.application.association.name for row in found(own, person)]


def other(
    own: Application, name: str, *, sought: int = 100_000, costs: int = 120_000, **fields: Any
) -> Application:
    """Another association's application, of the same call unless told otherwise."""
    application = sent_application(
        **{"call": own.call, "association": AssociationFactory.create(name=name)} | fields
    )
    set_terms(application, TermsStage.APPLIED, {application.call.first_year: sought})
    application.budget_lines.filter(heading__key="pay").update(amount=costs)
    return without_main_group(application)


def without_main_group(application: Application) -> Application:
    """The question of the most important group need not be answered."""
    application.answers.filter(key="primary_group").delete()
    return application


def turns_to(application: Application, *codes: str) -> None:
    Answer.objects.filter(application=application, key="target_groups").update(value=list(codes))
    searching.index([application.pk])


def test_who_turns_to_the_same_people_with_about_the_same_money_is_comparable(
    own: Application, person: User
) -> None:
    other(own, "Lik")
    turns_to(other(own, "Andra målgrupper"), "suicid")
    other(own, "Söker för mycket", sought=200_001)
    other(own, "Söker för lite", sought=49_999)
    other(own, "Större", costs=240_001)
    other(own, "Mindre", costs=59_999)
    assert names(own, person) == ["Lik"]


def test_the_bounds_are_a_factor_of_two(own: Application, person: User) -> None:
    other(own, "Dubbelt", sought=200_000, costs=240_000)
    other(own, "Hälften", sought=50_000, costs=60_000)
    assert sorted(names(own, person)) == ["Dubbelt", "Hälften"]


def test_the_same_association_and_what_was_withdrawn_are_left_out(own: Application, person: User) -> None:
    other(own, "Egen", association=own.association)
    gone = other(own, "Återtagen")
    Application.objects.filter(pk=gone.pk).update(state=State.WITHDRAWN)
    assert names(own, person) == []


def test_the_two_years_before_count_and_no_others(own: Application, person: User) -> None:
    for year in (2024, 2025, 2026, 2028):
        other(own, str(year), call=CallFactory.create(first_year=year, title=str(year)))
    other(own, "Annat slag", call=CallFactory.create(first_year=2026, grant_type=GrantType.UTVECKLINGSBIDRAG))
    assert names(own, person) == ["2026", "2025"]


def test_the_closest_stand_first_and_at_most_eight(own: Application, person: User) -> None:
    turns_to(other(own, "En grupp gemensam"), "suicid", "barn_unga")
    other(own, "Halva summan", sought=50_000)
    other(own, "Lik")
    other(own, "Nästan lik", sought=90_000)
    assert names(own, person) == ["Lik", "Nästan lik", "En grupp gemensam", "Halva summan"]
    for number in range(6):
        other(own, f"Fler {number}")
    assert len(names(own, person)) == module.MOST


def test_it_says_why(own: Application, person: User) -> None:
    turns_to(other(own, "Lik", sought=90_000), "suicid", "barn_unga")
    [row] = found(own, person)
    assert row.reasons == [
        "Shared target groups: Vulnerable children and young people",
        "Seeks 90\u00a0000\u00a0kr",
        "Costs 120\u00a0000\u00a0kr a year",
    ]


def test_where_the_main_group_is_told_it_counts_most(own: Application, person: User) -> None:
    same, another = other(own, "Samma huvudgrupp"), other(own, "Annan huvudgrupp")
    turns_to(same, "barn_unga", "suicid", "beroende")
    for application, main in ((own, "barn_unga"), (same, "barn_unga"), (another, "anhoriga")):
        Answer.objects.create(application=application, key="primary_group", value=main)
    assert names(own, person) == ["Samma huvudgrupp", "Annan huvudgrupp"]
    assert found(own, person)[0].reasons[0] == (
        "The same main target group: Vulnerable children and young people"
    )


def test_without_costs_people_tell_the_size(own: Application, person: User) -> None:
    own.budget_lines.all().delete()
    like, larger = other(own, "Lik"), other(own, "Större")
    for application, volunteers in ((like, 200), (larger, 400)):
        Answer.objects.filter(application=application, key="volunteers").update(value=volunteers)
    [row] = found(own, person)
    assert row.application == like
    assert row.reasons[-1] == "320 staff and volunteers in all"


def test_how_it_was_treated(own: Application, person: User) -> None:
    application = other(own, "Lik")
    declare(application.received_case, person, has_conflict=False)
    assert (found(own, person)[0].proposed, found(own, person)[0].percent) == (None, None)
    assessed_by(person, application)
    [row] = found(own, person)
    assert (row.sought, row.proposed, row.decided, row.percent) == (100_000, 80_000, None, 80)
    assert set(row.levels.values()) == {"god"}
    set_terms(application, TermsStage.DECIDED, {2027: 75_000})
    [row] = found(own, person)
    assert (row.decided, row.percent) == (75_000, 75)


def test_what_is_still_being_weighed_is_no_proposal(own: Application, person: User) -> None:
    application = other(own, "Lik")
    declare(application.received_case, person, has_conflict=False)
    assessment = assessed_by(person, application)
    assessment.ready_at = None
    assessment.save(update_fields=["ready_at"])
    [row] = found(own, person)
    assert (row.proposed, row.levels) == (None, {})


def test_a_conflict_of_interest_hides_the_case(own: Application, person: User) -> None:
    application = other(own, "Dold förening")
    assert names(own, person) == ["Dold förening"]
    declare(application.received_case, person, has_conflict=True)
    assert names(own, person) == []
    page = signed_in(person).get(address("comparables", own)).content.decode()
    assert "Dold förening" not in page
    assert application.received_case.registry_number not in page


def test_a_blind_second_reading_hides_what_the_first_one_judged(own: Application, person: User) -> None:
    application = other(own, "Lik")
    first = officer()
    declare(application.received_case, first, has_conflict=False)
    assessed_by(first, application)
    reading = SecondReading.objects.create(application=application, causes=["amount"], reader=person)
    [row] = found(own, person)
    assert (row.proposed, row.percent, row.levels) == (None, None, {})
    reading.done_at = reading.opened_at = timezone.now()
    reading.save()
    assert found(own, person)[0].proposed == 80_000


def test_without_target_groups_nothing_is_comparable(own: Application, person: User) -> None:
    other(own, "Lik")
    TargetGroup.objects.filter(application=own).delete()
    assert names(own, person) == []


def test_the_page_shows_them_with_links_and_the_part_is_the_same(own: Application, person: User) -> None:
    application = other(own, "Lik")
    client = signed_in(person)
    whole = client.get(address("comparables", own)).content.decode()
    part = client.get(address("comparables", own), headers={"HX-Request": "true"}).content.decode()
    assert address("application", application) in part
    assert "<html" in whole
    assert "<html" not in part
    assert address("comparables", own) in client.get(address("application", own)).content.decode()


def test_nobody_but_case_officers_may_look(own: Application) -> None:
    assert signed_in(staff(Role.SECRETARY)).get(address("comparables", own)).status_code == 404


def test_it_takes_as_many_queries_for_one_as_for_many(own: Application, person: User) -> None:
    other(own, "Lik")
    few = _queries(own, person)
    many_received(30, own.call)
    fresh = Application.objects.filter(call=own.call).exclude(target_groups__code="barn_unga")
    TargetGroup.objects.bulk_create(TargetGroup(application=row, code="barn_unga") for row in fresh)
    assert _queries(own, person) == few
    assert len(found(own, person)) == module.MOST


def _queries(own: Application, person: User) -> int:
    person = User.objects.get(pk=person.pk)
    with CaptureQueriesContext(connection) as asked:
        found(own, person)
    return len(asked)

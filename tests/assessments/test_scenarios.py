"""Scenarios: made on copies, compared line by line, and one chosen as the proposal, which decides nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from assessments import scenarios
from assessments.amounts import Refused
from assessments.models import AmountChange, Assessment, Judgement, Scenario, ScenarioAmount, ScenarioChoice
from grants.models import Application, Call, Commitment, Terms, TermsStage
from grants.states import State, move
from portal.people.models import User
from portal.registry.models import Event, declare
from tests.assessments.building import assessed_by, many_received, officer, opened_by, signed_in
from tests.assessments.rounds import YEARS, assessed_round, frame_of, post_row, proposed, row, seek
from tests.assessments.test_allocation import GRANTED, SOUGHT
from tests.factories import sent_application

pytestmark = pytest.mark.django_db
Method = Scenario.Method


def shares(scenario: Scenario) -> dict[int, dict[int, int]]:
    """Application → year → whole kronor as saved."""
    found: dict[int, dict[int, int]] = {}
    for line in ScenarioAmount.objects.filter(scenario=scenario):
        found.setdefault(line.application_id, {})[line.year] = line.amount
    return found


def address(name: str, scenario: Scenario) -> str:
    return reverse(f"assessments:{name}", args=[scenario.call_id, scenario.pk])


def new_address(call: Call) -> str:
    return reverse("assessments:new-scenario", args=[call.pk])


# --- Making ---------------------------------------------------------------------------------------


def test_equal_percentage_shares_what_is_left_of_each_year() -> None:
    person = officer()
    call, [one, two, rejected] = assessed_round(person, 80_000, 50_000, 0, years=YEARS)
    frame_of(2027, 1_150_000, reserve=40_000)
    frame_of(2028, 100_001)
    Commitment.objects.create(case=sent_application().received_case, year=2027, amount=1_000_000)
    made = scenarios.create(call, "Lika", Method.EQUAL, person)
    # 110 000 is left of 2027, and 100 001 of 2028; nobody has decided the frame of 2029.
    assert shares(made) == {
        one.pk: {2027: 55_000, 2028: 50_001, 2029: 50_001},
        two.pk: {2027: 55_000, 2028: 50_000, 2029: 50_000},
    }
    assert proposed(one) == dict.fromkeys(YEARS, 80_000), "a scenario changes no proposal"
    assert made.parameters["applications"] == [one.pk, two.pk, rejected.pk]


def test_the_cap_and_floor_and_ceiling_hold() -> None:
    person = officer()
    call, [one, two] = assessed_round(person, 80_000, 50_000)
    seek(two, {2027: 10_000})
    Call.objects.filter(pk=call.pk).update(max_amount=60_000)
    call.refresh_from_db()
    capped = scenarios.create(call, "Lika", Method.EQUAL, person)
    assert shares(capped) == {one.pk: {2027: 60_000}, two.pk: {2027: 10_000}}
    bounded = scenarios.create(
        call, "Golv", Method.BOUNDS, person, parameters={"floor": 20_000, "ceiling": 40_000}
    )
    assert shares(bounded) == {one.pk: {2027: 40_000}, two.pk: {2027: 10_000}}


def test_levels_and_last_year_share_differently() -> None:
    person = officer()
    call, [one, two] = assessed_round(person, 80_000, 50_000)
    frame_of(2027, 75_000)
    Judgement.objects.filter(assessment__application=one).update(level="mycket_god")
    Judgement.objects.filter(assessment__application=two).update(level="tillracklig")
    Assessment.objects.filter(application=two).update(previous_amount=5_000)
    by_levels = scenarios.create(call, "Nivåer", Method.LEVELS, person)
    assert shares(by_levels) == {one.pk: {2027: 50_000}, two.pk: {2027: 25_000}}
    last_year = scenarios.create(call, "Som i fjol", Method.LAST_YEAR, person)
    assert shares(last_year) == {one.pk: {2027: 70_000}, two.pk: {2027: 5_000}}


@pytest.mark.parametrize(
    "method", [Method.EQUAL, Method.BOUNDS, Method.LEVELS, Method.LAST_YEAR, Method.BY_HAND]
)
def test_the_public_example_is_shared_to_the_krona(method: str) -> None:
    person = officer()
    call, rows = assessed_round(person, *[1_000] * 13)
    frame_of(2027, 6_071_788)
    for application, sought, granted in zip(rows, SOUGHT, GRANTED, strict=True):
        seek(application, {2027: sought})
        Terms.objects.get(application=application, stage=TermsStage.PROPOSED).set_amounts({2027: granted})
        Assessment.objects.filter(application=application).update(previous_amount=granted)
    parameters = {"floor": 7_000, "ceiling": 2_300_000} if method == Method.BOUNDS else {}
    made = scenarios.create(call, "Borlänge", method, person, parameters=parameters)
    assert sum(amounts[2027] for amounts in shares(made).values()) == 6_071_788
    page = signed_in(person).get(address("scenario", made))
    assert page.context["sums"].years[0].left_after == 0


def test_a_scenario_is_made_on_its_page_and_listed_on_the_round_s() -> None:
    person = officer()
    call, _rows = assessed_round(person, 80_000, 50_000)
    client = signed_in(person)
    empty = client.post(new_address(call), {"name": "", "method": "bounds", "floor": "9", "ceiling": "8"})
    assert empty.status_code == 422
    assert {"name", "ceiling"} <= set(empty.context["form"].errors)
    answer = client.post(new_address(call), {"name": "Golv", "method": "bounds", "floor": "20 000"})
    made = Scenario.objects.get()
    assert answer["Location"] == address("scenario", made)
    assert (made.created_by, made.parameters["floor"]) == (person, 20_000)
    page = client.get(reverse("assessments:round", args=[call.pk])).content.decode()
    assert address("scenario", made) in page
    again = client.post(new_address(call), {"name": "Golv", "method": "equal"})
    assert again.status_code == 422
    assert "Golv" in str(again.context["form"].non_field_errors())


def test_without_a_frame_there_is_nothing_to_share() -> None:
    person = officer()
    call, _rows = assessed_round(person, 80_000)
    call.authority.frames.all().delete()
    with pytest.raises(Refused, match="2027"):
        scenarios.create(call, "Lika", Method.EQUAL, person)


def test_any_scenario_is_copied_and_then_changed_by_hand() -> None:
    person = officer()
    call, [one, two] = assessed_round(person, 80_000, 50_000)
    frame_of(2027, 100_000)
    source = scenarios.create(call, "Lika", Method.EQUAL, person)
    client = signed_in(person)
    refused = post_row(client, one, row({2027: "10"}, {2027: 50_000}), source)
    assert refused.status_code == 422
    client.post(new_address(call), {"name": "Egen", "method": "by_hand", "source": source.pk})
    copy = Scenario.objects.get(name="Egen")
    assert shares(copy) == shares(source)
    assert post_row(client, one, row({2027: "50 001"}, {2027: 50_000}), copy).status_code == 422
    answer = post_row(
        client, one, row({2027: "45 000"}, {2027: 50_000}), copy, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert "hand-over-act" not in answer.content.decode()
    assert shares(copy) == {one.pk: {2027: 45_000}, two.pk: {2027: 50_000}}
    assert proposed(one) == {2027: 80_000}
    [change] = AmountChange.objects.all()
    assert (change.scenario, change.before, change.after) == (copy, 50_000, 45_000)
    assert not one.received_case.events.filter(kind=Event.Kind.AMOUNT_CHANGED).exists()
    assert shares(source)[one.pk] == {2027: 50_000}


def test_two_officers_in_one_scenario_see_both_amounts() -> None:
    first, second = officer(), officer()
    call, [one] = assessed_round(first, 80_000)
    made = scenarios.create(call, "Egen", Method.BY_HAND, first)
    post_row(first, one, row({2027: "70 000"}, {2027: 80_000}), made)
    answer = post_row(second, one, row({2027: "60 000"}, {2027: 80_000}), made)
    assert answer.status_code == 409
    assert first.display_name in answer.content.decode()
    assert shares(made) == {one.pk: {2027: 70_000}}


def test_a_scenario_is_renamed_to_a_name_of_its_own() -> None:
    person = officer()
    call, _rows = assessed_round(person, 80_000)
    one, _two = (scenarios.create(call, name, Method.EQUAL, person) for name in ("Lika", "Golv"))
    client = signed_in(person)
    assert client.post(address("rename-scenario", one), {"name": "Golv"}).status_code == 422
    assert client.post(address("rename-scenario", one), {"name": "Lika procent"}).status_code == 302
    assert set(Scenario.objects.values_list("name", flat=True)) == {"Lika procent", "Golv"}


# --- Comparing ------------------------------------------------------------------------------------


def test_two_are_compared_line_by_line_with_sums_and_both_shares_for_children() -> None:
    person = officer()
    call, [one, two] = assessed_round(person, 80_000, 20_000)
    Application.objects.filter(pk=one.pk).update(child_share=100)
    Application.objects.filter(pk=two.pk).update(child_share=50)
    frame_of(2027, 100_000)
    made = scenarios.create(call, "Lika", Method.EQUAL, person)
    compared = scenarios.compare(call, None, made, person)
    first_year = [line.changes[0] for line in compared.rows]
    assert [(change.before, change.after, change.kronor) for change in first_year] == [
        (80_000, 50_000, -30_000),
        (20_000, 50_000, 30_000),
    ]
    assert (compared.totals[0].before, compared.totals[0].after) == (100_000, 100_000)
    left, right = compared.left_figures, compared.right_figures
    assert (left.child_percent_weighted, left.child_percent_whole) == (90.0, 80.0)
    assert (right.child_percent_weighted, right.child_percent_whole) == (75.0, 50.0)
    url = reverse("assessments:compare-scenarios", args=[call.pk])
    page = signed_in(person).get(url, {"left": "proposal", "right": str(made.pk)}).content.decode()
    assert "−30\u00a0000\u00a0kr" in page
    other_way = signed_in(person).get(url, {"left": str(made.pk), "right": "proposal"})
    assert other_way.context["compared"].rows[0].changes[0].kronor == 30_000


# --- Choosing -------------------------------------------------------------------------------------


def test_choosing_makes_it_the_proposal_with_who_when_and_why() -> None:
    person = officer()
    call, [one, two] = assessed_round(person, 80_000, 20_000)
    frame_of(2027, 100_000)
    made = scenarios.create(call, "Lika", Method.EQUAL, person)
    versions = dict(Assessment.objects.values_list("application_id", "version"))
    client = signed_in(person)
    assert client.get(address("choose-scenario", made)).context["changed"] == 2
    assert client.post(address("choose-scenario", made), {"reason": " "}).status_code == 422
    assert not ScenarioChoice.objects.exists()
    answer = client.post(address("choose-scenario", made), {"reason": "Alla behandlas lika."})
    assert answer["Location"] == reverse("assessments:round", args=[call.pk])
    assert (proposed(one), proposed(two)) == ({2027: 50_000}, {2027: 50_000})
    [choice] = ScenarioChoice.objects.all()
    assert (choice.scenario, choice.by, choice.reason) == (made, person, "Alla behandlas lika.")
    event = one.received_case.events.get(kind=Event.Kind.SCENARIO_CHOSEN)
    assert event.detail == "Lika. 2027: 80\u00a0000\u00a0kr → 50\u00a0000\u00a0kr"
    assert event.actor == person
    now = dict(Assessment.objects.values_list("application_id", "version"))
    assert now == {key: version + 1 for key, version in versions.items()}
    assert {row.state for row in Application.objects.filter(call=call)} == {State.ASSESSED}
    page = client.get(reverse("assessments:round", args=[call.pk])).content.decode()
    assert "Alla behandlas lika." in page


def chosen(scenario: Scenario, person: User) -> Any:
    return signed_in(person).post(address("choose-scenario", scenario), {"reason": "Prövat."})


def test_what_has_come_or_gone_since_is_named() -> None:
    person = officer()
    call, [one, two] = assessed_round(person, 80_000, 20_000)
    made = scenarios.create(call, "Lika", Method.EQUAL, person)
    new = opened_by(person, call=call)
    assessed_by(person, new, amounts={2027: 1_000})
    move(two, State.IN_ASSESSMENT)
    page = chosen(made, person)
    assert page.status_code == 422
    text = page.content.decode()
    assert new.association.name in text
    assert two.association.name in text
    assert proposed(one) == {2027: 80_000}
    assert not ScenarioChoice.objects.exists()


@pytest.mark.parametrize("spoil", ["frame", "cap", "sought", "gap", "rejected", "referred"])
def test_a_limit_that_has_come_since_stops_the_choice(spoil: str) -> None:
    person = officer()
    call, [one] = assessed_round(person, 80_000, years=YEARS)
    made = scenarios.create(call, "Lika", Method.EQUAL, person)
    proposal = Terms.objects.get(application=one, stage=TermsStage.PROPOSED)
    if spoil == "frame":
        frame_of(2027, 99_999)
    elif spoil == "cap":
        Call.objects.filter(pk=call.pk).update(max_amount=99_999)
    elif spoil == "sought":
        seek(one, dict.fromkeys(YEARS, 99_999))
    elif spoil == "gap":
        ScenarioAmount.objects.filter(year=2028).delete()
    else:
        proposal.set_amounts({})
        Terms.objects.filter(pk=proposal.pk).update(referral="iop" if spoil == "referred" else "")
    before = proposed(one)
    page = chosen(made, person)
    assert page.status_code == 422
    assert page.context["obstacles"]
    assert proposed(one) == before
    assert not ScenarioChoice.objects.exists()


def test_the_last_choice_counts_and_the_earlier_one_is_kept() -> None:
    person = officer()
    call, [one] = assessed_round(person, 80_000)
    by_hand = scenarios.create(call, "Egen", Method.BY_HAND, person)
    frame_of(2027, 60_000)
    equal = scenarios.create(call, "Lika", Method.EQUAL, person)
    frame_of(2027, 90_000)
    scenarios.choose(equal, "Först.", person)
    scenarios.choose(by_hand, "Sedan.", person)
    assert proposed(one) == {2027: 80_000}
    assert [choice.reason for choice in ScenarioChoice.objects.all()] == ["Sedan.", "Först."]


def test_a_conflict_of_interest_hides_the_line_and_stops_making_and_choosing() -> None:
    person, colleague = officer(), officer()
    call, [one, hidden] = assessed_round(colleague, 80_000, 50_000)
    made = scenarios.create(call, "Egen", Method.BY_HAND, colleague)
    declare(hidden.received_case, person, has_conflict=True)
    client = signed_in(person)
    page = client.get(address("scenario", made))
    assert [line["pk"] for line in page.context["rows"]] == [one.pk]
    assert page.context["sums"].years[0].proposed == 80_000
    for name in ("scenario", "choose-scenario", "rename-scenario"):
        assert hidden.association.name not in client.get(address(name, made), follow=True).content.decode()
    compared = client.get(reverse("assessments:compare-scenarios", args=[call.pk])).content.decode()
    assert hidden.association.name not in compared
    chosen(made, person)
    client.post(address("rename-scenario", made), {"name": "Min"})
    for act in (
        lambda: scenarios.create(call, "Lika", Method.EQUAL, person),
        lambda: scenarios.choose(made, "Prövat.", person),
        lambda: scenarios.rename(made, "Min", person),
    ):
        with pytest.raises(Refused):
            act()
    assert not ScenarioChoice.objects.exists()
    assert Scenario.objects.get().name == "Egen"


@pytest.mark.parametrize("rows", [3, 30])
def test_a_scenario_s_pages_ask_as_often_however_many_lines(
    rows: int, django_assert_max_num_queries: Any
) -> None:
    person = officer()
    call, _rows = assessed_round(person, 80_000, 50_000)
    many_assessed(person, call, rows)
    made = scenarios.create(call, "Lika", Method.EQUAL, person)
    client = signed_in(person)
    compare = reverse("assessments:compare-scenarios", args=[call.pk])
    for url in (address("scenario", made), compare, address("choose-scenario", made)):
        client.get(url)
        with django_assert_max_num_queries(24):
            client.get(url)
    with django_assert_max_num_queries(40):
        client.post(address("choose-scenario", made), {"reason": "Prövat."})
    assert ScenarioChoice.objects.count() == 1


def many_assessed(person: User, call: Call, count: int) -> None:
    """Assessed applications in few statements, each proposed 1 000 kr of the 100 000 sought."""
    many_received(count, call)
    rows = list(Application.objects.filter(call=call, state=State.SUBMITTED))
    Application.objects.filter(pk__in=[one.pk for one in rows]).update(state=State.ASSESSED)
    Assessment.objects.bulk_create(Assessment(application=one, officer=person) for one in rows)
    for one in rows:
        terms = Terms.objects.create(application=one, stage=TermsStage.PROPOSED, grant_type=call.grant_type)
        terms.set_amounts({2027: 1_000})

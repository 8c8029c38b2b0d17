"""What the parties promise: contributions by party, kind and year, the budget, goals, groups and the plan."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from iop import beginning, lists_file, promising
from iop.models import Agreement, ContributionKind, GoalLevel, HourlyRate, IndicatorKind
from iop.promising import Line, Promise
from iop.states import State
from iop.under_clauses import table_of_contributions
from iop.writing import Conflict, Refused
from portal.people.models import Role
from portal.registry.models import declare
from tests.committee.building import signed_in
from tests.factories import staff
from tests.iop.agreeing import promise
from tests.iop.building import Partnership, partnership

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> Partnership:
    lists_file.install_shipped()
    made = partnership()
    declare(made.agreement.case, made.of_unit, has_conflict=False)
    beginning.copy_standard_clauses(made.agreement, made.officer)
    return made


def five_years(made: Partnership) -> None:
    made.agreement.starts_on, made.agreement.ends_on = date(2027, 1, 1), date(2031, 12, 31)
    made.agreement.save()


def test_hours_are_the_figure_and_money_is_derived_by_a_named_method(made: Partnership) -> None:
    HourlyRate.objects.all().delete()
    HourlyRate.objects.create(method="ersattningskostnad", kronor=200, valid_from=date(2020, 1, 1))
    HourlyRate.objects.create(method="ersattningskostnad", kronor=999, valid_from=date(2099, 1, 1))
    hours = Promise(ContributionKind.IDEELL_TID, {2027: 400}, "Ledare", "ersattningskostnad")
    promise(made.association_party, made.of_association, hours)
    row = made.agreement.contributions.get()
    assert (row.hours, row.kronor, row.text) == (400, None, "Ledare")
    table = table_of_contributions(made.agreement)
    assert table["volunteer_hours"] == 400
    [value] = table["values"]
    assert (value["value"].kronor, value["rate"].method) == (80_000, "ersattningskostnad")


def test_hours_without_a_method_or_rate_have_no_value_in_money(made: Partnership) -> None:
    promise(made.association_party, made.of_association, Promise(ContributionKind.IDEELL_TID, {2027: 400}))
    assert table_of_contributions(made.agreement)["values"] == []


def test_premises_may_be_in_words_alone_and_stand_for_each_year(made: Partnership) -> None:
    five_years(made)
    promise(made.unit_party, made.of_unit, Promise(ContributionKind.LOKAL, text="Fritidsgården"))
    assert made.agreement.contributions.filter(text="Fritidsgården").count() == 5


def test_each_party_writes_its_own_and_the_officer_may_help(made: Partnership) -> None:
    money = Promise(ContributionKind.PENGAR, {2027: 10})
    with pytest.raises(Refused):
        promise(made.unit_party, made.of_association, money)
    with pytest.raises(Refused):
        promise(made.association_party, made.of_unit, money)
    promise(made.association_party, made.officer, money)
    assert made.agreement.contributions.get().party == made.association_party


def test_years_outside_the_days_are_refused(made: Partnership) -> None:
    with pytest.raises(Refused, match="2028"):
        promise(made.unit_party, made.of_unit, Promise(ContributionKind.PENGAR, {2028: 10}))


def test_two_who_save_at_once_do_not_overwrite_each_other(made: Partnership) -> None:
    seen = promising.contributions_seen(made.unit_party)
    promise(made.unit_party, made.of_unit, Promise(ContributionKind.PENGAR, {2027: 10}))
    with pytest.raises(Conflict):
        promising.promise(made.unit_party, [Promise(ContributionKind.PENGAR, {2027: 20})], seen, made.officer)
    page = signed_in(made.officer).post(
        reverse("iop:party-contributions", args=[made.agreement.pk, made.unit_party.pk]),
        {"seen": seen, "pengar_2027": "20"},
    )
    body = page.content.decode()
    assert page.status_code == 409
    assert 'value="20"' in body
    assert "10\u00a0kr" in body
    assert made.agreement.contributions.get().kronor == 10


def test_another_contribution_asks_for_another_yes_to_clause_eight(made: Partnership) -> None:
    before = made.agreement.clauses.get(key="ataganden").version
    promise(made.unit_party, made.of_unit, Promise(ContributionKind.PENGAR, {2027: 10}))
    promise(made.unit_party, made.of_unit, Promise(ContributionKind.PENGAR, {2027: 10}))
    assert made.agreement.clauses.get(key="ataganden").version == before + 1


def test_the_form_saves_what_a_party_promises(made: Partnership) -> None:
    url = reverse("iop:party-contributions", args=[made.agreement.pk, made.association_party.pk])
    client = signed_in(made.of_association)
    page = client.get(url)
    assert page.status_code == 200
    posted = {
        "seen": promising.contributions_seen(made.association_party),
        "pengar_2027": "15 000 kr",
        "ideell_tid_2027": "120",
        "ideell_tid_method": "ersattningskostnad",
        "lokal_text": "Föreningens lokal",
    }
    assert client.post(url, posted)["Location"] == reverse("iop:contributions", args=[made.agreement.pk])
    rows = {row.kind: (row.kronor, row.hours, row.text) for row in made.agreement.contributions.all()}
    assert rows == {
        "pengar": (15_000, None, ""),
        "ideell_tid": (None, 120, ""),
        "lokal": (None, None, "Föreningens lokal"),
    }


def test_each_party_writes_in_its_own_rows_of_the_shared_table_and_reads_the_others(
    made: Partnership,
) -> None:
    promise(made.unit_party, made.of_unit, Promise(ContributionKind.PENGAR, {2027: 12_345}))
    url = reverse("iop:contributions", args=[made.agreement.pk])
    page = signed_in(made.of_association).get(url)
    body = page.content.decode()
    assert page.context["opened"] == made.association_party
    assert body.count('name="pengar_2027"') == 1
    assert "12\u00a0345\u00a0kr" in body
    assert 'value="12\u00a0345"' not in body
    page = signed_in(made.of_unit).get(url)
    assert page.context["opened"] == made.unit_party
    assert page.context["form"]["pengar_2027"].value() == "12\u00a0345"
    for reader in (made.officer, staff(Role.SECRETARY)):
        declare(made.agreement.case, reader, has_conflict=False)
        assert signed_in(reader).get(url).context["form"] is None
    chosen = reverse("iop:party-contributions", args=[made.agreement.pk, made.unit_party.pk])
    assert signed_in(made.officer).get(chosen).context["opened"] == made.unit_party


def test_when_it_is_no_longer_written_the_table_is_only_read(made: Partnership) -> None:
    Agreement.objects.filter(pk=made.agreement.pk).update(state=State.DROPPED)
    url = reverse("iop:contributions", args=[made.agreement.pk])
    page = signed_in(made.of_association).get(url)
    assert (page.status_code, page.context["form"]) == (200, None)


def test_wrong_figures_get_a_text_and_keep_what_was_typed(made: Partnership) -> None:
    url = reverse("iop:party-contributions", args=[made.agreement.pk, made.association_party.pk])
    page = signed_in(made.of_association).post(url, {"seen": "x", "pengar_2027": "mycket"})
    assert page.status_code == 422
    assert 'value="mycket"' in page.content.decode()


# --- Budget --------------------------------------------------------------------------------------


def test_the_balance_is_said_in_words(made: Partnership) -> None:
    promise(made.unit_party, made.of_unit, Promise(ContributionKind.PENGAR, {2027: 100_000}))
    seen = promising.budget_seen(made.agreement)
    lines = [Line("kostnad", "Personal", {2027: 120_000}), Line("intakt", "Stiftelse", {2027: 5_000})]
    promising.write_budget(made.agreement, lines, seen, made.of_unit)
    [balance] = promising.balances(made.agreement)
    assert (balance.income, balance.cost) == (105_000, 120_000)
    assert "15\u00a0000" in balance.in_words


def test_equal_and_left_over_are_other_words(made: Partnership) -> None:
    words = {
        promising.Balance(2027, 5, 5).in_words,
        promising.Balance(2027, 6, 5).in_words,
        promising.Balance(2027, 5, 6).in_words,
    }
    assert len(words) == 3


def test_two_lines_of_one_name_and_a_save_in_between_are_refused(made: Partnership) -> None:
    seen = promising.budget_seen(made.agreement)
    twice = [Line("kostnad", "Lokal", {2027: 1}), Line("kostnad", "Lokal", {2027: 2})]
    with pytest.raises(Refused):
        promising.write_budget(made.agreement, twice, seen, made.of_unit)
    promising.write_budget(made.agreement, [Line("kostnad", "Lokal", {2027: 1})], seen, made.of_unit)
    with pytest.raises(Conflict):
        promising.write_budget(made.agreement, [], seen, made.of_association)


def test_the_budget_form_saves_its_lines_and_shows_the_frame_to_officers_alone(made: Partnership) -> None:
    url = reverse("iop:budget", args=[made.agreement.pk])
    client = signed_in(made.of_association)
    posted = {
        "seen": promising.budget_seen(made.agreement),
        "kostnad_0_text": "Lokal",
        "kostnad_0_2027": "30 000",
        "kostnad_1_text": "",
        "kostnad_1_2027": "500",
    }
    assert client.post(url, posted).status_code == 422  # a sum without a name
    posted["kostnad_1_text"] = "Fika"
    assert client.post(url, posted).status_code == 302
    assert dict(made.agreement.budget_rows.values_list("text", "kronor")) == {"Lokal": 30_000, "Fika": 500}
    assert "frame-heading" not in client.get(url).content.decode()
    assert "frame-heading" in signed_in(made.officer).get(url).content.decode()


# --- Goals, groups, plan -------------------------------------------------------------------------


def test_a_goal_with_an_indicator_of_the_library_or_ones_own(made: Partnership) -> None:
    goal = promising.add_goal(made.agreement, GoalLevel.EFFEKT, "Fler känner sig trygga", made.of_unit)
    kind = IndicatorKind.objects.exclude(unit="").first()
    assert kind is not None
    first = promising.add_indicator(goal, made.of_association, kind=kind, target="4")
    second = promising.add_indicator(goal, made.of_association, text="Besök", unit="antal")
    assert (first.text, first.unit, second.kind) == (kind.name_sv, kind.unit, None)
    with pytest.raises(Refused):
        promising.add_indicator(goal, made.of_association)
    promising.remove_goal(goal, made.of_unit)
    assert not made.agreement.goals.exists()


def test_a_short_partnership_is_not_asked_for_what_has_no_meaning(made: Partnership) -> None:
    client = signed_in(made.of_association)
    overview, groups, plan = (
        reverse(f"iop:{name}", args=[made.agreement.pk]) for name in ("agreement", "groups", "plan")
    )
    assert made.agreement.is_short
    assert groups not in client.get(overview).content.decode()
    assert "styrgrupp" not in client.get(groups).content.decode()
    assert "arsuppfoljning" not in client.get(plan).content.decode()
    five_years(made)
    assert not made.agreement.is_short
    assert groups in client.get(overview).content.decode()
    assert "styrgrupp" in client.get(groups).content.decode()
    assert "arsuppfoljning" in client.get(plan).content.decode()


def test_a_year_from_new_year_to_new_years_eve_is_not_short(made: Partnership) -> None:
    made.agreement.starts_on, made.agreement.ends_on = date(2027, 1, 1), date(2027, 12, 31)
    assert not made.agreement.is_short


def test_seats_are_roles_and_the_plan_lies_within_the_days(made: Partnership) -> None:
    seat = promising.add_seat(made.agreement, "arbetsgrupp", made.unit_party, "Enhetschef", made.of_unit)
    promising.plan_check_in(made.agreement, date(2027, 8, 15), "Gården", made.of_association)
    promising.plan_follow_up(made.agreement, "utvardering", date(2027, 11, 30), made.of_association)
    with pytest.raises(Refused):
        promising.plan_check_in(made.agreement, date(2028, 1, 1), "", made.of_unit)
    with pytest.raises(Refused):
        promising.plan_follow_up(made.agreement, "utvardering", date(2027, 12, 1), made.of_unit)
    promising.remove_seat(seat, made.of_association)
    assert not made.agreement.steering_seats.exists()


def test_a_row_of_another_agreement_is_not_taken_away_through_ones_own(made: Partnership) -> None:
    other = partnership()
    goal = other.agreement.goals.create(level="effektmal", text="Deras")
    url = reverse("iop:goal-remove", args=[made.agreement.pk, goal.pk])
    assert signed_in(made.of_association).post(url).status_code == 404
    party = reverse("iop:party-contributions", args=[made.agreement.pk, other.association_party.pk])
    assert signed_in(made.of_association).get(party).status_code == 404


def test_parties_see_each_others_contributions_and_no_others(made: Partnership) -> None:
    promise(made.unit_party, made.of_unit, Promise(ContributionKind.PENGAR, {2027: 12_345}))
    url = reverse("iop:contributions", args=[made.agreement.pk])
    assert "12\u00a0345" in signed_in(made.of_association).get(url).content.decode()
    assert signed_in(partnership().of_association).get(url).status_code == 404

"""The board: amounts changed in place, stops that explain, and two officers who never lose an amount."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from assessments import amounts, assessing
from assessments.board import board, hindrance
from assessments.board_sums import board_sums
from assessments.figures import figures
from assessments.models import AmountChange, Assessment, Judgement, SecondReading
from grants.models import Answer, Application, Call, Commitment, Frame, Membership, Terms, TermsStage
from grants.states import State, move
from portal.people.models import User
from portal.registry.models import Event, declare
from tests.assessments.building import address, many_received, officer, opened_by, posted, signed_in
from tests.assessments.rounds import YEARS, assessed_round, frame_of, post_row, proposed, row, seek
from tests.e2e.words import say
from tests.factories import sent_application

pytestmark = pytest.mark.django_db

LIVE = {"HX-Request": "true"}


def page_of(person: User, call: Call) -> Any:
    return signed_in(person).get(reverse("assessments:round", args=[call.pk]))


# --- Changing -------------------------------------------------------------------------------------


def test_an_amount_is_changed_in_place_and_written_down() -> None:
    person = officer()
    _call, [one] = assessed_round(person, 80_000)
    version = Assessment.objects.get().version
    answer = post_row(person, one, row({2027: "75 000"}, {2027: 80_000}))
    assert answer["Location"] == f"{reverse('assessments:round', args=[one.call_id])}#row-{one.pk}"
    assert proposed(one) == {2027: 75_000}
    [change] = AmountChange.objects.all()
    assert (change.year, change.before, change.after, change.by, change.scenario) == (
        2027, 80_000, 75_000, person, None,
    )  # fmt: skip
    event = one.received_case.events.get(kind=Event.Kind.AMOUNT_CHANGED)
    assert (event.actor, event.detail) == (person, "2027: 80\u00a0000\u00a0kr → 75\u00a0000\u00a0kr")
    assert Assessment.objects.get().version == version + 1
    assert "75\u00a0000\u00a0kr" in page_of(person, one.call).content.decode()


def test_the_row_itself_gets_only_what_changed() -> None:
    person = officer()
    call, [one, other] = assessed_round(person, 80_000, 50_000)
    answer = post_row(person, one, row({2027: "75000"}, {2027: 80_000}), headers=LIVE)
    said = answer.content.decode()
    assert answer.status_code == 200
    assert other.association.name not in said
    assert f'id="seen-{one.pk}-2027"' in said
    assert 'value="75000"' in said
    for part in ("board-top", "board-money", "board-bar", "hand-over-act", "sum-2027", "left-2027",
                 f"change-{one.pk}", f"outcome-{one.pk}", f"note-{one.pk}"):  # fmt: skip
        assert f'id="{part}"' in said, part
    assert "125\u00a0000" in said
    assert "<html" not in said
    assert board(call, person).years[0].ready == 125_000


def test_an_open_desk_notices_that_the_board_changed_the_proposal() -> None:
    person = officer()
    _call, [one] = assessed_round(person, 80_000)
    old = Assessment.objects.get()
    post_row(person, one, row({2027: "75 000"}, {2027: 80_000}))
    assessing.reopen(Assessment.objects.get(), person)
    with pytest.raises(assessing.Conflict):
        assessing.save(old, assessing.written(old), old.version, person)
    page = signed_in(person).post(address("assess", one), posted(old))
    assert page.status_code == 409


def test_an_empty_box_takes_the_year_away_and_only_sent_years_change() -> None:
    person = officer()
    _call, [one] = assessed_round(person, 80_000, years=YEARS)
    post_row(person, one, row({2029: ""}, {2029: 80_000}))
    assert proposed(one) == {2027: 80_000, 2028: 80_000}


def test_what_the_page_showed_and_nobody_changed_writes_nothing() -> None:
    person = officer()
    _call, [one] = assessed_round(person, 80_000)
    post_row(person, one, row({2027: "80 000"}, {2027: 80_000}))
    assert not AmountChange.objects.exists()
    assert not one.received_case.events.filter(kind=Event.Kind.AMOUNT_CHANGED).exists()


# --- Stops ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({2027: "100 001"}, "100\u00a0000\u00a0kr"),
        ({2027: "95 000"}, "90\u00a0000\u00a0kr"),
        ({2027: "85 000"}, "5\u00a0000\u00a0kr"),
        ({2028: ""}, "2028"),
        ({2027: "mycket"}, "hela kronor"),
        ({2030: "10"}, "2030"),
    ],
    ids=[
        "over what was sought",
        "over the cap",
        "over the frame",
        "a gap year",
        "no number",
        "no year sought",
    ],
)
def test_a_limit_stops_with_an_explanation_and_keeps_what_was_typed(
    wanted: dict[int, str], said: str
) -> None:
    person = officer()
    call, [one] = assessed_round(person, 80_000, years=YEARS)
    Call.objects.filter(pk=call.pk).update(max_amount=90_000, max_years=4)
    frame_of(2027, 1_080_000, reserve=300_000)
    bound = sent_application()
    Commitment.objects.create(case=bound.received_case, year=2027, amount=500_000)
    Commitment.objects.create(case=sent_application().received_case, year=2027, amount=200_000, source="iop")
    data = row(wanted, {year: 80_000 if year < 2030 else 0 for year in wanted})
    page = post_row(person, one, data)
    assert page.status_code == 422
    text = page.content.decode()
    assert said in text
    [typed] = wanted.values()
    assert f'value="{typed}"' in text or wanted == {2030: "10"}
    live = post_row(person, one, data, headers=LIVE)
    assert live.status_code == 422
    assert f'id="note-{one.pk}"' in live.content.decode()
    assert proposed(one) == dict.fromkeys(YEARS, 80_000)
    assert not AmountChange.objects.exists()


def test_the_frame_counts_what_lies_before_the_committee() -> None:
    person = officer()
    _call, [one, gone] = assessed_round(person, 50_000, 30_000)
    move(gone, State.BEFORE_COMMITTEE)
    frame_of(2027, 90_000)
    assert post_row(person, one, row({2027: "60 001"}, {2027: 50_000})).status_code == 422
    assert post_row(person, one, row({2027: "60 000"}, {2027: 50_000})).status_code == 302
    assert proposed(one) == {2027: 60_000}


def test_lowering_is_never_stopped_by_a_frame_that_is_passed_already() -> None:
    person = officer()
    _call, [one, _other] = assessed_round(person, 80_000, 80_000)
    frame_of(2027, 100_000)
    assert post_row(person, one, row({2027: "70 000"}, {2027: 80_000})).status_code == 302


@pytest.mark.parametrize("state", [State.IN_ASSESSMENT, State.BEFORE_COMMITTEE])
def test_only_what_waits_as_assessed_is_changed(state: State) -> None:
    person = officer()
    _call, [one] = assessed_round(person, 80_000)
    move(one, state)
    page = post_row(person, one, row({2027: "70 000"}, {2027: 80_000}))
    assert page.status_code == 422
    assert proposed(one) == {2027: 80_000}


def test_one_proposed_to_be_referred_gets_no_money_here() -> None:
    person = officer()
    call, [one] = assessed_round(person, 0)
    Terms.objects.filter(application=one, stage=TermsStage.PROPOSED).update(referral="iop")
    assert post_row(person, one, row({2027: "10"}, {2027: 0})).status_code == 422
    assert proposed(one) == {}
    page = page_of(person, call)
    assert 'name="amount_2027"' not in page.content.decode()
    assert str(page.context["rows"][0]["line"].outcome.label) in page.content.decode()


# --- Two at once ----------------------------------------------------------------------------------


def test_two_officers_see_both_amounts_and_choose() -> None:
    first, second = officer(), officer()
    _call, [one] = assessed_round(first, 80_000, years=(2027, 2028))
    seen = {2027: 80_000, 2028: 80_000}
    post_row(first, one, row({2027: "70 000", 2028: "80 000"}, seen))
    data = row({2027: "60 000", 2028: "75 000"}, seen)
    for headers in ({}, LIVE):
        answer = post_row(second, one, data, headers=headers)
        text = answer.content.decode()
        assert answer.status_code == 409
        assert "60\u00a0000\u00a0kr" in text
        assert "70\u00a0000\u00a0kr" in text
        assert first.display_name in text
        assert 'name="seen_2027" value="70000"' in text
        assert 'name="amount_2028" value="75 000"' in text
    assert proposed(one) == {2027: 70_000, 2028: 80_000}
    # "Save mine" posts what was typed beside what now stands.
    post_row(second, one, row({2027: "60 000", 2028: "75 000"}, {2027: 70_000, 2028: 80_000}))
    assert proposed(one) == {2027: 60_000, 2028: 75_000}


def test_two_officers_in_different_years_both_keep_theirs() -> None:
    first, second = officer(), officer()
    _call, [one] = assessed_round(first, 80_000, years=(2027, 2028))
    seen = {2027: 80_000, 2028: 80_000}
    post_row(first, one, row({2027: "70 000", 2028: "80 000"}, seen))
    assert post_row(second, one, row({2027: "80 000", 2028: "60 000"}, seen)).status_code == 302
    assert proposed(one) == {2027: 70_000, 2028: 60_000}


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.rule(16)
def test_of_many_at_once_one_is_written_and_the_others_are_told() -> None:
    person = officer()
    call, [one, _other] = assessed_round(person, 40_000, 40_000)
    frame_of(2027, 100_000)

    def raise_to(amount: int) -> str:
        try:
            amounts.change(call, one.pk, wanted={2027: amount}, seen={2027: 40_000}, by=person)
        except amounts.ChangedMeanwhile as meanwhile:
            return f"told {meanwhile.clashes[0].theirs}"
        finally:
            connection.close()
        return f"wrote {amount}"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(raise_to, [50_000, 51_000, 52_000, 53_000]))
    [written] = proposed(one).values()
    assert outcomes == [*[f"told {written}"] * 3, f"wrote {written}"]
    assert [change.after for change in AmountChange.objects.all()] == [written]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.rule(16)
def test_two_who_each_stay_within_the_frame_do_not_pass_it_together() -> None:
    person = officer()
    call, rows = assessed_round(person, 40_000, 40_000)
    frame_of(2027, 100_000)

    def raise_it(application: Application) -> bool:
        try:
            amounts.change(call, application.pk, wanted={2027: 55_000}, seen={2027: 40_000}, by=person)
        except amounts.Stopped:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(raise_it, rows)) == [False, True]
    assert board(call, person).years[0].ready == 95_000


# --- Who may --------------------------------------------------------------------------------------


def test_a_conflict_of_interest_lets_an_officer_read_and_not_distribute() -> None:
    person, colleague = officer(), officer()
    call, [one, hidden] = assessed_round(colleague, 80_000, 50_000)
    declare(hidden.received_case, person, has_conflict=True)
    page = page_of(person, call)
    text = page.content.decode()
    assert hidden.association.name not in text
    assert 'name="amount_2027"' not in text
    assert page.context["hindered"]
    assert page.context["hindered"] in text
    assert post_row(person, one, row({2027: "70 000"}, {2027: 80_000})).status_code == 422
    assert post_row(person, hidden, row({2027: "40 000"}, {2027: 50_000})).status_code in (404, 422)
    client = signed_in(person)
    for name in ("hand-over", "new-scenario"):
        answer = client.post(reverse(f"assessments:{name}", args=[call.pk]), {"name": "A", "method": "equal"})
        assert answer.status_code == 302
    assert not call.scenarios.exists()
    assert Application.objects.filter(state=State.ASSESSED).count() == 2
    assert (proposed(one), proposed(hidden)) == ({2027: 80_000}, {2027: 50_000})
    assert hindrance(call, colleague) == ""


def test_who_acts_for_an_association_of_the_round_does_not_distribute_it() -> None:
    person, colleague = officer(), officer()
    call, [one] = assessed_round(colleague, 80_000)
    Membership.objects.create(association=one.association, user=person, role=Membership.Role.WRITER)
    assert hindrance(call, person)


def test_a_second_reader_sees_neither_proposal_nor_levels_before_both_are_done() -> None:
    reader, colleague = officer(), officer()
    call, [blind, open_one] = assessed_round(colleague, 77_000, 50_000)
    SecondReading.objects.create(application=blind, causes=["sample"], reader=reader)
    page = page_of(reader, call)
    rows = {line["pk"]: line for line in page.context["rows"]}
    assert rows[blind.pk]["levels"] == []
    assert rows[blind.pk]["line"].proposed == {}
    assert "77\u00a0000" not in page.content.decode()
    sums = page.context["sums"]
    assert (sums.years[0].ready, sums.figures.granted) == (50_000, 50_000)
    assert hindrance(call, reader)
    assert post_row(reader, open_one, row({2027: "10"}, {2027: 50_000})).status_code == 422
    SecondReading.objects.update(done_at=open_one.submitted_at, opened_at=open_one.submitted_at)
    assert hindrance(call, reader) == ""
    assert page_of(reader, call).context["sums"].years[0].ready == 127_000


# --- Sums -----------------------------------------------------------------------------------------


def test_the_database_s_sums_are_those_of_the_rows() -> None:
    person = officer()
    call, rows = assessed_round(person, 80_000, 33_333, 20_001, 0, years=(2027, 2028))
    late = opened_by(person, call=call)
    seek(late, {2028: 40_000, 2029: 60_000})
    many_received(3, call)
    for share, application in zip((100, 35, 7, 100), rows, strict=True):
        Application.objects.filter(pk=application.pk).update(child_share=share)
    terms = Terms.objects.get(application=rows[1], stage=TermsStage.PROPOSED)
    terms.set_amounts({2028: 12_345})
    move(rows[2], State.BEFORE_COMMITTEE)
    this = board(call, person)
    sums = board_sums(call, person)
    assert sums.figures == figures(this.assessed, TermsStage.PROPOSED)
    for year in sums.years:
        of_lines = sum(line.proposed.get(year.year, 0) for line in this.lines)
        ready = sum(line.proposed.get(year.year, 0) for line in this.lines if line.is_assessed)
        sought = sum(line.sought.get(year.year, 0) for line in this.lines)
        assert (year.proposed, year.ready, year.sought) == (of_lines, ready, sought)
    assert sum(part.kronor for part in sums.groups) == sums.figures.granted
    for criterion in sums.criteria:
        assert sum(part.kronor for part in criterion.levels) == sums.figures.granted


def test_money_is_told_by_the_most_important_group_and_by_level() -> None:
    person = officer()
    call, [one, other] = assessed_round(person, 80_000, 20_000)
    Answer.objects.filter(key="primary_group").delete()
    Answer.objects.create(application=one, key="primary_group", value="barn_unga")
    Judgement.objects.filter(assessment__application=other, criterion="effekt").update(level="svag")
    sums = board_sums(call, person)
    assert [(part.kronor, part.percent, part.count) for part in sums.groups] == [
        (80_000, 80.0, 1),
        (20_000, 20.0, 1),
    ]
    [effect] = [criterion for criterion in sums.criteria if criterion.title == say("Effect")]
    assert [part.kronor for part in effect.levels] == [0, 80_000, 0, 20_000]


def test_change_against_last_year_in_kronor_and_percent() -> None:
    person = officer()
    call, _rows = assessed_round(person, 80_000, 0)
    raised, rejected = (line.change for line in board(call, person).lines)
    assert raised is not None
    assert rejected is not None
    assert (raised.text, round(raised.percent or 0, 1)) == ("+10\u00a0000\u00a0kr", 14.3)
    assert (rejected.text, rejected.percent) == ("−70\u00a0000\u00a0kr", -100.0)


def test_the_cap_stops_the_handing_over() -> None:
    person = officer()
    call, _rows = assessed_round(person, 80_000)
    Call.objects.filter(pk=call.pk).update(max_amount=79_999)
    signed_in(person).post(reverse("assessments:hand-over", args=[call.pk]))
    assert Application.objects.get().state == State.ASSESSED


def test_the_reserve_stops_the_handing_over() -> None:
    person = officer()
    call, _rows = assessed_round(person, 80_000)
    frame_of(2027, 100_000, reserve=20_001)
    [stop] = page_of(person, call).context["board"].stops
    assert "79\u00a0999" in stop
    signed_in(person).post(reverse("assessments:hand-over", args=[call.pk]))
    assert Application.objects.get().state == State.ASSESSED


@pytest.mark.parametrize("rows", [3, 30])
def test_twenty_nine_queries_for_an_edited_amount(rows: int, django_assert_num_queries: Any) -> None:
    person = officer()
    call, [one, _other] = assessed_round(person, 80_000, 50_000, years=YEARS)
    many_received(rows, call)
    client = signed_in(person)
    post_row(client, one, row({2027: 70_000}, {2027: 80_000}), headers=LIVE)
    with django_assert_num_queries(29):
        post_row(client, one, row({2027: 60_000}, {2027: 70_000}), headers=LIVE)
    assert proposed(one)[2027] == 60_000


# --- Frames ---------------------------------------------------------------------------------------


def frame_address(year: int = 2027) -> str:
    return reverse("assessments:frame", args=[Call.objects.all()[0].authority_id, year])


def test_an_officer_sets_frame_reserve_and_goal_and_the_history_tells() -> None:
    person = officer()
    assessed_round(person, 80_000)
    client = signed_in(person)
    seen = client.get(frame_address()).context["form"].initial["seen"]
    data = {"amount": "9 000 000", "reserve": "400 000", "child_goal_percent": "25", "seen": seen}
    assert client.post(frame_address(), data)["Location"] == reverse("assessments:frames")
    frame = Frame.objects.get(year=2027)
    assert (frame.amount, frame.reserve, frame.child_goal_percent) == (9_000_000, 400_000, 25)
    page = client.get(frame_address()).content.decode()
    assert "9400000 → 9000000" in page
    assert person.display_name in page
    client.post(frame_address(2028), data | {"seen": ""})
    assert Frame.objects.get(year=2028).reserve == 400_000
    assert "2028" in client.get(reverse("assessments:frames")).content.decode()


def test_a_frame_is_never_set_below_what_is_bound() -> None:
    person = officer()
    _call, [one] = assessed_round(person, 80_000)
    Commitment.objects.create(case=one.received_case, year=2027, amount=600_000)
    Commitment.objects.create(case=sent_application().received_case, year=2027, amount=300_000, source="iop")
    client = signed_in(person)
    seen = "9400000/0/20"
    for amount, reserve, said in (("899 999", "0", "900\u00a0000"), ("1 000 000", "100 001", "100\u00a0000")):
        data = {"amount": amount, "reserve": reserve, "child_goal_percent": "20", "seen": seen}
        page = client.post(frame_address(), data)
        assert page.status_code == 422
        assert said in page.content.decode()
    assert Frame.objects.get(year=2027).amount == 9_400_000


def test_two_who_set_the_frame_at_once_see_both() -> None:
    first, second = officer(), officer()
    assessed_round(first, 80_000)
    data = {"amount": "9 000 000", "reserve": "0", "child_goal_percent": "20", "seen": "9400000/0/20"}
    signed_in(first).post(frame_address(), data)
    client = signed_in(second)
    page = client.post(frame_address(), data | {"amount": "8 000 000"})
    text = page.content.decode()
    assert page.status_code == 409
    assert "9\u00a0000\u00a0000\u00a0kr" in text
    assert 'value="8 000 000"' in text
    assert 'value="9000000/0/20"' in text
    assert Frame.objects.get(year=2027).amount == 9_000_000
    client.post(frame_address(), data | {"amount": "8 000 000", "seen": "9000000/0/20"})
    assert Frame.objects.get(year=2027).amount == 8_000_000

"""The frame: what is left, what is taken over from a grant, and that no krona is ever bound twice."""

from __future__ import annotations

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.frame_use import frame_uses
from grants.models import Commitment, CommitmentSource, Frame
from iop import beginning, money
from iop.models import ContributionKind
from iop.promising import Promise
from iop.proposing import send_to_committee
from iop.readiness import lacking
from iop.writing import Refused
from portal.committee import proposals
from portal.people.models import Role
from portal.registry.models import Event
from tests.factories import CallFactory, sent_application, staff
from tests.iop.agreeing import (
    all_say_yes,
    assess_market,
    decide,
    promise,
    ready_partnership,
    written_partnership,
)
from tests.iop.building import Partnership

pytestmark = pytest.mark.django_db


def grant_of(made: Partnership, amount: int) -> Commitment:
    """A decided grant of the partnership's association for 2027."""
    application = sent_application(
        call=CallFactory.create(), association=made.association, created_by=made.of_association
    )
    return Commitment.objects.create(case=application.received_case, year=2027, amount=amount)


def with_grant(granted: int, taken: int, wanted: int = 150_000) -> tuple[Partnership, Commitment]:
    made = written_partnership(wanted)
    grant = grant_of(made, granted)
    if taken:
        money.take_over(made.agreement, {grant.pk: taken}, made.officer)
    assess_market(made)
    all_say_yes(made)
    return made, grant


def bound() -> int:
    return Commitment.objects.aggregate(sum=Sum("amount"))["sum"] or 0


def test_more_than_what_is_left_of_the_frame_stops_the_way_to_the_committee() -> None:
    made = ready_partnership()
    Frame.objects.update(amount=149_999)
    [lack] = lacking(made.agreement)
    assert lack.page == "iop:budget"
    with pytest.raises(Refused):
        send_to_committee(made.agreement, made.officer)
    Frame.objects.update(amount=150_000)
    send_to_committee(made.agreement, made.officer)


def test_what_others_have_bound_or_handed_over_is_not_left() -> None:
    first = ready_partnership()
    second = ready_partnership()
    grant_of(first, 200_000)
    send_to_committee(first.agreement, first.officer)
    [room] = money.frame_rooms(second.agreement)
    assert room.left == 1_000_000 - 200_000 - 150_000


def test_a_year_without_a_frame_says_so_and_stops_nothing() -> None:
    made = ready_partnership()
    Frame.objects.all().delete()
    [room] = money.frame_rooms(made.agreement)
    assert (room.left, room.over) == (None, 0)
    assert lacking(made.agreement) == []


def test_a_partnership_before_the_committee_is_seen_where_the_frames_use_is() -> None:
    made = ready_partnership()
    authority = made.agreement.case.authority_id
    assert frame_uses(authority, [2027])[2027].handed_over == 0
    matter = send_to_committee(made.agreement, made.officer)
    use = frame_uses(authority, [2027])[2027]
    assert (use.handed_over, use.iop) == (150_000, 0)
    decide(matter)
    use = frame_uses(authority, [2027])[2027]
    assert (use.handed_over, use.iop) == (0, 150_000)


def test_a_grant_is_taken_over_in_part_with_the_decision_and_both_cases_say_so() -> None:
    made, grant = with_grant(granted=100_000, taken=60_000)
    matter = send_to_committee(made.agreement, made.officer)
    grant.refresh_from_db()
    assert grant.amount == 100_000  # nothing before the decision
    decide(matter)
    grant.refresh_from_db()
    assert grant.amount == 40_000
    iop = Commitment.objects.get(source=CommitmentSource.IOP)
    assert (iop.case, iop.amount) == (made.agreement.case, 150_000)
    for case in (grant.case, made.agreement.case):
        assert case.events.filter(kind=Event.Kind.PARTNERSHIP_TURN, detail__contains="60").count() == 1


def test_a_grant_taken_over_wholly_has_no_commitment_left() -> None:
    made, grant = with_grant(granted=100_000, taken=100_000)
    decide(send_to_committee(made.agreement, made.officer))
    assert not Commitment.objects.filter(pk=grant.pk).exists()
    assert bound() == 150_000


def test_what_is_taken_over_needs_no_room_of_its_own_in_the_frame() -> None:
    made, _grant = with_grant(granted=100_000, taken=100_000)
    Frame.objects.update(amount=150_000)
    assert lacking(made.agreement) == []
    Frame.objects.update(amount=149_999)
    assert lacking(made.agreement) != []


def test_only_grants_of_the_parties_and_at_most_what_they_hold() -> None:
    made = written_partnership()
    grant = grant_of(made, 100_000)
    foreign = grant_of(written_partnership(), 100_000)
    with pytest.raises(Refused):
        money.take_over(made.agreement, {grant.pk: 100_001}, made.officer)
    with pytest.raises(Refused):
        money.take_over(made.agreement, {foreign.pk: 1}, made.officer)
    with pytest.raises(Refused):
        money.take_over(made.agreement, {grant.pk: 1}, made.of_unit)
    money.take_over(made.agreement, {grant.pk: 100_000}, made.officer)
    money.take_over(made.agreement, {grant.pk: 0}, made.officer)
    assert not made.agreement.taken_over.exists()


def test_a_partnership_that_comes_to_nothing_gives_the_grant_back() -> None:
    made, grant = with_grant(granted=100_000, taken=100_000)
    decide(send_to_committee(made.agreement, made.officer))
    beginning.drop(made.agreement, "Vi hinner inte.", made.officer)
    [left] = Commitment.objects.all()
    assert (left.case, left.amount, left.source) == (grant.case, 100_000, CommitmentSource.GRANT)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    granted=st.integers(1, 200_000),
    share=st.integers(0, 100),
    decided=st.integers(0, 300_000),
    outcome=st.sampled_from(["dropped", "again", "kept"]),
)
def test_no_krona_is_ever_bound_twice(
    transactional_world: tuple[Partnership, Commitment], granted: int, share: int, decided: int, outcome: str
) -> None:
    """The sum bound is the grant, less what was moved, and what the partnership was given."""
    made, grant = transactional_world
    agreement = made.agreement
    agreement.taken_over.all().delete()
    Commitment.objects.all().delete()
    Commitment.objects.create(case=grant.case, year=2027, amount=granted)
    if taken := granted * share // 100:
        agreement.taken_over.create(grant_case=grant.case, year=2027, kronor=taken)
    amounts = {2027: decided} if decided else {}
    money.bind(agreement, amounts, made.officer)
    moved = min(taken, decided)
    assert bound() == granted - moved + decided
    if outcome == "again":
        money.bind(agreement, amounts, made.officer)
        assert bound() == granted - moved + decided
    if outcome == "dropped":
        money.release(agreement, made.officer)
        assert bound() == granted
        assert not agreement.taken_over.exclude(settled_at=None).exists()


@pytest.fixture
def transactional_world() -> tuple[Partnership, Commitment]:
    made = written_partnership()
    return made, grant_of(made, 1)


def test_a_smaller_decision_takes_no_more_from_the_grant_than_it_gives() -> None:
    made, grant = with_grant(granted=100_000, taken=100_000)
    matter = send_to_committee(made.agreement, made.officer)
    line = matter.lines.get()
    proposals.change(matter, staff(Role.CHAIR), {line.pk: {2027: 60_000}}, "Ramen.")
    decide(matter)
    grant.refresh_from_db()
    assert grant.amount == 40_000
    assert bound() == 100_000


def test_what_a_decision_has_moved_is_not_taken_over_again() -> None:
    made, grant = with_grant(granted=100_000, taken=60_000)
    matter = send_to_committee(made.agreement, made.officer)
    line = matter.lines.get()
    proposals.change(matter, staff(Role.CHAIR), {line.pk: {2027: 90_000}}, "Ramen.")
    decide(matter)
    assert money.grants_to_take_over(made.agreement) == []
    with pytest.raises(Refused):
        money.take_over(made.agreement, {grant.pk: 10}, made.officer)


def test_an_associations_own_money_takes_nothing_of_the_frame() -> None:
    made = written_partnership(100_000)
    promise(made.association_party, made.of_association, Promise(ContributionKind.PENGAR, {2027: 900_000}))
    [room] = money.frame_rooms(made.agreement)
    assert room.wanted == 100_000

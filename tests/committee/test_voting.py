"""Votes and quorum by kommunallagen 4:24–27, 5:53–56 and 6:27, for any votes at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.committee.models import BallotChoice
from portal.committee.voting import Result, Undecided, count, has_quorum

YES, NO, ABSTAIN = BallotChoice.YES, BallotChoice.NO, BallotChoice.ABSTAIN
votes = st.lists(st.sampled_from([YES, NO]), min_size=1, max_size=30)
abstaining = st.integers(0, 20)


@given(votes, abstaining, st.sampled_from([YES, NO]), st.randoms(use_true_random=False))
def test_the_result_never_depends_on_the_order(cast: list[str], out: int, chair: str, chance: object) -> None:
    ballots = [*cast, *[ABSTAIN] * out]
    shuffled = list(ballots)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert count(ballots, chair) == count(shuffled, chair)


@given(votes, abstaining, st.sampled_from([YES, NO]))
def test_abstentions_never_decide(cast: list[str], out: int, chair: str) -> None:
    with_them, without = count([*cast, *[ABSTAIN] * out], chair), count(cast, chair)
    assert with_them.passed == without.passed
    assert with_them.abstaining == out


@given(votes, st.sampled_from([YES, NO]))
def test_more_votes_win_whatever_the_chair_says_and_a_tie_is_the_chairs(cast: list[str], chair: str) -> None:
    result = count(cast, chair)
    yes, no = cast.count(YES), cast.count(NO)
    assert (result.yes, result.no) == (yes, no)
    assert result.by_casting_vote == (yes == no)
    assert result.passed == (yes > no or (yes == no and chair == YES))


@given(st.integers(1, 15), st.sampled_from([ABSTAIN, None]))
def test_a_tie_without_the_chairs_yes_or_no_decides_nothing(each: int, chair: str | None) -> None:
    with pytest.raises(Undecided):
        count([YES] * each + [NO] * each, chair)


@given(abstaining, st.sampled_from([YES, NO, ABSTAIN, None]))
def test_nobody_voting_decides_nothing(out: int, chair: str | None) -> None:
    with pytest.raises(Undecided):
        count([ABSTAIN] * out, chair)


def test_one_vote_is_enough() -> None:
    assert count([YES, ABSTAIN], ABSTAIN) == Result(1, 0, 1, passed=True)


@given(st.integers(1, 101))
def test_quorum_is_the_smallest_number_above_half(members: int) -> None:
    enough = [serving for serving in range(members + 1) if has_quorum(serving, members)]
    assert enough == list(range(members // 2 + 1, members + 1))

"""Sharing a sum of money to the exact krona: pure functions over whole numbers, without rounding errors.

The same claims and frame give the same amounts in whatever order they come. What is left over after rounding
down goes, one krona each, to the largest remainders; equal remainders go by registry order. So when the frame
grows, no claim gets less than before but for that one krona.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

#: Level → percent that counts in the method by levels, unless the officer says otherwise.
LEVEL_PERCENT = {"svag": 25, "tillracklig": 50, "god": 75, "mycket_god": 100}
#: Means of one to five percentages are whole in this many parts, so that weights stay whole numbers.
_PARTS = lcm(1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Claim:
    """One who shares: gets λ × `weight`, at least `floor` and at most `ceiling` whole kronor.

    `order` settles who gets the odd krona when two remainders are equal. Without weight it gets its floor.
    """

    key: int
    order: int
    weight: int
    floor: int
    ceiling: int

    def __post_init__(self) -> None:
        if not 0 <= self.floor <= self.ceiling or self.weight < 0:
            raise ValueError(f"{self} has no amount that it could get")

    @property
    def most(self) -> int:
        """The most it can get however large the frame is."""
        return self.ceiling if self.weight else self.floor


def allocate(claims: Iterable[Claim], frame: int) -> dict[int, int]:
    """Key → whole kronor; together exactly `frame`, or the sum of what all can get at most if that is less.

    A frame smaller than the floors together is shared in proportion to the floors.
    """
    rows = list(claims)
    frame = max(0, min(frame, sum(row.most for row in rows)))
    floors = sum(row.floor for row in rows)
    if frame < floors:
        return _rounded(rows, [Fraction(frame * row.floor, floors) for row in rows], frame)
    share = _share(rows, frame)
    return _rounded(rows, [_clamped(row, share) for row in rows], frame)


def _clamped(row: Claim, share: Fraction) -> Fraction:
    return min(max(share * row.weight, Fraction(row.floor)), Fraction(row.most))


def _share(rows: Sequence[Claim], frame: int) -> Fraction:
    """The λ at which all get exactly `frame` together, solved from one breakpoint to the next.

    Between two breakpoints the sum is a straight line: those on their floor or ceiling stand still, those
    between them grow by their weight.
    """
    points: list[tuple[Fraction, int, int]] = []
    standing = 0
    for row in rows:
        standing += row.floor
        if row.most > row.floor:
            points.append((Fraction(row.floor, row.weight), row.weight, -row.floor))
            points.append((Fraction(row.most, row.weight), -row.weight, row.most))
    slope, share = 0, Fraction(0)
    for at, more_slope, more_standing in sorted(points):
        if slope * at + standing >= frame:
            break
        share, slope, standing = at, slope + more_slope, standing + more_standing
    return Fraction(frame - standing, slope) if slope else share


def _rounded(rows: Sequence[Claim], exact: Sequence[Fraction], total: int) -> dict[int, int]:
    """Whole kronor by largest remainder. Never above a ceiling: who stands on one has no remainder."""
    amounts = {row.key: int(amount) for row, amount in zip(rows, exact, strict=True)}
    odd = total - sum(amounts.values())
    by_remainder = sorted(
        zip(rows, exact, strict=True), key=lambda pair: (int(pair[1]) - pair[1], pair[0].order)
    )
    for row, _amount in by_remainder[:odd]:
        amounts[row.key] += 1
    return amounts


@dataclass(frozen=True)
class Wish:
    """What one application brings to a round: whole kronor sought by year, last year's grant, its levels.

    `order` is its place by registry number, from 1.
    """

    key: int
    order: int
    sought: Mapping[int, int]
    previous: int = 0
    levels: Sequence[str] = ()


#: Makes the claim of a wish in one year, from what it can get at most in that year.
Method = Callable[[Wish, int, int], Claim]


def equal_percentage(wish: Wish, sought: int, most: int) -> Claim:
    """The same share of what was sought for all, as far as the cap allows."""
    return Claim(wish.key, wish.order, sought, 0, most)


def bounds(floor: int, ceiling: int | None) -> Method:
    """The same share for all, but nobody under `floor` kronor (or what was sought) or over `ceiling`."""

    def claim(wish: Wish, sought: int, most: int) -> Claim:
        highest = most if ceiling is None else min(most, ceiling)
        return Claim(wish.key, wish.order, sought, min(floor, highest), highest)

    return claim


def by_levels(percent: Mapping[str, int]) -> Method:
    """The share grows with the mean of what the levels count, in percent.

    A criterion without a level is left out of the mean; an application without any level counts as the mean
    of all four.
    """

    def claim(wish: Wish, sought: int, most: int) -> Claim:
        counted = [percent[level] for level in wish.levels if level] or list(percent.values())
        weight = sought * sum(counted) * _PARTS // len(counted)
        return Claim(wish.key, wish.order, weight, 0, most)

    return claim


def same_as_last_year(wish: Wish, sought: int, most: int) -> Claim:
    """Last year's grant, at most what is sought now; less in proportion when the frame is too small."""
    highest = min(most, wish.previous)
    return Claim(wish.key, wish.order, highest, 0, highest)


def share_years(
    wishes: Iterable[Wish],
    frames: Mapping[int, int | None],
    method: Method,
    cap: int | None = None,
) -> dict[int, dict[int, int]]:
    """Key → year → whole kronor, years and applications without money left out.

    `frames` has what is left of each year's frame; None for a year whose frame nobody has decided: then each
    gets what it got the year before, at most what it sought. `cap` is the most one can get a year. A year is
    never granted after one without money.
    """
    rows = list(wishes)
    granted: dict[int, dict[int, int]] = {wish.key: {} for wish in rows}
    for year in sorted(frames):
        asking = [wish for wish in rows if wish.sought.get(year) and not _has_ended(wish, year, granted)]
        most = {wish.key: min(wish.sought[year], cap or wish.sought[year]) for wish in asking}
        frame = frames[year]
        if frame is None:
            shared = {
                wish.key: min(granted[wish.key].get(_sought_before(wish, year), 0), most[wish.key])
                for wish in asking
            }
        else:
            claims = [method(wish, wish.sought[year], most[wish.key]) for wish in asking]
            shared = allocate(claims, frame)
        for key, amount in shared.items():
            if amount:
                granted[key][year] = amount
    return {key: amounts for key, amounts in granted.items() if amounts}


def _sought_before(wish: Wish, year: int) -> int:
    """The last year before this one that was sought; 0 for the first."""
    return max((other for other in wish.sought if other < year and wish.sought[other]), default=0)


def _has_ended(wish: Wish, year: int, granted: Mapping[int, Mapping[int, int]]) -> bool:
    before = _sought_before(wish, year)
    return bool(before) and before not in granted[wish.key]

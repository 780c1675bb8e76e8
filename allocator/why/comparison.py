"""An allocation against a published one: members misplaced, rank correlation, the spread of effort on both sides."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import fsum, sqrt
from typing import TYPE_CHECKING

from allocator.data.table import Number
from allocator.errors import AllocatorError
from allocator.model.claims import efforts, exact

if TYPE_CHECKING:
    from allocator.model.allocation import Allocation


@dataclass(frozen=True)
class Sides:
    """One measure for the proposed and for the published quotas; None where it cannot be told."""

    proposed: float | None
    published: float | None


@dataclass(frozen=True)
class Comparison:
    """How far two allocations differ, over the units that have a published quota.

    Where the totals of these units agree, quotas are compared; where they do not, shares of the totals are: every
    published quota is scaled by quotas' total / published total first, so that a gap is still members of the proposal.
    With nothing published, what needs it is None and the proposed efforts are those of all units.

    Attributes:
        misplaced: ½ Σ |quota − published|: members that would have to move, persons; of shares,
            ½ Σ |quota/Σquota − published/Σpublished| · Σquota. None where shares are to be compared and a total is 0.
        misplaced_share: its share of the quotas compared, [0, 1]: of the target where no unit is left out.
        largest_gap: largest |quota − published|, persons, and `largest_gap_unit` whose it is; None as `misplaced`.
        rank_correlation: Spearman's, in [−1, 1].
        effort_ratio: largest effort over smallest, ≥ 1; None where the smallest is 0.
        effort_gini: Gini coefficient of the units' efforts, [0, 1).
        totals: members of the units compared.
        left_out: units without a published quota, in table order; none where nothing is published at all.
    """

    misplaced: Number | None
    misplaced_share: float | None
    largest_gap: Number | None
    largest_gap_unit: str | None
    rank_correlation: float | None
    effort_ratio: Sides
    effort_gini: Sides
    totals: Sides
    left_out: list[str]

    @property
    def by_shares(self) -> bool:
        """Whether shares are compared, as the totals differ."""
        return self.totals.published is not None and self.totals.proposed != self.totals.published


def compare(allocation: Allocation) -> Comparison:
    """The measures of an allocation against its published column."""
    return measured(allocation, allocation.published)


def measured(allocation: Allocation, published: Sequence[Number | None]) -> Comparison:
    """The measures of an allocation against other quotas of its units, None where there is none."""
    units, quotas, available = allocation.table.units, allocation.quotas, allocation.claims.available
    both = [(*row, there) for *row, there in zip(units, quotas, available, published, strict=True) if there is not None]
    if not both:
        asked = allocation.efforts
        spread = Sides(ratio(asked), None), Sides(gini(asked), None)
        return Comparison(None, None, None, None, None, *spread, Sides(sum(quotas), None), [])
    names, ours, workforce, theirs = zip(*both, strict=True)
    proposed, given = efforts(ours, workforce), efforts(theirs, workforce)
    totals = sum(ours), sum(map(exact, theirs))
    gaps = gaps_between(ours, theirs, totals)
    moved = _halved(sum(gaps)) if gaps else None
    largest = max(gaps, default=None)
    return Comparison(
        moved,
        None if moved is None or not totals[0] else moved / totals[0],
        None if largest is None else _plain(largest),
        None if largest is None else names[gaps.index(largest)],
        rank_correlation(ours, theirs),
        Sides(ratio(proposed), ratio(given)),
        Sides(gini(proposed), gini(given)),
        Sides(totals[0], _plain(totals[1])),
        [unit for unit, there in zip(units, published, strict=True) if there is None],
    )


def gaps_between(
    quotas: Sequence[int], published: Sequence[Number], totals: tuple[int, Fraction | int]
) -> list[Number | Fraction]:
    """|quota − published| of each unit, members of `quotas`; of shares where the totals differ, none where one is 0.

    Example:
        >>> gaps_between([30, 10], [50, 50], (40, 100))
        [Fraction(10, 1), Fraction(10, 1)]
    """
    ours, theirs = totals
    if ours == theirs:
        return [abs(q - p) for q, p in zip(quotas, published, strict=True)]
    if ours <= 0 or theirs <= 0:
        return []
    scale = Fraction(ours) / theirs
    return [abs(q - exact(p) * scale) for q, p in zip(quotas, published, strict=True)]


def _plain(value: Number | Fraction) -> Number:
    """An exact number as JSON has it."""
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    return value


def _halved(double: Number | Fraction) -> Number:
    return double // 2 if isinstance(double, int) and double % 2 == 0 else _plain(double / 2)


def misplaced(quotas: Sequence[Number], others: Sequence[Number]) -> Number:
    """½ Σ |quota − other|: members that would have to move from one allocation to the other.

    Example:
        >>> misplaced([10, 20, 30], [20, 20, 20])
        10
    """
    return _halved(sum(abs(q - p) for q, p in zip(quotas, others, strict=True)))


def ratio(values: Sequence[float | None]) -> float | None:
    """Largest over smallest of the known values; None where there is none, or the smallest is 0."""
    known = [each for each in values if each is not None]
    return max(known) / min(known) if known and min(known) > 0 else None


def gini(values: Sequence[float | None]) -> float | None:
    """Gini coefficient of the known values: 0 where all are alike; None where their sum is 0.

    Example:
        >>> gini([1.0, 1.0, 1.0]), round(gini([0.0, 0.0, 3.0]), 4)
        (0.0, 0.6667)
    """
    known = sorted(each for each in values if each is not None)
    total = fsum(known)
    if not total:
        return None
    weighted = fsum((2 * rank - len(known) - 1) * each for rank, each in enumerate(known, start=1))
    return weighted / (len(known) * total)


def rank_correlation(first: Sequence[Number], second: Sequence[Number]) -> float | None:
    """Spearman's rank correlation, equal values sharing their mean rank; None where one side is all alike.

    Example:
        >>> rank_correlation([1, 2, 3], [10, 30, 20])
        0.5
    """
    a, b = _ranks(first), _ranks(second)
    middle = (len(a) + 1) / 2
    spread = sqrt(sum((x - middle) ** 2 for x in a) * sum((y - middle) ** 2 for y in b))
    return sum((x - middle) * (y - middle) for x, y in zip(a, b, strict=True)) / spread if spread else None


def _ranks(values: Sequence[Number]) -> list[float]:
    ordered = sorted(values)
    return [(bisect_left(ordered, each) + 1 + bisect_right(ordered, each)) / 2 for each in values]


def other_way(allocation: Allocation) -> tuple[str, Number | None]:
    """A tree's way not taken, and the members that would lie elsewhere under it; None where none can be found."""
    from allocator.model.allocation import allocate

    assert allocation.whole is not None
    table, scenario = allocation.whole.table, allocation.whole.scenario
    name = "levels" if scenario.hierarchy == "at_once" else "at_once"
    try:
        other = allocate(table, scenario.model_copy(update={"hierarchy": name}))
    except AllocatorError:
        return name, None
    return name, misplaced(allocation.quotas, other.quotas)

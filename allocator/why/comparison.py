"""An allocation against a published one: members misplaced, rank correlation, the spread of effort on both sides."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from typing import TYPE_CHECKING

from allocator.data.table import Number
from allocator.errors import AllocatorError
from allocator.model.claims import efforts

if TYPE_CHECKING:
    from allocator.model.allocation import Allocation


@dataclass(frozen=True)
class Sides:
    """One measure for the proposed and for the published quotas; None where it cannot be told."""

    proposed: float | None
    published: float | None


@dataclass(frozen=True)
class Comparison:
    """How far two allocations differ; figures that need the published column are None where it is partial.

    Attributes:
        misplaced: ½ Σ |quota − published|: members that would have to move, persons.
        misplaced_share: its share of the target, [0, 1].
        largest_gap: largest |quota − published|, persons, and `largest_gap_unit` whose it is.
        rank_correlation: Spearman's, in [−1, 1].
        effort_ratio: largest effort over smallest, ≥ 1; None where the smallest is 0.
        effort_gini: Gini coefficient of the units' efforts, [0, 1).
    """

    misplaced: Number | None
    misplaced_share: float | None
    largest_gap: Number | None
    largest_gap_unit: str | None
    rank_correlation: float | None
    effort_ratio: Sides
    effort_gini: Sides


def compare(allocation: Allocation) -> Comparison:
    """The measures of an allocation against its published column."""
    quotas, available, target = allocation.quotas, allocation.claims.available, allocation.scenario.target
    ratios, ginis = ratio(allocation.efforts), gini(allocation.efforts)
    published = [each for each in allocation.published if each is not None]
    if len(published) < len(quotas):
        return Comparison(None, None, None, None, None, Sides(ratios, None), Sides(ginis, None))
    gaps = [abs(q - p) for q, p in zip(quotas, published, strict=True)]
    moved, asked = misplaced(quotas, published), efforts(published, available)
    return Comparison(
        moved,
        moved / target if target else None,
        max(gaps),
        allocation.table.units[gaps.index(max(gaps))],
        rank_correlation(quotas, published),
        Sides(ratios, ratio(asked)),
        Sides(ginis, gini(asked)),
    )


def misplaced(quotas: Sequence[Number], others: Sequence[Number]) -> Number:
    """½ Σ |quota − other|: members that would have to move from one allocation to the other.

    Example:
        >>> misplaced([10, 20, 30], [20, 20, 20])
        10
    """
    double = sum(abs(q - p) for q, p in zip(quotas, others, strict=True))
    return double // 2 if isinstance(double, int) and double % 2 == 0 else double / 2


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

"""Steps that add up: from a share of the present workforce to the quota, one named step for each thing that counts.

The levels are T·S/ΣS → T·W/ΣW → T·b/Σb → T·w/Σw → fair share → quota (a level whose weights are all 0 is 0), each
rounded to tenths of a member by largest remainder to its own total. A step is the difference of successive levels, so
that every row adds up to its quota and every column to its total, in the tenths that are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from allocator.model.allocation import Allocation

STEPS = ("workforce", "growth", "drivers", "attainment", "bounds", "lots")
TENTHS = 10


@dataclass(frozen=True)
class Steps:
    """Steps of every unit and of the total row, whole tenths of a member, in the order of `STEPS`.

    Attributes:
        units: one row a unit, in table order; each sums to ten times its quota.
        total: sum of the rows; it sums to ten times the target.
    """

    units: tuple[tuple[int, ...], ...]
    total: tuple[int, ...]


def steps(allocation: Allocation) -> Steps:
    """The steps of an allocation, exact."""
    made = levels(allocation)
    columns = [
        made[0],
        *(tuple(b - a for a, b in zip(*pair, strict=True)) for pair in pairwise(made)),
    ]
    return Steps(tuple(zip(*columns, strict=True)), tuple(sum(column) for column in columns))


def levels(allocation: Allocation) -> tuple[tuple[int, ...], ...]:
    """The six levels, whole tenths of a member: one tuple a level, in table order."""
    claims = allocation.claims
    total = allocation.scenario.target * TENTHS
    weights: tuple[Sequence[int | Fraction], ...] = (claims.workforce, claims.available, claims.base, claims.claims)
    # Past the sixth decimal a fair share is rounding; cutting it there makes the tenths the same on every machine.
    share = [Fraction(round(each * 1_000_000), 100_000) for each in allocation.fair_share]
    return (
        *(proportional(each, total) for each in weights),
        largest_remainder(share, total),
        tuple(each * TENTHS for each in allocation.quotas),
    )


def proportional(weights: Sequence[int | Fraction], total: int) -> tuple[int, ...]:
    """`total` shared in proportion to weights, whole, by largest remainder; all 0 where the weights are.

    Example:
        >>> proportional((1, 1, 1), 10), proportional((0, 0), 10)
        ((4, 3, 3), (0, 0))
    """
    whole = sum(weights)
    return (
        largest_remainder([total * each / Fraction(whole) for each in weights], total) if whole else (0,) * len(weights)
    )


def largest_remainder(values: Sequence[Fraction], total: int) -> tuple[int, ...]:
    """Values rounded to whole numbers that sum to `total`: up where most is cut off, then in table order.

    Args:
        values: not negative; they sum to `total`, or nearly so.
        total: what the rounded values sum to.
    """
    made = [each.numerator // each.denominator for each in values]
    short = total - sum(made)
    by_remainder = sorted(range(len(made)), key=lambda index: (made[index] - values[index], index))
    for index in by_remainder[:short] if short >= 0 else by_remainder[short:]:
        made[index] += 1 if short > 0 else -1
    return tuple(made)

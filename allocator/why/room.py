"""Room to negotiate: the quotas of each unit whose cheapest allocation stays within a tolerance of the optimum.

The others move in the one order that `beside` gives, so both ends of every range are read off sums along it.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum

import numpy as np

from allocator.model.allocation import Allocation
from allocator.model.nested import numbered
from allocator.model.problem import Problem, array
from allocator.model.signpost import IntArray
from allocator.why.beside import FIRST, MORE, beside
from allocator.why.optima import MOST_UNITS

TOLERANCE = 0.01
ROUNDING = 1e-12
"""An objective above the limit by less than this share of the optimum is on the limit."""


@dataclass(frozen=True)
class Room:
    """Ranges of quotas, members.

    Attributes:
        tolerance: share by which the objective may exceed its optimum.
        least, most: ends of each unit's range, in table order; both are the quota where nothing may move; None for
            too many units.
    """

    tolerance: float
    least: tuple[int | None, ...]
    most: tuple[int | None, ...]


def room(allocation: Allocation, tolerance: float = TOLERANCE) -> Room:
    """The room of every unit around an allocation."""
    problem, lots = allocation.problem, array(allocation.lots)
    if len(lots) > MOST_UNITS:
        return Room(tolerance, *[(None,) * len(lots)] * 2)
    units, nth = numbered(lots - problem.floor)
    limit = (tolerance + ROUNDING) * fsum(problem.costs(units, problem.floor[units] + nth + 1).tolist())
    ends = [lots + side * _farthest(problem, lots, side, limit) for side in (-1, 1)]
    return Room(tolerance, *(tuple((each * problem.lot).tolist()) for each in ends))


def _farthest(problem: Problem, lots: IntArray, side: int, limit: float) -> IntArray:
    """Most lots that each unit may give (−1) or take (1) for at most `limit`."""
    own = problem.top - lots if side > 0 else lots - problem.floor
    made, busy, size = np.zeros_like(lots), own > 0, FIRST
    while busy.any():
        left = np.zeros_like(busy)
        for others in beside(problem, lots, side, size):
            costs = problem.costs(others.units, others.k)
            # As many lots are given as taken: costs above one of them lose fewer digits in sums.
            base = costs[:1].sum()
            costs -= base
            total = np.concatenate(([0.0], np.cumsum(costs)))
            for unit in filter(busy.__getitem__, others.members):
                passed, far = others.passed(unit), min(int(own[unit]), others.far(unit))
                most = min(far, len(costs) - len(passed))
                d = np.arange(1, most + 1)
                skipped = np.searchsorted(passed - np.arange(len(passed)), d)
                saved = total[d + skipped] - np.concatenate(([0.0], np.cumsum(costs[passed])))[skipped]
                asked = np.cumsum(problem.costs(np.full(most, unit), lots[unit] + (d if side > 0 else 1 - d)) - base)
                made[unit] = np.searchsorted(side * (asked - saved), limit, side="right")
                left[unit] = made[unit] == most < far
        busy, size = left, MORE * size
    return made

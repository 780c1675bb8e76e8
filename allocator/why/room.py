"""Room to negotiate: the quotas of each unit whose cheapest allocation stays within a tolerance of the optimum.

For one unit fixed at n lots the program's least objective is convex in n, so the range is found by bisection on either
side of the quota, all units at once, each allocation the whole-lot optimum with that unit fixed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import fsum
from typing import Any

import numpy as np

from allocator.model.allocation import Allocation
from allocator.model.feasibility import feasible
from allocator.model.nested import whole_lots_nested
from allocator.model.problem import Problem, array
from allocator.model.signpost import IntArray
from allocator.model.waterfill import whole_lots

TOLERANCE = 0.01
ROUNDING = 1e-12
"""An objective above the limit by less than this share of the optimum is on the limit."""
MOST_UNITS = 100
"""Above this many units nothing is worked out: with groups it takes some twenty allocations for each of them."""
MOST_CELLS = 4_000_000
"""Units times allocations held in memory at once."""


@dataclass(frozen=True)
class Room:
    """Ranges of quotas, members.

    Attributes:
        tolerance: share by which the objective may exceed its optimum.
        least, most: ends of each unit's range, in table order; both are the quota where nothing may move; None for
            more than `MOST_UNITS` units.
    """

    tolerance: float
    least: tuple[int | None, ...]
    most: tuple[int | None, ...]

    def unit_json(self, index: int) -> dict[str, Any]:
        """One unit's range."""
        return {"least": self.least[index], "most": self.most[index]}


def room(allocation: Allocation, tolerance: float = TOLERANCE) -> Room:
    """The room of every unit around an allocation."""
    if len(allocation.lots) > MOST_UNITS:
        return Room(tolerance, *[(None,) * len(allocation.lots)] * 2)
    problem, lots = allocation.problem, array(allocation.lots)
    optimum = _cost(problem, problem.floor, lots)
    limit = tolerance * optimum + ROUNDING * optimum
    spare = lots - problem.floor
    ends = []
    for side, far in ((-1, problem.floor), (1, problem.top)):
        # Where there are no groups these are all the lots that the others can take or give.
        others = (problem.top - lots).sum() - (problem.top - lots) if side < 0 else spare.sum() - spare
        good, bad = np.zeros_like(lots), np.minimum(np.abs(far - lots), others) + 1
        while (busy := np.flatnonzero(bad - good > 1)).size:
            step = (good[busy] + bad[busy]) // 2
            within = np.array(
                [
                    each is not None and _cost(problem, lots, each) <= limit
                    for each in _optima(problem, busy, lots[busy] + side * step)
                ]
            )
            good[busy] = np.where(within, step, good[busy])
            bad[busy] = np.where(within, bad[busy], step)
        ends.append(tuple(((lots + side * good) * problem.lot).tolist()))
    return Room(tolerance, ends[0], ends[1])


def _optima(problem: Problem, units: IntArray, fixed: IntArray) -> Iterator[IntArray | None]:
    """The optimum with one unit fixed at a number of lots, for each pair; None where no allocation is left."""
    plain = len(problem.tree.names) == 1 and problem.risk is None
    chunk = max(1, MOST_CELLS // len(problem.claims)) if plain else 1
    for start in range(0, len(units), chunk):
        rows, held = units[start : start + chunk], fixed[start : start + chunk]
        floor, cap = (np.tile(bound, (len(rows), 1)) for bound in (problem.floor, problem.top))
        floor[np.arange(len(rows)), rows] = cap[np.arange(len(rows)), rows] = held
        if plain:
            claims, lots = np.tile(problem.claims, (len(rows), 1)), np.full(len(rows), problem.lots)
            yield from whole_lots(claims, floor, cap, lots, problem.lot, problem.signpost)
        else:
            one = replace(problem, floor=floor[0], cap=cap[0])
            yield whole_lots_nested(one) if feasible(one) else None


def _cost(problem: Problem, old: IntArray, new: IntArray) -> float:
    """What the lots of `new` cost more than those of `old`."""
    low, count = np.minimum(old, new), np.abs(new - old)
    units = np.repeat(np.arange(len(low)), count)
    k = np.arange(len(units)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count) + 1
    return fsum((problem.costs(units, k) * np.sign(new - old)[units]).tolist())

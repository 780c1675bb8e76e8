"""Room to negotiate: the quotas of each unit whose cheapest allocation stays within a tolerance of the optimum.

For one unit fixed at n lots the program's least objective is convex in n: one end of the range is looked for on either
side of the quota, all units at once, the others holding their whole-lot optimum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import fsum

import numpy as np

from allocator.model.allocation import Allocation
from allocator.model.problem import Problem, array
from allocator.model.signpost import FloatArray, IntArray
from allocator.why.optima import MOST_ENTANGLED, MOST_UNITS, optima, ungrouped

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
    if len(lots) > (MOST_UNITS if ungrouped(problem) else MOST_ENTANGLED):
        return Room(tolerance, *[(None,) * len(lots)] * 2)
    limit = (tolerance + ROUNDING) * _cost(problem, problem.floor, lots)
    farthest = _beside_all if ungrouped(problem) else _by_trial
    ends = [lots + side * farthest(problem, lots, side, limit) for side in (-1, 1)]
    return Room(tolerance, *(tuple((each * problem.lot).tolist()) for each in ends))


def _farthest(problem: Problem, lots: IntArray, side: int) -> IntArray:
    """Most lots that each unit could give (−1) or take (1) if no group stood in the way of the others."""
    more, fewer = problem.top - lots, lots - problem.floor
    own, others = (fewer, more) if side < 0 else (more, fewer)
    return np.asarray(np.minimum(own, others.sum() - others))


def _by_trial(problem: Problem, lots: IntArray, side: int, limit: float) -> IntArray:
    """Most lots each unit may move for at most `limit`, by bisection, the others decided anew each time."""
    good, bad = np.zeros_like(lots), _farthest(problem, lots, side) + 1

    def held(unit: int, at: int) -> Problem:
        floor, cap = problem.floor.copy(), problem.top.copy()
        floor[unit] = cap[unit] = at
        return replace(problem, floor=floor, cap=cap)

    while (busy := np.flatnonzero(bad - good > 1)).size:
        step = (good[busy] + bad[busy]) // 2
        pairs = zip(busy.tolist(), (lots[busy] + side * step).tolist(), strict=True)
        made = optima(held(*pair) for pair in pairs)
        within = np.array([each is not None and _cost(problem, lots, each) <= limit for each in made])
        good[busy] = np.where(within, step, good[busy])
        bad[busy] = np.where(within, bad[busy], step)
    return good


def _beside_all(problem: Problem, lots: IntArray, side: int, limit: float) -> IntArray:
    """The same where there are no groups: the others give their dearest lots, or take the cheapest there are.

    These stand in one order for all units, each unit passing over its own; as many are listed as the units need.
    """
    far, size = _farthest(problem, lots, side), 1 << 12
    made, busy = np.zeros_like(lots), np.flatnonzero(far)
    while busy.size:
        units, costs = _ordered(problem, lots, -side, size)
        # As many lots are given as taken: costs above one of them lose fewer digits in sums.
        base, costs = costs[0], costs - costs[0]
        sums = np.concatenate(([0.0], np.cumsum(costs)))
        order = np.argsort(units, kind="stable")
        starts = np.searchsorted(units[order], np.arange(len(lots) + 1))
        left = []
        for unit in busy.tolist():
            own = order[starts[unit] : starts[unit + 1]]
            most = int(min(far[unit], len(units) - len(own)))
            before = own - np.arange(len(own))
            own_sums = np.concatenate(([0.0], np.cumsum(costs[own])))
            d = np.arange(1, most + 1)
            passed = np.searchsorted(before, d)
            others = sums[d + passed] - own_sums[passed]
            moved = np.cumsum(problem.costs(np.full(most, unit), lots[unit] + (d if side > 0 else 1 - d)) - base)
            within = int(np.searchsorted(side * (moved - others), limit, side="right"))
            made[unit] = within
            if within == most < far[unit]:
                left.append(unit)
        busy, size = np.array(left, dtype=np.int64), 8 * size
    return made


def _ordered(problem: Problem, lots: IntArray, side: int, size: int) -> tuple[IntArray, FloatArray]:
    """Units and costs of the first lots that would be given beyond the allocation (1) or taken back (−1), in order."""
    every = int((problem.top - lots if side > 0 else lots - problem.floor).sum())
    # The highest quotas stay those of this problem: with more lots to give they would grow.
    far = next(optima([replace(problem, cap=problem.top, lots=problem.lots + side * min(size, every))]))
    assert far is not None
    units, k = _between(lots, far)
    costs = problem.costs(units, k)
    order = np.argsort(side * costs, kind="stable")
    return units[order], costs[order]


def _cost(problem: Problem, old: IntArray, new: IntArray) -> float:
    """What the lots of `new` cost more than those of `old`."""
    units, k = _between(old, new)
    return fsum((problem.costs(units, k) * np.sign(new - old)[units]).tolist())


def _between(old: IntArray, new: IntArray) -> tuple[IntArray, IntArray]:
    """The lots that one allocation has and the other has not: whose each is, and which of its lots."""
    low, count = np.minimum(old, new), np.abs(new - old)
    units = np.repeat(np.arange(len(low)), count)
    k = np.arange(len(units)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(low, count) + 1
    return units, k

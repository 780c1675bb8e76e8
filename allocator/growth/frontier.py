"""Fairness against expected shortfall: every distinct allocation as the weight η of risk goes up, and the knee.

The cost of a lot is a line in η, claim effort plus η times what the lot adds to the expected shortfall: the weights at
which lots change places are found as in `turning_points`, on a logarithmic lattice of weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from typing import Any

import numpy as np

from allocator.data.table import Number, Table
from allocator.growth.sweep import blocks
from allocator.growth.turning_points import CELLS, BoolArray, Course, turning_points
from allocator.model.claims import MICRO
from allocator.model.feasibility import check_feasible
from allocator.model.grounds import pose
from allocator.model.nested import Levels, merge_lots
from allocator.model.problem import NANO, Problem, array
from allocator.model.risk import expected_shortfall
from allocator.model.scenario import Scenario
from allocator.model.signpost import FloatArray, IntArray
from allocator.model.waterfill import NEAR
from allocator.why.comparison import misplaced

LEAST_WEIGHT = 1e-9
MOST_WEIGHT = 1_000_000
"""Largest weight a scenario may have; below the least, what a lot adds rounds to nothing."""


@dataclass(frozen=True)
class Choice:
    """One allocation on the frontier.

    Attributes:
        low, high: weights between which it is the optimum.
        weight: a weight between them, to put into a scenario; 0 for the fairest.
        quotas: members of each unit.
        moved: members that move against the fairest allocation.
        objective: sum of the claim efforts of all lots given, without the risk term.
        expected_shortfall: members that the quotas are expected to fall short by, all units together.
        knee: whether the frontier turns here.
    """

    low: float
    high: float
    weight: float
    quotas: tuple[int, ...]
    moved: Number
    objective: float
    expected_shortfall: float
    knee: bool = False


def frontier(table: Table, scenario: Scenario) -> tuple[Choice, ...]:
    """Every distinct allocation over the weight of the risk term, from the fairest to the least risky, the knee marked.

    Args:
        table: the units.
        scenario: its `risk.weight` is put aside; `risk.reachable` and `uncertainty` say what falls short.

    Returns:
        The choices, weight ascending; expected shortfall falls and objective grows along them. The knee is the choice
        farthest below the straight line between both ends (Satopää et al., 2011), both axes running from 0 to 1.

    Raises:
        InputError, InfeasibleError: as `allocate`; InputError for Huntington–Hill, whose costs do not mix.
    """
    scenario.changed({"risk": {"weight": 1}}).check(table)
    _, bounded, problem = pose(table, scenario.changed({"risk": {"weight": 0}}))
    check_feasible(problem, bounded)
    course = _Weights(table, scenario, problem)
    fairest, values, cells = turning_points(course)
    places = [0.0, *values, float(MOST_WEIGHT)]
    choices = []
    for held, low, high in zip([fairest, *cells.after], places, places[1:], strict=False):
        quotas, weight = tuple((held * problem.lot).tolist()), _between(low, high) if low else 0.0
        moved, at = misplaced(quotas, (fairest * problem.lot).tolist()), course.problem.start + held
        effort, short = float(course.effort[at].sum()), float(course.reached[at].sum())
        choices.append(Choice(low, high, weight, quotas, moved, effort, short))
    knee = _knee(choices)
    return tuple(replace(each, knee=n == knee) for n, each in enumerate(choices))


@dataclass(frozen=True, eq=False, kw_only=True)
class _Weighed(Problem):
    """A problem whose risk costs are worked out as they are asked for: `slope` by lot, at `start` of a unit + k.

    `efforts` are the claim efforts that were asked for exactly, by lot; all factors share them. Only `key` and `costs`
    weigh the risk: `order` and `cost` are those of claims alone, and nobody asks for them.
    """

    slope: FloatArray
    start: IntArray
    factor: float = 0.0
    efforts: dict[int, tuple[int, Fraction]] = field(default_factory=dict)

    def costs(self, units: IntArray, k: IntArray) -> FloatArray:
        return np.asarray(super().costs(units, k) + np.rint(self.slope[self.start[units] + k] * self.factor) / NANO)

    def key(self, unit: int, k: int) -> Any:
        """As of any problem, the cost in billionths: whole ones and the rest, which does not depend on the factor."""
        lot, claim = int(self.start[unit]) + k, int(self.claims[unit])
        if lot not in self.efforts:
            top, bottom = self.method.ratio(k)
            whole, rest = divmod(top * self.lot * MICRO * NANO, bottom * claim)
            self.efforts[lot] = whole, Fraction(rest, bottom * claim)
        whole, part = self.efforts[lot]
        return (whole + round(float(self.slope[lot]) * self.factor), part), -claim, unit, k


class _Weights(Course):
    """The weight of risk, on a lattice of equal ratios.

    Attributes:
        reached: expected shortfall of each unit at 0, 1, 2 … lots, members, one unit after the other.
        single: claim effort of the k-th lot, above the floor, likewise; `effort` of the lots up to it.
    """

    def __init__(self, table: Table, scenario: Scenario, problem: Problem) -> None:
        sizes = problem.top + 1
        start = np.cumsum(sizes) - sizes
        units = np.repeat(np.arange(len(table)), sizes)
        k = np.arange(len(units)) - start[units]
        ends = np.split(k * float(problem.lot), start[1:])
        reached = [expected_shortfall(table, scenario, unit, quotas) for unit, quotas in enumerate(ends)]
        slopes = [np.maximum.accumulate(np.maximum(np.diff(each, prepend=each[0]), 0)) for each in reached]
        above = np.flatnonzero(k > problem.floor[units])
        effort = np.zeros(len(units))
        effort[above] = problem.costs(units[above], k[above])
        self.reached, self.single = np.concatenate(reached), effort
        self.effort = np.concatenate([np.cumsum(each) for each in np.split(effort, start[1:])])
        shared = {each.name: getattr(problem, each.name) for each in fields(problem)}
        self.problem = _Weighed(**shared, slope=np.concatenate(slopes), start=start)
        self.levels = Levels.of(problem)

    def value(self, at: FloatArray) -> FloatArray:
        return np.asarray(LEAST_WEIGHT * (MOST_WEIGHT / LEAST_WEIGHT) ** ((at + 0.5) / CELLS))

    def cost(self, unit: IntArray, k: IntArray, at: IntArray) -> FloatArray:
        lot, weight = self.problem.start[unit] + k, self.value(at.astype(np.float64))
        return np.asarray(self.single[lot] + weight / self.problem.lot * self.problem.slope[lot])

    def lots(self, at: IntArray, around: tuple[IntArray, IntArray] | None) -> IntArray:
        sides = around or [np.tile(each, (len(at), 1)) for each in (self.problem.floor, self.problem.top)]
        factors = self.value(at.astype(np.float64)) / self.problem.lot * NANO
        made, open_ = np.array(sides[0]), np.ones(len(at), dtype=np.bool_)
        for part in blocks(len(at), len(self.problem.top)) if around else ():
            # Most places lie between two turns: one of the optima around them is theirs.
            for held in (each[part] for each in sides):
                kept = self._stays(factors[part], held)
                made[part][kept], open_[part][kept] = held[kept], False
        for place in np.flatnonzero(open_).tolist():
            one, other = (each[place] for each in sides)
            made[place] = self._optimum(float(factors[place]), np.minimum(one, other), np.maximum(one, other))
        return made

    def _stays(self, factors: FloatArray, held: IntArray) -> BoolArray:
        """Which rows of lots are optima under their factors beyond doubt: in no group may a lot move for less."""
        problem, tree = self.problem, self.problem.tree

        def costs(k: IntArray) -> FloatArray:
            lot = problem.start + np.minimum(k, problem.top)
            return np.asarray(self.single[lot] + np.rint(problem.slope[lot] * factors[:, None]) / NANO)

        order = np.argsort(tree.home, kind="stable")
        homes, starts = np.unique(array(tree.home)[order], return_index=True)
        last, following, lots = (np.full((len(tree.names), len(held)), end) for end in (-np.inf, np.inf, 0))
        dearest = np.where(held > problem.floor, costs(held), -np.inf)
        cheapest = np.where(held < problem.top, costs(held + 1), np.inf)
        last[homes] = np.maximum.reduceat(dearest[:, order], starts, axis=1).T
        following[homes] = np.minimum.reduceat(cheapest[:, order], starts, axis=1).T
        lots[homes] = np.add.reduceat(held[:, order], starts, axis=1).T
        for node in range(len(lots) - 1, 0, -1):
            parent, low, high = tree.parent[node], tree.floor[node], tree.cap[node]
            lots[parent] += lots[node]
            gives = last[node] if low is None else np.where(lots[node] <= low, -np.inf, last[node])
            takes = following[node] if high is None else np.where(lots[node] >= high, np.inf, following[node])
            np.maximum(last[parent], gives, out=last[parent])
            np.minimum(following[parent], takes, out=following[parent])
        return np.asarray((last < following * (1 - NEAR)).all(axis=0))

    def _optimum(self, factor: float, least: IntArray, most: IntArray) -> IntArray:
        """The optimum, looked for near others: one that keeps clear of where it was looked for is that of all."""
        problem, reach = replace(self.problem, factor=factor), 1
        while True:
            low, high = np.maximum(least - reach, problem.floor), np.minimum(most + reach, problem.top)
            lots = merge_lots(problem, self.levels, low, high)
            if not (((lots == low) & (low > problem.floor)) | ((lots == high) & (high < problem.top))).any():
                return lots
            reach *= 4


def _between(low: float, high: float) -> float:
    """A short number strictly between two."""
    middle = (low + min(high, 2 * low)) / 2
    short = (float(f"{middle:.{digits}g}") for digits in range(2, 17))
    return next((number for number in short if low < number < high), middle)


def _knee(choices: Sequence[Choice]) -> int:
    """The choice farthest below the line between both ends; the first of equals."""
    first, last = choices[0], choices[-1]
    width = float(max(each.moved for each in choices)) or 1.0
    height = first.expected_shortfall - last.expected_shortfall or 1.0
    below = [1 - each.moved / width - (each.expected_shortfall - last.expected_shortfall) / height for each in choices]
    return below.index(max(below))

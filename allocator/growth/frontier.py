"""Fairness against expected shortfall: every distinct allocation as the weight η of risk goes up, and the knee.

The cost of a lot is a line in η, claim effort plus η times what the lot adds to the expected shortfall, so the weights
at which two lots change places are found one after the other, as in `turns`: none is missed, whatever the step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from allocator.data.table import Number, Table
from allocator.growth.law import Lot
from allocator.growth.turns import Course, states
from allocator.model.allocation import pose
from allocator.model.feasibility import check_feasible
from allocator.model.problem import Problem
from allocator.model.risk import expected_shortfall
from allocator.model.scenario import Scenario
from allocator.model.signpost import FloatArray
from allocator.why.comparison import misplaced

MOST_WEIGHT = 1_000_000
"""Largest weight a scenario may have."""
PICO = 10**12


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

    def to_json(self) -> dict[str, Any]:
        """The choice as a plain mapping."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True, eq=False)
class Mixed:
    """Costs effort + η·risk: the law of lots as the weight goes up."""

    problem: Problem
    risk: tuple[list[int], ...]

    def rounded(self, at: Fraction) -> list[int]:
        """Claims, millionths of a person: no weight changes them."""
        return [int(each) for each in self.problem.claims]

    def claim(self, unit: int, at: Fraction) -> tuple[int, int]:
        """A claim, which no weight changes."""
        return int(self.problem.claims[unit]), 0

    def order(self, first: Lot, second: Lot, at: Fraction) -> int:
        """Sign of the first lot's cost less the second's, just above a weight."""
        gap, rise = self._line(first, second)
        value = gap + at * rise
        return (value > 0) - (value < 0) or (rise > 0) - (rise < 0)

    def root(self, given: Lot, waiting: Lot) -> Fraction | None:
        """The weight at which the given lot becomes dearer than the waiting one."""
        gap, rise = self._line(given, waiting)
        return -gap / rise if rise > 0 else None

    def _line(self, first: Lot, second: Lot) -> tuple[Fraction, int]:
        """Difference of two lots' costs at weight 0, and how fast it grows, both times 10¹²."""
        scale = self.problem.lot * 1_000_000 * PICO
        gap = (self.problem.order(*first) - self.problem.order(*second)) * scale
        return gap, self.risk[first[0]][first[1] - 1] - self.risk[second[0]][second[1] - 1]


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
    free = scenario.changed({"risk": {"weight": 0}})
    _, bounded, problem = pose(table, free)
    check_feasible(problem, bounded)
    reached = [_shortfalls(table, scenario, problem, unit) for unit in range(len(table))]
    law = Mixed(problem, tuple(_slopes(each, problem.lot) for each in reached))
    course = Course(law, (), lambda at: problem, exact=True)
    found = list(states(course, Fraction(0), Fraction(MOST_WEIGHT)))
    ends = [*(state.at for state in found[1:]), Fraction(MOST_WEIGHT)]
    base = found[0].lots or ()
    choices = [
        _choice(problem, reached, base, state.lots or (), state.at, end) for state, end in zip(found, ends, strict=True)
    ]
    at = _knee(choices)
    return tuple(replace(each, knee=n == at) for n, each in enumerate(choices))


def _shortfalls(table: Table, scenario: Scenario, problem: Problem, unit: int) -> FloatArray:
    """Expected shortfall of a unit at 0, 1, 2 … lots, members."""
    quotas = np.arange(int(problem.top[unit]) + 1, dtype=np.float64) * problem.lot
    return expected_shortfall(table, scenario, unit, quotas)


def _slopes(reached: FloatArray, lot: int) -> list[int]:
    """What each lot adds to the expected shortfall, over the lot, in 10⁻¹²; it grows with k."""
    added = np.rint(np.maximum(np.diff(reached), 0) / lot * PICO).astype(np.int64)
    made: list[int] = np.maximum.accumulate(added).tolist()
    return made


def _choice(
    problem: Problem,
    reached: Sequence[FloatArray],
    base: Sequence[int],
    lots: Sequence[int],
    low: Fraction,
    high: Fraction,
) -> Choice:
    short = sum(float(each[held]) for each, held in zip(reached, lots, strict=True))
    effort = sum(
        problem.cost(unit, k) for unit, held in enumerate(lots) for k in range(int(problem.floor[unit]) + 1, held + 1)
    )
    quotas, fairest = (tuple(each * problem.lot for each in side) for side in (lots, base))
    weight = _between(low, high) if low else 0.0
    return Choice(float(low), float(high), weight, quotas, misplaced(quotas, fairest), effort, short)


def _between(low: Fraction, high: Fraction) -> float:
    """A short number strictly between two."""
    middle = (low + min(high, 2 * low)) / 2
    for digits in range(2, 17):
        number = float(f"{float(middle):.{digits}g}")
        if low < Fraction(repr(number)) < high:
            return number
    return float(middle)


def _knee(choices: Sequence[Choice]) -> int:
    """The choice farthest below the line between both ends; the first of equals."""
    first, last = choices[0], choices[-1]
    width = float(max(each.moved for each in choices)) or 1.0
    height = first.expected_shortfall - last.expected_shortfall or 1.0
    below = [1 - each.moved / width - (each.expected_shortfall - last.expected_shortfall) / height for each in choices]
    return below.index(max(below))

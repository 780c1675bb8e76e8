"""Room to negotiate against the linear program itself: least and most quota within the tolerance, unit by unit."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import count
from math import ceil, floor

import pulp
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from allocator import allocate, load_scenario
from allocator.data.table import Table
from allocator.model.allocation import Allocation
from allocator.model.feasibility import feasible
from allocator.model.nested import whole_lots_nested
from allocator.model.problem import Problem
from allocator.model.program import build
from allocator.model.scenario import Scenario
from allocator.model.signpost import IntArray
from allocator.why import room as module
from allocator.why.optima import MOST_UNITS
from allocator.why.room import room
from tests.problems import problems
from tests.scenarios import allocations

relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def by_program(allocation: Allocation, unit: int, tolerance: float) -> tuple[int, int]:
    """Whole lots between the real-valued ends the program gives."""
    problem, ends = allocation.problem, []
    for sign in (1, -1):
        program, held = build(problem, problem.floor, problem.top)
        objective = program.objective
        optimum = sum(
            problem.cost(i, k)
            for i, held in enumerate(allocation.lots)
            for k in range(int(problem.floor[i]) + 1, held + 1)
        )
        program += objective <= (1 + tolerance) * optimum + 1e-9, "within"
        lots = held[unit]
        if not lots:
            return allocation.lots[unit], allocation.lots[unit]
        program.setObjective(lots * sign)
        assert program.solve(pulp.HiGHS(msg=False)) == pulp.LpStatusOptimal
        ends.append(lots.value())
    return ceil(ends[0] - 1e-6), floor(ends[1] + 1e-6)


@settings(relaxed, max_examples=40)
@given(allocations(most_units=5), st.sampled_from([0.0, 0.01, 0.1, 0.5]), st.integers(0, 4))
def test_room_is_what_the_program_allows(allocation: Allocation, tolerance: float, unit: int) -> None:
    assume(unit < len(allocation.lots))
    made = room(allocation, tolerance)
    ends = made.least[unit] // allocation.problem.lot, made.most[unit] // allocation.problem.lot
    assert ends == by_program(allocation, unit, tolerance)


def cost(problem: Problem, lots: IntArray) -> Fraction:
    """What the lots beyond the floors ask, added up exactly."""
    pairs = enumerate(zip(problem.floor.tolist(), lots.tolist(), strict=True))
    return sum((Fraction(problem.cost(u, k)) for u, (low, n) in pairs for k in range(low + 1, n + 1)), Fraction(0))


def by_trial(problem: Problem, lots: IntArray, unit: int, side: int, limit: float) -> int:
    """Most lots a unit may move, the others decided anew for every number of them."""
    for steps in count():
        floor, cap = problem.floor.copy(), problem.top.copy()
        floor[unit] = cap[unit] = lots[unit] + side * (steps + 1)
        trial = replace(problem, floor=floor, cap=cap)
        if not problem.floor[unit] <= floor[unit] <= problem.top[unit] or not feasible(trial):
            return steps
        if cost(problem, whole_lots_nested(trial)) - cost(problem, lots) > limit:
            return steps
    raise AssertionError


@settings(relaxed, max_examples=100)
@given(problems() | problems(groups=True), st.sampled_from([0.0, 0.01, 0.1, 0.5, 3.0]), st.sampled_from([-1, 1]))
def test_all_units_at_once_are_as_by_trial(problem: Problem, tolerance: float, side: int) -> None:
    assume(feasible(problem))
    lots = whole_lots_nested(problem)
    limit = (tolerance + module.ROUNDING) * float(cost(problem, lots))
    made = module._farthest(problem, lots, side, limit)
    assert made.tolist() == [by_trial(problem, lots, unit, side, limit) for unit in range(len(lots))]


@pytest.mark.parametrize("size", [1, 2])
def test_a_short_list_is_read_on(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    allocation = allocate(*load_scenario("an-giang-2017/districts-protected"), method="waterfill")
    usual = room(allocation, 0.1)
    monkeypatch.setattr(module, "FIRST", size)
    assert room(allocation, 0.1) == usual


@pytest.mark.parametrize("scenario", ["base", "districts-protected"])
def test_an_giang(scenario: str) -> None:
    allocation = allocate(*load_scenario(f"an-giang-2017/{scenario}"), method="waterfill")
    made = room(allocation)
    for unit in (0, 9, 14):
        ends = made.least[unit] // 10, made.most[unit] // 10
        assert ends == by_program(allocation, unit, 0.01)


def test_too_many_units_have_no_room_given() -> None:
    count = MOST_UNITS + 1
    table = Table(tuple(map(str, range(count))), {"workforce": (10,) * count}, (None,) * count)
    allocation = allocate(table, Scenario.model_validate({"data": "t.csv", "target": 100}), method="waterfill")
    assert set(room(allocation).least) == {None}


def test_a_locked_unit_has_no_room() -> None:
    table, scenario = load_scenario("an-giang-2017/base", ["locks=[{unit: An Phú, quota: 30}]"])
    allocation = allocate(table, scenario, method="waterfill")
    made, unit = room(allocation, 0.5), table.units.index("An Phú")
    assert (made.least[unit], made.most[unit]) == (30, 30)
    assert room(replace(allocation), 0).least[0] <= allocation.quotas[0]

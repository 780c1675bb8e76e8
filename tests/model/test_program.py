"""The linear program as text, its duals against finite differences, and the edges of what can be asked."""

from __future__ import annotations

import dataclasses
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from allocator.errors import InfeasibleError
from allocator.model import program
from allocator.model.nested import whole_lots_nested
from allocator.model.nesting import nest
from allocator.model.problem import Problem, array
from tests.problems import group, objective

GOLDEN = Path(__file__).parent / "golden" / "three_units.lp"


def three_units(target: int = 6) -> Problem:
    """Three units, the first two in a group that may hold at most four lots and must hold two."""
    groups = [group("north", (0, 1), 2, 4)]
    return Problem(
        array([5_000_000, 3_000_000, 2_000_000]),
        array([1, 0, 0]),
        array([4, 3, 3]),
        target,
        10,
        "webster",
        nest(groups, 3, target),
    )


def test_golden_program(tmp_path: Path) -> None:
    problem = three_units()
    built, _ = program.build(problem, problem.floor, problem.top)
    written = tmp_path / "written.lp"
    built.writeLP(str(written))
    assert written.read_text() == GOLDEN.read_text()


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_duals_lie_between_the_differences_of_re_solving(solver: str) -> None:
    problem = three_units()
    solution = program.solve(problem, solver)

    def value(target: int, cap: int) -> float:
        tree = dataclasses.replace(problem.tree, floor=(target, 2), cap=(target, cap))
        changed = dataclasses.replace(problem, lots=target, tree=tree)
        return float(objective(changed, program.solve(changed, solver).lots)) * 10 * 1_000_000

    now = value(6, 4)
    assert now - value(5, 4) <= solution.prices["target"] + 1e-9
    assert solution.prices["target"] - 1e-9 <= value(7, 4) - now
    price = solution.prices["g1_cap"]
    assert price <= 1e-12, "a cap can only make the program dearer"
    assert now - value(6, 3) - 1e-9 <= price
    assert price <= value(6, 5) - now + 1e-9


@pytest.mark.parametrize(("count", "offset", "bound"), list(product([1, 2, 5], [-1, 0, 1], ["floor", "cap"])))
def test_edge_lattice(count: int, offset: int, bound: str) -> None:
    """One unit or several; the target below, at and above the sum of floors or caps."""
    from allocator.model.bounds import LotBounds
    from allocator.model.feasibility import check_feasible

    floor, cap = [2] * count, [4] * count
    target = sum(floor if bound == "floor" else cap) + offset
    problem = Problem(
        array([7_000_000] * count), array(floor), array(cap), target, 10, "webster", nest([], count, target)
    )
    none, names = np.full(count, -1), tuple(f"u{index}" for index in range(count))
    rules = LotBounds(tuple(floor), tuple(cap), none, none, (), (), names, ())
    if sum(floor) <= target <= sum(cap):
        check_feasible(problem, rules)
        lots = program.solve(problem).lots
        assert sum(lots) == target
        assert lots == tuple(whole_lots_nested(problem).tolist())
        assert all(2 <= each <= 4 for each in lots)
    else:
        with pytest.raises(InfeasibleError, match=r"floors' total|caps' total"):
            check_feasible(problem, rules)


def test_a_window_that_cuts_is_widened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jefferson's many small units drift far from the fair share; the window must follow."""
    monkeypatch.setattr(program, "MOST_COLUMNS", 10)
    claims = [10_000_000_000] + [1_400_000] * 60
    problem = Problem(array(claims), array([0] * 61), array([20_000] * 61), 5_000, 1, "jefferson", nest([], 61, 5_000))
    assert program.solve(problem).lots == tuple(whole_lots_nested(problem).tolist())

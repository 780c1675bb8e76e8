"""The linear program, in PuLP: the reference for quotas, and the source of shadow prices.

    minimise    Σ_i Σ_k  cost_i(k) · y_i_k
    target:     Σ_i Σ_k y_i_k            =  target − Σ floors
    g_floor:    Σ_{i in g} Σ_k y_i_k     ≥  floor_g − Σ_{i in g} floors
    g_cap:      Σ_{i in g} Σ_k y_i_k     ≤  cap_g − Σ_{i in g} floors
                0 ≤ y_i_k ≤ 1            for k = floor_i + 1 … cap_i

`y_i_k` is the k-th lot of unit i (by position), `g` a node of the tree of groups. The rows nest, so the matrix is
totally unimodular and a vertex is in whole lots (Schrijver, Theory of Linear and Integer Programming, 1986, ch. 19).
What other programs share with it (columns, rows, the call of a solver) stands here as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from allocator.errors import MissingExtraError, fault
from allocator.model.certificate import exchanged
from allocator.model.nested import fair_share_nested
from allocator.model.problem import Problem
from allocator.model.signpost import IntArray

MOST_COLUMNS = 200
"""Above this many lots that could be given, only those in a window around the fair share become columns."""
NOT_WHOLE = 1e-5
"""Lots further from a whole number than a solver's rounding leads."""


@dataclass(frozen=True)
class Solution:
    """What the program gives.

    Attributes:
        lots: whole lots of each unit: the canonical optimum.
        prices: dual of each row by its name (`g1_floor`, `g1_cap`), `target` that of one lot more, claim effort; what
            the solver gives of them.
    """

    lots: tuple[int, ...]
    prices: dict[str, float]


def solve(problem: Problem, solver: str | None = None) -> Solution:
    """The canonical optimum and the duals.

    Args:
        problem: a feasible problem.
        solver: `highs` or `cbc`; the first that is installed by default.

    Raises:
        MissingExtraError: the solver is not installed.
    """
    if problem.lots == int(problem.floor.sum()) or not (problem.top > problem.floor).any():
        return Solution(tuple(problem.floor.tolist()), {})
    sides: tuple[IntArray, IntArray] | None = window(problem)
    while sides:
        program, held = build(problem, *sides)
        lots = vertex(program, held, solver)
        sides = widened(problem, lots, *sides)
    prices = {row.name: row.pi for row in program.constraints() if row.pi is not None}
    return Solution(tuple(exchanged(problem, lots)), prices)


def window(problem: Problem) -> tuple[IntArray, IntArray]:
    """Fewest and most lots of each unit that become columns: all that could be given, unless they are too many."""
    if int((problem.top - problem.floor).sum()) <= MOST_COLUMNS:
        return problem.floor, problem.top
    share, tree = np.array(fair_share_nested(problem)) / problem.lot, problem.tree
    low = np.clip(np.floor(share).astype(np.int64) - 2, problem.floor, problem.top)
    high = np.clip(np.ceil(share).astype(np.int64) + 2, problem.floor, problem.top)
    for units, floor, cap in zip(map(list, tree.inside), tree.floor, tree.cap, strict=True):
        if cap is not None and low[units].sum() > cap:
            low[units] = problem.floor[units]
        if floor is not None and high[units].sum() < floor:
            high[units] = problem.top[units]
    return low, high


def widened(problem: Problem, lots: Sequence[int], low: IntArray, high: IntArray) -> tuple[IntArray, IntArray] | None:
    """A wider window, where the lots found touch an edge of it that is no bound of the problem; else None."""
    cut_low, cut_high = (lots == low) & (low > problem.floor), (lots == high) & (high < problem.top)
    if not (cut_low.any() or cut_high.any()):
        return None
    width = np.maximum(4, 2 * (high - low))
    return (
        np.where(cut_low, np.maximum(problem.floor, low - width), low),
        np.where(cut_high, np.minimum(problem.top, high + width), high),
    )


def build(problem: Problem, low: IntArray, high: IntArray) -> tuple[Any, list[Any]]:
    """The PuLP program with a column for each lot above `low` up to `high`, and the lots of each unit."""
    import pulp

    program = pulp.LpProblem("allocation", pulp.LpMinimize)
    held, costs = lot_columns(program, problem, low, high)
    program += pulp.LpAffineExpression(costs)
    add_rows(program, problem, held)
    return program, held


def lot_columns(
    program: Any, problem: Problem, low: IntArray, high: IntArray, mark: str = "", kind: str = "Continuous"
) -> tuple[list[Any], list[tuple[Any, float]]]:
    """Adds a column for each lot above `low` up to `high`: the lots of each unit, and each column with its cost."""
    import pulp

    held: list[Any] = []
    costs: list[tuple[Any, float]] = []
    for i, (a, b) in enumerate(zip(low.tolist(), high.tolist(), strict=True)):
        k = np.arange(a + 1, b + 1)
        lots = [program.add_variable(f"y_{i}{mark}_{n}", 0, 1, kind) for n in k.tolist()]
        costs += zip(lots, problem.costs(np.full(len(k), i), k).tolist(), strict=True)
        held.append(pulp.LpAffineExpression([(each, 1) for each in lots], constant=a))
    return held, costs


def add_rows(program: Any, problem: Problem, held: Sequence[Any]) -> None:
    """Adds the rows of the target and of every group's floor and cap, over the lots of each unit."""
    import pulp

    tree = problem.tree
    for node, units in enumerate(tree.inside):
        total = pulp.lpSum(held[unit] for unit in units)
        floor, cap = tree.floor[node], tree.cap[node]
        if not node:
            program += total == problem.lots, "target"
            continue
        if floor is not None and floor > total.constant:
            program += total >= floor, f"g{node}_floor"
        if cap is not None and total:
            program += total <= cap, f"g{node}_cap"


def vertex(program: Any, held: Sequence[Any], solver: str | None = None) -> list[int]:
    """The lots at the program's optimum; errors as `solved`."""
    status = solved(program, solver)
    if status != "Optimal":
        raise RuntimeError(f"the program {program.name} ended {status} although its rules were checked")
    found = np.array([each.value() for each in held])
    if np.abs(found - np.rint(found)).max() > NOT_WHOLE:
        raise RuntimeError("the solver returned a point that is not a vertex")
    made: list[int] = np.rint(found).astype(np.int64).tolist()
    return made


def solved(program: Any, solver: str | None = None) -> str:
    """PuLP's name of how the program ended (`Optimal`, …), which then holds the values; nothing is printed.

    Raises:
        MissingExtraError: the solver named (`highs`, `cbc`), or where None is named every one, is not installed.
    """
    import pulp

    for name, made in (("highs", _highs), ("cbc", _cbc)):
        if solver in (None, name) and (found := made()).available():
            return str(pulp.LpStatus[program.solve(found)])
    raise MissingExtraError(fault("solver.missing", solver=solver or "highs"))


def _cbc() -> Any:
    import pulp

    return pulp.COIN_CMD(path=pulp.apis.coin_api.pulp_cbc_path, msg=False, gapRel=0.0, gapAbs=0.0)


def _highs() -> Any:
    import pulp

    made = pulp.HiGHS(msg=False)
    made.createAndConfigureSolver = _make_silent
    return made


def _make_silent(program: Any) -> None:
    """HiGHS for the program, told to be silent before it prints its banner: it does so while it is made."""
    import highspy

    class Silent(highspy.Highs):
        def enableCallbacks(self) -> None:
            self.setOptionValue("output_flag", False)
            super().enableCallbacks()  # type: ignore[no-untyped-call]

    program.solverModel = Silent()  # type: ignore[no-untyped-call]
    for option in ("mip_rel_gap", "mip_abs_gap"):
        program.solverModel.setOptionValue(option, 0.0)  # or an integer program ends early

"""The linear program, in PuLP: the reference for quotas, and the source of shadow prices.

    minimise    Σ_i Σ_k  cost_i(k) · y_i_k
    target:     Σ_i Σ_k y_i_k            =  target − Σ floors
    g_floor:    Σ_{i in g} Σ_k y_i_k     ≥  floor_g − Σ_{i in g} floors
    g_cap:      Σ_{i in g} Σ_k y_i_k     ≤  cap_g − Σ_{i in g} floors
                0 ≤ y_i_k ≤ 1            for k = floor_i + 1 … cap_i

`y_i_k` is the k-th lot of unit i (by position), `g` a node of the tree of groups. The rows nest, so the matrix is
totally unimodular and a vertex is in whole lots (Schrijver, Theory of Linear and Integer Programming, 1986, ch. 19).
Every PuLP call of the project for allocations stands in this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from allocator.errors import MissingExtraError, fault
from allocator.model.certificate import exchanged
from allocator.model.nested import fair_share_nested
from allocator.model.problem import Problem, sums
from allocator.model.signpost import IntArray

MOST_COLUMNS = 200
"""Above this many lots that could be given, only those in a window around the fair share become columns."""


@dataclass(frozen=True)
class Solution:
    """What the program gives.

    Attributes:
        lots: whole lots of each unit: the canonical optimum.
        target_price: dual of the target, claim effort of one lot more; None where the solver gives none.
        prices: dual of each group row by its name (`g1_floor`, `g1_cap`).
    """

    lots: tuple[int, ...]
    target_price: float | None
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
        return Solution(tuple(problem.floor.tolist()), None, {})
    low, high = window(problem)
    while True:
        program, columns = build(problem, low, high)
        start, duals = _solved(problem, program, columns, low, solver)
        cut_low = (start == low) & (low > problem.floor)
        cut_high = (start == high) & (high < problem.top)
        if not (cut_low.any() or cut_high.any()):
            break
        width = np.maximum(4, 2 * (high - low))
        low = np.where(cut_low, np.maximum(problem.floor, low - width), low)
        high = np.where(cut_high, np.minimum(problem.top, high + width), high)
    target = duals.pop("target", None)
    return Solution(tuple(exchanged(problem, start.tolist())), target, duals)


def window(problem: Problem) -> tuple[IntArray, IntArray]:
    """Fewest and most lots of each unit that become columns: all that could be given, unless they are too many."""
    if int((problem.top - problem.floor).sum()) <= MOST_COLUMNS:
        return problem.floor, problem.top
    share = np.array(fair_share_nested(problem)) / problem.lot
    low = np.clip(np.floor(share).astype(np.int64) - 2, problem.floor, problem.top)
    high = np.clip(np.ceil(share).astype(np.int64) + 2, problem.floor, problem.top)
    for node, least in enumerate(sums(problem, low)):
        cap = problem.tree.cap[node]
        if cap is not None and least > cap:
            inside = np.array([node in problem.tree.ancestors(home) for home in problem.tree.home])
            low = np.where(inside, problem.floor, low)
    for node, most in enumerate(sums(problem, high)):
        floor = problem.tree.floor[node]
        if floor is not None and most < floor:
            inside = np.array([node in problem.tree.ancestors(home) for home in problem.tree.home])
            high = np.where(inside, problem.top, high)
    return low, high


def build(problem: Problem, low: IntArray, high: IntArray) -> tuple[Any, dict[tuple[int, int], Any]]:
    """The PuLP program with a column for each lot above `low` up to `high`, and its variables by (unit, k)."""
    import pulp

    tree = problem.tree
    program = pulp.LpProblem("allocation", pulp.LpMinimize)
    units = np.repeat(np.arange(len(low)), high - low)
    k = np.concatenate([np.arange(a + 1, b + 1) for a, b in zip(low, high, strict=True)]) if len(units) else units
    costs = problem.costs(units, k).tolist()
    pairs = list(zip(units.tolist(), k.tolist(), strict=True))
    columns = {pair: program.add_variable(f"y_{pair[0]}_{pair[1]}", 0, 1) for pair in pairs}
    program += pulp.LpAffineExpression([(columns[pair], cost) for pair, cost in zip(pairs, costs, strict=True)])
    inside: list[list[Any]] = [[] for _ in tree.names]
    for pair, column in columns.items():
        for node in tree.ancestors(tree.home[pair[0]]):
            inside[node].append((column, 1))
    given = sums(problem, low)
    program += pulp.LpAffineExpression(inside[0]) == problem.lots - given[0], "target"
    for node in range(1, len(tree.names)):
        total = pulp.LpAffineExpression(inside[node])
        floor, cap = tree.floor[node], tree.cap[node]
        if floor is not None and floor > given[node]:
            program += total >= floor - given[node], f"g{node}_floor"
        if cap is not None and inside[node]:
            program += total <= cap - given[node], f"g{node}_cap"
    return program, columns


def _solved(
    problem: Problem, program: Any, columns: dict[tuple[int, int], Any], low: IntArray, solver: str | None
) -> tuple[IntArray, dict[str, float]]:
    status = solved(program, solver)
    if status != "Optimal":
        raise RuntimeError(f"the program ended {status} although its bounds were checked")
    lots = low.copy()
    filled = np.zeros(len(low))
    for (unit, _), column in columns.items():
        filled[unit] += column.varValue
    lots += np.rint(filled).astype(np.int64)
    if np.abs(filled - np.rint(filled)).max() > 1e-6 or int(lots.sum()) != problem.lots:
        raise RuntimeError("the solver returned a point that is not a vertex")
    duals = {row.name: row.pi for row in program.constraints() if row.pi is not None}
    return lots, duals


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

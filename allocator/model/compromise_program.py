"""The compromise between several allocations: two integer programs, in PuLP.

    minimise    z                                          the worst regret, lots
    subject to  Σ_i x_i = target,  floor ≤ x ≤ cap, groups
                d_s_i ≥ x_i − best_s_i,  d_s_i ≥ 0         members misplaced against scenario s are lot · Σ_i d_s_i
                Σ_i d_s_i ≤ z                              for every scenario s
                x whole

    then        minimise  Σ_i Σ_k cost_i(k) · y_i_k        with x_i = Σ_k y_i_k and z held at its least value

Regret rows break total unimodularity, so variables are whole; gaps are set to 0, or HiGHS stops early.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import numpy as np

from allocator.model.certificate import violation
from allocator.model.problem import Problem

Lots = tuple[int, ...]


def regret(lots: Sequence[int], best: Sequence[int]) -> int:
    """Lots misplaced: those above `best`, as both sum to the target.

    Example:
        >>> regret((3, 1, 2), (2, 2, 2))
        1
    """
    return sum(max(0, one - other) for one, other in zip(lots, best, strict=True))


def compromise_lots(problem: Problem, bests: Sequence[Lots]) -> Lots:
    """Lots of least worst regret against `bests`; of those the least effort, ties by larger claim, then table order.

    Args:
        problem: claims of the base scenario, and bounds within which every one of `bests` lies.
        bests: lots of each scenario's own best allocation.
    """
    worst = max(regret(_solved(problem, bests, None), best) for best in bests)
    return _polished(problem, bests, worst, _solved(problem, bests, worst))


def _solved(problem: Problem, bests: Sequence[Lots], worst: int | None) -> Lots:
    """Lots of an optimum: of the worst regret where `worst` is None, else of the effort with it held."""
    import pulp

    from allocator.model.program import add_rows, lot_columns, vertex

    program = pulp.LpProblem("compromise", pulp.LpMinimize)
    reach = problem.lots if worst is None else worst
    # A lot further than the worst regret from any best allocation would exceed it.
    low = np.maximum(problem.floor, np.max(bests, axis=0) - reach)
    high = np.minimum(problem.top, np.min(bests, axis=0) + reach)
    z = program.add_variable("z", 0, reach)
    if worst is None:
        edges = enumerate(zip(low.tolist(), high.tolist(), strict=True))
        held = [program.add_variable(f"x_{i}", a, b, pulp.LpInteger) * 1 for i, (a, b) in edges]
        program += z * 1
    else:
        held, costs = lot_columns(program, problem, low, high, kind=pulp.LpInteger)
        program += pulp.LpAffineExpression(costs)
    add_rows(program, problem, held)
    for s, best in enumerate(bests):
        above = [program.add_variable(f"d_{s}_{i}", 0) for i in range(len(best))]
        for i, each in enumerate(above):
            program += each * 1 >= held[i] - best[i], f"above_{s}_{i}"
        program += pulp.lpSum(above) <= z, f"regret_{s}"
    return tuple(vertex(program, held))


def _polished(problem: Problem, bests: Sequence[Lots], worst: int, start: Lots) -> Lots:
    """Single lots exchanged while that asks less, compared exactly: what the solver's tolerance left over."""
    now = list(start)

    def better() -> Lots | None:
        for i, j in permutations(range(len(now)), 2):
            if now[i] > problem.floor[i] and now[j] < problem.top[j]:
                lots = tuple(each - (n == i) + (n == j) for n, each in enumerate(now))
                cheaper = problem.key(j, lots[j]) < problem.key(i, now[i])
                if cheaper and violation(problem, lots) is None and max(regret(lots, best) for best in bests) <= worst:
                    return lots
        return None

    while (found := better()) is not None:
        now = list(found)
    return tuple(now)

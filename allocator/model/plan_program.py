"""Years planned together: one linear program with a price on the change of a unit's quota from year to year.

    minimise    Σ_t Σ_i Σ_k  cost_it(k) · y_i_t_k  +  price · Σ_{t>0} Σ_i (up_i_t + down_i_t)
    pool_0:     Σ_i x_i_0                         =  target_0
    pool_t:     Σ_i (up_i_t − down_i_t)           =  target_t − target_{t−1}           for t > 0
    year_i_t:   x_i_{t−1} + up_i_t − down_i_t     =  x_i_t                             for t > 0
                x_i_t = floor_i_t + Σ_k y_i_t_k,   0 ≤ y ≤ 1,   up, down ≥ 0

Lots flow from year to year along their unit, and between a year's pool and its units: every column leaves one row and
enters another, a network matrix, so that a vertex is in whole lots whatever the number of years (Ahuja, Magnanti &
Orlin, Network Flows, 1993, chapter 11, and 14 for convex costs). A cap on a unit's sum over years would not fit.

The solver works in floating point; cycles of exchanges, compared exactly, then lead to the one canonical optimum: of
equal plans that which gives most to the larger claim, then to the unit first in the table, the first year first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain
from math import lcm
from typing import Any

import numpy as np

from allocator.model.nested import whole_lots_nested
from allocator.model.problem import Problem
from allocator.model.program import lot_columns, vertex, widened
from allocator.model.signpost import IntArray

FIRST_WIDTH = 64
"""Lots either side of a year's own optimum that become columns at first; more where the plan touches the edge."""
Plan = list[list[int]]
Arc = tuple[int, int, int, int, int]


def solve_plan(problems: Sequence[Problem], price: Fraction, solver: str | None = None) -> tuple[tuple[int, ...], ...]:
    """Whole lots of each year and unit: the canonical optimum.

    Args:
        problems: each year's problem, feasible, without groups, of the same units and lot, no Huntington–Hill.
        price: claim effort that a change of one lot from a year to the next weighs; at 0 each year stands alone.
        solver: `highs` or `cbc`; the first that is installed by default.

    Raises:
        MissingExtraError: the solver is not installed.
    """
    low, high = [], []
    for problem in problems:
        alone = whole_lots_nested(problem)
        low.append(np.maximum(problem.floor, alone - FIRST_WIDTH))
        high.append(np.minimum(problem.top, alone + FIRST_WIDTH))
    while True:
        program, held = build_plan(problems, float(price), low, high)
        found = vertex(program, list(chain.from_iterable(held)), solver)
        lots = [found[t * len(low[0]) : (t + 1) * len(low[0])] for t in range(len(problems))]
        wider = [widened(*each) for each in zip(problems, lots, low, high, strict=True)]
        if not any(wider):
            return tuple(map(tuple, exchanged_years(problems, price, lots)))
        for t, sides in enumerate(wider):
            low[t], high[t] = sides or (low[t], high[t])


def build_plan(
    problems: Sequence[Problem], price: float, low: Sequence[IntArray], high: Sequence[IntArray]
) -> tuple[Any, list[list[Any]]]:
    """The PuLP program with a column for each lot above `low` up to `high`, and the lots of each year and unit."""
    import pulp

    program = pulp.LpProblem("plan", pulp.LpMinimize)
    objective: list[tuple[Any, float]] = []
    quotas: list[list[Any]] = []
    for t, problem in enumerate(problems):
        year, costs = lot_columns(program, problem, low[t], high[t], f"_{t}")
        objective += costs
        quotas.append(year)
    program += pulp.lpSum(quotas[0]) == problems[0].lots, "pool_0"
    for t in range(1, len(problems)):
        change = []
        for i, (before, now) in enumerate(zip(quotas[t - 1], quotas[t], strict=True)):
            up, down = (program.add_variable(f"{side}_{i}_{t}", 0) for side in ("up", "down"))
            objective += [(up, price), (down, price)]
            change += [(up, 1), (down, -1)]
            program += before + up - down - now == 0, f"year_{i}_{t}"
        program += pulp.LpAffineExpression(change) == problems[t].lots - problems[t - 1].lots, f"pool_{t}"
    program.setObjective(pulp.LpAffineExpression(objective))
    return program, quotas


def exchanged_years(problems: Sequence[Problem], price: Fraction, lots: Plan) -> Plan:
    """The canonical optimum from any plan that keeps all bounds, along cycles of exchanges that each ask less, exactly.

    A plan without such a cycle is optimal (Ahuja, Magnanti & Orlin, theorem 9.1). A cycle changes a quota by one lot at
    most, so that weights 2^rank under the cost settle every tie in one way.
    """
    order = [(t, -int(each.claims[i]), i) for t, each in enumerate(problems) for i in range(len(each.claims))]
    ranks = {(t, i): rank for rank, (t, _, i) in enumerate(sorted(order, reverse=True))}
    while True:
        arcs = list(_residual(problems, price, lots, ranks))
        cycle = _negative_cycle(arcs, len(order) + len(problems) + 1)
        if not cycle:
            return lots
        for _, _, _, cell, step in cycle:
            if step:
                t, i = divmod(cell, len(lots[0]))
                lots[t][i] += step


def _residual(
    problems: Sequence[Problem], price: Fraction, lots: Plan, ranks: dict[tuple[int, int], int]
) -> Iterator[Arc]:
    """Arcs (from, to, weight, cell, step) along which one lot can flow; a node is a unit's year, or a year's pool."""
    count, years = len(lots[0]), len(lots)
    sink = years * count + years
    moves: list[tuple[int, int, Fraction, int, int]] = []
    for t, problem in enumerate(problems):
        pool = years * count + t
        for i, held in enumerate(lots[t]):
            cell = t * count + i
            after = cell + count if t + 1 < years else sink
            if held < problem.top[i]:
                moves.append((cell, after, problem.exact_cost(i, held + 1), cell, 1))
            if held > problem.floor[i]:
                moves.append((after, cell, -problem.exact_cost(i, held), cell, -1))
            change = held - lots[t - 1][i] if t else 0
            weight = price if t else Fraction(0)
            moves.append((pool, cell, weight if change >= 0 else -weight, cell, 0))
            moves.append((cell, pool, weight if change <= 0 else -weight, cell, 0))
    scale = lcm(*(each[2].denominator for each in moves)) << (len(ranks) + 1)
    for start, end, cost, cell, step in moves:
        yield start, end, int(cost * scale) - (step << ranks[divmod(cell, count)] if step else 0), cell, step


def _negative_cycle(arcs: Sequence[Arc], nodes: int) -> list[Arc]:
    """A cycle of arcs whose weights sum below 0, or no arcs (Bellman–Ford, parents checked at every pass)."""
    distance = [0] * nodes
    parent: list[Arc | None] = [None] * nodes
    while True:
        changed = False
        for arc in arcs:
            start, end, weight, _, _ = arc
            if distance[start] + weight < distance[end]:
                distance[end], parent[end], changed = distance[start] + weight, arc, True
        if not changed:
            return []
        seen = [-1] * nodes
        for root in range(nodes):
            node, path = root, []
            while seen[node] < 0:
                seen[node] = root
                arc_in = parent[node]
                if arc_in is None:
                    break
                path.append(arc_in)
                node = arc_in[0]
            else:
                if seen[node] == root and path:
                    at = next(n for n, arc in enumerate(path) if arc[1] == node)
                    return path[at:]

"""Many draws: the best quotas when what is uncertain is known first, and the risk of quotas fixed now.

`draws.plan_sweep` gathers what every draw needs; `chunk(plan, index, size)` is a pure function of the plan and gives a
summary that merges with the others in any order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import reduce

import numpy as np

from allocator.growth.draws import MOST_CELLS, Drawn, SweepPlan, drawn_caps, drawn_claims, draws_of
from allocator.growth.summary import Summary
from allocator.model.claims import MICRO
from allocator.model.feasibility import feasible, feasible_draws
from allocator.model.grounds import Grounds
from allocator.model.grouped import whole_lots_in_groups
from allocator.model.nested import whole_lots_nested
from allocator.model.problem import Problem, array
from allocator.model.risk import known_costs
from allocator.model.signpost import IntArray
from allocator.progress import tell_share

NONE = -1
"""Lots of every unit where the rules cannot hold together."""
MOST_GROUPS = 12
"""Above this many groups draws seldom share what binds, and are decided one by one."""


def task_count(plan: SweepPlan, draws: int) -> int:
    """Number of tasks that a sweep of so many draws is cut into, each big enough to send away."""
    return -(-draws // plan.task_draws)


def task(plan: SweepPlan, index: int, draws: int) -> Summary:
    """The summary of task `index` of a sweep of `draws` draws, the same wherever and whenever it is computed."""
    each = plan.task_draws
    return sweep(plan, min((index + 1) * each, draws), index * each)


def sweep(plan: SweepPlan, draws: int, start: int = 0) -> Summary:
    """The summary of all draws up to `draws`, from `start` on, with which a chunk begins."""
    size = plan.chunk_size

    def made(at: int) -> Summary:
        tell_share((at - start) / (draws - start))
        return chunk(plan, at // size, min(size, draws - at))

    return reduce(Summary.merged, map(made, range(start, draws, size)))


def chunk(plan: SweepPlan, index: int, size: int) -> Summary:
    """The summary of the first `size` draws of chunk `index`."""
    count = plan.chunk_size
    return summary_of(plan, draws_of(plan, index * count, count).only(slice(size)))


def summary_of(plan: SweepPlan, draws: Drawn) -> Summary:
    """The summary of draws."""
    workforce, claims, cap = draws.workforce, drawn_claims(plan, draws), drawn_caps(plan, draws)
    lots = decided(plan.problem, claims, cap, lambda draw, problem: _with_risk(plan, problem, workforce[:, draw]))
    if plan.exactly is not None:
        _decide_exactly(plan, plan.exactly, draws, claims, lots)
    fits = lots[0] != NONE
    most = np.append(plan.quota[plan.uncertain], plan.quota.sum())
    return Summary.of(lots if fits.all() else lots[:, fits], shortfalls(plan, workforce), most, plan.bins)


def _decide_exactly(plan: SweepPlan, ground: Grounds, draws: Drawn, claims: IntArray, lots: IntArray) -> None:
    """Draws decided one by one with all rules derived anew: every one where floors move, else what did not fit."""
    workforce, limits = draws.workforce, (each for each in ground.rules.limits if each.amount.of in plan.moves)
    floors = any(each.least or each.together for each in limits)
    for draw in range(workforce.shape[1]) if floors else np.flatnonzero(lots[0] == NONE).tolist():
        known = dict(zip(plan.uncertain.tolist(), workforce[:, draw].tolist(), strict=True))
        present = None if draws.present is None else draws.present[:, draw].tolist()
        problem = ground.with_workforce(known, present).posed()[0][2]
        if draws.multiplier is not None or draws.others is not None:
            problem = replace(problem, claims=claims[:, draw])
        problem = _with_risk(plan, problem, workforce[:, draw])
        lots[:, draw] = whole_lots_nested(problem) if feasible(problem) else NONE


def decided(
    problem: Problem,
    claims: IntArray,
    cap: IntArray,
    weighed: Callable[[int, Problem], Problem] = lambda draw, problem: problem,
) -> IntArray:
    """Whole lots of each draw, shape (units, draws); `NONE` in those whose rules cannot hold together.

    Args:
        problem: what all draws share but for claims and caps, shape (units, draws).
        claims: in any one unit of measure, not negative.
        cap: whole lots.
        weighed: the problem of a draw with its risk costs, where risk has weight.
    """
    fits = feasible_draws(problem, claims, cap)
    if not fits.all():
        claims, cap = claims[:, fits], cap[:, fits]
    if problem.risk is None and len(problem.tree.names) <= MOST_GROUPS:
        lots = whole_lots_in_groups(problem, claims, cap)
    else:
        draws = zip(np.flatnonzero(fits).tolist(), claims.T, cap.T, strict=True)
        each = [whole_lots_nested(weighed(draw, replace(problem, claims=w, cap=most))) for draw, w, most in draws]
        lots = array(each).reshape(-1, len(claims)).T
    if fits.all():
        return lots
    made = np.full((len(claims), len(fits)), NONE)
    made[:, fits] = lots
    return made


def blocks(count: int, units: int) -> Iterator[slice]:
    """Slices of `count` draws of so many units, each few enough to be decided at once."""
    step = max(1, MOST_CELLS // units)
    return (slice(start, start + step) for start in range(0, max(count, 1), step))


def shortfalls(plan: SweepPlan, workforce: IntArray) -> IntArray:
    """(quota − r·W)⁺ of the uncertain units and of all units together, millionths of a person."""
    short = plan.short(plan.quota[plan.uncertain, None], workforce)
    return np.concatenate((short, (short.sum(axis=0) + plan.certain_shortfalls.sum())[None]))


def _with_risk(plan: SweepPlan, problem: Problem, workforce: IntArray) -> Problem:
    """A draw's problem with its risk costs: growth is known, so what falls short is certain."""
    if problem.risk is None:
        return problem
    costs, reachable = list(problem.risk), float(plan.reachable)
    for unit, each in zip(plan.uncertain.tolist(), workforce.tolist(), strict=True):
        costs[unit] = known_costs(reachable, each / MICRO, int(problem.top[unit]), problem.lot, plan.weight)
    return replace(problem, risk=tuple(costs))

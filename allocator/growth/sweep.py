"""Many draws of uncertain growth: the best quotas when growth is known first, and the risk of quotas fixed now.

`plan_sweep` gathers what every draw needs; `chunk(plan, index, size)` is a pure function of the plan and gives a
summary that merges with the others in any order. In a draw W = S + X·G, rounded half to even to millionths of a person
as in `claims`; claims follow in floating point rounded the same way, caps in whole numbers; where a claim does not
depend on the draw it is the exact one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, reduce
from typing import Any

import numpy as np

from allocator.growth.sampling import Copula, Points, copula
from allocator.growth.summary import Summary
from allocator.model.allocation import Allocation
from allocator.model.claims import MICRO, driver_parts, exact
from allocator.model.distributions import quantile
from allocator.model.feasibility import feasible, feasible_draws
from allocator.model.grounds import Grounds
from allocator.model.grouped import whole_lots_in_groups
from allocator.model.nested import whole_lots_nested
from allocator.model.parts import Distribution
from allocator.model.problem import Problem, array
from allocator.model.risk import distribution_of, known_costs
from allocator.model.rules import Limit
from allocator.model.signpost import FloatArray, IntArray
from allocator.model.vectorised import available_micro, blended, share_lots
from allocator.progress import tell_share

NONE = -1
"""Lots of every unit where the rules cannot hold together."""
CHUNK = 4_096
CHUNKS = 4
"""Chunks a task holds at least: it takes far longer than the 2 ms that sending it costs, and not long to do again."""
TASK_DRAWS = 256
"""Draws a task holds at least: the summary of a large table weighs much the same however few they are."""
MOST_CELLS = 1 << 21
"""Most draws times units a chunk holds at once."""
MOST_GROUPS = 12
"""Above this many groups draws seldom share what binds, and are decided one by one."""


@dataclass(frozen=True, eq=False)
class SweepPlan:
    """What every draw needs; arrays in table order.

    Attributes:
        problem: the scenario's own problem; a draw replaces its claims and caps.
        points: the sequence the draws come from, and `copula` what makes its columns move together.
        uncertain: positions of the units whose growth is not 0, the largest growth first.
        distributions: of the realisation, one an uncertain unit.
        workforce: S, millionths of a person; growth: G of the uncertain units, persons.
        own, others: share of the claims that rests on the unit's own available workforce, and on that of all.
        multiplier: attainment multiplier.
        cap: caps other than `max_share`, whole lots.
        shares: caps in lots over W in millionths, each after the units it is on.
        exactly: what a draw is decided on where floors or sums move with W, or a band may lie without a lot; else None.
        quota: the scenario's quotas, fixed, millionths of a person; reachable: r; weight: η.
        bins: bins a shortfall is counted in.
    """

    problem: Problem
    points: Points
    copula: Copula
    uncertain: IntArray
    distributions: tuple[Distribution, ...]
    workforce: IntArray
    growth: FloatArray
    own: float
    others: FloatArray
    multiplier: FloatArray
    cap: IntArray
    shares: tuple[tuple[IntArray, Fraction], ...]
    exactly: Grounds | None
    quota: IntArray
    reachable: Fraction
    weight: float
    bins: int

    @property
    def chunk_size(self) -> int:
        """Draws a chunk: a power of two, fewer where there are many units."""
        size = CHUNK
        while size > 16 and size * len(self.quota) > MOST_CELLS:
            size //= 2
        return size

    @property
    def task_draws(self) -> int:
        """Draws of each task but the last."""
        return max(CHUNKS * self.chunk_size, TASK_DRAWS)

    def short(self, quota: IntArray, workforce: IntArray) -> IntArray:
        """(quota − r·W)⁺, all in millionths of a person."""
        return np.asarray(np.maximum(quota - np.rint(float(self.reachable) * workforce), 0).astype(np.int64))

    @cached_property
    def certain_shortfalls(self) -> IntArray:
        """(quota − r·S)⁺ of each unit, millionths of a person; 0 for the uncertain ones."""
        made = self.short(self.quota, self.workforce)
        made[self.uncertain] = 0
        return made


def plan_sweep(allocation: Allocation, seed: int = 0, random: bool = False) -> SweepPlan:
    """The plan of an allocation's scenario, whose quotas are the fixed ones.

    Args:
        allocation: the scenario's own allocation.
        seed: what the draws are made from, not negative.
        random: plain random numbers instead of scrambled Sobol points.

    Raises:
        InputError: the correlation matrix cannot be used.
    """
    table, scenario = allocation.table, allocation.scenario
    growth = np.array([float(each or 0) for each in table.optional("growth_estimate")])
    uncertain = array([unit for unit in np.argsort(-growth, kind="stable") if growth[unit] > 0])
    joint = copula(table, scenario, uncertain)
    own, others = driver_parts(table, scenario)
    moving = [each for each in allocation.ground.rules.limits if each.moving and not each.together]
    flat, rules = allocation.whole is None, allocation.ground.rules
    entangled = flat and rules.entangled(scenario.lot, allocation.claims.workforce)
    return SweepPlan(
        replace(allocation.problem),  # without what was worked out from it, some of which cannot be sent away
        Points(joint.factors + len(uncertain), seed, random),
        joint,
        uncertain,
        tuple(distribution_of(table, scenario, unit) for unit in uncertain.tolist()),
        array(allocation.claims.workforce) * MICRO,
        growth[uncertain],
        float(own),
        np.array([float(each) for each in others]),
        np.array([float(each) for each in allocation.claims.multiplier]),
        array(allocation.ground.leaf_bounds({each.entry.key: None for each in moving}).cap),
        tuple(_drawn(each, allocation) for each in moving if not each.least),
        allocation.ground if entangled else None,
        array(allocation.quotas) * MICRO,
        exact(scenario.risk.reachable),
        scenario.risk.weight,
        4_096 if len(uncertain) <= 256 else 64,
    )


def _drawn(limit: Limit, allocation: Allocation) -> tuple[IntArray, Fraction]:
    """The units a cap is on, and the cap in lots over W."""
    names = allocation.ground.tree.names
    on = {names[node] for node in limit.nodes.tolist()}
    units = [place for place, unit in enumerate(allocation.table.units) if unit in on]
    return array(units), limit.per_lot(allocation.problem.lot)


def realisations(plan: SweepPlan, start: int, count: int) -> FloatArray:
    """Growth realisations of draws `start` …, shape (uncertain units, draws)."""
    points = plan.copula.apply(plan.points.rows(start, count))
    return np.array([quantile(d, u) for d, u in zip(plan.distributions, points, strict=True)]).reshape(-1, count)


def drawn_workforce(plan: SweepPlan, realised: FloatArray) -> IntArray:
    """W of the uncertain units, millionths of a person."""
    return available_micro(plan.workforce[plan.uncertain], plan.growth, realised.T).T


def drawn_claims(plan: SweepPlan, workforce: IntArray) -> IntArray:
    """Claims of all units, millionths of a person, shape (units, draws), for the W of the uncertain ones."""
    units: Any = plan.uncertain
    made = np.repeat(plan.problem.claims[:, None], workforce.shape[1], axis=1)
    if plan.others.any():
        # The workforce of all units together weighs in the claim of each.
        units, uncertain = slice(None), workforce
        workforce = np.repeat(plan.workforce[:, None], workforce.shape[1], axis=1)
        workforce[plan.uncertain] = uncertain
    base = blended(workforce.T, plan.own, plan.others[units])
    made[units] = np.rint(base * plan.multiplier[units]).T
    return made


def drawn_caps(plan: SweepPlan, workforce: IntArray) -> IntArray:
    """Caps of all units, whole lots, shape (units, draws)."""
    made = np.repeat(plan.problem.cap[:, None], workforce.shape[1], axis=1)
    if plan.shares:
        made[plan.uncertain] = plan.cap[plan.uncertain, None]
    for on, per_lot in plan.shares:
        places = np.flatnonzero(np.isin(plan.uncertain, on))
        units = plan.uncertain[places]
        made[units] = np.minimum(made[units], share_lots(workforce[places], per_lot))
    return made


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
    return summary_of(plan, drawn_workforce(plan, realisations(plan, index * count, count)[:, :size]))


def summary_of(plan: SweepPlan, workforce: IntArray) -> Summary:
    """The summary of draws given by the W of the uncertain units, millionths of a person."""
    claims, cap = drawn_claims(plan, workforce), drawn_caps(plan, workforce)
    lots = decided(plan.problem, claims, cap, lambda draw, problem: _with_risk(plan, problem, workforce[:, draw]))
    if plan.exactly is not None:
        _decide_exactly(plan, plan.exactly, workforce, lots)
    fits = lots[0] != NONE
    most = np.append(plan.quota[plan.uncertain], plan.quota.sum())
    return Summary.of(lots if fits.all() else lots[:, fits], shortfalls(plan, workforce), most, plan.bins)


def _decide_exactly(plan: SweepPlan, ground: Grounds, workforce: IntArray, lots: IntArray) -> None:
    """Draws decided one by one with all rules derived anew: every one where floors move, else what did not fit."""
    floors = any(each.moving and (each.least or each.together) for each in ground.rules.limits)
    for draw in range(workforce.shape[1]) if floors else np.flatnonzero(lots[0] == NONE).tolist():
        known = dict(zip(plan.uncertain.tolist(), workforce[:, draw].tolist(), strict=True))
        problem = ground.with_workforce(known).posed()[0][2]
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

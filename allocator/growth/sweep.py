"""Many draws of uncertain growth: the best quotas when growth is known first, and the risk of quotas fixed now.

`plan_sweep` gathers what every draw needs; `chunk(plan, index, size)` is a pure function of the plan and gives a
summary that merges with the others in any order. In a draw W = S + X·G, rounded half to even to millionths of a person
as in `claims`; claims follow in floating point rounded the same way, caps in whole numbers; where a claim does not
depend on the draw it is the exact one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from allocator.growth.correlation import Copula, copula
from allocator.growth.sampling import Points
from allocator.growth.summary import Counts, Summary, Tails
from allocator.model.allocation import Allocation
from allocator.model.bounds import bounds
from allocator.model.claims import MICRO, driver_values, exact
from allocator.model.distributions import quantile
from allocator.model.grouped import feasible_draws, whole_lots_in_groups
from allocator.model.nested import whole_lots_nested
from allocator.model.problem import Problem, array
from allocator.model.risk import distribution_of, known_costs
from allocator.model.scenario import MOST_PERSONS, Distribution
from allocator.model.signpost import FloatArray, IntArray

BoolArray = NDArray[np.bool_]
CHUNK = 4_096
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
        own: share of the claims that rests on the unit's own available workforce; blend: on each other unit's.
        multiplier: attainment multiplier.
        cap: caps other than `max_share`, whole lots.
        share: numerator and denominator of the cap in lots over W in millionths; None where there is none.
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
    blend: FloatArray
    multiplier: FloatArray
    cap: IntArray
    share: tuple[int, int] | None
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
    share = scenario.bounds.max_share
    ratio = None if share is None else exact(share) / (MICRO * scenario.lot)
    without = scenario.model_copy(update={"bounds": scenario.bounds.model_copy(update={"max_share": None})})
    own, blend = _drivers(allocation)
    return SweepPlan(
        replace(allocation.problem),
        Points(joint.factors + len(uncertain), seed, random),
        joint,
        uncertain,
        tuple(distribution_of(table, scenario, unit) for unit in uncertain.tolist()),
        array(allocation.claims.workforce) * MICRO,
        growth[uncertain],
        own,
        blend,
        np.array([float(each) for each in allocation.claims.multiplier]),
        array(bounds(table, without, allocation.claims.available).cap),
        None if ratio is None else (ratio.numerator, ratio.denominator),
        array(allocation.quotas) * MICRO,
        exact(scenario.risk.reachable),
        scenario.risk.weight,
        4_096 if len(uncertain) <= 256 else 64,
    )


def _drivers(allocation: Allocation) -> tuple[float, FloatArray]:
    """Share of the drivers that is the available workforce, and what the others give a unit of the total workforce."""
    own, blend = Fraction(0), [Fraction(0)] * len(allocation.table)
    for driver in allocation.scenario.drivers:
        if driver.column == "workforce":
            own += exact(driver.share)
            continue
        values = driver_values(allocation.table, driver.column, allocation.claims.available, "", [])
        factor = exact(driver.share) / sum(values)
        blend = [sofar + factor * value for sofar, value in zip(blend, values, strict=True)]
    return float(own), np.array([float(each) for each in blend])


def realisations(plan: SweepPlan, start: int, count: int) -> FloatArray:
    """Growth realisations of draws `start` …, shape (uncertain units, draws)."""
    points = plan.copula.apply(plan.points.rows(start, count))
    return np.array([quantile(d, u) for d, u in zip(plan.distributions, points, strict=True)]).reshape(-1, count)


def available(plan: SweepPlan, realised: FloatArray) -> IntArray:
    """W of the uncertain units, millionths of a person; growth is cut at 9·10⁹ persons."""
    grown = np.rint(np.minimum(realised * plan.growth[:, None], MOST_PERSONS) * MICRO)
    return np.asarray(plan.workforce[plan.uncertain, None] + grown.astype(np.int64))


def drawn_claims(plan: SweepPlan, workforce: IntArray) -> IntArray:
    """Claims of all units, millionths of a person, shape (units, draws), for the W of the uncertain ones."""
    made = np.repeat(plan.problem.claims[:, None], workforce.shape[1], axis=1)
    if not plan.blend.any():
        made[plan.uncertain] = np.rint(workforce * plan.own * plan.multiplier[plan.uncertain, None])
        return made
    everyone = np.repeat(plan.workforce[:, None], workforce.shape[1], axis=1)
    everyone[plan.uncertain] = workforce
    base = plan.own * everyone + everyone.sum(axis=0) * plan.blend[:, None]
    return np.asarray(np.rint(base * plan.multiplier[:, None]).astype(np.int64))


def drawn_caps(plan: SweepPlan, workforce: IntArray) -> IntArray:
    """Caps of all units, whole lots, shape (units, draws)."""
    made = np.repeat(plan.problem.cap[:, None], workforce.shape[1], axis=1)
    if plan.share is not None:
        top, bottom = plan.share
        most = plan.cap[plan.uncertain, None]
        if max(top, 1) * max(bottom, int(workforce.max(initial=0)) // bottom) >= 2**62:
            exactly = (workforce.astype(object) * top // bottom).astype(np.float64)
            made[plan.uncertain] = np.minimum(most, np.minimum(exactly, 2.0**62).astype(np.int64))
        else:
            whole, rest = np.divmod(workforce, bottom)
            made[plan.uncertain] = np.minimum(most, whole * top + rest * top // bottom)
    return made


def chunk(plan: SweepPlan, index: int, size: int | None = None) -> Summary:
    """The summary of chunk `index`: its first `size` draws, all of them by default.

    The same draws give the same digits wherever and in whatever order chunks are computed.
    """
    count = plan.chunk_size
    realised = realisations(plan, index * count, count)[:, : count if size is None else size]
    return summary_of(plan, available(plan, realised))


def summary_of(plan: SweepPlan, workforce: IntArray) -> Summary:
    """The summary of draws given by the W of the uncertain units, millionths of a person."""
    claims, cap = drawn_claims(plan, workforce), drawn_caps(plan, workforce)
    fits, lots = decided(plan.problem, claims, cap, lambda draw, problem: _with_risk(plan, problem, workforce[:, draw]))
    infeasible = int((~fits).sum())
    most = np.append(plan.quota[plan.uncertain], plan.quota.sum())
    tails = Tails.of(shortfalls(plan, workforce), most, plan.bins)
    return Summary(workforce.shape[1], infeasible, Counts.of(lots), tails)


def decided(
    problem: Problem,
    claims: IntArray,
    cap: IntArray,
    weighed: Callable[[int, Problem], Problem] = lambda draw, problem: problem,
) -> tuple[BoolArray, IntArray]:
    """Which draws the rules can hold together in, and the whole lots of those.

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
        return fits, whole_lots_in_groups(problem, claims, cap)
    draws = zip(np.flatnonzero(fits).tolist(), claims.T, cap.T, strict=True)
    lots = [whole_lots_nested(weighed(draw, replace(problem, claims=w, cap=most))) for draw, w, most in draws]
    return fits, np.array(lots, dtype=np.int64).reshape(-1, len(claims)).T


def shortfalls(plan: SweepPlan, workforce: IntArray) -> IntArray:
    """(quota − r·W)⁺ of the uncertain units and of all units together, millionths of a person."""
    reachable = float(plan.reachable)
    short = np.maximum(plan.quota[plan.uncertain, None] - np.rint(reachable * workforce), 0).astype(np.int64)
    certain = certain_shortfalls(plan)
    return np.concatenate((short, (short.sum(axis=0) + certain.sum())[None]))


def certain_shortfalls(plan: SweepPlan) -> IntArray:
    """(quota − r·S)⁺ of each unit, millionths of a person; 0 for the uncertain ones."""
    short = np.maximum(plan.quota - np.rint(float(plan.reachable) * plan.workforce), 0).astype(np.int64)
    short[plan.uncertain] = 0
    return np.asarray(short)


def _with_risk(plan: SweepPlan, problem: Problem, workforce: IntArray) -> Problem:
    """A draw's problem with its risk costs: growth is known, so what falls short is certain."""
    if problem.risk is None:
        return problem
    costs, reachable = list(problem.risk), float(plan.reachable)
    for unit, each in zip(plan.uncertain.tolist(), workforce.tolist(), strict=True):
        costs[unit] = known_costs(reachable, each / MICRO, int(problem.top[unit]), problem.lot, plan.weight)
    return replace(problem, risk=tuple(costs))


def sweep(plan: SweepPlan, draws: int, workers: int = 1) -> Generator[Summary, None, None]:
    """The summary of the draws so far, after some chunks each; the last one is that of all `draws`.

    Closing the generator early leaves whole chunks: what was yielded last stands.
    """
    size = plan.chunk_size
    sizes = [min(size, draws - start) for start in range(0, draws, size)]
    so_far: Summary | None = None
    pool = ThreadPoolExecutor(workers)
    waiting: deque[Future[Summary]] = deque()
    try:
        for index, each in enumerate(sizes):
            waiting.append(pool.submit(chunk, plan, index, each))
            if len(waiting) < 4 * workers and index + 1 < len(sizes):
                continue
            while waiting and (len(waiting) >= 2 * workers or index + 1 == len(sizes)):
                found = waiting.popleft().result()
                so_far = found if so_far is None else so_far.merged(found)
                yield so_far
    finally:
        pool.shutdown(cancel_futures=True)

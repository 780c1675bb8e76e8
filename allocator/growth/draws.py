"""What is drawn: growth that comes true, and figures that are off; claims and caps of each draw.

In a draw W = S + X·G, rounded half to even to millionths of a person as in `claims`; claims follow in floating point
rounded the same way, caps in whole numbers; where a claim does not depend on the draw it is the exact one. S that may
be off is in whole persons.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from allocator.data.table import MOST_PERSONS
from allocator.errors import InputError, fault
from allocator.growth.inexact import Driven, Off, Past, drivers_of
from allocator.growth.sampling import Copula, Points, copula
from allocator.model.allocation import Allocation
from allocator.model.claims import MICRO, MOST_CLAIM, driver_parts, exact
from allocator.model.distributions import quantile
from allocator.model.grounds import Grounds
from allocator.model.limit import Limit
from allocator.model.parts import Distribution, Values
from allocator.model.problem import Problem, array
from allocator.model.risk import distribution_of
from allocator.model.short_forms import MOVING
from allocator.model.signpost import FloatArray, IntArray
from allocator.model.vectorised import available_micro, blended, share_lots

CHUNK = 4_096
CHUNKS = 4
"""Chunks a task holds at least: it takes far longer than the 2 ms that sending it costs, and not long to do again."""
TASK_DRAWS = 256
"""Draws a task holds at least: the summary of a large table weighs much the same however few they are."""
MOST_CELLS = 1 << 21
"""Most draws times units a chunk holds at once."""


@dataclass(frozen=True, eq=False)
class Drawn:
    """Some draws; arrays of shape (units, draws).

    Attributes:
        workforce: W of the plan's uncertain units, millionths of a person.
        present: S of all units, persons; None where it is certain.
        multiplier: attainment multiplier of all units; None where it is certain.
        others: share of each claim that rests on the W of all units; None where it is certain.
    """

    workforce: IntArray
    present: IntArray | None = None
    multiplier: FloatArray | None = None
    others: FloatArray | None = None

    def only(self, draws: slice) -> Drawn:
        """Some of them."""
        return replace(self, **{name: each[:, draws] for name, each in vars(self).items() if each is not None})


@dataclass(frozen=True, eq=False)
class SweepPlan:
    """What every draw needs; arrays in table order.

    Attributes:
        problem: the scenario's own problem; a draw replaces its claims and caps.
        points: the sequence the draws come from, and `copula` what makes its first columns move together.
        uncertain: positions of the units whose W moves, those with growth first, the largest growth before the others.
        distributions: of the realisation, one a unit with growth.
        workforce: S, millionths of a person, the base of the claims where there is none.
        growth: G of the uncertain units, persons.
        present, results: what may be off of S, and of past attainment.
        drivers: those but the workforce, by column; empty where none may be off.
        past: what past attainment is drawn from; None where it is certain.
            own, others: share of the claims that rests on the unit's own available workforce, and on that of all.
        multiplier: attainment multiplier.
        cap: caps other than those that move, whole lots.
        shares: caps in lots over W, or over S, in millionths, each after the units it is on; whether it is S.
        exactly: what a draw is decided on where floors or sums move, or a band may lie without a lot; else None.
        moves: what limits are a share of that move with the draw.
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
    present: Off
    results: Off
    drivers: Mapping[str, Driven]
    past: Past | None
    own: float
    others: FloatArray
    multiplier: FloatArray
    cap: IntArray
    shares: tuple[tuple[IntArray, Fraction, bool], ...]
    exactly: Grounds | None
    moves: tuple[str, ...]
    quota: IntArray
    reachable: Fraction
    weight: float
    bins: int

    @property
    def names(self) -> list[str]:
        """What is uncertain: `growth`, `workforce`, `attainment`, `columns.NAME`."""
        grows = any(not isinstance(each, Values) or len({*each.values}) > 1 for each in self.distributions)
        offs = {"workforce": self.present, "attainment": self.results}
        offs |= {f"columns.{name}": each.off for name, each in self.drivers.items()}
        return ["growth"] * grows + [name for name, each in offs.items() if len(each.units)]

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
        InputError: the correlation matrix cannot be used, or rules of a tree move with a workforce that may be off.
    """
    table, scenario, made = allocation.table, allocation.scenario, allocation.claims
    rules, flat = allocation.ground.rules, allocation.whole is None
    # Without workforces nothing grows, and what the drivers make of the units stands for people, as in the claims.
    estimates = table.optional("growth_estimate") if table.measured else (0,) * len(table)
    persons = array(
        [MICRO * each for each in made.workforce] if table.measured else [round(MICRO * each) for each in made.base]
    )
    growth = np.array([float(each or 0) for each in estimates])
    grown = array([unit for unit in np.argsort(-growth, kind="stable") if growth[unit] > 0])
    joint, said = copula(table, scenario, grown), scenario.uncertainty
    present = Off.of(said.workforce, table, made.workforce)
    results = Off.of(said.attainment if scenario.attainment.exponent else None, table, made.attainment)
    drivers = drivers_of(table, scenario) if said.columns else {}
    uncertain = np.concatenate((grown, np.setdiff1d(present.units, grown)))
    own, others = driver_parts(table, scenario)
    moves = (MOVING, *["workforce"] * bool(len(present.units)))
    moving = [each for each in rules.limits if each.amount.of in moves and not each.together]
    if not flat and len(present.units):
        _check_tree(allocation, moves)
    entangled = flat and rules.entangled(scenario.lot, made.workforce if len(moves) == 1 else [0] * len(table), moves)
    count = sum(len(each.units) for each in (present, results, *(each.off for each in drivers.values())))
    return SweepPlan(
        replace(allocation.problem),  # without what was worked out from it, some of which cannot be sent away
        Points(joint.factors + len(grown) + count, seed, random),
        joint,
        uncertain,
        tuple(distribution_of(table, scenario, unit) for unit in grown.tolist()),
        persons,
        growth[uncertain],
        present,
        results,
        drivers,
        Past.of(table, scenario, made.attainment) if len(results.units) else None,
        float(own),
        np.array([float(each) for each in others]),
        np.array([float(each) for each in made.multiplier]),
        array(allocation.ground.leaf_bounds({each.entry.key: None for each in moving}).cap),
        tuple(_drawn(each, allocation) for each in moving if not each.least),
        allocation.ground if entangled else None,
        moves,
        array(allocation.quotas) * MICRO,
        exact(scenario.risk.reachable),
        scenario.risk.weight,
        4_096 if len(uncertain) <= 256 else 64,
    )


def _check_tree(allocation: Allocation, moves: Collection[str]) -> None:
    """InputError for rules of a tree that move with the workforce otherwise than as caps of leaves."""
    ground, scenario = allocation.ground, allocation.scenario
    moving = [each for each in ground.rules.limits if each.amount.of in moves]
    inner = [each for each in moving if ground.at_once and np.setdiff1d(each.nodes, ground.leaves).size]
    if found := {each.entry.key for each in moving if each.least or each.together} | {each.entry.key for each in inner}:
        raise InputError(
            fault("sensitivity.tree_rules", scenario.place("uncertainty", "workforce"), rules=sorted(found))
        )


def _drawn(limit: Limit, allocation: Allocation) -> tuple[IntArray, Fraction, bool]:
    """The units a cap is on, the cap in lots over W or S, and whether it is S."""
    names = allocation.ground.tree.names
    on = {names[node] for node in limit.nodes.tolist()}
    units = [place for place, unit in enumerate(allocation.table.units) if unit in on]
    return array(units), limit.per_lot(allocation.problem.lot), limit.amount.of != MOVING


def realisations(plan: SweepPlan, points: FloatArray) -> FloatArray:
    """Growth realisations of the uncertain units, 0 where there is no growth; `points` are rows of the plan's."""
    own = plan.copula.apply(points[: plan.copula.factors + len(plan.distributions)])
    made = np.zeros((len(plan.uncertain), points.shape[1]))
    for unit, (each, u) in enumerate(zip(plan.distributions, own, strict=True)):
        made[unit] = quantile(each, u)
    return made


def draws_of(plan: SweepPlan, start: int, count: int) -> Drawn:
    """Draws `start` … of a plan; `count` is a power of two that divides `start`."""
    points = plan.points.rows(start, count)
    realised = realisations(plan, points)
    left = iter(points[plan.copula.factors + len(plan.distributions) :])

    def factors(off: Off) -> FloatArray:
        return off.factors(np.array([*islice(left, len(off.units))]).reshape(-1, count), len(plan.quota))

    present = multiplier = None
    if len(plan.present.units):
        now = np.rint(plan.workforce[:, None] / MICRO * factors(plan.present))
        present = np.minimum(now, MOST_PERSONS).astype(np.int64)
    if plan.past is not None:
        multiplier = plan.past.multipliers(factors(plan.results))
    others = _others(plan, factors)
    return Drawn(drawn_workforce(plan, realised, present), present, multiplier, others)


def _others(plan: SweepPlan, factors: Callable[[Off], FloatArray]) -> FloatArray | None:
    """What claims take of the W of all units where drivers are off; None where none is."""
    if not any(len(each.off.units) for each in plan.drivers.values()):
        return None
    made: Any = 0.0
    for each in plan.drivers.values():
        figures = each.figures[:, None] * factors(each.off)
        made = made + each.share * figures / sum(figures)  # unit by unit: the same sum on every machine
    return np.asarray(made)


def drawn_workforce(plan: SweepPlan, realised: FloatArray, present: IntArray | None = None) -> IntArray:
    """W of the uncertain units, millionths of a person, for their realisations and for S of all units, persons."""
    now = plan.workforce[plan.uncertain] if present is None else present[plan.uncertain].T * MICRO
    return available_micro(now, plan.growth, realised.T).T


def drawn_claims(plan: SweepPlan, draws: Drawn) -> IntArray:
    """Claims of all units, millionths of a person, shape (units, draws)."""
    units: Any = plan.uncertain
    workforce = draws.workforce
    made = np.repeat(plan.problem.claims[:, None], workforce.shape[1], axis=1)
    if plan.others.any() or draws.multiplier is not None:
        # The workforce of all units together weighs in the claim of each, or past results that may be off do.
        units = slice(None)
        workforce = np.repeat(plan.workforce[:, None], workforce.shape[1], axis=1)
        workforce[plan.uncertain] = draws.workforce
    multiplier = plan.multiplier[units] if draws.multiplier is None else draws.multiplier.T
    base = blended(workforce.T, plan.own, plan.others[units] if draws.others is None else draws.others.T)
    made[units] = np.rint(np.minimum(base * multiplier, MOST_CLAIM)).T
    return made


def drawn_caps(plan: SweepPlan, draws: Drawn) -> IntArray:
    """Caps of all units, whole lots, shape (units, draws)."""
    made = np.repeat(plan.problem.cap[:, None], draws.workforce.shape[1], axis=1)
    if plan.shares:
        made[plan.uncertain] = plan.cap[plan.uncertain, None]
    for on, per_lot, now in plan.shares:
        places = np.flatnonzero(np.isin(plan.uncertain, on))
        units = plan.uncertain[places]
        present = plan.workforce[units, None] if draws.present is None else draws.present[units] * MICRO
        made[units] = np.minimum(made[units], share_lots(present if now else draws.workforce[places], per_lot))
    return made

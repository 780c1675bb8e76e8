"""The published table by itself and against the best rule: effort, pairs asked the wrong way round, what it implies."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np

from allocator.analysis.calibration import Calibration
from allocator.analysis.calibration_inputs import past_attainment
from allocator.analysis.comparison import gini, ratio
from allocator.model.claims import MICRO
from allocator.model.implied_program import implied_claims
from allocator.model.problem import array
from allocator.model.waterfill import whole_lots


@dataclass(frozen=True)
class Pair:
    """A unit asked for less than another although it has at least as much of everything and more of something."""

    more: str
    less: str
    more_quota: int
    less_quota: int


@dataclass(frozen=True)
class Fairness:
    """The published table by itself.

    Attributes:
        efforts: published quota over present workforce, None where there is none.
        ratio: largest over smallest effort; None where the smallest is 0.
        gini: Gini coefficient of the efforts.
        pairs: units asked the wrong way round, the widest gap first. Compared are present workforce, estimated growth
            and gross attainment, of units whose attainment is known.
    """

    efforts: tuple[float | None, ...]
    ratio: float | None
    gini: float | None
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class ImpliedClaims:
    """Claims for which the published table is exactly optimal, nearest to a model's.

    Attributes:
        model: rung whose claims they stay near: the best without floors and caps.
        claims: the model's, persons.
        implied: the nearest, persons.
        change: total relative change, Σ |implied − claim| / claim.
        verified: whether the allocation from these claims is the published table, lot for lot.
    """

    model: str
    claims: tuple[float, ...]
    implied: tuple[float, ...]
    change: float
    verified: bool


def fairness(found: Calibration) -> Fairness:
    """Spread of effort in the published table, and the pairs it asks the wrong way round."""
    base = found.ground
    efforts = [float(p / s) if s else None for p, s in zip(base.published, base.workforce, strict=True)]
    past = past_attainment(base.table, base.scenario, "gross")
    drivers = np.array([base.workforce, base.growth, past])
    units, quota = base.table.units, [round(each) for each in base.published.tolist()]
    pairs = [
        Pair(units[i], units[j], quota[i], quota[j])
        for i, j in permutations(np.flatnonzero(~np.isnan(past)).tolist(), 2)
        if quota[i] < quota[j] and (drivers[:, i] >= drivers[:, j]).all() and (drivers[:, i] > drivers[:, j]).any()
    ]
    pairs.sort(key=lambda pair: pair.more_quota - pair.less_quota)
    return Fairness(tuple(efforts), ratio(efforts), gini(efforts), tuple(pairs))


def implied_workforce(found: Calibration) -> tuple[float | None, ...]:
    """Available workforce for which the best rule would ask each published quota, the others as published; persons.

    None where no workforce would: a quota below the least quota, or claims that rest on other drivers as well.
    """
    base, row = found.ground, found.best.row
    if base.fixed_share.any():
        return (None,) * len(base.published)
    units = len(base.published)
    rows = np.repeat(row[None], units, axis=0)
    claims, available = base.claims(rows[:1])
    multiplier = np.divide(claims[0], available[0], out=np.zeros(units), where=available[0] > 0)
    effort = np.minimum(base.levels(rows, ~np.eye(units, dtype=np.bool_)) * multiplier, row[5])
    least = base.bounds(rows[:1], available)[0][0]
    return tuple(
        float(p / each) if each > 0 and p >= floor else None
        for p, each, floor in zip(base.published, effort, least, strict=True)
    )


def implied(found: Calibration) -> ImpliedClaims | None:
    """The nearest claims that make the published table exactly optimal; None where none do."""
    base, scenario = found.ground, found.ground.scenario
    fit = min((each for each in found.ladder if "bounds" not in each.model), key=lambda each: each.misplaced)
    claims = base.claims(fit.row[None])[0][0].tolist()
    lots = np.rint(base.published / scenario.lot).astype(np.int64)
    made = implied_claims(claims, lots.tolist(), scenario.signpost)
    if made is None:
        return None
    total = scenario.target // scenario.lot
    again = whole_lots(
        array([[round(each * MICRO) for each in made]]),
        np.zeros_like(lots),
        np.full_like(lots, total),
        array([total]),
        scenario.lot,
        scenario.signpost,
    )[0]
    change = sum(abs(new - old) / (old or 1) for new, old in zip(made, claims, strict=True))
    return ImpliedClaims(fit.model, tuple(claims), made, change, bool((again == lots).all()))

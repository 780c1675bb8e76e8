"""How sure a calibration is: intervals of parameters, the simplest rule, units left out, quotas within reach.

"About as good" means within `TOLERANCE` of the target of the best fit. Ranges come from directed searches over all
rules that qualify, never from a formula around the best one: the set of good rules is neither convex nor connected.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, groupby, product

import numpy as np

from allocator.fit.calibration import MODELS, Calibration, Fit, model_box, search_in
from allocator.fit.candidates import BASES, IMPOSSIBLE, NEUTRAL, NO_CAP, PARAMETERS, Box
from allocator.fit.search import Search, best_of, evolve, lattice, start
from allocator.model.signpost import FloatArray, IntArray
from allocator.model.vectorised import misplaced_rows
from allocator.why.comparison import rank_correlation

SOUGHT = PARAMETERS[:-1]
PENALTY = 1e10
WHOLE_RANGE = 0.9
"""A parameter whose interval covers this share of its declared range is not told by the table."""
TOGETHER = 0.7
"""Rank correlation over the good rules from which two parameters count as moving together."""


@dataclass(frozen=True, eq=False)
class Intervals:
    """What the good rules leave open.

    Attributes:
        spans: least and most value by parameter.
        bases: bases of attainment among the good rules.
        untold: parameters whose interval is nearly their whole range.
        together: pairs of parameters that move together over the good rules, with their rank correlation.
        rules: a sample of good rules, shape (rules, parameters).
    """

    spans: dict[str, tuple[float, float]]
    bases: tuple[str, ...]
    untold: tuple[str, ...]
    together: tuple[tuple[str, str, float], ...]
    rules: FloatArray


@dataclass(frozen=True)
class Reach:
    """Least and most quota of one unit, members, whole lots: under any admissible rule, and under the good ones."""

    low: int
    high: int
    good_low: int
    good_high: int


def full_boxes(found: Calibration, within_limit: bool) -> list[Box]:
    """Boxes of all admissible rules: both bases, with caps and without; only those with a good rule if asked for."""
    names = [
        each.model
        for each in found.ladder
        if "attainment" in each.model and (not within_limit or each.misplaced <= found.limit)
    ]
    return [model_box(found.ground, name) for name in names] or [model_box(found.ground, found.best.model)]


def good_intervals(found: Calibration) -> Intervals:
    """Interval of every parameter over the good rules."""
    # Ends are sought up and down; with sign 0 every good rule is as welcome as another, which gives a sample of them.
    tasks = [
        (box, at, sign) for box in full_boxes(found, True) for at in range(len(SOUGHT)) for sign in (1.0, -1.0, 0.0)
    ]
    wanted, signs = np.array([at for _, at, _ in tasks]), np.array([sign for _, _, sign in tasks])

    def score(rows: FloatArray, task: IntArray) -> FloatArray:
        place = rows[np.arange(len(rows)), wanted[task]]
        return _limited(signs[task] * place, found.ground.misplaced(rows), found.limit)

    boxes = [box for box, _, _ in tasks]
    points, scores = _ended(found, search_in(found.ground, boxes, found.tally, score), 120 * found.ground.thrift)
    rules, sample = points[scores < PENALTY / 2], points[signs == 0][scores[signs == 0] < PENALTY / 2]
    rungs = np.array([each.row for each in found.ladder if each.misplaced <= found.limit])
    every = np.concatenate([rules, rungs])
    least, most = every.min(axis=0), every.max(axis=0)
    spans = {name: (float(least[at]), float(most[at])) for at, name in enumerate(SOUGHT)}
    untold = tuple(name for name in SOUGHT if _covers(spans[name], found.ground.ranges[name]))
    bases = tuple(BASES[int(each)] for each in np.unique(every[:, -1]))
    return Intervals(spans, bases, untold, _together(sample), sample)


def _ended(found: Calibration, search: Search, generations: float) -> tuple[FloatArray, FloatArray]:
    """Populations that directed searches from the pool of good rules end with, and their scores."""
    thrift, order = found.ground.thrift, np.argsort(found.pool_misplaced, kind="stable")
    seeds = found.pool[order[:: max(1, round(len(order) / (192 * thrift)))]]
    low, high = model_box(found.ground, found.best.model)
    cloud = (lattice(round(32 * thrift), len(low)) - 0.5) * (high - low)
    around = [found.best.row + scale * each for scale in (0.5, 0.1, 0.02) for each in cloud]
    points, scores = start(search, size=32, dense=32 + round(96 * thrift), seeds=[found.best.row, *seeds, *around])
    return evolve(search, points, scores, round(generations))


def _limited(aim: FloatArray, misplaced: FloatArray, limit: float) -> FloatArray:
    """`aim` where a rule is good; elsewhere far above it, and the more the worse the rule."""
    return np.where(misplaced <= limit, aim, PENALTY + np.minimum(misplaced, IMPOSSIBLE))


def _covers(span: tuple[float, float], whole: tuple[float, float]) -> bool:
    return min(span[1], whole[1]) - max(span[0], whole[0]) >= WHOLE_RANGE * (whole[1] - whole[0])


def _together(rules: FloatArray) -> tuple[tuple[str, str, float], ...]:
    made: list[tuple[str, str, float]] = []
    capped = rules[rules[:, SOUGHT.index("max_share")] < NO_CAP]
    sample = (capped if len(capped) > 50 else rules)[:: max(1, len(rules) // 400)]
    for one, other in combinations(range(len(SOUGHT)), 2):
        value = rank_correlation(sample[:, one].tolist(), sample[:, other].tolist())
        if value is not None and abs(value) >= TOGETHER:
            made.append((SOUGHT[one], SOUGHT[other], round(value, 2)))
    return tuple(made)


def recommended(found: Calibration) -> tuple[Fit, tuple[str, ...]]:
    """The simplest good rule on a grid of hundredths, and the parameters it sets.

    Simplest: fewest parameters away from doing nothing; of equals, the one that misplaces fewest. With the past
    counted, doing nothing means exponent 1, the widest floor and ceiling, and 1 where attainment is missing.
    """
    base = found.ground
    choices = sorted(_simpler(found), key=_size)
    for _, group in groupby(choices, key=_size):
        sets, boxes = zip(*group, strict=True)
        search = search_in(base, boxes, found.tally, snap=lambda rows: base.snapped(rows, 100))
        points, scores = start(search, size=16, dense=64)
        rows, misplaced = best_of(*evolve(search, points, scores, generations=round(60 * base.thrift)))
        pick = int(misplaced.argmin())
        if misplaced[pick] <= found.limit:
            return Fit("recommended", rows[pick], float(base.misplaced(rows[pick][None])[0])), sets[pick]
    return found.best, MODELS[found.best.model][0]


def _size(choice: tuple[tuple[str, ...], Box]) -> int:
    return len(choice[0])


def _simpler(found: Calibration) -> list[tuple[tuple[str, ...], Box]]:
    """Every choice of parameters to set, the others doing nothing."""
    base, made = found.ground, []
    nothing = {**NEUTRAL, "exponent": 1.0, "floor": base.ranges["floor"][0], "ceiling": base.ranges["ceiling"][1]}
    for chosen in product((False, True), repeat=len(SOUGHT)):
        free = tuple(name for name, each in zip(SOUGHT, chosen, strict=True) if each)
        fixed = {name: nothing[name] for name in SOUGHT if name not in free}
        for basis, name in enumerate(BASES):
            made.append(((*free, name), base.box(**fixed, basis=basis)))
        if not set(free) & {"exponent", "floor", "ceiling", "missing"}:
            made.append((free, base.box(**{name: NEUTRAL[name] for name in SOUGHT if name not in free}, basis=0)))
    return made


def leave_one_out(found: Calibration, box: Box) -> tuple[float | None, ...]:
    """What the best rule of a box for the other units, and their quotas, asks of each unit; None where none can."""
    base, units = found.ground, len(found.ground.published)
    asked = ~np.eye(units, dtype=np.bool_)
    search = search_in(base, [box] * units, found.tally, lambda rows, task: base.misplaced(rows, asked[task]))
    points, scores = start(search, size=32, dense=32 + round(96 * base.thrift), seeds=[found.best.row])
    rows, misplaced = best_of(*evolve(search, points, scores, generations=round(100 * base.thrift**2)))
    predicted = np.diagonal(base.predicted(rows, asked)).tolist()
    return tuple(each if able else None for each, able in zip(predicted, misplaced < IMPOSSIBLE / 2, strict=True))


def quota_ranges(found: Calibration) -> tuple[Reach, ...]:
    """Ranges of each unit's quota over the admissible rules, and over the good ones."""
    (low, high), (good_low, good_high) = (_quota_spans(found, good) for good in (False, True))
    low, high = np.minimum(low, good_low), np.maximum(high, good_high)
    return tuple(Reach(*map(int, each)) for each in zip(low, high, good_low, good_high, strict=True))


def _quota_spans(found: Calibration, good: bool) -> tuple[FloatArray, FloatArray]:
    """Least and most quota of each unit under the rules that searches up and down find.

    In a table of more than 40 units the searches are for 40 or so, and what they find counts for all.
    """
    base, limit = found.ground, found.limit if good else IMPOSSIBLE / 2
    units = range(0, len(base.published), max(1, round(1 / base.thrift)))
    tasks = [(box, unit, sign) for box in full_boxes(found, good) for unit in units for sign in (1.0, -1.0)]
    wanted, signs = np.array([unit for _, unit, _ in tasks]), np.array([sign for _, _, sign in tasks])

    def score(rows: FloatArray, task: IntArray) -> FloatArray:
        share, able = base.shares(rows)
        moved = np.where(able, misplaced_rows(share, base.published), IMPOSSIBLE)
        return _limited(signs[task] * share[np.arange(len(rows)), wanted[task]], moved, limit)

    search = search_in(base, [box for box, _, _ in tasks], found.tally, score)
    points, scores = _ended(found, search, generations=100 * base.thrift**2)
    rules = np.unique(points[scores < PENALTY / 2], axis=0)
    rules = np.concatenate([rules, [found.best.row, found.best_in_lots.row]])
    parts = [base.quotas(rules[at : at + base.chunk]) for at in range(0, len(rules), base.chunk)]
    return np.min([each.min(axis=0) for each in parts], axis=0), np.max([each.max(axis=0) for each in parts], axis=0)

"""How sure a calibration is: intervals of parameters, the simplest rule, units left out, quotas within reach.

"About as good" means within `TOLERANCE` of the target of the best fit. Ranges come from directed searches over all
rules that qualify, never from a formula around the best one: the set of good rules is neither convex nor connected.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from allocator.fit.calibration import MODELS, Calibration, Fit, model_box, search_in
from allocator.fit.candidates import IMPOSSIBLE, Box
from allocator.fit.ranges import BASES, SOUGHT, Span
from allocator.fit.search import best_of, evolve, lattice, start
from allocator.model.signpost import FloatArray, IntArray

Figures = Callable[[FloatArray], tuple[FloatArray, FloatArray]]
PENALTY = 1e10


@dataclass(frozen=True, eq=False)
class Intervals:
    """What the good rules leave open.

    Attributes:
        spans: least and most value by parameter.
        bases: bases of attainment among the good rules.
        rules: a sample of good rules, shape (rules, parameters).
    """

    spans: dict[str, Span]
    bases: tuple[str, ...]
    rules: FloatArray


@dataclass(frozen=True)
class Reach:
    """Least and most quota of one unit, members, whole lots: under any admissible rule, and under the good ones."""

    low: int
    high: int
    good_low: int
    good_high: int


def _ended(
    found: Calibration, good: bool, figures: Figures, places: Sequence[int], ways: Sequence[float], generations: float
) -> tuple[FloatArray, FloatArray]:
    """What directed searches over the admissible rules, or the good ones, end with.

    Args:
        found: the calibration, whose pool of good rules they start from.
        good: whether only good rules count.
        figures: figures of each rule, shape (rows, figures), and the members it misplaces.
        places: the figures sought, each in every box.
        ways: 1 seeks the least, −1 the most; with 0 every rule is as welcome as another, which gives a sample of them.
        generations: how long to search.

    Returns:
        The rules of each search that count, all in one, shape (rules, parameters), then those of the searches with 0.
    """
    base, thrift, limit = found.ground, found.ground.thrift, found.limit if good else IMPOSSIBLE / 2
    # Both bases, with caps and without: all rules lie in these boxes.
    full = [each.model for each in found.ladder if "attainment" in each.model and each.misplaced <= limit]
    each_box = [model_box(base, name) for name in full or [found.best.model]]
    boxes, wanted, signs = zip(*product(each_box, places, ways), strict=True)
    sought, way = np.array(wanted), np.array(signs)

    def score(rows: FloatArray, task: IntArray) -> FloatArray:
        values, misplaced = figures(rows)
        aim = way[task] * values[np.arange(len(rows)), sought[task]]
        # Far above where a rule does not count, and the more the worse it is.
        return np.where(misplaced <= limit, aim, PENALTY + np.minimum(misplaced, IMPOSSIBLE))

    seeds = found.pool[:: max(1, round(len(found.pool) / (192 * thrift)))]
    low, high = model_box(base, found.best.model)
    cloud = (lattice(round(32 * thrift), len(low)) - 0.5) * (high - low)
    around = [found.best.row + scale * each for scale in (0.5, 0.1, 0.02) for each in cloud]
    search = search_in(base, boxes, found.tally, score)
    points, scores = start(search, size=32, dense=32 + round(96 * thrift), seeds=[found.best.row, *seeds, *around])
    points, scores = evolve(search, points, scores, round(generations))
    counts = scores < PENALTY / 2
    return points[counts], points[way == 0][counts[way == 0]]


def good_intervals(found: Calibration) -> Intervals:
    """Interval of every parameter over the good rules."""
    base = found.ground
    ways, generations = (1.0, -1.0, 0.0), 120 * base.thrift
    rules, sample = _ended(
        found, True, lambda rows: (rows, base.misplaced(rows)), range(len(SOUGHT)), ways, generations
    )
    rungs = np.array([each.row for each in found.ladder if each.misplaced <= found.limit])
    every = np.concatenate([rules, rungs])
    least, most = every.min(axis=0), every.max(axis=0)
    spans = {name: (float(least[at]), float(most[at])) for at, name in enumerate(SOUGHT)}
    return Intervals(spans, tuple(BASES[int(each)] for each in np.unique(every[:, -1])), sample)


def recommended(found: Calibration) -> tuple[Fit, tuple[str, ...]]:
    """The simplest good rule on a grid of hundredths, and the parameters it sets.

    Simplest: fewest parameters away from doing nothing; of equals, the one that misplaces fewest. With the past
    counted, doing nothing means exponent 1, the widest floor and ceiling, and 1 where attainment is missing.
    """
    base = found.ground
    choices = _simpler(found)
    for size in range(len(SOUGHT) + 2):
        sets, boxes = zip(*[each for each in choices if len(each[0]) == size], strict=True)
        search = search_in(base, boxes, found.tally, snap=lambda rows: base.snapped(rows, 100))
        points, scores = start(search, size=16, dense=64)
        rows, misplaced = best_of(*evolve(search, points, scores, generations=round(60 * base.thrift)))
        pick = int(misplaced.argmin())
        if misplaced[pick] <= found.limit:
            return Fit("recommended", rows[pick], float(base.misplaced(rows[pick][None])[0])), sets[pick]
    return found.best, MODELS[found.best.model][0]


def _simpler(found: Calibration) -> list[tuple[tuple[str, ...], Box]]:
    """Every choice of parameters to set, the others doing nothing."""
    base, made = found.ground, []
    neutral = {name: each.neutral for name, each in SOUGHT.items()}
    counted = {"exponent": 1.0, "floor": base.ranges["floor"][0], "ceiling": base.ranges["ceiling"][1]}
    for chosen in product((False, True), repeat=len(SOUGHT)):
        free = tuple(name for name, each in zip(SOUGHT, chosen, strict=True) if each)
        fixed = {name: each for name, each in neutral.items() if name not in free}
        for basis, name in enumerate(BASES):
            past = {key: each for key, each in counted.items() if key in fixed}
            made.append(((*free, name), base.box(**fixed | past, basis=basis)))
        if not set(free) & {"exponent", "floor", "ceiling", "missing"}:
            made.append((free, base.box(**fixed, basis=0)))
    return made


def leave_one_out(found: Calibration, box: Box) -> tuple[float | None, ...]:
    """What the best rule of a box for the other units, and their quotas, asks of each unit; None where none can."""
    base, units = found.ground, len(found.ground.published)
    asked = ~np.eye(units, dtype=np.bool_)
    search = search_in(base, [box] * units, found.tally, lambda rows, task: base.misplaced(rows, asked[task]))
    points, scores = start(search, size=32, dense=32 + round(96 * base.thrift), seeds=[found.best.row])
    rows, misplaced = best_of(*evolve(search, points, scores, generations=round(100 * base.thrift**2)))
    _, claims, floor, cap = base.terms(rows)
    predicted = np.diagonal(np.clip(base.levels(rows, asked)[:, None] * claims, floor, cap)).tolist()
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
    base = found.ground
    units = range(0, len(base.published), max(1, round(1 / base.thrift)))
    rules, _ = _ended(found, good, base.scored, units, (1.0, -1.0), 100 * base.thrift**2)
    rules = np.concatenate([np.unique(rules, axis=0), [found.best.row, found.best_in_lots.row]])
    parts = [base.quotas(rules[at : at + base.chunk]) for at in range(0, len(rules), base.chunk)]
    return np.min([each.min(axis=0) for each in parts], axis=0), np.max([each.max(axis=0) for each in parts], axis=0)

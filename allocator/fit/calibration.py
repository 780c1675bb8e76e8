"""Which assumptions explain a published table best: a ladder of nested models, and the best fit over declared ranges.

One table identifies a set of rules, not an intention: `calibration_confidence` says how large that set is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from allocator.data.table import Table
from allocator.fit.candidates import FINE, IMPOSSIBLE, Box, Ground, ground, settings
from allocator.fit.ranges import BASES, PARAMETERS, SOUGHT, Span
from allocator.fit.search import SEED, Score, Search, Snap, Tally, best_of, evolve, start, walk
from allocator.model.allocation import Allocation
from allocator.model.scenario import Scenario
from allocator.model.signpost import FloatArray, IntArray
from allocator.model.vectorised import misplaced_rows
from allocator.why.comparison import misplaced

TOLERANCE = 0.01
"""Rules within this share of the target of the best fit are told apart from it by noise as well as by the table."""
GENERATIONS, STAGES = 240, 12
_PAST = ("exponent", "floor", "ceiling", "missing")
_BOUNDS = ("max_share", "min_quota")
MODELS: Mapping[str, tuple[tuple[str, ...], str, int]] = {
    "workforce": ((), "gross", 1),
    "growth": (("realisation",), "gross", 1),
    "net_attainment": (("realisation", *_PAST), "net", 12),
    "gross_attainment": (("realisation", *_PAST), "gross", 12),
    "net_attainment_bounds": (("realisation", *_PAST, *_BOUNDS), "net", 32),
    "gross_attainment_bounds": (("realisation", *_PAST, *_BOUNDS), "gross", 64),
}
"""Rungs above the equal split: parameters each sets free, its basis, and from how many populations it is searched."""


@dataclass(frozen=True, eq=False)
class Fit:
    """A rule and how well it explains the published quotas.

    Attributes:
        model: name of its rung.
        row: its parameters, as `PARAMETERS`.
        misplaced: members misplaced by its fair share.
    """

    model: str
    row: FloatArray
    misplaced: float


@dataclass(frozen=True, eq=False)
class Calibration:
    """What explains a published table.

    Attributes:
        ground: the figures it rests on.
        ladder: the rungs of `MODELS`; a rung is never worse than one it contains.
        best: the rule that misplaces fewest members by the fair share, and `best_in_lots` by quotas in whole lots.
        pool: good rules found on the way, the best first, shape (rules, parameters).
        tried: rules tried so far; `tally` goes on counting those that later questions try.
    """

    ground: Ground
    ladder: tuple[Fit, ...]
    best: Fit
    best_in_lots: Fit
    pool: FloatArray
    tried: int
    tally: Tally

    @property
    def limit(self) -> float:
        """Most members a rule may misplace to count as about as good as the best."""
        return self.best.misplaced + TOLERANCE * self.ground.target

    @property
    def equal_split(self) -> float:
        """Members misplaced by the same quota for every unit, the foot of the ladder."""
        published = self.ground.published
        return float(misplaced_rows(np.full(len(published), published.mean()), published))

    @property
    def neighbours(self) -> int:
        """Rules around the best on a grid of step 1 / `FINE`, none of them better."""
        boxes = (model_box(self.ground, model) for model in MODELS)
        return max(int(3 ** (high > low).sum()) for low, high in boxes) - 1

    @cached_property
    def explained(self) -> Allocation:
        """The allocation under the best rule."""
        return self.ground.allocation(self.best.row)

    def parameters(self, fit: Fit) -> dict[str, Any]:
        """A rule's parameters and the members it misplaces, fair share and quotas, by the model itself."""
        made = self.ground.allocation(fit.row)
        published = self.ground.published.tolist()
        moved = round(float(misplaced(made.fair_share, published)), 6)
        return {
            **settings(fit.row),
            "misplaced": moved,
            "misplaced_share": moved / self.ground.target,
            "quotas_misplaced": int(misplaced(made.quotas, published)),
        }


def calibrate(
    table: Table, scenario: Scenario, ranges: Mapping[str, Span] | None = None, effort: float = 1.0
) -> Calibration:
    """The ladder and the best fits of rules to a scenario's published column.

    Args:
        table: the units.
        scenario: its lot, signpost and drivers are kept; the parameters of `SOUGHT` and the basis are sought. The
            units that were published share out their published total; the others take no part.
        ranges: least and most value by parameter, where other than usual.
        effort: how long to search, 1 as usual; smaller for many small tables.

    Raises:
        InputError: the published column is absent, blank, not in whole lots or 0; or the scenario has rules of single
            units, which no common rule explains.
    """
    base = ground(table, scenario, ranges)
    tally = Tally()
    points, scores, owner = _searched(base, tally, effort * base.thrift)
    size = np.array([base.scenario.lot if name == "min_quota" else 0 for name in PARAMETERS])
    steps = [np.maximum(size, step) for step in (1e-3, 1e-4, 1 / FINE)]
    fits: list[Fit] = []
    for model in MODELS:
        mine = [at for at, name in enumerate(owner) if name == model]
        rows, _ = best_of(points[mine].reshape(1, -1, points.shape[-1]), scores[mine].reshape(1, -1))
        row, moved = walk(search_in(base, [model_box(base, model)], tally), rows[0], steps)
        inner = [each for each in fits if _within(each.model, model) and each.misplaced < moved]
        fits.append(replace(inner[-1], model=model) if inner else Fit(model, row, moved))
    best = min(fits, key=lambda each: each.misplaced)
    good = scores <= best.misplaced + TOLERANCE * base.target
    pool = points[good][np.argsort(scores[good], kind="stable")]
    return Calibration(base, tuple(fits), best, _best_in_lots(base, best, pool, tally), pool, tally.candidates, tally)


def model_box(base: Ground, model: str) -> Box:
    """The ranges a model searches: its own parameters free, the others doing nothing."""
    free, basis, _ = MODELS[model]
    return base.box(**{name: SOUGHT[name].neutral for name in SOUGHT if name not in free}, basis=BASES.index(basis))


def _within(inner: str, outer: str) -> bool:
    """Whether a rung is a special case of another; without caps counts as a choice of caps."""
    (few, one, _), (many, other, _) = MODELS[inner], MODELS[outer]
    return set(few) < set(many) and (one == other or not set(few) & set(_PAST))


def search_in(
    base: Ground, boxes: Sequence[Box], tally: Tally, score: Score | None = None, snap: Snap | None = None
) -> Search:
    """A search with one task a box: for few members misplaced by the fair share, on the finest grid, unless told so."""
    low, high = np.array(boxes).transpose(1, 0, 2)
    return Search(score or (lambda rows, _: base.misplaced(rows)), snap or base.snapped, low, high, tally, base.chunk)


def _searched(base: Ground, tally: Tally, effort: float) -> tuple[FloatArray, FloatArray, list[str]]:
    """Populations of every model at the stages of the global search, with scores, and whose they are.

    Earlier ones are kept because the last have gathered in few places, and good rules lie elsewhere too.
    """
    owner = [model for model, (_, _, tasks) in MODELS.items() for _ in range(max(1, round(tasks * effort)))]
    search = search_in(base, [model_box(base, model) for model in owner], tally)
    points, scores = start(search, size=32, dense=256)
    kept = []
    for stage in range(STAGES):
        points, scores = evolve(search, points, scores, round(GENERATIONS * max(effort, 0.5) / STAGES), SEED + stage)
        kept.append((points, scores))
    every = (np.concatenate(each, axis=1) for each in zip(*kept, strict=True))
    return next(every), next(every), owner


def _best_in_lots(base: Ground, best: Fit, pool: FloatArray, tally: Tally) -> Fit:
    """The rule whose quotas in whole lots misplace fewest members; of equals, the one whose fair share does."""

    def score(rows: FloatArray, _: IntArray) -> FloatArray:
        moved = base.misplaced(rows)
        in_lots, able = np.full(len(rows), IMPOSSIBLE), moved < IMPOSSIBLE
        in_lots[able] = misplaced_rows(base.quotas(rows[able]), base.published)
        return in_lots + moved / 1e4

    low, high = model_box(base, best.model)
    box = (np.minimum(low, best.row), np.maximum(high, best.row))
    search = search_in(base, [box] * 4, tally, score)
    points, found = start(search, size=32, dense=32, seeds=[best.row, *pool[:128]])
    rows, values = best_of(*evolve(search, points, found, generations=40))
    row = rows[int(values.argmin())]
    return Fit(best.model, row, float(base.misplaced(row[None])[0]))

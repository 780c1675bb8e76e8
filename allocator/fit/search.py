"""Global search without derivatives, many problems at once: a dense lattice, differential evolution, a walk on a grid.

A score has several basins, kinks and steps. Every problem (a *task*) gets its own part of the lattice, whose best
points become its population; populations evolve side by side, so that one call scores all of them. The last walk goes
to the best of all 3^d − 1 neighbours on a grid until none is better. The stream of random numbers is seeded, and scores
are compared in steps of 10⁻⁷, so that the last digits of a machine's powers do not decide.

Sources: Storn & Price, Journal of Global Optimization 11 (1997) 341–359, for the evolution; Kronecker's sequence with
the roots of x^(d+1) = x + 1 for the lattice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from allocator.model.signpost import FloatArray, IntArray

Score = Callable[[FloatArray, IntArray], FloatArray]
"""Scores of rows, given the task each row belongs to; the less the better."""
Snap = Callable[[FloatArray], FloatArray]
"""Brings rows onto a grid."""
SEED = 2017
EVEN = 1e-7


@dataclass
class Tally:
    """How many candidates were scored."""

    candidates: int = 0


@dataclass(frozen=True, eq=False)
class Search:
    """A score on a grid, and the boxes its tasks look in.

    Attributes:
        score: the score.
        snap: brings rows onto the grid.
        low, high: box of each task, shape (tasks, parameters).
        tally: counts what is scored.
        chunk: rows scored in one call, so that they stay in the processor's cache.
    """

    score: Score
    snap: Snap
    low: FloatArray
    high: FloatArray
    tally: Tally
    chunk: int

    def scored(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Points (tasks, population, parameters) on the grid and inside their boxes, with their scores."""
        tasks, size, width = points.shape
        placed = np.clip(self.snap(points), self.low[:, None], self.high[:, None])
        self.tally.candidates += tasks * size
        rows, owner = placed.reshape(-1, width), np.repeat(np.arange(tasks), size)
        parts = [slice(at, at + self.chunk) for at in range(0, len(rows), self.chunk)]
        found = np.concatenate([self.score(rows[part], owner[part]) for part in parts])
        return placed, np.rint(found.reshape(tasks, size) / EVEN) * EVEN


def lattice(count: int, width: int) -> FloatArray:
    """`count` points that fill the unit cube evenly, shape (count, width)."""
    root = 2.0
    for _ in range(64):
        root = (1 + root) ** (1 / (width + 1))
    steps = root ** -np.arange(1, width + 1)
    return np.asarray((0.5 + np.arange(1, count + 1)[:, None] * steps) % 1)


def start(search: Search, size: int, dense: int, seeds: Sequence[FloatArray] = ()) -> tuple[FloatArray, FloatArray]:
    """First populations: the best `size` of `dense` lattice points a task, and of the rows in `seeds`, with scores."""
    tasks, width = search.low.shape
    cube = lattice(tasks * dense, width).reshape(tasks, dense, width)
    points = search.low[:, None] + cube * (search.high - search.low)[:, None]
    if len(seeds):
        given = np.broadcast_to(np.array(seeds), (tasks, len(seeds), width))
        points = np.concatenate([points, given], axis=1)
    points, scores = search.scored(points)
    best = np.argsort(scores, axis=1, kind="stable")[:, :size]
    return np.take_along_axis(points, best[..., None], axis=1), np.take_along_axis(scores, best, axis=1)


def evolve(
    search: Search, points: FloatArray, scores: FloatArray, generations: int, seed: int = SEED
) -> tuple[FloatArray, FloatArray]:
    """Populations after so many generations, with their scores; the best of a population never gets worse."""
    generator = np.random.default_rng(seed)
    tasks, size, width = points.shape
    home = size * np.arange(tasks)[:, None]
    low, high = search.low.T[..., None], search.high.T[..., None]
    points = np.array(points.transpose(2, 0, 1), order="C")  # parameters first: tasks and populations lie together
    for _ in range(generations):
        flat = points.reshape(width, -1)
        lead = flat.take(home + scores.argmin(axis=1)[:, None], axis=1)
        one, other = generator.integers(0, size, (2, tasks, size))
        pull, reach = generator.random((tasks, size)), 0.4 + 0.5 * generator.random((tasks, size))
        rate = np.where(generator.random((tasks, size)) < 0.5, 0.3, 0.9)[..., None]
        kept = (generator.random((tasks, size, width)) >= rate).transpose(2, 0, 1)
        trial = points + pull * (lead - points)
        trial += reach * (flat.take(home + one, axis=1) - flat.take(home + other, axis=1))
        np.copyto(trial, points, where=kept)
        for bound, beyond in ((low, trial < low), (high, trial > high)):
            np.copyto(trial, (points + bound) / 2, where=beyond)
        placed, found = search.scored(trial.transpose(1, 2, 0))
        better = found <= scores
        np.copyto(points, placed.transpose(2, 0, 1), where=better)
        np.copyto(scores := scores.copy(), found, where=better)
    return points.transpose(1, 2, 0), scores


def best_of(points: FloatArray, scores: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The best row of each task and its score; the first of equals."""
    task, at = np.arange(len(points)), scores.argmin(axis=1)
    return points[task, at], scores[task, at]


def walk(search: Search, row: FloatArray, steps: Sequence[FloatArray]) -> tuple[FloatArray, float]:
    """The row where, on the grid of the last of `steps`, no neighbour is better, and its score.

    Args:
        search: one task; its `snap` must keep the finest grid.
        row: where to start.
        steps: step of each parameter, one array a grid, coarse to fine.
    """
    open_ = np.flatnonzero(search.high[0] > search.low[0])
    moves = np.zeros((3 ** len(open_), len(row)))
    moves[:, open_] = np.array(list(product((-1, 0, 1), repeat=len(open_)))) if len(open_) else 0
    _, held = search.scored(row[None, None])
    best = float(held[0, 0])
    for step in steps:
        while True:
            points, scores = search.scored((row + moves * step)[None])
            at = int(scores.argmin())
            if scores[0, at] >= best:
                break
            row, best = points[0, at], float(scores[0, at])
    return row, best

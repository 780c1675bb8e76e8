"""Points in (0, 1) for the draws, and how the units' growth moves together.

The points are any rows of one fixed sequence, so that chunking never changes a digit: scrambled Sobol points by
default, or plain random numbers from a generator that can be advanced to any row. A Gaussian copula, from a matrix or
from one common factor per kind, makes points of units that move together of them.

Source: Higham, IMA Journal of Numerical Analysis 22 (2002) 329–343, for the nearest correlation matrix.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.data.table import Table
from allocator.errors import InputError, fault
from allocator.growth.nets import BITS, MOST_SOBOL, net_block
from allocator.model.distributions import special
from allocator.model.scenario import Scenario
from allocator.model.signpost import FloatArray, IntArray

SMALLEST = 1e-8
"""Least eigenvalue a correlation matrix must have to count as positive definite."""
MOST_NAMED = 20


@dataclass(frozen=True)
class Points:
    """A fixed sequence of points.

    Attributes:
        columns: number of columns.
        seed: what the sequence is made from, a whole number not below 0.
        random: plain random numbers instead of Sobol points; beyond `MOST_SOBOL` columns units of little growth take
            them in any case.
    """

    columns: int
    seed: int
    random: bool = False

    def rows(self, start: int, count: int) -> FloatArray:
        """Rows from `start` on, shape (columns, count); `count` is a power of two up to 2**20 that divides `start`."""
        sobol = 0 if self.random else min(self.columns, MOST_SOBOL)
        made = np.empty((self.columns, count))
        if sobol:
            # The middle of each cell: neither 0 nor 1 ever comes up.
            made[:sobol] = (net_block(sobol, self.seed, start, count) + 0.5) / 2**BITS
        if self.columns > sobol:
            stream = np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=(0,)))
            stream.advance(start * (self.columns - sobol))
            made[sobol:] = np.random.Generator(stream).random((count, self.columns - sobol)).T
            np.maximum(made[sobol:], 2.0**-54, out=made[sobol:])
        return made


@dataclass(frozen=True, eq=False)
class Copula:
    """What turns independent points into points of units that move together.

    Attributes:
        factor: position of each unit's common factor among the first columns, −1 where it has none.
        loading: √ρ of each unit on its factor.
        root: Cholesky factor of the correlation matrix where one is given, else None.
        factors: number of common factors, the first columns of the points.
    """

    factor: IntArray
    loading: FloatArray
    root: FloatArray | None
    factors: int

    def apply(self, points: FloatArray) -> FloatArray:
        """Points of each unit, shape (units, draws), from independent ones, shape (factors + units, draws)."""
        if self.root is None and not self.loading.any():
            return points[self.factors :]
        normal = special()
        z = normal.ndtri(points)
        if self.root is not None:
            made = np.zeros_like(z)
            for column in range(len(z)):
                # Column by column: a matrix product would leave the order of additions to the library.
                made[column:] += self.root[column:, column, None] * z[column]
            return np.asarray(normal.ndtr(made))
        own = np.sqrt(1 - self.loading**2)[:, None] * z[self.factors :]
        return np.asarray(normal.ndtr(self.loading[:, None] * z[np.maximum(self.factor, 0)] + own))


def copula(table: Table, scenario: Scenario, uncertain: IntArray) -> Copula:
    """The copula of the units at the positions `uncertain`.

    Raises:
        InputError: two entries of the matrix contradict each other, or it is not positive definite; the message
            offers the nearest matrix that is.
    """
    shares = {kind: share for kind, share in scenario.uncertainty.factor.items() if share > 0}
    kinds = [table.kinds[unit] if table.kinds else None for unit in uncertain]
    root, named = None, [kind for kind in shares if kind in kinds]
    if scenario.uncertainty.correlation:
        matrix = _checked(table, scenario)[np.ix_(uncertain, uncertain)]
        root, named = np.asarray(np.linalg.cholesky(matrix), dtype=np.float64), []
    factor = np.array([named.index(kind) if kind in named else -1 for kind in kinds], dtype=np.int64)
    loading = np.array([np.sqrt(shares[kind]) if kind in named else 0.0 for kind in kinds])
    return Copula(factor, loading, root, len(named))


def _checked(table: Table, scenario: Scenario) -> FloatArray:
    """The matrix over all units: the kinds' factors, and over them the entries given."""
    settings, place = scenario.uncertainty, scenario.place("uncertainty", "correlation")
    position = {unit: index for index, unit in enumerate(table.units)}
    shares = np.array([settings.factor.get(kind or "", 0.0) for kind in table.kinds])
    alike = np.array([[a == b for b in table.kinds] for a in table.kinds])
    matrix = np.where(alike, shares[:, None], 0.0)
    np.fill_diagonal(matrix, 1.0)
    stated: dict[frozenset[int], float] = {}
    for first, row in settings.correlation.items():
        for second, value in row.items():
            i, j = position[first], position[second]
            if stated.setdefault(frozenset((i, j)), value) != value or (i == j and value != 1):
                raise InputError(fault("sensitivity.correlation_twice", place, first=first, second=second))
            matrix[i, j] = matrix[j, i] = value
    if (least := float(np.linalg.eigvalsh(matrix)[0])) >= SMALLEST:
        return matrix
    near = nearest(matrix)
    pairs = zip(*np.nonzero(np.triu(near != np.round(matrix, 4))), strict=True)
    entries = [f"{table.units[i]} – {table.units[j]}: {near[i, j]:g}" for i, j in pairs]
    named = "; ".join(entries[:MOST_NAMED]) + "…" * (len(entries) > MOST_NAMED)
    raise InputError(fault("sensitivity.not_definite", place, least=least, entries=named))


def nearest(matrix: FloatArray) -> FloatArray:
    """The correlation matrix nearest to a symmetric one (Frobenius norm), to 4 decimals, positive definite.

    Example:
        >>> nearest(np.array([[1, 0.9, 0], [0.9, 1, 0.9], [0, 0.9, 1]]))[0].tolist()
        [1.0, 0.7434, 0.1053]
    """
    made, correction = matrix.astype(np.float64), np.zeros_like(matrix, dtype=np.float64)
    for _ in range(500):
        before = made
        values, vectors = np.linalg.eigh(made - correction)
        made = (vectors * np.maximum(values, 0)) @ vectors.T
        correction = made - (before - correction)
        np.fill_diagonal(made, 1.0)
        if np.abs(made - before).max() < 1e-9:
            break
    shrink = 1.0
    while True:
        rounded = np.round(made * shrink, 4)
        np.fill_diagonal(rounded, 1.0)
        if np.linalg.eigvalsh(rounded)[0] >= SMALLEST:
            return np.asarray(rounded)
        shrink -= 1e-4

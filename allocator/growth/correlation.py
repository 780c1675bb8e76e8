"""How the units' growth moves together: a Gaussian copula, from a matrix or from one common factor per kind.

Source of the nearest correlation matrix: Higham, IMA Journal of Numerical Analysis 22 (2002) 329–343.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from allocator.data.table import Table
from allocator.errors import InputError, fault
from allocator.model.distributions import special
from allocator.model.scenario import Scenario
from allocator.model.signpost import FloatArray, IntArray

SMALLEST = 1e-8
"""Least eigenvalue a correlation matrix must have to count as positive definite."""
MOST_NAMED = 20


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
    settings = scenario.uncertainty
    kinds = [table.kinds[unit] if table.kinds else None for unit in uncertain]
    if settings.correlation:
        root = np.asarray(np.linalg.cholesky(_checked(table, scenario)[np.ix_(uncertain, uncertain)]), dtype=np.float64)
        none = np.zeros(len(uncertain))
        return Copula(none.astype(np.int64) - 1, none, root, 0)
    named = [kind for kind in settings.factor if kind in kinds and settings.factor[kind] > 0]
    factor = np.array([named.index(kind) if kind in named else -1 for kind in kinds], dtype=np.int64)
    loading = np.array([np.sqrt(settings.factor[kind]) if kind in named else 0.0 for kind in kinds])
    return Copula(factor, loading, None, len(named))


def _checked(table: Table, scenario: Scenario) -> FloatArray:
    """The matrix over all units: the kinds' factors, and over them the entries given."""
    settings, place = scenario.uncertainty, scenario.place("uncertainty", "correlation")
    position = {unit: index for index, unit in enumerate(table.units)}
    shares = np.array([settings.factor.get(kind or "", 0.0) for kind in table.kinds])
    alike = np.array([[a == b for b in table.kinds] for a in table.kinds])
    matrix = np.where(alike, shares[:, None], 0.0)
    np.fill_diagonal(matrix, 1.0)
    stated: dict[tuple[int, int], float] = {}
    for first, row in settings.correlation.items():
        for second, value in row.items():
            pair = (min(position[first], position[second]), max(position[first], position[second]))
            if stated.setdefault(pair, value) != value or (pair[0] == pair[1] and value != 1):
                raise InputError(fault("sensitivity.correlation_twice", place, first=first, second=second))
    for (i, j), value in stated.items():
        matrix[i, j] = matrix[j, i] = value
    least = float(np.linalg.eigvalsh(matrix)[0])
    if least >= SMALLEST:
        return matrix
    near = nearest(matrix)
    changed = [
        (i, j) for i, j in zip(*np.triu_indices(len(near), 1), strict=True) if near[i, j] != round(matrix[i, j], 4)
    ]
    entries = [f"{table.units[i]} – {table.units[j]}: {near[i, j]:g}" for i, j in changed[:MOST_NAMED]]
    more = "…" if len(changed) > MOST_NAMED else ""
    raise InputError(fault("sensitivity.not_definite", place, least=least, entries="; ".join(entries) + more))


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
        positive = (vectors * np.maximum(values, 0)) @ vectors.T
        correction = positive - (made - correction)
        made = positive.copy()
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

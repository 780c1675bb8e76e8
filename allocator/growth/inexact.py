"""Figures that may be off: what they are multiplied by in a draw, and what follows for attainment and drivers.

A figure that may be off is what the table says times a factor of nine decimals, past attainment before it is clipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from allocator.data.table import Table
from allocator.model.claims import driver_figures
from allocator.model.distributions import quantile
from allocator.model.parts import Inexact
from allocator.model.scenario import Scenario
from allocator.model.signpost import FloatArray, IntArray
from allocator.model.vectorised import powers

STEPS = 10**9
"""Steps of 1 in which factors are told: further digits are not the same on every machine."""


@dataclass(frozen=True, eq=False)
class Off:
    """A column that may be off.

    Attributes:
        units: positions of the units whose figures may be.
        deviations: of each of them, as a share of the figure.
        said: the form of the factor.
    """

    units: IntArray
    deviations: FloatArray
    said: Inexact

    @classmethod
    def of(cls, said: Inexact | None, table: Table, known: Iterable[Any]) -> Off:
        """Of the units whose figure is known and not 0."""
        if said is None:
            return cls(np.zeros(0, dtype=np.int64), np.zeros(0), Inexact())
        kinds = table.kinds or (None,) * len(table)
        each = [said.of(unit, kind) if of else 0.0 for unit, kind, of in zip(table.units, kinds, known, strict=True)]
        units = np.flatnonzero(each)
        return cls(units, np.array(each)[units], said)

    def factors(self, points: FloatArray, count: int) -> FloatArray:
        """What the figures of all `count` units are multiplied by in each draw, from a point a unit that may be off."""
        made, drawn = np.ones((count, points.shape[1])), np.empty_like(points)
        for deviation in np.unique(self.deviations).tolist():
            alike = self.deviations == deviation
            drawn[alike] = quantile(self.said.factor(deviation), points[alike])
        made[self.units] = np.maximum(np.rint(drawn * STEPS), 1) / STEPS
        return made


@dataclass(frozen=True, eq=False)
class Driven:
    """A driver: its share of the claims, its figures, and what may be off of them."""

    share: float
    figures: FloatArray
    off: Off


@dataclass(frozen=True, eq=False)
class Past:
    """Past attainment: a of each unit as the table says, NaN where missing, and what makes multipliers of it."""

    stated: FloatArray
    targets: FloatArray
    floor: float
    ceiling: float
    exponent: float
    missing: float | None

    @classmethod
    def of(cls, table: Table, scenario: Scenario, attainment: Sequence[Fraction | None]) -> Past:
        """What is drawn from, of attainment as the claims have it."""
        settings = scenario.attainment
        stated = np.array([np.nan if each is None else float(each) for each in attainment])
        targets = np.array([float(each or 0) for each in table.optional("term_target")])
        missing = None if isinstance(settings.missing, str) else settings.missing
        return cls(stated, targets, settings.floor, settings.ceiling, settings.exponent, missing)

    def multipliers(self, factors: FloatArray) -> FloatArray:
        """Multiplier of every unit in each draw, where what stands for a missing attainment is that of the draw."""
        known, made = ~np.isnan(self.stated), self.stated[:, None] * factors
        if not known.all():
            weights = self.targets[known]
            whole = sum(made[known] * weights[:, None])  # unit by unit: the same sum on every machine
            total = float(weights.sum())
            made[~known] = self.missing if self.missing is not None else whole / total if total else 1.0
        return powers(np.clip(made, self.floor, self.ceiling), self.exponent)


def drivers_of(table: Table, scenario: Scenario) -> dict[str, Driven]:
    """The drivers but the workforce by their columns; what is alike for all has none."""
    made: dict[str, Driven] = {}
    for driver, known in driver_figures(table, scenario):
        if driver.column != "workforce":
            name, figures = driver.column or "", known or table.leaves or (1,) * len(table)
            off = Off.of(scenario.uncertainty.columns.get(name), table, figures)
            made[name] = Driven(driver.share, np.array([float(each) for each in figures]), off)
    return made

"""Candidate rules, many at once: a row of parameters each, the fair share each rule gives, and its members misplaced.

A rule is what `Scenario` says with one value for all units: realisation, attainment (basis, exponent, floor, ceiling,
missing), `max_share`, `min_quota`. Rows are scored in float64 with floors and caps in whole lots, as `allocate` has
them; whatever is reported afterwards comes from `allocate` itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allocator.data.table import Table
from allocator.model.allocation import Allocation, allocate
from allocator.model.scenario import Scenario
from allocator.model.signpost import FloatArray
from allocator.model.vectorised import (
    TINY,
    available,
    blended,
    micro_rows,
    misplaced_rows,
    multiplier,
    share_lots_of_each,
)
from allocator.model.waterfill import fair_share, whole_lots

PARAMETERS = ("realisation", "exponent", "floor", "ceiling", "missing", "max_share", "min_quota", "basis")
BASES = ("gross", "net")
RANGES: Mapping[str, tuple[float, float]] = {
    "realisation": (0, 1),
    "exponent": (0, 2),
    "floor": (0.01, 1),
    "ceiling": (0.5, 2),
    "missing": (0.1, 2),
    "max_share": (0.4, 1),
    "min_quota": (0, 60),
}
NEUTRAL = {"realisation": 0, "exponent": 0, "floor": 1, "ceiling": 1, "missing": 1, "max_share": 1e6, "min_quota": 0}
"""Values under which a parameter does nothing: growth and the past not counted, no caps, no floors."""
NO_CAP = NEUTRAL["max_share"]
"""Stands for `max_share: null`, so that a row stays finite."""
FINE = 1e5
"""Steps per unit of the grid candidates lie on: parameters have five decimals."""
IMPOSSIBLE = 1e9
"""Score of a rule that cannot hold: floors above caps, caps below the target, attainment floor above its ceiling."""

Box = tuple[FloatArray, FloatArray]


@dataclass(frozen=True, eq=False)
class Ground:
    """What all candidates share: figures of the table, the published quotas, the declared ranges.

    Attributes:
        workforce, growth, published: persons or members, shape (units,).
        attainment: past attainment under each of `BASES`, as `vectorised.log_attainment`; shape (2, units).
        workforce_share: share of the claim that rests on the available workforce, and `fixed_share` what the other
            drivers give each unit, as shares of the whole.
        ranges: least and most value of each parameter.
    """

    table: Table
    scenario: Scenario
    workforce: FloatArray
    growth: FloatArray
    published: FloatArray
    attainment: FloatArray
    workforce_share: float
    fixed_share: FloatArray
    ranges: Mapping[str, tuple[float, float]]

    @property
    def target(self) -> float:
        """Members to place."""
        return float(self.scenario.target)

    @property
    def chunk(self) -> int:
        """Rows to score at once."""
        return max(16, 65_536 // len(self.published))

    @property
    def thrift(self) -> float:
        """How much of the usual search a table is given: all up to 40 units, less the larger it is."""
        return min(1.0, 40 / len(self.published))

    def box(self, **fixed: float | tuple[float, float]) -> Box:
        """Least and most value of each parameter: the declared ranges, narrowed to what is `fixed`."""
        spans = {**self.ranges, "basis": (0, 0), **fixed}
        pairs = [each if isinstance(each, tuple) else (each, each) for each in (spans[name] for name in PARAMETERS)]
        low, high = np.array(pairs, dtype=np.float64).T
        return low, high

    def snapped(self, rows: FloatArray, per_unit: float = FINE) -> FloatArray:
        """Rows on a grid: steps of 1 / `per_unit`, `min_quota` in whole lots."""
        fine = np.full(len(PARAMETERS), per_unit, dtype=np.float64)
        fine[PARAMETERS.index("min_quota")] = 1 / self.scenario.lot
        return np.asarray(np.rint(rows * fine) / fine)

    def claims(self, rows: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Claims and available workforce under each row, shape (rows, units), units apart in memory: sums are quick."""
        realisation, exponent, floor, ceiling, missing, _, _, basis = np.ascontiguousarray(rows.T)[:, :, None]
        workforce = available(self.workforce[:, None], self.growth[:, None], realisation.T).T
        past = np.where(basis.T < 0.5, self.attainment[0][:, None], self.attainment[1][:, None]).T
        base = blended(workforce, self.workforce_share, self.fixed_share)
        return base * multiplier(past, exponent, floor, ceiling, missing), workforce

    def bounds(self, rows: FloatArray, available: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Floor and cap of each unit, members, whole lots."""
        lot, top = self.scenario.lot, self.target
        cap = np.minimum(share_lots_of_each(available, rows[:, 5:6], lot) * lot, top)
        floor = np.ceil(rows[:, 6:7] / lot - TINY) * lot
        return np.broadcast_to(floor, cap.shape), cap

    def shares(self, rows: FloatArray, asked: NDArray[np.bool_] | None = None) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Fair share under each row, and which rows can hold.

        Args:
            rows: candidates, shape (rows, parameters).
            asked: units that take part (the others get nothing, and their published quota leaves the target);
                shape (rows, units), all by default.
        """
        claims, available = self.claims(rows)
        floor, cap = self.bounds(rows, available)
        target = np.full(len(rows), self.target)
        if asked is not None:
            claims, floor, cap = (np.where(asked, each, 0.0) for each in (claims, floor, cap))
            target = np.where(asked, self.published, 0.0).sum(axis=1)
        able = (floor <= cap).all(axis=1) & (np.where(claims > 0, cap, floor).sum(axis=1) >= target)
        able &= (floor[:, 0] * floor.shape[1] <= target) if asked is None else floor.sum(axis=1) <= target
        able &= rows[:, 2] <= rows[:, 3]
        return fair_share(claims, floor, cap, target), able

    def misplaced(self, rows: FloatArray, asked: NDArray[np.bool_] | None = None) -> FloatArray:
        """Members misplaced by the fair share under each row; `IMPOSSIBLE` for a rule that cannot hold."""
        share, able = self.shares(rows, asked)
        published = self.published if asked is None else np.where(asked, self.published, 0.0)
        return np.where(able, misplaced_rows(share, published), IMPOSSIBLE)

    def levels(self, rows: FloatArray, asked: NDArray[np.bool_]) -> FloatArray:
        """λ of each row, members asked per member of claim, where the units `asked` share their published total."""
        share, _ = self.shares(rows, asked)
        claims, available = self.claims(rows)
        floor, cap = self.bounds(rows, available)
        effort = np.divide(share, claims, out=np.zeros_like(share), where=asked & (claims > 0))
        free = asked & (share > floor) & (share < cap)
        return np.asarray(np.where(free.any(axis=1), np.where(free, effort, 0).max(axis=1), effort.max(axis=1)))

    def predicted(self, rows: FloatArray, asked: NDArray[np.bool_]) -> FloatArray:
        """Fair share of every unit at the level the units `asked` set among themselves, members."""
        claims, available = self.claims(rows)
        floor, cap = self.bounds(rows, available)
        return np.asarray(np.clip(self.levels(rows, asked)[:, None] * claims, floor, cap))

    def quotas(self, rows: FloatArray) -> FloatArray:
        """Quotas in whole lots under rows that can hold, members."""
        lot = self.scenario.lot
        claims, available = self.claims(rows)
        floor, cap = (np.rint(each / lot) for each in self.bounds(rows, available))
        lots = np.full(len(rows), self.scenario.target // lot)
        made = whole_lots(micro_rows(claims), floor, cap, lots, self.scenario.signpost)
        return made.astype(np.float64) * lot

    def quotas_misplaced(self, rows: FloatArray) -> FloatArray:
        """Members misplaced by quotas in whole lots; `IMPOSSIBLE` for a rule that cannot hold."""
        _, able = self.shares(rows)
        made = np.full(len(rows), IMPOSSIBLE)
        if able.any():
            made[able] = misplaced_rows(self.quotas(rows[able]), self.published)
        return made

    def allocation(self, row: FloatArray) -> Allocation:
        """The allocation under a row, by the model itself."""
        return allocate(self.table, self.scenario.changed(changes_of(settings(row))), method="waterfill")


def changes_of(value: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters by name as the scenario keys they stand for."""
    past = {name: value[name] for name in ("basis", "exponent", "floor", "ceiling", "missing")}
    bounds = {name: value[name] for name in ("min_quota", "max_share")}
    return {"growth": {"realisation": value["realisation"]}, "attainment": past, "bounds": bounds}


def settings(row: FloatArray) -> dict[str, Any]:
    """A row by parameter name, each value as a scenario writes it."""
    made: dict[str, Any] = {name: round(float(each), 6) for name, each in zip(PARAMETERS, row, strict=True)}
    cap = None if made["max_share"] >= NO_CAP else made["max_share"]
    return {**made, "max_share": cap, "min_quota": round(made["min_quota"]), "basis": BASES[int(made["basis"])]}

"""Candidate rules, many at once: a row of parameters each, the fair share each rule gives, and its members misplaced.

A rule is what `Scenario` says with one value for all units: realisation, attainment (basis, exponent, floor, ceiling,
missing), `max_share`, `min_quota`. Rows are scored in float64 with floors and caps in whole lots, as `allocate` has
them; whatever is reported afterwards comes from `allocate` itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allocator.data.table import Table
from allocator.errors import Fault, InputError, fault
from allocator.fit.ranges import BASES, NO_CAP, PARAMETERS, SOUGHT, Span
from allocator.model.allocation import Allocation, allocate
from allocator.model.claims import attainment, driver_parts, exact
from allocator.model.scenario import Scenario, Uncertainty
from allocator.model.signpost import FloatArray
from allocator.model.vectorised import (
    TINY,
    available,
    blended,
    log_attainment,
    micro_rows,
    misplaced_rows,
    multiplier,
    share_lots_of_each,
)
from allocator.model.waterfill import fair_share, whole_lots

Box = tuple[FloatArray, FloatArray]
FINE = 1e5
"""Steps per unit of the grid candidates lie on: parameters have five decimals."""
IMPOSSIBLE = 1e9
"""Score of a rule that cannot hold: floors above caps, caps below the target, attainment floor above its ceiling."""


@dataclass(frozen=True, eq=False)
class Ground:
    """What all candidates share: figures of the table, the published quotas, the declared ranges.

    The units are those that were published, a table of their own, and what they share out is their published total.

    Attributes:
        whole: the table with the other units too, and `asked` the target of the scenario.
        workforce, growth, published: persons or members, shape (units,).
        attainment: past attainment under each of `BASES`, as `vectorised.log_attainment`; shape (2, units).
        workforce_share: share of the claim that rests on the available workforce, and `fixed_share` what the other
            drivers give each unit, as shares of the whole.
        ranges: least and most value of each parameter.
    """

    whole: Table
    asked: int
    table: Table
    scenario: Scenario
    workforce: FloatArray
    growth: FloatArray
    published: FloatArray
    attainment: FloatArray
    workforce_share: float
    fixed_share: FloatArray
    ranges: Mapping[str, Span]

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

    def box(self, **fixed: float | Span) -> Box:
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

    def terms(self, rows: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """What each row makes of each unit, shape (rows, units), units apart in memory: sums are quick.

        Available workforce and claim, persons; floor and cap, members in whole lots.
        """
        realisation, exponent, floor, ceiling, missing, _, _, basis = np.ascontiguousarray(rows.T)[:, :, None]
        workforce = available(self.workforce[:, None], self.growth[:, None], realisation.T).T
        past = np.where(basis.T < 0.5, self.attainment[0][:, None], self.attainment[1][:, None]).T
        base = blended(workforce, self.workforce_share, self.fixed_share)
        claims, lot = base * multiplier(past, exponent, floor, ceiling, missing), self.scenario.lot
        cap = np.minimum(share_lots_of_each(workforce, rows[:, 5:6], lot) * lot, self.target)
        least = np.ceil(rows[:, 6:7] / lot - TINY) * lot
        return workforce, claims, np.broadcast_to(least, cap.shape), cap

    def shares(self, rows: FloatArray, asked: NDArray[np.bool_] | None = None) -> tuple[FloatArray, NDArray[np.bool_]]:
        """Fair share under each row, and which rows can hold.

        Args:
            rows: candidates, shape (rows, parameters).
            asked: units that take part (the others get nothing, and their published quota leaves the target);
                shape (rows, units), all by default.
        """
        _, claims, floor, cap = self.terms(rows)
        target = np.full(len(rows), self.target)
        if asked is not None:
            claims, floor, cap = (np.where(asked, each, 0.0) for each in (claims, floor, cap))
            target = np.where(asked, self.published, 0.0).sum(axis=1)
        able = (floor <= cap).all(axis=1) & (np.where(claims > 0, cap, floor).sum(axis=1) >= target)
        able &= (floor[:, 0] * floor.shape[1] <= target) if asked is None else floor.sum(axis=1) <= target
        able &= rows[:, 2] <= rows[:, 3]
        return fair_share(claims, floor, cap, target), able

    def scored(self, rows: FloatArray, asked: NDArray[np.bool_] | None = None) -> tuple[FloatArray, FloatArray]:
        """Fair share under each row, and the members it misplaces; `IMPOSSIBLE` for a rule that cannot hold."""
        share, able = self.shares(rows, asked)
        published = self.published if asked is None else np.where(asked, self.published, 0.0)
        return share, np.where(able, misplaced_rows(share, published), IMPOSSIBLE)

    def misplaced(self, rows: FloatArray, asked: NDArray[np.bool_] | None = None) -> FloatArray:
        """Members misplaced by the fair share under each row, as `scored` counts them."""
        return self.scored(rows, asked)[1]

    def levels(self, rows: FloatArray, asked: NDArray[np.bool_]) -> FloatArray:
        """λ of each row, members asked per member of claim, where the units `asked` share their published total."""
        share, _ = self.shares(rows, asked)
        _, claims, floor, cap = self.terms(rows)
        effort = np.divide(share, claims, out=np.zeros_like(share), where=asked & (claims > 0))
        free = asked & (share > floor) & (share < cap)
        return np.asarray(np.where(free.any(axis=1), np.where(free, effort, 0).max(axis=1), effort.max(axis=1)))

    def quotas(self, rows: FloatArray) -> FloatArray:
        """Quotas in whole lots under rows that can hold, members."""
        lot, (_, claims, *bounds) = self.scenario.lot, self.terms(rows)
        floor, cap = (np.rint(each / lot) for each in bounds)
        lots = np.full(len(rows), self.scenario.target // lot)
        made = whole_lots(micro_rows(claims), floor, cap, lots, self.scenario.signpost)
        return made.astype(np.float64) * lot

    def others(self, row: FloatArray) -> dict[str, float | None]:
        """What a rule asks of each unit that was not published: its claim at the effort of those that were, bounded.

        None where claims rest on other drivers, which are shared out among the units of one table.
        """
        published = {*self.table.units}
        rest = self.whole.of_rows([at for at, unit in enumerate(self.whole.units) if unit not in published])
        if not len(rest) or self.fixed_share.any():
            return dict.fromkeys(rest.units)
        all_asked = np.ones((1, len(self.published)), dtype=np.bool_)
        _, *terms = replace(self, **_figures(rest, self.scenario)).terms(row[None])
        claims, floor, cap = (each[0] for each in terms)
        asked = np.clip(self.levels(row[None], all_asked)[0] * claims, floor, cap)
        return dict(zip(rest.units, asked.tolist(), strict=True))

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


def ground(table: Table, scenario: Scenario, ranges: Mapping[str, Span] | None = None) -> Ground:
    """What calibration of a scenario's published column rests on; InputError with everything that stands in its way."""
    if faults := [*_rule_faults(scenario), *_published_faults(table, scenario)]:
        raise InputError(faults)
    spans, lot = {name: each.range for name, each in SOUGHT.items()} | dict(ranges or {}), scenario.lot
    least, most = spans["min_quota"]
    spans["min_quota"] = (-(-least // lot) * lot, most // lot * lot)
    published = table.column(scenario.published or "")
    known = [at for at, each in enumerate(published) if each is not None]
    total = sum(int(published[at] or 0) for at in known)
    own = scenario.model_copy(update={"target": total, "uncertainty": Uncertainty()})  # which may name other units
    return Ground(table, scenario.target, scenario=own, ranges=spans, **_figures(table.of_rows(known), own))


def _figures(table: Table, scenario: Scenario) -> dict[str, Any]:
    """What `Ground` holds of a table."""
    own, others = driver_parts(table, scenario)
    past = np.array([past_attainment(table, scenario, basis) for basis in BASES])
    return {
        "table": table,
        "workforce": _floats(table.column("workforce")),
        "growth": _floats(table.optional("growth_estimate")),
        "published": _floats(table.column(scenario.published or "")),
        "attainment": log_attainment(past),
        "workforce_share": float(own),
        "fixed_share": _floats(others),
    }


def _floats(figures: Sequence[Any]) -> FloatArray:
    return np.array([float(each or 0) for each in figures])


def past_attainment(table: Table, scenario: Scenario, basis: str) -> FloatArray:
    """Past attainment of each unit on a basis, NaN where it is missing."""
    on = scenario.changed({"attainment": {"basis": basis}}).attainment
    return np.array([np.nan if each is None else float(each) for each in attainment(table, on)])


def _rule_faults(scenario: Scenario) -> Iterator[Fault]:
    """Rules of single units or groups: calibration looks for one rule common to all units."""
    own = {
        "rules": scenario.rules,
        "locks": scenario.locks,
        "groups": scenario.groups,
        "growth.units": scenario.growth.units,
        "bounds.units": scenario.bounds.units,
        "bounds.pace": scenario.bounds.pace,
        "risk.weight": scenario.risk.weight,
    }
    if keys := [key for key, value in own.items() if value]:
        yield fault("calibrate.own_rules", scenario.place(keys[0].partition(".")[0]), keys=keys)


def _published_faults(table: Table, scenario: Scenario) -> Iterator[Fault]:
    """The first thing that keeps the published column from being explained."""
    name, lot = scenario.published, scenario.lot
    cells = zip(table.units, table.optional(name or ""), strict=True)
    column = {unit: each for unit, each in cells if each is not None}
    if name is None and "published_quota" in table.columns:
        yield fault("calibrate.not_compared", scenario.place("published"), column="published_quota")
    elif name is None or name not in table.columns:
        yield fault("calibrate.no_published", table.place, column=name or "published_quota")
    elif not column:
        yield fault("calibrate.blank_published", table.place, column=name)
    elif broken := [unit for unit, value in column.items() if value < 0 or exact(value) % lot]:
        yield fault("calibrate.broken_lots", table.place, column=name, units=broken, lot=lot)
    elif not any(column.values()):
        yield fault("calibrate.target_zero", table.place)

"""What a calibration starts from: declared ranges, and a table whose published column can be explained, or why not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from allocator.data.table import Table
from allocator.errors import Fault, InputError, fault
from allocator.fit.candidates import BASES, RANGES, Ground
from allocator.model.claims import attainment, driver_parts, exact
from allocator.model.scenario import Scenario
from allocator.model.signpost import FloatArray
from allocator.model.vectorised import log_attainment

LIMITS: Mapping[str, tuple[float, float]] = {
    "realisation": (0, 1),
    "exponent": (0, 10),
    "floor": (0.001, 100),
    "ceiling": (0.001, 100),
    "missing": (0.001, 100),
    "max_share": (0, 100),
    "min_quota": (0, 1_000_000),
}
"""Widest ranges that can be declared."""


def read_ranges(texts: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Ranges from texts such as `realisation=0:0.5`; InputError lists every text that is none."""
    made: dict[str, tuple[float, float]] = {}
    faults: list[Fault] = []
    for text in texts:
        name, _, span = text.partition("=")
        least, most = LIMITS.get(name.strip(), (0, 0))
        try:
            low, high = (float(each) for each in span.split(":"))
        except ValueError:
            low, high = 1, 0
        if name.strip() in LIMITS and least <= low <= high <= most:
            made[name.strip()] = (low, high)
        else:
            place = f"--range {text}"
            faults.append(fault("calibrate.range", place, names=list(LIMITS), least=least, most=most))
    if faults:
        raise InputError(faults)
    return made


def ground(table: Table, scenario: Scenario, ranges: Mapping[str, tuple[float, float]] | None = None) -> Ground:
    """What calibration of a scenario's published column rests on; InputError with everything that stands in its way."""
    faults = [*_rule_faults(scenario), *_published_faults(table, scenario)]
    if faults:
        raise InputError(faults)
    spans, lot = {**RANGES, **(ranges or {})}, scenario.lot
    column = np.array(table.column(scenario.published or ""), dtype=np.float64)
    past = np.array([past_attainment(table, scenario, basis) for basis in BASES])
    own, others = driver_parts(table, scenario)
    return Ground(
        table,
        scenario,
        np.array([each or 0 for each in table.column("workforce")], dtype=np.float64),
        np.array([each or 0 for each in table.optional("growth_estimate")], dtype=np.float64),
        column,
        log_attainment(past),
        float(own),
        np.array([float(each) for each in others]),
        {**spans, "min_quota": (-(-spans["min_quota"][0] // lot) * lot, spans["min_quota"][1] // lot * lot)},
    )


def past_attainment(table: Table, scenario: Scenario, basis: str) -> FloatArray:
    """Past attainment of each unit on a basis, NaN where it is missing."""
    on = scenario.changed({"attainment": {"basis": basis}}).attainment
    return np.array([np.nan if each is None else float(each) for each in attainment(table, on)])


def _rule_faults(scenario: Scenario) -> list[Fault]:
    """Rules of single units or groups: calibration looks for one rule common to all units."""
    own = {
        "locks": scenario.locks,
        "groups": scenario.groups,
        "growth.units": scenario.growth.units,
        "bounds.units": scenario.bounds.units,
        "bounds.pace": scenario.bounds.pace,
        "risk.weight": scenario.risk.weight,
    }
    keys = [key for key, value in own.items() if value]
    return [fault("calibrate.own_rules", scenario.place(keys[0].partition(".")[0]), keys=keys)] if keys else []


def _published_faults(table: Table, scenario: Scenario) -> list[Fault]:
    name, lot = scenario.published, scenario.lot
    if name is None or not table.has(name):
        return [fault("calibrate.no_published", table.place, column=name or "published_quota")]
    column = dict(zip(table.units, table.column(name), strict=True))
    blank = [unit for unit, value in column.items() if value is None]
    if blank:
        return [fault("calibrate.blank_published", table.place, column=name, units=blank)]
    broken = [unit for unit, value in column.items() if (value or 0) < 0 or exact(value or 0) % lot]
    if broken:
        return [fault("calibrate.broken_lots", table.place, column=name, units=broken, lot=lot)]
    total = sum(value or 0 for value in column.values())
    if total != scenario.target:
        return [fault("calibrate.total", scenario.place("target"), column=name, total=total, target=scenario.target)]
    return [fault("calibrate.target_zero", scenario.place("target"))] if not total else []

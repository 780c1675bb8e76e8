"""Made-up tables whose published quotas follow a known rule, to see whether calibration finds it."""

from __future__ import annotations

import numpy as np

from allocator.data.table import Table
from allocator.errors import AllocatorError
from allocator.fit.candidates import changes_of
from allocator.fit.ranges import BASES, SOUGHT
from allocator.model.allocation import allocate
from allocator.model.scenario import Scenario


def made_up(seed: int, noise: float = 0.0, units: int | None = None) -> tuple[Table, Scenario, dict[str, object]]:
    """A table of 12 to 30 units or of `units`, the scenario to calibrate, the rule behind it; `noise` is relative."""
    generator = np.random.default_rng(seed)
    while True:
        table = _units(generator, units)
        rule = {name: round(float(generator.uniform(*each.range)), 2) for name, each in SOUGHT.items()}
        rule |= {"min_quota": int(rule["min_quota"]), "basis": BASES[int(generator.integers(2))]}
        whole = sum(table.column("workforce"))
        scenario = Scenario(data="made-up", target=round(whole * generator.uniform(0.3, 0.5)))
        if rule["floor"] > rule["ceiling"]:
            continue
        try:
            quotas = np.array(allocate(table, scenario.changed(changes_of(rule)), method="waterfill").quotas)
        except AllocatorError:
            continue
        noisy = np.rint(quotas * (1 + noise * generator.standard_normal(len(quotas)))).astype(int)
        columns = {**table.columns, "published_quota": tuple(np.maximum(noisy, 0).tolist())}
        scenario = scenario.changed({"target": sum(columns["published_quota"])})
        return Table(table.units, columns, table.kinds, table.parents), scenario, rule


def _units(generator: np.random.Generator, units: int | None) -> Table:
    count = units or int(generator.integers(12, 31))
    workforce = np.rint(generator.lognormal(6.5, 1, count)).astype(int) + 80
    growing = generator.random(count) < 0.4
    growth = np.where(growing, np.rint(workforce * generator.uniform(0.1, 2, count)), 0).astype(int)
    term = np.rint(workforce * generator.uniform(0.5, 2, count)).astype(int) + 1
    recruited = np.rint(term * generator.uniform(0.1, 2.2, count)).astype(int)
    lost = np.rint(recruited * generator.uniform(0, 0.9, count)).astype(int)
    known = generator.random(count) > 0.1
    columns = {
        "workforce": tuple(workforce.tolist()),
        "growth_estimate": tuple(growth.tolist()),
        "term_target": tuple(int(each) if k else None for each, k in zip(term, known, strict=True)),
        "recruited": tuple(recruited.tolist()),
        "lost": tuple(lost.tolist()),
    }
    return Table(tuple(f"unit {n}" for n in range(count)), columns, (None,) * count, (None,) * count)

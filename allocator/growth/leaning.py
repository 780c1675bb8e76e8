"""What an allocation leans on: each input at the ends of its stated uncertainty, the curve, the frontier, the tips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from allocator.data.table import ATTAINMENT, Number, Table
from allocator.errors import InfeasibleError
from allocator.growth.curve import Curve, curve, entangled
from allocator.growth.frontier import Choice, frontier
from allocator.growth.tipping import Tip
from allocator.model.allocation import allocate
from allocator.model.claims import attainment, driver_figures
from allocator.model.distributions import quantile
from allocator.model.risk import distribution_of
from allocator.model.scenario import Scenario
from allocator.why.comparison import misplaced

SHARES = (0.05, 0.95)
"""Growth goes to these shares of its distribution."""

RANGES: Mapping[str, float] = {
    "attainment.exponent": 0.5,
    "attainment.floor": 0.25,
    "attainment.ceiling": 0.25,
    "attainment.missing": 0.25,
    "bounds.max_share": 0.1,
}
"""Inputs without a distribution, and how far each goes up and down."""

IDLE = ("attainment.floor", "attainment.ceiling", "attainment.missing")
"""Inputs that weigh nothing while the exponent is 0."""

MOST = 1e6


@dataclass(frozen=True)
class Swing:
    """What one input does.

    Attributes:
        input: its key in a scenario; what `uncertainty` names of the table, as a share of what it says.
        unit: whose it is; None for one that all share.
        now, low, high: its value, and the ends it goes to.
        moved_low, moved_high: members that move against the present allocation; None where the rules cannot hold.
    """

    input: str
    unit: str | None
    now: float
    low: float
    high: float
    moved_low: Number | None
    moved_high: Number | None


@dataclass(frozen=True)
class Leaning:
    """What an allocation leans on.

    Attributes:
        tornado: what each input moves, the most telling first.
        curve: quotas over the common realisation, 0 to 1; None where risk weighs in, whose costs are no lines.
        frontier: fairness against expected shortfall; empty for Huntington–Hill, whose costs do not mix.
        tips: by estimate, then by unit: smallest change of the estimate that moves the unit; empty where not asked for.
    """

    tornado: tuple[Swing, ...]
    curve: Curve | None
    frontier: tuple[Choice, ...]
    tips: Mapping[str, Mapping[str, Tip]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The parts as plain mappings."""
        return {
            "tornado": [vars(each) for each in self.tornado],
            "curve": None if self.curve is None else self.curve.to_json(),
            "frontier": [vars(each) for each in self.frontier],
            "tipping": [
                {"estimate": estimate, "unit": unit, **vars(tip)}
                for estimate, row in self.tips.items()
                for unit, tip in row.items()
            ],
        }


def leaning(table: Table, scenario: Scenario) -> Leaning:
    """What an allocation leans on, without the tips; InputError and InfeasibleError as `allocate`."""
    return Leaning(
        tornado(table, scenario),
        None if scenario.risk.weight or entangled(table, scenario) else curve(table, scenario),
        () if scenario.signpost == "huntington_hill" else frontier(table, scenario),
    )


def tornado(table: Table, scenario: Scenario) -> tuple[Swing, ...]:
    """What each input moves, the most telling first; those of equal effect in the order of the scenario and the table.

    Growth goes to the 5% and 95% points of its distribution, but not above 1, a figure of the table that may be off to
    those of what it is multiplied by; other inputs by `RANGES`. An end beyond what the scenario can hold (a
    floor above the ceiling, say) stays where it can.

    Args:
        table: the units.
        scenario: the present assumptions.

    Raises:
        InputError, InfeasibleError: the present scenario cannot be allocated.
    """
    base = allocate(table, scenario, method="waterfill").quotas

    def moved(key: str, unit: str | None, end: float) -> Number | None:
        section, _, column = key.partition(".")
        if section == "uncertainty" and unit is not None:
            case = _multiplied(table, scenario, column, table.units.index(unit), end)
        else:
            case = table, scenario.changed(_change(key, unit, end))
        try:
            return misplaced(base, allocate(*case, method="waterfill").quotas)
        except InfeasibleError:
            return None

    swings = [
        Swing(key, unit, now, low, high, *(0 if end == now else moved(key, unit, end) for end in (low, high)))
        for key, unit, now, low, high in (*_growth(table, scenario), *_off(table, scenario), *_settings(scenario))
    ]
    return tuple(sorted(swings, key=lambda swing: -max(swing.moved_low or 0, swing.moved_high or 0)))


def _growth(table: Table, scenario: Scenario) -> Iterator[tuple[str, str | None, float, float, float]]:
    """The realisation of all units together, then of each unit that has growth."""
    settings = scenario.growth
    low, high = _ends(scenario.uncertainty.default)
    yield "growth.realisation", None, settings.realisation, low, high
    for index, (unit, growth) in enumerate(zip(table.units, table.optional("growth_estimate"), strict=True)):
        if growth:
            now = settings.units.get(unit, settings.realisation)
            yield "growth.realisation", unit, now, *_ends(distribution_of(table, scenario, index))


def _off(table: Table, scenario: Scenario) -> Iterator[tuple[str, str, float, float, float]]:
    """Workforce, past attainment and other drivers of each unit that may be off, as shares of what the table says."""
    for keys, said in sorted(scenario.uncertainty.inexact.items(), key=lambda each: len(each[0])):
        key = ".".join(keys)
        if key == ATTAINMENT and not scenario.attainment.exponent:
            continue
        units = zip(table.units, table.kinds or (None,) * len(table), _figures(table, scenario, key), strict=True)
        for unit, kind, figure in units:
            if figure and (deviation := said.of(unit, kind)):
                yield f"uncertainty.{key}", unit, 1.0, *_ends(said.factor(deviation), np.inf)


def _figures(table: Table, scenario: Scenario, key: str) -> Sequence[Any]:
    """What every unit has of a workforce, of past attainment, or of another driver, `columns.NAME`."""
    if key in ("workforce", ATTAINMENT):
        return attainment(table, scenario.attainment) if key == ATTAINMENT else table.column(key)
    return {f"columns.{driver.column}": known or () for driver, known in driver_figures(table, scenario)}[key]


def _multiplied(table: Table, scenario: Scenario, key: str, index: int, share: float) -> tuple[Table, Scenario]:
    """The inputs with such a share of one unit's figure, persons whole; rules that name a driver keep its own."""
    figures = [*_figures(table, scenario, key)]
    made = float(figures[index]) * share
    if key in ("workforce", ATTAINMENT):
        return table.with_figure(key, index, made if key == ATTAINMENT else round(made)), scenario
    figures[index] = made
    drivers = [
        each.model_copy(update={"column": key}) if f"columns.{each.column}" == key else each
        for each in scenario.drivers
    ]
    certain = scenario.uncertainty.model_copy(update={"columns": {}})
    table = replace(table, columns={**table.columns, key: tuple(map(float, figures))})
    return table, scenario.model_copy(update={"drivers": drivers, "uncertainty": certain})


def _ends(distribution: Any, most: float = 1.0) -> tuple[float, float]:
    low, high = (min(most, float(f"{each:.6g}")) for each in quantile(distribution, np.array(SHARES)))
    return low, high


def _settings(scenario: Scenario) -> Iterator[tuple[str, None, float, float, float]]:
    """Inputs that have a number now and any weight, each with its ends."""
    past = scenario.attainment
    limits = {
        "attainment.exponent": (-10 if past.floor else 0, 10),
        "attainment.floor": (min(0.01, past.floor) if past.exponent < 0 else 0, past.ceiling),
        "attainment.ceiling": (past.floor, MOST),
    }
    for key, reach in RANGES.items():
        section, _, name = key.partition(".")
        now = getattr(getattr(scenario, section), name)
        if isinstance(now, int | float) and (past.exponent or key not in IDLE):
            least, most = limits.get(key, (0, MOST))
            low, high = (round(min(max(end, least), most), 9) for end in (now - reach, now + reach))
            yield key, None, now, low, high


def _change(key: str, unit: str | None, value: float) -> dict[str, Any]:
    section, _, name = key.partition(".")
    return {section: {name: value} if unit is None else {"units": {unit: value}}}

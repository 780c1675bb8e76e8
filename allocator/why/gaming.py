"""The gaming meter: what a quota does when a unit reports its past result a tenth higher or lower.

A quota that rises with the result is a ratchet: delivery is punished by a higher quota. One that falls with it lets a
unit lower its quota by reporting more. A rule that does neither gives nobody a reason to shade figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from allocator.errors import Fault, InputError, fault
from allocator.model.allocation import Allocation, pose
from allocator.model.scenario import Scenario
from allocator.why.prices import solved_again

SHARE = 10
"""The result is changed by one part in this many, to whole persons, by one person at least."""
MOST_UNITS = 100
"""Above this many units nothing is measured: two allocations for each of them would take too long."""
VERDICTS = ("ratchet", "discouraging")
USING_RESULTS = ("recruited", "remaining_term_target")


@dataclass(frozen=True)
class UnitGaming:
    """What happens to one unit's quota, members.

    Attributes:
        unit: its position in the table.
        up, down: change of its quota when its result is reported a tenth higher, lower; None
            where no allocation would be left.
        verdict: `ratchet`, `discouraging` or `neutral`.
    """

    unit: int
    up: int | None
    down: int | None

    @property
    def verdict(self) -> str:
        """The sign of what a higher result brings: `ratchet` for more members, `discouraging` for fewer."""
        slope = (self.up or 0) - (self.down or 0)
        return "ratchet" if slope > 0 else "discouraging" if slope < 0 else "neutral"


@dataclass(frozen=True)
class Gaming:
    """The meter: one entry for each unit with a result above 0; `measured` is False for many units and for trees."""

    units: tuple[UnitGaming, ...]
    measured: bool = True

    def having(self, verdict: str) -> tuple[int, ...]:
        """Positions of the units with that verdict."""
        return tuple(each.unit for each in self.units if each.verdict == verdict)

    def findings(self, names: Sequence[str]) -> tuple[Fault, ...]:
        """What a planner is warned of, as catalogue texts; none where no quota moves."""
        if not self.measured:
            return (fault("gaming.not_measured", most=MOST_UNITS),)
        found = {verdict: self.having(verdict) for verdict in VERDICTS}
        return tuple(
            fault(f"gaming.{each}", units=[names[unit] for unit in units]) for each, units in found.items() if units
        )

    def to_json(self, names: Sequence[str]) -> dict[str, Any]:
        """Units by verdict and by name."""
        rows = [{**asdict(each), "unit": names[each.unit], "verdict": each.verdict} for each in self.units]
        sides = {verdict: [names[unit] for unit in self.having(verdict)] for verdict in VERDICTS}
        return {"measured": self.measured, **sides, "units": rows}


def gaming(allocation: Allocation) -> Gaming:
    """The meter of an allocation: every unit's `recruited` raised and lowered by a tenth, one unit at a time."""
    results = allocation.table.optional("recruited")
    reporting = tuple(unit for unit, each in enumerate(results) if each)
    if not uses_results(allocation.scenario):
        return Gaming(tuple(UnitGaming(unit, 0, 0) for unit in reporting))
    if len(results) > MOST_UNITS or allocation.whole is not None:
        return Gaming((), measured=False)
    return Gaming(
        tuple(UnitGaming(unit, _moved(allocation, unit, 1), _moved(allocation, unit, -1)) for unit in reporting)
    )


def uses_results(scenario: Scenario) -> bool:
    """Whether any claim or bound of the scenario rests on what units reported."""
    columns = {driver.column for driver in scenario.drivers}
    if scenario.bounds.pace is not None:
        columns.add(scenario.bounds.pace.reference)
    return bool(scenario.attainment.exponent) or not columns.isdisjoint(USING_RESULTS)


def _moved(allocation: Allocation, unit: int, sign: int) -> int | None:
    """Change of one unit's quota when its own result changes; None where no allocation would be left."""
    result = int(allocation.table.optional("recruited")[unit] or 0)
    table = allocation.table.with_figure("recruited", unit, result + sign * max(1, round(result / SHARE)))
    try:
        _, _, problem = pose(table, allocation.scenario)
    except InputError:
        return None
    lots = solved_again(allocation, problem)
    return None if lots is None else (lots[unit] - allocation.lots[unit]) * problem.lot

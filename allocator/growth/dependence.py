"""What an allocation leans on, all together: tornado, curve over the realisation, frontier, and who tips whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from allocator.data.table import Table
from allocator.growth.curve import Curve, curve
from allocator.growth.frontier import Choice, frontier
from allocator.growth.tipping import Tip
from allocator.growth.tornado import Swing, tornado
from allocator.model.scenario import Scenario


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
        tips = [
            {"estimate": estimate, "unit": unit, "down": tip.down, "up": tip.up}
            for estimate, row in self.tips.items()
            for unit, tip in row.items()
        ]
        return {
            "tornado": [each.to_json() for each in self.tornado],
            "curve": None if self.curve is None else self.curve.to_json(),
            "frontier": [each.to_json() for each in self.frontier],
            "tipping": tips,
        }


def allocation_leaning(table: Table, scenario: Scenario) -> Leaning:
    """What an allocation leans on, without the tips; InputError and InfeasibleError as `allocate`."""
    return Leaning(
        tornado(table, scenario),
        None if scenario.risk.weight else curve(table, scenario, "growth.realisation", 0, 1),
        () if scenario.signpost == "huntington_hill" else frontier(table, scenario),
    )

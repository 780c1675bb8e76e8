"""Where the value of a figure that gives a quota is looked for first: were all efforts to move together."""

from __future__ import annotations

from collections.abc import Iterator

from allocator.data.table import ATTAINMENT, Number
from allocator.model.allocation import Allocation
from allocator.model.claims import MICRO

NEAR = 0.005
"""How far from that value, on both sides."""


def likely_steps(fair: Allocation, unit: int, asked: int, column: str, counted: Number, digits: int) -> Iterator[int]:
    """Two values of a figure that a unit's quota is probably `asked` between, in steps of its last digit.

    The claims of the others, and what is left for them, stay: c / (c + others) = asked / target. `counted` is what the
    figure counts as now.
    """
    target, quota = fair.scenario.target, fair.quotas[unit]
    if not (0 < quota < target and asked < target):
        return
    more = asked * (target - quota) / (quota * (target - asked)) - 1
    past, growth = fair.scenario.attainment, fair.scenario.growth
    if column == ATTAINMENT:
        value = min(max(float(counted), past.floor), past.ceiling) * (1 + more)
    else:
        share = 1 if column == "workforce" else growth.units.get(fair.table.units[unit], growth.realisation) or 1
        value = counted + more * fair.claims.available[unit] / MICRO / share
    yield from (max(0, int(value * 10**digits * each)) for each in (1 - NEAR, 1 + NEAR))

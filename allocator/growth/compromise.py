"""The compromise: one allocation for several scenarios, whose worst regret over them is least.

The regret of an allocation in a scenario is the members misplaced against that scenario's own best allocation. It is
for planners who do not know which of the scenarios will come true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from allocator.data.table import Table
from allocator.errors import Fault, InputError, fault
from allocator.model.allocation import Allocation, allocate
from allocator.model.compromise_program import Lots, compromise_lots, regret
from allocator.model.problem import Problem
from allocator.model.scenario import Scenario


@dataclass(frozen=True)
class Compromise:
    """An allocation between scenarios.

    Attributes:
        units: names, in table order.
        quotas: members of each unit.
        regrets: members misplaced against each scenario's own best allocation, by scenario.
        own: worst regret of each scenario's own best allocation over all scenarios, by scenario; none is smaller than
            `worst`.
    """

    units: tuple[str, ...]
    quotas: tuple[int, ...]
    regrets: Mapping[str, int]
    own: Mapping[str, int]

    @property
    def worst(self) -> int:
        """The largest regret, members."""
        return max(self.regrets.values())

    def to_json(self) -> dict[str, Any]:
        """The compromise as plain mappings."""
        units = [{"unit": unit, "quota": quota} for unit, quota in zip(self.units, self.quotas, strict=True)]
        scenarios = [{"name": name, "regret": each, "own_worst": self.own[name]} for name, each in self.regrets.items()]
        return {"units": units, "worst_regret": self.worst, "scenarios": scenarios}


def compromise(cases: Mapping[str, tuple[Table, Scenario]]) -> Compromise:
    """The allocation whose worst regret over the scenarios is least.

    Args:
        cases: table and scenario by name; the first is the base, whose claims settle what the regrets leave open.
            Bounds are the loosest among them.

    Returns:
        The compromise. Of all allocations with the least worst regret it asks the least effort in the base scenario;
        what is left is settled by larger claim, then table order.

    Raises:
        InputError: the scenarios differ in units, target, lot, locks or groups, or cannot be used.
        InfeasibleError: one of them cannot be allocated.
    """
    if faults := list(_differences(cases)):
        raise InputError(faults)
    made = {name: allocate(*case, method="waterfill") for name, case in cases.items()}
    bests = {name: each.lots for name, each in made.items()}
    lots = compromise_lots(_loosest(list(made.values())), list(bests.values()))
    base = next(iter(made.values()))
    lot = base.problem.lot

    def members(chosen: Lots) -> dict[str, int]:
        return {name: regret(chosen, best) * lot for name, best in bests.items()}

    own = {name: max(members(best).values()) for name, best in bests.items()}
    return Compromise(base.table.units, tuple(each * lot for each in lots), members(lots), own)


def _differences(cases: Mapping[str, tuple[Table, Scenario]]) -> Iterator[Fault]:
    """Every way in which the scenarios do not share what they must."""
    (first, base), *others = cases.items()
    shared = _shared(*base)
    for name, case in others:
        for key, value in _shared(*case).items():
            if value != shared[key]:
                place = "" if key == "units" else case[1].place(key)
                yield fault("compromise.differ", place, key=fault(f"parameter.{key}"), first=first, other=name)


def _shared(table: Table, scenario: Scenario) -> dict[str, object]:
    """What scenarios must share, by key."""
    return {
        "units": table.units,
        "target": scenario.target,
        "lot": scenario.lot,
        "locks": sorted((lock.unit, lock.quota) for lock in scenario.locks),
        "groups": [group.model_dump(exclude={"firm"}) for group in scenario.groups],
        "rules": [rule.model_dump(exclude={"firm"}) for rule in scenario.rules if rule.together],
    }


def _loosest(made: list[Allocation]) -> Problem:
    """The base problem with the loosest of all bounds; a unit without a claim in the base gets a next to empty one."""
    base, *_ = problems = [each.problem for each in made]
    floor = np.minimum.reduce([each.floor for each in problems])
    cap = np.maximum.reduce([each.top for each in problems])
    return replace(base, claims=np.maximum(base.claims, 1), floor=floor, cap=cap, risk=None)

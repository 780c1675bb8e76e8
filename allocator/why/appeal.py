"""An appeal: what would have to be true for a requested quota to be the fair one, and who would pay if it is granted.

Each answer changes one figure of the unit, as a cell of the table would, and leaves everything else as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from allocator.data.table import Table, fold
from allocator.data.unit_names import find_unit
from allocator.errors import Fault, InfeasibleError, InputError, fault
from allocator.model.allocation import Allocation, allocate
from allocator.model.forest import forest
from allocator.model.problem import Key
from allocator.model.scenario import Scenario
from allocator.why.answers import FIGURES, Answer, Asking
from allocator.why.beside import Decided
from allocator.why.comparison import compare


@dataclass(frozen=True)
class Appeal:
    """The answer to an appeal.

    Attributes:
        unit, asked: who asks, and for which quota.
        figures: by the names of `FIGURES`, the values of each figure alone that make it fair.
        fair, granted: the allocation as it is, and with the request as a lock; of a tree, that of its leaves.
    """

    unit: str
    asked: int
    figures: Mapping[str, Answer]
    fair: Allocation
    granted: Allocation

    @property
    def quota(self) -> int:
        """The unit's fair quota, members."""
        return self.fair.quotas[self.fair.table.units.index(self.unit)]

    @cached_property
    def absorbed_by(self) -> list[dict[str, Any]]:
        """Every `unit` whose quota has to change for the request to be granted, by `change` members; the most first."""
        return quotas_moved(self.fair, self.granted, {self.unit})

    @cached_property
    def moves(self) -> list[dict[str, Any]]:
        """The lots behind `absorbed_by`."""
        return lots_moved(self.fair, self.granted, {self.unit})

    def to_json(self) -> dict[str, Any]:
        """The answer as plain mappings."""
        before, after = compare(self.fair), compare(self.granted)
        return {
            "unit": self.unit,
            "quota": self.quota,
            "asked": self.asked,
            **plain_figures(self.figures),
            "absorbed_by": self.absorbed_by,
            "lots": self.moves,
            "moved": abs(self.asked - self.quota),
            "misplaced": after.misplaced,
            "misplaced_before": before.misplaced,
            "effort_ratio": {"before": before.effort_ratio.proposed, "after": after.effort_ratio.proposed},
            "effort_gini": {"before": before.effort_gini.proposed, "after": after.effort_gini.proposed},
        }


def quotas_moved(before: Allocation, after: Allocation, apart: Collection[str] = ()) -> list[dict[str, Any]]:
    """Every `unit` but those `apart` whose quota is another after, by `change` members; the most first."""
    rows = zip(before.table.units, before.quotas, after.quotas, strict=True)
    found = [{"unit": unit, "change": new - old} for unit, old, new in rows if new != old and unit not in apart]
    return sorted(found, key=lambda each: -abs(each["change"]))


def lots_moved(before: Allocation, after: Allocation, apart: Collection[str] = ()) -> list[dict[str, Any]]:
    """The lots behind `quotas_moved` in the order they move: dearest given up first, then cheapest taken first.

    Each is the `lot` (which one, counted from 1) of a `unit`, with its `effort` (members asked per member of claim) and
    the `change` of the quota, members. None where levels decide one after the other: their efforts do not compare.
    """
    problem, units = before.problem, before.table.units
    given, taken = list[Key](), list[Key]()
    for unit, (old, new) in enumerate(zip(before.lots, after.lots, strict=True)):
        if units[unit] not in apart and not before.above:
            keys = [problem.key(unit, k) for k in range(min(old, new) + 1, max(old, new) + 1)]
            (taken if new > old else given).extend(keys)
    ways = (-problem.lot, sorted(given, reverse=True)), (problem.lot, sorted(taken))
    return [
        {"unit": units[unit], "lot": k, "change": change, "effort": problem.cost(unit, k)}
        for change, keys in ways
        for *_, unit, k in keys
    ]


def plain_figures(figures: Mapping[str, Answer]) -> dict[str, Any]:
    """The answers for each figure: the nearest value of each, all ranges, what stands in the way."""
    every = figures.items()
    return {
        **{name: each.value for name, each in every},
        "ranges": {name: [[part.low, part.high] for part in each.ranges] for name, each in every},
        "obstacles": {name: each.obstacle and plain_obstacle(each.obstacle) for name, each in every},
    }


def plain_obstacle(obstacle: Fault) -> dict[str, Any]:
    """An obstacle as its code and figures."""
    plain = {name: each for name, each in obstacle.values.items() if not isinstance(each, Fault)}
    return {"code": obstacle.key, **plain}


def appeal(table: Table, scenario: Scenario, unit: str, asked: int) -> Appeal:
    """What would make `asked` the fair quota of `unit`, and what granting it would cost.

    Args:
        table: the units.
        scenario: assumptions and decisions.
        unit: name of the unit that appeals, a leaf where the table is a tree.
        asked: the quota it asks for, members.

    Raises:
        InputError: there is no such unit, it is an inner one, or `asked` is not a whole number of lots (the nearest are
            named).
        InfeasibleError: the scenario's rules cannot hold together, or not with `asked` as a lock; the rules are named.
    """
    fair = allocate(table, scenario, method="waterfill")
    units, lot = fair.table.units, fair.scenario.lot
    if fold(unit) in table.parents:
        raise InputError(fault("appeal.inner", "--unit", unit=fold(unit)))
    name = units[find_unit(units, unit)]
    if asked % lot:
        low = asked // lot * lot
        raise InputError(fault("appeal.not_lots", "--quota", asked=asked, lot=lot, low=low, high=low + lot))
    granted = allocate(table, locked(table, scenario, name, asked), method="waterfill")
    case = Asking(name, asked, fair, Decided(fair))
    return Appeal(name, asked, {each: case.answer(each) for each in FIGURES}, fair, granted)


def locked(table: Table, scenario: Scenario, unit: str, quota: int) -> Scenario:
    """The scenario with a unit's quota fixed, in place of its locks; by its level's own locks, where that has any."""
    return scenario.changed(locking(table, scenario, {unit: quota}))


def locking(table: Table, scenario: Scenario, quotas: Mapping[str, int], reason: Any = "") -> dict[str, Any]:
    """Settings that fix the quotas of some units, for that reason, in place of their locks; as `locked`."""
    tree, levels = forest(table), [each.model_dump() for each in scenario.levels]
    shared = [each.model_dump() for each in scenario.locks]
    own = [each.get("locks") for each in levels]
    for held in (shared, *(each for each in own if each is not None)):
        held[:] = [each for each in held if each["unit"] not in quotas]
    for unit, quota in quotas.items():
        level = tree.level[tree.position[unit]] - 1
        found = own[level] if level < len(own) else None
        (shared if found is None else found).append({"unit": unit, "quota": quota, "reason": reason})
    return {"locks": shared, **({"levels": levels} if levels else {})}


def holding(
    table: Table, scenario: Scenario, quotas: Mapping[str, int], reason: Any, **more: Any
) -> dict[str, Any] | None:
    """Settings under which allocating gives just these quotas, all locked; None where the rules allow no such locks.

    Args:
        table: the units.
        scenario: assumptions and decisions.
        quotas: of every unit, members.
        reason: what is noted at the locks.
        more: other settings that go with them.
    """
    try:
        made = allocate(table, scenario.changed({**locking(table, scenario, quotas), **more}), method="waterfill")
    except (InfeasibleError, InputError):
        return None
    return {**locking(table, scenario, quotas, reason), **more} if made.by_unit == dict(quotas) else None

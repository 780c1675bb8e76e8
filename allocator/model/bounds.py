"""Bounds: every rule of a scenario as a floor or a cap in whole lots, on a unit or on a group of units.

Everything is computed from exact decimals: a float `floor(max_share * W / lot)` is wrong now and then (0.29 · 400).
Minima round up to lots, maxima down.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from typing import TYPE_CHECKING

from allocator.data.table import Table
from allocator.errors import Fault, InputError, fault
from allocator.model.claims import MICRO, exact

if TYPE_CHECKING:
    from allocator.model.scenario import Scenario


@dataclass(frozen=True)
class Rule:
    """One rule as a bound in whole lots.

    Attributes:
        kind: `min_quota`, `max_share`, `own_min`, `own_max`, `lock`, `pace_down`, `pace_up`, `group_min`, `group_max`.
        name: the unit it binds, or the group.
        lots: the bound, whole lots.
        firm: whether remedies must leave it alone.
        units: positions of the units it binds, in table order.
    """

    kind: str
    name: str
    lots: int
    firm: bool
    units: tuple[int, ...]


@dataclass(frozen=True)
class LotBounds:
    """Floors and caps of every unit, and the groups.

    Attributes:
        floor, cap: whole lots, in table order; a cap no rule sets is the target.
        floor_rule, cap_rule: the rule that sets each, None where none does.
        groups: bounds of the groups, in file order.
        notes: what was assumed where a figure was missing.
    """

    floor: tuple[int, ...]
    cap: tuple[int, ...]
    floor_rule: tuple[Rule | None, ...]
    cap_rule: tuple[Rule | None, ...]
    groups: tuple[GroupBounds, ...]
    notes: tuple[Fault, ...]


@dataclass(frozen=True)
class GroupBounds:
    """One group: who is in it (positions in table order) and its two rules, None where it has none."""

    name: str
    units: tuple[int, ...]
    floor: Rule | None
    cap: Rule | None


def bounds(table: Table, scenario: Scenario, available: Sequence[int]) -> LotBounds:
    """Bounds of every unit and group, whole lots; the tightest rule wins, the first of equals.

    Args:
        table: the units.
        scenario: the rules, checked against the table.
        available: workforce W of each unit, millionths of a person.
    """
    rules = list(unit_rules(table, scenario, available))
    notes = tuple(_pace_notes(table, scenario))
    return tightest(rules, tuple(_groups(table, scenario)), len(table), scenario.target // scenario.lot, notes)


SCENARIO_KEYS: Mapping[str, str] = {
    "min_quota": "bounds.min_quota",
    "max_share": "bounds.max_share",
    "own_min": "bounds.units.{name}.min",
    "own_max": "bounds.units.{name}.max",
    "lock": "locks.{name}",
    "pace_down": "bounds.pace.down",
    "pace_up": "bounds.pace.up",
    "group_min": "groups.{name}.min",
    "group_max": "groups.{name}.max",
}
"""Where a planner changes a rule; rules with the same key stand or fall together."""


def scenario_key(rule: Rule) -> str:
    """Where in the scenario a rule stands; the same for all the bounds that one entry sets."""
    return SCENARIO_KEYS[rule.kind].format(name=rule.name)


def tightest(
    rules: Iterable[tuple[Rule, bool]],
    groups: tuple[GroupBounds, ...],
    count: int,
    target_lots: int,
    notes: tuple[Fault, ...] = (),
) -> LotBounds:
    """Bounds that rules (each with whether it is a floor) set together: the tightest wins, the first of equals."""
    floors: list[Rule | None] = [None] * count
    caps: list[Rule | None] = [None] * count
    for rule, is_floor in rules:
        (index,) = rule.units
        held = (floors if is_floor else caps)[index]
        if held is None or (rule.lots > held.lots if is_floor else rule.lots < held.lots):
            (floors if is_floor else caps)[index] = rule
    return LotBounds(
        tuple(rule.lots if rule else 0 for rule in floors),
        tuple(rule.lots if rule else target_lots for rule in caps),
        tuple(floors),
        tuple(caps),
        groups,
        notes,
    )


def unit_rules(table: Table, scenario: Scenario, available: Sequence[int]) -> Iterator[tuple[Rule, bool]]:
    """Every rule on single units, with whether it is a floor; locks first: of equal rules the first is named."""
    settings, lot = scenario.bounds, scenario.lot
    position = {unit: index for index, unit in enumerate(table.units)}
    firm = settings.firm if isinstance(settings.firm, list) else ["min_quota", "max_share"] * settings.firm
    for lock in scenario.locks:
        rule = Rule("lock", lock.unit, lock.quota // lot, lock.firm, (position[lock.unit],))
        yield rule, True
        yield rule, False
    for unit, own in settings.units.items():
        if own.min is not None:
            yield Rule("own_min", unit, -(-own.min // lot), own.firm, (position[unit],)), True
        if own.max is not None:
            yield Rule("own_max", unit, own.max // lot, own.firm, (position[unit],)), False
    if settings.pace is not None:
        yield from _pace_rules(table, scenario)
    if settings.min_quota:
        least = -(-settings.min_quota // lot)
        for unit, index in position.items():
            yield Rule("min_quota", unit, least, "min_quota" in firm, (index,)), True
    if (per_lot := share_per_lot(scenario)) is not None:
        top, bottom = per_lot.as_integer_ratio()
        for (unit, index), workforce in zip(position.items(), available, strict=True):
            yield Rule("max_share", unit, workforce * top // bottom, "max_share" in firm, (index,)), False


def share_per_lot(scenario: Scenario) -> Fraction | None:
    """The largest share of W as a cap in lots is ⌊this · W⌋, W in millionths of a person; None where there is none."""
    share = scenario.bounds.max_share
    return None if share is None else exact(share) / (MICRO * scenario.lot)


def without_share(scenario: Scenario) -> Scenario:
    """The scenario without the largest share, the one rule on single units that moves with the workforce."""
    return scenario.model_copy(update={"bounds": scenario.bounds.model_copy(update={"max_share": None})})


def _pace_rules(table: Table, scenario: Scenario) -> Iterator[tuple[Rule, bool]]:
    pace, lot = scenario.bounds.pace, scenario.lot
    assert pace is not None
    for index, (unit, reference) in enumerate(zip(table.units, table.column(pace.reference), strict=True)):
        if reference is None:
            continue
        if pace.down is not None:
            least = ceil((1 - exact(pace.down)) * exact(reference) / lot)
            yield Rule("pace_down", unit, max(0, least), pace.firm, (index,)), True
        if pace.up is not None:
            most = floor((1 + exact(pace.up)) * exact(reference) / lot)
            yield Rule("pace_up", unit, max(0, most), pace.firm, (index,)), False


def _pace_notes(table: Table, scenario: Scenario) -> Iterator[Fault]:
    pace = scenario.bounds.pace
    if pace is not None:
        blank = [unit for unit, value in zip(table.units, table.column(pace.reference), strict=True) if value is None]
        if blank:
            yield fault("note.pace_blank", column=pace.reference, units=blank)


def _groups(table: Table, scenario: Scenario) -> Iterator[GroupBounds]:
    lot = scenario.lot
    position = {unit: index for index, unit in enumerate(table.units)}
    for group in scenario.groups:
        if group.units is not None:
            members = tuple(sorted({position[unit] for unit in group.units}))
        else:
            members = tuple(index for index, kind in enumerate(table.kinds) if kind == group.kind)
        least = None if group.min is None else Rule("group_min", group.name, -(-group.min // lot), group.firm, members)
        most = None if group.max is None else Rule("group_max", group.name, group.max // lot, group.firm, members)
        yield GroupBounds(group.name, members, least, most)


@dataclass(frozen=True)
class Tree:
    """Nested groups as nodes: 0 is all units together, a parent comes before its children.

    Attributes:
        names: name of each node.
        parent: node each node lies in; −1 for node 0.
        floor, cap: bounds on each node's sum, whole lots; None where there is none. Node 0 has the target as both.
        home: innermost node of each unit.
    """

    names: tuple[str, ...]
    parent: tuple[int, ...]
    floor: tuple[int | None, ...]
    cap: tuple[int | None, ...]
    home: tuple[int, ...]

    def ancestors(self, node: int) -> Iterator[int]:
        """`node` and every node it lies in, from the inside out."""
        while node >= 0:
            yield node
            node = self.parent[node]

    @cached_property
    def inside(self) -> tuple[tuple[int, ...], ...]:
        """Units in each node and the nodes below it, in table order."""
        units: list[list[int]] = [[] for _ in self.names]
        for unit, home in enumerate(self.home):
            for node in self.ancestors(home):
                units[node].append(unit)
        return tuple(map(tuple, units))


def nest(groups: Iterable[GroupBounds], count: int, target_lots: int, place: str = "groups") -> Tree:
    """Groups as a tree; InputError names the first two that cross (share units, and neither holds the other).

    Args:
        groups: the groups, in any order; of two with the same units the earlier one is the outer.
        count: number of units.
        target_lots: target, whole lots.
        place: where the groups were written, for the message.
    """
    ordered = sorted(groups, key=lambda group: -len(group.units))
    home = [0] * count
    parent, names = [-1], [""]
    floors: list[int | None] = [target_lots]
    caps: list[int | None] = [target_lots]
    for node, group in enumerate(ordered, start=1):
        inside = {home[unit] for unit in group.units}
        if len(inside) != 1:
            other = names[max(inside)]
            raise InputError(fault("groups.cross", place, first=other, second=group.name))
        parent.append(inside.pop())
        names.append(group.name)
        floors.append(group.floor.lots if group.floor else None)
        caps.append(group.cap.lots if group.cap else None)
        for unit in group.units:
            home[unit] = node
    return Tree(tuple(names), tuple(parent), tuple(floors), tuple(caps), tuple(home))

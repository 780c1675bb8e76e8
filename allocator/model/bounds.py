"""Bounds: what the rules together allow each unit and each group, as floors and caps in whole lots.

Everything is computed from exact decimals: a float `floor(max_share * W / lot)` is wrong now and then (0.29 · 400).
Minima round up to lots, maxima down; the tightest wins, the first of equals.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from allocator.errors import Fault, fault
from allocator.model.claims import micro
from allocator.model.limit import Limit
from allocator.model.signpost import IntArray
from allocator.model.waterfill import whole_lots


@dataclass(frozen=True)
class Bound:
    """One rule as a bound in whole lots.

    Attributes:
        key: where the rule stands in the scenario.
        kind: its name under `rule.` in the catalogues: `min_quota`, `max_share`, `own_min`, `own_max`, `lock`,
            `pace_down`, `pace_up`, `group_min`, `group_max`, `rule_least`, `rule_most`, `below_min`, `below_max`.
        name: the unit it binds, or the group, or what the rule is called.
        lots: the bound, whole lots.
        made_by: the rules of the level below that it is made of.
    """

    key: str
    kind: str
    name: str
    lots: int
    made_by: tuple[Bound, ...] = ()


@dataclass(frozen=True)
class GroupBounds:
    """One group: who is in it (positions in table order) and its two bounds, None where it has none."""

    name: str
    units: tuple[int, ...]
    floor: Bound | None = None
    cap: Bound | None = None


@dataclass(frozen=True, eq=False)
class LotBounds:
    """Floors and caps of every unit, and the groups.

    Attributes:
        floor, cap: whole lots, in table order; a cap no rule sets is the target.
        floor_by, cap_by: for each unit the place among `limits` of the rule that sets it, −1 where none does.
        limits: the rules on single units.
        groups: bounds of the groups.
        names: names of the units.
        notes: what was assumed where a figure was missing, and what could not hold to the letter.
        below: in a tree, the bound of what the units below a node must (True) or can (False) take, where it is tighter.
    """

    floor: tuple[int, ...]
    cap: tuple[int, ...]
    floor_by: IntArray
    cap_by: IntArray
    limits: tuple[Limit, ...]
    groups: tuple[GroupBounds, ...]
    names: tuple[str, ...]
    notes: tuple[Fault, ...]
    below: Mapping[tuple[bool, int], Callable[[], Bound]] = field(default_factory=dict)

    def rule(self, unit: int, least: bool) -> Bound | None:
        """The rule that sets the floor of a unit, or its cap."""
        if (least, unit) in self.below:
            return self.below[least, unit]()
        by, lots = (self.floor_by, self.floor) if least else (self.cap_by, self.cap)
        index = int(by[unit])
        return None if index < 0 else bound(self.limits[index], lots[unit], self.names[unit])

    def rules(self, least: bool) -> list[Bound]:
        """The rules that set floors, or caps, a unit each."""
        return [each for unit in range(len(self.floor)) if (each := self.rule(unit, least)) is not None]

    @property
    def crossed(self) -> bool:
        """Whether the least of some unit is above its most."""
        return any(low > high and by >= 0 for low, high, by in zip(self.floor, self.cap, self.cap_by, strict=True))


def bound(limit: Limit, lots: int, name: str) -> Bound:
    """A limit as a bound of so many lots, on the unit of that name or on several together."""
    entry = limit.entry
    named = entry.name if entry.rule.together or entry.key.startswith("rules.") else name
    return Bound(entry.key, entry.words[not limit.least], named, lots)


Loosened = Mapping[str, int | None]
"""Rules, or sides of rules, by their keys, that are loosened by so many lots, or left out (None)."""


def _step(limit: Limit, loosened: Loosened) -> int | None:
    """How far a limit is loosened; None where it is left out."""
    return loosened.get(limit.key, loosened.get(limit.entry.key, 0))


def stage_bounds(
    limits: Collection[Limit],
    names: tuple[str, ...],
    nodes: Sequence[int],
    lot: int,
    target: int,
    loosened: Loosened | None = None,
    leaves: bool = True,
) -> LotBounds:
    """Bounds of the units of one problem.

    Args:
        limits: the rules on its units and on sums of them; nodes that it has not are left out.
        names: names of its units.
        nodes: the node of the tree that each unit is; a range where they are all of them.
        lot: members a lot.
        target: whole lots to place.
        loosened: rules to loosen or to leave out.
        leaves: whether the units are leaves, whose minima may give way alike.
    """
    position = None if isinstance(nodes, range) else {node: index for index, node in enumerate(nodes)}
    free = loosened or {}
    kept = [each for each in limits if _step(each, free) is not None]
    alone = [_Alone.of(each, position, lot, _step(each, free) or 0) for each in kept if not each.together]
    made = _Bounds(len(names), target)
    for index, each in enumerate(alone):
        made.add(each, index)
    notes = list(_bands(made, alone, names, lot))
    if leaves:
        notes += _alike(made, alone, lot, target)
    groups, told = _groups([each for each in limits if each.together], position, lot, free)
    return LotBounds(
        tuple(made.floor.tolist()),
        tuple(made.cap.tolist()),
        made.floor_by,
        made.cap_by,
        tuple(each.limit for each in alone),
        groups,
        names,
        (*notes, *told),
    )


@dataclass(frozen=True, eq=False)
class _Alone:
    """A rule on single units: their positions, those of their nodes among its own, and its lots."""

    limit: Limit
    units: IntArray
    own: IntArray
    lots: IntArray

    @classmethod
    def of(cls, limit: Limit, position: Mapping[int, int] | None, lot: int, step: int) -> _Alone:
        nodes, lots = limit.nodes, _lots(limit, lot, step)
        if position is None:
            return cls(limit, nodes, np.arange(len(nodes)), lots)
        own = np.array([index for index, node in enumerate(nodes.tolist()) if node in position], dtype=np.int64)
        return cls(limit, np.array([position[node] for node in nodes[own].tolist()], dtype=np.int64), own, lots[own])

    @cached_property
    def at(self) -> dict[int, int]:
        """Place of each of its units among its nodes."""
        return dict(zip(self.units.tolist(), self.own.tolist(), strict=True))


def _lots(limit: Limit, lot: int, step: int) -> IntArray:
    """The lots of a limit that is loosened by `step` of them."""
    lots = limit.lots(lot)
    return np.maximum(lots - step if limit.least else lots + step, 0) if step else lots


class _Bounds:
    """Floors and caps while rules are added, with the rule that set each."""

    def __init__(self, count: int, target: int) -> None:
        self.floor, self.cap = np.zeros(count, dtype=np.int64), np.full(count, target)
        self.floor_by, self.cap_by = np.full(count, -1), np.full(count, -1)

    def add(self, each: _Alone, index: int) -> None:
        """The tighter of what there is and a rule; a maximum counts even where it is above the target."""
        units = each.units
        if each.limit.least:
            tighter = (each.lots > self.floor[units]) | ((self.floor_by[units] < 0) & (each.lots == 0))
            self.floor[units[tighter]], self.floor_by[units[tighter]] = each.lots[tighter], index
        else:
            tighter = (each.lots < self.cap[units]) | (self.cap_by[units] < 0)
            self.cap[units[tighter]], self.cap_by[units[tighter]] = each.lots[tighter], index


def _bands(made: _Bounds, alone: Sequence[_Alone], names: Sequence[str], lot: int) -> Iterator[Fault]:
    """Where least ≤ most and no whole lot lies between them, the two lots around are allowed, or only the lower."""
    for unit in np.flatnonzero((made.floor > made.cap) & (made.cap_by >= 0)).tolist():
        on = [(each.limit, each.limit.members(each.at[unit])) for each in alone if unit in each.at]
        least = max(members for limit, members in on if limit.least)
        most = min(members for limit, members in on if not limit.least)
        if least > most:
            continue
        beyond = (least // lot + 1) * lot
        lower = any(limit.one_lot_low for limit, members in on if not limit.least and members < beyond)
        keys = dict.fromkeys(limit.entry.key for limit, members in on if members == (least if limit.least else most))
        made.floor[unit], made.cap[unit], note = _around(least, most, lot, lower, unit=names[unit], rules=list(keys))
        yield note


def _around(least: Fraction, most: Fraction, lot: int, lower: bool, **about: Any) -> tuple[int, int, Fault]:
    """The two lots around a band that has none, or twice the lower, and the note of it."""
    low = least // lot
    high = low if lower else low + 1
    figures = {"least": float(least), "most": float(most), "low": low * lot, "high": high * lot}
    return low, high, fault("note.rule_band_low" if lower else "note.rule_band", **about, **figures)


def _alike(made: _Bounds, alone: Sequence[_Alone], lot: int, target: int) -> Iterator[Fault]:
    """Minima that give way alike: where all floors exceed the target, it is shared out over them by Webster.

    Claim: the minimum in members; floor: the unit's other floors; cap: its minimum in lots.
    """
    promised = [each for each in alone if each.limit.alike]
    if not promised or int(made.floor.sum()) <= target or ((made.floor > made.cap) & (made.cap_by >= 0)).any():
        return  # a least above a most stays infeasible
    claims: dict[int, Fraction] = {}
    other = _Bounds(len(made.floor), target)
    for index, each in enumerate(alone):
        if each.limit.alike:
            for unit, own in each.at.items():
                claims[unit] = max(claims.get(unit, Fraction(0)), each.limit.members(own))
        elif each.limit.least:
            other.add(each, index)
    units = np.array(sorted(claims), dtype=np.int64)
    low = np.minimum(other.floor[units], made.floor[units])
    left = target - int(np.delete(made.floor, units).sum())
    if left < int(low.sum()):
        return
    weights = np.array([[micro(claims[unit]) for unit in units.tolist()]])
    given = whole_lots(weights, low, made.floor[units], np.array([left]))[0]
    keys = list(dict.fromkeys(each.limit.entry.key for each in promised))
    yield fault("note.rule_alike", rules=keys, promised=int(made.floor.sum()) * lot, target=target * lot)
    made.floor[units] = given


def _groups(
    limits: Iterable[Limit], position: Mapping[int, int] | None, lot: int, free: Loosened
) -> tuple[tuple[GroupBounds, ...], list[Fault]]:
    """The rules on sums, one group an entry, in the scenario's order; left out, it has no bounds."""
    sets: dict[str, tuple[str, tuple[int, ...], dict[bool, tuple[Limit, int]]]] = {}
    for limit in limits:
        (lots,) = _lots(limit, lot, _step(limit, free) or 0).tolist()
        nodes = limit.nodes.tolist()
        units = tuple(nodes if position is None else (position[node] for node in nodes))
        sides = sets.setdefault(limit.entry.key, (limit.entry.group, units, {}))[2]
        if _step(limit, free) is not None:
            sides[limit.least] = limit, lots
    made, notes = list[GroupBounds](), list[Fault]()
    for name, units, sides in sets.values():
        if len(sides) == 2 and sides[True][1] > sides[False][1]:
            least, most = (sides[side][0].members(0) for side in (True, False))
            if least <= most:
                lower, about = sides[False][0].one_lot_low, {"unit": name, "rules": [sides[True][0].entry.key]}
                low, high, note = _around(least, most, lot, lower, **about)
                sides = {True: (sides[True][0], low), False: (sides[False][0], high)}
                notes.append(note)
        floor, cap = (bound(*sides[side], "") if side in sides else None for side in (True, False))
        made.append(GroupBounds(name, units, floor, cap))
    return tuple(made), notes

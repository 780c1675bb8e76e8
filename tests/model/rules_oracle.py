"""What rules allow, by enumeration from their definition alone: no code of the model is used.

A case is plain data: `tree` maps each leaf to the names above it from the top, `w` gives its workforce, `last` a column
that may be blank, `rules` are as a scenario has them. Every way to place the lots is tried.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from math import ceil, floor
from typing import Any

NO_CAP = 10**9


@dataclass
class Small:
    """A small problem; `paths` has for each leaf the nodes above it, from the top (none in a flat table)."""

    w: dict[str, int]
    target: int
    lot: int
    rules: list[dict[str, Any]]
    paths: dict[str, tuple[str, ...]] = field(default_factory=dict)
    columns: dict[str, dict[str, int | None]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    levels: bool = False
    free: frozenset[tuple[str, str]] = frozenset()  # sides of `each` rules that do not count for a leaf
    grouped: bool = True  # whether rules on sums and on inner nodes count

    @property
    def leaves(self) -> list[str]:
        return list(self.w)

    @property
    def nodes(self) -> dict[str, list[str]]:
        """Leaves of every node, itself for a leaf."""
        made: dict[str, list[str]] = {}
        for leaf in self.w:
            for name in (*self.paths.get(leaf, ()), leaf):
                made.setdefault(name, []).append(leaf)
        return made

    def figure(self, source: str, node: str) -> int | None:
        """A figure of a node: the sum of its leaves' figures, None if one is blank."""
        column = self.w if source in ("workforce", "available") else self.columns[source]
        values = [column[leaf] for leaf in self.nodes[node]]
        return None if None in values else sum(each or 0 for each in values)


class Infeasible(Exception):
    """No allocation keeps the rules."""


class Crossing(Exception):
    """A sum crosses a node or another sum."""


def covered(small: Small, rule: Mapping[str, Any]) -> list[str]:
    whom, nodes = rule["for"], small.nodes
    if whom == "all":
        names = small.leaves
    elif whom == "nodes":
        names = list(nodes)
    elif "units" in whom:
        names = list(dict.fromkeys(whom["units"]))
    elif "kind" in whom:
        names = [name for name in nodes if small.kinds.get(name) == whom["kind"]]
    elif "under" in whom:
        names = [leaf for leaf in small.leaves if whom["under"] in small.paths[leaf]]
    else:
        ((column, value),) = whom["where"].items()
        names = [leaf for leaf in small.leaves if small.columns[column][leaf] == value]
    out = set(rule.get("except", ()))
    return [name for name in names if name not in out and not out & set(small.paths.get(name, above(small, name)))]


def above(small: Small, name: str) -> tuple[str, ...]:
    path = small.paths[small.nodes[name][0]] if small.paths else ()
    return path[: path.index(name)] if name in path else ()


def members(small: Small, amount: Any, names: Sequence[str], together: bool) -> Fraction | None:
    """What an amount says of one node, or of several together; None where it does not bind."""
    if isinstance(amount, int):
        return Fraction(amount)
    share = Fraction(amount["share"].removesuffix(" %")) / 100 if "share" in amount else Fraction(1)
    source = amount.get("of", amount.get("column"))
    if source == "target":
        return share * small.target
    leaves = {leaf for name in names for leaf in small.nodes[name]}
    values = [small.figure(source, leaf) for leaf in leaves]
    if None in values:
        return None
    whole = sum(each or 0 for each in values)
    if source not in ("workforce", "available") and not whole:
        return None
    return share * whole


@dataclass
class Box:
    """Least and most lots of every node, and of sets of leaves."""

    low: dict[str, int]
    high: dict[str, int]
    sets: list[tuple[frozenset[str], int, int]]


def limits(small: Small) -> Box:
    lot, many = small.lot, small.target // small.lot
    least: dict[str, list[Fraction]] = {name: [] for name in small.nodes}
    most: dict[str, list[tuple[Fraction, bool]]] = {name: [] for name in small.nodes}
    promised: dict[str, list[Fraction]] = {name: [] for name in small.nodes}
    sets = []
    for rule in small.rules:
        names = covered(small, rule)
        if not names:
            continue
        sides = rule.get("each") or rule["together"]
        most_of = sides["most"].get("of") if isinstance(sides.get("most"), dict) else None
        hard = most_of in ("workforce", "available") or rule.get("firm", False)
        if "together" in rule:
            if not small.grouped:
                continue
            low, high = (members(small, sides[s], names, True) if s in sides else None for s in ("least", "most"))
            lots = [0 if low is None else ceil(low / lot), NO_CAP if high is None else floor(high / lot)]
            if low is not None and high is not None and lots[0] > lots[1] and low <= high:
                lots = [floor(low / lot), floor(low / lot) + (0 if hard else 1)]
            if low is not None or high is not None:
                over = frozenset(leaf for name in names for leaf in small.nodes[name])
                sets.append((over, *lots))
            continue
        for name in names:
            if not small.grouped and name not in small.w:
                continue
            counts = [side for side in sides if (name, side) not in small.free]
            if "least" in counts and (low := members(small, sides["least"], [name], False)) is not None:
                (promised if rule.get("short") else least)[name].append(low)
            if "most" in counts and (high := members(small, sides["most"], [name], False)) is not None:
                most[name].append((high, hard))
    over = [frozenset(each) for each in small.nodes.values()] + [each for each, _, _ in sets]
    if any(a & b and not a <= b and not b <= a for a in over for b in over):
        raise Crossing
    box = Box({}, {}, sets)
    other = {}
    for name in small.nodes:
        other[name] = ceil(max(least[name], default=Fraction(0)) / lot)
        top = max(least[name] + promised[name], default=Fraction(0))
        low, high = ceil(top / lot), min((floor(each / lot) for each, _ in most[name]), default=NO_CAP)
        if low > high:
            end = min(each for each, _ in most[name])
            if top > end:
                raise Infeasible(name)
            low = floor(top / lot)
            high = low + (0 if any(hard and each < (low + 1) * lot for each, hard in most[name]) else 1)
        box.low[name], box.high[name] = low, high
    leaves = small.leaves
    if any(promised[leaf] for leaf in leaves) and sum(box.low[leaf] for leaf in leaves) > many:
        alike = [leaf for leaf in leaves if promised[leaf]]
        left = many - sum(box.low[leaf] for leaf in leaves if leaf not in alike)
        claims = {leaf: max(promised[leaf]) for leaf in alike}
        floors = {leaf: min(other[leaf], box.low[leaf]) for leaf in alike}
        if left < sum(floors.values()):
            raise Infeasible("floors")
        given = webster(claims, floors, {leaf: box.low[leaf] for leaf in alike}, left)
        box.low |= given
        for name in small.nodes:
            if name not in leaves and promised[name]:
                box.low[name] = other[name]
    return box


def webster(claims: dict[str, Fraction], low: dict[str, int], high: dict[str, int], lots: int) -> dict[str, int]:
    now = dict(low)
    while sum(now.values()) < lots:
        order = list(claims)
        free = [leaf for leaf in order if now[leaf] < high[leaf] and claims[leaf]]
        best = min(free, key=lambda leaf: ((2 * now[leaf] + 1) / claims[leaf], -claims[leaf], order.index(leaf)))
        now[best] += 1
    return now


def key(claim: int, order: int, lots: int) -> list[tuple[Fraction, int, int, int]]:
    return [(Fraction(2 * k - 1, 2 * claim) if claim else Fraction(0), -claim, order, k) for k in range(1, lots + 1)]


def spread(total: int, low: Sequence[int], high: Sequence[int]) -> Iterator[tuple[int, ...]]:
    if len(low) == 1:
        if low[0] <= total <= high[0]:
            yield (total,)
        return
    for first in range(low[0], min(high[0], total) + 1):
        for rest in spread(total - first, low[1:], high[1:]):
            yield (first, *rest)


def best(small: Small) -> dict[str, int]:
    """Members of each leaf; raises Infeasible where no allocation keeps the rules."""
    box, many = limits(small), small.target // small.lot
    if small.levels:
        return {leaf: lots * small.lot for leaf, lots in by_levels(small, box, many).items()}
    leaves = small.leaves
    tops = [box.high[leaf] if small.w[leaf] else box.low[leaf] for leaf in leaves]
    found = []
    for lots in spread(many, [box.low[leaf] for leaf in leaves], tops):
        held = dict(zip(leaves, lots, strict=True))
        inner = all(
            box.low[name] <= sum(held[leaf] for leaf in below) <= box.high[name] for name, below in small.nodes.items()
        )
        if inner and all(low <= sum(held[leaf] for leaf in over) <= high for over, low, high in box.sets):
            found.append((cost(small, leaves, lots), held))
    if not found:
        raise Infeasible("none")
    return {leaf: lots * small.lot for leaf, lots in min(found, key=lambda each: each[0])[1].items()}


def cost(small: Small, names: Sequence[str], lots: Sequence[int]) -> list[tuple[Fraction, int, int, int]]:
    """The lots given, in their one order: of two allocations the fairer has the smaller list."""
    order = list(small.nodes)
    claims = [small.figure("workforce", name) or 0 for name in names]
    keys = [key(claim, order.index(name), n) for name, claim, n in zip(names, claims, lots, strict=True)]
    return sorted((each for some in keys for each in some), reverse=True)


def by_levels(small: Small, box: Box, many: int) -> dict[str, int]:
    """From the top down; a node takes only what those below it can make up."""
    children: dict[str, list[str]] = {}
    for leaf in small.leaves:
        path = ("", *small.paths.get(leaf, ()), leaf)
        for up, down in pairwise(path):
            if down not in children.setdefault(up, []):
                children[up].append(down)

    def ways(node: str, total: int) -> Iterator[tuple[int, ...]]:
        below = children[node]
        tops = [
            box.low[child] if child in small.w and not small.w[child] else min(box.high[child], total)
            for child in below
        ]
        for lots in spread(total, [box.low[child] for child in below], tops):
            held = dict(zip(below, lots, strict=True))
            if all(sums(held, *each) for each in box.sets) and all(can(c, n) for c, n in held.items()):
                yield lots

    def sums(held: Mapping[str, int], over: frozenset[str], low: int, high: int) -> bool:
        inside = [name for name in held if over.issuperset(small.nodes[name])]
        if {leaf for name in inside for leaf in small.nodes[name]} != set(over):
            return True
        return low <= sum(held[name] for name in inside) <= high

    @lru_cache(None)
    def can(node: str, total: int) -> bool:
        return node in small.w or next(ways(node, total), None) is not None

    made: dict[str, int] = {}

    def share(node: str, total: int) -> None:
        if node in small.w:
            made[node] = total
            return
        found = list(ways(node, total))
        if not found:
            raise Infeasible(node)
        for child, lots in zip(
            children[node], min(found, key=lambda each: cost(small, children[node], each)), strict=True
        ):
            share(child, lots)

    share("", many)
    return made


def position(small: Small, leaf: str) -> str:
    """What a unit's position is, by deciding again without rules, one reason after the other."""
    now = best(small)[leaf]

    def without(*sides: str, grouped: bool = True) -> int:
        try:
            return best(replace(small, free=frozenset((leaf, side) for side in sides), grouped=grouped))[leaf]
        except Infeasible:
            return now

    rules = [(rule, covered(small, rule)) for rule in small.rules]
    for rule, names in rules:
        sides = rule.get("each", {})
        if leaf in names and len(sides) == 2:
            low, high = (members(small, sides[side], [leaf], False) for side in ("least", "most"))
            if low is not None and low == high:
                return "LOCKED"
    if without("least") < now or (now and not small.w[leaf]):
        return "AT_FLOOR"
    if without("most") > now:
        return "AT_CAP"
    limited = any(limits_a_group_of(small, rule, names, leaf) for rule, names in rules)
    if limited and {without(grouped=False), without("least", "most", grouped=False)} != {now}:
        return "AT_GROUP"
    return "BY_CLAIM"


def limits_a_group_of(small: Small, rule: Mapping[str, Any], names: Sequence[str], leaf: str) -> bool:
    """Whether a rule limits a set that a leaf is in, or a node that it is below."""
    if "together" in rule:
        over = {below for name in names for below in small.nodes[name]}
        return leaf in over and any(members(small, each, names, True) is not None for each in rule["together"].values())
    above_it = [name for name in names if name != leaf and leaf in small.nodes[name] and name not in small.w]
    sides = rule["each"].values()
    return any(members(small, each, [name], False) is not None for each in sides for name in above_it)

"""Sums over units, nested: which lies in which, and what each may hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from allocator.errors import InputError, fault
from allocator.model.signpost import IntArray

if TYPE_CHECKING:
    from allocator.model.bounds import GroupBounds


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
    def below(self) -> tuple[list[int], ...]:
        """Nodes directly in each node."""
        nodes = tuple[list[int], ...]([] for _ in self.names)
        for node, parent in enumerate(self.parent[1:], start=1):
            nodes[parent].append(node)
        return nodes

    @cached_property
    def direct(self) -> tuple[IntArray, ...]:
        """Units directly in each node, in table order."""
        home = np.array(self.home, dtype=np.int64)
        order = np.argsort(home, kind="stable")
        return tuple(np.split(order, np.searchsorted(home[order], np.arange(1, len(self.names)))))

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

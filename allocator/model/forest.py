"""Who is below whom in a tree of units; a flat table is a tree of one level."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from allocator.data.table import Table
from allocator.errors import InputError, fault


@dataclass(frozen=True)
class Forest:
    """Who is below whom. Nodes are the table's rows, then the parents that have no row of their own.

    Attributes:
        names: name of each node.
        parent: node above, −1 at the top.
        level: 1 at the top.
        children: nodes below each node.
    """

    names: tuple[str, ...]
    parent: tuple[int, ...]
    level: tuple[int, ...]
    children: tuple[tuple[int, ...], ...]

    @cached_property
    def depth(self) -> int:
        """Number of levels."""
        return max(self.level)

    @cached_property
    def position(self) -> dict[str, int]:
        """Node of each name."""
        return {name: node for node, name in enumerate(self.names)}

    @cached_property
    def leaves(self) -> tuple[int, ...]:
        """Nodes without any below them, in table order."""
        return tuple(node for node, below in enumerate(self.children) if not below)

    @cached_property
    def _shown(self) -> list[Sequence[int]]:
        every = list(enumerate(self.level))
        made: list[Sequence[int]] = [
            [node for node, at in every if at == level or (at < level and not self.children[node])]
            for level in range(1, self.depth + 1)
        ]
        return made if self.depth > 1 else [range(len(self.names))]

    def shown(self, level: int) -> Sequence[int]:
        """Nodes decided at a level, in table order: those on it, and leaves above it, which keep what they have.

        A range where they are all there are.
        """
        return self._shown[level - 1]

    @cached_property
    def _families(self) -> list[dict[int, tuple[int, ...]]]:
        every = list[dict[int, tuple[int, ...]]]()
        for level, shown in enumerate(self._shown, start=1):
            made: dict[int, list[int]] = {}
            for index, node in enumerate(shown):
                owner = node if self.level[node] < level else self.parent[node]
                if owner >= 0:
                    made.setdefault(owner, []).append(index)
            every.append({owner: tuple(units) for owner, units in made.items()})
        return every

    def families(self, level: int) -> dict[int, tuple[int, ...]]:
        """Positions at a level of the children of each node above it; of a leaf above it, its own."""
        return self._families[level - 1]

    def leaves_below(self, node: int) -> Iterator[int]:
        """Leaves of the tree under a node, itself if it is one."""
        if not self.children[node]:
            yield node
        for child in self.children[node]:
            yield from self.leaves_below(child)

    def above(self, node: int) -> Iterator[int]:
        """The nodes above a node, from the inside out."""
        while (node := self.parent[node]) >= 0:
            yield node


def forest(table: Table) -> Forest:
    """The tree that the `parent` column describes; InputError where a unit lies below itself."""
    names = list(table.units)
    if not any(table.parents):
        ones = (1,) * len(names)
        return Forest(table.units, (-1,) * len(names), ones, ((),) * len(names))
    position = {name: node for node, name in enumerate(names)}
    parents: list[int] = []
    for above in table.parents:
        if above is not None and above not in position:
            position[above] = len(names)
            names.append(above)
        parents.append(-1 if above is None else position[above])
    parents += [-1] * (len(names) - len(parents))
    children: list[list[int]] = [[] for _ in names]
    for node, owner in enumerate(parents):
        if owner >= 0:
            children[owner].append(node)
    level = [0] * len(names)
    reached = [node for node, above in enumerate(parents) if above < 0]
    for node in reached:
        level[node] = level[parents[node]] + 1 if parents[node] >= 0 else 1
        reached.extend(children[node])
    lost = [names[node] for node, at in enumerate(level) if at == 0]
    if lost:
        raise InputError(fault("tree.cycle", table.place, units=lost[:10]))
    return Forest(tuple(names), tuple(parents), tuple(level), tuple(map(tuple, children)))

"""Trees of units: a national target goes to provinces, theirs to districts, theirs to unions.

`hierarchy: at_once` decides the leaves in one problem, every node above them a group with its own floor and cap.
`hierarchy: levels` decides level by level from the top: what a node was given is the target of its children, and each
level may have its own `levels:` keys (lot, bounds, locks, …). A node's bounds are narrowed to what the units below it
can take and must take, so that no level is asked for what the next one cannot do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from allocator.data.table import Number, Table
from allocator.errors import InputError, fault
from allocator.model.bounds import GroupBounds, LotBounds, Rule, nest
from allocator.model.claims import MICRO, Claims
from allocator.model.problem import Problem, array
from allocator.model.scenario import Scenario

if TYPE_CHECKING:
    from allocator.model.allocation import Allocation

Posed = tuple[Claims, LotBounds, Problem]


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

    @property
    def depth(self) -> int:
        """Number of levels."""
        return max(self.level)

    def shown(self, level: int) -> list[int]:
        """Nodes decided at a level, in table order: those on it, and leaves above it, which keep what they have."""
        return [node for node, at in enumerate(self.level) if at == level or (at < level and not self.children[node])]

    def leaves_below(self, node: int) -> Iterator[int]:
        """Leaves of the tree under a node, itself if it is one."""
        if not self.children[node]:
            yield node
        for child in self.children[node]:
            yield from self.leaves_below(child)


def forest(table: Table) -> Forest:
    """The tree that the `parent` column describes; InputError where a unit lies below itself."""
    names = list(table.units)
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


def joined(posed: Sequence[Posed], tree: Forest, place: str) -> Posed:
    """All leaves in one problem, with a group for every node above them; `place` is where the groups were written."""
    leaves = tree.shown(tree.depth)
    position = {node: index for index, node in enumerate(leaves)}
    claimed, bounded, problem = posed[-1]
    groups: list[GroupBounds] = []
    for level, (_, above, upper) in enumerate(posed[:-1], start=1):
        for index, node in enumerate(tree.shown(level)):
            if tree.children[node]:
                units = tuple(sorted(position[leaf] for leaf in tree.leaves_below(node)))
                low, high = above.floor[index] * upper.lot, above.cap[index] * upper.lot
                groups.append(_group(tree.names[node], units, -(-low // problem.lot), high // problem.lot))
    return _grouped(claimed, bounded, problem, groups, place)


def level_problem(posed: Posed, tree: Forest, given: Mapping[int, int], level: int) -> Posed:
    """The problem of one level once the level above is decided: the quota of each parent is its children's target."""
    claimed, bounded, problem = posed
    families: dict[int, list[int]] = {}
    for index, node in enumerate(tree.shown(level)):
        owner = node if tree.level[node] < level else tree.parent[node]
        if owner >= 0:
            families.setdefault(owner, []).append(index)
    faults = [
        fault("tree.lot", "levels", unit=tree.names[owner], quota=given[owner], lot=problem.lot, level=level)
        for owner in families
        if given[owner] % problem.lot
    ]
    if faults:
        raise InputError(faults)
    groups = [
        _group(tree.names[owner], tuple(units), given[owner] // problem.lot, given[owner] // problem.lot)
        for owner, units in families.items()
    ]
    return _grouped(claimed, bounded, problem, groups, "groups")


def _grouped(claimed: Claims, bounded: LotBounds, problem: Problem, groups: Sequence[GroupBounds], place: str) -> Posed:
    bounded = replace(bounded, groups=(*bounded.groups, *groups))
    return claimed, bounded, replace(problem, tree=nest(bounded.groups, len(problem.claims), problem.lots, place))


def _group(name: str, units: tuple[int, ...], low: int, high: int) -> GroupBounds:
    rules = [Rule(kind, name, lots, True, units) for kind, lots in (("group_min", low), ("group_max", high))]
    return GroupBounds(name, units, rules[0], rules[1])


def narrowed(posed: Sequence[Posed], tree: Forest) -> list[Posed]:
    """Bounds of every level narrowed to what the level below can and must take, from the bottom up."""
    made = list(posed)
    least: dict[int, int] = {}
    most: dict[int, int] = {}
    for level in range(tree.depth, 0, -1):
        claimed, bounded, problem = made[level - 1]
        floor, cap = list(bounded.floor), list(bounded.cap)
        for index, node in enumerate(tree.shown(level)):
            if tree.children[node] and tree.level[node] == level:
                must, can = (sum(side[child] for child in tree.children[node]) for side in (least, most))
                floor[index] = max(floor[index], -(-must // problem.lot))
                cap[index] = min(cap[index], can // problem.lot)
        problem = replace(problem, floor=array(floor), cap=array(cap))
        for index, node in enumerate(tree.shown(level)):
            if tree.level[node] == level:
                least[node], most[node] = floor[index] * problem.lot, int(problem.top[index]) * problem.lot
        made[level - 1] = claimed, replace(bounded, floor=tuple(floor), cap=tuple(cap)), problem
    return made


def level_inputs(table: Table, scenario: Scenario, tree: Forest, level: int) -> tuple[Table, Scenario]:
    """The table of one level, and the scenario with that level's own keys and only the names it has."""
    nodes = tree.shown(level)
    part = level_table(table, tree, nodes)
    own = scenario.levels[level - 1].model_dump(exclude_none=True) if level <= len(scenario.levels) else {}
    made = scenario.changed(own) if own else scenario
    units: set[str | None] = set(part.units)
    kinds = set(part.kinds)
    changes = {
        "growth": made.growth.model_copy(update={"units": _named(made.growth.units, units)}),
        "bounds": made.bounds.model_copy(update={"units": _named(made.bounds.units, units)}),
        "locks": [lock for lock in made.locks if lock.unit in units],
        "groups": [g for g in made.groups if g.kind in kinds or (g.units and units.issuperset(g.units))],
        "uncertainty": made.uncertainty.model_copy(
            update={
                "units": _named(made.uncertainty.units, units),
                "kinds": _named(made.uncertainty.kinds, kinds),
                "factor": _named(made.uncertainty.factor, kinds),
                "correlation": {},
            }
        ),
    }
    return part, made.model_copy(update=changes)


def _named(values: Mapping[str, Any], names: set[str | None]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in names}


def level_table(table: Table, tree: Forest, nodes: Sequence[int]) -> Table:
    """The rows of some nodes; a node without a row of its own has the sums of its children's figures."""
    rows = len(table)

    def figure(column: tuple[Number | None, ...], node: int) -> Number | None:
        if node < rows:
            return column[node]
        known = [value for value in (figure(column, child) for child in tree.children[node]) if value is not None]
        return sum(known) if known else None

    return Table(
        tuple(tree.names[node] for node in nodes),
        {name: tuple(figure(column, node) for node in nodes) for name, column in table.columns.items()},
        tuple(table.kinds[node] if node < rows else None for node in nodes),
        tuple(tree.names[tree.parent[node]] if tree.parent[node] >= 0 else None for node in nodes),
        table.unusable,
        table.place,
    )


@dataclass(frozen=True)
class Total:
    """Sums over the leaves below one node: how many, persons, members; `published` None where a leaf's is blank."""

    unit: str
    parent: str | None
    level: int
    units: int
    workforce: int
    available: float
    quota: int
    published: Number | None


def node_totals(allocation: Allocation) -> list[Total]:
    """Sums of every node above the leaves, from the top; empty where there is no tree."""
    if allocation.whole is None:
        return []
    tree = forest(allocation.whole.table)
    position = {unit: index for index, unit in enumerate(allocation.table.units)}
    made = []
    for node in sorted((n for n in range(len(tree.names)) if tree.children[n]), key=lambda each: tree.level[each]):
        leaves = [position[tree.names[leaf]] for leaf in tree.leaves_below(node)]
        published = [allocation.published[leaf] for leaf in leaves]
        made.append(
            Total(
                tree.names[node],
                tree.names[tree.parent[node]] if tree.parent[node] >= 0 else None,
                tree.level[node],
                len(leaves),
                sum(allocation.claims.workforce[leaf] for leaf in leaves),
                sum(allocation.claims.available[leaf] for leaf in leaves) / MICRO,
                sum(allocation.quotas[leaf] for leaf in leaves),
                None if None in published else sum(each or 0 for each in published),
            )
        )
    return made

"""Trees of units: a national target goes to provinces, theirs to districts, theirs to unions.

`hierarchy: at_once` decides the leaves in one problem, every node above them a group with its own floor and cap.
`hierarchy: levels` decides level by level from the top: what a node was given is the target of its children, and each
level may have its own `levels:` keys (lot, bounds, locks, …). A node's bounds are narrowed to what the units below it
can take and must take, so that no level is asked for what the next one cannot do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from allocator.data.table import ATTAINMENT, Number, Table
from allocator.errors import Fault, InputError, fault
from allocator.model.bounds import Bound, GroupBounds, LotBounds
from allocator.model.checks import units_named
from allocator.model.claims import MICRO, Claims
from allocator.model.feasibility import check_feasible, reach
from allocator.model.forest import Forest
from allocator.model.limit import Limit
from allocator.model.nesting import nest
from allocator.model.problem import Problem, array
from allocator.model.scenario import Scenario

if TYPE_CHECKING:
    from allocator.model.allocation import Allocation

BEYOND_TARGETS = 1 << 40
"""Lots that no target has: what those below can take is a matter of their rules alone."""
Posed = tuple[Claims, LotBounds, Problem]


def attached(limits: Sequence[Limit], tree: Forest, at_once: bool) -> list[list[Limit]]:
    """The limits of each level from the top: those on single nodes all along, a sum at the first level that has it.

    A sum is had by a level where nodes shown there have together the leaves it is over, and no others; where all
    leaves are decided at once, it is theirs.
    """
    alone = [each for each in limits if not each.together]
    made: list[list[Limit]] = [list(alone) for _ in range(tree.depth)]
    for limit in limits:
        if not limit.together:
            continue
        if at_once:
            made[-1].append(limit)
            continue
        over = set(limit.nodes.tolist())
        for level in range(1, tree.depth + 1):
            nodes = [node for node in tree.shown(level) if over.issuperset(tree.leaves_below(node))]
            if sum(len(list(tree.leaves_below(node))) for node in nodes) == len(over):
                made[level - 1].append(replace(limit, nodes=array(nodes)))
                break
    return made


def joined(posed: Sequence[Posed], tree: Forest, place: str) -> Posed:
    """All leaves in one problem, with a group for every node above them; `place` is where the groups were written."""
    leaves = tree.shown(tree.depth)
    position = {node: index for index, node in enumerate(leaves)}
    claimed, bounded, problem = posed[-1]
    groups, notes = list[GroupBounds](), list(bounded.notes)
    for level, (_, above, upper) in enumerate(posed[:-1], start=1):
        for index, node in enumerate(tree.shown(level)):
            if tree.children[node]:
                units = tuple(sorted(position[leaf] for leaf in tree.leaves_below(node)))
                low, high = above.floor[index] * upper.lot, above.cap[index] * upper.lot
                sides = above.rule(index, least=True), above.rule(index, least=False)
                groups.append(_group(tree.names[node], units, -(-low // problem.lot), high // problem.lot, sides))
        notes += [note for note in above.notes if note not in notes]
    return _grouped((claimed, replace(bounded, notes=tuple(notes)), problem), groups, place)


def level_problem(posed: Posed, tree: Forest, given: Mapping[int, int], level: int) -> Posed:
    """The problem of one level once the level above is decided: the quota of each parent is its children's target."""
    lot, owners = posed[2].lot, tree.families(level)
    faults = [
        fault("tree.lot", "levels", unit=tree.names[owner], quota=given[owner], lot=lot, level=level)
        for owner in owners
        if given[owner] % lot
    ]
    if faults:
        raise InputError(faults)
    shares = ((owner, units, given[owner] // lot) for owner, units in owners.items())
    return _grouped(posed, [_group(tree.names[owner], units, lots, lots) for owner, units, lots in shares])


def family_problem(posed: Posed, units: Sequence[int], lots: int) -> Problem:
    """The problem of some units of a level, and of the groups among them, that share so many lots."""
    _, bounded, problem = posed
    at, rows = {unit: index for index, unit in enumerate(units)}, array(units)
    groups = [
        replace(each, units=tuple(at[unit] for unit in each.units)) for each in bounded.groups if each.units[0] in at
    ]
    return replace(
        problem,
        claims=problem.claims[rows],
        floor=problem.floor[rows],
        cap=problem.cap[rows],
        lots=lots,
        risk=problem.risk and tuple(problem.risk[unit] for unit in units),
        tree=nest(groups, len(units), lots),
    )


def _grouped(posed: Posed, groups: Sequence[GroupBounds], place: str = "groups") -> Posed:
    claimed, bounded, problem = posed
    bounded = replace(bounded, groups=(*bounded.groups, *groups))
    return claimed, bounded, replace(problem, tree=nest(bounded.groups, len(problem.claims), problem.lots, place))


def _group(
    name: str, units: tuple[int, ...], low: int, high: int, rules: tuple[Bound | None, ...] = (None, None)
) -> GroupBounds:
    sides = (
        Bound("", kind, name, lots) if rule is None else replace(rule, lots=lots)
        for kind, lots, rule in zip(("group_min", "group_max"), (low, high), rules, strict=True)
    )
    return GroupBounds(name, units, *sides)


def narrowed(posed: Sequence[Posed], tree: Forest, check: bool = True) -> list[Posed]:
    """Bounds of every level narrowed to what the level below can and must take, from the bottom up.

    Raises:
        InfeasibleError: at some level rules cannot hold together; those of the levels below that narrowed it are named.
    """
    made = list(posed)
    for level in range(tree.depth, 0, -1):
        _, bounded, problem = made[level - 1]
        if check:
            check_feasible(problem, bounded)
        if level == 1:
            break
        owners = tree.families(level)
        free = [GroupBounds(tree.names[owner], units) for owner, units in owners.items()]
        _, grouped, whole = _grouped(made[level - 1], free)
        least, most = reach(replace(whole, lots=BEYOND_TARGETS))
        upper = made[level - 2][2].lot
        position = {node: index for index, node in enumerate(tree.shown(level - 1))}
        low, high = (list(side) for side in (made[level - 2][1].floor, made[level - 2][1].cap))
        below = dict[tuple[bool, int], Callable[[], Bound]]()
        for owner, each in zip(owners, free, strict=True):
            index, (*_, node, _) = position[owner], whole.tree.ancestors(whole.tree.home[each.units[0]])
            must, can = -(-least[node] * problem.lot // upper), most[node] * problem.lot // upper
            for floor, lots, side in ((True, must, low), (False, can, high)):
                if lots > side[index] if floor else lots < side[index]:
                    side[index] = lots
                    below[floor, index] = partial(_below, grouped, each, lots, floor)
        claims_, bounds_, problem_ = made[level - 2]
        bounds_ = replace(bounds_, floor=tuple(low), cap=tuple(high), below=below)
        made[level - 2] = claims_, bounds_, replace(problem_, floor=array(low), cap=array(high))
    return made


def _below(bounded: LotBounds, family: GroupBounds, lots: int, floor: bool) -> Bound:
    """What the units below a node must or can take together, with the rules that say so; a leaf's own rule as it is."""
    alone = bounded.rule(family.units[0], least=floor)
    if alone is not None and bounded.names[family.units[0]] == family.name:
        return replace(alone, lots=lots)
    rules = (bounded.rule(unit, least=floor) for unit in family.units)
    groups = (each.floor if floor else each.cap for each in bounded.groups if set(each.units) <= set(family.units))
    found = tuple(each for each in (*rules, *groups) if each is not None and (each.lots or not floor))
    return Bound("", "below_min" if floor else "below_max", family.name, lots, found)


def level_inputs(table: Table, scenario: Scenario, tree: Forest, level: int) -> tuple[Table, Scenario]:
    """The table of one level, and the scenario with that level's own keys and only the names it has."""
    nodes = tree.shown(level)
    part = level_table(table, tree, nodes)
    own = scenario.levels[level - 1].model_dump(exclude_unset=True) if level <= len(scenario.levels) else {}
    own = {key: value for key, value in own.items() if value is not None}
    made = scenario.changed(own) if own else scenario
    units: set[str | None] = set(part.units)
    kinds = set(part.kinds)
    changes = {
        "growth": made.growth.model_copy(update={"units": _inherited(made.growth.units, tree, nodes)}),
        "rules": [],
        "bounds": made.bounds.model_copy(update={"units": _named(made.bounds.units, units)}),
        "locks": [lock for lock in made.locks if lock.unit in units],
        "groups": [g for g in made.groups if (units.issuperset(g.units) if g.units else g.kind in kinds)],
        "levels": [],
        "uncertainty": _uncertainty(made, tree, level, kinds),
    }
    return part, made.model_copy(update=changes)


def _uncertainty(scenario: Scenario, tree: Forest, level: int, kinds: set[str | None]) -> Any:
    whole, nodes, drivers = scenario.uncertainty, tree.shown(level), {each.column for each in scenario.drivers}

    def part(each: Any) -> Any:
        own = {"units": _inherited(each.units, tree, nodes), "kinds": _named(each.kinds, kinds)}
        return each.model_copy(update=own)

    own: dict[str, Any] = {keys[0]: part(each) for keys, each in whole.inexact.items() if len(keys) == 1}
    own["columns"] = {name: part(each) for name, each in whole.columns.items() if name in drivers}
    own["correlation"] = _pairs(whole.correlation, tree) if level == tree.depth else {}
    own["factor"] = _named(whole.factor, kinds)
    return part(whole).model_copy(update=own)


def _named(values: Mapping[str, Any], names: set[str | None]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in names}


def _inherited(values: Mapping[str, Any], tree: Forest, nodes: Sequence[int]) -> dict[str, Any]:
    """What is said of each node, or else of the nearest node above it."""
    made = {}
    if values:
        for node in nodes:
            named = next((tree.names[each] for each in (node, *tree.above(node)) if tree.names[each] in values), None)
            if named is not None:
                made[tree.names[node]] = values[named]
    return made


def _pairs(correlation: Mapping[str, Mapping[str, float]], tree: Forest) -> dict[str, dict[str, float]]:
    """Correlations between leaves: what is said of an inner node is said of each leaf below it."""
    made: dict[str, dict[str, float]] = {}
    for first, row in correlation.items():
        for second, value in row.items():
            for one in tree.leaves_below(tree.position[first]):
                for other in tree.leaves_below(tree.position[second]):
                    if one != other or first == second == tree.names[one]:
                        made.setdefault(tree.names[one], {})[tree.names[other]] = value
    return made


def level_faults(scenario: Scenario, tree: Forest) -> list[Fault]:
    """Units that the keys of a level name and that are on another level."""
    made = []
    for keys, name in units_named(scenario):
        if keys[0] == "levels" and (at := tree.level[tree.position[name]]) != int(keys[1]) + 1:
            made.append(fault("tree.other_level", scenario.place(*keys), name=name, level=int(keys[1]) + 1, at=at))
    return made


def level_table(table: Table, tree: Forest, nodes: Sequence[int]) -> Table:
    """The rows of some nodes; a figure an inner node has none of, but a share, is the sum of those below it."""
    rows = len(table)

    def figure(column: tuple[Number | None, ...], node: int) -> Number | None:
        if node < rows and (column[node] is not None or not tree.children[node]):
            return column[node]
        known = [value for value in (figure(column, child) for child in tree.children[node]) if value is not None]
        return sum(known) if known else None

    return Table(
        tuple(tree.names[node] for node in nodes),
        {
            name: tuple(
                (column[node] if node < rows else None) if name == ATTAINMENT else figure(column, node)
                for node in nodes
            )
            for name, column in table.columns.items()
        },
        tuple(table.kinds[node] if node < len(table.kinds) else None for node in nodes),
        tuple(tree.names[tree.parent[node]] if tree.parent[node] >= 0 else None for node in nodes),
        table.unusable,
        table.place,
        {name: tuple(cells[node] if node < rows else None for node in nodes) for name, cells in table.texts.items()},
        tuple(len(list(tree.leaves_below(node))) for node in nodes),
    )


def node_totals(allocation: Allocation) -> Iterator[dict[str, Any]]:
    """Sums over the leaves below every node above them, from the top: how many, persons, members.

    `published` is None where a leaf's is blank. There are none where there is no tree.
    """
    tree, measured = allocation.ground.tree, allocation.table.measured
    position = {leaf: index for index, leaf in enumerate(tree.leaves)}
    for node in sorted((n for n in range(len(tree.names)) if tree.children[n]), key=lambda each: tree.level[each]):
        leaves = [position[leaf] for leaf in tree.leaves_below(node)]
        published = [allocation.published[leaf] for leaf in leaves]
        yield {
            "unit": tree.names[node],
            "parent": tree.names[tree.parent[node]] if tree.parent[node] >= 0 else None,
            "level": tree.level[node],
            "units": len(leaves),
            "workforce": sum(allocation.claims.workforce[leaf] for leaf in leaves) if measured else None,
            "available": sum(allocation.claims.available[leaf] for leaf in leaves) / MICRO if measured else None,
            "quota": sum(allocation.quotas[leaf] for leaf in leaves),
            "published": None if None in published else sum(each or 0 for each in published),
        }

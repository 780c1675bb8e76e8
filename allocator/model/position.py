"""Where each unit stands, as statements about deciding again.

`LOCKED`: a lock holds it. `AT_FLOOR`: without all minima on it alone it would get less. `AT_CAP`: without all maxima on
it alone, more. `AT_GROUP`: rules on sums it is in, or on nodes above it, decide it: without all such rules, or without
them and its own bounds, it would get another quota. `BY_CLAIM`: none of these.

An optimum of the relaxed problem differs by single exchanges (Murota, Discrete Convex Analysis, SIAM 2003, theorem
6.26): a unit would get less without its floor exactly when its last lot comes after the first one that the groups let
it be exchanged for. So floors and caps take one pass over the groups, group rules one more decision and that pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from allocator.errors import InfeasibleError
from allocator.model.certificate import Interval, ends, intersection, sides_open
from allocator.model.problem import Problem, array, sums
from allocator.model.risk import with_risk
from allocator.model.signpost import IntArray
from allocator.model.waterfill import NEAR

if TYPE_CHECKING:
    from allocator.model.allocation import Allocation
    from allocator.model.limit import Limit

BoolArray = NDArray[np.bool_]
BANDS = ("note.rule_band", "note.rule_band_low")
"""Notes of a unit between whose least and most no whole lot lies."""


def positions(allocation: Allocation) -> tuple[str, ...]:
    """Position of each unit, in table order."""
    ground, units = allocation.ground, allocation.table.units
    less, more = _held_alone(allocation)
    made = np.where(less, "AT_FLOOR", np.where(more, "AT_CAP", "BY_CLAIM")).astype(object)
    if (free := allocation.ungrouped) is not None:
        differs = array(free.lots) != array(allocation.lots)
        for side in _held_alone(free):
            differs |= side
        for unit in np.flatnonzero(_doubtful(free)).tolist():
            differs[unit] = free.lots[unit] != allocation.lots[unit] or _without(free, unit, True, False) != 0
        made[(made == "BY_CLAIM") & differs & grouped(allocation)] = "AT_GROUP"
    if ground.rules.locked:
        made[[ground.tree.position[unit] in ground.rules.locked for unit in units]] = "LOCKED"
    return tuple(made.tolist())


def tight(allocation: Allocation, limit: Limit) -> bool:
    """Whether a unit sits on a limit: one lot less, or more, would break it.

    A floor of nothing holds nobody, nor does a cap of nothing on units that claim nothing.
    """
    tree, stages = allocation.ground.tree, allocation.ground.levels
    level = array(tree.level)[limit.nodes] if not limit.together else np.full(1, _decided_at(allocation, limit))
    have, some = (
        each[limit.nodes].sum(keepdims=True) if limit.together else each[limit.nodes]
        for each in (allocation.held, allocation.claimed)
    )
    for at in sorted(set(level.tolist())):
        own = level == at
        lot, bound = stages[at - 1].scenario.lot, limit.lots(stages[at - 1].scenario.lot)[own]
        step = stages[-1].scenario.lot if allocation.ground.at_once else lot
        if limit.least and ((have[own] - step < bound * lot) & (bound > 0)).any():
            return True
        if not limit.least and ((have[own] + step > bound * lot) & ((bound > 0) | (some[own] > 0))).any():
            return True
    return False


def _decided_at(allocation: Allocation, limit: Limit) -> int:
    """The level at which a sum is limited."""
    sums = enumerate(([each.key for each in limits if each.together] for limits in allocation.ground.attached), start=1)
    return next(level for level, keys in sums if limit.key in keys)


def grouped(allocation: Allocation) -> BoolArray:
    """Whether each unit is in a sum, or below a node, that a rule limits; the default largest share is none."""
    tree, default = allocation.ground.tree, allocation.ground.scenario.bounds.max_share == 1
    marked = np.zeros(len(tree.names), dtype=bool)
    for limit in allocation.ground.group_limits[0]:
        if not (default and limit.entry.key == "bounds.max_share" and limit.entry.key not in allocation.binding):
            marked[limit.nodes] = True
    if tree.depth == 1:
        return marked
    return np.array(
        [marked[leaf] or any(marked[node] for node in tree.above(leaf)) for leaf in allocation.ground.leaves.tolist()]
    )


def _held_alone(allocation: Allocation) -> tuple[BoolArray, BoolArray]:
    """Units that would get less without all minima on them alone, and those that would get more without maxima."""
    every = (*allocation.above, allocation)
    less, more = _one_lot(every[0])
    for upper, lower in pairwise(every):
        less, more = _through(upper, lower, (less, more))
    doubtful = _doubtful(allocation)
    for unit in np.flatnonzero(doubtful).tolist():
        less[unit], more[unit] = _without(allocation, unit, True) < 0, _without(allocation, unit, False) > 0
    held = array(allocation.lots) > 0
    if any(each.key == "note.rule_alike" for each in allocation.notes):
        less = np.where(doubtful, less, held)
    return less | (held & (allocation.problem.claims == 0)), more


def _one_lot(allocation: Allocation) -> tuple[BoolArray, BoolArray]:
    """The same in the problem of one level, its target standing still."""
    problem, lots, now = allocation.problem, allocation.lots, array(allocation.lots)
    less, more = (problem.claims == 0) & (now > 0) & (now == problem.floor), np.zeros(len(now), dtype=bool)
    home, reached = array(problem.tree.home), around(problem, lots, allocation.intervals)
    following = np.array([problem.cost(*each.next[2:]) if each.next else np.inf for each in reached])
    last = np.array([problem.cost(*each.last[2:]) if each.last else -np.inf for each in reached])
    floored = np.flatnonzero((now == problem.floor) & (now > 0) & (problem.claims > 0))
    dear = problem.costs(floored, now[floored]) >= following[home[floored]] * (1 - NEAR)
    for unit in floored[dear].tolist():
        cheapest = reached[home[unit]].next
        less[unit] = cheapest is not None and problem.key(unit, lots[unit]) > cheapest
    capped = np.flatnonzero((now == problem.cap) & (problem.claims > 0))
    further = _further(allocation, capped)
    cheap = further.costs(capped, now[capped] + 1) <= last[home[capped]] * (1 + NEAR)
    for unit in capped[cheap].tolist():
        dearest = reached[home[unit]].last
        more[unit] = dearest is not None and further.key(unit, lots[unit] + 1) < dearest
    return less, more


def _further(allocation: Allocation, capped: IntArray) -> Problem:
    """The problem with the costs of one lot beyond the caps of some units; they are known but for risk."""
    problem = allocation.problem
    if problem.risk is None or not len(capped):
        return problem
    cap = problem.cap.copy()
    cap[capped] += 1
    return with_risk(allocation.table, allocation.scenario, replace(problem, cap=cap, lots=problem.lots + 1))


def around(problem: Problem, lots: Sequence[int], at: Sequence[Interval]) -> list[Interval]:
    """For each node of the groups: the dearest lot that could come to it, the cheapest that one there could go to."""
    tree, held = problem.tree, sums(problem, lots)
    made = [at[0]]
    for node in range(1, len(at)):
        # What comes from outside is stopped where what leaves is not: floor and cap change places.
        outside = sides_open(made[tree.parent[node]], held[node], tree.cap[node], tree.floor[node])
        made.append(intersection((at[node], outside)))
    return made


def _through(upper: Allocation, lower: Allocation, above: tuple[BoolArray, BoolArray]) -> tuple[BoolArray, BoolArray]:
    """One level further down a tree: a bound also holds a unit through what it makes the node above take.

    A node that sits on what the units below it must take lets the one with the relaxed floor go down, where the node
    itself would get less; likewise for caps. Exact where all levels have one lot and there are no sums.
    """
    tree, level = lower.ground.tree, len(upper.above) + 2
    position = {node: index for index, node in enumerate(tree.shown(level - 1))}
    owner = np.full(len(lower.lots), -1)
    itself = np.zeros(len(lower.lots), dtype=bool)
    for node, units in tree.families(level).items():
        owner[list(units)] = position[node]
        itself[list(units)] = not tree.children[node]
    now, made = array(lower.lots), list[BoolArray]()
    for floor, own, moved in zip((True, False), _one_lot(lower), above, strict=True):
        bound = lower.problem.floor if floor else lower.problem.cap
        opened = (_squeezed(upper, floor)[owner] | itself) & moved[owner]
        made.append(own | (opened & (now == bound) & (now > 0 if floor else lower.problem.claims > 0)))
    return made[0], made[1]


def _squeezed(upper: Allocation, floor: bool) -> BoolArray:
    """Nodes that sit on what the units below them must take, or can, where they claim more."""
    made = np.zeros(len(upper.lots), dtype=bool)
    bound = upper.bounds.floor if floor else upper.bounds.cap
    for side, unit in upper.bounds.below:
        if side == floor:
            made[unit] = upper.lots[unit] == bound[unit] and (floor or upper.problem.claims[unit] > 0)
    return made


def _doubtful(allocation: Allocation) -> BoolArray:
    """Units for which only deciding again tells whether a bound holds them.

    Those with a band that has no whole lot, whose other end is also rounded; some where all minima exceed the target;
    where lots differ between levels, or sums stand between, those below a squeezed node or decided at several levels.
    """
    ground, made = allocation.ground, np.zeros(len(allocation.lots), dtype=bool)
    position = {unit: index for index, unit in enumerate(allocation.table.units)}
    for note in allocation.notes:
        if note.key in BANDS and note.values["unit"] in position:
            made[position[note.values["unit"]]] = True
        elif note.key == "note.rule_alike":
            made |= _alike_doubtful(allocation)
    lots = {each.scenario.lot for each in ground.levels}
    if allocation.above and (len(lots) > 1 or any(each.together for each in ground.rules.limits)):
        made |= _below_squeezed(allocation)
    return made


def _alike_doubtful(allocation: Allocation) -> BoolArray:
    """Units that may hold what they do without their minima, too, where all minima exceed the target.

    Then every unit sits on its floor, and what one no longer has to take goes to those that gave way. Only a unit that
    gave way alone may hold as much; and where sums stand in the way of the others, nothing may be possible at all.
    """
    ground, now = allocation.ground, array(allocation.lots)
    promised = np.zeros(len(ground.tree.names), dtype=np.int64)
    for limit in ground.rules.limits:
        if limit.least and not limit.together:
            np.maximum.at(promised, limit.nodes, limit.lots(allocation.problem.lot))
    for note in allocation.notes:
        if note.key in BANDS and (node := ground.tree.position.get(note.values["unit"])) is not None:
            promised[node] = note.values["low"] // allocation.problem.lot
    most = ground.summed((promised[ground.leaves] * allocation.problem.lot).tolist())
    for limit in ground.group_limits[0]:
        sums = most[limit.nodes].sum() if limit.together else most[limit.nodes]
        if limit.least or (limit.lots(1) < sums).any():
            return np.asarray(now > 0)
    cut = promised[ground.leaves] > now
    return np.asarray(cut & (cut.sum() == 1))


def squeezing(upper: Allocation, held: IntArray) -> Iterator[str]:
    """Keys of the rules further down that a node sits on: they make what the units below it must, or can, take.

    What they can take is no limit where it is all that there is to give: `held`, members of every node, tells.
    """
    tree, lot = upper.ground.tree, upper.problem.lot
    nodes, sits = tree.shown(len(upper.above) + 1), {side: _squeezed(upper, side) for side in (True, False)}
    owners = [next(iter(tree.above(node)), None) for node in nodes]
    given = [upper.problem.lots if owner is None else int(held[owner]) // lot for owner in owners]
    bounds = [
        told()
        for (least, unit), told in upper.bounds.below.items()
        if sits[least][unit] and (least or upper.bounds.cap[unit] < given[unit])
    ]
    for each in bounds:
        bounds += each.made_by
        yield each.key


def _below_squeezed(allocation: Allocation) -> BoolArray:
    """Units below a node that sits on what those below it must, or can, take; and those that several levels decide."""
    tree = allocation.ground.tree
    marked = set[int]()
    for upper in allocation.above:
        nodes = tree.shown(len(upper.above) + 1)
        marked |= {nodes[unit] for side in (True, False) for unit in np.flatnonzero(_squeezed(upper, side)).tolist()}
    leaves = allocation.ground.leaves.tolist()
    return np.array(
        [tree.level[leaf] < tree.depth or not marked.isdisjoint((leaf, *tree.above(leaf))) for leaf in leaves]
    )


def _without(allocation: Allocation, unit: int, *sides: bool) -> int:
    """Lots that a unit would hold more without its own minima (True), maxima (False) or both, by deciding again."""
    limits = allocation.ground.rules.limits
    mine = [
        (limit.nodes == allocation.ground.leaves[unit]) & (limit.least in sides and not limit.together)
        for limit in limits
    ]
    if not any(each.any() for each in mine):
        return 0
    try:
        kept = [limit.among(~each) for limit, each in zip(limits, mine, strict=True) if not each.all()]
        return allocation.again(kept).lots[unit] - allocation.lots[unit]
    except InfeasibleError:
        return 0


def family_ends(every: Sequence[Allocation]) -> Mapping[int, tuple[float | None, float | None]]:
    """Both ends of π in the family of each inner node of a tree that was decided level by level."""
    made = dict[int, tuple[float | None, float | None]]()
    for level, each in enumerate(every[1:], start=2):
        problem = each.problem
        innermost = {units: node for node, units in enumerate(problem.tree.inside)}
        for owner, units in each.ground.tree.families(level).items():
            if each.ground.tree.children[owner]:
                made[owner] = ends(problem, each.intervals, innermost[units])
    return made

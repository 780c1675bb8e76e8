"""What moves beside a unit: the lots that the others give, or take, one after another, while its own move.

For one unit fixed at n lots the program's least objective is convex in n, and the next lot it takes is one lot of one
other unit (the objective is M-convex): the others give their dearest lots in order, or take their cheapest. Groups
leave that order as it is and only cut it: one that the unit is not in gives lots until its floor, one that it is in
takes them from outside until its cap. So all units of a group read the same order, each passing over its own lots.

Source: Murota, Discrete Convex Analysis (SIAM, 2003), chapter 6.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from allocator.model.bounds import Loosened
from allocator.model.feasibility import feasible
from allocator.model.grounds import Grounds
from allocator.model.hierarchy import Posed, family_problem, narrowed
from allocator.model.nested import exact_order, numbered, whole_lots_nested
from allocator.model.problem import ANY_LOTS, Problem, array, sums
from allocator.model.signpost import IntArray

if TYPE_CHECKING:
    from allocator.model.allocation import Allocation

FIRST, MORE = 1 << 12, 8
"""Lots listed at first, and how many times as many where a unit reads to the end."""
MOST_KEPT = 1 << 18
"""Groups times lots up to which what is listed is kept; beyond it a problem is solved anew in less time and memory."""


@dataclass(frozen=True, eq=False)
class Others:
    """The lots that move beside the units of one group, in order, as far as they are listed.

    Attributes:
        members: those units.
        units, k: whose each lot is, and which of its lots.
        spare: lots that each unit, of all, could move itself.
        count: lots in the order, listed or not, those of the unit that reads it among them.
    """

    members: list[int]
    units: IntArray
    k: IntArray
    spare: IntArray
    count: int

    @cached_property
    def _by_unit(self) -> tuple[IntArray, IntArray]:
        order = np.argsort(self.units, kind="stable")
        return order, np.searchsorted(self.units[order], np.arange(len(self.spare) + 1))

    def passed(self, unit: int) -> IntArray:
        """Places of the lots that a unit passes over: its own."""
        order, starts = self._by_unit
        return order[starts[unit] : starts[unit + 1]]

    def far(self, unit: int) -> int:
        """Most lots that the others could move beside a unit."""
        return self.count - int(self.spare[unit])


def beside(problem: Problem, lots: IntArray, side: int, size: int) -> Iterator[Others]:
    """The order of each group.

    Args:
        problem: the problem.
        lots: its optimum.
        side: whether the units that read it give (−1) or take (1).
        size: lots to list, about.
    """
    tree, held = problem.tree, sums(problem, lots)
    members = [each.tolist() for each in tree.direct]
    gives = [ANY_LOTS if low is None else has - low for has, low in zip(held, tree.floor, strict=True)]
    takes = [ANY_LOTS if high is None else high - has for has, high in zip(held, tree.cap, strict=True)]
    until, from_outside = (gives, takes)[::side]
    spare = lots - problem.floor if side > 0 else problem.limit - lots
    units, k = _listed(problem, lots, -side, spare, size)
    homes, moves = array(tree.home)[units], spare.tolist()
    whole: list[tuple[IntArray, int]] = [(np.flatnonzero(homes == node), 0) for node in range(len(held))]
    inside = list(whole)
    for node in reversed(range(len(held))):
        parts = [whole[node], *(inside[each] for each in tree.below[node])]
        count = sum(moves[unit] for unit in members[node]) + sum(each for _, each in parts)
        whole[node] = np.sort(np.concatenate([each for each, _ in parts])), count
        inside[node] = whole[node][0][: until[node]], min(count, until[node])
    outside = [(array([]), 0)] * len(held)
    for node, (own, count) in enumerate(whole):
        order, every = np.sort(np.concatenate((own, outside[node][0]))), count + outside[node][1]
        yield Others(members[node], units[order], k[order], spare, every)
        for each in tree.below[node]:
            rest, most = order[~np.isin(order, inside[each][0], assume_unique=True)], from_outside[each]
            outside[each] = rest[:most], min(every - inside[each][1], most)


def _listed(problem: Problem, lots: IntArray, side: int, spare: IntArray, size: int) -> tuple[IntArray, IntArray]:
    """The first lots, some `size`, that would be given beyond (1) or taken back (−1): whose, and which, in order."""
    share = np.minimum(spare, 1 + (size * (problem.claims / max(1, problem.claims.sum()))).astype(np.int64))
    units, nth = numbered(share)
    k = lots[units] + (1 + nth if side > 0 else -nth)
    if (more := np.flatnonzero(spare > share)).size:
        # Beyond the nearest lot that is left out the list would have gaps.
        end = (side * problem.costs(more, lots[more] + (1 + share if side > 0 else -share)[more])).min()
        near = side * problem.costs(units, k) < end
        units, k = units[near], k[near]
    order = exact_order(problem, units, k)[::side]
    return units[order], k[order]


@dataclass(frozen=True, eq=False)
class Standing:
    """A problem at its optimum; what moves beside its units is listed when it is asked for, and once.

    Attributes:
        problem: the problem.
        lots: its optimum.
    """

    problem: Problem
    lots: IntArray
    _listed: dict[tuple[int, int], list[Others]] = field(default_factory=dict)

    def others(self, side: int, size: int) -> list[Others]:
        """What `beside` lists, so many lots of it on that side."""
        if (side, size) not in self._listed:
            self._listed[side, size] = list(beside(self.problem, self.lots, side, size))
        return self._listed[side, size]

    def lots_of(self, unit: int, other: Problem) -> int:
        """A unit's lots in the optimum of another feasible problem, read off this one where no more than it differs."""
        now = self.problem
        pairs = ((now.claims, other.claims), (now.floor, other.floor), (now.cap, other.cap))
        alike = now.tree == other.tree or len(now.tree.names) == len(other.tree.names) == 1
        alike = alike and (now.lot, now.signpost) == (other.lot, other.signpost)
        alike = alike and now.risk is None and other.risk is None and len(now.tree.names) * now.lots <= MOST_KEPT
        if alike and all((np.flatnonzero(one != two) == unit).all() for one, two in pairs):
            return self.moved({unit: other})[unit]
        return int(whole_lots_nested(other)[unit])

    def moved(self, changed: Mapping[int, Problem]) -> dict[int, int]:
        """Lots of each unit in the optimum of a problem of its own, in which its claim and bounds are others.

        Args:
            changed: each unit's problem, feasible, otherwise as this one; without groups its target may be another.
        """
        # What more there is to place the unit has to begin with, what less is taken from it.
        held = {unit: int(self.lots[unit]) + each.lots - self.problem.lots for unit, each in changed.items()}
        made = dict(held)
        for side in (1, -1):
            busy, size = set(changed), FIRST
            while busy:
                left = set[int]()
                for others in self.others(side, size):
                    for unit in busy.intersection(others.members):
                        now, own = held[unit], changed[unit]
                        least, most = (side * (int(end[unit]) - now) for end in (own.floor, own.top)[::side])
                        most = min(most, others.far(unit))
                        listed = min(most, len(others.units) - len(others.passed(unit)))
                        steps = max(0, least)
                        if steps < most:
                            steps = _wanted(others, own, unit, now, side, steps, listed)
                        left |= {unit} if listed <= steps < most else set()
                        if steps:
                            made[unit] = now + side * steps
                busy, size = left, MORE * size
        return made


def _wanted(others: Others, own: Problem, unit: int, now: int, side: int, least: int, listed: int) -> int:
    """Lots of the first `listed` that a unit has to move, or would rather move than leave, compared exactly."""
    passed = others.passed(unit)
    before = passed - np.arange(len(passed))

    def stays(steps: int) -> bool:
        place = steps + int(np.searchsorted(before, steps)) - 1
        theirs = own.key(int(others.units[place]), int(others.k[place]))
        mine = own.key(unit, now + steps if side > 0 else now - steps + 1)
        return mine > theirs if side > 0 else mine < theirs

    return least + bisect_left(range(least + 1, listed + 1), True, key=stays)


@dataclass(frozen=True, eq=False)
class Decided:
    """An allocation, to read others off: its problem, and where levels decide one after the other that of each family.

    Attributes:
        made: the allocation.
    """

    made: Allocation
    _standing: dict[int, Standing] = field(default_factory=dict)

    @cached_property
    def _whole(self) -> Standing:
        return Standing(self.made.problem, array(self.made.lots))

    @cached_property
    def _stated(self) -> list[Posed]:
        ground = self.made.ground
        return narrowed(ground.posed(), ground.tree)

    def _family(self, level: int, owner: int, units: Sequence[int]) -> Standing:
        """The units below a node that decides what they share out; all of the top level below none."""
        if owner not in self._standing:
            lots = array((*self.made.above, self.made)[level - 1].lots)[array(units)]
            stated = family_problem(self._stated[level - 1], units, int(lots.sum()))
            self._standing[owner] = Standing(stated, lots)
        return self._standing[owner]

    def quota(self, leaf: int, ground: Grounds, loosened: Loosened | None = None) -> int | None:
        """A leaf's quota decided on other grounds, members; None where there is none.

        Level by level nothing is decided but the family that the leaf is in, and those that the nodes above it are in:
        what is given to one node has to be a whole number of lots of the level below.

        Raises:
            InfeasibleError: the rules of a tree that is decided level by level cannot hold together.
        """
        posed, tree = ground.posed(loosened), ground.tree
        if ground.at_once:
            problem = ground.whole(posed)[2]
            return self._whole.lots_of(leaf, problem) * problem.lot if feasible(problem) else None
        node = int(ground.leaves[leaf])
        owner, quota, path = -1, ground.scenario.target, reversed((node, *tree.above(node)))
        for level, (each, stated) in enumerate(zip(path, narrowed(posed, tree), strict=False), start=1):
            shown, lot = tree.shown(level), stated[2].lot
            units = tree.families(level).get(owner, range(len(shown)))
            family = family_problem(stated, units, quota // lot)
            quota = self._family(level, owner, units).lots_of(units.index(shown.index(each)), family) * lot
            owner = each
        return quota

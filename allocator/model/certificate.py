"""The certificate: lots are compared exactly, without a solver and without prices.

A unit's interval reaches from the key of its last lot (−∞ at its floor) to the key of its next lot (+∞ at its cap). A
group intersects its children's intervals: an empty intersection means that a lot can move inside it and less is asked.
A group at its floor opens downwards to its parent, one at its cap opens upwards. What is left at the root are the two
ends of the marginal effort π. Keys carry the order that settles ties, so the allocation they prove is the one optimum;
where both ends cost the same, that order decided a tie.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocator.model.problem import Key, Problem, array, sums
from allocator.model.signpost import FloatArray, IntArray
from allocator.model.waterfill import NEAR


@dataclass(frozen=True)
class Interval:
    """Where the effort that separates given lots from those not given may lie.

    Attributes:
        last: key of the dearest lot given that could be taken back; None for −∞.
        next: key of the cheapest lot not given that could be; None for +∞.
    """

    last: Key | None
    next: Key | None

    @property
    def empty(self) -> bool:
        """Whether moving the last lot to the next one's unit would ask less."""
        return self.last is not None and self.next is not None and self.last > self.next


@dataclass(frozen=True)
class Tie:
    """Lots of equal cost of which not all could be given.

    Attributes:
        effort: their cost, members asked per member of claim.
        given: positions of the units that got theirs.
        waiting: positions of the units that did not.
        level: level of the tree at which it was decided, whose units they are; 1 in a flat table.
    """

    effort: float
    given: tuple[int, ...]
    waiting: tuple[int, ...]
    level: int


def unit_interval(problem: Problem, unit: int, lots: int) -> Interval:
    """The interval of one unit that holds `lots`."""
    last = problem.key(unit, lots) if lots > problem.floor[unit] else None
    following = problem.key(unit, lots + 1) if lots < problem.limit[unit] else None
    return Interval(last, following)


def intersection(intervals: Iterable[Interval]) -> Interval:
    """The dearest last lot and the cheapest next lot of all."""
    last: Key | None = None
    following: Key | None = None
    for each in intervals:
        if each.last is not None and (last is None or each.last > last):
            last = each.last
        if each.next is not None and (following is None or each.next < following):
            following = each.next
    return Interval(last, following)


def intervals(problem: Problem, lots: Sequence[int]) -> list[Interval]:
    """The intersection at every node of the tree, before its own floor or cap opens it to its parent.

    Args:
        problem: the problem.
        lots: whole lots of each unit, within all floors and caps.

    Returns:
        One interval a node. The allocation is the optimum exactly when none is empty.
    """
    tree = problem.tree
    held = sums(problem, lots)
    direct = _unit_intervals(problem, lots)
    made: list[Interval] = [Interval(None, None)] * len(held)
    for node in range(len(held) - 1, -1, -1):
        inner = (sides_open(made[each], held[each], tree.floor[each], tree.cap[each]) for each in tree.below[node])
        made[node] = intersection((direct[node], *inner))
    return made


def _unit_intervals(problem: Problem, lots: Sequence[int]) -> list[Interval]:
    """The intersection over the units that lie directly in each node.

    Floating point finds the few units that can decide it, exact keys decide among them.
    """
    home, now = array(problem.tree.home), array(lots)
    made: list[list[Interval]] = [[] for _ in problem.tree.names]
    held, open_ = np.flatnonzero(now > problem.floor), np.flatnonzero(now < problem.limit)
    for unit in held[_extreme(problem.costs(held, now[held]), home[held], len(made), np.maximum)].tolist():
        made[home[unit]].append(Interval(problem.key(unit, int(now[unit])), None))
    for unit in open_[_extreme(problem.costs(open_, now[open_] + 1), home[open_], len(made), np.minimum)].tolist():
        made[home[unit]].append(Interval(None, problem.key(unit, int(now[unit]) + 1)))
    return [intersection(each) for each in made]


def _extreme(costs: FloatArray, group: IntArray, groups: int, side: np.ufunc) -> NDArray[np.bool_]:
    """Which costs are too close to their group's largest (smallest) for floating point to rule them out."""
    best = np.full(groups, -np.inf if side is np.maximum else np.inf)
    side.at(best, group, costs)
    margin = NEAR * np.abs(best[group])
    return np.asarray(np.abs(costs - best[group]) <= margin)


def sides_open(interval: Interval, held: int, floor: int | None, cap: int | None) -> Interval:
    """A group's interval as its parent sees it: no lot leaves a group at its floor, none enters one at its cap."""
    return Interval(None if held == floor else interval.last, None if held == cap else interval.next)


def violation(problem: Problem, lots: Sequence[int]) -> tuple[str, int] | None:
    """The first bound that `lots` break: (`unit` or `group`, its index); None where they keep all of them."""
    for unit, (each, floor, cap) in enumerate(zip(lots, problem.floor.tolist(), problem.cap.tolist(), strict=True)):
        if not floor <= each <= cap:
            return "unit", unit
    for node, held in enumerate(sums(problem, lots)):
        floor, cap = problem.tree.floor[node], problem.tree.cap[node]
        if (floor is not None and held < floor) or (cap is not None and held > cap):
            return "group", node
    return None


def exchanged(problem: Problem, lots: Sequence[int]) -> list[int]:
    """The canonical optimum, from any allocation that keeps all bounds, by single-lot exchanges compared exactly.

    The objective is separable convex over nested bounds, where an allocation that no single exchange improves is the
    optimum (Murota, Discrete Convex Analysis, SIAM 2003, theorem 6.26); each exchange lowers the sum of keys.
    """
    now = [int(each) for each in lots]
    while True:
        bad = next((each for each in reversed(intervals(problem, now)) if each.empty), None)
        if bad is None:
            return now
        assert bad.last is not None
        assert bad.next is not None
        now[bad.last[2]] -= 1
        now[bad.next[2]] += 1


def ties(problem: Problem, lots: Sequence[int], at: Sequence[Interval], level: int) -> Iterator[Tie]:
    """Every tie that the order decided in one problem: in the whole, and in each group that is full or at its floor.

    In a group that is neither, the same lots are in the tie of the group around it.
    """
    held, tree, now = sums(problem, lots), problem.tree, array(lots)
    equal = [n for n, each in enumerate(at) if each.last and each.next and each.last[0] == each.next[0]]
    for node in equal:
        if node and held[node] not in (tree.floor[node], tree.cap[node]):
            continue
        last = at[node].last
        assert last is not None
        sides = []
        for bound, end, k in ((tree.floor, problem.floor, now), (tree.cap, problem.limit, now + 1)):
            nodes = [node]
            for each in nodes:
                nodes += [child for child in tree.below[each] if held[child] != bound[child]]
            units = np.sort(np.concatenate([tree.direct[each] for each in nodes]))
            units = units[(problem.claims[units] > 0) & (now[units] != end[units])]
            effort = problem.cost(*last[2:])
            near = np.abs(problem.costs(units, k[units]) - effort) <= NEAR * effort
            sides.append(tuple(u for u in units[near].tolist() if problem.order(u, int(k[u])) == last[0]))
        yield Tie(problem.cost(*last[2:]), sides[0], sides[1], level)


def ends(problem: Problem, at: Sequence[Interval], node: int = 0) -> tuple[float | None, float | None]:
    """Both ends of π in a node of the groups: cost of the dearest lot given, of the cheapest not given; None for ∞.

    Where one group in it holds all its units, what is inside that group is meant.
    """
    tree = problem.tree
    while len(tree.below[node]) == 1 and not tree.direct[node].size:
        (node,) = tree.below[node]
    last, following = at[node].last, at[node].next
    return (last and problem.cost(*last[2:])), (following and problem.cost(*following[2:]))

"""One allocation over nested groups without a solver, near-linear in the number of units: the solver-free reference.

Each node's list of marginal lots is its children's merged; a floor makes its first lots mandatory, a cap cuts it. The
lists are never written out: the threshold θ that gives a node N(θ) = clip(Σ N_child(θ), floor, cap) lots is bracketed
first, from the root down, a group bound by its own floor or cap getting a θ of its own. Only the few lots inside the
brackets are then merged, in exact order.

Sources: Federgruen & Groenevelt, Operations Research 34 (1986) 909–918 (greedy is optimal over nested bounds);
Hochbaum, Mathematics of Operations Research 19 (1994) 390–409 (thresholds first, then few greedy steps).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allocator.model.problem import Problem, array
from allocator.model.signpost import FloatArray, IntArray
from allocator.model.waterfill import NEAR

SAFE = 1e-12
"""Relative margin around a bracket that covers the rounding of counts in floating point."""
MOST_STEPS = 400


@dataclass(frozen=True, eq=False)
class Levels:
    """The tree as arrays: bounds with infinities, the nodes of each depth, and every node's ancestor at each depth."""

    floor: FloatArray
    cap: FloatArray
    parent: IntArray
    home: IntArray
    nodes: tuple[IntArray, ...]
    above: tuple[IntArray, ...]

    @classmethod
    def of(cls, problem: Problem) -> Levels:
        """The levels of a problem's tree."""
        tree = problem.tree
        depth = [0] * len(tree.parent)
        for node, parent in enumerate(tree.parent[1:], start=1):
            depth[node] = depth[parent] + 1
        depths, parents = array(depth), array(tree.parent)
        nodes = tuple(np.flatnonzero(depths == level) for level in range(max(depth) + 1))
        above = []
        for level, own in enumerate(nodes):
            reached = np.full(len(depth), -1)
            reached[own] = own
            for deeper in nodes[level + 1 :]:
                reached[deeper] = reached[parents[deeper]]
            above.append(reached)
        return cls(
            np.array([-np.inf if each is None else each for each in tree.floor]),
            np.array([np.inf if each is None else each for each in tree.cap]),
            parents,
            array(tree.home),
            nodes,
            tuple(above),
        )


@dataclass(frozen=True, eq=False)
class _Units:
    """Units still undecided, and what the decided ones add to each node."""

    claims: FloatArray
    floor: FloatArray
    top: FloatArray
    home: IntArray
    decided: FloatArray
    count: Callable[[Any], Any]

    def given(self, theta: FloatArray) -> FloatArray:
        """Lots of each unit at its node's θ; its floor where θ is negative."""
        if len(theta) == 1 and theta[0] < 0:
            return self.floor
        level = theta if len(theta) == 1 else theta[self.home]  # without groups one θ is read once
        made: FloatArray = self.count(level * self.claims)
        np.minimum(np.maximum(made, self.floor, out=made), self.top, out=made)
        return made if len(theta) == 1 else np.where(level < 0, self.floor, made)

    def subset(self, keep: NDArray[np.bool_], given: FloatArray | None = None) -> _Units:
        """Only the units kept; the others hold what is given, or nothing."""
        decided = self.decided
        if given is not None:
            decided = decided + _sums(self.home[~keep], given[~keep], len(decided))
        return _Units(self.claims[keep], self.floor[keep], self.top[keep], self.home[keep], decided, self.count)


def _held(levels: Levels, units: _Units, theta: FloatArray) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """What each node's children hold at θ, clipped below it, not by itself; and how fast that grows with θ."""
    nodes = len(levels.parent)
    given = units.given(theta)
    inside = (given > units.floor) & (given < units.top)
    held = units.decided + _sums(units.home, given, nodes)
    slope = _sums(units.home, units.claims * inside, nodes)
    for below in levels.nodes[:0:-1]:
        clipped = np.clip(held[below], levels.floor[below], levels.cap[below])
        np.add.at(held, levels.parent[below], clipped)
        np.add.at(slope, levels.parent[below], np.where(clipped == held[below], slope[below], 0.0))
    return held, slope


def _sums(home: IntArray, values: FloatArray, nodes: int) -> FloatArray:
    """Sum of the values in each node."""
    made = np.bincount(home, values, minlength=nodes) if nodes > 1 else values.sum(keepdims=True)
    return np.asarray(made, dtype=np.float64)


def _bracket(
    levels: Levels, units: _Units, owners: IntArray, targets: FloatArray, level: int, tolerance: float
) -> tuple[FloatArray, FloatArray]:
    """θ below and above which each owner's children hold its target: equal where one θ gives exactly that.

    Safeguarded Newton steps, all owners at once; a unit that holds the same at both ends is decided and left out.
    """
    spread = np.full(len(levels.parent), -1)
    spread[owners] = np.arange(len(owners))
    owner_of = np.where(levels.above[level] >= 0, spread[levels.above[level]], -1)

    def everywhere(values: FloatArray) -> FloatArray:
        return np.where(owner_of >= 0, values[owner_of], 0.0)

    low = np.zeros(len(owners))
    high = np.full(len(owners), np.inf)
    held, slope = _held(levels, units, everywhere(low))
    high[held[owners] >= targets] = 0.0
    claimed = np.bincount(owner_of[units.home], units.claims, minlength=len(owners))
    theta = np.divide(targets, claimed, out=np.zeros(len(owners)), where=claimed > 0)
    for step in range(MOST_STEPS):
        busy = (high - low > tolerance * low) & (low < high)
        if not busy.any():
            break
        theta = np.where(busy, theta, low)
        held, slope = _held(levels, units, everywhere(theta))
        gap = targets - held[owners]
        low = np.where(busy & (gap >= 0), theta, low)
        high = np.where(busy & (gap <= 0), theta, high)
        newton = theta + np.divide(gap, slope[owners], out=np.full(len(owners), np.nan), where=slope[owners] > 0)
        with np.errstate(invalid="ignore"):
            middle = np.where((low > 0) & (high > 4 * low), np.sqrt(low * high), (low + high) / 2)
        middle = np.where(np.isinf(high), 16 * np.maximum(low, 1e-30), middle)
        use = (newton > low) & (newton < high) & (step % 3 < 2)
        theta = np.where(use, newton, middle)
        if step % 4 == 3 and np.isfinite(high).all():
            at_low, at_high = units.given(everywhere(low)), units.given(everywhere(high))
            units = units.subset(at_low != at_high, at_low)
    return low, high


def _brackets(
    levels: Levels, units: _Units, target: float, tolerance: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Lower and upper θ for the units of each node, from the root down, and the target of each node that owns its θ."""
    low = np.zeros(len(levels.parent))
    high = np.zeros(len(levels.parent))
    owned = np.full(len(levels.parent), np.nan)
    for level, nodes in enumerate(levels.nodes):
        if level == 0:
            owners, targets = nodes, np.array([target])
        else:
            low[nodes], high[nodes] = low[levels.parent[nodes]], high[levels.parent[nodes]]
            held_low, held_high = (_held(levels, units, theta)[0] for theta in (_lower(low), _upper(high)))
            at_cap = held_low[nodes] >= levels.cap[nodes]
            at_floor = (held_high[nodes] <= levels.floor[nodes]) & ~at_cap
            owners = nodes[at_cap | at_floor]
            targets = np.where(at_cap, levels.cap[nodes], levels.floor[nodes])[at_cap | at_floor]
        if len(owners):
            inside = np.isin(levels.above[level], owners)
            below = units.subset(inside[units.home])
            low[owners], high[owners] = _bracket(levels, below, owners, targets, level, tolerance)
            owned[owners] = targets
            # Deeper nodes take the θ of the node they lie in: they are set when their own level is reached.
            for deeper in levels.nodes[level + 1 :]:
                low[deeper], high[deeper] = low[levels.parent[deeper]], high[levels.parent[deeper]]
    return low, high, owned


def _lower(theta: FloatArray) -> FloatArray:
    """θ at which every lot counted is certain; at 0 none is."""
    return np.where(theta > 0, theta * (1 - SAFE), -1.0)


def _upper(theta: FloatArray) -> FloatArray:
    return theta * (1 + SAFE)


def fair_share_nested(problem: Problem) -> list[float]:
    """Fair share of each unit, members: clip(λ·w, floor, cap), λ that of the innermost binding group or the whole.

    The problem must be feasible; the shares sum to the target within 1e-9 of it.
    """
    levels = Levels.of(problem)
    units = _units(problem, levels, lambda x: x)
    low, high, owned = _brackets(levels, units, float(problem.lots), 1e-14)
    theta = np.where(np.isfinite(high), (low + high) / 2, low)
    held, slope = _held(levels, units, theta)
    # One exact step within the linear piece the bracket has reached.
    step = np.divide(owned - held, slope, out=np.zeros(len(theta)), where=(slope > 0) & ~np.isnan(owned))
    theta = theta + np.where(np.abs(step) < 1e-9 * theta, step, 0.0)
    for nodes in levels.nodes[1:]:
        inherits = nodes[np.isnan(owned[nodes])]
        theta[inherits] = theta[levels.parent[inherits]]
    return [float(each) * problem.lot for each in units.given(theta)]


def _units(problem: Problem, levels: Levels, count: Callable[[Any], Any]) -> _Units:
    floor, top = problem.floor.astype(np.float64), problem.top.astype(np.float64)
    return _Units(problem.claims.astype(np.float64), floor, top, levels.home, np.zeros(len(levels.parent)), count)


def whole_lots_nested(problem: Problem) -> IntArray:
    """Whole lots of each unit: the canonical optimum of a feasible problem, shape (units,)."""
    levels = Levels.of(problem)
    if problem.risk is not None:
        return merge_lots(problem, levels, problem.floor, problem.top)
    units = _units(problem, levels, problem.method.count)
    low, high, _ = _brackets(levels, units, float(problem.lots), 4e-16)
    base, most = units.given(_lower(low)), units.given(_upper(high))
    return merge_lots(problem, levels, base.astype(np.int64), most.astype(np.int64))


def numbered(count: IntArray) -> tuple[IntArray, IntArray]:
    """Each unit as often as is counted, in order, and beside it how many of its own stand before."""
    units = np.repeat(np.arange(len(count)), count)
    return units, np.arange(len(units)) - np.repeat(np.cumsum(count) - count, count)


def merge_lots(problem: Problem, levels: Levels, base: IntArray, most: IntArray) -> IntArray:
    """The optimum among allocations from `base` to `most`, by merging the lots in between in exact order."""
    units, nth = numbered(np.maximum(most - base, 0))
    order = exact_order(problem, units, base[units] + nth + 1)
    units = units[order]
    chosen = np.zeros(len(units), dtype=bool)
    alive = np.ones(len(units), dtype=bool)
    for level in range(len(levels.nodes) - 1, -1, -1):
        node_of_home = levels.above[level]
        for bound, optional_stays in ((levels.floor, True), (levels.cap, False)):
            certain = base + np.bincount(units[chosen], minlength=len(base))
            inside = node_of_home[levels.home] >= 0
            held = np.bincount(node_of_home[levels.home[inside]], certain[inside], minlength=len(levels.parent))
            optional = np.flatnonzero(alive & ~chosen & (node_of_home[levels.home[units]] >= 0))
            node = node_of_home[levels.home[units[optional]]]
            within = _position_within(node) < (bound - held)[node]
            if optional_stays:
                chosen[optional[within]] = True
            else:
                alive[optional[~within]] = False
    return base + np.bincount(units[chosen], minlength=len(base))


def _position_within(groups: IntArray) -> IntArray:
    """Position of each item among those of its group, in the order given."""
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    first = np.concatenate(([True], ordered[1:] != ordered[:-1])) if len(ordered) else np.zeros(0, dtype=bool)
    starts = np.maximum.accumulate(np.where(first, np.arange(len(ordered)), 0))
    position = np.empty(len(groups), dtype=np.int64)
    position[order] = np.arange(len(ordered)) - starts
    return position


def exact_order(problem: Problem, units: IntArray, k: IntArray) -> IntArray:
    """Lots in the one order (cost, larger claim, table order, k); floating point first, exact where it cannot tell."""
    costs, claims = problem.costs(units, k), problem.claims[units]
    order = np.lexsort((k, units, -claims, costs))
    c, w, n = costs[order], claims[order], k[order]
    near = np.concatenate((c[1:] <= c[:-1] * (1 + NEAR), [False])) if len(c) else np.zeros(0, dtype=bool)
    unlike = np.zeros(len(c), dtype=bool)
    unlike[:-1] = near[:-1] & ((w[1:] != w[:-1]) | (n[1:] != n[:-1])) & (c[1:] > 0)
    run = np.cumsum(np.concatenate(([False], ~near[:-1]))) if len(c) else np.zeros(0, dtype=np.int64)
    for each in sorted(set(run[unlike].tolist())):
        first, last = np.searchsorted(run, (each, each + 1))
        pairs = [(int(units[i]), int(k[i]), int(i)) for i in order[first:last]]
        order[first:last] = [i for _, _, i in sorted(pairs, key=lambda pair: problem.key(pair[0], pair[1]))]
    return order

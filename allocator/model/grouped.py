"""Whole lots of many draws at once when groups bind: groups are set aside at their bounds until none crosses one.

Draws are first filled as if the outermost groups had no bounds. Lots being in one order, what a group holds grows with
the dearest lot given; so where the groups above their caps exceed them by at least what others lack to their floors,
the former are at their caps in the optimum too, and otherwise the latter at their floors (Bitran & Hax, Management
Science 27 (1981) 431–441, with groups for variables). Those are filled by themselves, the rest anew.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from allocator.model.problem import Problem
from allocator.model.signpost import IntArray
from allocator.model.waterfill import whole_lots


def whole_lots_in_groups(problem: Problem, claims: IntArray, cap: IntArray) -> IntArray:
    """The canonical optimum of each draw, whole lots, shape (units, draws).

    Args:
        problem: the problem all draws share but for their claims and caps; without risk.
        claims: claims, millionths of a person, shape (units, draws).
        cap: caps, whole lots, likewise; every draw is feasible.
    """
    tree = problem.tree
    below, inside = tree.below, tree.inside

    def fill(units: IntArray, groups: Sequence[int], target: int, draws: IntArray) -> IntArray:
        if not groups:
            lots = np.full(len(draws), target)
            w, most = claims[units][:, draws], cap[units][:, draws]
            floor, signpost = problem.floor[units], problem.signpost
            return whole_lots(w.T, floor, most.T, lots, signpost).T if len(units) else w
        made = fill(units, [inner for group in groups for inner in below[group]], target, draws)
        sides = _sides(problem, groups, np.array([made[np.isin(units, inside[group])].sum(axis=0) for group in groups]))
        for pattern in np.unique(sides[:, sides.any(axis=0)], axis=1).T:
            at = np.flatnonzero((sides == pattern[:, None]).all(axis=0))
            rest, left = np.ones(len(units), dtype=bool), target
            for group, side in zip(groups, pattern.tolist(), strict=True):
                bound = tree.cap[group] if side > 0 else tree.floor[group]
                if side and bound is not None:
                    own = np.isin(units, inside[group])
                    made[np.ix_(own, at)] = fill(units[own], below[group], bound, draws[at])
                    rest, left = rest & ~own, left - bound
            free = [group for group, side in zip(groups, pattern.tolist(), strict=True) if not side]
            made[np.ix_(rest, at)] = fill(units[rest], free, left, draws[at])
        return made

    return fill(np.arange(len(claims)), below[0], problem.lots, np.arange(claims.shape[1]))


def _sides(problem: Problem, groups: Sequence[int], held: IntArray) -> IntArray:
    """In each draw 1 for groups to set aside at their caps, −1 at their floors, 0 to leave free."""
    floors, caps = problem.tree.floor, problem.tree.cap
    over = np.array(
        [np.maximum(h - (h if (c := caps[g]) is None else c), 0) for g, h in zip(groups, held, strict=True)]
    )
    under = np.array([np.maximum((floors[g] or 0) - h, 0) for g, h in zip(groups, held, strict=True)])
    heavy = over.sum(axis=0) >= under.sum(axis=0)
    return np.where(heavy, (over > 0).astype(np.int64), -(under > 0).astype(np.int64))

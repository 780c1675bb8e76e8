"""Many problems decided at once: what an explanation tries for every unit and every rule.

Without groups and risk they are draws of the vectorised kernel. With them each is a group of one large problem, at
whose floor and cap, its own target, it stands: what happens in one moves nothing in another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import numpy as np

from allocator.model.feasibility import feasible
from allocator.model.nested import whole_lots_nested
from allocator.model.nesting import Tree
from allocator.model.problem import Problem
from allocator.model.signpost import IntArray
from allocator.model.waterfill import whole_lots

MOST_UNITS = 1_000
"""Above this many units nothing is tried for each of them: two allocations for each would take too long."""
MOST_ENTANGLED = 100
"""The same where there are groups or risk, or what is tried moves more than its own unit."""
MOST_CELLS = 500_000
"""Units of all the problems held in memory at once (lots, where risk gives each its own cost)."""


def optima(problems: Iterable[Problem | None]) -> Iterator[IntArray | None]:
    """The optimum of each problem, whole lots, shape (units,); None where there is none, or no problem.

    Args:
        problems: they have one lot, one signpost, and risk in all or in none; taken as they are needed.
    """
    batch, cells = list[Problem | None](), 0
    for each in problems:
        batch.append(each)
        if each is not None:
            cells += len(each.claims) + (0 if each.risk is None else sum(map(len, each.risk)))
        if cells > MOST_CELLS:
            yield from _decided(batch)
            batch, cells = [], 0
    yield from _decided(batch)


def _decided(batch: Sequence[Problem | None]) -> Iterator[IntArray | None]:
    able = [each is not None and feasible(each) for each in batch]
    posed = [each for each, may in zip(batch, able, strict=True) if may and each is not None]
    found = iter(_together(posed) if posed else ())
    yield from (next(found) if may else None for may in able)


def _together(posed: Sequence[Problem]) -> Iterable[IntArray]:
    first, lots = posed[0], np.array([each.lots for each in posed])
    if any(len(each.tree.names) > 1 or each.risk is not None for each in posed):
        return np.split(whole_lots_nested(_side_by_side(posed)), len(posed))
    claims, floor, cap = (np.stack(each) for each in zip(*((p.claims, p.floor, p.top) for p in posed), strict=True))
    return whole_lots(claims, floor, cap, lots, first.signpost)


def _side_by_side(posed: Sequence[Problem]) -> Problem:
    """One problem whose groups are the given ones."""
    trees, whole, start = [each.tree for each in posed], sum(each.lots for each in posed), 1
    parent, home = [-1], list[int]()
    for tree in trees:
        parent += [0, *(start + node for node in tree.parent[1:])]
        home += [start + node for node in tree.home]
        start += len(tree.names)
    lows, highs = ((whole, *chain(*sides)) for sides in ((t.floor for t in trees), (t.cap for t in trees)))
    joined = Tree(("",) * start, tuple(parent), lows, highs, tuple(home))
    claims, floor, cap = (np.concatenate(e) for e in zip(*((p.claims, p.floor, p.top) for p in posed), strict=True))
    risk = None if posed[0].risk is None else tuple(chain.from_iterable(each.risk or () for each in posed))
    return Problem(claims, floor, cap, whole, posed[0].lot, posed[0].signpost, joined, risk)

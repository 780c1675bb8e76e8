"""Which of many bids can be caps at once: the most of them, those of least relief first, then those told first.

Caps only take room away, so what fits is a matter of what each node of the groups, or of the tree, can still take with
0, 1, 2 … of the bids below it kept. Of those the cheapest, by what they take away, leave it the most; a node's own cap
takes some of what they take away for nothing, and the larger lots of a level above all that is no whole one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import accumulate, chain, compress, pairwise

import numpy as np

from allocator.data.bids import Bid
from allocator.data.table import Table
from allocator.errors import Fault, InfeasibleError
from allocator.model.allocation import Allocation, allocate
from allocator.model.grounds import Grounds
from allocator.model.hierarchy import family_problem, narrowed
from allocator.model.problem import ANY_LOTS, Problem, array
from allocator.model.scenario import Scenario
from allocator.model.signpost import IntArray

Stated = tuple[int, Sequence[int], Problem]


def capped(scenario: Scenario, bids: Sequence[Bid]) -> Scenario:
    """The scenario with every bid as its unit's cap, in the name of who asks."""
    told = [
        {"for": {"units": [each.unit]}, "each": {"most": int(each.asked)}, "by": each.by, "reason": each.reason}
        for each in bids
    ]
    return scenario.changed({"rules": [*scenario.model_dump()["rules"], *told]}) if told else scenario


def most_caps(
    table: Table, scenario: Scenario, bids: Sequence[Bid], quotas: Mapping[str, int]
) -> tuple[Allocation, list[Bid], tuple[Fault, ...], dict[str, Fault]]:
    """The allocation with the most bids as caps that fit: of several such sets the first by relief, then by order.

    Args:
        table: the units.
        scenario: what the bids come on top of.
        bids: what is wished for, members; one a unit, in order.
        quotas: quota of each unit without them, members: relief is what a bid is below it.

    Returns:
        The allocation, the bids that are kept, what is wrong with all of them together, and with each that is not kept
        on top of those that are, by unit.

    Raises:
        InfeasibleError: the rules cannot hold together without any of the bids.
    """
    try:
        return allocate(table, capped(scenario, bids), method="waterfill"), list(bids), (), {}
    except InfeasibleError as error:
        wrong = error.faults
    made = allocate(table, scenario, method="waterfill")
    first = sorted(bids, key=lambda each: quotas[each.unit] - each.asked)
    kept = _largest(made.ground, first)
    with suppress(InfeasibleError):
        made = allocate(table, capped(scenario, kept), method="waterfill")
        first = []
    # What gives way alike tells what fits only when it is decided.
    kept = kept if not first else []
    for each in first:
        with suppress(InfeasibleError):
            made = allocate(table, capped(scenario, [*kept, each]), method="waterfill")
            kept.append(each)
    kept.sort(key=bids.index)
    left = [each for each in bids if each not in kept]
    return made, kept, wrong, {each.unit: _why(table, capped(scenario, [*kept, each])) for each in left}


def _why(table: Table, scenario: Scenario) -> Fault:
    try:
        allocate(table, scenario, method="waterfill")
    except InfeasibleError as error:
        return error.faults[0]
    raise AssertionError("a bid that fits was left out")


def _largest(ground: Grounds, first: Sequence[Bid]) -> list[Bid]:
    """The most bids that fit as caps; of several such sets the first in their order, found bid by bid."""
    stated, made = [*_stated(ground)], list[Bid]()
    asked = {ground.tree.position[each.unit]: [ANY_LOTS, int(each.asked)] for each in first}
    most = _count(stated, asked)
    for each in first:
        node = ground.tree.position[each.unit]
        free, kept = ({**asked, node: some} for some in (asked[node][:1], asked[node][1:]))
        holds = (found := _count(stated, kept)) is not None and found + len(made) + 1 == most
        made += [each] * holds
        asked = kept if holds else free
    return made


def _stated(ground: Grounds) -> Iterator[Stated]:
    """What is decided, the last first: which node's quota is shared out (−1 for the target), and among which."""
    posed, tree = ground.posed(weighed=False), ground.tree
    if ground.at_once:
        yield -1, ground.leaves.tolist(), ground.whole(posed)[2]
        return
    for level, each in reversed([*enumerate(narrowed(posed, tree), start=1)]):
        shown = tree.shown(level)
        for owner, units in (tree.families(level) or {-1: tuple(range(len(shown)))}).items():
            yield owner, [shown[unit] for unit in units], family_problem(each, units, each[2].lots)


def _count(stated: Sequence[Stated], asked: Mapping[int, list[int]]) -> int | None:
    """How many caps fit, of what is asked the second of two: members by node; None where a first does not."""
    known: dict[int, list[int]] = {}
    for owner, nodes, problem in stated:
        tree, lot, top, floor = problem.tree, problem.lot, problem.top.tolist(), problem.floor.tolist()
        parts = [list[list[int]]() for _ in tree.names]
        for unit, (node, home) in enumerate(zip(nodes, tree.home, strict=True)):
            members = known.get(node) or asked.get(node, [ANY_LOTS])
            able = [min(top[unit], each // lot) for each in members]
            parts[home].append([each for each in able if each >= floor[unit]])
        for node in range(len(parts) - 1, -1, -1):
            able = _together(parts[node])
            if node or owner < 0:
                low, high = tree.floor[node] or 0, tree.cap[node]
                able = [each if high is None else min(each, high) for each in able if each >= low]
            if not able:
                return None
            if node:
                parts[tree.parent[node]].append(able)
        known[owner] = [each * lot for each in able]
    return len(known[-1]) - 1


def _together(parts: Sequence[Sequence[int]]) -> list[int]:
    """Most lots that several can take with 0, 1, 2 … of all their bids kept, told so of each; empty where one cannot.

    Where each bid of a part takes away no less than the one before, the cheapest of all come first; else rounding has
    mixed them up, and every way to divide the bids is looked at.
    """
    if not all(parts):
        return []
    lost = [[one - two for one, two in pairwise(part)] for part in parts]
    even = [each == sorted(each) for each in lost]
    whole = sum(part[0] for part, each in zip(parts, even, strict=True) if each)
    losses = sorted(chain(*compress(lost, even)))
    made: IntArray = whole - array([*accumulate(losses, initial=0)])
    for part in (part for part, each in zip(parts, even, strict=True) if not each):
        ways = np.full(len(made) + len(part) - 1, -1)
        for more, room in enumerate(part):
            some = ways[more : more + len(made)]
            np.maximum(some, made + room, out=some)
        made = ways
    return [*map(int, made)]

"""Which of many bids can be caps at once: the most of them, those of least relief first, then those told first.

Caps only take room away, so what fits is a matter of the lots that each node of the groups can still take. Of the bids
below a node the cheapest, by the lots they take away, are the most that leave it enough; a group's own cap takes some
of what they take away for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import accumulate

from allocator.data.bids import Bid
from allocator.data.table import Table
from allocator.errors import Fault, InfeasibleError
from allocator.model.allocation import Allocation, allocate
from allocator.model.grounds import grounds
from allocator.model.problem import Problem, most_lots
from allocator.model.scenario import Scenario


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

    In a tree that is decided level by level bids are taken in that order while they fit.

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
    kept: list[Bid] = []
    if not made.above:
        kept = _largest(grounds(table, scenario).problem(), made.table.units, first)
        with suppress(InfeasibleError):
            made = allocate(table, capped(scenario, kept), method="waterfill")
            first = []
    # What gives way alike, or level by level, tells what fits only when it is decided.
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


def _largest(problem: Problem, units: Sequence[str], first: Sequence[Bid]) -> list[Bid]:
    """The most bids that fit as caps; of several such sets the first in their order, found bid by bid."""
    rows = {unit: row for row, unit in enumerate(units)}
    free = {rows[each.unit]: int(each.asked) // problem.lot for each in first}
    kept: dict[int, int] = {}
    most = _count(problem, kept, free)
    made = []
    for each in first:
        row = rows[each.unit]
        lots = free.pop(row)
        if (found := _count(problem, {**kept, row: lots}, free)) is not None and found + len(kept) + 1 == most:
            kept[row] = lots
            made.append(each)
    return made


def _count(problem: Problem, kept: Mapping[int, int], free: Mapping[int, int]) -> int | None:
    """How many of the caps `free` fit beside those `kept`, all in lots by unit; None where even those do not."""
    tree, cap = problem.tree, problem.cap.copy()
    for unit, lots in kept.items():
        cap[unit] = min(cap[unit], lots)
    if (cap < problem.floor).any():
        return None
    low = cap.copy()
    for unit, lots in free.items():
        low[unit] = min(cap[unit], lots)
    top, bottom = (most_lots(problem.claims, problem.floor, each, problem.lots).tolist() for each in (cap, low))
    room, taken = [0] * len(tree.names), [list[int]() for _ in tree.names]
    for unit, home in enumerate(tree.home):
        room[home] += top[unit]
        if unit in free and low[unit] >= problem.floor[unit]:
            taken[home].append(top[unit] - bottom[unit])
    for node in range(len(room) - 1, -1, -1):
        most, least = tree.cap[node], tree.floor[node] or 0
        spare = 0 if most is None else max(0, room[node] - most)
        lost = [*_beyond(sorted(taken[node]), spare)]
        room[node] -= spare
        if room[node] < least:
            return None
        lost = [each for each, so_far in zip(lost, accumulate(lost), strict=True) if room[node] - so_far >= least]
        if node:
            room[tree.parent[node]] += room[node]
            taken[tree.parent[node]] += lost
    return len(lost)


def _beyond(losses: Sequence[int], spare: int) -> Iterator[int]:
    """What losses take away beyond what is spare, the first of which take of that."""
    for each in losses:
        yield max(0, each - spare)
        spare = max(0, spare - each)

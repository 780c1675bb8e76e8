"""The one-lot test: what the last lot of each unit asks, what its next would, and that no lot can move for less."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

from allocator.model.allocation import Allocation
from allocator.model.certificate import Interval, unit_interval
from allocator.model.problem import Key, sums


@dataclass(frozen=True)
class OneLot:
    """The test over all units and over all pairs of them.

    Attributes:
        units: claim effort of each unit's last lot and of its next, members asked per member of claim; None for a unit
            without a claim, for the last lot of one that holds none, and for a next that could never be given.
        pairs: pairs (from, to) between which the rules let one lot move.
        holds: whether every such move would ask more (or as much, and the order that settles ties forbids it).
        closest: the move that adds least: `added` claim effort, the units `from` and `to`; None where no lot can move.
    """

    units: tuple[tuple[float | None, float | None], ...]
    pairs: int
    holds: bool
    closest: Mapping[str, Any] | None


def one_lot(allocation: Allocation) -> OneLot:
    """The one-lot test of an allocation, all comparisons exact."""
    problem, names = allocation.problem, allocation.table.units
    pairs, holds = 0, True
    moves: list[dict[str, Any]] = []
    for lasts, nexts, count in _sides(allocation):
        pairs += count
        for last, following in product(lasts, nexts):
            if last[2] != following[2]:
                holds = holds and last < following
                added = problem.cost(*following[2:]) - problem.cost(*last[2:])
                moves.append({"added": added, "from": names[last[2]], "to": names[following[2]]})
    units = tuple(_ends(allocation, unit) for unit in range(len(names)))
    return OneLot(units, pairs, holds, min(moves, key=lambda move: move["added"], default=None))


def _ends(allocation: Allocation, unit: int) -> tuple[float | None, float | None]:
    problem, held = allocation.problem, allocation.lots[unit]
    if not problem.claims[unit]:
        return None, None
    more = problem.risk is None or held < len(problem.risk[unit])
    return problem.cost(unit, held) if held else None, problem.cost(unit, held + 1) if more else None


def _sides(allocation: Allocation) -> Iterator[tuple[list[Key], list[Key], int]]:
    """The two dearest last lots and the two cheapest next lots of each pair of groups, and how many pairs may trade.

    Whether a group's bound stops a move depends on the two groups alone, so these speak for all pairs between them:
    two of each, since a unit does not trade with itself.
    """
    problem, lots = allocation.problem, allocation.lots
    tree, held = problem.tree, sums(problem, lots)
    members: dict[int, list[Interval]] = {}
    for unit, home in enumerate(tree.home):
        members.setdefault(home, []).append(unit_interval(problem, unit, lots[unit]))
    lasts = {home: sorted((p.last for p in parts if p.last), reverse=True) for home, parts in members.items()}
    nexts = {home: sorted(p.next for p in parts if p.next) for home, parts in members.items()}
    for source, sink in product(members, members):
        left = set(tree.ancestors(source)) - set(tree.ancestors(sink))
        entered = set(tree.ancestors(sink)) - set(tree.ancestors(source))
        at_floor = any(held[node] == tree.floor[node] for node in left)
        at_cap = any(held[node] == tree.cap[node] for node in entered)
        if not (at_floor or at_cap):
            same = {key[2] for key in lasts[source]} & {key[2] for key in nexts[sink]}
            yield lasts[source][:2], nexts[sink][:2], len(lasts[source]) * len(nexts[sink]) - len(same)

"""The one-lot test: what the last lot of each unit asks, what its next would, and that no lot can move for less."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

from allocator.model.allocation import Allocation
from allocator.model.certificate import Interval, unit_interval
from allocator.model.problem import Key, sums


@dataclass(frozen=True)
class UnitLots:
    """Claim effort of a unit's last lot and of its next, members asked per member of claim.

    Attributes:
        last: None where it holds no lot or has no claim.
        next: None where it has no claim, or no further lot could ever be given.
        position: what holds it: its claim, a bound, a group, a lock.
    """

    last: float | None
    next: float | None
    position: str


@dataclass(frozen=True)
class OneLot:
    """The test over all units and over all pairs of them.

    Attributes:
        units: one entry a unit, in table order.
        pairs: pairs (from, to) between which the rules let one lot move.
        holds: whether every such move would ask more (or as much, and the order that settles ties forbids it).
        closest: what the move that adds least adds in claim effort, its giver, its taker; None where no lot can move.
    """

    units: tuple[UnitLots, ...]
    pairs: int
    holds: bool
    closest: tuple[float, str, str] | None

    def to_json(self) -> dict[str, Any]:
        """The test over pairs as plain values; `units` go with the units of the result."""
        closest = dict(zip(("added", "from", "to"), self.closest, strict=True)) if self.closest else None
        return {"pairs": self.pairs, "holds": self.holds, "closest": closest}

    def unit_json(self, index: int) -> dict[str, Any]:
        """One unit's efforts."""
        return asdict(self.units[index])


def one_lot(allocation: Allocation) -> OneLot:
    """The one-lot test of an allocation, all comparisons exact."""
    problem, names = allocation.problem, allocation.table.units
    pairs, holds = 0, True
    moves: list[tuple[float, str, str]] = []
    for lasts, nexts, count in _sides(allocation):
        pairs += count
        for last, following in product(lasts, nexts):
            if last[2] != following[2]:
                holds = holds and last < following
                added = problem.cost(*following[2:]) - problem.cost(*last[2:])
                moves.append((added, names[last[2]], names[following[2]]))
    units = tuple(_unit(allocation, unit) for unit in range(len(names)))
    return OneLot(units, pairs, holds, min(moves, key=lambda move: move[0], default=None))


def _unit(allocation: Allocation, unit: int) -> UnitLots:
    problem, held = allocation.problem, allocation.lots[unit]
    claimed = problem.claims[unit] > 0
    known = None if problem.risk is None else len(problem.risk[unit])
    return UnitLots(
        problem.cost(unit, held) if claimed and held else None,
        problem.cost(unit, held + 1) if claimed and (known is None or held < known) else None,
        allocation.positions[unit],
    )


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

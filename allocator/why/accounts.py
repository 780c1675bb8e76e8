"""What became of every rule: whom it covers, and whether it binds, is slack, or could not be applied and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from allocator.errors import Fault
from allocator.model.allocation import Allocation
from allocator.model.problem import array
from allocator.model.rules import Limit
from allocator.model.signpost import IntArray


@dataclass(frozen=True)
class Account:
    """What became of one rule.

    Attributes:
        key: where it stands in the scenario.
        covers: names of the units it covers, in the table's order.
        status: `binding` (a unit it covers sits on it), `slack`, or `noted` (nothing of it could be applied).
        notes: what was noted about it.
    """

    key: str
    covers: tuple[str, ...]
    status: str
    notes: tuple[Fault, ...]

    def to_json(self) -> dict[str, Any]:
        """The row of the contract."""
        note = {"code": self.notes[0].key, **self.notes[0].values} if self.notes else None
        return {"rule": self.key, "units": list(self.covers), "status": self.status, "note": note}


def accounts(allocation: Allocation) -> tuple[Account, ...]:
    """The account of every rule, once each: locks, own bounds, pace, rules, common bounds, sums.

    The whole workforce as largest share is no rule that anybody wrote, unless it changes a quota.
    """
    ground = allocation.ground
    names, held, claimed = ground.tree.names, _held(allocation), _claimed(allocation)
    binding, applied = set[str](), set[str]()
    for limit in ground.rules.limits:
        applied.add(limit.entry.key)
        if limit.entry.key not in binding and _tight(allocation, limit, held, claimed):
            binding.add(limit.entry.key)
    notes = [*allocation.notes, *(note for each in allocation.above for note in each.notes)]
    made = []
    for key, covers in ground.rules.covers.items():
        about = tuple(_about(notes, key))
        status = "binding" if key in binding else "slack" if key in applied else "noted"
        if status == "slack" and key == "bounds.max_share" and allocation.scenario.bounds.max_share == 1:
            continue
        made.append(Account(key, tuple(names[node] for node in covers.tolist()), status, about))
    return tuple(made)


def told(note: Fault, allocation: Allocation) -> Fault:
    """A note as people read it: rules by what they are called, not by their keys."""
    entries, values = allocation.ground.rules.entries, dict(note.values)
    for name in ("rule", "unit"):
        if (key := values.get(name)) in entries:
            values[name] = entries[key].title
    return replace(note, values=values)


def _about(notes: Sequence[Fault], key: str) -> list[Fault]:
    return [note for note in notes if note.values.get("rule") == key or key in note.values.get("rules", ())]


def _held(allocation: Allocation) -> IntArray:
    """Members that every node of the tree holds."""
    return _summed(allocation, allocation.quotas)


def _claimed(allocation: Allocation) -> IntArray:
    """Whether anything is claimed at or below every node: how many leaves claim something."""
    return _summed(allocation, (allocation.problem.claims > 0).tolist())


def _summed(allocation: Allocation, values: Sequence[int]) -> IntArray:
    tree = allocation.ground.tree
    if tree.depth == 1:
        return array(values)
    made = np.zeros(len(tree.names), dtype=np.int64)
    for leaf, value in zip(tree.shown(tree.depth), values, strict=True):
        for node in (leaf, *tree.above(leaf)):
            made[node] += value
    return made


def _tight(allocation: Allocation, limit: Limit, held: IntArray, claimed: IntArray) -> bool:
    """Whether a unit sits on a limit: a floor of nothing, or nothing for units that claim nothing, holds nobody."""
    ground, nodes = allocation.ground, limit.nodes
    level = ground.tree.depth if limit.together else ground.tree.level[int(nodes[0])]
    lot = ground.levels[level - 1].scenario.lot
    have, some = (each[nodes].sum(keepdims=True) if limit.together else each[nodes] for each in (held, claimed))
    lots = limit.lots(lot)
    if limit.least:
        return bool(((have // lot <= lots) & (lots > 0)).any())
    return bool(((have // lot >= lots) & ((lots > 0) | (some > 0))).any())

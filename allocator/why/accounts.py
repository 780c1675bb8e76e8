"""What became of every rule: whom it covers, and whether it binds, is slack, or could not be applied and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from allocator.errors import Fault

if TYPE_CHECKING:
    from allocator.model.allocation import Allocation


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
    names = ground.tree.names
    applied = {limit.entry.key for limit in ground.rules.limits}
    notes = [*allocation.notes, *(note for each in allocation.above for note in each.notes)]
    made = []
    for key, covers in ground.rules.covers.items():
        about = tuple(_about(notes, key))
        status = "binding" if key in allocation.binding else "slack" if key in applied else "noted"
        if status == "slack" and key == "bounds.max_share" and ground.scenario.bounds.max_share == 1:
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

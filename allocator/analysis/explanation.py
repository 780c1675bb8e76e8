"""An allocation explained: each unit's sentences, steps, one-lot test and room; rules and gaming for the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allocator.analysis.gaming import Gaming, gaming
from allocator.analysis.one_lot import OneLot, one_lot
from allocator.analysis.prices import RulePrice, rule_prices
from allocator.analysis.result import result
from allocator.analysis.room import Room, room
from allocator.analysis.sentences import sentence
from allocator.analysis.steps import STEPS, Steps, steps
from allocator.errors import Fault
from allocator.model.allocation import Allocation


@dataclass(frozen=True, eq=False)
class Explanation:
    """Everything that defends the quotas of one allocation, by unit in table order.

    Attributes:
        allocation: what is explained.
        steps: steps that add up to the quotas.
        sentences: the sentences of each unit.
        one_lot: efforts of last and next lots, and the test over all pairs.
        rules: what each rule moves and its price, the one that moves most first.
        gaming: what reporting more or less would change.
        room: range of quotas within the tolerance of the optimum.
    """

    allocation: Allocation
    steps: Steps
    sentences: tuple[tuple[Fault, ...], ...]
    one_lot: OneLot
    rules: tuple[RulePrice, ...]
    gaming: Gaming
    room: Room

    def steps_json(self, tenths: tuple[int, ...]) -> list[dict[str, Any]]:
        """A row of steps as the contract has it, members."""
        return [{"name": name, "members": each / 10} for name, each in zip(STEPS, tenths, strict=True)]

    def unit_json(self, index: int) -> Mapping[str, Any]:
        """What is added to one unit of the result."""
        return {
            "sentence": self.sentences[index],
            "steps": self.steps_json(self.steps.units[index]),
            "one_lot": self.one_lot.unit_json(index),
            "room": self.room.unit_json(index),
        }

    def to_json(self) -> dict[str, Any]:
        """The result as `run` gives it, with the explanation added; no digest yet: it covers the words, too."""
        document = result(self.allocation)
        names = self.allocation.table.units
        del document["digest"]
        document["units"] = [{**each, **self.unit_json(i)} for i, each in enumerate(document["units"])]
        document["steps"] = self.steps_json(self.steps.total)
        document["rules"] = [rule.to_json(names) for rule in self.rules]
        document["one_lot"] = self.one_lot.to_json()
        document["gaming"] = self.gaming.to_json(names)
        document["room"] = {"tolerance": self.room.tolerance}
        return document


def explain(allocation: Allocation) -> Explanation:
    """The explanation of an allocation; no solver is called."""
    made = steps(allocation)
    texts = tuple(sentence(allocation, unit, row) for unit, row in enumerate(made.units))
    return Explanation(
        allocation,
        made,
        texts,
        one_lot(allocation),
        rule_prices(allocation),
        gaming(allocation),
        room(allocation),
    )

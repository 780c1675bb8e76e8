"""An allocation explained: each unit's sentences, steps, one-lot test and room; rules and gaming for the whole."""

from __future__ import annotations

from dataclasses import dataclass

from allocator.errors import Fault
from allocator.model.allocation import Allocation
from allocator.why.gaming import Gaming, gaming
from allocator.why.one_lot import OneLot, one_lot
from allocator.why.prices import RulePrice, rule_prices
from allocator.why.room import Room, room
from allocator.why.sentences import sentence
from allocator.why.steps import Steps, steps


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

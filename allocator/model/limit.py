"""What rules come to: limits in exact members on nodes of the tree, each with the rule it comes from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allocator.errors import Fault
from allocator.model.claims import MICRO, exact
from allocator.model.parts import Amount
from allocator.model.problem import ANY_LOTS
from allocator.model.short_forms import MOVING, Entry
from allocator.model.signpost import IntArray


@dataclass(frozen=True, eq=False)
class Limit:
    """One side of a rule: what it allows each of its nodes, or all of them together.

    Attributes:
        entry: the rule.
        least: whether it is a floor.
        nodes: nodes of the tree it limits, each by itself; the leaves whose sum it limits where it is `together`.
        tops, bottom: members, exactly, as fractions tops / bottom: one a node, or one for all.
    """

    entry: Entry
    least: bool
    nodes: IntArray
    tops: NDArray[Any]
    bottom: int

    @property
    def key(self) -> str:
        """Where this side of the rule stands: `bounds.pace.down`, `rules.0.each.least`."""
        return self.entry.key + self.entry.sides[not self.least]

    @property
    def together(self) -> bool:
        """Whether the sum is limited."""
        return self.entry.rule.together is not None

    @property
    def amount(self) -> Amount:
        """What the rule says."""
        sides = self.entry.rule.sides
        made = sides.least if self.least else sides.most
        assert made is not None
        return made

    @property
    def moving(self) -> bool:
        """Whether it moves with the growth that comes."""
        return self.amount.of == MOVING

    @property
    def alike(self) -> bool:
        """Whether it gives way alike with others of its kind where they exceed the target."""
        return self.least and self.entry.rule.short == "alike"

    def lots(self, lot: int) -> IntArray:
        """The limits in whole lots of `lot` members: a least rounded up, a most down; at most `ANY_LOTS`."""
        size = self.bottom * lot
        made = -(-self.tops // size) if self.least else self.tops // size
        return np.asarray(np.minimum(made, ANY_LOTS), dtype=np.int64)

    def per_lot(self, lot: int) -> Fraction:
        """What W, in millionths of a person, is multiplied by for the limit in lots, where it is a share of W."""
        return exact(self.amount.share) / (MICRO * lot)

    def among(self, chosen: NDArray[np.bool_]) -> Limit:
        """The same on those of its nodes that are chosen."""
        return self if chosen.all() else replace(self, nodes=self.nodes[chosen], tops=self.tops[chosen])

    def members(self, index: int) -> Fraction:
        """Members of its node `index`."""
        return Fraction(int(self.tops[index]), self.bottom)

    @property
    def one_lot_low(self) -> bool:
        """Whether a band without a whole lot between its ends leaves only the lot below this most."""
        return self.entry.rule.firm or self.amount.of in ("workforce", MOVING)


@dataclass(frozen=True, eq=False)
class Ruled:
    """The rules of a scenario on its table.

    Attributes:
        written: the rules, the short forms of each level for its nodes among them.
        covers: nodes each rule covers, by its key.
        limits: what they limit.
        notes: what of them does not apply, and why.
    """

    written: tuple[Entry, ...]
    covers: dict[str, IntArray]
    limits: tuple[Limit, ...]
    notes: tuple[Fault, ...]

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """The rules by their keys."""
        return {each.key: each for each in self.written}

    def entangled(self, lot: int, workforce: Sequence[int], moves: Collection[str] = (MOVING,)) -> bool:
        """Whether, as growth comes true, more moves than caps: a floor, a sum, or whether a band has a whole lot.

        `workforce` is of each unit of a flat table, persons: W is at least that. `moves` is what limits are a share of
        that moves.
        """
        moving = [each for each in self.limits if each.amount.of in moves]
        if any(each.least or each.together for each in moving):
            return True
        lowest = np.full(len(workforce), ANY_LOTS)
        for cap in moving:
            share = cap.per_lot(lot) * MICRO
            reached = [workforce[node] * share.numerator // share.denominator for node in cap.nodes.tolist()]
            lowest[cap.nodes] = np.minimum(lowest[cap.nodes], reached)
        return any(
            bool(((each.tops % (each.bottom * lot) != 0) & (each.lots(lot) > lowest[each.nodes])).any())
            for each in self.limits
            if each.least and not each.together
        )

    @cached_property
    def locked(self) -> frozenset[int]:
        """Nodes on which one rule alone has its least and its most alike."""
        sides: dict[str, list[dict[int, Fraction]]] = {}
        for limit in self.limits:
            both = limit.entry.rule.each
            if both is not None and both.least is not None and both.most is not None:
                members = {node: limit.members(index) for index, node in enumerate(limit.nodes.tolist())}
                sides.setdefault(limit.entry.key, []).append(members)
        pairs = (each for each in sides.values() if len(each) == 2)
        return frozenset(node for low, high in pairs for node, each in low.items() if high.get(node) == each)

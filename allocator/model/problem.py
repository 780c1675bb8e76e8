"""The apportionment problem in whole lots: claims, bounds, nested groups, and what each lot costs.

    minimise    Σ_i Σ_{k ≤ x_i} cost_i(k)
    subject to  Σ_i x_i = target lots,   floor ≤ x ≤ cap,   group floor ≤ Σ_{i in g} x_i ≤ group cap

Both ways to its optimum (`program`, `waterfill`), the exchanges and the certificate read this one statement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cached_property
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from allocator.model.signpost import MICRO, SIGNPOSTS, FloatArray, IntArray, Signpost

if TYPE_CHECKING:
    from allocator.model.nesting import Tree

NANO = 1_000_000_000
ANY_LOTS = 2**62
"""More lots than there can be."""
Key = tuple[Fraction, int, int, int]


@dataclass(frozen=True, eq=False)
class Problem:
    """What is to be decided, in whole lots.

    Attributes:
        claims: w, millionths of a person, shape (units,).
        floor, cap: bounds of each unit, whole lots, shape (units,).
        lots: target, whole lots.
        lot: members a lot.
        signpost: name of the divisor method.
        tree: the nested groups.
        risk: what the k-th lot of each unit adds to the objective for growth that may not come, in 10⁻⁹, for
            k = 1 … top; None where risk has no weight.
    """

    claims: IntArray
    floor: IntArray
    cap: IntArray
    lots: int
    lot: int
    signpost: str
    tree: Tree
    risk: tuple[Sequence[int], ...] | None = None

    def __getstate__(self) -> dict[str, Any]:
        """What it was made of; what was worked out since can stay behind when it is stored."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @cached_property
    def method(self) -> Signpost:
        """The divisor method the signpost names."""
        return SIGNPOSTS[self.signpost]

    @cached_property
    def top(self) -> IntArray:
        """Most lots that could be given: the cap or the target, the floor where the claim is 0."""
        return most_lots(self.claims, self.floor, self.cap, self.lots)

    @cached_property
    def limit(self) -> IntArray:
        """Most lots whose cost is known and that no rule of the unit forbids; the floor where the claim is 0."""
        if self.risk is not None:
            return self.top
        return most_lots(self.claims, self.floor, self.cap, ANY_LOTS)

    @cached_property
    def order(self) -> Callable[[int, int], Fraction]:
        """Exact measure of the k-th lot of a unit that orders lots as their costs do (`order(unit, k)`)."""
        claims = self.claims.tolist()
        ratio, squared, risk = self.method.ratio, self.method.squared, self.risk

        def order(unit: int, k: int) -> Fraction:
            top, bottom = ratio(k)
            claim = claims[unit]
            if squared:
                return Fraction(top, bottom * claim * claim)
            if risk is None:
                return Fraction(top, bottom * claim)
            return Fraction(top * self.lot * MICRO, bottom * claim) + Fraction(risk[unit][k - 1], NANO)

        return order

    def key(self, unit: int, k: int) -> Key:
        """Place of a unit's k-th lot in the one order all ways share: cost, larger claim, table order, k."""
        return self.order(unit, k), -int(self.claims[unit]), unit, k

    def cost(self, unit: int, k: int) -> float:
        """Claim effort of a unit's k-th lot, members asked per member of claim (with the risk term, if any)."""
        if self.method.squared:
            return sqrt(self.order(unit, k)) * self.lot * MICRO
        return float(self.order(unit, k) * (1 if self.risk is not None else self.lot * MICRO))

    def costs(self, units: IntArray, k: IntArray) -> FloatArray:
        """`cost`, vectorised, in floating point."""
        made = self.method.value(k.astype(np.float64)) * (self.lot * MICRO) / self.claims[units]
        if self.risk is not None:
            pairs = zip(units.tolist(), k.tolist(), strict=True)
            made = made + np.array([self.risk[unit][each - 1] for unit, each in pairs], dtype=np.float64) / NANO
        return np.asarray(made, dtype=np.float64)


def most_lots(claims: IntArray, floor: IntArray, cap: IntArray, lots: int) -> IntArray:
    """Most of `lots` that each unit could be given: its cap, but never below its floor, which a claim of 0 gets."""
    return np.where(claims > 0, np.maximum(np.minimum(cap, lots), floor), floor)


def sums(problem: Problem, lots: Sequence[int] | IntArray) -> list[int]:
    """Lots that each node of the tree holds; node 0 holds them all."""
    tree = problem.tree
    held = [0] * len(tree.names)
    for home, each in zip(tree.home, np.asarray(lots).tolist(), strict=True):
        held[home] += each
    for node in range(len(held) - 1, 0, -1):
        held[tree.parent[node]] += held[node]
    return held


def array(values: Any) -> IntArray:
    """Whole numbers as an int64 array."""
    return np.asarray(values, dtype=np.int64)

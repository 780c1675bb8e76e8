"""Tipping: the smallest error of a growth estimate or a workforce, in whole persons, that moves a quota by a lot.

All units at once, by doubling twice and then halving the change of each. That finds the smallest change, as a quota
that has moved away stays away: where one claim rises (with the cap that is a share of it) lots only come to that unit.
With blended drivers, where one estimate moves every claim a little, a quota that comes back is held for one that stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from allocator.data.table import ESTIMATE, MOST_PERSONS, Table
from allocator.growth.draws import Drawn, drawn_caps, drawn_claims, plan_sweep
from allocator.growth.sweep import NONE, blocks, decided
from allocator.model.allocation import Allocation, allocate
from allocator.model.claims import MICRO, MOST_CLAIM, exact, micro
from allocator.model.feasibility import feasible
from allocator.model.grounds import pose
from allocator.model.nested import whole_lots_nested
from allocator.model.problem import array
from allocator.model.scenario import Scenario
from allocator.model.signpost import IntArray


@dataclass(frozen=True)
class Tip:
    """Smallest change of an estimate, persons, downwards and upwards, that moves a quota; None where none does."""

    down: int | None
    up: int | None


def tipping(
    table: Table, scenario: Scenario, others: bool = False, column: str = ESTIMATE
) -> Mapping[str, Mapping[str, Tip]]:
    """For each growth estimate, or workforce, the others fixed: the smallest change that moves quotas by a lot.

    Args:
        table: the units.
        scenario: the scenario whose quotas are to move; a blank estimate counts as 0.
        others: whether to tell for each estimate what moves every unit, not only its own.
        column: `growth_estimate` or `workforce`.

    Returns:
        By the estimate's unit, then by the unit whose quota moves. Allocating anew with the estimate changed by that
        many persons moves the quota, and with one person less does not; None where no change does that before the
        rules stop holding together.

    Raises:
        InputError, InfeasibleError: as `allocate`.
    """
    base, count = allocate(table, scenario, method="waterfill"), len(table)
    unit, watched = np.indices((count, count)).reshape(2, -1) if others else np.tile(np.arange(count), (2, 1))
    sides = [_smallest(base, column, unit, sign, watched).tolist() for sign in (-1, 1)]
    tips: dict[str, dict[str, Tip]] = {name: {} for name in table.units}
    for own, other, *changes in zip(unit.tolist(), watched.tolist(), *sides, strict=True):
        tips[table.units[own]][table.units[other]] = Tip(*(None if each == NONE else each for each in changes))
    return tips


def _smallest(base: Allocation, column: str, unit: IntArray, sign: int, watched: IntArray) -> IntArray:
    """Smallest change of each unit's estimate, upwards or downwards, that moves the quota watched; `NONE`: none."""
    growth = array([int(each or 0) for each in base.table.optional(column)])[unit]
    most = MOST_PERSONS - growth if sign > 0 else growth
    low, high, stops = np.zeros_like(unit), np.full(len(unit), NONE), np.zeros(len(unit), dtype=bool)
    changed = _Changed(base, column)
    while (open_ := np.flatnonzero(np.where(high == NONE, low < most, high - low > 1))).size:
        further = np.minimum(np.maximum(4 * low[open_], 1), most[open_])
        probe = np.where(high[open_] == NONE, further, (low[open_] + high[open_]) // 2)
        rows, own = np.unique(np.stack((unit[open_], growth[open_] + sign * probe)), axis=1, return_inverse=True)
        held = changed.lots(*rows)[own.ravel(), watched[open_]]
        moved = held != array(base.lots)[watched[open_]]
        high[open_[moved]], stops[open_[moved]] = probe[moved], held[moved] == NONE
        low[open_[~moved]] = probe[~moved]
    return np.where(stops, NONE, high)


class _Changed:
    """Lots of all units where one figure of a column is another; `NONE` where the rules cannot hold together then."""

    def __init__(self, base: Allocation, column: str) -> None:
        self.base, self.column = base, column
        limits = (each.amount for each in base.ground.rules.limits)
        self.elsewhere = any(column in (each.column, each.of) for each in limits) or any(
            each.column == column != "workforce" for each in base.scenario.drivers
        )
        # Every unit's workforce may move: the draws' way to claims and caps does for that.
        self.plan = replace(plan_sweep(base), uncertain=np.arange(len(base.table)))

    def lots(self, unit: IntArray, growth: IntArray) -> IntArray:
        """A row for each pair of a unit and its figure, persons."""
        if self.plan.weight or self.plan.exactly is not None or self.elsewhere:
            # One by one: the costs of risk depend on the figure, too, or the floors or a driver do.
            pairs = zip(unit.tolist(), growth.tolist(), strict=True)
            tables = (self.base.table.with_figure(self.column, *each) for each in pairs)
            posed, none = [pose(table, self.base.scenario)[2] for table in tables], [NONE] * len(self.base.table)
            return np.array([whole_lots_nested(each) if feasible(each) else none for each in posed])
        parts = blocks(len(unit), len(self.base.table))
        return np.concatenate([self._decided(unit[part], growth[part]) for part in parts])

    def _decided(self, unit: IntArray, growth: IntArray) -> IntArray:
        base, plan, rows = self.base, self.plan, np.arange(len(unit))
        workforce, claims = (
            np.repeat(array(each)[:, None], len(unit), axis=1) for each in (base.claims.available, base.claims.claims)
        )
        own = [self._own(*each) for each in zip(unit.tolist(), growth.tolist(), strict=True)]
        workforce[unit, rows], claims[unit, rows] = zip(*own, strict=True)
        if plan.others.any():
            claims = drawn_claims(plan, Drawn(workforce))
        return decided(plan.problem, claims, drawn_caps(plan, Drawn(workforce))).T

    def _own(self, unit: int, figure: int) -> tuple[int, int]:
        """Available workforce and claim of a unit with a figure, as a run has them without blended drivers."""
        settings, given = self.base.scenario.growth, self.base.claims
        now, growth = given.workforce[unit], int(self.base.table.optional(ESTIMATE)[unit] or 0)
        now, growth = (now, figure) if self.column == ESTIMATE else (figure, growth)
        share = exact(settings.units.get(self.base.table.units[unit], settings.realisation))
        workforce = micro(now + share * growth)
        return workforce, min(micro(Fraction(workforce, MICRO) * given.multiplier[unit]), MOST_CLAIM)

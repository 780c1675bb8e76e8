"""An appeal: what would have to be true for a requested quota to be the fair one, and who would pay if it is granted.

Each answer changes one figure of the unit and leaves everything else as it is. A unit's quota never falls when its
own claim rises (the claims of the others stand still, its own cap rises with it), so the values that give exactly the
requested quota are a range of neighbours, found by bisection on re-solves.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, cached_property
from math import ceil, floor
from typing import Any

from allocator.data.names import near_names
from allocator.data.table import MOST_PERSONS, Number, Table, fold
from allocator.errors import InputError, fault
from allocator.model.allocation import Allocation, allocate, pose
from allocator.model.claims import MOST_CLAIM, exact, micro, power
from allocator.model.feasibility import feasible
from allocator.model.nested import whole_lots_nested
from allocator.model.problem import Problem, array
from allocator.model.scenario import Scenario
from allocator.why.comparison import compare

FINE = 1_000_000_000
"""Attainments are tried in steps of 1 / FINE."""
FIGURES = ("workforce", "growth", "attainment")
TOO_LITTLE, TOO_MUCH = -1, MOST_PERSONS


@dataclass(frozen=True)
class Span:
    """All values of one figure that make the requested quota the fair one, and the one nearest to the present.

    Attributes:
        present: the figure as it is; None where it is not known.
        value: the nearest to it within [low, high], the lowest where it is not known.
        low, high: ends of the range, both included; `high` is None where every larger figure does.
    """

    present: Number | None
    value: Number
    low: Number
    high: Number | None


@dataclass(frozen=True)
class Appeal:
    """The answer to an appeal.

    Attributes:
        unit, asked: who asks, and for which quota.
        workforce, growth, attainment: the values of each figure alone that make it fair; None where no value would.
        fair, granted: the allocation as it is, and with the request as a lock.
    """

    unit: str
    asked: int
    workforce: Span | None
    growth: Span | None
    attainment: Span | None
    fair: Allocation
    granted: Allocation

    @property
    def quota(self) -> int:
        """The unit's fair quota, members."""
        return self.fair.quotas[self.fair.table.units.index(self.unit)]

    @cached_property
    def absorbed_by(self) -> list[dict[str, Any]]:
        """Every `unit` whose quota has to change for the request to be granted, by `change` members; the most first."""
        rows = zip(self.fair.table.units, self.fair.quotas, self.granted.quotas, strict=True)
        found = [{"unit": unit, "change": new - old} for unit, old, new in rows if new != old and unit != self.unit]
        return sorted(found, key=lambda each: -abs(each["change"]))

    @cached_property
    def moves(self) -> list[dict[str, Any]]:
        """The lots behind `absorbed_by` in the order they move: dearest given up first, cheapest taken first.

        Each is the `lot` (which one, counted from 1) of a `unit`, with its `effort` (members asked per member of claim)
        and the `change` of the quota, members.
        """
        problem, units = self.fair.problem, self.fair.table.units
        found = []
        for unit, (before, after) in enumerate(zip(self.fair.lots, self.granted.lots, strict=True)):
            if units[unit] != self.unit:
                change = problem.lot if after > before else -problem.lot
                lots = range(min(before, after) + 1, max(before, after) + 1)
                found += [(problem.key(unit, k), change) for k in lots]
        found.sort(reverse=self.asked > self.quota)
        return [
            {"unit": units[unit], "lot": k, "change": change, "effort": problem.cost(unit, k)}
            for (*_, unit, k), change in found
        ]

    def to_json(self) -> dict[str, Any]:
        """The answer as plain mappings."""
        spans = {name: getattr(self, name) for name in FIGURES}
        before, after = compare(self.fair), compare(self.granted)
        return {
            "unit": self.unit,
            "quota": self.quota,
            "asked": self.asked,
            **{name: span and span.value for name, span in spans.items()},
            "ranges": {name: span and [span.low, span.high] for name, span in spans.items()},
            "absorbed_by": self.absorbed_by,
            "lots": self.moves,
            "moved": abs(self.asked - self.quota),
            "misplaced": after.misplaced,
            "misplaced_before": before.misplaced,
            "effort_ratio": {"before": before.effort_ratio.proposed, "after": after.effort_ratio.proposed},
            "effort_gini": {"before": before.effort_gini.proposed, "after": after.effort_gini.proposed},
        }


def appeal(table: Table, scenario: Scenario, unit: str, asked: int) -> Appeal:
    """What would make `asked` the fair quota of `unit`, and what granting it would cost.

    Args:
        table: the units.
        scenario: assumptions and decisions.
        unit: name of the unit that appeals.
        asked: the quota it asks for, members.

    Raises:
        InputError: there is no such unit, or `asked` is not a whole number of lots (the nearest are named), or the
            table is a tree.
        InfeasibleError: the scenario's rules cannot hold together, or not with `asked` as a lock; the rules are named.
    """
    if any(table.parents):
        raise InputError(fault("appeal.tree", table.place))
    index, lot = find_unit(table.units, unit), scenario.lot
    if asked % lot:
        low = asked // lot * lot
        raise InputError(fault("appeal.not_lots", "--quota", asked=asked, lot=lot, low=low, high=low + lot))
    fair = allocate(table, scenario, method="waterfill")
    name, wanted = table.units[index], asked // lot
    locks = [each.model_dump() for each in scenario.locks if each.unit != name] + [{"unit": name, "quota": asked}]
    granted = allocate(table, scenario.changed({"locks": locks}), method="waterfill")
    grows = scenario.growth.units.get(name, scenario.growth.realisation) > 0
    return Appeal(
        name,
        asked,
        _by_column(table, scenario, index, wanted, "workforce"),
        _by_column(table, scenario, index, wanted, "growth_estimate") if grows else None,
        _by_attainment(fair, index, wanted) if scenario.attainment.exponent else None,
        fair,
        granted,
    )


def find_unit(units: Sequence[str], name: str) -> int:
    """Position of the unit called `name`; InputError with the names that come close."""
    if fold(name) in units:
        return units.index(fold(name))
    raise InputError(fault("scenario.unknown_unit", "--unit", name=name, near=near_names(fold(name), units)))


def _by_column(table: Table, scenario: Scenario, unit: int, wanted: int, column: str) -> Span | None:
    """The values of a unit's headcount in one column of the table that give it `wanted` lots."""

    def posed(value: int) -> Problem:
        return pose(table.with_figure(column, unit, value), scenario)[2]

    span = _span(posed, range(MOST_PERSONS + 1), unit, wanted, table.optional(column)[unit] or 0)
    return replace(span, high=None) if span is not None and span.high == MOST_PERSONS else span


def _by_attainment(fair: Allocation, unit: int, wanted: int) -> Span | None:
    """The attainments of a unit, within the clip limits, that give it `wanted` lots; its own claim alone changes."""
    settings, problem = fair.scenario.attainment, fair.problem

    def posed(value: int) -> Problem:
        claims = problem.claims.tolist()
        claim = micro(fair.claims.base[unit] * power(Fraction(value, FINE), settings.exponent))
        claims[unit] = min(claim, MOST_CLAIM)
        return replace(problem, claims=array(claims))

    low, high = ceil(exact(settings.floor) * FINE), floor(exact(settings.ceiling) * FINE)
    past = fair.claims.attainment[unit]
    values = range(low, high + 1) if settings.exponent > 0 else range(high, low - 1, -1)
    span = _span(posed, values, unit, wanted, None if past is None else past * FINE)
    if span is None or span.high is None:
        return None
    value = float(Fraction(span.value) / FINE)
    return Span(None if past is None else float(past), value, span.low / FINE, span.high / FINE)


def _span(posed: Callable[[int], Problem], values: range, unit: int, wanted: int, present: Any) -> Span | None:
    """The range among whole `values` at which what is posed gives a unit `wanted` lots; its lots grow along them.

    Beyond them every value counts as the nearest, so a present value out there stands if that one does.
    """

    @cache
    def lots(value: int) -> int:
        try:
            problem = posed(value)
        except InputError:
            return TOO_MUCH  # a claim too large to be counted
        return int(whole_lots_nested(problem)[unit]) if feasible(problem) else TOO_LITTLE

    start, stop = bisect_left(values, wanted, key=lots), bisect_right(values, wanted, key=lots) - 1
    if start > stop:
        return None
    low, high = sorted((values[start], values[stop]))
    least, most = sorted((values[0], values[-1]))
    stands = present is not None and (low == least >= present or high == most <= present)
    nearest = low if present is None else present if stands else min(max(present, low), high)
    return Span(present, nearest, low, high)

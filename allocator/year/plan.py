"""Years planned together, each with its own scenario and target, with a price on the change of a unit's quota."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import gcd

from allocator.data.table import Table
from allocator.errors import Fault, InputError, fault
from allocator.model.claims import exact
from allocator.model.feasibility import check_feasible
from allocator.model.grounds import pose
from allocator.model.nested import whole_lots_nested
from allocator.model.plan_program import solve_plan
from allocator.model.scenario import Scenario

MOST_QUOTAS = 2_000
"""Units times years above which the exact comparison of exchanges would take longer than people wait."""


@dataclass(frozen=True)
class Year:
    """One year of a plan: its scenario's name, its quotas in the plan, and those it would have alone, members."""

    name: str
    year: int | None
    target: int
    quotas: tuple[int, ...]
    alone: tuple[int, ...]


@dataclass(frozen=True)
class YearsPlan:
    """A plan.

    Attributes:
        units: units in table order.
        years: its years, oldest first.
        lot: members a lot, the same in every year.
        price: claim effort that a change of one lot weighs.
        notes: what a reader should know.
    """

    units: tuple[str, ...]
    years: tuple[Year, ...]
    lot: int
    price: float
    notes: tuple[Fault, ...]

    @property
    def changes(self) -> tuple[tuple[int, ...], ...]:
        """Change of each unit's quota from a year to the next, members; one row a pair of years."""
        pairs = pairwise(self.years)
        return tuple(tuple(b - a for a, b in zip(one.quotas, two.quotas, strict=True)) for one, two in pairs)

    @property
    def changed(self) -> int:
        """Members by which quotas change from year to year, up and down, all together."""
        return sum(abs(each) for row in self.changes for each in row)


def plan_years(inputs: Sequence[tuple[str, Table, Scenario]], price: float) -> YearsPlan:
    """Quotas of all years at once, each year's target and rules kept.

    Args:
        inputs: name, table and scenario of each year; years with `year` set are put in order.
        price: claim effort that a change of one lot from a year to the next weighs; at 0 each year stands alone.

    Raises:
        InputError: tables with other units, a year twice, groups, or a signpost whose costs are not rational.
        InfeasibleError: a year's rules cannot hold together.
    """
    years = [scenario.year for _, _, scenario in inputs]
    if None not in years:
        inputs = sorted(inputs, key=lambda each: each[2].year or 0)
    faults = [each for index in range(len(inputs)) for each in _faults(inputs, index)]
    if faults:
        raise InputError(faults)
    lots = sorted({scenario.lot for _, _, scenario in inputs})
    lot = gcd(*lots)
    notes = [fault("plan.lots", lots=lots, lot=lot)] if len(lots) > 1 else []
    problems = []
    for _, table, scenario in inputs:
        _, bounded, problem = pose(table, scenario.model_copy(update={"lot": lot}))
        check_feasible(problem, bounded)
        problems.append(problem)
    found = solve_plan(problems, exact(price))
    made = []
    for (name, _, scenario), problem, quotas in zip(inputs, problems, found, strict=True):
        alone = whole_lots_nested(problem).tolist()
        members = (tuple(each * lot for each in side) for side in (quotas, alone))
        made.append(Year(name, scenario.year, scenario.target, *members))
    planned = YearsPlan(inputs[0][1].units, tuple(made), lot, price, tuple(notes))
    least = sum(abs(b.target - a.target) for a, b in pairwise(made))
    if not price or planned.changed != least:
        return planned
    return replace(planned, notes=(*notes, fault("plan.least_change", members=least)))


def _faults(inputs: Sequence[tuple[str, Table, Scenario]], index: int) -> list[Fault]:
    """What keeps one year out of the plan."""
    name, table, scenario = inputs[index]
    first = inputs[0][1].units
    found = []
    if table.units != first:
        odd = next((a for a, b in zip(table.units, first, strict=False) if a != b), [*table.units, *first][-1])
        found.append(fault("plan.units", name, first=inputs[0][0], unit=odd))
    if scenario.year is not None and scenario.year in [each[2].year for each in inputs[:index]]:
        found.append(fault("plan.year_twice", name, year=scenario.year))
    if any(table.parents):
        found.append(fault("year.tree", name))
    sums = [rule.name or f"rules.{index}" for index, rule in enumerate(scenario.rules) if rule.together]
    if sums or scenario.groups:
        found.append(fault("plan.groups", name, groups=[*(each.name for each in scenario.groups), *sums]))
    if scenario.signpost == "huntington_hill":
        found.append(fault("plan.signpost", name))
    if not index and len(first) * len(inputs) > MOST_QUOTAS:
        found.append(fault("plan.too_large", name, quotas=len(first) * len(inputs), most=MOST_QUOTAS))
    return found

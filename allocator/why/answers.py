"""All values of one figure of a unit that give it a quota, and what stands in the way where none does.

They are found along the whole axis of the figure (`axis`), which is split where something changes: where the
attainment, or the province's that stands in for missing ones, meets its floor or ceiling, and at figures that rules
name. Where the quota may run both ways between the splits, values are tried close together. What is answered has been
replayed by `allocate`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, partial
from itertools import pairwise
from typing import Any

from allocator.data.table import ATTAINMENT, MOST_PERSONS, MOST_RATIO, Number, Table
from allocator.errors import Fault, InfeasibleError, InputError, fault
from allocator.model.allocation import Allocation, allocate
from allocator.model.bounds import Loosened
from allocator.model.claims import clipped, exact, province
from allocator.model.grounds import Grounds, grounds
from allocator.model.hierarchy import level_table
from allocator.model.scenario import Scenario
from allocator.why.axis import Axis, Range
from allocator.why.beside import Decided
from allocator.why.likely import likely_steps

FIGURES = {"workforce": "workforce", "growth": "growth_estimate", "attainment": ATTAINMENT}
"""The figures that are answered, and their columns."""
DIGITS, FINEST = 4, 10
"""Digits of an attainment; and to how many they grow where those do not tell the values that give the quota apart."""
MOST_RANGES = 24
NO_CEILING = f"{MOST_RATIO * 100:.0f}%"
DENSE = 1_000
"""Units times values that are tried inside a range, where the quota is not known to run one way."""
Under = tuple[Grounds, Loosened | None]
"""What a quota is decided under: grounds, of the table as it is, and rules that are loosened or left out."""


@dataclass(frozen=True)
class Answer:
    """All values of one figure that make the requested quota the fair one, and the one nearest to the present.

    Attributes:
        present: the figure as it is; None where it is not known.
        counted: what it counts as, where it is not known.
        value: the nearest of all values to it; None where there is none.
        ranges: all values, in order.
        obstacle: why there is none, where that is known.
    """

    present: Number | None
    counted: Number
    value: Number | None
    ranges: tuple[Range, ...]
    obstacle: Fault | None = None


@dataclass(frozen=True)
class Asking:
    """A unit that asks for a quota.

    Attributes:
        unit: its name.
        asked: the quota, members.
        fair: the allocation as it is.
        standing: that allocation as it stands, shared with whoever asks beside it.
        method: how answers are replayed.
        tried: what was replayed so far: column, figure and method, and whether that gave the quota.
    """

    unit: str
    asked: int
    fair: Allocation
    standing: Decided
    method: str = "program"
    tried: dict[tuple[str, Number, str], bool] = field(default_factory=dict)

    @property
    def table(self) -> Table:
        """The whole table."""
        return self.fair.ground.table

    @property
    def scenario(self) -> Scenario:
        """The whole scenario."""
        return self.fair.ground.scenario

    @cached_property
    def row(self) -> int:
        """Its row of the table."""
        return self.table.units.index(self.unit)

    @cached_property
    def leaf(self) -> int:
        """Its place among the units that are allocated to."""
        return self.fair.table.units.index(self.unit)

    @cached_property
    def drivers(self) -> set[str | None]:
        """The columns of the drivers of all levels; None for an equal share."""
        return {each.column for level in self.fair.ground.levels for each in level.scenario.drivers}

    def quota(self, column: str, value: Number, under: Under | None = None) -> int | None:
        """The unit's quota with another figure, decided as now or under something else; None where there is none."""
        table = self.table.with_figure(column, self.row, value)
        ground, loosened = under or (self.fair.ground, None)
        lots = [each.scenario.lot for each in ground.levels]
        with suppress(InputError, InfeasibleError):
            if any(upper % lower for upper, lower in pairwise(lots)):  # it matters what other families are given
                return allocate(table, ground.scenario, "waterfill", loosened).quotas[self.leaf]
            return self.standing.quota(self.leaf, ground.with_row(table, self.row), loosened)
        return None

    def replayed(self, column: str, value: Number, method: str = "waterfill") -> bool:
        """Whether `allocate` gives the requested quota with the figure in the table; tried once."""
        key = column, value, method
        if key not in self.tried:
            self.tried[key] = False
            with suppress(InputError, InfeasibleError):
                made = allocate(self.table.with_figure(column, self.row, value), self.scenario, method)
                self.tried[key] = made.quotas[self.leaf] == self.asked
        return self.tried[key]

    def answer(self, name: str) -> Answer:
        """All values of a figure that give the quota, and the nearest; or what stands in the way."""
        column = FIGURES[name]
        present, counted = self._present(column)
        axis = self._axis(column)
        now = round(counted * 10**axis.digits)
        near = [now, *likely_steps(self.fair, self.leaf, self.asked, column, counted, axis.digits)]
        found = axis.ranges([*near, *self._close(axis, now)])
        if not axis.inside and not axis.one_way:
            axis.inside = self._many
            found = axis.ranges([*near, *self._close(axis, now)])
        kept = [each for each in found if all(self.replayed(column, v) for v in (each.low, each.high) if v is not None)]
        nearest = sorted(kept, key=lambda each: each.away(counted))[:MOST_RANGES]
        kept = sorted(nearest, key=lambda each: each.low)
        value = self._nearest(column, present, counted, kept)
        obstacle = None if value is not None else self._obstacle(name, column, axis)
        return Answer(present, counted, value, tuple(kept) if value is not None else (), obstacle)

    def _present(self, column: str) -> tuple[Number | None, Number]:
        """The figure as it is, None where it is not known, and what it counts as."""
        if column != ATTAINMENT:
            present = self.table.optional(column)[self.row] or 0
            return present, present
        past = self.fair.claims.attainment[self.leaf]
        stands = clipped(self.fair.table, self.fair.scenario.attainment, self.fair.claims.attainment)[self.leaf]
        return None if past is None else float(past), float(stands if past is None else past)

    def _nearest(self, column: str, present: Number | None, counted: Number, ranges: Sequence[Range]) -> Number | None:
        """The value nearest to the present one, replayed as a person gets it."""
        if not ranges:
            return None
        nearest = min(ranges, key=lambda each: each.away(counted))
        within = round(counted, nearest.digits) if nearest.digits else counted
        high = within if nearest.high is None else nearest.high
        stays = () if present is None or self.fair.quotas[self.leaf] != self.asked else (present,)
        tried = (*stays, min(max(within, nearest.low), high), nearest.low)
        return next((each for each in tried if self.replayed(column, each, self.method)), None)

    def _axis(self, column: str) -> Axis:
        """The axis of a figure, split where something changes along it."""
        quota, splits = partial(self.quota, column), sorted(set(self._splits(column)))
        if column != ATTAINMENT:
            return Axis(quota, self.asked, MOST_PERSONS, splits, inside=self._many * self._both_ways(column))
        named = column in self._named
        top = MOST_RATIO if named else min(MOST_RATIO, float(max(splits, default=Fraction(0))) + 1)
        inside = self._many * (named or self._both_ways(column))
        return Axis(quota, self.asked, int(top) * 10**DIGITS, splits, DIGITS, FINEST, inside)

    @property
    def _many(self) -> int:
        """How many values are tried inside a range, where the quota may run both ways: fewer of a large table."""
        return max(2, min(32, DENSE // len(self.fair.table)))

    @cached_property
    def _named(self) -> dict[str, set[Fraction]]:
        """Columns that drivers and rules name, with the figures that rules choose units by."""
        rules = [each.rule for each in self.fair.ground.rules.entries.values()]
        made = {column: set[Fraction]() for column in self.drivers.union(*(each.rests_on for each in rules)) if column}
        for rule in rules:
            for column, value in (rule.whom.where or {}).items():
                with suppress(ValueError):  # a text, which no figure is
                    step = Fraction(1, 10**DIGITS if column == ATTAINMENT else 1)
                    made[column].update(Fraction(str(value)) + each * step for each in (-1, 0, 1))
        return made

    def _both_ways(self, column: str) -> bool:
        """Whether the quota may run both ways along a figure between its splits."""
        if column == ATTAINMENT:
            return any(at_zero < 0 or self.scenario.risk.weight for at_zero, _ in self._averages)
        alike = any(each.short for each in self.scenario.rules)
        lots = len({each.scenario.lot for each in self.fair.ground.levels}) > 1
        return alike or lots or self.drivers != {"workforce"} or bool(self.scenario.risk.weight)

    @cached_property
    def _averages(self) -> list[tuple[Fraction, Fraction]]:
        """Of each level the province's attainment where the unit's is 0 and where it is 1, if any unit counts as it."""
        tables = [self.table.with_figure(ATTAINMENT, self.row, value) for value in (0, 1)]
        made = []
        for level, stage in enumerate(self.fair.ground.levels, start=1):
            settings, past = stage.scenario.attainment, stage.claims.attainment
            others = zip(stage.table.units, past, strict=True)
            if settings.missing == "province" and any(a is None and unit != self.unit for unit, a in others):
                tree = self.fair.ground.tree
                zero, one = (province(level_table(each, tree, tree.shown(level)), settings) for each in tables)
                made.append((zero, one))
        return made

    def _splits(self, column: str) -> Iterator[Fraction]:
        """Values of a figure at which something changes along it."""
        yield from self._named.get(column, ())
        if column in self._named:
            yield Fraction(1)  # a share of nothing is no limit
        if column != ATTAINMENT:
            return
        for stage in self.fair.ground.levels:
            settings = stage.scenario.attainment
            clips = exact(settings.floor), exact(settings.ceiling)
            yield from clips
            for at_zero, at_one in self._averages:
                if at_one > at_zero:
                    crossed = ((clip - at_zero) / (at_one - at_zero) for clip in clips)
                    yield from (each for each in crossed if 0 <= each <= MOST_RATIO)

    def _close(self, axis: Axis, present: int) -> Iterator[int]:
        """Values close together, in steps of the axis; none where the quota runs one way."""
        if not axis.inside:
            return
        few, many = axis.inside // 2, axis.inside * 5
        yield from range(max(0, present - few), present + few + 1)
        if axis.digits:
            reach = int(min(MOST_RATIO, float(max(axis.splits, default=1)))) + 1
            yield from (reach * 10**axis.digits * each // many for each in range(many))
        else:
            yield from range(many)
        step = float(many if not axis.digits else 10**axis.digits)
        while step < axis.top:
            yield int(step)
            step *= 1 + 16 / many

    def _obstacle(self, name: str, column: str, axis: Axis) -> Fault | None:
        """What stands in the way of the quota: found by leaving it out and solving again."""
        ground = self.fair.ground
        node = ground.tree.position[self.unit]
        over = {node, *ground.tree.above(node)}
        keys = [key for key, nodes in ground.rules.covers.items() if not over.isdisjoint(nodes.tolist())]
        if node in ground.rules.locked:
            rules = ((key, ground.rules.entries[key].rule) for key in keys if node in ground.rules.covers[key])
            key, rule = next((key, rule) for key, rule in rules if rule.each and rule.each.least and rule.each.most)
            quota = self.fair.quotas[self.leaf]
            return fault("appeal.locked", quota=quota, key=key, by=rule.by, reason=rule.reason)
        if axis.jumps:
            return fault("appeal.jump", **vars(axis.jumps[0]))
        given = [each for each in axis.known.values() if each is not None] or [self.asked]
        more = self.asked > max(given)
        for code, figures, changes in self._settings(name, more):
            with suppress(InputError):
                if self._reached(column, more, (grounds(self.table, self.scenario.changed(changes)), None)):
                    return fault(code, **figures)
        for key in keys:
            if self._reached(column, more, (ground, {key: None})):
                return fault("appeal.rule", key=key, rule=ground.rules.entries[key].title)
        if more:
            return fault("appeal.never_above", quota=max(given))
        return fault("appeal.never_below", quota=min(given)) if self.asked < min(given) else None

    def _settings(self, name: str, more: bool) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
        """Settings that may stand in the way, with the text that says so and the change that leaves them out."""
        past, growth = self.fair.scenario.attainment, self.fair.scenario.growth
        if name == "attainment" and not past.exponent:
            yield "appeal.unweighed", {}, {"attainment": {"exponent": 1, "floor": 0, "ceiling": NO_CEILING}}
        if name == "attainment" and past.exponent and more == (past.exponent > 0):
            yield "appeal.ceiling", {"ceiling": past.ceiling}, {"attainment": {"ceiling": NO_CEILING}}
        elif name == "attainment" and past.exponent:
            least = 0 if past.exponent > 0 else min(past.floor, 1e-6)
            yield "appeal.floor", {"floor": past.floor}, {"attainment": {"floor": least}}
        if name == "growth" and not growth.units.get(self.unit, growth.realisation):
            yield "appeal.uncounted", {}, {"growth": {"units": {self.unit: 1}}}
        if name != "attainment" and any(each.column != "workforce" for each in self.fair.scenario.drivers):
            share = round(sum(each.share for each in self.fair.scenario.drivers if each.column == "workforce"), 9)
            yield "appeal.drivers", {"share": share}, {"drivers": [{"column": "workforce", "share": 1}]}

    def _reached(self, column: str, more: bool, under: Under) -> bool:
        """Whether some far value gives the quota asked for, or more where it is `more` that is asked for, else less."""
        top = MOST_RATIO if column == ATTAINMENT else MOST_PERSONS
        present = self._present(column)[1]
        made = (self.quota(column, value, under) for value in (0, 1, present, 10 * present, top))
        return any(each >= self.asked if more else each <= self.asked for each in made if each is not None)

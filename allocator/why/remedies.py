"""Rules that cannot hold together: the smallest set that collides, and the smallest changes that would let them hold.

The set comes from a deletion filter (Chinneck & Dravnieks, ORSA Journal on Computing 3 (1991) 157–168), made smaller
by trial where it can be. Whatever remedies the scenario must loosen a rule of each colliding set: remedies start from
one set, and where a rule loosened to its limit leaves another set, from that one too. Locks and firm rules stay.
A rule is loosened in steps, away from the present value of the key that sets it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, combinations, islice
from math import floor
from typing import Any

from allocator.data.numbers import MOST_PERSONS
from allocator.data.settings import merged
from allocator.data.table import Number, Table
from allocator.errors import Fault, InfeasibleError
from allocator.model.allocation import state
from allocator.model.bounds import LotBounds, Rule, bounds, scenario_key, tightest, unit_rules
from allocator.model.claims import Claims, claims, exact
from allocator.model.feasibility import check_feasible, reach
from allocator.model.problem import Problem
from allocator.model.scenario import Group, OwnBounds, Scenario

TARGET = "target"
HIGHEST_SHARE = 100
HUNDREDTH = 0.01
NO_TARGET = 10**12
ABOUT_TARGET = ("infeasible.above_caps", "infeasible.below_floors", "infeasible.no_claims")
MOST_CHANGES = 3
ENOUGH = 3
"""So many remedies of few changes, and none of more changes is looked for."""
MOST_TIMES = 10
"""A remedy that costs more than so many times the cheapest is none."""
MOST_TRIED = 20_000
"""Smaller sets of rules are tried until so many units have been looked at."""


@dataclass(frozen=True)
class Knob:
    """A key of the scenario that sets bounds.

    Attributes:
        path: where it stands in the scenario.
        now: its present value.
        firm: whether remedies leave it alone.
        steps: how many steps of loosening there are at most.
        by: what each adds; a share is raised to whole hundredths, so that the new value is one a planner would write.
    """

    path: tuple[str, ...]
    now: Number
    firm: bool
    steps: int = 0
    by: Number = 0

    @property
    def key(self) -> str:
        """Its path as one word."""
        return ".".join(self.path)

    def value(self, step: int) -> Number:
        """Its value after so many steps of loosening."""
        if step and self.by == HUNDREDTH:
            return (floor(exact(self.now) * 100) + step) / 100
        return self.now + step * int(self.by) if step else self.now

    def settings(self, scenario: Scenario, value: Number) -> Mapping[str, Any]:
        """What `Scenario.changed` takes to give it another value."""
        if self.path[0] == "groups":  # A list cannot be merged: all groups are given anew, one of them changed.
            _, name, bound = self.path
            groups = (each.model_dump() for each in scenario.groups)
            return {"groups": [{**each, bound: value} if each["name"] == name else each for each in groups]}
        nested: Any = value
        for part in reversed(self.path):
            nested = {part: nested}
        return dict(nested)


def knobs(scenario: Scenario) -> Iterator[Knob]:
    """Every key of a scenario that sets a bound, and the target; locks are firm."""
    settings, pace = scenario.bounds, scenario.bounds.pace
    firm = settings.firm if isinstance(settings.firm, list) else ["min_quota", "max_share"] * settings.firm
    for lock in scenario.locks:
        yield Knob(("locks", lock.unit), lock.quota, True)
    for unit, own in settings.units.items():
        yield from _pair(own, "bounds", "units", unit)
    if pace is not None:
        for side, now, most in (("down", pace.down, 1), ("up", pace.up, HIGHEST_SHARE)):
            if now is not None:
                yield _share(now, pace.firm, most, "bounds", "pace", side)
    if least := settings.min_quota:
        yield Knob(("bounds", "min_quota"), least, "min_quota" in firm, least, -1)
    if settings.max_share is not None:
        yield _share(settings.max_share, "max_share" in firm, HIGHEST_SHARE, "bounds", "max_share")
    for group in scenario.groups:
        yield from _pair(group, "groups", group.name)
    yield Knob((TARGET,), scenario.target, False)


def _pair(bounds: OwnBounds | Group, *path: str) -> Iterator[Knob]:
    if bounds.min is not None:
        yield Knob((*path, "min"), bounds.min, bounds.firm, bounds.min, -1)
    if bounds.max is not None:
        yield Knob((*path, "max"), bounds.max, bounds.firm, MOST_PERSONS - bounds.max, 1)


def _share(now: float, firm: bool, most: int, *path: str) -> Knob:
    return Knob(path, now, firm, max(0, most * 100 - floor(exact(now) * 100)), HUNDREDTH)


@dataclass(frozen=True)
class Change:
    """One key of the scenario with its present and its new value."""

    key: str
    now: Number
    to: Number

    def __str__(self) -> str:
        return f"{self.key}: {self.now} → {self.to}"


@dataclass(frozen=True)
class Remedy:
    """Changes that together make the scenario feasible, checked by stating the problem again.

    Attributes:
        changes: the keys that change.
        members: how far the bounds of all units and groups, and the target, move in total, members.
        lots: the same in lots.
        settings: the changes as `Scenario.changed` takes them.
    """

    changes: tuple[Change, ...]
    members: int
    lots: int
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Collision:
    """Rules that cannot hold together (each is needed for that): key and value; and remedies, the cheapest first."""

    rules: Mapping[str, Number]
    remedies: tuple[Remedy, ...]


def collision(table: Table, scenario: Scenario) -> Collision | None:
    """Why the scenario's rules cannot hold together, and what would help; None where they can.

    Args:
        table: the units.
        scenario: the rules, checked against the table.
    """
    every = {each.key: each for each in knobs(scenario)}
    loose = {key: each for key, each in every.items() if not each.firm}
    case = _Case(table, scenario, claims(table, scenario), loose)
    rules = case.colliding(scenario)
    if not rules:
        return None
    found = {each.changes: each for each in case.remedies(rules)}
    cheapest = min((each.members for each in found.values()), default=0)
    worth = [each for each in found.values() if each.members <= MOST_TIMES * cheapest]
    values = {key: every[key].now for key in rules}
    return Collision(values, tuple(sorted(worth, key=lambda each: (each.members, len(each.changes)))))


@dataclass(frozen=True)
class _Case:
    table: Table
    scenario: Scenario
    claimed: Claims
    knobs: Mapping[str, Knob]

    def faults(self, scenario: Scenario, kept: Collection[str]) -> list[Fault]:
        """What cannot hold in a scenario of which only the rules under the keys `kept` count."""
        bounded, problem = self.stated(scenario, kept)
        try:
            check_feasible(problem, bounded)
        except InfeasibleError as error:
            return [each for each in error.faults if TARGET in kept or each.key not in ABOUT_TARGET]
        return []

    def stated(self, scenario: Scenario, kept: Collection[str]) -> tuple[LotBounds, Problem]:
        """Bounds and problem of a scenario, with only the rules under `kept`."""

        def still(rule: Rule | None) -> Rule | None:
            return rule if rule is not None and scenario_key(rule) in kept else None

        if TARGET not in kept:
            scenario = scenario.model_copy(update={"target": NO_TARGET * scenario.lot})
        every = bounds(self.table, scenario, self.claimed.available).groups
        groups = tuple(replace(each, floor=still(each.floor), cap=still(each.cap)) for each in every)
        rules = [each for each in unit_rules(self.table, scenario, self.claimed.available) if still(each[0])]
        bounded = tightest(rules, groups, len(self.table), scenario.target // scenario.lot)
        return bounded, state(scenario, self.claimed, bounded)

    def colliding(self, scenario: Scenario, without: Iterable[str] = ()) -> tuple[str, ...]:
        """The smallest set of keys whose rules cannot hold together; none where all others than `without` can."""
        every = [each.key for each in knobs(scenario) if each.key not in without]
        if not self.faults(scenario, every):
            return ()
        kept, size = every, max(1, len(every) // 2)
        while size:
            start = 0
            while start < len(kept):
                less = kept[:start] + kept[start + size :]
                if self.faults(scenario, less):
                    kept = less
                else:
                    start += size
            size //= 2
        smaller = chain.from_iterable(combinations(every, size) for size in range(1, len(kept)))
        tried = islice(smaller, MOST_TRIED // len(self.table))
        return next((each for each in tried if self.faults(scenario, each)), tuple(kept))

    def remedies(self, rules: tuple[str, ...]) -> Iterator[Remedy]:
        """Changes of one key that suffice; of two and of three where those are few."""
        unsolved: list[tuple[tuple[str, ...], tuple[str, ...]]] = [((), rules)]
        found = 0
        for _ in range(MOST_CHANGES):
            wider = {(*keys, key) for keys, left in unsolved for key in left if key in self.knobs}
            unsolved = []
            for keys in sorted({tuple(sorted(each)) for each in wider}):
                left = self.colliding(self._changed(self._loosest(keys)), (TARGET,) if TARGET in keys else ())
                if left:
                    unsolved.append((keys, left))
                else:
                    found += 1
                    yield self._smallest(keys)
            if found >= ENOUGH:
                return

    def _changed(self, values: Mapping[str, Number]) -> Scenario:
        made = self.scenario
        for key, value in values.items():
            made = made.changed(self.knobs[key].settings(made, value))
        return made

    def _loosest(self, keys: Iterable[str]) -> dict[str, Number]:
        return {key: self.knobs[key].value(self.knobs[key].steps) for key in keys if key != TARGET}

    def _smallest(self, keys: tuple[str, ...]) -> Remedy:
        """The smallest changes of these keys, one after the other, from all at their loosest; the target last."""
        values = self._loosest(keys)
        kept = [each.key for each in knobs(self.scenario) if not (each.key == TARGET and TARGET in keys)]
        for key in list(values):
            knob = self.knobs[key]

            def holds(step: int, key: str = key, knob: Knob = knob) -> bool:
                return not self.faults(self._changed({**values, key: knob.value(step)}), kept)

            values[key] = knob.value(bisect_left(range(knob.steps), True, key=holds))
        if TARGET in keys:
            values[TARGET] = self._nearest_target(self._changed(values), kept)
        values = {key: value for key, value in values.items() if value != self.knobs[key].now}
        made, settings = self.scenario, dict[str, Any]()
        for key, value in values.items():
            change = self.knobs[key].settings(made, value)
            made, settings = made.changed(change), merged(settings, change)
        assert not self.faults(made, [each.key for each in knobs(made)])
        pairs = zip(*(self._rule_lots(each) for each in (self.scenario, made)), strict=True)
        lots = sum(abs(new - old) for old, new in pairs) + abs(made.target - self.scenario.target) // made.lot
        changes = tuple(Change(key, self.knobs[key].now, value) for key, value in values.items())
        return Remedy(changes, lots * made.lot, lots, settings)

    def _nearest_target(self, scenario: Scenario, kept: Collection[str]) -> int:
        least, most = reach(self.stated(scenario, kept)[1])
        limit = MOST_PERSONS // scenario.lot
        return min(max(scenario.target // scenario.lot, least[0]), most[0], limit) * scenario.lot

    def _rule_lots(self, scenario: Scenario) -> list[int]:
        """Where all bounds lie, lots."""
        made = bounds(self.table, scenario, self.claimed.available)
        rules = (*made.floor_rule, *made.cap_rule, *(rule for each in made.groups for rule in (each.floor, each.cap)))
        return [rule.lots if rule else 0 for rule in rules]

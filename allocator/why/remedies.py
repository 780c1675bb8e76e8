"""Rules that cannot hold together: the smallest set that collides, and the smallest changes that would let them hold.

The set comes from a deletion filter (Chinneck & Dravnieks, ORSA Journal on Computing 3 (1991) 157–168), made smaller
by trial where it can be. Whatever remedies the scenario must loosen a rule of each colliding set: remedies start from
one set, and where a rule loosened to its limit leaves another set, from that one too. Locks and firm rules stay.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, combinations, islice
from typing import Any

from allocator.data.numbers import MOST_PERSONS
from allocator.data.settings import merged
from allocator.data.table import Number, Table
from allocator.errors import Fault, InfeasibleError
from allocator.model.allocation import state
from allocator.model.bounds import LotBounds, Rule, bounds, scenario_key, tightest, unit_rules
from allocator.model.claims import Claims, claims
from allocator.model.feasibility import check_feasible, reach
from allocator.model.problem import Problem
from allocator.model.scenario import Scenario
from allocator.why.loosening import TARGET, Knob, knobs

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

    def faults(self, scenario: Scenario, kept: Iterable[str] | None = None) -> list[Fault]:
        """What cannot hold in a scenario of which only the rules under the keys `kept` count."""
        bounded, problem = self.stated(scenario, kept)
        try:
            check_feasible(problem, bounded)
        except InfeasibleError as error:
            free = kept is not None and TARGET not in kept
            return [each for each in error.faults if not (free and each.key in ABOUT_TARGET)]
        return []

    def stated(self, scenario: Scenario, kept: Iterable[str] | None = None) -> tuple[LotBounds, Problem]:
        """Bounds and problem of a scenario, with only the rules under `kept`."""
        bounded = bounds(self.table, scenario, self.claimed.available)
        if kept is not None:

            def still(rule: Rule | None) -> Rule | None:
                return rule if rule is not None and scenario_key(rule) in kept else None

            if TARGET not in kept:
                scenario = scenario.model_copy(update={"target": NO_TARGET * scenario.lot})
            groups = tuple(replace(each, floor=still(each.floor), cap=still(each.cap)) for each in bounded.groups)
            rules = [each for each in unit_rules(self.table, scenario, self.claimed.available) if still(each[0])]
            bounded = tightest(rules, groups, len(self.table), scenario.target // scenario.lot)
        return bounded, state(scenario, self.claimed, bounded)

    def keys(self, scenario: Scenario) -> list[str]:
        """Every key that sets a bound, and the target."""
        units = (rule for rule, _ in unit_rules(self.table, scenario, self.claimed.available))
        groups = bounds(self.table, scenario, self.claimed.available).groups
        rules = chain(units, (rule for each in groups for rule in (each.floor, each.cap) if rule is not None))
        return [*dict.fromkeys(scenario_key(rule) for rule in rules), TARGET]

    def colliding(self, scenario: Scenario, without: Iterable[str] = ()) -> tuple[str, ...]:
        """The smallest set of keys whose rules cannot hold together; none where all others than `without` can."""
        every = [key for key in self.keys(scenario) if key not in without]
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
                left = self.colliding(self._loosest(keys), (TARGET,) if TARGET in keys else ())
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

    def _loosest(self, keys: Iterable[str]) -> Scenario:
        return self._changed({key: self.knobs[key].loosest for key in keys if key != TARGET})

    def _smallest(self, keys: tuple[str, ...]) -> Remedy:
        """The smallest changes of these keys, one after the other, from all at their loosest; the target last."""
        values = {key: self.knobs[key].loosest for key in keys if key != TARGET}
        kept = [key for key in self.keys(self.scenario) if not (key == TARGET and TARGET in keys)]
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
        assert not self.faults(made)
        lots = self._moved(made)
        changes = tuple(Change(key, self.knobs[key].now, value) for key, value in values.items())
        return Remedy(changes, lots * made.lot, lots, settings)

    def _nearest_target(self, scenario: Scenario, kept: Iterable[str]) -> int:
        least, most = reach(self.stated(scenario, kept)[1])
        limit = MOST_PERSONS // scenario.lot
        return min(max(scenario.target // scenario.lot, least[0]), most[0], limit) * scenario.lot

    def _moved(self, made: Scenario) -> int:
        """How far all bounds and the target move, lots."""
        before, after = (self.stated(each)[0] for each in (self.scenario, made))
        pairs = [
            *zip(before.floor_rule, after.floor_rule, strict=True),
            *zip(before.cap_rule, after.cap_rule, strict=True),
        ]
        for old, new in zip(before.groups, after.groups, strict=True):
            pairs += [(old.floor, new.floor), (old.cap, new.cap)]
        moved = sum(abs((new.lots if new else 0) - (old.lots if old else 0)) for old, new in pairs if old or new)
        return moved + abs(made.target - self.scenario.target) // made.lot

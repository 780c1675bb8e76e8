"""Rules that cannot hold together: the smallest set that collides, and the smallest changes that would let them hold.

The set comes from a deletion filter (Chinneck & Dravnieks, ORSA Journal on Computing 3 (1991) 157–168), made smaller
by trial where it can be. Whatever remedies the scenario must loosen a rule of each colliding set: remedies start from
one set, and where a rule loosened to its limit leaves another set, from that one too. Locks and firm rules stay, and
nobody is asked for more than its workforce. A rule is loosened in steps, or does not count for some of its units.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, combinations, islice
from math import lcm
from typing import Any

from allocator.data.settings import merged
from allocator.data.table import MOST_PERSONS, Number, Table
from allocator.errors import Fault, InfeasibleError, InputError
from allocator.model.claims import MICRO
from allocator.model.grounds import Grounds, grounds
from allocator.model.keys import in_one_line
from allocator.model.limit import Limit
from allocator.model.scenario import Scenario
from allocator.why.loosening import ALL_UNITS, ONE_UNIT, TARGET, Knob, knobs

NO_TARGET = 10**12
ABOUT_TARGET = ("infeasible.above_caps", "infeasible.below_floors", "infeasible.no_claims")
MOST_CHANGES = 3
ENOUGH = 3
"""So many remedies of few changes, and none of more changes is looked for."""
MOST_TIMES = 10
"""A remedy that costs more than so many times the cheapest is none."""
MOST_PARTS = 101
"""A lot is tried in fewer parts than so many, and in single members."""
MOST_TRIED = 20_000
"""Smaller sets of rules are tried until so many units have been looked at."""


@dataclass(frozen=True)
class Change:
    """One key of the scenario with its present and its new value; of an `except` the units left out."""

    key: str
    now: Number | tuple[str, ...]
    to: Number | tuple[str, ...]


@dataclass(frozen=True)
class Remedy:
    """Changes that together make the scenario feasible, checked by stating the problem again.

    Attributes:
        changes: the keys that change.
        members: how far the bounds of all units and groups, and the target, move in total, members.
        lots: the same in lots.
        settings: the changes as `Scenario.changed` takes them.
        wide: whether single units, a rule for all or the target are touched, the widest of them.
    """

    changes: tuple[Change, ...]
    members: int
    lots: int
    settings: Mapping[str, Any]
    wide: int

    @property
    def options(self) -> list[str]:
        """The changes as `--set` takes them: `KEY=VALUE`."""
        return [f"{key}={in_one_line(value)}" for key, value in _flat(self.settings)]


def _flat(settings: Mapping[str, Any], before: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    for key, value in settings.items():
        path = (*before, key if not set(key) & set("""."'=""") else f'"{key}"' if "'" in key else f"'{key}'")
        if isinstance(value, Mapping):
            yield from _flat(value, path)
        else:
            yield ".".join(path), value


@dataclass(frozen=True)
class Collision:
    """Rules that cannot hold together (each is needed for that): key and value; and remedies, narrow ones first."""

    rules: Mapping[str, Number | tuple[str, ...]]
    remedies: tuple[Remedy, ...]


def collision(table: Table, scenario: Scenario) -> Collision | None:
    """Why the scenario's rules cannot hold together, and what would help; None where they can.

    Remedies that touch single units come before those that loosen a rule for all, the target is last; of each kind the
    cheapest comes first.

    Args:
        table: the units.
        scenario: the rules, checked against the table.
    """
    case = _Case(scenario, grounds(table, scenario))
    every = {each.key: each for each in knobs(scenario, case.ground)}
    rules = case.colliding(scenario)
    if not rules:
        return None
    found = {each.changes: each for each in case.remedies(rules)}
    cheapest = min((each.members for each in found.values()), default=0)
    worth = [each for each in found.values() if each.members <= MOST_TIMES * cheapest]
    worth += case.finer()
    order = sorted(worth, key=lambda each: (each.wide, each.members, len(each.changes)))
    collide = (_knob_at(every, key) for key in rules)
    return Collision({each.key: each.now for each in collide}, tuple(order))


def _knob_at(every: Mapping[str, Knob], key: str) -> Knob:
    """The knob of a side of a rule: its key may go on to the share that is changed."""
    return every[key] if key in every else every[f"{key}.share"]


@dataclass(frozen=True)
class _Case:
    scenario: Scenario
    ground: Grounds

    def under(self, scenario: Scenario) -> Grounds:
        """What is decided on under other rules."""
        return self.ground if scenario is self.scenario else self.ground.under(scenario)

    def faults(self, ground: Grounds, without: Collection[str] = ()) -> list[Fault]:
        """What cannot hold where the rules under some keys, or the target, do not count."""
        free = TARGET in without
        try:
            (ground.with_target(NO_TARGET * self.scenario.lot) if free else ground).check(dict.fromkeys(without))
        except InfeasibleError as error:
            return [each for each in error.faults if not free or each.key not in ABOUT_TARGET]
        return []

    def colliding(self, scenario: Scenario, without: Collection[str] = ()) -> tuple[str, ...]:
        """The smallest set of keys whose rules cannot hold together; none where all others than `without` can."""
        ground = self.under(scenario)
        keys = [*dict.fromkeys(each.key for each in ground.rules.limits), TARGET]

        def collide(kept: Collection[str]) -> bool:
            return bool(self.faults(ground, [key for key in keys if key not in kept]))

        every = [key for key in keys if key not in without]
        if not collide(every):
            return ()
        kept, size = every, max(1, len(every) // 2)
        while size:
            start = 0
            while start < len(kept):
                less = kept[:start] + kept[start + size :]
                if collide(less):
                    kept = less
                else:
                    start += size
            size //= 2
        smaller = chain.from_iterable(combinations(every, size) for size in range(1, len(kept)))
        tried = islice(smaller, MOST_TRIED // len(self.ground.table))
        return next((each for each in tried if collide(each)), tuple(kept))

    def remedies(self, rules: tuple[str, ...]) -> Iterator[Remedy]:
        """Changes of one key that suffice; of two and of three where those are few."""
        unsolved: list[tuple[tuple[Knob, ...], tuple[str, ...]]] = [((), rules)]
        found = 0
        for _ in range(MOST_CHANGES):
            wider = {
                tuple(sorted((*chosen, knob), key=lambda each: each.key)): None
                for chosen, left in unsolved
                for knob in self._ways_out(self._loosest(chosen), left)
                if knob.about not in {each.about for each in chosen}
            }
            unsolved = []
            for chosen in wider:
                free = (TARGET,) if any(each.key == TARGET for each in chosen) else ()
                left = self.colliding(self._loosest(chosen), free)
                if left:
                    unsolved.append((chosen, left))
                elif made := self._smallest(chosen, free):
                    found += 1
                    yield made
            if found >= ENOUGH:
                return

    def _ways_out(self, scenario: Scenario, colliding: tuple[str, ...]) -> Iterator[Knob]:
        """What could be changed of colliding rules: an amount, the target, or units that a rule does not count for."""
        ground = self.under(scenario)
        every = {each.key: each for each in knobs(scenario, ground)}
        # What a short form has become is left as it is: the short form is what is changed.
        own = [key for key in colliding if not key.startswith("rules.") or self._written(key)]
        for key in own:
            knob = _knob_at(every, key)
            if not knob.firm and (knob.steps or key == TARGET):
                yield knob
        limits = {each.key: each for each in ground.rules.limits}
        idle = dict.fromkeys(key for key in (*limits, TARGET) if key not in colliding)
        bounds = ground.with_target(NO_TARGET * scenario.lot).leaf_bounds(idle)
        crossed = tuple(
            unit for unit, low, high in zip(bounds.names, bounds.floor, bounds.cap, strict=True) if low > high
        )
        for key in own:
            limit = limits.get(key)
            if limit is None or not _may_leave_out(limit):
                continue
            covers = {ground.tree.names[node] for node in limit.nodes.tolist()}
            more = tuple(unit for unit in crossed if unit in covers)
            if more and (len(more) < len(covers) or limit.amount.column):
                path = (*limit.entry.key.split("."), "except")
                yield Knob(path, tuple(limit.entry.rule.left_out), False, ONE_UNIT, 1, 0, more)

    def _written(self, key: str) -> bool:
        """Whether a rule stands in the scenario as it was given."""
        return int(key.split(".")[1]) < len(self.scenario.rules)

    def _changed(self, values: Iterable[tuple[Knob, Any]]) -> tuple[Scenario, dict[str, Any]]:
        made, settings = self.scenario, dict[str, Any]()
        for knob, value in sorted(values, key=lambda each: each[0].path[-1] == "except"):
            change = knob.settings(made, value)
            made, settings = made.changed(change), merged(settings, change)
        return made, settings

    def _loosest(self, chosen: Iterable[Knob]) -> Scenario:
        return self._changed((each, each.value(each.steps)) for each in chosen if each.key != TARGET)[0]

    def _smallest(self, chosen: tuple[Knob, ...], free: tuple[str, ...]) -> Remedy | None:
        """The smallest changes of these keys, one after the other, from all at their loosest; the target last.

        None where another target moves a rule, a share of it, so that they do not hold after all.
        """
        values = {each: each.value(each.steps) for each in chosen if each.key != TARGET}
        for knob in list(values):

            def holds(step: int, knob: Knob = knob) -> bool:
                changed, _ = self._changed({**values, knob: knob.value(step)}.items())
                return not self.faults(self.under(changed), free)

            values[knob] = knob.value(bisect_left(range(knob.steps), True, key=holds))
        values |= {each: self._nearest_target(values) for each in chosen if each.key == TARGET}
        values = {knob: value for knob, value in values.items() if value != knob.now}
        made, settings = self._changed(values.items())
        if not self._holds(made):
            return None
        members = self._moved(made) + abs(made.target - self.scenario.target)
        changes = tuple(Change(knob.key, knob.now, value) for knob, value in values.items())
        return Remedy(changes, members, members // made.lot, settings, max(each.wide for each in values))

    def _holds(self, scenario: Scenario) -> bool:
        """Whether the rules hold under another scenario."""
        try:
            return not self.faults(self.under(scenario))
        except InputError:
            return False

    def _moved(self, made: Scenario) -> int:
        """How far the bounds of all units and groups lie from where they are now, members."""
        pairs = zip(self._rule_lots(self.scenario), self._rule_lots(made), strict=True)
        return sum(abs(new * made.lot - old * self.scenario.lot) for old, new in pairs)

    def finer(self) -> list[Remedy]:
        """The largest smaller lot with which the rules hold as they are, where there is one."""
        lot = self.scenario.lot
        for to in dict.fromkeys(lot // parts for parts in (*range(2, MOST_PARTS), lot) if lot > 1 and lot % parts == 0):
            made = self.scenario.changed({"lot": to})
            if self._holds(made):
                members = self._moved(made)
                return [Remedy((Change("lot", lot, to),), members, members // to, {"lot": to}, ALL_UNITS)]
        return []

    def _nearest_target(self, values: Mapping[Knob, Any]) -> int:
        lot = self.scenario.lot
        ground = self.under(self._changed(values.items())[0]).with_target(NO_TARGET * lot)
        least, most = ground.reach()
        nearest = min(max(self.scenario.target // lot, least), most, MOST_PERSONS // lot) * lot
        whole = lcm(*(each.scenario.lot for each in ground.levels))  # a target is whole lots at every level
        return -(-nearest // whole) * whole if nearest > self.scenario.target else nearest // whole * whole

    def _rule_lots(self, scenario: Scenario) -> list[int]:
        """Where all bounds lie, lots; nobody can be asked for more than its workforce."""
        made: list[int] = []
        for claimed, bounded, problem in self.under(scenario).posed(weighed=False):
            tops = [each // (MICRO * problem.lot) for each in claimed.available]
            made += [*bounded.floor, *map(min, bounded.cap, tops)]
            made += [side.lots if side else 0 for each in bounded.groups for side in (each.floor, each.cap)]
        return made


def _may_leave_out(limit: Limit) -> bool:
    """Whether units can be taken out of a rule: not out of a lock, of one unit's own, or of what a workforce allows."""
    rule, head = limit.entry.rule, limit.entry.key.partition(".")[0]
    own = head in ("locks", "groups", "levels") or limit.entry.key.startswith("bounds.units.")
    beyond = not limit.least and limit.amount.of in ("workforce", "available")
    fixed = len(limit.nodes) < 2 and not limit.amount.column
    return not (own or beyond or rule.firm or limit.together or fixed)

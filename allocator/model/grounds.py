"""What is decided on: the levels of a tree (a flat table has one), their claims, and the rules; posed as problems."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from allocator.data.table import Table
from allocator.errors import Fault, InputError, fault
from allocator.model.bounds import GroupBounds, Loosened, LotBounds, stage_bounds
from allocator.model.claims import Stage, available_workforce, claims, tree_claims
from allocator.model.feasibility import check_feasible, reach
from allocator.model.forest import Forest, forest
from allocator.model.hierarchy import Posed, attached, joined, level_faults, level_inputs, level_table, narrowed
from allocator.model.limit import Limit, Ruled
from allocator.model.nesting import nest
from allocator.model.problem import Problem, array
from allocator.model.risk import with_risk
from allocator.model.rules import RuleGround, ruled
from allocator.model.scenario import Scenario
from allocator.model.signpost import IntArray
from allocator.model.unused import unused_notes


@dataclass(frozen=True, eq=False)
class Grounds:
    """What is decided on: inputs, their tree with its levels from the top (a flat one has one), and the rules on it."""

    table: Table
    scenario: Scenario
    tree: Forest
    levels: tuple[Stage, ...]
    rules: Ruled
    notes: tuple[Fault, ...]

    @property
    def at_once(self) -> bool:
        """Whether all leaves are decided in one problem, as those of a flat table are."""
        return self.tree.depth == 1 or self.scenario.hierarchy == "at_once"

    @cached_property
    def leaves(self) -> IntArray:
        """Node of each leaf."""
        return array(self.tree.shown(self.tree.depth))

    @cached_property
    def attached(self) -> list[list[Limit]]:
        """The limits of each level from the top."""
        return attached(self.rules.limits, self.tree, self.at_once)

    @cached_property
    def group_limits(self) -> tuple[list[Limit], list[Limit]]:
        """The limits on sums and on inner nodes, and those on leaves alone; one on both is divided."""
        inner = np.array([bool(each) for each in self.tree.children])
        limits = self.rules.limits
        groups, alone = [each for each in limits if each.together], list[Limit]()
        for limit in limits:
            if not limit.together:
                above = inner[limit.nodes]
                groups += [limit.among(above)] * bool(above.any())
                alone += [limit.among(~above)] * (not above.all())
        return groups, alone

    def summed(self, values: Sequence[int]) -> IntArray:
        """Sums over the leaves below every node of what each leaf has."""
        if self.tree.depth == 1:
            return array(values)
        made = np.zeros(len(self.tree.names), dtype=np.int64)
        for leaf, value in zip(self.leaves.tolist(), values, strict=True):
            for node in (leaf, *self.tree.above(leaf)):
                made[node] += value
        return made

    def posed(self, loosened: Loosened | None = None, weighed: bool = True) -> list[Posed]:
        """Claims, bounds and problem of each level; with rules loosened or left out where some are named.

        Risk is weighed where the scenario does, unless only what the rules allow is asked.
        """
        *upper, limits = self.attached
        made = [self._posed(self.tree.depth - 1, limits, loosened, weighed)]
        given_way = any(note.key == "note.rule_alike" for note in made[0][1].notes)
        for index, limits in reversed(list(enumerate(upper))):
            posed = self._posed(index, limits, loosened, weighed)
            if given_way and not posed[1].crossed:  # the leaves have given way for the nodes above them
                posed = self._posed(index, [each for each in limits if not each.alike], loosened, weighed)
            made.insert(0, posed)
        return made

    def _posed(self, index: int, limits: Collection[Limit], loosened: Loosened | None, weighed: bool) -> Posed:
        level = self.levels[index]
        bounded = self._bounded(index, limits, loosened)
        target = level.scenario.target // level.scenario.lot
        problem = Problem(
            array(level.claims.claims),
            array(bounded.floor),
            array(bounded.cap),
            target,
            level.scenario.lot,
            level.scenario.signpost,
            nest(bounded.groups, len(level.table), target, _sums_place(level.scenario)),
        )
        return level.claims, bounded, with_risk(level.table, level.scenario, problem) if weighed else problem

    def _bounded(self, index: int, limits: Collection[Limit], loosened: Loosened | None) -> LotBounds:
        level, nodes, leaves = self.levels[index], self.tree.shown(index + 1), index == len(self.levels) - 1
        lot, target = level.scenario.lot, level.scenario.target
        return stage_bounds(limits, level.table.units, nodes, lot, target // lot, loosened, leaves)

    def problem(self, loosened: Loosened | None = None) -> Problem:
        """The one problem that a flat table states, or a tree whose leaves are decided at once."""
        return self.whole(self.posed(loosened))[2]

    def whole(self, posed: list[Posed]) -> Posed:
        """What was posed for each level as the one problem of all leaves."""
        if len(posed) == 1:
            return posed[0]
        return joined(posed, self.tree, self.levels[-1].scenario.place("groups"))

    def check(self, loosened: Loosened | None = None) -> None:
        """Raise InfeasibleError where the rules cannot hold together."""
        posed = self.posed(loosened, weighed=False)
        if self.at_once:
            _, bounded, problem = self.whole(posed)
            check_feasible(problem, bounded)
        else:
            narrowed(posed, self.tree)

    def reach(self) -> tuple[int, int]:
        """Fewest and most lots that the rules allow all units together, whatever the target."""
        posed = self.posed(weighed=False)
        whole = self.whole(posed) if self.at_once else narrowed(posed, self.tree, check=False)[0]
        least, most = reach(whole[2])
        return least[0], most[0]

    def under(self, scenario: Scenario) -> Grounds:
        """The same for other rules: the claims stay."""
        if len(self.levels) > 1:
            return grounds(self.table, scenario)
        return self._flat(replace(self.levels[0], scenario=scenario))

    def _flat(self, level: Stage) -> Grounds:
        """A flat table's grounds with another level, whose rules are made anew."""
        rules = ruled(RuleGround(self.tree, level.table, level.scenario, (level,)))
        return replace(self, table=level.table, scenario=level.scenario, levels=(level,), rules=rules)

    def with_target(self, target: int) -> Grounds:
        """The same for another target, with the rules' amounts as they are."""
        changed = (each.scenario.model_copy(update={"target": target}) for each in self.levels)
        levels = (replace(level, scenario=scenario) for level, scenario in zip(self.levels, changed, strict=True))
        return replace(self, levels=tuple(levels))

    def leaf_bounds(self, loosened: Loosened | None = None) -> LotBounds:
        """Bounds of the leaves by the rules on them alone, some loosened or left out."""
        alone = [each for each in self.rules.limits if not each.together]
        return self._bounded(len(self.levels) - 1, alone, loosened)

    def with_row(self, table: Table, row: int) -> Grounds:
        """The grounds where one row, a leaf's, has other figures; what rests on no other row's figures is kept.

        Args:
            table: the units, all figures as they were but that row's.
            row: the row.
        """
        tree, made = self.tree, list[Stage]()
        node, below = row, 0
        for number, level in reversed(list(enumerate(self.levels, start=1))):
            shown = tree.shown(number)
            bare = tree.children[node] and (node >= len(table) or table.optional("workforce")[node] is None)
            own = level_table(table, tree, [node])
            stage = _row_changed(level, own, shown.index(node), below if bare else None)
            made.insert(0, stage)
            if tree.level[node] == number > 1:
                node, available = tree.parent[node], dict(zip(shown, stage.claims.available, strict=True))
                below = sum(available[each] for each in tree.children[node])
        rules = ruled(RuleGround(tree, table, self.scenario, made), self.rules.written)
        return replace(self, table=table, levels=tuple(made), rules=rules)

    def with_workforce(self, known: Mapping[int, int], present: Sequence[int] | None = None) -> Grounds:
        """A flat table's grounds where W of some units, in millionths of a person, is another; and S, persons."""
        (level,) = self.levels
        claimed = claims(level.table, level.scenario, known)
        claimed = claimed if present is None else replace(claimed, workforce=tuple(present))
        return self._flat(replace(level, claims=claimed))


def _row_changed(level: Stage, own: Table, at: int, below: int | None) -> Stage:
    """A level where one row has other figures; claims that rest on no other row's are kept.

    Args:
        level: the level as it was.
        own: the table of that row alone.
        at: its place.
        below: its W, where it has that of those below it.
    """
    past, held = level.scenario.attainment, level.claims

    def put(values: tuple[Any, ...], value: tuple[Any, ...]) -> tuple[Any, ...]:
        return (*values[:at], *value, *values[at + 1 :])

    columns = {name: put(level.table.optional(name), value) for name, value in own.columns.items()}
    table, known = replace(level.table, columns=columns), {} if below is None else {0: below}
    alone = {each.column for each in level.scenario.drivers} == {"workforce"}
    made = claims(own, level.scenario, known) if alone else held
    if alone and past.exponent and past.missing == "province":
        others = (*held.attainment[:at], *held.attainment[at + 1 :])
        before = held.attainment[at], level.table.optional("term_target")[at]
        stays = None not in others or before == (made.attainment[0], own.optional("term_target")[0])
        alone = made.attainment[0] is not None and stays
    if not alone:
        every = dict(enumerate(held.available))
        every[at] = available_workforce(own, level.scenario)[0] if below is None else below
        return replace(level, table=table, claims=claims(table, level.scenario, every))
    parts = ("workforce", "available", "base", "attainment", "multiplier", "claims")
    claimed = replace(held, **{name: put(getattr(held, name), getattr(made, name)) for name in parts})
    return replace(level, table=table, claims=claimed)


def grounds(table: Table, scenario: Scenario) -> Grounds:
    """The tree, its levels and the rules of a scenario on a table; InputError as `allocate`."""
    scenario.check(table)
    tree = forest(table)
    if len(scenario.levels) > tree.depth:
        raise InputError(fault("tree.levels", scenario.place("levels"), given=len(scenario.levels), depth=tree.depth))
    if faults := level_faults(scenario, tree):
        raise InputError(faults)
    if tree.depth == 1:
        levels = [Stage(table, scenario, claims(table, scenario))]
    else:
        inputs = [level_inputs(table, scenario, tree, level) for level in range(1, tree.depth + 1)]
        for part, own in inputs:
            own.check(part)
        levels = tree_claims(inputs, table, tree)
    rules = ruled(RuleGround(tree, table, scenario, levels))
    if tree.depth > 1 and any(each.together for each in rules.limits):
        _check_sums(rules, tree, scenario)
    return Grounds(table, scenario, tree, tuple(levels), rules, tuple(unused_notes(table, scenario, tree)))


def _sums_place(scenario: Scenario) -> str:
    """Where the scenario writes its sums, for messages."""
    return scenario.place("groups" if scenario.groups or not scenario.rules else "rules")


def _check_sums(rules: Ruled, tree: Forest, scenario: Scenario) -> None:
    """InputError where a sum crosses another or a node of the tree."""
    inner = (node for node, below in enumerate(tree.children) if below)
    nodes = [GroupBounds(tree.names[node], tuple(tree.leaves_below(node))) for node in inner]
    sums = {each.entry.key: each for each in rules.limits if each.together}
    made = [GroupBounds(each.entry.group, tuple(each.nodes.tolist())) for each in sums.values()]
    nest([*nodes, *made], len(tree.names), 0, _sums_place(scenario))


def pose(table: Table, scenario: Scenario) -> Posed:
    """Claims, bounds and the problem of a flat table, before anything is decided; InputError as `allocate`."""
    return grounds(table, scenario).posed()[-1]

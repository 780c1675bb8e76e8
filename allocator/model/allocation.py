"""The whole model, one call per arrow: table + scenario → claims → bounds → problem → lots → allocation."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from allocator.data.table import Number, Table
from allocator.errors import Fault, InfeasibleError, InputError, fault
from allocator.model.bounds import GroupBounds, Loosened, LotBounds, stage_bounds
from allocator.model.certificate import Interval, intervals
from allocator.model.claims import MICRO, Claims, claims, tree_claims
from allocator.model.feasibility import check_feasible, reach
from allocator.model.forest import Forest, forest
from allocator.model.hierarchy import Posed, attached, joined, level_faults, level_inputs, level_problem, narrowed
from allocator.model.nested import fair_share_nested, whole_lots_nested
from allocator.model.nesting import nest
from allocator.model.position import Tie, domains, positions, ties
from allocator.model.problem import Problem, array
from allocator.model.risk import with_risk
from allocator.model.rules import Limit, Ruled, RuleGround, ruled
from allocator.model.scenario import Scenario
from allocator.model.unused import unused_notes

if TYPE_CHECKING:
    import pandas as pd

PROGRAM_MOST_UNITS = 2_000
"""Above this many units the program would take longer than people wait, and `waterfill` gives the same lots."""


@dataclass(frozen=True, eq=False)
class Whole:
    """The table and the scenario of a whole tree, of which an allocation shows the leaves."""

    table: Table
    scenario: Scenario


@dataclass(frozen=True, eq=False)
class Allocation:
    """An allocation and everything it rests on.

    Attributes:
        table, scenario: the inputs.
        claims, bounds, problem: the stages between.
        lots: whole lots of each unit, in table order.
        fair_share: the real-valued reference, members.
        notes: what a reader should know, as catalogue texts.
        ground: the tree, its levels and the rules it was decided on.
        whole: the inputs of the whole tree, where the table has one; the allocation is that of its leaves.
        above: allocations of the levels above, from the top, where a tree was decided level by level.
    """

    table: Table
    scenario: Scenario
    claims: Claims
    bounds: LotBounds
    problem: Problem
    lots: tuple[int, ...]
    fair_share: tuple[float, ...]
    notes: tuple[Fault, ...]
    ground: Grounds
    whole: Whole | None = None
    above: tuple[Allocation, ...] = ()

    @cached_property
    def quotas(self) -> tuple[int, ...]:
        """Quota of each unit, members, a multiple of the lot."""
        return tuple(each * self.problem.lot for each in self.lots)

    @cached_property
    def intervals(self) -> list[Interval]:
        """The certificate's interval at every node of the groups' tree; node 0 is the whole."""
        return intervals(self.problem, self.lots)

    @cached_property
    def domains(self) -> tuple[int, ...]:
        """Node whose bound sets the effort of each unit: the innermost binding group, else 0."""
        return domains(self.problem, self.lots, self.intervals)

    @cached_property
    def positions(self) -> tuple[str, ...]:
        """`BY_CLAIM`, `AT_FLOOR`, `AT_CAP`, `AT_GROUP` or `LOCKED` for each unit."""
        found = positions(self.problem, self.lots, self.intervals, self.domains)
        locked, node = self.ground.rules.locked, self.ground.tree.position
        if not locked:
            return found
        return tuple("LOCKED" if node[u] in locked else p for u, p in zip(self.table.units, found, strict=True))

    @cached_property
    def ties(self) -> tuple[Tie, ...]:
        """Lots of equal cost of which only some could be given: larger claim, then table order, decided."""
        return ties(self.problem, self.lots, self.intervals, self.domains)

    @property
    def ends(self) -> tuple[float | None, float | None]:
        """Both ends of the marginal effort π: cost of the dearest lot given, of the cheapest not given; None for ∞."""
        return self.effort_of(self.intervals[0].last), self.effort_of(self.intervals[0].next)

    def effort_of(self, key: tuple[Fraction, int, int, int] | None) -> float | None:
        """Claim effort of the lot a key of the certificate names."""
        return None if key is None else self.problem.cost(key[2], key[3])

    @cached_property
    def efforts(self) -> tuple[float | None, ...]:
        """Quota over available workforce of each unit; None where it has none."""
        return efforts(self.quotas, self.claims.available)

    @cached_property
    def published(self) -> tuple[Number | None, ...]:
        """The published quotas to compare with; None where blank or absent."""
        name = self.scenario.published
        return (None,) * len(self.table) if name is None else self.table.optional(name)

    def to_frame(self) -> pd.DataFrame:
        """One row a unit, with the figures that `run --json` gives each."""
        import pandas as pd

        lot = self.problem.lot
        columns = {
            "unit": self.table.units,
            "workforce": self.claims.workforce,
            "available": [each / MICRO for each in self.claims.available],
            "claim": [each / MICRO for each in self.claims.claims],
            "fair_share": self.fair_share,
            "floor": [each * lot for each in self.bounds.floor],
            "cap": [each * lot for each in self.bounds.cap],
            "quota": self.quotas,
            "effort": self.efforts,
            "position": self.positions,
            "published": self.published,
            "difference": self.differences,
        }
        return pd.DataFrame(columns)

    @cached_property
    def differences(self) -> tuple[Number | None, ...]:
        """Quota less published quota; None where none was published."""
        return tuple(None if p is None else q - p for q, p in zip(self.quotas, self.published, strict=True))


def efforts(quotas: Sequence[Number], available: Sequence[int]) -> tuple[float | None, ...]:
    """Quota over available workforce (millionths of a person); None where there is no workforce."""
    # Division of whole numbers is correctly rounded whatever their size.
    return tuple(
        (q * MICRO / w if isinstance(q, int) else float(Fraction(q) * MICRO / w)) if w else None
        for q, w in zip(quotas, available, strict=True)
    )


def allocate(table: Table, scenario: Scenario, method: str = "program") -> Allocation:
    """The fair allocation of a scenario's target among a table's units.

    Args:
        table: the units.
        scenario: assumptions and decisions.
        method: `program` (the linear program, up to 2,000 units) or `waterfill` (no solver); both give the same lots.

    Returns:
        The allocation (of the leaves, where the table is a tree). Its quotas are whole lots, sum to the target and keep
        every floor, cap, lock and group.

    Raises:
        InputError: the scenario does not fit the table.
        InfeasibleError: its rules cannot hold together.

    Example:
        >>> from allocator import load_scenario
        >>> allocation = allocate(*load_scenario("an-giang-2017/base"))
        >>> allocation.quotas[:3]
        (1010, 250, 180)
    """
    if any(table.parents):
        return allocate_tree(table, scenario)
    ground = grounds(table, scenario)
    (posed,) = ground.posed()
    try:
        check_feasible(posed[2], posed[1])
    except InfeasibleError as error:
        error.case = table, scenario
        raise
    notes = (large_note(table),) if len(table) > PROGRAM_MOST_UNITS and method == "program" else ()
    return assess(ground, posed, optimum(posed[2], method), notes=notes)


def large_note(table: Table) -> Fault:
    """The note that a table had too many units for the program."""
    return fault("note.too_large_for_program", units=len(table), most=PROGRAM_MOST_UNITS)


@dataclass(frozen=True, eq=False)
class Stage:
    """One level of a tree, or all of a flat table: its rows, the scenario as it has it, and its claims."""

    table: Table
    scenario: Scenario
    claims: Claims


@dataclass(frozen=True, eq=False)
class Grounds:
    """What is decided on: a table, its tree with the levels from the top (a flat one has one), and the rules on it."""

    table: Table
    tree: Forest
    levels: tuple[Stage, ...]
    rules: Ruled
    at_once: bool
    notes: tuple[Fault, ...]

    def posed(self, loosened: Loosened | None = None, costs: tuple[Sequence[int], ...] | None = None) -> list[Posed]:
        """Claims, bounds and problem of each level; with rules loosened or left out where some are named.

        `costs` are risk costs kept with a result, used as they are; they are computed where none are given.
        """
        tree, limits = self.tree, self.rules.limits
        if len(self.levels) == 1:
            return [self._posed(0, limits, range(len(tree.names)), loosened, costs)]
        parts = attached(limits, tree, self.at_once)
        made = [self._posed(tree.depth - 1, parts[-1], tree.shown(tree.depth), loosened, costs)]
        given_way = any(note.key == "note.rule_alike" for note in made[0][1].notes)
        for index in range(tree.depth - 2, -1, -1):
            posed = self._posed(index, parts[index], tree.shown(index + 1), loosened, costs)
            if given_way and not posed[1].crossed:  # the leaves have given way for the nodes above them
                firm = [each for each in parts[index] if not each.alike]
                posed = self._posed(index, firm, tree.shown(index + 1), loosened, costs)
            made.insert(0, posed)
        return made

    def _posed(
        self,
        index: int,
        limits: Collection[Limit],
        nodes: Sequence[int],
        loosened: Loosened | None,
        costs: tuple[Sequence[int], ...] | None,
    ) -> Posed:
        level = self.levels[index]
        bounded = self._bounded(index, limits, nodes, loosened)
        problem = state(level.scenario, level.claims, bounded)
        return level.claims, bounded, with_risk(level.table, level.scenario, problem, costs)

    def _bounded(
        self, index: int, limits: Collection[Limit], nodes: Sequence[int], loosened: Loosened | None
    ) -> LotBounds:
        level, leaves = self.levels[index], index == len(self.levels) - 1
        lot, target = level.scenario.lot, level.scenario.target
        return stage_bounds(limits, level.table.units, nodes, lot, target // lot, loosened, leaves)

    def problem(self, loosened: Loosened | None = None) -> Problem:
        """The one problem that a flat table states, or a tree whose leaves are decided at once."""
        return self._whole(self.posed(loosened))[2]

    def _whole(self, posed: list[Posed]) -> Posed:
        if len(posed) == 1:
            return posed[0]
        return joined(posed, self.tree, self.levels[-1].scenario.place("groups"))

    def check(self, loosened: Loosened | None = None) -> None:
        """Raise InfeasibleError where the rules cannot hold together."""
        posed = self.posed(loosened)
        if self.at_once or len(posed) == 1:
            _, bounded, problem = self._whole(posed)
            check_feasible(problem, bounded)
        else:
            narrowed(posed, self.tree)

    def reach(self) -> tuple[int, int]:
        """Fewest and most lots that the rules allow all units together, whatever the target."""
        posed = self.posed()
        whole = self._whole(posed) if self.at_once or len(posed) == 1 else narrowed(posed, self.tree, check=False)[0]
        least, most = reach(whole[2])
        return least[0], most[0]

    def under(self, scenario: Scenario) -> Grounds:
        """The same for other rules: the claims stay."""
        if len(self.levels) > 1:
            return grounds(self.table, scenario)
        (level,) = self.levels
        rules = ruled(RuleGround(self.tree, level.table, scenario, ((scenario, level.claims),)))
        return replace(self, levels=(replace(level, scenario=scenario),), rules=rules)

    def with_target(self, target: int) -> Grounds:
        """The same for another target, with the rules' amounts as they are."""
        changed = (each.scenario.model_copy(update={"target": target}) for each in self.levels)
        levels = (replace(level, scenario=scenario) for level, scenario in zip(self.levels, changed, strict=True))
        return replace(self, levels=tuple(levels))

    def leaf_bounds(self, loosened: Loosened | None = None) -> LotBounds:
        """Bounds of the leaves by the rules on them alone, some loosened or left out."""
        nodes = range(len(self.tree.names)) if self.tree.depth == 1 else self.tree.shown(self.tree.depth)
        alone = [each for each in self.rules.limits if not each.together]
        return self._bounded(len(self.levels) - 1, alone, nodes, loosened)

    def with_workforce(self, known: Mapping[int, int]) -> Grounds:
        """A flat table's grounds where W of some units, in millionths of a person, is another."""
        (level,) = self.levels
        claimed = claims(level.table, level.scenario, known)
        rules = ruled(RuleGround(self.tree, level.table, level.scenario, ((level.scenario, claimed),)))
        return replace(self, levels=(replace(level, claims=claimed),), rules=rules)


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
        levels = [
            Stage(part, own, made) for (part, own), made in zip(inputs, tree_claims(inputs, table, tree), strict=True)
        ]
    stages = tuple((each.scenario, each.claims) for each in levels)
    rules = ruled(RuleGround(tree, table, scenario, stages))
    if tree.depth > 1 and any(each.together for each in rules.limits):
        _check_sums(rules, tree, _sums_place(scenario))
    idle = tuple(unused_notes(table, scenario, tree))
    return Grounds(table, tree, tuple(levels), rules, scenario.hierarchy == "at_once", idle)


def _sums_place(scenario: Scenario) -> str:
    """Where the scenario writes its sums, for messages."""
    return scenario.place("groups" if scenario.groups or not scenario.rules else "rules")


def _check_sums(rules: Ruled, tree: Forest, place: str) -> None:
    """InputError where a sum crosses another or a node of the tree."""
    position = {leaf: index for index, leaf in enumerate(tree.leaves)}

    def over(node: int) -> tuple[int, ...]:
        return tuple(position[leaf] for leaf in tree.leaves_below(node))

    nodes = [GroupBounds(name, over(n), None, None) for n, name in enumerate(tree.names) if tree.children[n]]
    sums = {each.entry.key: each for each in rules.limits if each.together}
    made = [GroupBounds(e.entry.group, tuple(position[n] for n in e.nodes.tolist()), None, None) for e in sums.values()]
    nest([*nodes, *made], len(position), 0, place)


def pose(table: Table, scenario: Scenario, costs: tuple[Sequence[int], ...] | None = None) -> Posed:
    """Claims, bounds and the problem of a flat table, before anything is decided; InputError as `allocate`."""
    return grounds(table, scenario).posed(costs=costs)[-1]


def state(scenario: Scenario, claimed: Claims, bounded: LotBounds) -> Problem:
    """The problem that claims and bounds state, before risk is weighed."""
    target_lots = scenario.target // scenario.lot
    tree = nest(bounded.groups, len(claimed.claims), target_lots, _sums_place(scenario))
    return Problem(
        array(claimed.claims),
        array(bounded.floor),
        array(bounded.cap),
        target_lots,
        scenario.lot,
        scenario.signpost,
        tree,
    )


def assess(
    ground: Grounds, posed: Posed, lots: Sequence[int], index: int = -1, notes: tuple[Fault, ...] = ()
) -> Allocation:
    """The allocation that `lots` of the problem of a level are, with its fair share; nothing is decided here."""
    level, (claimed, bounded, problem) = ground.levels[index], posed
    share = tuple(fair_share_nested(problem))
    every = (*claimed.notes, *ground.rules.notes, *bounded.notes, *ground.notes, *notes)
    return Allocation(level.table, level.scenario, claimed, bounded, problem, tuple(lots), share, every, ground)


def optimum(problem: Problem, method: str = "program") -> tuple[int, ...]:
    """The optimum in whole lots, by `waterfill` where that is named or there are too many units for the program."""
    if method == "waterfill" or len(problem.claims) > PROGRAM_MOST_UNITS:
        return tuple(whole_lots_nested(problem).tolist())
    from allocator.model.program import solve

    return solve(problem).lots


Decide = Callable[[Problem, Sequence[str]], Sequence[int]]
"""Lots of each unit, given the problem and the units' names."""


def allocate_tree(
    table: Table,
    scenario: Scenario,
    decide: Decide = lambda problem, _: optimum(problem, "waterfill"),
    loosened: Loosened | None = None,
) -> Allocation:
    """Allocation of a tree's leaves, in the way `scenario.hierarchy` names; errors as `allocate`.

    `decide` is asked for the lots of each problem on the way; a check of a stored result gives back what was stored.
    `loosened` are rules to loosen or to leave out.

    Returns:
        The leaves' allocation; `whole` is the table with every level, `above` the levels' allocations from the top
        (`levels` only).
    """
    ground = grounds(table, scenario)
    try:
        made = WAYS[scenario.hierarchy](ground, ground.posed(loosened), decide)
    except InfeasibleError as error:
        error.case = table, scenario
        raise
    return replace(made[-1], whole=Whole(table, scenario), above=tuple(made[:-1]))


def _at_once(ground: Grounds, posed: list[Posed], decide: Decide) -> list[Allocation]:
    last = ground.levels[-1]
    whole = joined(posed, ground.tree, last.scenario.place("groups"))
    check_feasible(whole[2], whole[1])
    return [assess(ground, whole, decide(whole[2], last.table.units))]


def _level_by_level(ground: Grounds, posed: list[Posed], decide: Decide) -> list[Allocation]:
    """From the top down: what each node is given is shared out among its children."""
    given: dict[int, int] = {}
    made: list[Allocation] = []
    for index, each in enumerate(narrowed(posed, ground.tree)):
        stated = level_problem(each, ground.tree, given, index + 1)
        check_feasible(stated[2], stated[1])
        made.append(assess(ground, stated, decide(stated[2], ground.levels[index].table.units), index))
        given |= zip(ground.tree.shown(index + 1), made[-1].quotas, strict=True)
    return made


WAYS: Mapping[str, Callable[[Grounds, list[Posed], Decide], list[Allocation]]] = {
    "at_once": _at_once,
    "levels": _level_by_level,
}
"""What decides a tree's leaves: the levels' allocations from the top, that of the leaves last."""

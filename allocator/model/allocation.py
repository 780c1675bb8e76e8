"""The whole model, one call per arrow: table + scenario → claims → bounds → problem → lots → allocation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from allocator.data.table import Number, Table
from allocator.errors import Fault, InfeasibleError, InputError, fault
from allocator.model.bounds import LotBounds, bounds, nest
from allocator.model.certificate import Interval, intervals
from allocator.model.claims import MICRO, Claims, claims
from allocator.model.feasibility import check_feasible
from allocator.model.hierarchy import Forest, Posed, forest, joined, level_inputs, level_problem, narrowed
from allocator.model.nested import fair_share_nested, whole_lots_nested
from allocator.model.position import Tie, domains, positions, ties
from allocator.model.problem import Problem, array
from allocator.model.risk import with_risk
from allocator.model.scenario import Scenario

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
    notes: tuple[Fault, ...] = ()
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
        locked = {lock.unit for lock in self.scenario.locks}
        found = positions(self.problem, self.lots, self.intervals, self.domains)
        return tuple("LOCKED" if u in locked else p for u, p in zip(self.table.units, found, strict=True))

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
    claimed, bounded, problem = pose(table, scenario)
    try:
        check_feasible(problem, bounded)
    except InfeasibleError as error:
        error.case = table, scenario
        raise
    notes = (large_note(table),) if len(table) > PROGRAM_MOST_UNITS and method == "program" else ()
    return assess(table, scenario, claimed, bounded, problem, optimum(problem, method), notes)


def large_note(table: Table) -> Fault:
    """The note that a table had too many units for the program."""
    return fault("note.too_large_for_program", units=len(table), most=PROGRAM_MOST_UNITS)


def pose(
    table: Table, scenario: Scenario, costs: tuple[Sequence[int], ...] | None = None
) -> tuple[Claims, LotBounds, Problem]:
    """Claims, bounds and the problem they state, before anything is decided; InputError as `allocate`.

    `costs` are risk costs kept with a result, used as they are; they are computed where none are given.
    """
    scenario.check(table)
    claimed = claims(table, scenario)
    bounded = bounds(table, scenario, claimed.available)
    return claimed, bounded, with_risk(table, scenario, state(scenario, claimed, bounded), costs)


def state(scenario: Scenario, claimed: Claims, bounded: LotBounds) -> Problem:
    """The problem that claims and bounds state, before risk is weighed."""
    target_lots = scenario.target // scenario.lot
    tree = nest(bounded.groups, len(claimed.claims), target_lots, scenario.place("groups"))
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
    table: Table,
    scenario: Scenario,
    claimed: Claims,
    bounded: LotBounds,
    problem: Problem,
    lots: Sequence[int],
    notes: tuple[Fault, ...] = (),
) -> Allocation:
    """The allocation that `lots` are, with its fair share; nothing is decided here."""
    share = tuple(fair_share_nested(problem))
    every = (*claimed.notes, *bounded.notes, *notes)
    return Allocation(table, scenario, claimed, bounded, problem, tuple(lots), share, every)


def optimum(problem: Problem, method: str = "program") -> tuple[int, ...]:
    """The optimum in whole lots, by `waterfill` where that is named or there are too many units for the program."""
    if method == "waterfill" or len(problem.claims) > PROGRAM_MOST_UNITS:
        return tuple(whole_lots_nested(problem).tolist())
    from allocator.model.program import solve

    return solve(problem).lots


Decide = Callable[[Problem, Sequence[str]], Sequence[int]]
"""Lots of each unit, given the problem and the units' names."""


def allocate_tree(
    table: Table, scenario: Scenario, decide: Decide = lambda problem, _: optimum(problem, "waterfill")
) -> Allocation:
    """Allocation of a tree's leaves, in the way `scenario.hierarchy` names; errors as `allocate`.

    `decide` is asked for the lots of each problem on the way; a check of a stored result gives back what was stored.

    Returns:
        The leaves' allocation; `whole` is the table with every level, `above` the levels' allocations from the top
        (`levels` only).
    """
    scenario.check(table)
    tree = forest(table)
    if len(scenario.levels) > tree.depth:
        raise InputError(fault("tree.levels", scenario.place("levels"), given=len(scenario.levels), depth=tree.depth))
    stages = [level_inputs(table, scenario, tree, level) for level in range(1, tree.depth + 1)]
    made = WAYS[scenario.hierarchy](stages, [pose(*each) for each in stages], tree, decide)
    return replace(made[-1], whole=Whole(table, scenario), above=tuple(made[:-1]))


Stages = Sequence[tuple[Table, Scenario]]


def _at_once(stages: Stages, posed: list[Posed], tree: Forest, decide: Decide) -> list[Allocation]:
    return [_decided(*stages[-1], joined(posed, tree, stages[-1][1].place("groups")), decide)]


def _level_by_level(stages: Stages, posed: list[Posed], tree: Forest, decide: Decide) -> list[Allocation]:
    """From the top down: what each node is given is shared out among its children."""
    given: dict[int, int] = {}
    made: list[Allocation] = []
    for level, (inputs, each) in enumerate(zip(stages, narrowed(posed, tree), strict=True), start=1):
        made.append(_decided(*inputs, level_problem(each, tree, given, level), decide))
        given |= zip(tree.shown(level), made[-1].quotas, strict=True)
    return made


def _decided(table: Table, scenario: Scenario, posed: Posed, decide: Decide) -> Allocation:
    claimed, bounded, problem = posed
    check_feasible(problem, bounded)
    return assess(table, scenario, claimed, bounded, problem, decide(problem, table.units))


WAYS: Mapping[str, Callable[[Stages, list[Posed], Forest, Decide], list[Allocation]]] = {
    "at_once": _at_once,
    "levels": _level_by_level,
}
"""What decides a tree's leaves: the levels' allocations from the top, that of the leaves last."""

"""The whole model, one call per arrow: table + scenario → claims → bounds → problem → lots → allocation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from allocator.data.table import Number, Table
from allocator.errors import Fault, InfeasibleError, fault
from allocator.model.bounds import Loosened, LotBounds
from allocator.model.certificate import Interval, Tie, ends, intervals, ties
from allocator.model.claims import MICRO, Claims, efforts, exact
from allocator.model.feasibility import check_feasible
from allocator.model.grounds import Grounds, grounds
from allocator.model.hierarchy import Posed, level_problem, narrowed
from allocator.model.limit import Limit
from allocator.model.naming import fitted
from allocator.model.nested import fair_share_nested, whole_lots_nested
from allocator.model.position import family_ends, positions, squeezing, tight
from allocator.model.problem import Problem
from allocator.model.scenario import Scenario
from allocator.model.signpost import IntArray

if TYPE_CHECKING:
    import pandas as pd

PROGRAM_MOST_UNITS = 2_000
"""Above this many units the program would take longer than people wait, and `waterfill` gives the same lots."""


@dataclass(frozen=True, eq=False)
class Allocation:
    """An allocation and everything it rests on.

    Attributes:
        table, scenario: the inputs.
        claims, bounds, problem: the stages between.
        lots: whole lots of each unit, in table order.
        notes: what a reader should know, as catalogue texts.
        ground: the inputs of the whole, the tree, its levels and the rules it was decided on.
        above: allocations of the levels above, from the top, where a tree was decided level by level.
    """

    table: Table
    scenario: Scenario
    claims: Claims
    bounds: LotBounds
    problem: Problem
    lots: tuple[int, ...]
    notes: tuple[Fault, ...]
    ground: Grounds
    above: tuple[Allocation, ...] = ()

    @property
    def whole(self) -> Grounds | None:
        """What has the inputs of the whole tree, where the table has one; the allocation is that of its leaves."""
        return self.ground if self.ground.tree.depth > 1 else None

    @cached_property
    def quotas(self) -> tuple[int, ...]:
        """Quota of each unit, members, a multiple of the lot."""
        return tuple(each * self.problem.lot for each in self.lots)

    @cached_property
    def by_unit(self) -> dict[str, int]:
        """The quotas by unit."""
        return dict(zip(self.table.units, self.quotas, strict=True))

    @cached_property
    def intervals(self) -> list[Interval]:
        """The certificate's interval at every node of the groups' tree; node 0 is the whole."""
        return intervals(self.problem, self.lots)

    @cached_property
    def fair_share(self) -> tuple[float, ...]:
        """The real-valued reference, members."""
        return tuple(fair_share_nested(self.problem))

    @cached_property
    def positions(self) -> tuple[str, ...]:
        """`LOCKED`, `AT_FLOOR`, `AT_CAP`, `AT_GROUP` or `BY_CLAIM` for each unit."""
        return positions(self)

    @cached_property
    def ties(self) -> tuple[Tie, ...]:
        """Every tie that the order decided, from the top level down, in the order of the units."""
        top = 1 if self.above else self.ground.tree.depth
        every = enumerate((*self.above, self), start=top)
        found = (tie for level, each in every for tie in ties(each.problem, each.lots, each.intervals, level))
        return tuple(sorted(found, key=lambda each: (each.level, each.given, each.waiting)))

    @property
    def ends(self) -> tuple[float | None, float | None]:
        """Both ends of the marginal effort π: cost of the dearest lot given, of the cheapest not given; None for ∞.

        Of a tree that was decided level by level, those of its top level.
        """
        top = self.above[0] if self.above else self
        return ends(top.problem, top.intervals)

    @cached_property
    def family_ends(self) -> Mapping[int, tuple[float | None, float | None]]:
        """The same for the children of each inner node of a tree that was decided level by level."""
        return family_ends((*self.above, self))

    @cached_property
    def held(self) -> IntArray:
        """Members that every node of the tree holds."""
        return self.ground.summed(self.quotas)

    @cached_property
    def claimed(self) -> IntArray:
        """How many leaves at or below every node claim something."""
        return self.ground.summed((self.problem.claims > 0).tolist())

    @cached_property
    def binding(self) -> frozenset[str]:
        """Keys of the rules that a unit sits on, or a node above through what the units below it must or can take."""
        made = {key for each in self.above for key in squeezing(each, self.held) if key}
        for limit in self.ground.rules.limits:
            if limit.entry.key not in made and tight(self, limit):
                made.add(limit.entry.key)
        return frozenset(made)

    def again(self, limits: Iterable[Limit]) -> Allocation:
        """Decided again with other limits, InfeasibleError where they cannot hold together."""
        ground = replace(self.ground, rules=replace(self.ground.rules, limits=tuple(limits)))
        return _decided(ground, ground.posed(), "waterfill")

    @cached_property
    def ungrouped(self) -> Allocation | None:
        """Decided again without the rules on sums and on inner nodes; None where none of them holds anything.

        Where minima give way alike a rule may stand in the way of other minima without holding anything now.
        """
        groups, alone = self.ground.group_limits
        alike = any(each.key == "note.rule_alike" for each in self.notes)
        return self.again(alone) if any(alike or each.entry.key in self.binding for each in groups) else None

    @cached_property
    def efforts(self) -> tuple[float | None, ...]:
        """Quota over available workforce of each unit; None where it has none."""
        return efforts(self.quotas, self.claims.available)

    @cached_property
    def published(self) -> tuple[Number | None, ...]:
        """The published quotas to compare with; None where blank or absent."""
        name = self.scenario.published
        return (None,) * len(self.table) if name is None else self.table.optional(name)

    @cached_property
    def totals_compared(self) -> tuple[int, Fraction]:
        """Quotas, and published quotas, of the units that have both, members."""
        both = [(q, exact(p)) for q, p in zip(self.quotas, self.published, strict=True) if p is not None]
        return sum(q for q, _ in both), sum((p for _, p in both), Fraction(0))

    def to_frame(self) -> pd.DataFrame:
        """One row a unit, with the figures that `run --json` gives each; what is not known is `<NA>`."""
        from allocator.data.frames import frame_of

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
        return frame_of(columns)

    def __repr__(self) -> str:
        return f"Allocation({len(self.table)} units: {sum(self.quotas)} in lots of {self.problem.lot})"

    @cached_property
    def differences(self) -> tuple[Number | None, ...]:
        """Quota less published quota; None where none was published."""
        return tuple(None if p is None else q - p for q, p in zip(self.quotas, self.published, strict=True))


def allocate(table: Table, scenario: Scenario, method: str = "program", loosened: Loosened | None = None) -> Allocation:
    """The fair allocation of a scenario's target among a table's units.

    Args:
        table: the units.
        scenario: assumptions and decisions.
        method: `program` (the linear program, up to 2,000 units) or `waterfill` (no solver); both give the same lots.
            A tree is always decided by `waterfill`, in the way that `scenario.hierarchy` names.
        loosened: rules to loosen by so many lots, or to leave out.

    Returns:
        The allocation; of the leaves, where the table is a tree (`above` are those of its levels, where these are
        decided one after the other). Its quotas are whole lots, sum to the target and keep every floor, cap, lock and
        group.

    Raises:
        InputError: the scenario does not fit the table.
        InfeasibleError: its rules cannot hold together.

    Example:
        >>> from allocator import load_scenario
        >>> allocation = allocate(*load_scenario("an-giang-2017/base"))
        >>> allocation.quotas[:3]
        (1010, 250, 180)
    """
    table, scenario = fitted(table, scenario)
    ground = grounds(table, scenario)
    method = "waterfill" if ground.tree.depth > 1 else method
    try:
        made = _decided(ground, ground.posed(loosened), method)
    except InfeasibleError as error:
        error.case = table, scenario
        raise
    if method == "waterfill" or len(table) <= PROGRAM_MOST_UNITS:
        return made
    large = fault("note.too_large_for_program", units=len(table), most=PROGRAM_MOST_UNITS)
    return replace(made, notes=(*made.notes, large))


def _assessed(ground: Grounds, posed: Posed, method: str, index: int = -1) -> Allocation:
    """The allocation that the optimum of the problem of a level is; InfeasibleError as `allocate`."""
    level, (claimed, bounded, problem) = ground.levels[index], posed
    check_feasible(problem, bounded)
    every = (*claimed.notes, *ground.rules.notes, *bounded.notes, *ground.notes)
    lots = optimum(problem, method)
    return Allocation(level.table, level.scenario, claimed, bounded, problem, lots, every, ground)


def optimum(problem: Problem, method: str = "program") -> tuple[int, ...]:
    """The optimum in whole lots, by `waterfill` where that is named or there are too many units for the program."""
    if method == "waterfill" or len(problem.claims) > PROGRAM_MOST_UNITS:
        return tuple(whole_lots_nested(problem).tolist())
    from allocator.model.program import solve

    return solve(problem).lots


def _decided(ground: Grounds, posed: list[Posed], method: str) -> Allocation:
    """The allocation that is decided on grounds, in the way they name; InfeasibleError as `allocate`.

    Level by level it is from the top down: what each node is given is shared out among its children.
    """
    if ground.at_once:
        return _assessed(ground, ground.whole(posed), method)
    given: dict[int, int] = {}
    made: list[Allocation] = []
    for index, each in enumerate(narrowed(posed, ground.tree)):
        stated = level_problem(each, ground.tree, given, index + 1)
        made.append(replace(_assessed(ground, stated, method, index), above=tuple(made)))
        given |= zip(ground.tree.shown(index + 1), made[-1].quotas, strict=True)
    return made[-1]

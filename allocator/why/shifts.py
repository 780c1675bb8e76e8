"""From one allocation to another: what every unit is given more or less, and the steps that lead there.

Units are matched by name. One that only the other side has is given nothing on this one, so that changes always add up
to the difference of the targets. The steps change one thing after the other, each allocated anew: the figures, what is
believed, the target, what else was decided. They add up because each begins where the one before ended; in another
order they would be of other sizes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from allocator.data.table import Number, Table
from allocator.data.unit_names import same_names
from allocator.errors import AllocatorError
from allocator.model.allocation import Allocation, allocate
from allocator.model.scenario import ASSUMPTIONS, Scenario
from allocator.why.differences import TOLD_APART

FIGURES, BELIEVED, TARGET, DECIDED = STAGES = ("figures", "assumptions", "target", "rules")
ASIDE = {*TOLD_APART, "what", "year", "review", "unions", "quota_basis"}
"""Settings that no quota rests on."""
Case = tuple[Table, Scenario]


@dataclass(frozen=True, eq=False)
class Shifts:
    """Quotas of two sides by unit; a unit both have has one name on both.

    Attributes:
        before, after: quota by unit.
    """

    before: Mapping[str, Number]
    after: Mapping[str, Number]

    @cached_property
    def changes(self) -> dict[str, Number]:
        """What each unit is given more, those of the second side in its order, then those that only the first has."""
        units = dict.fromkeys((*self.after, *self.before))
        return {unit: self.after.get(unit, 0) - self.before.get(unit, 0) for unit in units}

    @cached_property
    def moved(self) -> Number | None:
        """Members that go from one unit to another; None where the sides have no unit in common.

        Where more are shared out in all on one side than on the other, the rest has come or gone, and moved nowhere.
        """
        return None if self.before.keys().isdisjoint(self.after) else members_moved(self.changes.values())

    @cached_property
    def more(self) -> list[str]:
        """Units given more, most first."""
        found = [unit for unit, change in self.changes.items() if change > 0]
        return sorted(found, key=lambda unit: -self.changes[unit])

    @cached_property
    def less(self) -> list[str]:
        """Units given less, most first."""
        found = [unit for unit, change in self.changes.items() if change < 0]
        return sorted(found, key=lambda unit: self.changes[unit])


@dataclass(frozen=True, eq=False)
class Step:
    """What is changed in one step, of `STAGES`, more than one where they only fit together, and what that gives."""

    stages: tuple[str, ...]
    shifts: Shifts


def members_moved(changes: Iterable[Number]) -> Number:
    """Members that change their place: what some are given more, as far as others are given it less.

    Example:
        >>> members_moved([10, -30, 20]), members_moved([10, 20, -5])
        (30, 5)
    """
    known = [*changes]
    return min(sum(each for each in known if each > 0), -sum(each for each in known if each < 0))


def quotas_by_unit(made: Allocation, names: Mapping[str, str]) -> dict[str, Number]:
    """The quotas of an allocation by unit, those in `names` under another name."""
    return {names.get(unit, unit): quota for unit, quota in made.by_unit.items()}


def bridge(first: Case, begun: Allocation, last: Case, ended: Allocation) -> Iterator[Step]:
    """The steps from one allocation to another, of what differs.

    Args:
        first: table and scenario of the allocation that `begun` is; they may be of another year, of other units.
        begun: where the steps begin.
        last: table and scenario of the allocation where they end.
        ended: that one.
    """
    names = same_names(first[0].units, last[0].units)
    before: Mapping[str, Number] = quotas_by_unit(begun, names)
    waiting, scenario = list[str](), first[1]
    stages = _differing(first, last)
    for stage, keys in stages.items():
        scenario = scenario.model_copy(update={key: getattr(last[1], key) for key in keys})
        waiting.append(stage)
        made = ended if stage == [*stages][-1] else _allocated(last[0], scenario)
        if made is not None:
            yield Step(tuple(waiting), Shifts(before, made.by_unit))
            before, waiting = made.by_unit, []


def _differing(first: Case, last: Case) -> dict[str, tuple[str, ...]]:
    """The stages in which two cases differ, with their settings; the figures are first, whatever else differs.

    The column to compare with goes with the figures, where these differ: last year's need not be in this year's table.
    """
    figures = first[0].fingerprint != last[0].fingerprint
    of_table = ("published",) if figures else ()
    apart = {*ASSUMPTIONS, *ASIDE, *of_table, "target"}
    others = tuple(key for key in Scenario.model_fields if key not in apart)
    settings = {FIGURES: of_table, BELIEVED: ASSUMPTIONS, TARGET: ("target",), DECIDED: others}
    return {
        stage: keys
        for stage, keys in settings.items()
        if (stage == FIGURES and figures) or any(getattr(first[1], key) != getattr(last[1], key) for key in keys)
    }


def _allocated(table: Table, scenario: Scenario) -> Allocation | None:
    """The allocation; None where the scenario does not fit the table, or cannot be kept."""
    try:
        scenario.check(table)
        return allocate(table, scenario, "waterfill")
    except AllocatorError:
        return None

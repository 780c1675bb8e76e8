"""The years of a term in a row: each allocated from the stock and the history that the year before leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from allocator.data.records import Progress, Report
from allocator.data.table import ESTIMATE, Table
from allocator.errors import InputError, fault
from allocator.model.claims import exact
from allocator.model.scenario import Scenario
from allocator.model.targets import RemainingShare
from allocator.year.term import YearCourse, course, lots_up, remaining, year_posed

PARTS = {"all": 1, "none": 0}


@dataclass(frozen=True, eq=False)
class PlannedYear:
    """One year of a plan.

    Attributes:
        name: what it is called.
        course: its allocation, and what became of it.
        carried: members of the year before's shortfall in its target.
        before: what is left of the term's target at its start, members; None where the table does not tell.
        unreported: units without a report in a year that has reports.
    """

    name: str
    course: YearCourse
    carried: int
    before: int | None
    unreported: tuple[str, ...]

    @property
    def after(self) -> int | None:
        """What is left of the term's target at its end; below 0 where more was gained than that."""
        gained = sum(self.course.recruited) - sum(self.course.lost)
        return None if self.before is None else max(0, self.before - gained)


def plan_years(
    inputs: Sequence[tuple[str, Table, Scenario]],
    after: Callable[[int, YearCourse, Table], Table],
    told: Callable[[YearCourse], Sequence[Progress]],
) -> list[PlannedYear]:
    """The years, one after the other in the order given.

    Args:
        inputs: what each year is called, its table and its scenario; of all but the first only what is another file's
            counts of the table.
        after: what the year of that number leaves to the one that has that table.
        told: the reports of the years, by their order, once the first is allocated.

    Raises:
        InputError: a year's table has other units, its scenario does not fit, or more was recruited than can be.
        InfeasibleError: a year's rules cannot hold together; it is named.
    """
    made: list[PlannedYear] = []
    reports: Sequence[Progress] = ()
    for number, (name, table, scenario) in enumerate(inputs):
        carried = 0
        if made:
            last = made[-1]
            table, carried = after(number - 1, last.course, table), _carried(scenario, last.course)
        table, scenario = year_posed(table, scenario)
        scenario = scenario.model_copy(update={"target": scenario.target + carried}) if carried else scenario
        alone = course(table, scenario, name)
        reports = reports or told(alone)
        known = {unit: each[-1] for unit, each in reports[number].reports.items()} if number < len(reports) else {}
        if made:
            _check_possible(name, table, known)
        units = alone.made.table.units
        silent = tuple(unit for unit in units if unit not in known) if known else ()
        made.append(PlannedYear(name, YearCourse(alone.made, known), carried, _left(table), silent))
    return made


def _carried(scenario: Scenario, before: YearCourse) -> int:
    """What of a year's shortfall the next one's target takes on, up to whole lots; a share of what remains has it."""
    if isinstance(scenario.target, RemainingShare):
        return 0
    part = scenario.carry_over
    share = exact(PARTS[part] if isinstance(part, str) else part)
    return lots_up(share * before.shortfall, scenario.lot)


def _left(table: Table) -> int | None:
    try:
        return remaining(table)
    except InputError:
        return None


def _check_possible(name: str, table: Table, reports: Mapping[str, Report]) -> None:
    """InputError where a unit reports more recruits than there were people, all estimated growth counted."""
    if not table.measured:
        return
    columns = (table.columns["workforce"], table.optional(ESTIMATE))
    most = {unit: int((now or 0) + (more or 0)) for unit, now, more in zip(table.units, *columns, strict=True)}
    faults = [
        fault("progress.above_workforce", name, unit=unit, value=each.recruited, workforce=most[unit])
        for unit, each in reports.items()
        if each.recruited > most[unit]
    ]
    if faults:
        raise InputError(faults)

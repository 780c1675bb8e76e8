"""From one year of a term to the next: what a year recruits leaves the stock of workers and joins the history.

S' = S + ρ·G − recruited, whole persons and never below 0; recruited' = recruited + what was recruited, or the quota
where that is not known; the year's growth estimate is spent. Blank history stays blank.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from allocator.data.findings import Oddity
from allocator.data.table import ATTAINMENT, ESTIMATE, Left, Number, Table
from allocator.errors import InfeasibleError, InputError, fault
from allocator.model.allocation import Allocation, allocate
from allocator.model.claims import MICRO, exact
from allocator.model.forest import forest
from allocator.model.parts import CARRIED, NET_GAIN, PREVIOUS, Amount, LeastMost, Rule, Whom
from allocator.model.scenario import Scenario
from allocator.model.targets import RemainingShare

if TYPE_CHECKING:
    from allocator.data.records import Report
    from allocator.words import Words

HISTORY = ("term_target", "recruited", "lost")
STOCK = Rule.model_construct(whom=Whom(every="all"), each=LeastMost(most=Amount(share=1.0, of="available")), firm=True)
"""Nobody is asked for more than its available workforce."""


class YearName(str):
    """The scenario of the year before: in data as it is named where it is followed, in words as people call it."""

    called: Any

    def as_called(self, called: Any) -> YearName:
        """The same with a text that people call it by."""
        self.called = called
        return self

    def of(self, scenario: Scenario) -> YearName:
        """The same, called by the scenario's year, else its title, where it has any."""
        title = scenario.title if scenario.title.vi or scenario.title.en else str(self)
        return self.as_called(fault("plan.in_year", year=str(scenario.year)) if scenario.year else title)

    def told(self, words: Words) -> str:
        """What people call it in the language of `words`."""
        return words.told(self.called)


@dataclass(frozen=True, eq=False)
class YearCourse:
    """What became of a year: its allocation, and the last report of each unit that has any.

    A unit without a report is taken to have recruited its quota.
    """

    made: Allocation
    reports: Mapping[str, Report]

    @cached_property
    def recruited(self) -> list[int]:
        """Members recruited by each leaf."""
        pairs = zip(self.made.table.units, self.made.quotas, strict=True)
        return [self.reports[unit].recruited if unit in self.reports else quota for unit, quota in pairs]

    @cached_property
    def lost(self) -> list[int]:
        """Members lost by each leaf, as far as reports tell."""
        return [self.reports[unit].lost if unit in self.reports else 0 for unit in self.made.table.units]

    @property
    def shortfall(self) -> int:
        """Members that all together stayed below their quotas; 0 where they did not."""
        lost = sum(self.lost) if self.made.scenario.quota_basis == "net" else 0
        return max(0, sum(self.made.quotas) - sum(self.recruited) + lost)

    @property
    def table(self) -> Table:
        """The table of the year, of a tree whole."""
        return self.made.ground.table

    @cached_property
    def stock(self) -> dict[str, int]:
        """Workforce that the year leaves each leaf, negative where it recruited more than there were."""
        rows = zip(self.made.table.units, self.made.claims.available, self.recruited, strict=True)
        return {unit: available // MICRO - recruited for unit, available, recruited in rows}

    def left(self) -> dict[str, dict[str, Number | None]]:
        """What the year leaves of each column that it changes, by unit; an inner row's workforce follows from below."""
        table, ground = self.table, self.made.ground
        gained, lost = (ground.summed(each).tolist() for each in (self.recruited, self.lost))
        new: dict[str, Sequence[Number | None]] = {PREVIOUS: self.made.held.tolist()[: len(table)]}
        if table.measured:
            stock = self.stock
            new["workforce"] = [max(0, stock[unit]) if unit in stock else None for unit in table.units]
        net = [each - less for each, less in zip(gained, lost, strict=True)]
        for name, more in (("recruited", gained), ("lost", lost), (NET_GAIN, net)):
            if name in table.columns:
                pairs = zip(table.columns[name], more, strict=False)
                new[name] = [None if old is None else old + each for old, each in pairs]
        if ATTAINMENT in table.columns:
            more = net if self.made.scenario.attainment.basis == "net" else gained
            rows = zip(table.columns[ATTAINMENT], table.optional("term_target"), more, strict=False)
            new[ATTAINMENT] = [_attained(*each) for each in rows]
        return {name: dict(zip(table.units, values, strict=True)) for name, values in new.items()}


def _attained(past: Number | None, target: Number | None, gained: int) -> Number | None:
    """Attainment with what was gained since; as it was where the term target is not known."""
    return past if past is None or not target else float(exact(past) + Fraction(gained, int(target)))


def left_by(course: YearCourse, name: Any, file: Table | None = None) -> Table:
    """The table at the start of the year after.

    Args:
        course: the year before.
        name: what that is called.
        file: the table that the year after has of its own, and with it a growth estimate; None where it has none: then
            the estimate that was counted on is spent.

    Raises:
        InputError: `file` has other units.
    """
    before, left = course.table, course.left()
    base, notes = file or before, [each for each in (file or before.own).notes if each.code != "term.stock"]
    columns = dict(base.columns)
    if file is not None:
        _check_units(course, name, file)
        notes += _differing(file, left, name)
        left = {key: each for key, each in left.items() if key not in (ATTAINMENT, NET_GAIN)}
    elif ESTIMATE in columns:
        columns[ESTIMATE] = (0,) * len(base)
    columns |= {key: tuple(map(values.get, base.units)) for key, values in left.items()}
    notes += _told(course, name, file is None and any(before.optional(ESTIMATE)))
    published = course.made.scenario.published if file is None else None
    beside = Left(file or before.own, _unseen(course, left), published)
    return replace(base, columns=columns, notes=tuple(notes), left=beside)


def _unseen(course: YearCourse, left: Mapping[str, Mapping[str, Number | None]]) -> int:
    """Members that the term gained so far in units whose history is blank."""
    before = course.table
    if "recruited" not in before.columns:
        return 0
    history = {key: tuple(map(left[key].get, before.units)) for key in HISTORY if key in left}
    seen = _gained(replace(before, columns={**before.columns, **history})) - _gained(before)
    return (before.left.unseen if before.left else 0) + sum(course.recruited) - sum(course.lost) - seen


def _check_units(course: YearCourse, name: Any, file: Table) -> None:
    """InputError where the leaves of a table are not those of the year before."""
    tree = forest(file)
    known, here = {*course.made.table.units}, [tree.names[node] for node in tree.leaves]
    odd = [each for each in here if each not in known] or sorted(known.difference(here))
    if odd:
        raise InputError(fault("term.units", file.place, name=name, unit=odd[0], count=len(odd)))


def _differing(file: Table, left: Mapping[str, Mapping[str, Number | None]], name: Any) -> Iterator[Oddity]:
    """A note of the units of which a table says otherwise than what the year before leaves."""
    pairs = [(unit, key, file.columns[key][at]) for at, unit in enumerate(file.units)
             for key in CARRIED if key in left and key in file.columns]  # fmt: skip
    odd = [(unit, key) for unit, key, here in pairs if here is not None and here != left[key].get(unit)]
    if odd:
        units, columns = (list(dict.fromkeys(each)) for each in zip(*odd, strict=True))
        yield Oddity("note", "term.differs", values={"name": name, "units": units, "columns": columns})


def _told(course: YearCourse, name: Any, spent: bool) -> Iterator[Oddity]:
    """What was taken of the year before, and where it asked more of a unit than was there."""
    table = course.table
    said = {"term.follows" if table.measured else "term.follows_unmeasured": True, "term.spent": spent,
            "term.lost_kept": "lost" in table.columns and not any(course.lost)}  # fmt: skip
    for key, holds in said.items():
        if holds:
            yield Oddity("note", key, values={"name": name, "members": sum(course.recruited)})
    if table.measured and (short := [unit for unit, stock in course.stock.items() if stock < 0]):
        yield Oddity("note", "term.no_stock", values={"name": name, "units": short})


def _gained(table: Table) -> int:
    """Net gain that a table tells, members: recruited less lost."""
    return _whole(table, "recruited") - _whole(table, "lost")


def _whole(table: Table, column: str) -> int:
    """Sum of a column, blanks left out; a figure of an inner row stands for those below it."""
    if column not in table.columns:
        return 0
    below, rows = table.sums_below(column), {*table.units}
    tops = (at for at, above in enumerate(table.parents or (None,) * len(table)) if above not in rows)
    own = ((table.columns[column][at], below.get(at, (0, False))[0]) for at in tops)
    return int(sum(deep if figure is None else figure for figure, deep in own))


def remaining(table: Table) -> int:
    """What is left of the term's target at the start of a year, members; never below 0.

    InputError: the table does not tell the term's targets, or what was recruited and lost.
    """
    if blank := [name for name in HISTORY if not any(each is not None for each in table.optional(name))]:
        raise InputError(fault("term.no_remaining", table.place, columns=blank))
    return max(0, _whole(table, "term_target") - _gained(table) - (table.left.unseen if table.left else 0))


def with_target(scenario: Scenario, table: Table) -> Scenario:
    """The scenario with its target as a number, up to whole lots where it is a share of what remains; else as it is.

    InputError: as `remaining`.
    """
    target = scenario.target
    if not isinstance(target, RemainingShare):
        return scenario
    members = lots_up(exact(target.share) * remaining(table), scenario.lot)
    return scenario.model_copy(update={"target": target.settled(members)})


def lots_up(members: Fraction, lot: int) -> int:
    """Members up to the next whole lot."""
    return -(-members // lot) * lot


def year_posed(table: Table, scenario: Scenario) -> tuple[Table, Scenario]:
    """A year's table and scenario: its target a number, nobody asked for more than its available workforce.

    Where a rule had to be added for that, or the published quotas are the year before's, the table has a note of it.
    InputError: as `remaining`.
    """
    scenario = with_target(scenario, table)
    if table.left and (old := scenario.published) == table.left.published and old and any(table.optional(old)):
        table = _noted(table, Oddity("note", "term.published", values={"column": old}))
    own = [each.bounds for each in scenario.levels if each.bounds and "max_share" in each.bounds.model_fields_set]
    shares = [each.max_share for each in (scenario.bounds, *own)]
    held = STOCK in scenario.rules or all(each is not None and each <= 1 for each in shares)
    if held or not table.measured:
        return table, scenario
    rules = [*scenario.rules, STOCK]
    note = Oddity("note", "term.stock", values={"number": len(rules)})
    return _noted(table, note), scenario.model_copy(update={"rules": rules})


def _noted(table: Table, note: Oddity) -> Table:
    return table if note in table.notes else replace(table, notes=(*table.notes, note))


def course(table: Table, scenario: Scenario, name: str) -> YearCourse:
    """A year as it is allocated, without reports; errors as `allocate`, each with the year's `name`."""
    try:
        return YearCourse(allocate(table, scenario, "waterfill"), {})
    except (InfeasibleError, InputError) as error:
        error.faults = tuple(
            replace(each, place=f"{name}: {each.place}" if each.place else name) for each in error.faults
        )
        if isinstance(error, InfeasibleError):
            error.year = name
        raise

"""A review in mid-year: whether the target will be reached, who is at risk, who has room, and what can move.

In lots, with a unit's quota q, achieved a, forecast F and its interval from `low` to `high`:

    at risk (high < q):    min(q, max(floor, ⌈a⌉, ⌈F⌉)) ≤ x ≤ q
    with room (low > q):   q ≤ x ≤ max(q, min(cap, ⌊F⌋))
    all others, locked ones and those that did not report:   x = q

The same program as ever shares the quotas out anew within these bounds, claims being the forecasts; groups stay, the
sum too, so that x = q always fits. A lot at risk costs more than its unit's whole forecast a member, one with room
less: all that has somewhere to go moves. So no unit at risk is raised, nothing achieved is taken away, a shortfall
that is the same everywhere moves nothing, and what nobody has room for stays where it is.

A reserve (`review.reserve`) was held back when the quotas were set. Of it `review.release` is given to units with room,
before those at risk give to them; what they have no room for stays in reserve.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from allocator.data.records import Progress
from allocator.data.table import Table
from allocator.errors import Fault, InputError, fault
from allocator.model.allocation import Allocation, allocate, optimum
from allocator.model.claims import MICRO
from allocator.model.problem import Problem, array
from allocator.model.scenario import Scenario
from allocator.year.pace import UnitPace, paces
from allocator.year.province import Province, outlook

NOTHING_HELD = {"reserve": 0, "release": 0}
NO_FORECAST = MICRO // 2
"""What a unit that brings nobody claims: less than the member that any other brings, but something."""


@dataclass(frozen=True)
class UnitReview:
    """What a review does to a unit, lots.

    Attributes:
        low, high: the fewest and most that it may get.
        now, new: its quota before and after.
        reason: why it is as it is, a key under `review.why`.
    """

    low: int
    high: int
    now: int
    new: int
    reason: str


@dataclass(frozen=True, eq=False)
class QuotaReview:
    """A review and its outcome.

    Attributes:
        current: the allocation under review; it holds the target less the reserve.
        year: the year of the reports.
        pace: where each unit stands, in table order.
        province: all units together.
        units: what becomes of each unit, in table order.
        reserve: members still held back after it.
        notes: what a reader should know.
    """

    current: Allocation
    year: int
    pace: tuple[UnitPace, ...]
    province: Province
    units: tuple[UnitReview, ...]
    reserve: int
    notes: tuple[Fault, ...]

    @property
    def lot(self) -> int:
        """Members a lot."""
        return self.current.problem.lot

    @property
    def quotas(self) -> tuple[int, ...]:
        """New quotas, members; with the reserve left they sum to the target."""
        return tuple(each.new * self.lot for each in self.units)

    @property
    def changes(self) -> tuple[int, ...]:
        """New quota less current quota of each unit, members."""
        return tuple((each.new - each.now) * self.lot for each in self.units)

    @property
    def moved(self) -> int:
        """Members that change hands: the sum of all that quotas rise by, those from the reserve included."""
        return sum(each for each in self.changes if each > 0)

    @property
    def unplaced(self) -> int:
        """Members beyond reach that units at risk keep, as nobody has room for them."""
        return sum(each.new - each.low for each in self.units if each.high == each.now) * self.lot


def review(table: Table, scenario: Scenario, progress: Progress) -> QuotaReview:
    """What a scenario's progress reports say of its year, and the change of its quotas that they call for.

    Args:
        table: the units.
        scenario: the plan; its `review`, `season` and `quota_basis` are used, too.
        progress: reports of the plan's year.

    Raises:
        InputError: the scenario does not fit the table.
        InfeasibleError: the scenario's rules cannot hold together.
    """
    settings = scenario.review
    if any(table.parents):
        raise InputError(fault("year.tree", table.place))
    scenario.check(table)
    given_out = {"target": scenario.target - settings.reserve, "review": settings.model_copy(update=NOTHING_HELD)}
    current = allocate(table, scenario.model_copy(update=given_out))
    basis, growth = scenario.quota_basis, table.optional("growth_estimate")
    limits = [(now, now + int(more or 0)) for now, more in zip(current.claims.workforce, growth, strict=True)]
    if not table.measured:  # nobody is known to have too few people
        limits = [(scenario.target, scenario.target)] * len(table)
    pace = paces(progress, table.units, current.quotas, limits, scenario.season, basis)
    whole = outlook(pace, current.quotas, limits, scenario.target, basis)
    sides = [_sides(current, unit, each) for unit, each in enumerate(pace)]
    *lots, held = optimum(_problem(current, pace, sides, settings.release // scenario.lot))
    locked = [unit in current.ground.rules.locked for unit in range(len(table))]
    every = zip(pace, sides, current.lots, lots, locked, strict=True)
    changes = tuple(
        UnitReview(*side, now, new, _reason(at, side, now, new, lock)) for at, side, now, new, lock in every
    )
    left = held * scenario.lot
    notes = (*_notes(table, scenario, progress, pace, whole), *_left(settings.release, left))
    reserve = settings.reserve - settings.release + left
    return QuotaReview(current, progress.year, tuple(pace), whole, changes, reserve, notes)


def _sides(current: Allocation, unit: int, pace: UnitPace) -> tuple[int, int]:
    """Fewest and most lots that a review may give a unit."""
    now, lot, bounds = current.lots[unit], current.problem.lot, current.bounds
    if pace.forecast is None or unit in current.ground.rules.locked:
        return now, now
    if pace.status == "AT_RISK":
        least = max(bounds.floor[unit], *(int(-(-each // lot)) for each in (pace.achieved, pace.forecast)))
        return min(now, least), now
    if pace.status == "WITH_ROOM":
        return now, max(now, min(bounds.cap[unit], int(pace.forecast // lot)))
    return now, now


def _problem(current: Allocation, pace: Sequence[UnitPace], sides: Sequence[tuple[int, int]], release: int) -> Problem:
    """The review's problem; the last of its units is the reserve, whose lots are dearer than all others."""
    posed = current.problem
    low, high = zip(*sides, strict=True)
    lots, tree = posed.lots + release, posed.tree
    claims = [max(round((each.forecast or 0.0) * MICRO), NO_FORECAST) for each in pace]
    return replace(
        posed,
        claims=array([*claims, 1]),
        floor=array([*low, 0]),
        cap=array([*high, release]),
        lots=lots,
        signpost="webster",
        tree=replace(tree, floor=(lots, *tree.floor[1:]), cap=(lots, *tree.cap[1:]), home=(*tree.home, 0)),
        risk=None,
    )


def _reason(pace: UnitPace, side: tuple[int, int], now: int, new: int, locked: bool) -> str:
    """Why a unit gets what it does."""
    if pace.status in ("AT_RISK", "WITH_ROOM") and locked:
        return "LOCKED"
    if pace.status == "AT_RISK":
        return "AT_LEAST" if side[0] == now else "GIVES" if new == side[0] else "GIVES_SOME" if new < now else "KEEPS"
    if pace.status == "WITH_ROOM":
        return "TAKES" if new > now else "AT_MOST" if side[1] == now else "WAITS"
    return pace.status


def _notes(
    table: Table, scenario: Scenario, progress: Progress, pace: Sequence[UnitPace], whole: Province
) -> Iterator[Fault]:
    silent = [unit for unit, each in zip(table.units, pace, strict=True) if each.report is None]
    if silent:
        yield fault("review.no_report" if whole.pace is None else "review.at_pace", units=silent, pace=whole.pace)
    days = {each.report.date for each in pace if each.report}
    if len(days) > 1:
        yield fault("review.dates", first=f"{min(days):%d/%m/%Y}", last=f"{max(days):%d/%m/%Y}")
    if progress.reports and max(len(each) for each in progress.reports.values()) == 1:
        yield fault("review.one_report")
    if scenario.review.price is not None:
        yield fault("review.price", price=scenario.review.price)


def _left(release: int, left: int) -> Iterator[Fault]:
    if left:
        yield fault("review.not_released", release=release, left=left)

"""A review in mid-year: who is at risk, who has room, and the least change of the quotas that answers it.

A unit's claim in a review is its current quota pulled into the interval of its forecast: the quota itself while the
interval holds it, the interval's high end where even that is below the quota, its low end where even that is above.
The same program as ever then shares the target out by these claims, so that with no deviation nothing moves. Floors
are what is already achieved, rounded up to lots, beside the scenario's own; caps, locks and groups stay, but give way
to what is already achieved. The price of a moved lot is added to the cost of each lot above a unit's current quota:
a lot moves only where the giver is asked that much more of what it can be expected to reach than the taker.

A reserve (`review.reserve`) was held back when the quotas were set; `review.release` of it is now given out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from allocator.data.records import Progress
from allocator.data.table import Table
from allocator.errors import Fault, InfeasibleError, InputError, fault
from allocator.model.allocation import Allocation, allocate, optimum
from allocator.model.bounds import LotBounds
from allocator.model.claims import MICRO, exact
from allocator.model.feasibility import check_feasible, reach
from allocator.model.grounds import pose
from allocator.model.problem import NANO, Problem, array
from allocator.model.scenario import Bounds as BoundSettings
from allocator.model.scenario import Risk, Scenario
from allocator.year.pace import UnitPace, paces

NOTHING_HELD = {"reserve": 0, "release": 0}


@dataclass(frozen=True)
class Move:
    """Members that move, from the reserve where `giver` is None; `why_giver` and `why_taker` say why, as statuses."""

    giver: str | None
    taker: str
    members: int
    why_giver: str
    why_taker: str


@dataclass(frozen=True, eq=False)
class QuotaReview:
    """A review and its outcome.

    Attributes:
        current: the allocation under review; it holds the target less the reserve.
        year: the year of the reports.
        pace: where each unit stands, in table order.
        quotas: new quotas, members; with the reserve left they sum to the target.
        lot: members a lot in this review.
        reserve: members still held back after it.
        moves: who gives how many members to whom.
        notes: what a reader should know.
    """

    current: Allocation
    year: int
    pace: tuple[UnitPace, ...]
    quotas: tuple[int, ...]
    lot: int
    reserve: int
    moves: tuple[Move, ...]
    notes: tuple[Fault, ...]

    @property
    def changes(self) -> tuple[int, ...]:
        """New quota less current quota of each unit, members."""
        return tuple(new - old for new, old in zip(self.quotas, self.current.quotas, strict=True))

    @property
    def moved(self) -> int:
        """Members that change hands: the sum of all that quotas rise by, those from the reserve included."""
        return sum(each for each in self.changes if each > 0)


class PriceStep(Sequence[int]):
    """What the price adds to a unit's k-th lot, in 10⁻⁹: nothing up to its current quota, the price from there on."""

    def __init__(self, start: int, price: int, length: int) -> None:
        self.start, self.price, self.length = start, price, length

    def __len__(self) -> int:
        return self.length

    def __getitem__(self, index: Any) -> Any:
        if index >= self.length:
            raise IndexError(index)
        return self.price if index >= self.start else 0


def review(table: Table, scenario: Scenario, progress: Progress) -> QuotaReview:
    """The least change of a scenario's quotas that its progress reports call for.

    Args:
        table: the units.
        scenario: the plan; its `review`, `season` and `quota_basis` are used, too.
        progress: reports of the plan's year.

    Returns:
        The review. New quotas are whole lots, sum to the target less the reserve left, and none is below what its unit
        has achieved; where the target is already reached they stay as they are. With no unit off its course nothing
        moves, and a higher price never moves more.

    Raises:
        InputError: the scenario does not fit the table.
        InfeasibleError: the scenario's rules cannot hold together.
    """
    settings = scenario.review
    if any(table.parents):
        raise InputError(fault("year.tree", table.place))
    scenario.check(table)
    target = scenario.target - settings.reserve
    given_out = {"target": target, "review": settings.model_copy(update=NOTHING_HELD)}
    current = allocate(table, scenario.model_copy(update=given_out))
    basis, growth = scenario.quota_basis, table.optional("growth_estimate")
    limits = [(now, now + int(more or 0)) for now, more in zip(current.claims.workforce, growth, strict=True)]
    pace = paces(progress, table.units, current.quotas, limits, scenario.season, basis)
    goal = target + settings.release
    notes = list(_notes(table, progress, pace))
    quotas, lot, reserve = current.quotas, scenario.lot, settings.reserve
    done = sum(max(0, each.achieved) for each in pace)
    if done >= goal:
        notes.append(fault("review.target_reached", target=goal, recruited=done))
    else:
        problem, why = _posed(current, current.scenario.model_copy(update={"target": goal}), pace)
        lot, reserve = problem.lot, scenario.target - goal
        quotas = tuple(each * lot for each in optimum(problem))
        notes += why
    found = tuple(moves(current, quotas, pace))
    return QuotaReview(current, progress.year, tuple(pace), quotas, lot, reserve, found, tuple(notes))


def _notes(table: Table, progress: Progress, pace: Sequence[UnitPace]) -> Iterator[Fault]:
    silent = [unit for unit, each in zip(table.units, pace, strict=True) if each.report is None]
    if silent:
        yield fault("review.no_report", units=silent)
    days = {each.report.date for each in pace if each.report}
    if len(days) > 1:
        yield fault("review.dates", first=f"{min(days):%d/%m/%Y}", last=f"{max(days):%d/%m/%Y}")
    if progress.reports and max(len(each) for each in progress.reports.values()) == 1:
        yield fault("review.one_report")


def _posed(current: Allocation, scenario: Scenario, pace: Sequence[UnitPace]) -> tuple[Problem, list[Fault]]:
    """The review's problem, in the scenario's lots and under its rules if they leave room, else with less of either."""
    scenario = scenario.model_copy(update={"risk": Risk()})
    bare = {"rules": [], "groups": [], "locks": [], "bounds": BoundSettings(max_share=scenario.bounds.max_share)}
    fallbacks: list[tuple[dict[str, object], list[Fault]]] = [
        ({}, []),
        ({"lot": 1}, [fault("review.lots_of_one", lot=scenario.lot)]),
        ({"lot": 1, **bare}, [fault("review.rules_left_out")]),
    ]
    for changes, notes in fallbacks:
        problem, bounded = _problem(current, scenario.model_copy(update=changes), pace)
        try:
            check_feasible(problem, bounded)
        except InfeasibleError as error:
            infeasible = error
        else:
            return problem, notes
    raise infeasible


def _problem(current: Allocation, scenario: Scenario, pace: Sequence[UnitPace]) -> tuple[Problem, LotBounds]:
    _, bounded, posed = pose(current.table, scenario)
    lot = scenario.lot
    held = array([-(-max(0, each.achieved) // lot) for each in pace])
    price = round(exact(scenario.review.price) * NANO)
    cap, floor = np.maximum(posed.cap, held), np.maximum(posed.floor, held)
    top = max(posed.lots, int(cap.max()))
    made = replace(
        posed,
        claims=array([_claim(current, unit, each, lot) for unit, each in enumerate(pace)]),
        floor=floor,
        cap=cap,
        signpost="webster",
        risk=tuple(PriceStep(quota // lot, price, top) for quota in current.quotas),
    )
    least, _ = reach(made)
    caps = [None if c is None else max(c, held_back) for c, held_back in zip(posed.tree.cap, least, strict=True)]
    return replace(made, tree=replace(posed.tree, cap=(posed.lots, *caps[1:]))), bounded


def _claim(current: Allocation, unit: int, pace: UnitPace, lot: int) -> int:
    """What a share of the target rests on, millionths of a member: the quota pulled into the forecast's interval.

    A unit without a quota but with a workforce is taken to reach a quarter of a lot.
    """
    quota = made = current.quotas[unit]
    if pace.low is not None and pace.high is not None:
        made = max(min(max(quota, pace.low), pace.high), min(quota, 1))
    return made * MICRO or lot * MICRO // 4 * bool(current.problem.claims[unit])


def moves(current: Allocation, quotas: Sequence[int], pace: Sequence[UnitPace]) -> Iterator[Move]:
    """Who gives to whom: the largest giver to the largest taker first; what nobody gives comes from the reserve."""
    units, before = current.table.units, current.quotas
    change = [new - old for new, old in zip(quotas, before, strict=True)]
    ranked = sorted(range(len(units)), key=lambda i: (-abs(change[i]), i))
    givers: list[tuple[int | None, int]] = [(i, -change[i]) for i in ranked if change[i] < 0]
    givers.append((None, sum(change)))
    for taker in (i for i in ranked if change[i] > 0):
        wanted = change[taker]
        why = "BEYOND" if pace[taker].achieved > before[taker] else pace[taker].status
        while wanted:
            giver, left = givers.pop(0)
            members = min(wanted, left)
            wanted -= members
            if left > members:
                givers.insert(0, (giver, left - members))
            name, why_giver = (None, "RESERVE") if giver is None else (units[giver], pace[giver].status)
            yield Move(name, units[taker], members, why_giver, why)

"""Tipping growth: the smallest error of an estimate, in whole persons, that moves a quota by a lot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import ceil

from allocator.data.table import Table
from allocator.growth.courses import GROWTH, course_of, downwards
from allocator.growth.turns import states
from allocator.model.allocation import allocate, pose
from allocator.model.feasibility import feasible
from allocator.model.nested import whole_lots_nested
from allocator.model.scenario import MOST_PERSONS, Scenario

Lots = tuple[int, ...]

MOST_TURNS = 1_000
"""Turns of the exact curve that are followed for a guess; beyond them allocating anew finds the change by halving."""


@dataclass(frozen=True)
class Tip:
    """Smallest change of an estimate, persons, downwards and upwards, that moves a quota; None where none does."""

    down: int | None
    up: int | None


def tipping(table: Table, scenario: Scenario, others: bool = False) -> Mapping[str, Mapping[str, Tip]]:
    """For each growth estimate, the others fixed: the smallest change that moves quotas by a lot.

    Args:
        table: the units.
        scenario: the scenario whose quotas are to move; a blank estimate counts as 0.
        others: whether to tell for each estimate what moves every unit, not only its own.

    Returns:
        By the estimate's unit, then by the unit whose quota moves. Allocating anew with the estimate changed by that
        many persons moves the quota, and with one person less does not; None where no change does that before the
        rules stop holding together.

    Raises:
        InputError, InfeasibleError: as `allocate`.
    """
    return dict(tips_one_by_one(table, scenario, others))


def tips_one_by_one(table: Table, scenario: Scenario, others: bool = False) -> Iterator[tuple[str, dict[str, Tip]]]:
    """`tipping`, estimate by estimate in table order, for callers who show how far it got."""
    base = allocate(table, scenario, method="waterfill").lots
    for unit in table.units:
        watched = table.units if others else (unit,)
        down, up = (_tips(table, scenario, base, unit, watched, sign) for sign in (-1, 1))
        yield unit, {each: Tip(down[each], up[each]) for each in watched}


def _tips(
    table: Table, scenario: Scenario, base: Lots, unit: str, watched: tuple[str, ...], sign: int
) -> dict[str, int | None]:
    """Smallest change of one estimate in one direction for each watched unit."""
    index = table.units.index(unit)
    now = int(table.optional("growth_estimate")[index] or 0)
    most = now if sign < 0 else MOST_PERSONS - now

    @cache
    def lots(change: int) -> Lots | None:
        _, _, problem = pose(table.with_figure("growth_estimate", index, now + sign * change), scenario)
        return tuple(whole_lots_nested(problem).tolist()) if feasible(problem) else None

    locked = {lock.unit for lock in scenario.locks}
    positions = [table.units.index(each) for each in watched if each not in locked]
    guesses = _guesses(table, scenario, base, unit, positions, now, sign)
    found = {table.units[i]: _smallest(lots, base, i, guesses.get(i, most), most) for i in positions}
    return {each: found.get(each) for each in watched}


def _guesses(
    table: Table, scenario: Scenario, base: Lots, unit: str, positions: list[int], now: int, sign: int
) -> dict[int, int]:
    """Where each position's quota moves on exact claims, in whole persons; with a risk term, a first guess of one."""
    if scenario.risk.weight:
        return dict.fromkeys(positions, 1)
    upwards = course_of(table, scenario, GROWTH + unit)
    course = upwards if sign > 0 else downwards(upwards)
    found: dict[int, int] = {}
    for turns, state in enumerate(states(course, Fraction(sign * now), Fraction(MOST_PERSONS if sign > 0 else 0))):
        for i in positions:
            if i not in found and (state.lots is None or state.lots[i] != base[i]):
                found[i] = max(1, ceil(state.at - sign * now))
        if len(found) == len(positions) or turns == MOST_TURNS:
            break
    return found


def _smallest(lots: Callable[[int], Lots | None], base: Lots, position: int, guess: int, most: int) -> int | None:
    """Smallest change at which a quota moves: checked by allocating anew, outwards from the guess, then by halving."""

    def moved(change: int) -> bool:
        now = lots(change)
        return now is None or now[position] != base[position]

    if most < 1:
        return None
    low, high, step = 0, min(guess, most), 1
    while not moved(high):
        if high == most:
            return None
        low, high, step = high, min(high + step, most), 2 * step
    if low == 0 and high > 1 and not moved(high - 1):
        low = high - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if moved(middle) else (middle, high)
    return None if lots(high) is None else high

"""Quotas as one parameter goes over its range: every point where a lot moves, by bisection over allocations.

The range is a lattice of 2³² cells. Stretches are cut in two (where their ends differ by one exchange: where the two
lots' costs would cross) until they are one cell or nothing moves inside; in its cell a point lies where the costs, or
the share that caps a unit, cross in floating point: right to about 12 digits.

Why nothing moves inside an interval whose ends hold the same lots: while bounds stand still each exchange of two lots
asks less on one side of one point only (claims for the realisation, and costs for the weight of risk, are lines in the
parameter), so an allocation is the optimum on an interval. Caps that are a share of a growing workforce only rise, and
one that rises over lots its unit does not want changes nothing; where a unit that was held at its cap gets room inside,
lots may move there and back, and such an interval is cut however its ends agree.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocator.model.problem import array
from allocator.model.signpost import FloatArray, IntArray

BoolArray = NDArray[np.bool_]
CELLS = 1 << 32
BESIDE = 1_000


class Course(ABC):
    """A parameter's effect, at places on the lattice (`at`); arrays of lots have a row a place."""

    first = array([0, CELLS - 1])
    """Places to begin with, ascending; both ends are among them."""

    @abstractmethod
    def lots(self, at: IntArray, around: tuple[IntArray, IntArray] | None) -> IntArray:
        """The optimum at places, given those of the nearest places on both sides where they are known."""

    @abstractmethod
    def value(self, at: FloatArray) -> FloatArray:
        """Value of the parameter, also between places."""

    @abstractmethod
    def cost(self, unit: IntArray, k: IntArray, at: IntArray) -> FloatArray:
        """Cost of a lot at a place; only differences between lots count."""

    def cap(self, at: IntArray) -> FloatArray:
        """Caps that move with the parameter, before they are rounded down to lots, a row a place; they never fall."""
        return np.zeros((len(at), 1))


@dataclass(frozen=True, eq=False)
class Stretches:
    """Stretches of the lattice and the lots at their ends, shape (stretches,) and (stretches, units)."""

    low: IntArray
    high: IntArray
    before: IntArray
    after: IntArray

    def only(self, keep: IntArray | BoolArray) -> Stretches:
        """Some of them, by position or by mask."""
        return Stretches(self.low[keep], self.high[keep], self.before[keep], self.after[keep])


def turning_points(course: Course) -> tuple[IntArray, list[float], Stretches]:
    """The optimum at the lower end, and every change of it, ascending.

    Of each change the parameter's value to 12 digits (further ones are not the same on every machine), and the cell it
    lies in with the lots around it.
    """
    at = course.first
    lots = course.lots(at, None)
    now, found = Stretches(at[:-1], at[1:], lots[:-1], lots[1:]), []
    for turn in range(200):
        moved, is_cell = (now.before != now.after).any(axis=1), now.high - now.low == 1
        found.append(now.only(is_cell & moved))
        now = now.only(~is_cell & (moved | _freed(now, *_caps(course, now)).any(axis=1)))
        if not len(now.low):
            break
        now = _cut(course, now, turn % 3 < 2)
    cells = Stretches(*(np.concatenate([getattr(each, name) for each in found]) for name in Stretches.__annotations__))
    cells = cells.only(np.argsort(cells.low))
    share = np.nan_to_num(_crossing(course, cells), nan=1.0)
    values = course.value(cells.low.astype(np.float64) + share).tolist()
    return lots[0], [float(f"{each:.12g}") for each in values], cells


def _caps(course: Course, now: Stretches) -> tuple[FloatArray, FloatArray]:
    """Caps at the lower end and at the upper."""
    return course.cap(now.low), course.cap(now.high)


def _freed(now: Stretches, low: FloatArray, high: FloatArray) -> BoolArray:
    """Units that are held at their cap at the lower end, and have room at the upper."""
    return np.asarray((now.before >= 0) & (np.floor(low) <= now.before) & (now.before < np.floor(high)))


def _cut(course: Course, now: Stretches, guess: bool) -> Stretches:
    """Stretches cut in two: at the middle, or where something is thought to happen."""
    width = now.high - now.low
    at = now.low + width // 2
    if guess:
        share = _crossing(course, now)
        near = now.low + np.nan_to_num(share * width).astype(np.int64)
        at = np.where(np.isnan(share), at, np.clip(near, now.low + 1, now.high - 1))
    lots = course.lots(at, (now.before, now.after))
    sides = (now.low, at), (at, now.high), (now.before, lots), (lots, now.after)
    return Stretches(*(np.concatenate(each) for each in sides))


def _crossing(course: Course, now: Stretches) -> FloatArray:
    """How far into each interval, as a share of it, its lots change places or a held unit gets room; NaN: unknown."""
    rows = np.arange(len(now.low))
    gives, takes = (now.before - now.after).argmax(axis=1), (now.after - now.before).argmax(axis=1)
    lost, won = now.before[rows, gives], now.after[rows, takes]
    gap, then = (course.cost(gives, lost, at) - course.cost(takes, won, at) for at in (now.low, now.high))
    crosses = (gap <= 0) & (then >= 0) & (gap < then) & (gives != takes)
    caps, capped = _caps(course, now)
    held = _freed(now, caps, capped)
    rises = np.where(held.any(axis=1, keepdims=True), held, np.floor(capped) > np.floor(caps))
    unit = rises.argmax(axis=1)
    start, end = caps[rows, unit], capped[rows, unit]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = -gap / (then - gap)
        # Lots decided by rounded claims may turn some cells beside the place where their costs cross.
        beside = np.where((now.high - now.low == 1) & (gap < then) & (abs(share) < BESIDE), share, np.nan)
        room = np.where(rises.any(axis=1), (np.floor(start) + 1 - start) / (end - start), beside)
        return np.asarray(np.where(crosses, share, room))

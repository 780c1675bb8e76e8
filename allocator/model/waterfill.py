"""The same optimum without a solver, vectorised over many draws at once (no groups; with groups see `nested`).

Every argument has shape (draws, units); inside, units come first, so that sums over units run along memory, and blocks
of draws are small enough to stay in the processor's cache. The fair share comes
from fixing units at their bounds until none crosses one; whole lots from the lots whose cost is at most the fair
share's λ, then the cheapest next (dearest last) lots until the target is met. Costs closer than floating point can tell
apart are compared as exact fractions.

Sources: Bitran & Hax, Management Science 27 (1981) 431–441, for the fixing of bounds; Ibaraki & Katoh, Resource
Allocation Problems (MIT Press, 1988), chapter 4, for the lots.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allocator.model.signpost import SIGNPOSTS, FloatArray, IntArray, Signpost

NEAR = 1e-11
"""Relative distance below which two costs in floating point are compared exactly."""
BLOCK = 1 << 16
"""Draws times units a block: some arrays of that many numbers fit a second-level cache."""


def fair_share(claims: FloatArray, floor: FloatArray, cap: FloatArray, target: FloatArray) -> FloatArray:
    """Share that equalises effort: clip(λ·claim, floor, cap), with λ such that it sums to the target.

    Args:
        claims: claim of each unit, any one unit of measure, not negative; shape (draws, units). A claim of 0 gets its
            floor.
        floor: least share, members; same shape, or one row for all draws.
        cap: most share, members; likewise, `cap >= floor`.
        target: members to place; shape (draws,), within [sum of floors, sum of caps of units with a claim].

    Returns:
        Share of each unit, members, shape (draws, units). Each row sums to its target within 1e-9 of it.

    Example:
        >>> fair_share(np.array([[3.0, 1.0]]), np.zeros(2), np.array([60.0, 100.0]), np.array([100.0]))
        array([[60., 40.]])
    """
    w = np.asarray(claims, dtype=np.float64).T
    low, high = (_units_first(np.asarray(each, dtype=np.float64)) for each in (floor, cap))
    return _clip(w * _level(w, low, high, np.asarray(target, dtype=np.float64)), low, high).T


def _clip(wanted: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    """As `np.clip`, in half its time."""
    made = np.maximum(wanted, low)
    return np.asarray(np.minimum(made, high, out=made))


def _units_first(bound: NDArray[Any]) -> NDArray[Any]:
    """A bound of each draw, or one for all of them, as (units, draws) or (units, 1)."""
    return bound.T if bound.ndim == 2 else bound[:, None]


def _level(w: FloatArray, low: FloatArray, high: FloatArray, target: FloatArray) -> FloatArray:
    """λ of each draw: units beyond a bound are fixed there, the heavier side first, until none is; (units, draws)."""
    low, high, rest = np.broadcast_to(low, w.shape), np.broadcast_to(high, w.shape), target
    if not w.all():
        rest, low = target - np.where(w > 0, 0.0, low).sum(axis=0), np.where(w > 0, low, 0.0)
    total = w.sum(axis=0)
    level = np.divide(rest, total, out=np.zeros_like(total), where=total > 0)
    columns, now = np.arange(len(level)), level
    while True:
        wanted = w * now
        held = _clip(wanted, low, high)
        moved = np.subtract(held, wanted, out=wanted)
        crossing = np.flatnonzero(moved.any(axis=0) & (total > 0))
        if not crossing.size:
            return np.asarray(level)
        columns, rest = columns[crossing], rest[crossing]
        w, low, high, held, moved = (each.take(crossing, axis=1) for each in (w, low, high, held, moved))
        fixed = np.where(moved.sum(axis=0) > 0, moved > 0, moved < 0)
        # A unit that is fixed wants nothing and has no floor any more, like one without a claim: it stays as it is.
        rest = rest - np.multiply(held, fixed, out=held).sum(axis=0)
        w *= (free := ~fixed)
        low *= free
        total = w.sum(axis=0)
        now = level[columns] = np.divide(rest, total, out=level[columns], where=total > 0)


def whole_lots(claims: IntArray, floor: IntArray, cap: IntArray, lots: IntArray, signpost: str = "webster") -> IntArray:
    """Whole lots of each unit in each draw: the optimum of the program, ties by larger claim, then table order.

    Args:
        claims: claims, whole millionths of a person, not negative; shape (draws, units).
        floor: least lots; same shape, or one row for all draws.
        cap: most lots; likewise, `cap >= floor`.
        lots: lots to place; shape (draws,), within [sum of floors, sum of caps of units with a claim].
        signpost: name of the divisor method.

    Returns:
        Lots, int64, shape (draws, units); each row sums to its `lots`.

    Example:
        >>> whole_lots(np.array([[5117, 4400, 162, 161, 160]]), np.zeros(5), np.full(5, 100), np.array([100]))
        array([[51, 43,  2,  2,  2]])
    """
    claims = np.asarray(claims)
    floor, cap, lots = np.asarray(floor), np.asarray(cap), np.asarray(lots)
    made = np.empty(claims.shape, dtype=np.int64)
    step = max(1, BLOCK // max(1, claims.shape[1]))
    work = np.empty((4, claims.shape[1], step))
    for start in range(0, len(claims), step):
        rows = slice(start, start + step)
        low, high = (each[rows] if each.ndim == 2 else each for each in (floor, cap))
        _block(claims[rows], low, high, lots[rows], SIGNPOSTS[signpost], made[rows], work)
    return made


def _block(
    claims: IntArray,
    floor: IntArray,
    cap: IntArray,
    lots: IntArray,
    method: Signpost,
    made: IntArray,
    work: FloatArray,
) -> None:
    """`whole_lots` of one block, into `made`; `work` is room for four arrays of (units, draws)."""
    w, held, following, last = work[:, :, : len(claims)]
    np.copyto(w, claims.T)
    low = np.asarray(_units_first(floor), dtype=np.float64)
    target = lots.astype(np.float64)
    high = np.minimum(_units_first(cap), target)
    if not w.all():
        high = np.where(w > 0, high, low)
    np.maximum(high, low, out=high)
    total = w.sum(axis=0)
    level = np.divide(target, total, out=np.zeros_like(total), where=total > 0)
    short = target - _filled(held, w, level, low, high, method)
    # Bounds that bind cost more lots than rounding can: only then is the level worth finding.
    far = np.flatnonzero(np.abs(short) > len(w))
    if far.size:
        claim, bottom, top = w[:, far], np.broadcast_to(low, w.shape)[:, far], high[:, far]
        some = np.empty_like(claim)
        short[far] = target[far] - _filled(some, claim, _level(claim, bottom, top, target[far]), bottom, top, method)
        held[:, far] = some
    with np.errstate(divide="ignore", invalid="ignore"):
        per = np.divide(1.0, w, out=w)
        np.multiply(method.value(np.add(held, 1.0, out=following)), per, out=following)
        np.multiply(method.value(held), per, out=last)
    np.copyto(following, np.inf, where=held >= high)
    np.copyto(last, -np.inf, where=held <= low)
    _place(held, following, last, per, low, high, short, method)
    made[:] = held.T
    doubtful = last.max(axis=0) >= following.min(axis=0) * (1 - NEAR)
    for draw in np.flatnonzero(doubtful):
        least = np.broadcast_to(low, high.shape)[:, draw]
        made[draw] = _settled(made[draw], claims[draw], least, high[:, draw], method)


def _filled(
    held: FloatArray, w: FloatArray, level: FloatArray, low: FloatArray, high: FloatArray, method: Signpost
) -> FloatArray:
    """Puts into `held` the lots that cost at most the level, within the bounds; gives their sum in each draw."""
    np.maximum(method.count(np.multiply(w, level, out=held)), low, out=held)
    np.minimum(held, high, out=held)
    return np.asarray(held.sum(axis=0))


def _costs(k: NDArray[Any], given: NDArray[np.bool_], per: FloatArray, beyond: float, method: Signpost) -> FloatArray:
    """Cost of the k-th lot of each unit, but for the lot's size; `beyond` where there is no such lot."""
    with np.errstate(invalid="ignore"):
        return np.where(given, method.value(k) * per, beyond)


def _place(
    held: FloatArray,
    following: FloatArray,
    last: FloatArray,
    per: FloatArray,
    low: FloatArray,
    high: FloatArray,
    short: FloatArray,
    method: Signpost,
) -> None:
    """Give the cheapest next lots where lots are short, take the dearest last ones where too many are held."""
    low = np.broadcast_to(low, held.shape)
    for sign in (1.0, -1.0):
        columns = np.flatnonzero(short * sign > 0)
        owed = short[columns] * sign
        while columns.size:
            # Equal costs go to the larger claim: `_settled` sees to that exactly wherever it matters.
            side = following[:, columns].argmin(axis=0) if sign > 0 else last[:, columns].argmax(axis=0)
            now = held[side, columns] + sign
            held[side, columns] = now
            each = per[side, columns]
            following[side, columns] = _costs(now + 1, now < high[side, columns], each, np.inf, method)
            last[side, columns] = _costs(now, now > low[side, columns], each, -np.inf, method)
            owed = owed - 1
            columns, owed = columns[owed > 0], owed[owed > 0]


def _settled(given: IntArray, claims: IntArray, low: FloatArray, high: FloatArray, method: Signpost) -> IntArray:
    """One draw brought to the canonical optimum by exchanges compared exactly; few of its lots come into question."""
    now = given.copy()
    with np.errstate(divide="ignore"):
        per = 1.0 / claims

    def key(unit: int, k: int) -> tuple[Fraction, int, int]:
        top, bottom = method.ratio(k)
        return Fraction(top, bottom * int(claims[unit]) ** (2 if method.squared else 1)), -int(claims[unit]), unit

    while True:
        dear = _costs(now, now > low, per, -np.inf, method)
        cheap = _costs(now + 1, now < high, per, np.inf, method)
        given_up = np.flatnonzero((now > low) & (dear >= dear.max() * (1 - NEAR))).tolist()
        wanted = np.flatnonzero((now < high) & (cheap <= cheap.min() * (1 + NEAR))).tolist()
        last = max((key(i, int(now[i])) for i in given_up), default=None)
        following = min((key(i, int(now[i]) + 1) for i in wanted), default=None)
        if last is None or following is None or last < following:
            return now
        now[last[2]] -= 1
        now[following[2]] += 1

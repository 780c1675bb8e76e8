"""The same optimum without a solver, vectorised over many draws at once (no groups; with groups see `nested`).

Every quantity has shape (draws, units). The fair share comes from fixing units at their bounds until none crosses one;
whole lots from the lots whose cost is at most the fair share's λ, then the cheapest next (dearest last) lots until the
target is met. Costs closer than floating point can tell apart are compared as exact fractions.

Sources: Bitran & Hax, Management Science 27 (1981) 431–441, for the fixing of bounds; Ibaraki & Katoh, Resource
Allocation Problems (MIT Press, 1988), chapter 4, for the lots.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from allocator.model.signpost import SIGNPOSTS, FloatArray, IntArray, Signpost

NEAR = 1e-11
"""Relative distance below which two costs in floating point are compared exactly."""


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
    claims = np.asarray(claims, dtype=np.float64)
    floor = np.broadcast_to(np.asarray(floor, dtype=np.float64), claims.shape)
    cap = np.broadcast_to(np.asarray(cap, dtype=np.float64), claims.shape)
    share, _ = _fixed(claims, floor, cap, np.asarray(target, dtype=np.float64))
    return share


def _fixed(claims: FloatArray, floor: FloatArray, cap: FloatArray, target: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Fair share and λ of each draw: units beyond a bound are fixed there, the heavier side first, until none is."""
    free = claims > 0
    share = np.where(free, 0.0, floor)
    level = np.zeros(len(claims))
    rows = np.arange(len(claims))
    while rows.size:
        w = np.where(free[rows], claims[rows], 0.0)
        rest = target[rows] - np.where(free[rows], 0.0, share[rows]).sum(axis=1)
        total = w.sum(axis=1)
        level[rows] = np.divide(rest, total, out=level[rows], where=total > 0)
        wanted = w * level[rows, None]
        low, high = floor[rows], cap[rows]
        over = np.where(free[rows], np.maximum(wanted - high, 0), 0.0)
        under = np.where(free[rows], np.maximum(low - wanted, 0), 0.0)
        heavy = over.sum(axis=1) >= under.sum(axis=1)
        at_cap = (over > 0) & heavy[:, None]
        at_floor = (under > 0) & ~heavy[:, None]
        share[rows] = np.where(at_cap, high, np.where(at_floor, low, np.where(free[rows], wanted, share[rows])))
        free[rows] &= ~(at_cap | at_floor)
        rows = rows[(at_cap | at_floor).any(axis=1)]
    return share, level


def whole_lots(
    claims: IntArray, floor: IntArray, cap: IntArray, lots: IntArray, lot: int = 1, signpost: str = "webster"
) -> IntArray:
    """Whole lots of each unit in each draw: the optimum of the program, ties by larger claim, then table order.

    Args:
        claims: claims, whole millionths of a person, not negative; shape (draws, units).
        floor: least lots; same shape, or one row for all draws.
        cap: most lots; likewise, `cap >= floor`.
        lots: lots to place; shape (draws,), within [sum of floors, sum of caps of units with a claim].
        lot: members a lot (it scales all costs alike and changes no result).
        signpost: name of the divisor method.

    Returns:
        Lots, int64, shape (draws, units); each row sums to its `lots`.

    Example:
        >>> whole_lots(np.array([[5117, 4400, 162, 161, 160]]), np.zeros(5), np.full(5, 100), np.array([100]))
        array([[51, 43,  2,  2,  2]])
    """
    method = SIGNPOSTS[signpost]
    claims = np.asarray(claims)
    w = claims.astype(np.float64)
    low = np.broadcast_to(np.asarray(floor, dtype=np.float64), w.shape)
    high = np.where(w > 0, np.minimum(np.broadcast_to(np.asarray(cap, dtype=np.float64), w.shape), lots[:, None]), low)
    high = np.maximum(low, high)
    _, level = _fixed(w, low, high, lots.astype(np.float64))
    held = np.clip(method.count(level[:, None] * w), low, high)
    _place(held, w, low, high, lots - held.sum(axis=1), method)
    given: IntArray = held.astype(np.int64)
    for row in np.flatnonzero(_doubtful(held, w, low, high, method)):
        given[row] = _settled(given[row], claims[row], low[row], high[row], method)
    return given


def _place(
    held: FloatArray, w: FloatArray, low: FloatArray, high: FloatArray, short: FloatArray, method: Signpost
) -> None:
    """Give the cheapest next lots where lots are short, take the dearest last ones where too many are held."""
    rows = np.flatnonzero(short)
    owed = short[rows]
    while rows.size:
        now, claim = held[rows], w[rows]
        giving = owed > 0
        following = np.where(now < high[rows], method.value(now + 1) / np.where(claim > 0, claim, 1), np.inf)
        last = np.where(now > low[rows], method.value(np.maximum(now, 1)) / np.where(claim > 0, claim, 1), -np.inf)
        # Equal costs go to the larger claim: `_settled` sees to that exactly wherever it matters.
        unit = np.where(giving, following.argmin(axis=1), last.argmax(axis=1))
        step = np.where(giving, 1.0, -1.0)
        held[rows, unit] += step
        owed = owed - step
        rows, owed = rows[owed != 0], owed[owed != 0]


def _doubtful(
    held: FloatArray, w: FloatArray, low: FloatArray, high: FloatArray, method: Signpost
) -> NDArray[np.bool_]:
    """Draws whose dearest lot given and cheapest lot not given are too close for floating point to tell apart."""
    claim = np.where(w > 0, w, 1)
    following = np.where(held < high, method.value(held + 1) / claim, np.inf).min(axis=1)
    last = np.where(held > low, method.value(np.maximum(held, 1)) / claim, -np.inf).max(axis=1)
    return np.asarray(last >= following * (1 - NEAR))


def _settled(given: IntArray, claims: IntArray, low: FloatArray, high: FloatArray, method: Signpost) -> IntArray:
    """One draw brought to the canonical optimum by exchanges compared exactly."""
    now = [int(each) for each in given]
    w = [int(each) for each in claims]

    def key(unit: int, k: int) -> tuple[Fraction, int, int]:
        top, bottom = method.ratio(k)
        return Fraction(top, bottom * w[unit] ** (2 if method.squared else 1)), -w[unit], unit

    while True:
        last = max((key(i, now[i]) for i in range(len(now)) if now[i] > low[i]), default=None)
        following = min((key(i, now[i] + 1) for i in range(len(now)) if now[i] < high[i]), default=None)
        if last is None or following is None or last < following:
            return np.array(now, dtype=np.int64)
        now[last[2]] -= 1
        now[following[2]] += 1

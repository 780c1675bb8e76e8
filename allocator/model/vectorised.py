"""The formulas of `claims` and `bounds` for many draws or candidates at once, in float64, rounded the same way.

Units are the last axis, draws the first; what all draws or all units share may be broadcast. Each formula stands
exactly where one result is made (`claims.py`, `bounds.py`) and here, and nowhere else.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from allocator.data.table import MOST_PERSONS
from allocator.model.claims import MICRO
from allocator.model.portable_powers import exp2, log2
from allocator.model.signpost import FloatArray, IntArray

TINY = 1e-11
"""Lots by which a product in floating point may fall short of the whole number it stands for."""
MOST_WHOLE = 2**62


def micro_rows(persons: FloatArray) -> IntArray:
    """Persons as whole millionths, half to even."""
    return np.rint(persons * MICRO).astype(np.int64)


def available(workforce: FloatArray, growth: FloatArray, realised: FloatArray) -> FloatArray:
    """W = S + ρ·G, persons, not rounded."""
    return np.asarray(workforce + realised * growth)


def available_micro(workforce: IntArray, growth: FloatArray, realised: FloatArray) -> IntArray:
    """W in whole millionths, like S; the growth, persons, is cut at `MOST_PERSONS`."""
    return np.asarray(workforce + micro_rows(np.minimum(realised * growth, MOST_PERSONS)))


def blended(available: Any, own: float, others: FloatArray) -> FloatArray:
    """The blend b = own · W + others · ΣW, with what `claims.driver_parts` gives, in the measure of W."""
    base = np.asarray(own * available)
    return base + others * available.sum(axis=-1, keepdims=True) if others.any() else base


def log_attainment(past: FloatArray) -> FloatArray:
    """Past attainment as `multiplier` takes it: logarithm to base 2, −∞ where it is not positive, NaN where missing."""
    return np.where(past <= 0, -np.inf, np.where(np.isnan(past), np.nan, log2(np.where(past > 0, past, 1))))


def multiplier(
    log_past: FloatArray, exponent: FloatArray, floor: FloatArray, ceiling: FloatArray, missing: FloatArray
) -> FloatArray:
    """The factor m = clip(a, floor, ceiling) ** exponent, the bounds and what stands for a missing a positive."""
    missing, floor, ceiling = log2(np.array((missing, floor, ceiling)))
    known = np.where(np.isnan(log_past), missing, log_past)
    np.minimum(np.maximum(known, floor, out=known), ceiling, out=known)
    return exp2(known * exponent)


def powers(base: FloatArray, exponent: float) -> FloatArray:
    """Base ** exponent, the base not negative and positive where the exponent is negative."""
    if exponent == 1:
        return base
    return np.asarray(np.where(base > 0, exp2(log2(np.where(base > 0, base, 1)) * exponent), 0.0))


def share_lots(available: IntArray, per_lot: Fraction) -> IntArray:
    """⌊share · W / lot⌋ of each W in millionths, exactly; at most 2⁶². `per_lot` is `bounds.share_per_lot`."""
    top, bottom = per_lot.as_integer_ratio()
    if max(top, 1) * max(bottom, int(available.max(initial=0)) // bottom) >= MOST_WHOLE:
        exactly = available.astype(object) * top // bottom
        return np.asarray(np.minimum(exactly, MOST_WHOLE).astype(np.int64))
    whole, rest = np.divmod(available, bottom)
    return np.asarray(whole * top + rest * top // bottom)


def share_lots_of_each(available: FloatArray, share: FloatArray, lot: int) -> FloatArray:
    """⌊share · W / lot⌋ of W in persons where every row has a share of its own, of few decimals like its W."""
    made = share * available
    made /= lot
    made += TINY
    return np.floor(made, out=made)


def misplaced_rows(quotas: FloatArray, others: FloatArray) -> FloatArray:
    """½ Σ |quota − other| of each row, members."""
    return np.asarray(0.5 * np.abs(quotas - others).sum(axis=-1))

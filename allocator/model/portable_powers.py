"""Logarithms and powers in vectorised float64 whose digits are the same on every machine.

NumPy takes its powers from the machine's own library, which may differ in the last digit; a search that compares scores
could then end elsewhere. These use additions, products and quotients only, which IEEE 754 fixes to the bit.
"""

from __future__ import annotations

from math import factorial

import numpy as np

from allocator.model.signpost import FloatArray

LN2 = 0.6931471805599453
_EXP = [LN2**k / factorial(k) for k in range(13, -1, -1)]


def log2(values: FloatArray) -> FloatArray:
    """Logarithms to base 2 of positive numbers, within 10⁻¹⁴: twice the series of artanh((m − 1) / (m + 1)).

    Example:
        >>> log2(np.array([0.25, 1.0, 8.0]))
        array([-2.,  0.,  3.])
    """
    mantissa, exponent = np.frexp(values)
    low = mantissa < 0.7071067811865476
    mantissa, exponent = np.where(low, 2 * mantissa, mantissa), exponent - low
    ratio = (mantissa - 1) / (mantissa + 1)
    square, series = ratio * ratio, np.zeros_like(ratio)
    for odd in range(21, 0, -2):
        series *= square
        series += 1 / odd
    return np.asarray(exponent + 2 / LN2 * ratio * series)


def exp2(values: FloatArray) -> FloatArray:
    """Powers of 2, within 10⁻¹⁵ of themselves: the whole part exactly, the rest, at most ½, by its series.

    Example:
        >>> exp2(np.array([-1.0, 0.0, 3.0]))
        array([0.5, 1. , 8. ])
    """
    whole = np.rint(values)
    rest = values - whole
    series = np.full_like(rest, _EXP[0])
    for term in _EXP[1:]:
        series *= rest
        series += term
    return np.asarray(np.ldexp(series, whole.astype(np.int32)))

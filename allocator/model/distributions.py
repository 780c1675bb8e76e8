"""Distributions of the growth realisation X: draws by inversion, and E[(c − X)⁺], both vectorised.

`quantile` turns points in (0, 1) into realisations. `below` is E[(c − X)⁺] = ∫ F up to c, in closed form: with it the
expected shortfall of a quota needs no draw. PERT is the beta distribution with a = 1 + 4·(mode − low) / (high − low)
and b = 1 + 4·(high − mode) / (high − low) (Malcolm et al., Operations Research 7 (1959) 646–669).
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, log, log1p, pi, sqrt
from types import ModuleType
from typing import Any

import numpy as np

from allocator.model.parts import Bell, Beta, Distribution, Peaked, Uniform, Values
from allocator.model.signpost import FloatArray


def quantile(distribution: Distribution, u: FloatArray) -> FloatArray:
    """Realisation of which a share `u` lies below, for each u in (0, 1); never negative.

    Example:
        >>> quantile(Uniform(dist="uniform", low=0, high=2), np.array([0.25, 0.5]))
        array([0.5, 1. ])
    """
    return np.asarray(_FORMS[distribution.dist][0](distribution, np.asarray(u)), dtype=np.float64)


def below(distribution: Distribution, c: FloatArray) -> FloatArray:
    """E[(c − X)⁺]: by how much X is expected to stay below each c; 0 where c ≤ 0.

    Example:
        >>> below(Uniform(dist="uniform", low=0, high=1), np.array([-1.0, 0.5, 2.0]))
        array([0.   , 0.125, 1.5  ])
    """
    return np.asarray(_FORMS[distribution.dist][1](distribution, np.asarray(c, dtype=np.float64)), dtype=np.float64)


def special() -> ModuleType:
    """`scipy.special`, loaded where it is first needed: it takes a while."""
    import scipy.special

    return scipy.special


def _uniform_below(d: Uniform, c: FloatArray) -> Any:
    inside = np.clip(c, d.low, d.high) - d.low
    return inside**2 / (2 * (d.high - d.low)) + np.maximum(c - d.high, 0)


def _triangular(d: Peaked, u: FloatArray) -> Any:
    width, left, right = d.high - d.low, d.mode - d.low, d.high - d.mode
    rising = np.sqrt(u * (width * left))
    falling = width - np.sqrt((1 - u) * (width * right))
    return d.low + np.where(u * width < left, rising, falling)


def _triangular_below(d: Peaked, c: FloatArray) -> Any:
    width, left, right = d.high - d.low, d.mode - d.low, d.high - d.mode
    rise = np.clip(c, d.low, d.mode) - d.low
    fall = d.high - np.clip(c, d.mode, d.high)
    to_mode = rise**3 / (3 * width * left) if left else np.zeros_like(c)
    # From the mode on: c − mean + what is left of the falling side; at the mode that is its whole share.
    mean = (d.low + d.mode + d.high) / 3
    beyond = c - mean + (fall**3 / (3 * width * right) if right else 0)
    return np.where(c > d.mode, beyond, to_mode)


def _shape(d: Peaked | Beta) -> tuple[float, float]:
    if isinstance(d, Beta):
        return d.a, d.b
    width = d.high - d.low
    return 1 + 4 * (d.mode - d.low) / width, 1 + 4 * (d.high - d.mode) / width


def _beta(d: Peaked | Beta, u: FloatArray) -> Any:
    return d.low + (d.high - d.low) * special().betaincinv(*_shape(d), u)


def _beta_below(d: Peaked | Beta, c: FloatArray) -> Any:
    a, b = _shape(d)
    width, betainc = d.high - d.low, special().betainc
    t = np.clip((c - d.low) / width, 0, 1)
    return width * (t * betainc(a, b, t) - a / (a + b) * betainc(a + 1, b, t)) + np.maximum(c - d.high, 0)


def _normal(d: Bell, u: FloatArray) -> Any:
    """Inverted from the upper tail, where a normal far below 0 keeps its digits."""
    ndtri, ndtr = special().ndtri, special().ndtr
    return np.maximum(d.mean - d.sd * ndtri((1 - u) * ndtr(d.mean / d.sd)), 0)


def _normal_below(d: Bell, c: FloatArray) -> Any:
    ndtr = special().ndtr
    alpha, beta = -d.mean / d.sd, (np.maximum(c, 0) - d.mean) / d.sd
    # Φ(β) − Φ(α) from the side of the tail both lie in, so that no digits cancel.
    between = np.where(alpha > 0, ndtr(-alpha) - ndtr(-beta), ndtr(beta) - ndtr(alpha))
    density = (np.exp(-(beta**2) / 2) - exp(-(alpha**2) / 2)) / sqrt(2 * pi)
    return np.maximum(((np.maximum(c, 0) - d.mean) * between + d.sd * density) / ndtr(d.mean / d.sd), 0)


def _logs(d: Bell) -> tuple[float, float]:
    """Mean and standard deviation of ln X."""
    variance = log1p((d.sd / d.mean) ** 2)
    return log(d.mean) - variance / 2, sqrt(variance)


def _lognormal(d: Bell, u: FloatArray) -> Any:
    mean, sd = _logs(d)
    return np.exp(mean + sd * special().ndtri(u))


def _lognormal_below(d: Bell, c: FloatArray) -> Any:
    ndtr, (mean, sd) = special().ndtr, _logs(d)
    z = (np.log(np.maximum(c, 1e-300)) - mean) / sd
    return np.where(c > 0, np.maximum(c * ndtr(z) - d.mean * ndtr(z - sd), 0), 0.0)


def _values(d: Values, u: FloatArray) -> Any:
    ordered = np.sort(np.array(d.values, dtype=np.float64))
    return ordered[np.minimum((u * len(ordered)).astype(np.int64), len(ordered) - 1)]


def _values_below(d: Values, c: FloatArray) -> Any:
    ordered = np.sort(np.array(d.values, dtype=np.float64))
    sums = np.concatenate(([0.0], np.cumsum(ordered)))
    count = np.searchsorted(ordered, c)
    return (c * count - sums[count]) / len(ordered)


_FORMS: dict[str, tuple[Callable[[Any, FloatArray], Any], Callable[[Any, FloatArray], Any]]] = {
    "uniform": (lambda d, u: d.low + (d.high - d.low) * u, _uniform_below),
    "triangular": (_triangular, _triangular_below),
    "pert": (_beta, _beta_below),
    "beta": (_beta, _beta_below),
    "normal": (_normal, _normal_below),
    "lognormal": (_lognormal, _lognormal_below),
    "values": (_values, _values_below),
}

"""Signposts: what the k-th lot costs under each divisor method, exactly and vectorised.

The k-th lot of a unit with claim w costs s(k)·lot / w, members asked per member of claim. Exact comparisons use a key
that orders lots as their costs do: s(k) / w as a fraction, its square for Huntington–Hill.

Source: Balinski & Young, Fair Representation (Yale University Press, 1982), chapter 12 and appendix A.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MICRO = 1_000_000
"""Claims and workforces are whole multiples of 1 / MICRO of a person, so that a tie is a tie on every machine."""
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Signpost:
    """One divisor method.

    Attributes:
        ratio: numerator and denominator of s(k) for whole k ≥ 1; of s(k)² where `squared`.
        squared: whether `ratio` gives the square.
        value: s(k) in floating point, vectorised.
        count: number of lots k ≥ 0 with s(k) ≤ x, vectorised in x ≥ 0.
    """

    ratio: Callable[[int], tuple[int, int]]
    squared: bool
    value: Callable[[Any], Any]
    count: Callable[[Any], Any]


SIGNPOSTS: Mapping[str, Signpost] = {
    "webster": Signpost(lambda k: (2 * k - 1, 2), False, lambda k: k - 0.5, lambda x: np.floor(x + 0.5)),
    "jefferson": Signpost(lambda k: (k, 1), False, lambda k: k * 1.0, np.floor),
    "adams": Signpost(lambda k: (k - 1, 1), False, lambda k: k - 1.0, lambda x: np.floor(x) + 1),
    "huntington_hill": Signpost(
        lambda k: (k * (k - 1), 1),
        True,
        lambda k: np.sqrt(k * (k - 1.0)),
        lambda x: np.floor(0.5 + np.sqrt(0.25 + np.square(x))),
    ),
    "dean": Signpost(
        lambda k: (2 * k * (k - 1), 2 * k - 1),
        False,
        lambda k: 2 * k * (k - 1.0) / (2 * k - 1),
        lambda x: np.floor((1 + x + np.sqrt(1 + np.square(x))) / 2),
    ),
}

"""Points in (0, 1) for the draws: any rows of one fixed sequence, so that chunking never changes a digit.

Scrambled Sobol points by default: every 2**20 draws are one scrambled net of their own, and within it a block of 2**m
rows is the first block with its bits shifted, which is how a block is had without the ones before it. Plain random
numbers come from a generator that can be advanced to any row.

Sources: Owen, Journal of Complexity 14 (1998) 466–489, for the scrambling; Antonov & Saleev, USSR Computational
Mathematics 19 (1979) 252–256, for the order in Gray code that makes blocks shifts of each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from allocator.model.signpost import FloatArray, IntArray

NET_BITS = 20
BITS = 30
MOST_SOBOL = 500
"""Columns of Sobol points; units of little growth beyond them take plain random ones."""


@dataclass(frozen=True)
class Points:
    """A fixed sequence of points.

    Attributes:
        columns: number of columns.
        seed: what the sequence is made from, a whole number not below 0.
        random: plain random numbers instead of Sobol points.
    """

    columns: int
    seed: int
    random: bool = False

    def rows(self, start: int, count: int) -> FloatArray:
        """Rows from `start` on, shape (columns, count); `count` is a power of two up to 2**20 that divides `start`."""
        sobol = 0 if self.random else min(self.columns, MOST_SOBOL)
        made = np.empty((self.columns, count))
        if sobol:
            made[:sobol] = _sobol(sobol, self.seed, start, count)
        if self.columns > sobol:
            stream = np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=(0,)))
            stream.advance(start * (self.columns - sobol))
            made[sobol:] = np.random.Generator(stream).random((count, self.columns - sobol)).T
            np.maximum(made[sobol:], 2.0**-54, out=made[sobol:])
        return made


def _sobol(columns: int, seed: int, start: int, count: int) -> FloatArray:
    net, row = divmod(start, 2**NET_BITS)
    first, shifts = _net(columns, seed, net, count)
    made = first.copy()
    for bit, shift in enumerate(shifts):
        if row // count >> bit & 1:
            made ^= shift[:, None]
    # The middle of each cell: neither 0 nor 1 ever comes up.
    return np.asarray((made + 0.5) / 2**BITS)


@lru_cache(maxsize=4)
def _net(columns: int, seed: int, net: int, count: int) -> tuple[IntArray, list[IntArray]]:
    """The first block of a net, and by what bits blocks differ from it for each bit of their number."""
    from scipy.stats import qmc

    generator = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1, net)))
    engine = qmc.Sobol(columns, scramble=True, bits=BITS, rng=generator)
    first = np.ascontiguousarray(_whole(engine.random(count)).T)
    shifts, at, step = [], count, count
    while step < 2**NET_BITS:
        # Row 2**m is the only one needed of each doubling: all others follow from these.
        engine.fast_forward(step - at) if step > at else None
        shifts.append(_whole(engine.random(1))[0] ^ first[:, 0])
        at, step = step + 1, 2 * step
    return first, shifts


def _whole(points: FloatArray) -> IntArray:
    return np.asarray(points * 2**BITS).astype(np.int64)

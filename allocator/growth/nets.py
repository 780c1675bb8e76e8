"""Scrambled Sobol nets, as whole numbers: 2**20 rows each, of which any block is had without those before it.

In the order of the Gray code row 2**m + i is row 2**m − 1 − i with direction m added bit by bit, so that a block of
2**m rows that begins at a multiple of 2**m is the first block with some directions added. `scipy.stats.qmc` makes the
same points, which a test holds, but takes half a second to load, longer than most analyses, in every process.

Sources: Bratley & Fox, ACM Transactions on Mathematical Software 14 (1988) 88–100, for directions out of the numbers a
column begins with; Antonov & Saleev, USSR Computational Mathematics 19 (1979) 252–256, for the order; Matoušek, Journal
of Complexity 14 (1998) 527–556, for the scrambling by a random triangular matrix and a shift.
"""

from __future__ import annotations

from functools import lru_cache, reduce
from operator import xor

import numpy as np

from allocator.data.direction_numbers import direction_numbers
from allocator.model.signpost import IntArray

BITS = 30
"""Binary digits of a point."""
NET_BITS = 20
MOST_SOBOL = 500
"""Columns there are directions for."""


def net_block(columns: int, seed: int, start: int, count: int) -> IntArray:
    """Rows from `start` on, whole numbers below 2**30, shape (columns, count).

    Args:
        columns: how many, at most `MOST_SOBOL`.
        seed: what the scrambling is drawn from; each 2**20 rows are scrambled on their own.
        start: the first row, from 0 on.
        count: rows, a power of two up to 2**20 that divides `start`.
    """
    net, row = divmod(start, 2**NET_BITS)
    directions = _scrambled(columns, seed, net)[1]
    gray = row ^ row >> 1
    # By these the row `start` differs from row 0, and each row after it from that one's.
    some = [bit for bit in range(NET_BITS) if gray >> bit & 1]
    added: IntArray = np.bitwise_xor.reduce(directions[:, some], axis=1)
    return _first_block(columns, seed, net, count) ^ added[:, None]


@lru_cache(maxsize=4)
def _first_block(columns: int, seed: int, net: int, count: int) -> IntArray:
    shift, directions = _scrambled(columns, seed, net)
    made = shift[:, None]
    for bit in range(count.bit_length() - 1):
        made = np.concatenate([made, made[:, ::-1] ^ directions[:, bit, None]], axis=1)
    return made


@lru_cache(maxsize=4)
def _scrambled(columns: int, seed: int, net: int) -> tuple[IntArray, IntArray]:
    """The shift of each column, and its directions, shape (columns, NET_BITS), scrambled for one net."""
    sequence = np.random.SeedSequence(seed, spawn_key=(1, net))
    drawn = np.random.default_rng(sequence).spawn(1)[0]
    bits = 1 << np.arange(BITS)
    shift = drawn.integers(2, size=(columns, BITS), dtype=np.uint32) @ bits
    lower = np.tril(drawn.integers(2, size=(columns, BITS, BITS), dtype=np.uint32)).astype(np.int64)
    lower[:, range(BITS), range(BITS)] = 1
    digits = _directions(columns)[:, None] >> np.arange(BITS)[::-1, None] & 1
    return shift, np.einsum("dpj,p->dj", (lower @ digits) & 1, bits[::-1])


@lru_cache(maxsize=1)
def _directions(columns: int) -> IntArray:
    """Directions of each column as they are published, the first digit on top."""
    made = np.empty((columns, NET_BITS), dtype=np.int64)
    for row, (polynomial, *numbers) in zip(made, direction_numbers(columns), strict=True):
        degree = polynomial.bit_length() - 1
        while len(numbers) < NET_BITS:
            terms = (numbers[-k] << k for k in range(1, degree + 1) if polynomial >> (degree - k) & 1)
            numbers.append(reduce(xor, terms, numbers[-degree]))
        row[:] = numbers
    return made << np.arange(BITS - 1, BITS - 1 - NET_BITS, -1)

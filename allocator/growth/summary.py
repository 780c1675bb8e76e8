"""Summaries of draws that merge: whole numbers only, so that neither the order nor the grouping changes a digit.

Best quotas are counted exactly, so their quantiles are exact. Shortfalls go into bins with the exact sum of what lies
in each: probabilities and expected values are exact, a CVaR is off by less than the width of the one bin its tail cuts
(1 / bins of the quota), times that bin's share of the tail.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from allocator.model.signpost import IntArray


@dataclass(frozen=True, eq=False)
class Counts:
    """How often each unit's best quota was how many lots.

    Attributes:
        keys: the unit's position times 2**34, plus lots; sorted, distinct.
        counts: draws, one a key.
    """

    keys: IntArray
    counts: IntArray

    @classmethod
    def of(cls, lots: IntArray) -> Counts:
        """The counts of lots, shape (units, draws)."""
        if not lots.shape[1]:
            return cls(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
        low, high = lots.min(axis=1), lots.max(axis=1)
        start = np.concatenate(([0], np.cumsum(high - low + 1)))
        slots = np.bincount((lots + (start[:-1] - low)[:, None]).ravel(), minlength=start[-1])
        at = np.flatnonzero(slots)
        unit = np.searchsorted(start, at, side="right") - 1
        return cls(unit << 34 | (at - start[unit] + low[unit]), slots[at])

    def merged(self, other: Counts) -> Counts:
        """Both together."""
        keys = np.concatenate((self.keys, other.keys))
        if not len(keys):
            return self
        order = np.argsort(keys, kind="stable")
        keys, counts = keys[order], np.concatenate((self.counts, other.counts))[order]
        first = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
        return Counts(keys[first], np.add.reduceat(counts, first))

    def quantiles(self, unit: int, shares: tuple[Fraction, ...]) -> list[int | None]:
        """The least lots that at least each share of the draws do not exceed; None where there were no draws."""
        first, last = np.searchsorted(self.keys, (unit << 34, (unit + 1) << 34))
        reached = np.cumsum(self.counts[first:last])
        if not len(reached):
            return [None] * len(shares)
        wanted = [-(-share.numerator * int(reached[-1]) // share.denominator) for share in shares]
        at = np.searchsorted(reached, np.maximum(wanted, 1))
        return [int(each) & (1 << 34) - 1 for each in self.keys[first:last][at]]


@dataclass(frozen=True, eq=False)
class Tails:
    """Shortfalls of several series in bins; shape (series,) or (series, bins).

    Attributes:
        width: width of a bin of each series, in steps.
        step: size of a step of each series, millionths of a person.
        positive: draws with a shortfall.
        counts: draws in each bin.
        above: sum of what the draws in each bin exceed its lower end by, steps.
    """

    width: IntArray
    step: IntArray
    positive: IntArray
    counts: IntArray
    above: IntArray

    @classmethod
    def of(cls, shortfall: IntArray, most: IntArray, bins: int) -> Tails:
        """The bins of shortfalls, millionths of a person, shape (series, draws), none above its series' `most`."""
        # Steps keep a bin below 2**31 of them: 2**32 draws cannot overflow a sum.
        step = np.maximum(1, -(-most // (bins << 31)))
        width = np.maximum(1, -(-(most + 1) // (step * bins)))
        value = shortfall // step[:, None] if (step > 1).any() else shortfall
        at = value // width[:, None]
        above = (value - at * width[:, None]).astype(np.float64)
        flat = (at + np.arange(len(most))[:, None] * bins).ravel()
        shape = (len(most), bins)
        return cls(
            width,
            step,
            (shortfall > 0).sum(axis=1),
            np.bincount(flat, minlength=shape[0] * bins).reshape(shape),
            np.bincount(flat, above.ravel(), minlength=shape[0] * bins).reshape(shape).astype(np.int64),
        )

    def merged(self, other: Tails) -> Tails:
        """Both together."""
        return Tails(
            self.width,
            self.step,
            self.positive + other.positive,
            self.counts + other.counts,
            self.above + other.above,
        )

    def sums(self, series: int) -> list[tuple[int, Fraction]]:
        """Count and sum, persons, of each bin of one series, the largest shortfalls first."""
        width, step = int(self.width[series]), int(self.step[series])
        pairs = zip(self.counts[series].tolist(), self.above[series].tolist(), strict=True)
        found = [
            (count, Fraction((count * at * width + above) * step, 1_000_000))
            for at, (count, above) in enumerate(pairs)
            if count
        ]
        return found[::-1]

    def expected(self, series: int) -> Fraction:
        """Mean shortfall, persons."""
        bins = self.sums(series)
        return sum((total for _, total in bins), Fraction(0)) / sum(count for count, _ in bins)

    def probability(self, series: int) -> Fraction:
        """Share of the draws with a shortfall."""
        return Fraction(int(self.positive[series]), int(self.counts[series].sum()))

    def cvar(self, series: int, level: Fraction) -> Fraction:
        """Mean shortfall, persons, in the worst 1 − level of the draws."""
        bins = self.sums(series)
        tail = left = (1 - level) * sum(count for count, _ in bins)
        found = Fraction(0)
        for count, total in bins:
            part = min(Fraction(1), left / count)
            found += part * total
            left -= part * count
            if not left:
                break
        return found / tail


@dataclass(frozen=True, eq=False)
class Summary:
    """What some draws came to.

    Attributes:
        draws: how many.
        infeasible: those in which the floors and caps cannot hold together: no best quota, but they count for the risk.
        quotas: counts of the best quotas in the other draws.
        tails: shortfalls of the fixed quotas of the uncertain units, and of all units together.
    """

    draws: int
    infeasible: int
    quotas: Counts
    tails: Tails

    def merged(self, other: Summary) -> Summary:
        """Both together, whatever their order."""
        return Summary(
            self.draws + other.draws,
            self.infeasible + other.infeasible,
            self.quotas.merged(other.quotas),
            self.tails.merged(other.tails),
        )

    def to_bytes(self) -> bytes:
        """The summary as compressed arrays of whole numbers."""
        held = io.BytesIO()
        arrays: dict[str, Any] = {"head": np.array([self.draws, self.infeasible]), **vars(self.tails)}
        np.savez_compressed(held, keys=self.quotas.keys, times=self.quotas.counts, **arrays)
        return held.getvalue()

    @classmethod
    def from_bytes(cls, body: bytes) -> Summary:
        """The summary that `to_bytes` wrote."""
        with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
            held = {name: arrays[name] for name in arrays.files}
        draws, infeasible = held.pop("head").tolist()
        quotas = Counts(held.pop("keys"), held.pop("times"))
        return cls(draws, infeasible, quotas, Tails(**held))

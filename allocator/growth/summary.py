"""Summaries of draws that merge: whole numbers only, so that neither the order nor the grouping changes a digit.

Best quotas are counted exactly, so their quantiles are exact. Shortfalls go into bins with the exact sum of what lies
in each: probabilities and expected values are exact, a CVaR is off by less than the width of the one bin its tail cuts
(1 / bins of the quota), times that bin's share of the tail.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from allocator.model.claims import MICRO
from allocator.model.signpost import IntArray

if TYPE_CHECKING:
    from allocator.growth.draws import SweepPlan
    from allocator.model.allocation import Allocation

BANDS = {"p05": Fraction(1, 20), "p50": Fraction(1, 2), "p95": Fraction(19, 20)}
TAILS = {"cvar90": Fraction(9, 10), "cvar95": Fraction(19, 20)}
ADDED = ("draws", "infeasible", "positive", "counts", "above")
"""Figures of which two summaries together have the sum."""


@dataclass(frozen=True, eq=False)
class Summary:
    """What some draws came to: best quotas, and shortfalls of the fixed quotas of several series in bins.

    Attributes:
        draws: how many.
        infeasible: those in which the floors and caps cannot hold together: no best quota, but they count for the risk.
        keys: a unit's position times 2**34, plus lots that were its best quota; sorted, distinct.
        times: draws, one a key.
        width, step: width of a bin of each series, in steps; size of a step, millionths of a person.
        positive: draws with a shortfall, by series.
        counts: draws in each bin, shape (series, bins).
        above: sum of what the draws in each bin exceed its lower end by, steps.
    """

    draws: int
    infeasible: int
    keys: IntArray
    times: IntArray
    width: IntArray
    step: IntArray
    positive: IntArray
    counts: IntArray
    above: IntArray

    @classmethod
    def of(cls, lots: IntArray, shortfall: IntArray, most: IntArray, bins: int) -> Summary:
        """The summary of draws.

        Args:
            lots: best quotas, shape (units, draws), of the draws that have any.
            shortfall: millionths of a person, shape (series, draws).
            most: the largest shortfall of each series that can be.
            bins: bins of each series.
        """
        keys, times = _counted(lots)
        # Steps keep a bin below 2**31 of them: 2**32 draws cannot overflow a sum.
        step = np.maximum(1, -(-most // (bins << 31)))
        width = np.maximum(1, -(-(most + 1) // (step * bins)))
        value = shortfall // step[:, None] if (step > 1).any() else shortfall
        at = value // width[:, None]
        above = (value - at * width[:, None]).astype(np.float64)
        flat, size = (at + np.arange(len(most))[:, None] * bins).ravel(), len(most) * bins
        counts = np.bincount(flat, minlength=size).reshape(-1, bins)
        sums = np.bincount(flat, above.ravel(), minlength=size).reshape(-1, bins).astype(np.int64)
        draws, positive = shortfall.shape[1], (shortfall > 0).sum(axis=1)
        return cls(draws, draws - lots.shape[1], keys, times, width, step, positive, counts, sums)

    def merged(self, other: Summary) -> Summary:
        """Both together, whatever their order."""
        keys, at = np.unique(np.concatenate((self.keys, other.keys)), return_inverse=True)
        # Exact: there are fewer draws than 2**53.
        times = np.bincount(at, np.concatenate((self.times, other.times)), len(keys)).astype(np.int64)
        added = {name: getattr(self, name) + getattr(other, name) for name in ADDED}
        return replace(self, keys=keys, times=times, **added)

    def to_bytes(self) -> bytes:
        """The summary as compressed arrays of whole numbers."""
        held = io.BytesIO()
        np.savez_compressed(held, **vars(self))
        return held.getvalue()

    @classmethod
    def from_bytes(cls, body: bytes) -> Summary:
        """The summary that `to_bytes` wrote."""
        with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
            held: dict[str, Any] = {name: arrays[name] for name in arrays.files}
        return cls(**{**held, "draws": int(held["draws"]), "infeasible": int(held["infeasible"])})

    def quantiles(self, unit: int) -> dict[str, int | None]:
        """The least lots that at least each share of `BANDS` of the draws do not exceed; None without such draws."""
        first, last = np.searchsorted(self.keys, (unit << 34, (unit + 1) << 34))
        reached = np.cumsum(self.times[first:last])
        if not len(reached):
            return dict.fromkeys(BANDS)
        wanted = [-(-share.numerator * int(reached[-1]) // share.denominator) for share in BANDS.values()]
        lots = self.keys[first:last][np.searchsorted(reached, wanted)] & (1 << 34) - 1
        return dict(zip(BANDS, lots.tolist(), strict=True))

    def risk(self, series: int) -> dict[str, float]:
        """Shortfall (quota − reachable workforce where positive) of one series; persons but for the probability."""
        width, step = int(self.width[series]), int(self.step[series])
        pairs = enumerate(zip(self.counts[series].tolist(), self.above[series].tolist(), strict=True))
        bins = [(count, Fraction((count * at * width + above) * step, MICRO)) for at, (count, above) in pairs if count]
        expected = sum((total for _, total in bins), Fraction(0)) / self.draws
        cvar = {name: float(_tail(bins[::-1], (1 - level) * self.draws)) for name, level in TAILS.items()}
        probability = int(self.positive[series]) / self.draws
        return {"shortfall_probability": probability, "expected_shortfall": float(expected), **cvar}


def _counted(lots: IntArray) -> tuple[IntArray, IntArray]:
    """Keys of a summary, and how often each of them came up."""
    if not lots.shape[1]:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    low, high = lots.min(axis=1), lots.max(axis=1)
    start = np.concatenate(([0], np.cumsum(high - low + 1)))
    slots = np.bincount((lots + (start[:-1] - low)[:, None]).ravel(), minlength=start[-1])
    at = np.flatnonzero(slots)
    unit = np.searchsorted(start, at, side="right") - 1
    return unit << 34 | (at - start[unit] + low[unit]), slots[at]


def _tail(bins: list[tuple[int, Fraction]], tail: Fraction) -> Fraction:
    """Mean shortfall, persons, in as many of the worst draws; `bins` have draws and sum, the worst first."""
    left, found = tail, Fraction(0)
    for count, total in bins:
        part = min(Fraction(1), left / count)
        found += part * total
        left -= part * count
        if not left:
            break
    return found / tail


def bands_and_risks(allocation: Allocation, plan: SweepPlan, summary: Summary) -> dict[str, Any]:
    """What a sweep says: bands of the best quotas when growth is known first, and the risk of the quotas fixed now.

    Members and persons, but for the probabilities. Bands are quantiles of a unit's best quota, None where no draw is
    feasible; `infeasible` of the draws have floors and caps that cannot hold together, and no best quota. Risks are
    those of a unit's fixed quota, `province` those of all units together.
    """
    series = {unit: index for index, unit in enumerate(plan.uncertain.tolist())}
    rows = []
    for unit, short in enumerate((plan.certain_shortfalls / MICRO).tolist()):
        lots = summary.quantiles(unit)
        bands = {name: None if each is None else each * plan.problem.lot for name, each in lots.items()}
        certain = {
            "shortfall_probability": float(short > 0),
            "expected_shortfall": short,
            **dict.fromkeys(TAILS, short),
        }
        risk = summary.risk(series[unit]) if unit in series else certain
        rows.append({"unit": allocation.table.units[unit], "quota": allocation.quotas[unit], **bands, **risk})
    province = summary.risk(len(series))
    return {"draws": summary.draws, "infeasible": summary.infeasible, "units": rows, "province": province}

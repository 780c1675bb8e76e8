"""The published table by itself and against the best rule: effort, pairs asked the wrong way round, what it implies."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import numpy as np

from allocator.fit.calibration import Calibration
from allocator.fit.searched import past_attainment
from allocator.model.claims import MICRO
from allocator.model.implied_program import implied_claims
from allocator.model.problem import array
from allocator.model.waterfill import whole_lots
from allocator.why.comparison import gini, ratio


def fairness(found: Calibration) -> dict[str, Any]:
    """The published table by itself: effort of each unit, its spread, and the pairs asked the wrong way round.

    A pair: `less` is asked for more than `more`, which has at least as much present workforce, estimated growth and
    gross attainment, and more of one of them; the widest gap first. Efforts are published quota over present
    workforce, None where there is none; units without a known attainment stand in no pair.
    """
    base = found.ground
    efforts = [float(p / s) if s else None for p, s in zip(base.published, base.workforce, strict=True)]
    past = past_attainment(base.table, base.scenario, "gross")
    drivers = np.array([base.workforce, base.growth, past])
    units, quota = base.table.units, [round(each) for each in base.published.tolist()]
    pairs = [
        {"more": units[i], "asked_more": quota[i], "less": units[j], "asked_less": quota[j]}
        for i, j in permutations(np.flatnonzero(~np.isnan(past)).tolist(), 2)
        if quota[i] < quota[j] and (drivers[:, i] >= drivers[:, j]).all() and (drivers[:, i] > drivers[:, j]).any()
    ]
    return {
        "effort_ratio": ratio(efforts),
        "effort_gini": gini(efforts),
        "efforts": [{"unit": unit, "effort": each} for unit, each in zip(units, efforts, strict=True)],
        "pairs": sorted(pairs, key=lambda pair: pair["asked_more"] - pair["asked_less"]),
    }


def implied_workforce(found: Calibration) -> tuple[float | None, ...]:
    """Available workforce for which the best rule would ask each published quota, the others as published; persons.

    None where no workforce would: a quota below the least quota, or claims that rest on other drivers as well.
    """
    base, row = found.ground, found.best.row
    if base.fixed_share.any():
        return (None,) * len(base.published)
    units = len(base.published)
    rows = np.repeat(row[None], units, axis=0)
    claims, available = base.claims(rows[:1])
    multiplier = np.divide(claims[0], available[0], out=np.zeros(units), where=available[0] > 0)
    effort = np.minimum(base.levels(rows, ~np.eye(units, dtype=np.bool_)) * multiplier, row[5])
    least = base.bounds(rows[:1], available)[0][0]
    return tuple(
        float(p / each) if each > 0 and p >= floor else None
        for p, each, floor in zip(base.published, effort, least, strict=True)
    )


def implied(found: Calibration) -> dict[str, Any] | None:
    """The claims nearest to the model's for which the published table is exactly optimal; None where none do.

    `model` is the rung whose claims they stay near, the best without floors and caps; `change` the total relative
    change Σ |implied − claim| / claim; `verified` whether the allocation from them is the published table, lot for lot.
    """
    base, scenario = found.ground, found.ground.scenario
    fit = min((each for each in found.ladder if "bounds" not in each.model), key=lambda each: each.misplaced)
    claims = base.claims(fit.row[None])[0][0].tolist()
    lots = np.rint(base.published / scenario.lot).astype(np.int64)
    made = implied_claims(claims, lots.tolist(), scenario.signpost)
    if made is None:
        return None
    total = scenario.target // scenario.lot
    rounded = array([[round(each * MICRO) for each in made]])
    most = np.full_like(lots, total)
    again = whole_lots(rounded, np.zeros_like(lots), most, array([total]), scenario.signpost)[0]
    change = sum(abs(new - old) / (old or 1) for new, old in zip(made, claims, strict=True))
    rows = [
        {
            "unit": unit,
            "claim": round(claim, 6),
            "implied": round(nearest, 6),
            "change": round(nearest / claim - 1, 6) if claim else None,
        }
        for unit, claim, nearest in zip(base.table.units, claims, made, strict=True)
    ]
    return {
        "model": fit.model,
        "change": round(change, 6),
        "mean_change": round(change / len(rows), 6),
        "verified": bool((again == lots).all()),
        "units": rows,
    }

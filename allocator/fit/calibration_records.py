"""A calibration with everything that says how far to trust it, as one JSON object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, permutations
from typing import Any

import numpy as np

from allocator.fit.calibration import Calibration
from allocator.fit.candidates import past_attainment
from allocator.fit.confidence import Reach, good_intervals, leave_one_out, quota_ranges, recommended
from allocator.fit.ranges import BASES, NO_CAP, PARAMETERS, SOUGHT, Span
from allocator.fit.search import Tally
from allocator.model.claims import MICRO
from allocator.model.implied_program import implied_claims
from allocator.model.problem import array
from allocator.model.signpost import FloatArray
from allocator.model.waterfill import whole_lots
from allocator.why.comparison import gini, rank_correlation, ratio

FORETOLD = 0.1
"""A unit left out counts as foretold within this share of its published quota, or within a lot."""
WHOLE_RANGE = 0.9
"""A parameter whose interval covers this share of its declared range is not told by the table."""
TOGETHER = 0.7
"""Rank correlation over the good rules from which two parameters count as moving together."""


def calibration_result(found: Calibration) -> dict[str, Any]:
    """Every figure of a calibration, members and persons; the fair share of the best rule explains each quota."""
    found = replace(found, tally=Tally(found.tried))
    simplest, sets = recommended(found)
    spans, ranges = good_intervals(found), quota_ranges(found)
    row = dict(zip(PARAMETERS, simplest.row.tolist(), strict=True))
    box = found.ground.box(**{name: found.ground.ranges[name] if name in sets else row[name] for name in PARAMETERS})
    left_out = leave_one_out(found, box)
    units = _units(found, ranges)
    ladder = [("equal_split", found.equal_split), *((each.model, each.misplaced) for each in found.ladder)]
    return {
        "best": found.parameters(found.best),
        "ladder": [{"model": name, "misplaced": round(moved, 6)} for name, moved in ladder],
        "units": units,
        "left_out": [each["unit"] for each in units if each["published"] is None],
        "totals": {"target": found.ground.asked, "published": found.ground.scenario.target},
        "candidates": found.tally.candidates,
        "neighbours": found.neighbours,
        "best_in_lots": found.parameters(found.best_in_lots),
        "recommended": {**found.parameters(simplest), "sets": [each for each in sets if each not in BASES]},
        "limit": round(found.limit, 6),
        "intervals": [_interval(name, span, found.ground.ranges[name]) for name, span in spans.spans.items()],
        "bases": list(spans.bases),
        "together": list(_together(spans.rules)),
        "unexplained": [each for each in units if each["distance"] or each["good_distance"]],
        "leave_one_out": {"recommended": _left_out(found, left_out)},
        "implied_claims": implied(found),
        "fairness": fairness(found),
    }


def _units(found: Calibration, ranges: Sequence[Reach]) -> list[dict[str, Any]]:
    """A row a unit, in table order; of one that was not published what the best rule would ask, and blanks."""
    made, published = found.explained, map(round, found.ground.published.tolist())
    sides = made.table.units, published, made.fair_share, made.quotas, made.claims.available
    rows = {
        unit: {
            "unit": unit,
            "published": asked,
            "explained": round(share, 6),
            "residual": round(asked - share, 6),
            "explained_quota": quota,
            "reachable": [span.low, span.high],
            "distance": _distance(asked, span.low, span.high),
            "good": [span.good_low, span.good_high],
            "good_distance": _distance(asked, span.good_low, span.good_high),
            "available": available / MICRO,
            "implied_workforce": None if fitting is None else round(fitting, 1),
        }
        for unit, asked, share, quota, available, span, fitting in zip(
            *sides, ranges, implied_workforce(found), strict=True
        )
    }
    blank = dict.fromkeys(next(iter(rows.values())))
    for unit, share in found.ground.others(found.best.row).items():
        rows[unit] = {**blank, "unit": unit, "explained": None if share is None else round(share, 6)}
    return [rows[unit] for unit in found.ground.whole.units]


def _distance(asked: int, low: int, high: int) -> int:
    """How far a quota lies outside a range, members, with its sign; 0 inside."""
    return min(0, asked - low) + max(0, asked - high)


def _interval(name: str, span: Span, whole: Span) -> dict[str, Any]:
    covered = min(span[1], whole[1]) - max(span[0], whole[0])
    told = covered < WHOLE_RANGE * (whole[1] - whole[0])
    return {"parameter": name, "low": _plain(span[0]), "high": _plain(span[1]), "range": list(whole), "told": told}


def _together(rules: FloatArray) -> Iterator[dict[str, Any]]:
    """Pairs of parameters that move together over the good rules, with their rank correlation."""
    capped = rules[rules[:, PARAMETERS.index("max_share")] < NO_CAP]
    sample = (capped if len(capped) > 50 else rules)[:: max(1, len(rules) // 400)]
    columns = dict(zip(SOUGHT, sample.T.tolist(), strict=False))
    for one, other in combinations(SOUGHT, 2):
        value = rank_correlation(columns[one], columns[other])
        if value is not None and abs(value) >= TOGETHER:
            yield {"parameters": [one, other], "correlation": round(value, 2)}


def _plain(value: float) -> float | None:
    return None if value >= NO_CAP else int(value) if value == int(value) else round(value, 6)


def _left_out(found: Calibration, predictions: Sequence[float | None]) -> dict[str, Any]:
    units, published = found.ground.table.units, found.ground.published.tolist()
    rows = [
        {"unit": unit, "published": round(asked), "predicted": None if share is None else round(share, 1)}
        for unit, asked, share in zip(units, published, predictions, strict=True)
    ]
    lot, known = found.ground.scenario.lot, (row for row in rows if row["predicted"] is not None)
    near = (row for row in known if abs(row["predicted"] - row["published"]) <= max(lot, FORETOLD * row["published"]))
    return {"units": rows, "foretold": [row["unit"] for row in near]}


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
    available, claims, least, _ = (each[0] for each in base.terms(rows[:1]))
    multiplier = np.divide(claims, available, out=np.zeros(units), where=available > 0)
    effort = np.minimum(base.levels(rows, ~np.eye(units, dtype=np.bool_)) * multiplier, row[5])
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
    claims = base.terms(fit.row[None])[1][0].tolist()
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
